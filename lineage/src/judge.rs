//! What `lineage evaluate` says of a translator.

use std::io::{self, Write};
use std::iter::Sum;
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{anyhow, bail};
use benches::format;
use data::pairs::generator::Half;
use data::pairs::{TokenPair, UNKNOWN, in_order};
use data::score::{Bleu, BleuStatistics, Chrf, ChrfStatistics, Interval, bootstrap, share};
use nn::evaluate_pairs;

use crate::aligners::Alignments;
use crate::evaluate::{ROWS, References, Split, finite, write_loss};
use crate::folder::{self, Config, Trained};
use crate::pairs::{Generated, Pair, Pairs, grouped, read_file};
use crate::search::Search;
use crate::translation::{Translation, both};
use crate::{Common, Ending};

/// A table by length has no more rows than this.
const ROWS_OF_LENGTHS: usize = 12;

/// Which sentences are to be translated, and how.
pub struct Asked<'a> {
    /// A file, or what the model was trained on.
    pub pairs: Option<&'a Path>,
    pub split: Split,
    /// How many words a sentence has, if not any number will do.
    pub words: Option<&'a RangeInclusive<usize>>,
    /// Which translations of generated sentences are right, the one that training teaches if nothing is said.
    pub references: Option<References>,
    /// At most so many sentences.
    pub count: usize,
    pub search: Search,
}

/// What is known of one translated sentence.
struct Judged {
    /// How many words its source has.
    words: usize,
    /// Whether it is a reference to the letter.
    right: bool,
    bleu: BleuStatistics,
    chrf: ChrfStatistics,
}

/// Prints loss and scores.
///
/// # Errors
/// If the model or the pairs cannot be used.
pub fn run(path: &Path, asked: &Asked<'_>, common: &Common) -> anyhow::Result<Ending> {
    let Trained { config, model, parameters, tokenizers } = Trained::<Translation>::load(path)?;
    let vocabularies = both(tokenizers)?;
    let (name, pairs) = choose(path, &config, asked, common)?;
    let encoded: Vec<TokenPair> = pairs.iter().map(|pair| pair.encode(&vocabularies)).collect();
    if let Some(most) = config.model.longest() {
        let longest = encoded.iter().map(|(source, target)| source.len().max(target.len() + 1)).max().unwrap_or(0);
        if longest > most {
            bail!(
                "{name} has a sentence of {longest} tokens, and the model in {} has {most} learned positions: leave it \
                 out, or train with a larger --context",
                path.display()
            );
        }
    }

    let unknown: usize = encoded.iter().map(|(x, _)| x.iter().filter(|&&token| token == UNKNOWN).count()).sum();
    let all: usize = encoded.iter().map(|(x, _)| x.len()).sum();
    if unknown == all {
        bail!("nothing in {name} is known to the model in {}: give pairs like those it was trained on", path.display());
    }

    let task = common.progress().task("evaluate", 2 * encoded.len().div_ceil(ROWS) as u64);
    let batches = in_order(&encoded, ROWS).inspect(|batch| task.advance(1, batch.inputs.len() as u64, ""));
    let found = evaluate_pairs(&model, &parameters, batches);
    let found = found.ok_or_else(|| anyhow!("{name} has nothing to translate; choose more pairs"))?;
    finite(&found, path, &name)?;
    let mut judged = Vec::new();
    for (pairs, sources) in pairs.chunks(ROWS).zip(encoded.chunks(ROWS)) {
        let sources: Vec<&[_]> = sources.iter().map(|(source, _)| &source[..]).collect();
        let translations = asked.search.translate(&model, &parameters, &sources, config.model.longest());
        for (pair, translation) in pairs.iter().zip(translations) {
            judged.push(Judged::new(pair, &vocabularies[1].decode(translation.words())));
        }
        task.advance(1, sources.len() as u64, "");
    }
    let alignments = Alignments::new(&model, &parameters, &pairs, &encoded, vocabularies[0].level());
    drop(task);

    let (count, seed) = (|n: usize| format::count(n as u64), common.seed());
    let mut out = io::stdout().lock();
    writeln!(out, "{name}: {} sentences", count(pairs.len()))?;
    writeln!(out, "\nnext tokens, where the right translation so far is given:")?;
    write_loss(&mut out, &found)?;
    writeln!(out, "unknown tokens  {} of {} in the sources", count(unknown), count(all))?;
    let dialects = if asked.references == Some(References::All) { " into any dialect" } else { "" };
    writeln!(out, "\ntranslations{dialects}, with 95 % intervals over the choice of sentences:")?;
    writeln!(out, "exact match     {}   right to the letter", exact_match(&judged))?;
    writeln!(out, "BLEU            {}   runs of words that are right, 0 to 100", bleu(&judged, seed))?;
    writeln!(out, "chrF            {}   runs of characters that are right, 0 to 100", chrf(&judged, seed))?;
    if let Some(alignments) = alignments {
        alignments.write(&mut out, seed)?;
    }
    write_lengths(&mut out, judged, seed)?;
    Ok(Ending::Done)
}

