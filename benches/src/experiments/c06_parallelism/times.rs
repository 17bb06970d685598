//! How long the layers of C5 and C6 take, and from which length on which is faster.

use std::{hint::black_box, time::Instant};

use ndarray::Array3;
use rayon::ThreadPoolBuilder;
use tensor::{Context, Real, Tensor};
use transformer::Engine;

use super::layers::{Kind, Layer};
use report::{progress::Task, statistics::median};

/// What is timed.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Which layers.
    pub kinds: Vec<Kind>,
    /// B.
    pub batch: usize,
    /// D.
    pub width: usize,
    /// Each T.
    pub lengths: Vec<usize>,
    /// Each number of threads.
    pub threads: Vec<usize>,
    /// How often, apart from a first time that does not count.
    pub repetitions: usize,
}

/// Half of the work of a training step, or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Forward alone, recording nothing.
    Forward,
    /// Forward and backward, to the inputs and the parameters.
    Training,
}

/// The times of all layers in one setting.
pub struct Timed {
    /// What was timed.
    pub setting: Setting,
    cases: Vec<Case>,
}

struct Case {
    kind: Kind,
    threads: usize,
    length: usize,
    pass: Pass,
    /// One for each repetition.
    seconds: Vec<f64>,
}

impl Timed {
    /// Times every layer at every length on every number of threads, all of them once in each repetition, so that what
    /// disturbs the machine for a while disturbs all alike.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn measure(setting: Setting, task: &Task) -> anyhow::Result<Self> {
        let layers: Vec<_> = setting.kinds.iter().map(|&kind| (kind, Layer::new(kind, setting.width))).collect();
        let mut pools = Vec::new();
        for &threads in &setting.threads {
            pools.push((threads, ThreadPoolBuilder::new().num_threads(threads).build()?));
        }
        let mut cases = Vec::new();
        for &length in &setting.lengths {
            for (threads, pool) in &pools {
                for (kind, layer) in &layers {
                    for pass in [Pass::Forward, Pass::Training] {
                        let case = Case { kind: *kind, threads: *threads, length, pass, seconds: Vec::new() };
                        cases.push((case, pool, layer));
                    }
                }
            }
        }
        for repetition in 0..=setting.repetitions {
            for (case, pool, layer) in &mut cases {
                let shape = (setting.batch, case.length, setting.width);
                let seconds = pool.install(|| time(layer, case.pass, shape));
                if repetition > 0 {
                    case.seconds.push(seconds);
                }
            }
            task.advance(1, 0, "");
        }
        let cases = cases.into_iter().map(|(case, ..)| case).collect();
        Ok(Self { setting, cases })
    }

    /// The median times of a layer, by length.
    pub fn seconds(&self, kind: Kind, threads: usize, pass: Pass) -> Vec<f64> {
        self.setting.lengths.iter().filter_map(|&length| self.at(kind, threads, pass, length)).collect()
    }

    /// The median time of a layer at a length, if it was timed.
    pub fn at(&self, kind: Kind, threads: usize, pass: Pass, length: usize) -> Option<f64> {
        let wanted = |c: &&Case| (c.kind, c.threads, c.pass, c.length) == (kind, threads, pass, length);
        self.cases.iter().find(wanted).map(|case| median(case.seconds.clone()))
    }

    /// How many times as fast a layer is on so many threads as on one, by length.
    pub fn gain(&self, kind: Kind, threads: usize, pass: Pass) -> Vec<f64> {
        let many = self.seconds(kind, threads, pass);
        self.seconds(kind, 1, pass).into_iter().zip(many).map(|(one, many)| one / many).collect()
    }

    /// Which of two layers is faster where.
    pub fn faster(&self, [first, second]: [Kind; 2], threads: usize, pass: Pass) -> Faster {
        let [first, second] = [first, second].map(|kind| self.seconds(kind, threads, pass));
        faster(&self.setting.lengths, &first, &second)
    }

    /// `one sequence`, `a batch of 16`.
    pub fn what(&self) -> String {
        match self.setting.batch {
            1 => "one sequence".to_owned(),
            batch => format!("a batch of {batch}"),
        }
    }
}

