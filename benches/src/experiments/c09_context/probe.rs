//! What a line through the vectors can tell apart.

use ndarray::{Array2, ArrayView2, Axis};
use nn::{AdamW, Linear, Schedule, Trainable, Trainer, TrainingConfig, cross_entropy, metrics::accuracy};
use tensor::{Context, Init, Parameters, Real, Tensor};

/// Updates, each on all vectors.
const STEPS: u64 = 100;

/// Vectors, (B, D), and the class of each.
#[derive(Clone)]
pub struct Labelled {
    pub vectors: Array2<Real>,
    /// 0 or 1.
    pub classes: Vec<u32>,
}

struct Probe(Linear);

impl Trainable for Probe {
    type Batch = Labelled;

    fn loss(&self, cx: &Context<'_>, batch: &Labelled) -> Tensor {
        let classes = ndarray::ArrayView1::from(&batch.classes);
        cross_entropy(&self.scores(cx, batch.vectors.view()), classes.into_dyn())
    }

    fn targets(&self, batch: &Labelled) -> usize {
        batch.classes.len()
    }
}

impl Probe {
    fn scores(&self, cx: &Context<'_>, vectors: ArrayView2<'_, Real>) -> Tensor {
        self.0.forward(cx, &Tensor::constant(vectors.to_owned())) // (B, 2)
    }
}

/// The part of `held_out` that a logistic regression on `known` classifies right. Each coordinate is first brought to the
/// mean 0 and the deviation 1 that it has among the known vectors.
///
/// # Errors
/// If the training fails.
pub fn probe(known: &Labelled, held_out: &Labelled) -> anyhow::Result<f64> {
    let mean = known.vectors.mean_axis(Axis(0)).expect("there are vectors"); // (D)
    let deviation = known.vectors.std_axis(Axis(0), 0.0).mapv(|deviation| deviation.max(1e-6)); // (D)
    let alike = |of: &Labelled| Labelled { vectors: (&of.vectors - &mean) / &deviation, classes: of.classes.clone() };
    let (known, held_out) = (alike(known), alike(held_out));
    let mut parameters = Parameters::new();
    let probe = Probe(Linear::new(&mut Init::new(&mut parameters, 1), known.vectors.ncols(), 2));
    let config = TrainingConfig::new(STEPS, AdamW::default(), Schedule::constant(0.03));
    let mut trainer = Trainer::new(&probe, parameters, config);
    for _ in 0..STEPS {
        trainer.step(&|_| known.clone())?;
    }
    let scores = probe.scores(&Context::eval(trainer.parameters()), held_out.vectors.view());
    let classes = ndarray::ArrayView1::from(&held_out.classes);
    Ok(accuracy(scores.value(), classes.into_dyn()).unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use ndarray_rand::rand::Rng;
    use tensor::stream;

    use super::*;

    /// Points of two classes, of which the second coordinate tells the class if it is shifted.
    fn points(shift: Real, seed: u64) -> Labelled {
        let mut rng = stream(seed, 0, "points");
        let classes: Vec<u32> = (0..100).map(|i| i % 2).collect();
        let vectors = Array2::from_shape_fn((100, 3), |(b, d)| {
            rng.random_range(-1.0..1.0) + if d == 1 { shift * classes[b] as Real } else { 0.0 }
        });
        Labelled { vectors, classes }
    }

    #[test]
    fn a_line_finds_what_is_there_and_nothing_else() {
        assert!(probe(&points(4.0, 1), &points(4.0, 2)).unwrap() > 0.95);
        assert!((probe(&points(0.0, 1), &points(0.0, 2)).unwrap() - 0.5).abs() < 0.15);
    }
}
