//! What `lineage evaluate` says of a model that translates.

use std::fmt;
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{anyhow, bail};
use data::Token;
use data::pairs::{TokenPair, in_order_between};
use grammar::Half;
use nn::{Translator, evaluate_pairs};
use report::format::{self, counted};
use tensor::Parameters;

use super::alignment::Alignments;
use super::loss::{finite, write_loss};
use super::scores::{BleuTokens, Judge, References};
use crate::kind::pairs::{Generated, Pair, Pairs, ReadsPairs, Translates, divide, grouped, read_file};
use crate::kind::text_to_text::{Reading, TextToText, ends};
use crate::kind::translation::{Translation, both, longest_sides};
use crate::kind::validation::{Split, Validation};
use crate::memory::rows::rows_of_pairs;
use crate::run::config::Config;
use crate::run::trained::{self, Trained};
use crate::search::Search;
use crate::{Common, Ending, idle, memory};

/// Which sentences are to be translated, and how.
pub struct Asked<'a> {
    /// A file, or what the model was trained on.
    pub pairs: Option<&'a Path>,
    /// Which part of them; if nothing is said, what is judged by.
    pub split: Option<Split>,
    /// How many words a sentence has, if not any number will do.
    pub words: Option<&'a RangeInclusive<usize>>,
    /// Which translations of generated sentences are right, the one that training teaches if nothing is said.
    pub references: Option<References>,
    /// At most so many sentences.
    pub count: usize,
    pub search: Search,
    /// What BLEU takes for a word, if not what fits the script.
    pub bleu_tokens: Option<BleuTokens>,
}

/// How many tokens a vocabulary lacks, of all.
struct Unknown {
    tokens: usize,
    all: usize,
}

/// A model that is to translate.
struct Judged<'m, K: Translates, R> {
    path: &'m Path,
    config: &'m Config<K>,
    model: &'m K::Model,
    parameters: &'m Parameters,
    reading: R,
    /// How many positions it tells apart, if there is a limit.
    longest: Option<usize>,
}

/// Prints loss and scores of a translator.
///
/// # Errors
/// If the model or the pairs cannot be used.
pub fn run(path: &Path, asked: &Asked<'_>, common: &Common) -> anyhow::Result<Ending> {
    let Trained { config, model, parameters, tokenizers } = Trained::<Translation>::load(path, common.progress())?;
    let (reading, longest) = (both(tokenizers)?, config.model.longest());
    Judged { path, config: &config, model: &model, parameters: &parameters, reading, longest }.run(asked, common)
}

/// The same of a model of text in and text out, with what stands before each source.
///
/// # Errors
/// As [`run`].
pub fn run_text_to_text(
    path: &Path,
    trained: &Trained<TextToText>,
    prefix: &str,
    asked: &Asked<'_>,
    common: &Common,
) -> anyhow::Result<Ending> {
    let Trained { config, model, parameters, tokenizers } = trained;
    let reading = Reading { tokenizer: tokenizers[0].as_ref(), prefix, ends: ends(&config.model) };
    Judged { path, config, model, parameters, reading, longest: None }.run(asked, common)
}

