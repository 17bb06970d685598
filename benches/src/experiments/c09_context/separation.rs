//! How well vectors tell two classes apart: by a line through them, and by their distances.

use ndarray::{Array1, Array2, ArrayView1, Axis};
use nn::{AdamW, Hooks, Linear, Schedule, Trainable, Trainer, TrainingConfig, cross_entropy, metrics::accuracy};
use tensor::{Context, Init, Parameters, Real, Tensor};

/// Updates of the probe, each on all vectors.
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
        let scores = self.0.forward(cx, &Tensor::constant(batch.vectors.clone())); // (B, 2)
        cross_entropy(&scores, ArrayView1::from(&batch.classes).into_dyn())
    }

    fn targets(&self, batch: &Labelled) -> usize {
        batch.classes.len()
    }
}

/// The accuracy on `held_out` of a logistic regression on `known`. Each coordinate is first brought to the mean 0 and the
/// deviation 1 that it has among the known vectors.
pub fn probe(known: &Labelled, held_out: &Labelled) -> anyhow::Result<f64> {
    let mean = known.vectors.mean_axis(Axis(0)).expect("there are vectors"); // (D)
    let deviation = known.vectors.std_axis(Axis(0), 0.0).mapv(|deviation| deviation.max(1e-6)); // (D)
    let alike = |of: &Labelled| Labelled { vectors: (&of.vectors - &mean) / &deviation, classes: of.classes.clone() };
    let (known, held_out) = (alike(known), alike(held_out));
    let mut parameters = Parameters::new();
    let probe = Probe(Linear::new(&mut Init::new(&mut parameters, 1), known.vectors.ncols(), 2));
    let config = TrainingConfig::new(STEPS, AdamW::default(), Schedule::constant(0.03));
    let mut trainer = Trainer::new(&probe, parameters, config);
    trainer.run(&|_| known.clone(), Hooks::default())?;
    let scores = probe.0.forward(&Context::eval(trainer.parameters()), &Tensor::constant(held_out.vectors));
    Ok(accuracy(scores.value(), ArrayView1::from(&held_out.classes).into_dyn()).unwrap_or(f64::NAN))
}

/// How often two vectors of different classes are farther apart, by the cosine, than two of the same class: the area under
/// the curve of this test. Where both are as far apart it counts half; 0.5 is chance.
pub fn apart(labelled: &Labelled) -> f64 {
    let unit = |row: ArrayView1<'_, Real>| -> Array1<f64> {
        let row = row.mapv(f64::from);
        let norm = row.dot(&row).sqrt();
        row / norm
    };
    let units: Vec<Array1<f64>> = labelled.vectors.rows().into_iter().map(unit).collect();
    let [mut same, mut different] = [Vec::new(), Vec::new()];
    for (i, first) in units.iter().enumerate() {
        for (j, second) in units.iter().enumerate().skip(i + 1) {
            let alike = labelled.classes[i] == labelled.classes[j];
            (if alike { &mut same } else { &mut different }).push(1.0 - first.dot(second));
        }
    }
    area_under_curve(same, &different)
}

/// How often one of the `larger` numbers is above one of the `smaller`, equals counting half; NaN if one is.
fn area_under_curve(mut smaller: Vec<f64>, larger: &[f64]) -> f64 {
    if smaller.iter().chain(larger).any(|x| x.is_nan()) {
        return f64::NAN;
    }
    smaller.sort_by(f64::total_cmp);
    let below = |x: &f64| smaller.partition_point(|y| y < x) + smaller.partition_point(|y| y <= x);
    larger.iter().map(below).sum::<usize>() as f64 / (2 * smaller.len() * larger.len()) as f64
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
    fn a_line_and_distances_find_what_is_there_and_nothing_else() {
        let [shifted, alike] = [4.0, 0.0].map(|shift| [1, 2].map(|seed| points(shift, seed)));
        assert!(probe(&shifted[0], &shifted[1]).unwrap() > 0.95);
        assert!((probe(&alike[0], &alike[1]).unwrap() - 0.5).abs() < 0.15);
        assert!(apart(&shifted[0]) > 0.7 && (apart(&alike[0]) - 0.5).abs() < 0.05);
    }

    #[test]
    fn the_area_under_the_curve_by_hand() {
        assert_eq!(area_under_curve(vec![3.0, 1.0, 2.0], &[2.5, 1.0]), (2.0 + 0.5) / 6.0);
        assert!(area_under_curve(vec![1.0], &[f64::NAN]).is_nan());
    }
}
