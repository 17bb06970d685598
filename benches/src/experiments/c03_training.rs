//! The trainings of C3 and C4, and what is measured of a translator.

use std::{cell::Cell, collections::BTreeMap};

use data::{
    Token,
    pairs::{PairBatch, PairBatches},
    score::{AlignmentCounts, Link, hard_alignment},
};
use ndarray::{Array2, s};
use nn::{AdamW, Decay, Schedule, Trainer, TrainingConfig, Translation, Translator, align, evaluate_pairs, translate};
use tensor::Parameters;

use super::c03_models::{Design, Use};
use super::c03_pairs::{Group, Known, LENGTHS, LONG, Pairs};
use super::workers::Reporter;

/// The parts of a training after which it is looked at.
const LOOKS: [u64; 4] = [1, 2, 3, 4];

/// One training to do.
pub struct Job<'s> {
    /// The model.
    pub design: Design,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// Of the first parameters and of the order of the pairs.
    pub seed: u64,
    /// How many.
    pub steps: u64,
    /// B.
    pub rows: usize,
    /// To learn from and to judge by.
    pub pairs: &'s Pairs,
}

/// A look at a training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// English and Spanish, read so far.
    pub tokens: u64,
    /// Spent on training so far.
    pub seconds: f64,
    /// Of held-out translations, told the right beginnings, in nats a token.
    pub loss: f64,
    /// The part of long sentences whose translation is right in every word.
    pub exact: f64,
}

/// What a translator makes of held-out sentences of one length.
#[derive(Clone, Debug, PartialEq)]
pub struct OnLength {
    /// English words.
    pub length: usize,
    /// The part whose translation is right in every word.
    pub exact: f64,
    /// What the whole translation still tells who has read the source, in bits a sentence.
    pub missing: f64,
    /// For each place in the source, the part of its words that the translation says.
    pub recall: Vec<f64>,
}

/// Where a translator looks, beside where it should.
#[derive(Clone, Debug, PartialEq)]
pub struct Aligned {
    /// On all held-out sentences.
    pub all: AlignmentCounts,
    /// On those with inverted word order.
    pub inverted: AlignmentCounts,
    /// How often the word most looked at stands so many places to the right of the nearest that belongs to the word
    /// said, of all that belong to one.
    pub offsets: BTreeMap<isize, f64>,
    /// On the sentence that is drawn, (T, S).
    pub drawn: Array2<f64>,
}

/// What came of a training.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The last is the end.
    pub looks: Vec<Look>,
    /// By length.
    pub lengths: Vec<OnLength>,
    /// If it looks back.
    pub aligned: Option<Aligned>,
}

impl Job<'_> {
    /// Trains and judges.
    ///
    /// # Errors
    /// If the model cannot be built or its training fails.
    pub fn train<R>(&self, reporter: &Reporter<R>) -> anyhow::Result<Outcome> {
        self.design.build(self.seed, Train { job: self, reporter })?
    }

    /// Trains and returns the loss on pairs that neither are learnt from nor judged by; infinite if it fails.
    pub fn search<R>(&self, reporter: &Reporter<R>) -> f64 {
        let loss = self.design.build(self.seed, Search(Train { job: self, reporter }));
        loss.ok().flatten().unwrap_or(f64::INFINITY)
    }
}

struct Train<'j, R> {
    job: &'j Job<'j>,
    reporter: &'j Reporter<R>,
}

struct Search<'j, R>(Train<'j, R>);

impl<R> Use for Train<'_, R> {
    type Output = anyhow::Result<Outcome>;

    fn translator<M: Translator>(self, model: &M, parameters: Parameters) -> Self::Output {
        let pairs = self.job.pairs;
        let (parameters, looks) = self.follow(model, parameters, |parameters| {
            let batches = pairs.held_out.iter().map(Group::batch);
            let loss = evaluate_pairs(model, parameters, batches).map_or(f64::NAN, |evaluation| evaluation.nats);
            let long: Vec<f64> = long(pairs).map(|group| exact(group, &said(model, parameters, group))).collect();
            (loss, long.iter().sum::<f64>() / long.len() as f64)
        })?;
        Ok(Outcome {
            looks,
            lengths: pairs.held_out.iter().map(|group| OnLength::measure(model, &parameters, group)).collect(),
            aligned: Aligned::measure(model, &parameters, pairs),
        })
    }
}

