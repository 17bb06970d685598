//! The trainings of C3 and C4, and what is measured of a translator.

use std::{cell::Cell, ops::ControlFlow};

use data::{
    Token,
    pairs::{PairBatch, PairBatches},
};
use grammar::pairs::{KnownPairs, SameLength};
use nn::{
    AdamW, Decay, Schedule, StepReport, Trainer, TrainingConfig, Translation, Translator, evaluate_pairs, metrics,
    token_losses, translate,
};
use serde::{Deserialize, Serialize};
use stages::TranslatorModel;
use tensor::{Context, Parameters};

use super::{
    LONG, SHORT,
    aligned::Aligned,
    models::{TranslatorCase, TranslatorKind},
};
use crate::study::{
    grid::{Score, Study, Trial},
    parallel::Reporter,
    training::follow,
};

/// How often a training is looked at, at equal distances.
pub const LOOKS: u64 = 4;

/// The trainings, on one set of pairs.
pub struct Translating<'s> {
    /// B.
    pub rows: usize,
    pub pairs: &'s KnownPairs,
}

/// A look at a training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// English and Spanish, read so far.
    pub tokens: u64,
    /// Of held-out translations, told the right beginnings, in nats a token.
    pub loss: f64,
}

/// What a translator makes of held-out sentences of one length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnLength {
    pub length: usize,
    /// The part whose translation is right in every word.
    pub exact: f64,
    /// What the whole translation still tells who has read the source and is told the right words before each, in bits a
    /// sentence.
    pub missing: f64,
    /// The same in bits a word of the translations, their ends included: no longer sentence lacks more for being longer.
    pub lost_a_word: f64,
    /// For each place in the source, the part of its words that the translation says.
    pub recall: Vec<f64>,
    /// For each place in the source, what a word of the translation that belongs to it still tells who has read the source
    /// and the right words before, in bits.
    pub lost: Vec<f64>,
}

/// What came of a training.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Translated {
    /// Spent on training, if that was measured in this run: never kept.
    #[serde(skip)]
    pub seconds: Option<f64>,
    /// The last is the end.
    pub looks: Vec<Look>,
    pub lengths: Vec<OnLength>,
    pub aligned: Option<Aligned>,
}

impl Study for Translating<'_> {
    type Case = TranslatorCase;
    type Outcome = Translated;
    const LEARNING_RATES: &'static [f64] = &[3e-3, 1e-2, 3e-2];

    fn steps(&self, case: &TranslatorCase) -> u64 {
        case.steps
    }

    fn search_steps(&self, case: &TranslatorCase) -> u64 {
        case.steps.div_ceil(4)
    }

    fn cost(&self, case: &TranslatorCase) -> f64 {
        match case.design.kind {
            TranslatorKind::Plain { .. } => 1.0,
            TranslatorKind::Attention { .. } => 1.3,
            TranslatorKind::Transformer => 1.7,
        }
    }

    /// By the loss on pairs that neither are learnt from nor judged by.
    fn search(&self, trial: &Trial<TranslatorCase>, reporter: &Reporter) -> anyhow::Result<Score> {
        let (model, parameters, ..) = self.follow(trial, reporter, |_, _| 0.0)?;
        Ok(Score(loss(&model, &parameters, self.pairs.validation.iter().cloned()), 0.0))
    }

    fn train(&self, trial: &Trial<TranslatorCase>, reporter: &Reporter) -> anyhow::Result<Translated> {
        let groups = || self.pairs.held_out.iter();
        let held_out = |model: &_, parameters: &_| loss(model, parameters, groups().map(SameLength::batch));
        let (model, parameters, looks, seconds) = self.follow(trial, reporter, held_out)?;
        Ok(Translated {
            seconds: Some(seconds),
            looks,
            lengths: groups().map(|group| OnLength::measure(&model, &parameters, group)).collect(),
            aligned: Aligned::measure(&model, &parameters, self.pairs),
        })
    }
}

