//! What the experiments share: budget, seeds, threads, the text, and models that are trained once.

use std::{
    any::Any,
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    time::{Duration, Instant},
};

use data::Text;

use report::progress::Progress;

use crate::{alphabet::Alphabet, budget::Budget, clock::Clock, kept::Kept};

/// The room that experiments are carried out in.
pub struct Session {
    /// How much is trained.
    pub budget: Budget,
    /// One run of each training for each seed; what is compared is compared on equal seeds.
    pub seeds: Vec<u64>,
    /// Threads of the pool that numbers are computed on.
    pub threads: usize,
    /// As it was given.
    pub text: Text,
    /// What language models read of it.
    pub alphabet: Alphabet,
    /// Where to say how far a task is.
    pub progress: Progress,
    /// Trainings that an earlier comparison has finished.
    pub kept: Kept,
    /// How long the comparison takes.
    pub clock: RefCell<Clock>,
    remarks: RefCell<Vec<String>>,
    shelf: RefCell<BTreeMap<String, Rc<dyn Any>>>,
    times: RefCell<BTreeMap<String, Duration>>,
    shared: RefCell<BTreeSet<String>>,
}

impl Session {
    /// An empty session that uses the threads of the current rayon pool.
    ///
    /// # Panics
    /// If there is no seed.
    #[track_caller]
    pub fn new(budget: Budget, seeds: Vec<u64>, text: Text, progress: Progress) -> Self {
        assert!(!seeds.is_empty(), "Session::new: no seeds");
        Self {
            budget,
            seeds,
            threads: rayon::current_num_threads(),
            alphabet: Alphabet::of(&text),
            text,
            progress,
            kept: Kept::nowhere(),
            clock: RefCell::new(Clock::new(vec![0.0])),
            remarks: RefCell::default(),
            shelf: RefCell::default(),
            times: RefCell::default(),
            shared: RefCell::default(),
        }
    }

    /// What `make` made the first time it was asked for under `name`: a model that several experiments look at is
    /// trained by whichever comes first.
    ///
    /// The name says everything that the result depends on: `gpt, seed 1`.
    ///
    /// # Errors
    /// Those of `make`; nothing is kept then.
    ///
    /// # Panics
    /// If the same name was used for something of another type.
    #[track_caller]
    pub fn once<T: 'static, E>(&self, name: &str, make: impl FnOnce() -> Result<T, E>) -> Result<Rc<T>, E> {
        let kept = self.shelf.borrow().get(name).cloned();
        if let Some(kept) = kept {
            match kept.downcast() {
                Ok(found) => {
                    self.shared.borrow_mut().insert(name.to_owned());
                    return Ok(found);
                }
                Err(_) => {
                    panic!("Session::once: {name} was made as something else than {}", std::any::type_name::<T>())
                }
            }
        }
        let began = Instant::now();
        let made = Rc::new(make()?);
        self.times.borrow_mut().insert(name.to_owned(), began.elapsed());
        self.shelf.borrow_mut().insert(name.to_owned(), Rc::clone(&made) as Rc<dyn Any>);
        Ok(made)
    }

    /// How long it took to make what was found made already since this was last asked; none if nothing was.
    pub fn take_shared(&self) -> Option<Duration> {
        let (names, clock) = (self.shared.take(), self.times.borrow());
        (!names.is_empty()).then(|| names.iter().filter_map(|name| clock.get(name)).sum())
    }

    /// Something that the reader of the experiment under way has to know.
    pub fn remark(&self, sentence: String) {
        self.remarks.borrow_mut().push(sentence);
    }

    /// All that was remarked since this was last asked.
    pub fn take_remarks(&self) -> Vec<String> {
        self.remarks.take()
    }

    /// What was made under which name, and how long it took.
    pub fn times(&self) -> Vec<(String, Duration)> {
        self.times.borrow().iter().map(|(name, time)| (name.clone(), *time)).collect()
    }

    /// The seed with which settings are chosen: none of those with which they are judged.
    pub fn search_seed(&self) -> u64 {
        self.seeds.iter().max().map_or(0, |seed| seed.wrapping_add(1))
    }

    /// `measure` for each seed, in order: the numbers that a [`Summary`](report::statistics::Summary) is made of.
    ///
    /// # Errors
    /// The first error of `measure`.
    pub fn each_seed<T, E>(&self, mut measure: impl FnMut(u64) -> Result<T, E>) -> Result<Vec<T>, E> {
        self.seeds.iter().map(|seed| measure(*seed)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn session() -> Session {
        Session::new(Budget::Quick, vec![1, 2, 3], data::corpus::book(), Progress::Quiet)
    }

    #[test]
    fn step_01_a_model_is_trained_once() {
        let (session, mut trainings) = (session(), 0);
        for _ in 0..2 {
            let model = session.once("gpt, seed 1", || {
                trainings += 1;
                Ok::<_, Infallible>(vec![1.0, 2.0])
            });
            assert_eq!(*model.unwrap(), [1.0, 2.0]);
        }
        assert_eq!(trainings, 1);
        assert_eq!(session.times().len(), 1);
        assert_eq!([session.take_shared(), session.take_shared()], [Some(session.times()[0].1), None]);
    }

    #[test]
    fn step_02_a_failure_is_not_kept() {
        let session = session();
        assert_eq!(session.once::<u8, _>("x", || Err("diverged")).unwrap_err(), "diverged");
        assert_eq!(*session.once("x", || Ok::<_, &str>(7u8)).unwrap(), 7);
    }

    #[test]
    #[should_panic(expected = "x was made as something else than alloc::string::String")]
    fn step_03_a_name_stands_for_one_thing() {
        let session = session();
        let _ = session.once("x", || Ok::<_, Infallible>(1u8));
        let _ = session.once("x", || Ok::<_, Infallible>(String::new()));
    }

    #[test]
    fn step_04_measurements_keep_the_order_of_the_seeds() {
        assert_eq!(session().each_seed(|seed| Ok::<_, Infallible>(10 * seed)).unwrap(), [10, 20, 30]);
        assert_eq!(session().search_seed(), 4);
    }
}