impl<R> Use for Search<'_, R> {
    type Output = Option<f64>;

    fn translator<M: Translator>(self, model: &M, parameters: Parameters) -> Option<f64> {
        let (parameters, _) = self.0.follow(model, parameters, |_| (0.0, 0.0)).ok()?;
        let evaluation = evaluate_pairs(model, &parameters, self.0.job.pairs.validation.iter().cloned())?;
        Some(evaluation.nats).filter(|nats| nats.is_finite())
    }
}

impl<R> Train<'_, R> {
    /// AdamW with warm-up and half a cosine, clipped, for every kind of model.
    fn follow<M: Translator>(
        &self,
        model: &M,
        parameters: Parameters,
        look: impl Fn(&Parameters) -> (f64, f64),
    ) -> anyhow::Result<(Parameters, Vec<Look>)> {
        let Job { learning_rate: peak, seed, steps, rows, pairs, .. } = *self.job;
        let schedule = Schedule { decay: Decay::Cosine, peak, minimum: 0.1 * peak, warmup: steps / 10, end: steps };
        let config = TrainingConfig { seed, clip: Some(1.0), ..TrainingConfig::new(steps, AdamW::default(), schedule) };
        let mut trainer = Trainer::new(model, parameters, config);
        let batches = PairBatches::new(pairs.training.clone(), rows, seed);
        let read = Cell::new(0);
        let batches = |step| {
            let batch = batches.at(step);
            read.set(tokens_of(&batch));
            batch
        };
        let (mut tokens, mut seconds, mut looks) = (0, 0.0, Vec::new());
        while trainer.progress().step < steps {
            let report = trainer.step(&batches)?;
            self.reporter.step(report.loss, read.get());
            tokens += read.get();
            seconds += report.duration.as_secs_f64();
            if LOOKS.iter().any(|part| report.step == (part * steps).div_ceil(LOOKS.len() as u64)) {
                let (loss, exact) = look(trainer.parameters());
                looks.push(Look { tokens, seconds, loss, exact });
            }
        }
        Ok((trainer.into_parameters(), looks))
    }
}

/// Without padding, the ends of the translations included.
fn tokens_of(batch: &PairBatch) -> u64 {
    let target = batch.targets.iter().filter(|&&token| token != data::IGNORE).count();
    (batch.sources.lengths.iter().sum::<usize>() + target) as u64
}

fn long(pairs: &Pairs) -> impl Iterator<Item = &Group> {
    pairs.held_out.iter().filter(|group| LONG.contains(&group.length))
}

/// What the model says of its own, the likeliest word at every step.
fn said<M: Translator>(model: &M, parameters: &Parameters, group: &Group) -> Vec<Translation> {
    /// Words beyond the longest reference, after which a translation is wrong anyway.
    const SPARE: usize = 2;
    let longest = group.sentences.iter().map(|known| known.pair.1.len()).max().unwrap_or(0);
    translate(model, parameters, &group.batch().sources, longest + SPARE)
}

fn exact(group: &Group, said: &[Translation]) -> f64 {
    let right = said.iter().zip(&group.sentences).filter(|(said, known)| said.words() == known.pair.1);
    right.count() as f64 / group.sentences.len() as f64
}

impl OnLength {
    fn measure<M: Translator>(model: &M, parameters: &Parameters, group: &Group) -> Self {
        let said = said(model, parameters, group);
        let told = evaluate_pairs(model, parameters, [group.batch()]);
        let bits = told.map_or(f64::NAN, |told| told.bits() * told.tokens as f64);
        Self {
            length: group.length,
            exact: exact(group, &said),
            missing: bits / group.sentences.len() as f64,
            recall: recall(group, said.iter().map(Translation::words)),
        }
    }
}

/// For each place in the sources, the mean part of the words that translate the word there which `said` says, wherever.
pub fn recall<'t>(group: &Group, said: impl Iterator<Item = &'t [Token]>) -> Vec<f64> {
    let mut sums = vec![(0.0, 0); group.length];
    for (said, Known { pair: (_, target), alignment, .. }) in said.zip(&group.sentences) {
        for (place, (sum, words)) in sums.iter_mut().enumerate() {
            for &(_, t) in alignment.iter().filter(|&&(s, _)| s == place) {
                *sum += f64::from(u8::from(said.contains(&target[t])));
                *words += 1;
            }
        }
    }
    sums.into_iter().map(|(sum, words)| sum / f64::from(words)).collect()
}

