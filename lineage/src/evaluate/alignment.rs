//! How wrong a translator's alignment is, beside those of who knows less.

use std::collections::BTreeMap;
use std::io::{self, Write};

use data::Token;
use data::pairs::{TokenPair, Vocabulary, in_order};
use data::score::{AlignmentCounts, Baseline, Link, Model1, crossings, hard_alignment};
use grammar::Half;
use nn::{Translator, align};
use report::format::{count, counted};
use tensor::Parameters;

use super::scores::Score;
use crate::alignment::of_words;
use crate::kind::pairs::{Generated, Pair};
use crate::memory::rows::rows_of_pairs;

/// From how many sentences that are learned from IBM Model 1 is made.
const LEARNED_FROM: usize = 10_000;

/// An aligner, and its counts in each sentence.
type Aligner = (&'static str, Vec<AlignmentCounts>);

/// The counts of all aligners on the same sentences.
pub struct Alignments {
    aligners: Vec<Aligner>,
    /// Of each sentence whether its word order is inverted.
    inverted: Vec<bool>,
}

impl Alignments {
    /// Where the model looks while it is told the right translations, and where others would. `None` if the model does
    /// not look back, or one of the right alignments is not known.
    pub fn new<M: Translator>(
        model: &M,
        parameters: &Parameters,
        pairs: &[Pair],
        encoded: &[TokenPair],
        [source, target]: &[Vocabulary; 2],
    ) -> Option<Self> {
        let gold = pairs.iter().map(|pair| pair.links.as_deref()).collect::<Option<Vec<&[Link]>>>()?;
        let mut of_model = Vec::new();
        let rows = rows_of_pairs(encoded, model.vocabulary());
        for (place, batch) in (0..).step_by(rows).zip(in_order(encoded, rows)) {
            for (place, weights) in (place..).zip(align(model, parameters, &batch)?) {
                let pair: &Pair = &pairs[place];
                let read = [source.words_read(&pair.source), target.words_read(&pair.references[0])];
                let weights = of_words(&read[0], &read[1], weights.view());
                of_model.push(AlignmentCounts::new(&hard_alignment(weights.view()), gold[place], &[]));
            }
        }
        let mut aligners = vec![("the model", of_model)];
        aligners.extend(baselines(pairs, &gold));
        Some(Alignments { aligners, inverted: gold.iter().map(|links| crossings(links) > 0).collect() })
    }

    /// Writes a line for each aligner.
    pub fn write(&self, out: &mut impl Write, seed: u64) -> io::Result<()> {
        let inverted = self.inverted.iter().filter(|&&inverted| inverted).count();
        writeln!(
            out,
            "\nalignment errors, with such intervals; 0 if exactly the right words are linked, 1 if none of them is:"
        )?;
        let all = match self.inverted.len() {
            1 => "1 sentence".to_owned(),
            several => format!("all {}", counted(several, "sentence")),
        };
        writeln!(out, "{:<24}  {all:<26}  {} with inverted order", "", count(inverted as u64))?;
        for (name, counts) in &self.aligners {
            let chosen = counts.iter().zip(&self.inverted).filter(|(_, inverted)| **inverted);
            let chosen: Vec<AlignmentCounts> = chosen.map(|(counts, _)| *counts).collect();
            let row = format!("{name:<24}  {}  {}", error(counts, seed), error(&chosen, seed));
            writeln!(out, "{}", row.trim_end())?;
        }
        Ok(())
    }
}

/// Those that know less, and what is possible.
fn baselines(pairs: &[Pair], gold: &[&[Link]]) -> [Aligner; 4] {
    let mut words = Words::default();
    let learned_from = Generated::default().some(Some(Half::Train), None, LEARNED_FROM);
    let learned_from: Vec<TokenPair> = learned_from.iter().map(|pair| words.encode(pair)).collect();
    let model1 = Model1::train(&learned_from, Model1::ITERATIONS);
    let judged: Vec<TokenPair> = pairs.iter().map(|pair| words.encode(pair)).collect();
    let of = |who: Baseline| judged.iter().zip(gold).map(|(pair, links)| who.counts(&model1, pair, links)).collect();
    Baseline::ALL.map(|who| (who.name(), of(who)))
}

/// A number for each word of generated sentences, since alignments are of words, whatever the model's tokens are.
#[derive(Default)]
struct Words(BTreeMap<String, Token>);

impl Words {
    fn encode(&mut self, pair: &Pair) -> TokenPair {
        let mut side = |sentence: &str| {
            let mut number = |word: &str| {
                let next = self.0.len() as Token;
                *self.0.entry(word.to_owned()).or_insert(next)
            };
            sentence.split_whitespace().map(&mut number).collect()
        };
        (side(&pair.source), side(&pair.references[0]))
    }
}

fn error(counts: &[AlignmentCounts], seed: u64) -> String {
    Score::of(counts, seed, AlignmentCounts::error_rate).cell(4)
}

#[cfg(test)]
mod tests {
    use data::score::AlignmentCounts;

    use super::{Alignments, baselines, error};
    use crate::kind::pairs::Pair;

    fn counts(found_sure: f64) -> AlignmentCounts {
        AlignmentCounts { found: 4.0, sure: 4.0, found_sure, found_possible: found_sure }
    }

    #[test]
    fn sentences_with_inverted_order_have_a_column() {
        let aligners = vec![("the model", vec![counts(3.0); 4]), ("diagonal", [4.0, 0.0, 4.0, 0.0].map(counts).into())];
        let mut found = Vec::new();
        Alignments { aligners, inverted: vec![false, true, false, true] }.write(&mut found, 1).unwrap();
        let expected = "
alignment errors, with such intervals; 0 if exactly the right words are linked, 1 if none of them is:
                          all 4 sentences             2 with inverted order
the model                 0.2500 (0.2500 to 0.2500)   0.2500 (0.2500 to 0.2500)
diagonal                  0.5000 (0.0000 to 1.0000)   1.0000 (1.0000 to 1.0000)
";
        assert_eq!(String::from_utf8(found).unwrap(), expected);
    }

    #[test]
    fn what_no_sentence_has_is_a_dash() {
        assert_eq!(error(&[], 1).trim_end(), "-");
        assert_eq!(error(&[AlignmentCounts::default(); 3], 1).trim_end(), "-");
        assert_eq!(error(&[counts(1.0)], 1).trim_end(), "0.7500");
    }

    /// The diagonal misses the noun and the adjective, which change places. Model 1 misses `los` alone, which goes with the
    /// plural that it sees at `dogs` and not at `the`.
    #[test]
    fn aligners_that_know_less_are_judged_by_words() {
        let pair = Pair {
            source: "the white dogs are old".to_owned(),
            references: vec!["los perros blancos son viejos".to_owned()],
            links: Some(vec![(0, 0), (2, 1), (1, 2), (3, 3), (4, 4)]),
        };
        let found = baselines(std::slice::from_ref(&pair), &[pair.links.as_deref().unwrap()]);
        let wrong = found.map(|(name, counts)| (name, (5.0 * counts[0].error_rate().unwrap()).round()));
        assert_eq!(
            wrong,
            [("uniform", 4.0), ("diagonal", 2.0), ("IBM Model 1", 1.0), ("at best, one link a word", 0.0)]
        );
    }
}