/// The pairs that are asked for, and what they are called.
fn choose(
    path: &Path,
    config: &Config<Translation>,
    asked: &Asked<'_>,
    common: &Common,
) -> anyhow::Result<(String, Vec<Pair>)> {
    let &Asked { split, words, count, .. } = asked;
    let of_words = words.map(|words| match (words.start(), words.end()) {
        (from, to) if from == to => format!("of {from} words"),
        (from, to) => format!("of {from} to {to} words"),
    });
    let (mut name, pairs) = match (asked.pairs, split) {
        // What is not divided may be too small for that.
        (Some(file), Split::All) => {
            let (_, whole) = read_file(file)?;
            (whole.name().to_owned(), grouped(&whole, words, count))
        }
        (file, _) => {
            let pairs = match file {
                Some(_) => Pairs::read(file)?,
                None => folder::trained_on::<Translation>(path, &config.text, common.progress())?,
            };
            let part = match split {
                Split::Val => "the held-out part of ",
                Split::Train => "the training part of ",
                Split::All => "",
            };
            match pairs {
                Pairs::Generated(generated) => {
                    if let Some(words) = words.filter(|words| !generated.have(words)) {
                        let (from, to) = (words.start(), words.end());
                        bail!(
                            "generated sentences have 2 to {} words, not {from} to {to}: give --words within these",
                            generated.longest()
                        );
                    }
                    let name = of_words.map_or(Generated::NAME.to_owned(), |of| format!("generated sentences {of}"));
                    let half = match split {
                        Split::Val => Some(Half::Test),
                        Split::Train => Some(Half::Train),
                        Split::All => None,
                    };
                    let mut pairs = generated.some(half, words, count);
                    if asked.references == Some(References::All) {
                        generated.add_dialects(&mut pairs);
                    }
                    return Ok((format!("{part}{name}"), pairs));
                }
                Pairs::File { whole, split: parts, .. } => {
                    let text = match split {
                        Split::Val => &parts.validation,
                        Split::Train => &parts.train,
                        Split::All => &whole,
                    };
                    (format!("{part}{}", whole.name()), grouped(text, words, count))
                }
            }
        }
    };
    if asked.references.is_some() {
        bail!(
            "--references is for generated sentences, and in {name} all translations of a sentence are right: leave it out"
        );
    }
    if let Some(of_words) = of_words {
        if pairs.is_empty() {
            bail!("{name} has no sentence {of_words}: choose other --words");
        }
        name = format!("the sentences {of_words} in {name}");
    }
    Ok((name, pairs))
}

impl Judged {
    fn new(pair: &Pair, said: &str) -> Self {
        Judged {
            words: pair.source.split_whitespace().count(),
            right: pair.references.iter().any(|reference| reference == said),
            bleu: Bleu::default().statistics(said, &pair.references),
            chrf: Chrf::default().statistics(said, &pair.references),
        }
    }
}