impl Aligned {
    fn measure<M: Translator>(model: &M, parameters: &Parameters, pairs: &Pairs) -> Option<Self> {
        let mut weights = Vec::new();
        for group in &pairs.held_out {
            let looked = align(model, parameters, &group.batch())?;
            weights.extend(looked.iter().map(|looked| looked.slice(s![..-1, ..]).mapv(f64::from))); // without the end
        }
        let counts = |wanted: fn(&Known) -> bool| {
            let sentences = pairs.judged().zip(&weights).filter(|(known, _)| wanted(known));
            let counts = sentences
                .map(|(known, weights)| AlignmentCounts::new(&hard_alignment(weights.view()), &known.alignment, &[]));
            counts.sum()
        };
        let offsets = pairs.judged().zip(&weights).flat_map(|(known, weights)| {
            let links = hard_alignment(weights.view());
            links.into_iter().filter_map(|link| offset(link, &known.alignment)).collect::<Vec<_>>()
        });
        Some(Self {
            all: counts(|_| true),
            inverted: counts(Known::inverted),
            offsets: parts(offsets),
            drawn: weights[pairs.drawn()].clone(),
        })
    }
}

/// How many places to the right of the nearest source word that belongs to its target word a link points; `None` if
/// none belongs to it.
fn offset((s, t): Link, gold: &[Link]) -> Option<isize> {
    let offsets = gold.iter().filter(|link| link.1 == t).map(|link| s as isize - link.0 as isize);
    offsets.min_by_key(|offset| offset.abs())
}

/// How often each value comes, of all.
fn parts(values: impl Iterator<Item = isize>) -> BTreeMap<isize, f64> {
    let (mut parts, mut all) = (BTreeMap::new(), 0.0);
    for value in values {
        *parts.entry(value).or_insert(0.0) += 1.0;
        all += 1.0;
    }
    parts.values_mut().for_each(|part| *part /= all);
    parts
}

impl Outcome {
    /// The mean of `value` over some lengths.
    pub fn mean(&self, lengths: std::ops::RangeInclusive<usize>, value: impl Fn(&OnLength) -> f64) -> f64 {
        let values: Vec<f64> = self.lengths.iter().filter(|on| lengths.contains(&on.length)).map(value).collect();
        values.iter().sum::<f64>() / values.len() as f64
    }

    /// By place, in the longest sentences.
    pub fn recall(&self) -> &[f64] {
        self.lengths.last().map_or(&[], |on| &on.recall)
    }

    /// How much more is recalled of the last third of the longest sentences than of the first.
    pub fn first_is_lost(&self) -> f64 {
        let (recall, third) = (self.recall(), LENGTHS.end() / 3);
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        mean(&recall[recall.len() - third..]) - mean(&recall[..third])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `the cat sleeps`, `el gato duerme`: 4 5 6, 7 8 9; the last sentence has a word that says two.
    #[test]
    fn step_01_recall_by_hand() {
        let known = |alignment: &[(usize, usize)]| Known {
            pair: (vec![4, 5, 6], vec![7, 8, 9]),
            alignment: alignment.into(),
            bits: 1.0,
        };
        let straight = [(0, 0), (1, 1), (2, 2)];
        let sentences = vec![known(&straight), known(&[(0, 0), (1, 1), (1, 2)])];
        let group = Group { length: 3, sentences };
        let said: [&[Token]; 2] = [&[9, 7], &[8]];
        // The first: 7 and 9 of 7, 8, 9. The second: not 7; 8 but not 9.
        assert_eq!(recall(&group, said.into_iter()), [0.5, 1.0 / 3.0, 1.0]);
    }

    #[test]
    fn step_02_what_is_lost_first_by_hand() {
        let recall = [0.1, 0.2, 0.3, 0.4, 0.0, 0.0, 0.0, 0.0, 0.9, 0.9, 0.9, 0.9];
        let on = OnLength { length: 12, exact: 0.0, missing: 0.0, recall: recall.into() };
        let outcome = Outcome { looks: Vec::new(), lengths: vec![on], aligned: None };
        assert!((outcome.first_is_lost() - 0.65).abs() < 1e-12);
    }

    #[test]
    fn step_03_how_far_a_link_points_beside_the_word_by_hand() {
        let gold = [(1, 0), (4, 0), (2, 1)];
        let offsets = [(0, 0), (3, 0), (4, 0), (6, 1), (5, 2)].map(|link| offset(link, &gold));
        assert_eq!(offsets, [Some(-1), Some(-1), Some(0), Some(4), None]);
        let expected = [(-1, 0.5), (0, 0.25), (4, 0.25)];
        assert_eq!(parts(offsets.into_iter().flatten()), expected.into());
    }
}