impl<K: Translates, R: ReadsPairs> Judged<'_, K, R> {
    fn run(&self, asked: &Asked<'_>, common: &Common) -> anyhow::Result<Ending> {
        let Judged { path, config, model, parameters, reading, longest: most } = self;
        let (name, pairs) = choose(path, config, reading, asked, common)?;
        idle::refuse(&[(
            "seed",
            common.seed.is_some() && pairs.len() == 1,
            "it draws samples of the sentences for intervals, and of one sentence there are none: leave it out, or take more \
         sentences",
        )])?;
        let encode = |pair: &Pair| reading.encode(pair).map_err(|error| anyhow!("{name}: {error}"));
        let encoded = pairs.iter().map(encode).collect::<anyhow::Result<Vec<TokenPair>>>()?;
        if let Some(most) = *most {
            let longest = encoded.iter().map(|(source, target)| source.len().max(target.len() + 1)).max().unwrap_or(0);
            if longest > most {
                bail!(
                    "{name} has a sentence of {longest} tokens, and the model in {} has {}: leave it out, or train with a larger \
                 --context",
                    path.display(),
                    counted(most, "learned position")
                );
            }
        }

        let unknown = reading.unknown();
        let unknown = [
            Unknown::of(unknown, encoded.iter().map(|(x, _)| &x[..])),
            Unknown::of(unknown, encoded.iter().map(|(_, y)| &y[..])),
        ];
        if unknown[0].tokens == unknown[0].all {
            bail!(
                "nothing in {name} is known to the model in {}: give pairs like those it was trained on",
                path.display()
            );
        }

        let rows = rows_of_pairs(&encoded, reading.vocabulary());
        let followed = asked.search.sources(rows);
        let sides @ [longest, _] = longest_sides(&encoded);
        let search = asked.search.memory(*model, parameters, followed, longest, *most);
        let evaluation = memory::evaluation_of_pairs(*model, parameters, rows, sides);
        memory::check(
            "translating such sentences",
            search.max(evaluation),
            "give a smaller --beam, or shorter sentences",
        )?;
        let batches = encoded.len().div_ceil(rows) + encoded.len().div_ceil(followed);
        let task = common.progress().task("evaluate", batches as u64);
        let batches = in_order_between(model.ends(), &encoded, rows).inspect(|_| task.advance(1, 0, ""));
        let found = evaluate_pairs(*model, parameters, batches);
        let found = found.ok_or_else(|| anyhow!("{name} has nothing to translate; choose more pairs"))?;
        finite(found.nats, path, &name)?;
        let judge = Judge::new(asked.bleu_tokens, &pairs);
        let mut judged = Vec::new();
        for (pairs, sources) in pairs.chunks(followed).zip(encoded.chunks(followed)) {
            let sources: Vec<&[_]> = sources.iter().map(|(source, _)| &source[..]).collect();
            let translations = asked.search.translate(*model, parameters, &sources, *most);
            for (pair, translation) in pairs.iter().zip(translations) {
                finite(translation.log_probability, path, &name)?;
                judged.push(judge.judge(pair, pair.words(reading), &reading.decode(translation.words())));
            }
            task.advance(1, sources.len() as u64, "");
        }
        let alignments = reading.of_words();
        let alignments = alignments.and_then(|both| Alignments::new(*model, parameters, &pairs, &encoded, both));
        drop(task);

        let seed = common.seed();
        let mut out = io::stdout().lock();
        writeln!(out, "{name}: {}", counted(pairs.len(), "sentence"))?;
        writeln!(out, "\nnext tokens, where the right translation so far is given:")?;
        write_loss(&mut out, &found)?;
        let [sources, translations] = unknown;
        if reading.unknown().is_some() {
            writeln!(out, "unknown tokens  {sources} in the sources, {translations} in the translations")?;
        }
        let dialects = if asked.references == Some(References::All) { " into any dialect" } else { "" };
        writeln!(out, "\ntranslations{dialects}, with 95 % intervals over the choice of sentences:")?;
        judge.write_scores(&mut out, &judged, seed)?;
        if let Some(alignments) = alignments {
            alignments.write(&mut out, seed)?;
        }
        judge.write_lengths(&mut out, &judged, seed)?;
        Ok(Ending::Done)
    }
}

/// The pairs that are asked for, and what they are called.
fn choose<K: Translates>(
    path: &Path,
    config: &Config<K>,
    reading: &impl ReadsPairs,
    asked: &Asked<'_>,
    common: &Common,
) -> anyhow::Result<(String, Vec<Pair>)> {
    let &Asked { words, count, .. } = asked;
    let split = asked.split.unwrap_or(match config.validation {
        Validation::File(_) if asked.pairs.is_some() => Split::All,
        _ if !K::learned_from_pairs(&config.settings) => Split::All,
        _ => Split::Val,
    });
    let is_asked = |source: &str| words.is_none_or(|words| words.contains(&reading.count_words(source)));
    let form = K::normal_form(&config.settings);
    let of_words = words.map(|words| match (words.start(), words.end()) {
        (from, to) if from == to => format!("of {}", counted(*from, "word")),
        (from, to) => format!("of {from} to {to} words"),
    });
    let (mut name, pairs) = match (asked.pairs, split) {
        // What is not divided may be too small for that.
        (Some(file), Split::All) => {
            let whole = read_file(file)?.1.in_form(form);
            (whole.name().to_owned(), grouped(&whole, is_asked, count))
        }
        (file, _) => {
            let pairs = match file {
                Some(_) => Pairs::read(file)?.judged_by(config.validation_of_other(split, path)?)?,
                None => K::pairs(trained::trained_on::<K>(path, config, common.progress())?.0),
            };
            let part = match split {
                Split::Val => "the held-out part of ",
                Split::Train => "the training part of ",
                Split::All => "",
            };
            match pairs.in_form(form) {
                Pairs::Generated(generated) => {
                    if words.is_some_and(|words| !generated.have(words)) {
                        bail!(
                            "generated sentences have 2 to {} words, and none is {}: give --words within these",
                            generated.longest(),
                            of_words.unwrap_or_default()
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
                Pairs::File { whole, validation, .. } => {
                    let name = match &validation {
                        Validation::Share(_) => format!("{part}{}", whole.name()),
                        Validation::File(other) if split == Split::Val => other.name().to_owned(),
                        Validation::File(_) => whole.name().to_owned(),
                    };
                    let text = match split {
                        Split::Val => divide(&whole, &validation)?.validation,
                        Split::Train => divide(&whole, &validation)?.train,
                        Split::All => whole,
                    };
                    (name, grouped(&text, is_asked, count))
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

impl Unknown {
    fn of<'t>(unknown: Option<Token>, sentences: impl Iterator<Item = &'t [Token]>) -> Self {
        sentences.flatten().fold(Unknown { tokens: 0, all: 0 }, |Unknown { tokens, all }, &token| Unknown {
            tokens: tokens + usize::from(Some(token) == unknown),
            all: all + 1,
        })
    }
}

/// `3 of 108`.
impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", format::count(self.tokens as u64), format::count(self.all as u64))
    }
}
