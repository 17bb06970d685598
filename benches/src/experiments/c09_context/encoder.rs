//! An encoder before and after it has learned to fill gaps, and the vectors that it makes of a word in its sentences.

use data::{Token, masked::WordMask, pairs::Sources};
use grammar::{Homograph, Occurrence, SenseCorpus};
use ndarray::{Array2, Ix3, Ix4, s};
use ndarray_rand::rand::Rng;
use nn::Trainable;
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Parameters, Real, Tensor, stream};
use transformer::{EncoderConfig, MaskedLanguageModel};

use super::separation::{Labelled, apart, probe};
use crate::study::{
    grid::{Score, Study, Trial},
    parallel::Reporter,
    training::Recipe,
};

/// L, D and N.
pub const LAYERS: usize = 2;
pub const WIDTH: usize = 32;
pub const HEADS: usize = 4;

/// B in training.
const BATCH: usize = 32;

/// The same first parameters before and after training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoders {
    pub untrained: Vectors,
    pub trained: Vectors,
    /// For each sense of the example: where it looks in the first held-out sentence, in the trained encoder.
    pub looks: [Looks; 2],
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vectors {
    /// The loss on gaps, in nats.
    pub loss: f64,
    /// Before the first layer and after each: [`LAYERS`] + 1.
    pub depths: Vec<Depth>,
}

/// How well vectors at one depth tell the senses of each homograph apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Depth {
    /// The accuracy of the probe.
    pub probes: Vec<f64>,
    /// The area under the curve of the distances.
    pub areas: Vec<f64>,
}

impl Depth {
    pub fn accuracy(&self) -> f64 {
        self.probes.iter().sum::<f64>() / self.probes.len() as f64
    }

    pub fn area(&self) -> f64 {
        self.areas.iter().sum::<f64>() / self.areas.len() as f64
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Looks {
    pub sentence: Vec<Token>,
    /// Those of each head of each layer on the words of the sentence.
    pub weights: Vec<Vec<f64>>,
}

/// Encoders that learn to fill gaps in so many steps.
pub struct FillingGaps<'c> {
    pub corpus: &'c SenseCorpus,
    /// The homograph whose looks are shown.
    pub example: usize,
    pub steps: u64,
}

impl Study for FillingGaps<'_> {
    type Case = ();
    type Outcome = Encoders;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2];

    fn steps(&self, (): &()) -> u64 {
        self.steps
    }

    fn search(&self, trial: &Trial<()>, reporter: &Reporter) -> anyhow::Result<Score> {
        let (model, parameters) = self.model(trial.seed)?;
        let parameters = self.learn(trial, &model, parameters, reporter)?;
        Ok(Score(self.loss(&model, &parameters, trial.seed), 0.0))
    }

    fn train(&self, trial: &Trial<()>, reporter: &Reporter) -> anyhow::Result<Encoders> {
        let (model, parameters) = self.model(trial.seed)?;
        let vectors = |parameters: &Parameters| {
            let loss = self.loss(&model, parameters, trial.seed);
            Ok::<_, anyhow::Error>(Vectors { loss, depths: depths(self.corpus, &model, parameters)? })
        };
        let untrained = vectors(&parameters)?;
        let parameters = self.learn(trial, &model, parameters, reporter)?;
        let Homograph { held_out, .. } = &self.corpus.homographs[self.example];
        let looks = [0, held_out.len() / 2].map(|place| looks(&model, &parameters, &held_out[place]));
        Ok(Encoders { untrained, trained: vectors(&parameters)?, looks })
    }
}

impl FillingGaps<'_> {
    fn model(&self, seed: u64) -> anyhow::Result<(MaskedLanguageModel, Parameters)> {
        let mut parameters = Parameters::new();
        let config = EncoderConfig::new(self.corpus.vocabulary_size(), LAYERS, WIDTH, HEADS);
        let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, seed), config)?;
        Ok((model, parameters))
    }

    fn mask(&self) -> WordMask {
        WordMask::new(self.corpus.mask(), 1..self.corpus.mask())
    }

    fn learn(
        &self,
        trial: &Trial<()>,
        model: &MaskedLanguageModel,
        parameters: Parameters,
        reporter: &Reporter,
    ) -> anyhow::Result<Parameters> {
        let Trial { learning_rate, seed, steps, .. } = *trial;
        let read = &self.corpus.read;
        let batches = |step: u64| {
            let mut rng = stream(seed, step, "sentences of C9");
            let drawn: Vec<&Vec<Token>> = (0..BATCH).map(|_| &read[rng.random_range(0..read.len())]).collect();
            self.mask().hide(batch(drawn), seed, step)
        };
        let tokens = read.iter().map(Vec::len).sum::<usize>() * BATCH / read.len();
        Recipe::cosine(seed, steps, learning_rate).train(model, parameters, &batches, tokens, reporter, |_, _| ())
    }

    /// On sentences that nothing has learned from.
    fn loss(&self, model: &MaskedLanguageModel, parameters: &Parameters, seed: u64) -> f64 {
        let judged = self.mask().hide(batch(&self.corpus.unread), seed, u64::MAX);
        f64::from(model.loss(&Context::eval(parameters), &judged).item())
    }
}

