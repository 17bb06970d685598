//! Trainings beside each other.
//!
//! A small model gains little from sharing each step among threads. Independent trainings, one thread each, use all
//! threads all the time; and since no number of one depends on another, neither does any on the number of threads.
//! What has finished is [kept](crate::kept), and what was kept is not made again.

use std::{
    cell::Cell,
    fmt::Debug,
    panic::resume_unwind,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
};

use rayon::ThreadPoolBuilder;
use report::format;
use serde::{Serialize, de::DeserializeOwned};

use crate::session::Session;

/// How much a training has to do.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// At most.
    pub steps: u64,
    /// How long a step takes, in any unit that all trainings of an experiment share.
    pub cost: f64,
}

impl Work {
    /// Of all steps.
    pub fn whole(self) -> f64 {
        self.steps as f64 * self.cost
    }
}

/// What a training says while it runs.
pub struct Reporter {
    to: Sender<Said>,
    made: Cell<u64>,
    cost: f64,
}

struct Said {
    steps: u64,
    cost: f64,
    tokens: u64,
    loss: Option<f64>,
}

impl Reporter {
    /// One more step, which read `tokens` tokens and had this loss.
    pub fn step(&self, loss: f64, tokens: u64) {
        self.made.set(self.made.get() + 1);
        self.say(Said { steps: 1, cost: self.cost, tokens, loss: Some(loss) });
    }

    fn say(&self, said: Said) {
        // Nobody listens any more only if another training panicked.
        let _ = self.to.send(said);
    }
}

/// Does `train` for every job on as many threads as the session has, and returns the results in the order of the jobs.
///
/// The name and the job, as `Debug` shows it, decide about every bit of a result: so a result that was kept is found again.
///
/// # Panics
/// If a training panics.
pub fn side_by_side<J: Debug + Sync, R: Serialize + DeserializeOwned + Send>(
    session: &Session,
    name: &str,
    jobs: &[J],
    work: impl Fn(&J) -> Work + Sync,
    train: impl Fn(&J, &Reporter) -> anyhow::Result<R> + Sync,
) -> Vec<anyhow::Result<R>> {
    let key = |job: &J| format!("{name}: {job:?}");
    let mut results = Vec::with_capacity(jobs.len());
    let mut missing = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        match session.kept.find(&key(job)) {
            Some(result) => results.push((index, Ok(result))),
            None => missing.push((index, job)),
        }
    }
    let mut clock = session.clock.borrow_mut();
    clock.expect(missing.iter().map(|(_, job)| work(job).whole()).sum());
    let task = session.progress.task(name, missing.iter().map(|(_, job)| work(job).steps).sum());
    let next = AtomicUsize::new(0);
    results.extend(thread::scope(|scope| {
        let (to, from) = channel();
        let worker = |_| {
            let (to, next, missing) = (to.clone(), &next, &missing);
            let (kept, key, work, train) = (&session.kept, &key, &work, &train);
            scope.spawn(move || {
                // Everything that the training would share among threads stays on this one.
                let _pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
                let mut results = Vec::new();
                loop {
                    let Some(&(index, job)) = missing.get(next.fetch_add(1, Ordering::Relaxed)) else { return results };
                    let Work { steps, cost } = work(job);
                    let reporter = Reporter { to: to.clone(), made: Cell::new(0), cost };
                    let result = train(job, &reporter);
                    if let Ok(outcome) = &result {
                        kept.keep(&key(job), outcome);
                    }
                    results.push((index, result));
                    let steps = steps.saturating_sub(reporter.made.get());
                    reporter.say(Said { steps, cost, tokens: 0, loss: None });
                }
            })
        };
        let workers: Vec<_> = (0..session.threads.min(missing.len())).map(worker).collect();
        drop(to);
        for Said { steps, cost, tokens, loss } in from {
            clock.made(steps as f64 * cost);
            let loss = loss.map_or_else(String::new, |loss| format!("  loss {loss:.4}"));
            task.advance(steps, tokens, &format!("comparison: {} left{loss}", format::duration(clock.left())));
        }
        let joined = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        joined.flatten().collect::<Vec<_>>()
    }));
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{budget::Budget, kept::Kept};
    use report::progress::Progress;

    fn doubled(session: &Session, made: &AtomicUsize) -> Vec<u64> {
        let jobs: Vec<u64> = (0..20).collect();
        let double = |job: &u64, reporter: &Reporter| {
            reporter.step(0.0, 1);
            assert_eq!(rayon::current_num_threads(), 1);
            made.fetch_add(1, Ordering::Relaxed);
            Ok(2 * job)
        };
        let doubled = side_by_side(session, "doubling", &jobs, |_| Work { steps: 1, cost: 1.0 }, double);
        doubled.into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn results_keep_the_order_of_the_jobs_on_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let mut session = Session::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet);
            session.threads = threads;
            assert_eq!(doubled(&session, &AtomicUsize::new(0)), (0..40).step_by(2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn what_was_kept_is_not_made_again() {
        let dir = tempfile::TempDir::new().unwrap();
        let mut session = Session::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet);
        session.kept = Kept::open(dir.path(), false, "", Progress::Quiet);
        let made = AtomicUsize::new(0);
        let first = doubled(&session, &made);
        // As if the comparison had been killed before some were finished.
        let own = std::fs::read_dir(dir.path()).unwrap().flatten().find(|entry| entry.path().is_dir()).unwrap();
        for entry in std::fs::read_dir(own.path()).unwrap().flatten().take(3) {
            std::fs::remove_file(entry.path()).unwrap();
        }
        assert_eq!(doubled(&session, &made), first);
        assert_eq!((made.into_inner(), session.kept.take_found()), (23, 17));
    }
}
