//! How long the layers of C5 and C6 take in training, and from which length on which is faster.

use std::{hint::black_box, time::Instant};

use ndarray::Array3;
use rayon::{ThreadPool, ThreadPoolBuilder};
use report::{format, progress::Task, statistics::median};
use stages::{Layer, LayerKind};
use tensor::{Context, Real};
use transformer::Form;

use super::counts::WIDTH;
use crate::{session::Session, study::operations::Curve};

/// The times of layers over ever longer texts, in batches of one size.
pub struct LayerTimes {
    pub kinds: Vec<LayerKind>,
    /// B.
    pub batch: usize,
    /// One, and all.
    pub threads: Vec<usize>,
    /// How often each was timed, apart from a first time that does not count.
    pub repetitions: usize,
    timings: Vec<Timing>,
}

/// One layer at one length.
struct Timing {
    kind: LayerKind,
    threads: usize,
    length: usize,
    seconds: Vec<f64>,
}

/// B where a batch is timed.
const BATCH: usize = 16;

impl LayerTimes {
    /// Times layers over one sequence and over a batch, up to the longest T of each, on one thread and on all.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn one_and_many(
        session: &Session,
        name: &str,
        kinds: &[LayerKind],
        longest: [usize; 2],
        repetitions: usize,
    ) -> anyhow::Result<[Self; 2]> {
        let layers: Vec<_> = kinds.iter().map(|&kind| (kind, Layer::new(kind, WIDTH))).collect();
        let pools = pools(session)?;
        let threads: Vec<usize> = pools.iter().map(|(threads, _)| *threads).collect();
        let task = session.progress.task(name, 2 * (repetitions as u64 + 1));
        let measure = |batch, longest| {
            let timings = measure(&layers, &pools, batch, longest, repetitions, &task);
            Self { kinds: kinds.into(), batch, threads: threads.clone(), repetitions, timings }
        };
        Ok([measure(1, longest[0]), measure(BATCH, longest[1])])
    }

    /// All threads.
    pub fn most_threads(&self) -> usize {
        self.threads[self.threads.len() - 1]
    }

    /// The median seconds of a layer by T.
    pub fn curve(&self, kind: LayerKind, threads: usize) -> Curve<f64> {
        let wanted = self.timings.iter().filter(|t| (t.kind, t.threads) == (kind, threads));
        wanted.map(|timing| (timing.length, median(timing.seconds.clone()))).collect()
    }

    /// How many times as fast the training of a layer is on all threads as on one, by T.
    pub fn gain(&self, kind: LayerKind) -> Curve<f64> {
        let [one, all] = [1, self.most_threads()].map(|threads| self.curve(kind, threads));
        one.divided_by(&all)
    }

    /// Which of two layers is faster where, in words.
    pub fn faster(&self, rivals: [LayerKind; 2], threads: usize) -> String {
        let [first, second] = rivals.map(|kind| self.curve(kind, threads));
        faster(&second.divided_by(&first), rivals.map(LayerKind::name))
    }

    /// `one sequence`, `a batch of 16`.
    pub fn what(&self) -> String {
        match self.batch {
            1 => "one sequence".to_owned(),
            batch => format!("a batch of {batch}"),
        }
    }

    /// `16 sequences of 256 tokens`, by T.
    pub fn sequences(&self, length: usize) -> String {
        format!("{} of {} tokens", format::counted(self.batch, "sequence"), format::count(length as u64))
    }

    /// The same with the largest T.
    pub fn longest(&self) -> String {
        self.sequences(self.curve(self.kinds[0], 1).last().0)
    }

    /// What threads gain at the largest T, in words; nothing on one.
    pub fn gains_at_longest(&self, kinds: &[LayerKind]) -> Option<String> {
        let gain = |&kind: &LayerKind| format!("{} {}", kind.name(), format::number(self.gain(kind).last().1, 2));
        (self.most_threads() > 1).then(|| kinds.iter().map(gain).collect::<Vec<_>>().join(", "))
    }
}

/// Pools of one thread and, if there are more, of all.
///
/// # Errors
/// If the threads cannot be started.
pub fn pools(session: &Session) -> anyhow::Result<Vec<(usize, ThreadPool)>> {
    let mut threads = vec![1, session.threads];
    threads.dedup();
    threads.into_iter().map(|threads| Ok((threads, ThreadPoolBuilder::new().num_threads(threads).build()?))).collect()
}

