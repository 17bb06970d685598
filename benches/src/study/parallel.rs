//! Trainings beside each other.
//!
//! A small model gains little from sharing each step among threads. Independent trainings, one thread each, use all
//! threads all the time; and since no number of one depends on another, neither does any on the number of threads.

use std::{
    cell::Cell,
    panic::resume_unwind,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
};

use rayon::ThreadPoolBuilder;

use crate::session::Session;

/// What a training says while it runs.
pub struct Reporter {
    to: Sender<Said>,
    made: Cell<u64>,
}

struct Said {
    steps: u64,
    tokens: u64,
    loss: Option<f64>,
}

impl Reporter {
    /// One more step, which read `tokens` tokens and had this loss.
    pub fn step(&self, loss: f64, tokens: u64) {
        self.made.set(self.made.get() + 1);
        self.say(Said { steps: 1, tokens, loss: Some(loss) });
    }

    fn say(&self, said: Said) {
        // Nobody listens any more only if another training panicked.
        let _ = self.to.send(said);
    }
}

/// Does `train` for every job on as many threads as the session has, and returns the results in the order of the jobs.
///
/// `steps` is the most that a training makes.
///
/// # Panics
/// If a training panics.
pub fn side_by_side<J: Sync, R: Send>(
    session: &Session,
    name: &str,
    jobs: &[J],
    steps: impl Fn(&J) -> u64 + Sync,
    train: impl Fn(&J, &Reporter) -> R + Sync,
) -> Vec<R> {
    let task = session.progress.task(name, jobs.iter().map(&steps).sum());
    let next = AtomicUsize::new(0);
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let (to, from) = channel();
        let worker = |_| {
            let (to, next, steps, train) = (to.clone(), &next, &steps, &train);
            scope.spawn(move || {
                // Everything that the training would share among threads stays on this one.
                let _pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
                let mut results = Vec::new();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(index) else { return results };
                    let reporter = Reporter { to: to.clone(), made: Cell::new(0) };
                    results.push((index, train(job, &reporter)));
                    let left = steps(job).saturating_sub(reporter.made.get());
                    reporter.say(Said { steps: left, tokens: 0, loss: None });
                }
            })
        };
        let workers: Vec<_> = (0..session.threads.min(jobs.len())).map(worker).collect();
        drop(to);
        for Said { steps, tokens, loss } in from {
            let note = loss.map_or_else(String::new, |loss| format!("loss {loss:.4}"));
            task.advance(steps, tokens, &note);
        }
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use report::progress::Progress;

    #[test]
    fn results_keep_the_order_of_the_jobs_on_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let mut session = Session::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet);
            session.threads = threads;
            let jobs: Vec<u64> = (0..20).collect();
            let doubled = side_by_side(
                &session,
                "doubling",
                &jobs,
                |_| 1,
                |job, reporter| {
                    reporter.step(0.0, 1);
                    assert_eq!(rayon::current_num_threads(), 1);
                    2 * job
                },
            );
            assert_eq!(doubled, (0..40).step_by(2).collect::<Vec<_>>());
        }
    }
}
