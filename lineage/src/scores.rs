//! Scores of translations, as `lineage evaluate` shows them.

use std::io::{self, Write};
use std::iter::Sum;

use benches::format;
use data::score::{Bleu, BleuStatistics, Chrf, ChrfStatistics, Interval, bootstrap, share};

use crate::pairs::Pair;

/// A table by length has no more rows than this.
const ROWS_OF_LENGTHS: usize = 12;

/// What is known of one translated sentence.
pub struct Judged {
    /// How many words its source has.
    words: usize,
    /// Whether it is a reference to the letter.
    right: bool,
    bleu: BleuStatistics,
    chrf: ChrfStatistics,
}

impl Judged {
    /// Judges what was said for the source of a pair.
    pub fn new(pair: &Pair, said: &str) -> Self {
        Judged {
            words: pair.source.split_whitespace().count(),
            right: pair.references.iter().any(|reference| reference == said),
            bleu: Bleu::default().statistics(said, &pair.references),
            chrf: Chrf::default().statistics(said, &pair.references),
        }
    }
}

/// Writes a line for each score.
pub fn write_scores(out: &mut impl Write, judged: &[Judged], seed: u64) -> io::Result<()> {
    writeln!(out, "exact match     {}   right to the letter", exact_match(judged))?;
    writeln!(out, "BLEU            {}   runs of words that are right, 0 to 100", bleu(judged, seed))?;
    writeln!(out, "chrF            {}   runs of characters that are right, 0 to 100", chrf(judged, seed))
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
pub fn write_lengths(out: &mut impl Write, mut judged: Vec<Judged>, seed: u64) -> io::Result<()> {
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