/// Times every layer at every length on every number of threads, all of them once in each repetition, so that what disturbs
/// the machine for a while disturbs all alike.
fn measure(
    layers: &[(LayerKind, Layer)],
    pools: &[(usize, ThreadPool)],
    batch: usize,
    longest: usize,
    repetitions: usize,
    task: &Task,
) -> Vec<Timing> {
    let mut timings = Vec::new();
    for length in (4..).map(|power| 1 << power).take_while(|&length| length <= longest) {
        for (threads, pool) in pools {
            for (kind, layer) in layers {
                let timing = Timing { kind: *kind, threads: *threads, length, seconds: Vec::new() };
                timings.push((timing, pool, layer));
            }
        }
    }
    for repetition in 0..=repetitions {
        for (timing, pool, layer) in &mut timings {
            let seconds = pool.install(|| time(layer, (batch, timing.length, WIDTH)));
            if repetition > 0 {
                timing.seconds.push(seconds);
            }
        }
        task.advance(1, 0, "");
    }
    timings.into_iter().map(|(timing, ..)| timing).collect()
}

/// Forward and backward, to the inputs and the parameters.
fn time(layer: &Layer, shape: (usize, usize, usize)) -> f64 {
    let x = Array3::from_shape_fn(shape, |(b, t, d)| ((b + 3 * t + 7 * d) % 13) as Real / 13.0 - 0.5);
    let began = Instant::now();
    let cx = Context::train(layer.parameters(), 1, 0);
    let x = cx.leaf(x);
    let y = layer.forward(&cx, &x, Form::Fused);
    black_box(y.backward_with(ndarray::ArrayD::ones(y.shape())));
    began.elapsed().as_secs_f64()
}

/// Which of two layers is faster where; `advantage` is how many times as fast the first is.
fn faster(advantage: &Curve<f64>, [first, second]: [&str; 2]) -> String {
    let (ahead, behind) = if advantage.first().1 > 1.0 { (first, second) } else { (second, first) };
    let changes: Vec<String> = advantage.crossings_of_one().iter().map(|at| format::number(*at, 2)).collect();
    match &changes[..] {
        [] => format!("always {ahead}"),
        [at] => format!("{ahead} up to about {at} tokens, then {behind}"),
        places => format!("neither throughout: they change places near {} tokens", places.join(", ")),
    }
}

/// Two lengths, on so many threads.
#[cfg(test)]
pub fn short(kinds: &[LayerKind], threads: usize) -> [LayerTimes; 2] {
    use crate::budget::Budget;
    let mut session = Session::new(Budget::Quick, vec![1], data::corpus::book(), report::progress::Progress::Quiet);
    session.threads = threads;
    LayerTimes::one_and_many(&session, "", kinds, [32, 32], 2).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_the_faster_in_words() {
        let words = |times: [f64; 3]| faster(&[16, 64, 256].into_iter().zip(times).collect(), ["rnn", "block"]);
        assert_eq!(words([2.0, 3.0, 4.0]), "always rnn");
        assert_eq!(words([0.5, 0.3, 0.2]), "always block");
        // Half as fast at 64, twice as fast at 256: even in the middle, at 128.
        assert_eq!(words([0.25, 0.5, 2.0]), "block up to about 128 tokens, then rnn");
        assert_eq!(words([4.0, 2.0, 0.5]), "rnn up to about 128 tokens, then block");
        assert_eq!(words([2.0, 0.5, 2.0]), "neither throughout: they change places near 32, 128 tokens");
    }

    #[test]
    fn step_02_everything_is_timed() {
        let kinds = [&LayerKind::LAYERS[..], &LayerKind::TRANSLATORS].concat();
        let [one, _] = short(&kinds, 2);
        for kind in kinds {
            let curve = one.curve(kind, 2);
            assert_eq!((curve.first().0, curve.last().0), (16, 32));
            assert!(curve.points().all(|(_, seconds)| seconds > 0.0), "{}: {curve:?}", kind.name());
        }
    }
}
