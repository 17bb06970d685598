//! How long the layers of C5 and C6 take, and from which length on which is faster.

use std::{hint::black_box, time::Instant};

use ndarray::Array3;
use rayon::ThreadPoolBuilder;
use tensor::{Context, Real, Tensor};
use transformer::Form;

use report::{format, progress::Task, statistics::median};

use super::layers::{Kind, Layer};
use crate::session::Session;

#[derive(Clone, Debug)]
pub struct Setting {
    pub kinds: Vec<Kind>,
    /// B.
    pub batch: usize,
    /// D.
    pub width: usize,
    /// Each T.
    pub lengths: Vec<usize>,
    pub threads: Vec<usize>,
    /// How often, apart from a first time that does not count.
    pub repetitions: usize,
}

/// Half of the work of a training step, or all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    Forward,
    /// Forward and backward, to the inputs and the parameters.
    Training,
}

/// The times of all layers in one setting.
pub struct Timed {
    pub setting: Setting,
    cases: Vec<Case>,
}

struct Case {
    kind: Kind,
    threads: usize,
    length: usize,
    pass: Pass,
    seconds: Vec<f64>,
}

/// B where a batch is timed.
const BATCH: usize = 16;

impl Timed {
    /// Times layers over one sequence and over a batch, up to the longest T of each, on one thread and on all.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn one_and_many(
        session: &Session,
        name: &str,
        kinds: &[Kind],
        width: usize,
        longest: [usize; 2],
        repetitions: usize,
    ) -> anyhow::Result<[Self; 2]> {
        let mut threads = vec![1, session.threads];
        threads.dedup();
        let task = session.progress.task(name, 2 * (repetitions as u64 + 1));
        let time = |batch, longest| {
            let lengths = (4..).map(|p| 1 << p).take_while(|&n| n <= longest).collect();
            let setting = Setting { kinds: kinds.into(), batch, width, lengths, threads: threads.clone(), repetitions };
            Self::measure(setting, &task)
        };
        Ok([time(1, longest[0])?, time(BATCH, longest[1])?])
    }

    /// Times every layer at every length on every number of threads, all of them once in each repetition, so that what
    /// disturbs the machine for a while disturbs all alike.
    ///
    /// # Errors
    /// If the threads cannot be started.
    fn measure(setting: Setting, task: &Task) -> anyhow::Result<Self> {
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

    /// Likewise with the largest T.
    pub fn longest(&self) -> String {
        format!("{} of {}", self.what(), self.ends()[1])
    }

    /// Likewise with the smallest and the largest.
    pub fn range(&self) -> String {
        let [first, last] = self.ends();
        format!("{} ({first} to {last} tokens)", self.what())
    }

    fn ends(&self) -> [String; 2] {
        let lengths = &self.setting.lengths;
        [lengths[0], lengths[lengths.len() - 1]].map(|length| format::count(length as u64))
    }

    /// Which of two layers trains faster, in words.
    pub fn race(&self, rivals: [Kind; 2], threads: usize) -> String {
        format!("on {}, {}", self.what(), self.faster(rivals, threads, Pass::Training).words(rivals))
    }

    /// What threads gain at the largest T, in words; nothing on one.
    pub fn gains_at_longest(&self, kinds: &[Kind], threads: usize) -> Option<String> {
        let gain = |kind: Kind| self.gain(kind, threads, Pass::Training).last().copied().unwrap_or(1.0);
        let gains = kinds.iter().map(|&kind| format!("{} {}", kind.name(), format::number(gain(kind), 2)));
        (threads > 1).then(|| gains.collect::<Vec<_>>().join(", "))
    }
}

fn time(layer: &Layer, pass: Pass, shape: (usize, usize, usize)) -> f64 {
    let x = Array3::from_shape_fn(shape, |(b, t, d)| ((b + 3 * t + 7 * d) % 13) as Real / 13.0 - 0.5);
    let began = Instant::now();
    match pass {
        Pass::Forward => {
            let cx = Context::eval(layer.parameters());
            black_box(layer.forward(&cx, &Tensor::constant(x), Form::Fused));
        }
        Pass::Training => {
            let cx = Context::train(layer.parameters(), 1, 0);
            let x = cx.leaf(x);
            let y = layer.forward(&cx, &x, Form::Fused);
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

impl Faster {
    pub fn words(&self, [first, second]: [Kind; 2]) -> String {
        let tokens = |at: &f64| format::number(*at, 2);
        let (first, second) = (first.name(), second.name());
        match self {
            Self::First => format!("always {first}"),
            Self::Second => format!("always {second}"),
            Self::FirstUpTo(at) => format!("{first} up to about {} tokens, then {second}", tokens(at)),
            Self::SecondUpTo(at) => format!("{second} up to about {} tokens, then {first}", tokens(at)),
            Self::Changing(at) => {
                let places = at.iter().map(tokens).collect::<Vec<_>>().join(", ");
                format!("now one, now the other, changing near {places} tokens")
            }
        }
    }
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

/// Short texts, on one thread.
#[cfg(test)]
pub fn tiny(kinds: &[Kind]) -> [Timed; 2] {
    [1, 2].map(|batch| {
        let lengths = vec![2, 4];
        let setting = Setting { kinds: kinds.into(), batch, width: 8, lengths, threads: vec![1], repetitions: 1 };
        Timed::measure(setting, &report::progress::Progress::Quiet.task("", 2)).unwrap()
    })
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

    #[test]
    fn step_04_crossings_in_words() {
        let words = |faster: Faster| faster.words([Kind::Rnn, Kind::Block]);
        assert_eq!(words(Faster::First), "always rnn");
        assert_eq!(words(Faster::SecondUpTo(128.4)), "transformer block up to about 128 tokens, then rnn");
        assert_eq!(words(Faster::Changing(vec![20.0, 40.0])), "now one, now the other, changing near 20, 40 tokens");
    }
}