impl Translating<'_> {
    /// AdamW with warm-up and half a cosine, clipped. Last the seconds that it took.
    fn follow(
        &self,
        trial: &Trial<TranslatorCase>,
        reporter: &Reporter,
        loss: impl Fn(&TranslatorModel, &Parameters) -> f64,
    ) -> anyhow::Result<(TranslatorModel, Parameters, Vec<Look>, f64)> {
        let Trial { learning_rate: peak, seed, steps, .. } = *trial;
        let (model, parameters) = trial.case.design.config.build(seed)?;
        let schedule = Schedule { decay: Decay::Cosine, peak, minimum: 0.1 * peak, warmup: steps / 10, end: steps };
        let config = TrainingConfig { seed, clip: Some(1.0), ..TrainingConfig::new(steps, AdamW::default(), schedule) };
        let trainer = Trainer::new(&model, parameters, config);
        let batches = PairBatches::new(self.pairs.training.clone(), self.rows, seed);
        let read = Cell::new(0);
        let batches = |step| {
            let batch = batches.at(step);
            read.set(tokens_of(&batch));
            batch
        };
        let (mut tokens, mut seconds, mut looks) = (0, 0.0, Vec::new());
        let look = |report: &StepReport, parameters: &Parameters| {
            tokens += read.get();
            seconds += report.duration.as_secs_f64();
            if (1..=LOOKS).any(|part| report.step == (part * steps).div_ceil(LOOKS)) {
                looks.push(Look { tokens, loss: loss(&model, parameters) });
            }
            ControlFlow::Continue(())
        };
        let parameters = follow(trainer, &batches, || read.get(), reporter, look)?;
        Ok((model, parameters, looks, seconds))
    }
}

/// In nats a token, told the right words before each.
fn loss(model: &TranslatorModel, parameters: &Parameters, batches: impl Iterator<Item = PairBatch>) -> f64 {
    evaluate_pairs(model, parameters, batches).map_or(f64::NAN, |evaluation| evaluation.nats)
}

/// Without padding, the ends of the translations included.
fn tokens_of(batch: &PairBatch) -> u64 {
    let target = batch.targets.iter().filter(|&&token| token != data::IGNORE).count();
    (batch.sources.lengths.iter().sum::<usize>() + target) as u64
}

/// What the model says of its own, the likeliest word at every step.
fn said<M: Translator>(model: &M, parameters: &Parameters, group: &SameLength) -> Vec<Translation> {
    /// Words beyond the longest reference, after which a translation is wrong anyway.
    const SPARE: usize = 2;
    let longest = group.sentences.iter().map(|known| known.pair.1.len()).max().unwrap_or(0);
    translate(model, parameters, &group.batch().sources, longest + SPARE)
}

fn exact(group: &SameLength, said: &[Translation]) -> f64 {
    let right = said.iter().zip(&group.sentences).filter(|(said, known)| said.words() == known.pair.1);
    right.count() as f64 / group.sentences.len() as f64
}

impl OnLength {
    fn measure<M: Translator>(model: &M, parameters: &Parameters, group: &SameLength) -> Self {
        let said = said(model, parameters, group);
        let missing = missing(model, parameters, group);
        let bits: f64 = missing.iter().flatten().sum();
        Self {
            length: group.length,
            exact: exact(group, &said),
            missing: bits / group.sentences.len() as f64,
            lost_a_word: bits / missing.iter().map(Vec::len).sum::<usize>() as f64,
            recall: recall(group, &said.iter().map(Translation::words).collect::<Vec<_>>()),
            lost: by_place(group, |sentence, t| missing[sentence][t]),
        }
    }
}

/// For each sentence what every word of its translation, and last its end, still tells who has read the source and the
/// right words before, in bits.
fn missing<M: Translator>(model: &M, parameters: &Parameters, group: &SameLength) -> Vec<Vec<f64>> {
    let batch = group.batch();
    let logits = model.logits(&Context::eval(parameters), &batch); // (B, T, V)
    let losses = token_losses(logits.value(), batch.targets.view().into_dyn());
    let mut bits = losses.into_iter().map(|nats| metrics::bits(f64::from(nats)));
    let sentences = group.sentences.iter();
    sentences.map(|known| bits.by_ref().take(known.pair.1.len() + 1).collect()).collect()
}