fn time(layer: &Layer, pass: Pass, shape: (usize, usize, usize)) -> f64 {
    let x = Array3::from_shape_fn(shape, |(b, t, d)| ((b + 3 * t + 7 * d) % 13) as Real / 13.0 - 0.5);
    let began = Instant::now();
    match pass {
        Pass::Forward => {
            let cx = Context::eval(layer.parameters());
            black_box(layer.forward(&cx, &Tensor::constant(x), Engine::Fused));
        }
        Pass::Training => {
            let cx = Context::train(layer.parameters(), 1, 0);
            let x = cx.leaf(x);
            let y = layer.forward(&cx, &x, Engine::Fused);
            black_box(y.backward_with(ndarray::ArrayD::ones(y.shape())));
        }
    }
    began.elapsed().as_secs_f64()
}

/// Which of two layers is faster where.
#[derive(Clone, Debug, PartialEq)]
pub enum Faster {
    /// The first at every length.
    First,
    /// The second at every length.
    Second,
    /// The first up to about this length, the second beyond.
    FirstUpTo(f64),
    /// The second up to about this length, the first beyond.
    SecondUpTo(f64),
    /// It changes more than once: at about these lengths.
    Changing(Vec<f64>),
}

/// Compares the times `first` and `second` at `lengths`; where the faster changes, the length is interpolated on logarithmic
/// scales.
///
/// # Panics
/// If there is not one time for each length, or none.
#[track_caller]
fn faster(lengths: &[usize], first: &[f64], second: &[f64]) -> Faster {
    assert!(
        !lengths.is_empty() && first.len() == lengths.len() && second.len() == lengths.len(),
        "faster: {} and {} times for {} lengths",
        first.len(),
        second.len(),
        lengths.len()
    );
    let advantage: Vec<f64> = first.iter().zip(second).map(|(first, second)| (second / first).ln()).collect();
    let places: Vec<f64> = lengths.iter().map(|&length| (length as f64).ln()).collect();
    let mut crossings = Vec::new();
    for i in 1..lengths.len() {
        let (a, b) = (advantage[i - 1], advantage[i]);
        if (a > 0.0) != (b > 0.0) {
            crossings.push((places[i - 1] + (places[i] - places[i - 1]) * a / (a - b)).exp());
        }
    }
    match (crossings[..].first(), crossings.len(), advantage[0] > 0.0) {
        (None, _, true) => Faster::First,
        (None, _, false) => Faster::Second,
        (Some(&at), 1, true) => Faster::FirstUpTo(at),
        (Some(&at), 1, false) => Faster::SecondUpTo(at),
        _ => Faster::Changing(crossings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_the_median_ignores_a_disturbance() {
        assert_eq!(median(vec![3.0, 1.0, 100.0]), 3.0);
        assert_eq!(median(vec![3.0, 1.0, 100.0, 2.0]), 2.5);
    }

    #[test]
    fn step_02_crossings_by_hand() {
        let lengths = [16, 64, 256];
        assert_eq!(faster(&lengths, &[1.0, 1.0, 1.0], &[2.0, 3.0, 4.0]), Faster::First);
        assert_eq!(faster(&lengths, &[2.0, 3.0, 4.0], &[1.0, 1.0, 1.0]), Faster::Second);
        // Half as slow at 64, twice as slow at 256: even in the middle, at 128.
        let Faster::SecondUpTo(at) = faster(&lengths, &[4.0, 2.0, 1.0], &[1.0, 1.0, 2.0]) else { panic!() };
        assert!((at - 128.0).abs() < 1e-9, "{at}");
        let Faster::FirstUpTo(at) = faster(&lengths, &[1.0, 1.0, 2.0], &[4.0, 2.0, 1.0]) else { panic!() };
        assert!((at - 128.0).abs() < 1e-9, "{at}");
        let Faster::Changing(at) = faster(&lengths, &[1.0, 2.0, 1.0], &[2.0, 1.0, 2.0]) else { panic!() };
        assert_eq!(at.len(), 2);
    }

    #[test]
    fn step_03_everything_is_timed() {
        let kinds = [&Kind::LAYERS[..], &Kind::TRANSLATORS].concat();
        let setting = Setting { kinds, batch: 2, width: 8, lengths: vec![1, 3], threads: vec![1, 2], repetitions: 2 };
        let timed = Timed::measure(setting, &report::progress::Progress::Quiet.task("", 3)).unwrap();
        for &kind in &timed.setting.kinds {
            for pass in [Pass::Forward, Pass::Training] {
                let seconds = timed.seconds(kind, 2, pass);
                assert!(seconds.len() == 2 && seconds.iter().all(|s| *s > 0.0), "{}: {seconds:?}", kind.name());
            }
        }
        assert_eq!(timed.at(Kind::Rnn, 1, Pass::Forward, 2), None);
    }
}
