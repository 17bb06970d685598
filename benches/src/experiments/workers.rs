//! Trainings beside each other.
//!
//! A small model gains little from sharing each step among threads. Independent trainings, one thread each, use all
//! threads all the time; and since no number of one depends on another, neither does any on the number of threads.

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
};

use rayon::ThreadPoolBuilder;

use crate::lab::Lab;

/// What a training says while it runs.
pub struct Reporter<R> {
    to: Sender<Message<R>>,
}

enum Message<R> {
    Step { loss: f64, tokens: u64 },
    Done { job: usize, steps_left: u64, result: R },
}

impl<R> Reporter<R> {
    /// One more step, which read `tokens` tokens and had this loss.
    pub fn step(&self, loss: f64, tokens: u64) {
        // Nobody listens any more only if another training panicked.
        let _ = self.to.send(Message::Step { loss, tokens });
    }
}

/// Does `train` for every job on as many threads as the lab has, and returns the results in the order of the jobs.
///
/// `train` returns with its result how many steps it made; `steps` is the most that one makes.
///
/// # Panics
/// If a training panics.
pub fn side_by_side<J: Sync, R: Send>(
    lab: &Lab,
    name: &str,
    jobs: &[J],
    steps: impl Fn(&J) -> u64 + Sync,
    train: impl Fn(&J, &Reporter<R>) -> (R, u64) + Sync,
) -> Vec<R> {
    let task = lab.progress.task(name, jobs.iter().map(&steps).sum());
    let mut results: Vec<Option<R>> = jobs.iter().map(|_| None).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (to, from) = channel();
        for _ in 0..lab.threads.min(jobs.len()) {
            let (to, next, steps, train) = (to.clone(), &next, &steps, &train);
            scope.spawn(move || {
                // Everything that the training would share among threads stays on this one.
                let _pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
                let reporter = Reporter { to };
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(index) else { break };
                    let (result, made) = train(job, &reporter);
                    let done = Message::Done { job: index, steps_left: steps(job).saturating_sub(made), result };
                    let _ = reporter.to.send(done);
                }
            });
        }
        drop(to);
        for message in from {
            match message {
                Message::Step { loss, tokens } => task.step(loss, tokens),
                Message::Done { job, steps_left, result } => {
                    results[job] = Some(result);
                    task.advance(steps_left, 0, "");
                }
            }
        }
    });
    results.into_iter().map(|result| result.expect("every job was done, or its panic passed on")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{budget::Budget, progress::Progress};

    #[test]
    fn results_keep_the_order_of_the_jobs_on_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let mut lab = Lab::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet);
            lab.threads = threads;
            let jobs: Vec<u64> = (0..20).collect();
            let doubled = side_by_side(
                &lab,
                "doubling",
                &jobs,
                |_| 1,
                |job, reporter| {
                    reporter.step(0.0, 1);
                    assert_eq!(rayon::current_num_threads(), 1);
                    (2 * job, 1)
                },
            );
            assert_eq!(doubled, (0..40).step_by(2).collect::<Vec<_>>());
        }
    }
}
