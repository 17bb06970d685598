//! An encoder that has learned to fill gaps, and the vectors that it makes of a word in its sentences.

use data::{Token, masked::WordMask, pairs::Sources};
use ndarray::{Array1, Array2, Axis, Ix3, Ix4, s};
use ndarray_rand::rand::Rng;
use nn::Trainable;
use tensor::{Context, Init, Parameters, Real, Tensor, stream};
use transformer::{EncoderConfig, MaskedLanguageModel};

use serde::{Deserialize, Serialize};

use super::corpus::{Corpus, Occurrence, sentences};
use super::probe::{Labelled, probe};
use report::statistics::by_size;

use crate::study::{parallel::Reporter, training::Recipe};

/// L, D and N.
pub const LAYERS: usize = 2;
pub const WIDTH: usize = 32;
pub const HEADS: usize = 4;

/// B in training; at most so many sentences to judge the loss by.
const BATCH: usize = 32;
pub const JUDGED: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Of the first parameters, the batches and the gaps.
    pub seed: u64,
    /// How many; none leaves the parameters as they begin.
    pub steps: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    pub job: Job,
    /// The loss on gaps in sentences of the probe, in nats.
    pub loss: f64,
    /// Before the first layer and after each: [`LAYERS`] + 1.
    pub depths: Vec<Depth>,
    /// For each homograph and sense: where it looks.
    pub looks: Vec<[Looks; 2]>,
}

/// The vectors at one depth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Depth {
    /// The mean cosine distance between two vectors of a word in the same sense, in two sentences.
    pub same: f64,
    /// The same in different senses.
    pub different: f64,
    /// For each homograph the part of the held-out senses that the probe tells right.
    pub probes: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Looks {
    /// Words, and the weight on them in a sentence: the mean over layers, heads and held-out sentences, the largest first.
    pub at: Vec<(Token, f64)>,
    /// The first held-out sentence with the weights of each head of each layer, (L·N, S).
    pub example: (Vec<Token>, Vec<Vec<f64>>),
}

impl Job {
    /// Trains the encoder on the corpus and measures it.
    ///
    /// # Errors
    /// If a training fails.
    pub fn measure(&self, corpus: &Corpus, reporter: &Reporter) -> anyhow::Result<Measured> {
        let Job { seed, steps } = *self;
        let config = EncoderConfig::new(corpus.vocabulary(), LAYERS, WIDTH, HEADS);
        let mut parameters = Parameters::new();
        let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, seed), config)?;
        let mask = WordMask::new(corpus.mask(), corpus.word_tokens());
        let batches = |step: u64| {
            let mut rng = stream(seed, step, "sentences of C9");
            let rows: Vec<&[Token]> =
                (0..BATCH).map(|_| &corpus.read[rng.random_range(0..corpus.read.len())][..]).collect();
            mask.hide(Sources::new(&rows), seed, step)
        };
        if steps > 0 {
            let tokens = corpus.read.iter().map(Vec::len).sum::<usize>() * BATCH / corpus.read.len();
            let recipe = Recipe::cosine(seed, steps, 3e-3);
            parameters = recipe.train(&model, parameters, &batches, tokens, reporter, |_, _| ())?;
        }
        let held_out = corpus.homographs.iter().flat_map(|homograph| &homograph.held_out).take(JUDGED).cloned();
        let judged = mask.hide(sentences(&held_out.collect::<Vec<_>>()), seed, u64::MAX);
        let loss = f64::from(model.loss(&Context::eval(&parameters), &judged).item());
        let depths = depths(corpus, &model, &parameters)?;
        let of_word = |homograph: &super::corpus::Homograph| {
            [0, 1].map(|sense| {
                let occurrences: Vec<Occurrence> =
                    homograph.held_out.iter().filter(|occurrence| occurrence.sense == sense).cloned().collect();
                looks(&model, &parameters, &occurrences)
            })
        };
        Ok(Measured { job: *self, loss, depths, looks: corpus.homographs.iter().map(of_word).collect() })
    }
}

/// Distances and probes before the first layer and after each.
fn depths(corpus: &Corpus, model: &MaskedLanguageModel, parameters: &Parameters) -> anyhow::Result<Vec<Depth>> {
    let mut depths = vec![Depth { same: 0.0, different: 0.0, probes: Vec::new() }; LAYERS + 1];
    for homograph in &corpus.homographs {
        let labelled = |occurrences: &[Occurrence]| -> Vec<Labelled> {
            let classes: Vec<_> = occurrences.iter().map(|occurrence| occurrence.sense as u32).collect();
            let vectors = vectors(model, parameters, occurrences).into_iter();
            vectors.map(|vectors| Labelled { vectors, classes: classes.clone() }).collect()
        };
        let (known, held_out) = (labelled(&homograph.known), labelled(&homograph.held_out));
        for (depth, (known, held_out)) in depths.iter_mut().zip(known.iter().zip(&held_out)) {
            depth.probes.push(probe(known, held_out)?);
            let [same, different] = distances(held_out);
            depth.same += same;
            depth.different += different;
        }
    }
    let words = corpus.homographs.len() as f64;
    for depth in &mut depths {
        depth.same /= words;
        depth.different /= words;
    }
    Ok(depths)
}