/// Sentences in a batch, (B, S).
fn batch<'s>(sentences: impl IntoIterator<Item = &'s Vec<Token>>) -> Sources {
    Sources::new(&sentences.into_iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Probes and distances before the first layer and after each.
fn depths(corpus: &SenseCorpus, model: &MaskedLanguageModel, parameters: &Parameters) -> anyhow::Result<Vec<Depth>> {
    let mut depths = vec![Depth { probes: Vec::new(), areas: Vec::new() }; LAYERS + 1];
    for homograph in &corpus.homographs {
        let [known, held_out] =
            [&homograph.known, &homograph.held_out].map(|occurrences| labelled(model, parameters, occurrences));
        for (depth, (known, held_out)) in depths.iter_mut().zip(known.iter().zip(&held_out)) {
            depth.probes.push(probe(known, held_out)?);
            depth.areas.push(apart(held_out));
        }
    }
    Ok(depths)
}

/// The vectors of the words before the first layer and after each, before any final normalisation, with their senses:
/// L + 1 times (B, D).
fn labelled(model: &MaskedLanguageModel, parameters: &Parameters, occurrences: &[Occurrence]) -> Vec<Labelled> {
    let sentences = batch(occurrences.iter().map(|occurrence| &occurrence.sentence));
    let depths = model.backbone().depths(&Context::eval(parameters), &sentences); // (B, S, D) each
    let of_words = |depth: &Tensor| {
        let depth = depth.view::<Ix3>("vectors of words");
        let entry = |(b, d): (usize, usize)| -> Real { depth[[b, occurrences[b].position, d]] };
        Labelled {
            vectors: Array2::from_shape_fn((occurrences.len(), depth.dim().2), entry),
            classes: occurrences.iter().map(|occurrence| occurrence.sense as u32).collect(),
        }
    };
    depths.iter().map(of_words).collect()
}

/// Where a word looks.
fn looks(model: &MaskedLanguageModel, parameters: &Parameters, occurrence: &Occurrence) -> Looks {
    let Occurrence { sentence, position, .. } = occurrence;
    let weights = model.backbone().attention_weights(&Context::eval(parameters), &batch([sentence])); // (1, N, S, S) each
    let of_layer = |layer: &Tensor| -> Vec<Vec<f64>> {
        let rows = layer.view::<Ix4>("weights").slice(s![0, .., *position, ..]).mapv(f64::from); // (N, S)
        rows.rows().into_iter().map(|row| row.to_vec()).collect()
    };
    Looks { sentence: sentence.clone(), weights: weights.iter().flat_map(of_layer).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_comes_in_with_the_layers() {
        let corpus = SenseCorpus::new([50, 2_000, 50], 4);
        let (model, parameters) = FillingGaps { corpus: &corpus, example: 0, steps: 0 }.model(1).unwrap();
        // One word at one place: the same vector before the first layer, another after it.
        let occurrence = |sentence: &[Token]| Occurrence { sentence: sentence.into(), position: 1, sense: 0 };
        let both = [occurrence(&[3, 7, 4]), occurrence(&[5, 7, 6, 2])];
        let [before, after, _] = <[_; LAYERS + 1]>::try_from(labelled(&model, &parameters, &both)).ok().unwrap();
        assert_eq!(before.vectors.row(0), before.vectors.row(1));
        assert_ne!(after.vectors.row(0), after.vectors.row(1));

        let Looks { sentence, weights } = looks(&model, &parameters, &both[1]);
        assert_eq!((weights.len(), weights[0].len()), (LAYERS * HEADS, sentence.len()));
        assert!(weights.iter().all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-5));
    }
}