/// For each place in the sources, the mean of `value` over the words that translate the word there: the number of the
/// sentence, and where in its translation.
fn by_place(group: &SameLength, value: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let mut sums = vec![(0.0, 0); group.length];
    for (sentence, known) in group.sentences.iter().enumerate() {
        for &(s, t) in &known.alignment {
            sums[s].0 += value(sentence, t);
            sums[s].1 += 1;
        }
    }
    sums.into_iter().map(|(sum, words)| sum / f64::from(words)).collect()
}

/// For each place in the sources, the part of the words that translate the word there which `said` says, wherever.
pub fn recall(group: &SameLength, said: &[&[Token]]) -> Vec<f64> {
    let says = |sentence: usize, t: usize| said[sentence].contains(&group.sentences[sentence].pair.1[t]);
    by_place(group, |sentence, t| f64::from(u8::from(says(sentence, t))))
}

impl Translated {
    /// The mean of `value` over some lengths. Each length counts the same, however many different sentences it has.
    pub fn mean(&self, lengths: std::ops::RangeInclusive<usize>, value: impl Fn(&OnLength) -> f64) -> f64 {
        let values: Vec<f64> = self.lengths.iter().filter(|on| lengths.contains(&on.length)).map(value).collect();
        values.iter().sum::<f64>() / values.len() as f64
    }

    /// The part of long sentences whose translation is right in every word.
    pub fn long(&self) -> f64 {
        self.mean(LONG, |on| on.exact)
    }

    pub fn short(&self) -> f64 {
        self.mean(SHORT, |on| on.exact)
    }

    /// What is still to be guessed of long sentences, in bits a sentence.
    pub fn missing(&self) -> f64 {
        self.mean(LONG, |on| on.missing)
    }

    /// The same in bits a word.
    pub fn lost_a_word(&self) -> f64 {
        self.mean(LONG, |on| on.lost_a_word)
    }

    /// How many more bits a word are lost of long sentences than of short ones.
    pub fn rise(&self) -> f64 {
        self.lost_a_word() - self.mean(SHORT, |on| on.lost_a_word)
    }

    pub fn end(&self) -> &Look {
        self.looks.last().expect("the last look is at the end")
    }

    /// How many more bits a word are lost in the first third of long sentences than in the last. Places are compared, so each
    /// counts the same, however many words of the translations belong to it.
    pub fn first_is_lost(&self) -> f64 {
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        let first = |on: &OnLength| mean(&on.lost[..on.length / 3]);
        let last = |on: &OnLength| mean(&on.lost[on.length - on.length / 3..]);
        self.mean(LONG, first) - self.mean(LONG, last)
    }
}

#[cfg(test)]
mod tests {
    use grammar::pairs::KnownPair;

    use super::*;

    /// `the cat sleeps`, `el gato duerme`: 4 5 6, 7 8 9; the last sentence has a word that says two.
    #[test]
    fn step_01_recall_by_hand() {
        let known = |alignment: &[(usize, usize)]| KnownPair {
            pair: (vec![4, 5, 6], vec![7, 8, 9]),
            alignment: alignment.into(),
            bits: 1.0,
        };
        let straight = [(0, 0), (1, 1), (2, 2)];
        let sentences = vec![known(&straight), known(&[(0, 0), (1, 1), (1, 2)])];
        let group = SameLength { length: 3, sentences };
        let said: [&[Token]; 2] = [&[9, 7], &[8]];
        // The first: 7 and 9 of 7, 8, 9. The second: not 7; 8 but not 9.
        assert_eq!(recall(&group, &said), [0.5, 1.0 / 3.0, 1.0]);
    }

    #[test]
    fn step_02_what_is_lost_first_by_hand() {
        let lost = [0.9, 0.9, 0.9, 0.9, 0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4];
        let recall = Vec::new();
        let on = OnLength { length: 12, exact: 0.0, missing: 0.0, lost_a_word: 0.0, recall, lost: lost.into() };
        let outcome = Translated { seconds: None, looks: Vec::new(), lengths: vec![on], aligned: None };
        assert!((outcome.first_is_lost() - 0.65).abs() < 1e-12);
    }
}