/// The vectors of the words before the first layer and after each, before any final normalisation: L + 1 times (B, D).
fn vectors(model: &MaskedLanguageModel, parameters: &Parameters, occurrences: &[Occurrence]) -> Vec<Array2<Real>> {
    let depths = model.backbone().depths(&Context::eval(parameters), &sentences(occurrences)); // (B, S, D) each
    let of_words = |depth: &Tensor| {
        let depth = depth.view::<Ix3>("vectors of words");
        let entry = |(b, d): (usize, usize)| depth[[b, occurrences[b].position, d]];
        Array2::from_shape_fn((occurrences.len(), depth.dim().2), entry)
    };
    depths.iter().map(of_words).collect()
}

/// The mean cosine distance between two vectors of the same class, and of different classes.
fn distances(labelled: &Labelled) -> [f64; 2] {
    let unit = |row: ndarray::ArrayView1<'_, Real>| -> Array1<f64> {
        let row = row.mapv(f64::from);
        let norm = row.dot(&row).sqrt();
        row / norm
    };
    let units: Vec<Array1<f64>> = labelled.vectors.rows().into_iter().map(unit).collect();
    let mut sums = [(0.0, 0.0); 2];
    for (i, first) in units.iter().enumerate() {
        for (j, second) in units.iter().enumerate().skip(i + 1) {
            let (sum, count) = &mut sums[usize::from(labelled.classes[i] != labelled.classes[j])];
            *sum += 1.0 - first.dot(second);
            *count += 1.0;
        }
    }
    sums.map(|(sum, count)| sum / count)
}

/// Where the words of some occurrences look.
fn looks(model: &MaskedLanguageModel, parameters: &Parameters, occurrences: &[Occurrence]) -> Looks {
    let weights = model.backbone().attention_weights(&Context::eval(parameters), &sentences(occurrences));
    let mut rows: Vec<Array2<f64>> = Vec::with_capacity(occurrences.len()); // (L·N, S) of each
    for (b, Occurrence { sentence, position, .. }) in occurrences.iter().enumerate() {
        let of_layer = |layer: &Tensor| {
            let layer = layer.view::<Ix4>("weights"); // (B, N, S, S)
            layer.slice(s![b, .., *position, ..sentence.len()]).mapv(f64::from) // (N, S)
        };
        let layers: Vec<Array2<f64>> = weights.iter().map(of_layer).collect();
        let views: Vec<_> = layers.iter().map(|layer| layer.view()).collect();
        rows.push(ndarray::concatenate(Axis(0), &views).expect("all layers have as many columns"));
    }
    let mut at = std::collections::BTreeMap::<Token, f64>::new();
    for (occurrence, row) in occurrences.iter().zip(&rows) {
        let mean = row.mean_axis(Axis(0)).expect("there are heads"); // (S)
        for (token, weight) in occurrence.sentence.iter().zip(mean) {
            *at.entry(*token).or_default() += weight / occurrences.len() as f64;
        }
    }
    let mut at: Vec<(Token, f64)> = at.into_iter().collect();
    at.sort_by(|a, b| by_size(&b.1, &a.1)); // stable: equals stay in the order of the tokens
    Looks { at, example: (occurrences[0].sentence.clone(), rows[0].outer_iter().map(|row| row.to_vec()).collect()) }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::{
        budget::Budget,
        session::Session,
        study::parallel::{Work, side_by_side},
    };
    use report::progress::Progress;

    #[test]
    fn step_01_distances_by_hand() {
        let labelled = Labelled { vectors: array![[1.0, 0.0], [2.0, 0.0], [0.0, 3.0]], classes: vec![0, 0, 1] };
        assert_eq!(distances(&labelled), [0.0, 1.0]);
    }

    #[test]
    fn step_02_context_comes_in_with_the_layers_and_threads_change_nothing() {
        let corpus = Corpus::new(50, 2_000, 4);
        let measured = [1, 2].map(|threads| {
            let mut session = Session::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet);
            session.threads = threads;
            let jobs = [Job { seed: 1, steps: 2 }, Job { seed: 1, steps: 0 }];
            side_by_side(
                &session,
                "C9",
                &jobs,
                |job| Work { steps: job.steps, cost: 1.0 },
                |job, to| job.measure(&corpus, to),
            )
        });
        let measured = measured.map(|all| all.into_iter().map(Result::unwrap).collect::<Vec<_>>());
        assert_eq!(measured[0], measured[1]);

        // One word at one place: the same vector before the first layer, another after it.
        let config = EncoderConfig::new(corpus.vocabulary(), LAYERS, WIDTH, HEADS);
        let mut parameters = Parameters::new();
        let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config).unwrap();
        let occurrence = |sentence: &[Token]| Occurrence { sentence: sentence.into(), position: 1, sense: 0 };
        let both = [occurrence(&[3, 7, 4]), occurrence(&[5, 7, 6, 2])];
        let [before, after, _] = <[_; LAYERS + 1]>::try_from(vectors(&model, &parameters, &both)).unwrap();
        assert_eq!(before.row(0), before.row(1));
        assert_ne!(after.row(0), after.row(1));

        let Looks { at, example: (sentence, weights) } = &measured[0][0].looks[0][0];
        assert!((at.iter().map(|(_, weight)| weight).sum::<f64>() - 1.0).abs() < 1e-5);
        assert_eq!((weights.len(), weights[0].len()), (LAYERS * HEADS, sentence.len()));
    }
}