fn exact_match(judged: &[Judged]) -> String {
    let hits = judged.iter().filter(|judged| judged.right).count();
    with_interval(hits as f64 / judged.len() as f64, share(hits, judged.len()), 4)
}

fn bleu(judged: &[Judged], seed: u64) -> String {
    let statistics: Vec<BleuStatistics> = judged.iter().map(|judged| judged.bleu).collect();
    resampled(&statistics, seed, 2, |sum| Bleu::default().score(sum).score)
}

fn chrf(judged: &[Judged], seed: u64) -> String {
    let statistics: Vec<ChrfStatistics> = judged.iter().map(|judged| judged.chrf).collect();
    resampled(&statistics, seed, 2, ChrfStatistics::score)
}

/// A single sentence says nothing of others, so its score has no interval.
pub fn resampled<S: Copy + Sum>(statistics: &[S], seed: u64, decimals: usize, score: impl Fn(&S) -> f64) -> String {
    match statistics {
        [one] => format!("{:<26}", format!("{:.decimals$}", score(one))),
        all => with_interval(score(&all.iter().copied().sum()), bootstrap(all, seed, score), decimals),
    }
}

/// `0.9480 (0.9324 to 0.9601)`, as wide whatever the numbers.
fn with_interval(value: f64, Interval { low, high }: Interval, decimals: usize) -> String {
    format!("{:<26}", format!("{value:.decimals$} ({low:.decimals$} to {high:.decimals$})"))
}

/// Writes how the translations are by the length of their sources, if there are several; many lengths share rows.
fn write_lengths(out: &mut impl Write, mut judged: Vec<Judged>, seed: u64) -> io::Result<()> {
    judged.sort_by_key(|judged| judged.words);
    let (Some(shortest), Some(longest)) = (judged.first(), judged.last()) else { return Ok(()) };
    let (shortest, longest) = (shortest.words, longest.words);
    if shortest == longest {
        return Ok(());
    }
    let step = (longest - shortest + 1).div_ceil(ROWS_OF_LENGTHS);
    writeln!(out, "\nby the number of words in the source:")?;
    writeln!(out, "words     sentences  {:<26}  {:<26}  chrF", "exact match", "BLEU")?;
    for same in judged.chunk_by(|a, b| (a.words - shortest) / step == (b.words - shortest) / step) {
        let from = shortest + (same[0].words - shortest) / step * step;
        let to = (from + step - 1).min(longest);
        let words = if from == to { from.to_string() } else { format!("{from} to {to}") };
        let row = format!(
            "{words:<9} {:>9}  {}  {}  {}",
            format::count(same.len() as u64),
            exact_match(same),
            bleu(same, seed),
            chrf(same, seed)
        );
        writeln!(out, "{}", row.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Judged, bleu, chrf, exact_match};
    use crate::pairs::{Generated, Pair};

    #[test]
    fn dialects_are_right_where_they_are_asked_for() {
        let source = "it is a quarter past one but you are cold".to_owned();
        let taught = "es la una y cuarto pero tienes frío".to_owned();
        let taught = Pair { source, references: vec![taught], links: None };
        let mut all = [taught.clone()];
        Generated::default().add_dialects(&mut all);
        assert_eq!(all[0].references[0], taught.references[0]);

        let formal = "es la una y cuarto pero usted tiene frío";
        let scores = |pair: &Pair| {
            let judged = [Judged::new(pair, formal)];
            let exact = exact_match(&judged).split(' ').next().unwrap().to_owned();
            [exact, bleu(&judged, 1), chrf(&judged, 1)].map(|score| score.trim_end().parse::<f64>().unwrap())
        };
        assert_eq!(scores(&all[0]), [1.0, 100.0, 100.0]);
        // Of its runs of 1, 2, 3 and 4 words, 7 of 9, 5 of 8, 4 of 7 and 3 of 6 are right.
        let [exact, bleu, chrf] = scores(&taught);
        assert_eq!([exact, bleu], [0.0, 61.05]);
        assert!(chrf < 100.0);
    }
}
