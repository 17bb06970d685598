//! What was executed: calls, cost and time of every operation.
//!
//! Claims about work and parallelism ("each state of a recurrent network waits for the one before") are counted from the
//! operations that ran, in training and in evaluation alike, not from formulas about them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::operation::{Backward, Cost};

/// What one kind of operation used while a [`Meter`] was on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How often it ran forward.
    pub calls: u64,
    /// The cost of all its forward passes, added up.
    pub cost: Cost,
    /// Bytes its backward passes keep alive, added up over the calls.
    pub saved_bytes: usize,
    /// Time spent in forward passes.
    pub forward: Duration,
    /// Time spent in backward passes.
    pub backward: Duration,
}

thread_local!(static USAGE: RefCell<Option<BTreeMap<&'static str, Usage>>> = const { RefCell::new(None) });

/// Counts and times every operation that this thread executes until it is finished.
///
/// ```
/// use tensor::{Meter, Tensor};
/// let meter = Meter::start();
/// let x = Tensor::constant(ndarray::array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// let y = Tensor::constant(ndarray::array![[1.0], [2.0], [3.0]]);
/// let _ = x.matmul(&y);
/// let usage = meter.finish();
/// assert_eq!(usage["matmul"].cost.work, 2 * 2 * 3 * 1);
/// ```
#[must_use = "the meter runs until it is finished or dropped"]
pub struct Meter(());

impl Meter {
    /// Switches the meter of this thread on.
    ///
    /// # Panics
    /// If one is on already: the two would count each other's operations.
    #[track_caller]
    pub fn start() -> Self {
        let already_on = USAGE.with_borrow_mut(|usage| usage.replace(BTreeMap::new())).is_some();
        assert!(!already_on, "a meter is already running on this thread");
        Meter(())
    }

    /// Switches the meter off and returns what each operation used, by name.
    pub fn finish(self) -> BTreeMap<&'static str, Usage> {
        USAGE.take().unwrap_or_default()
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        USAGE.set(None);
    }
}

/// Runs what needs no backward pass, and enters it under `name` if a meter is on: an operation of a model that only reads
/// on. Where there may be gradients, [`record`](crate::record) does it.
///
/// ```
/// use tensor::{Cost, Meter, metered};
/// let meter = Meter::start();
/// assert_eq!(metered("sum", Cost::elementwise(2, 3), || 1 + 2 + 3), 6);
/// assert_eq!(meter.finish()["sum"].cost.work, 2);
/// ```
pub fn metered<T>(name: &'static str, cost: Cost, run: impl FnOnce() -> T) -> T {
    let start = USAGE.with_borrow(Option::is_some).then(Instant::now);
    let result = run();
    if let Some(start) = start {
        enter_forward(name, cost, start.elapsed());
    }
    result
}

pub(crate) fn measure_backward(name: &'static str, run: impl FnOnce()) {
    let start = USAGE.with_borrow(Option::is_some).then(Instant::now);
    run();
    if let Some(start) = start {
        enter(name, |usage| usage.backward += start.elapsed());
    }
}

pub(crate) fn measure_forward<T, B: Backward>(forward: impl FnOnce() -> (T, B)) -> (T, B) {
    let start = USAGE.with_borrow(Option::is_some).then(Instant::now);
    let (outputs, operation) = forward();
    if let Some(start) = start {
        enter_forward(operation.name(), operation.cost(), start.elapsed());
        enter(operation.name(), |usage| usage.saved_bytes += operation.saved_bytes());
    }
    (outputs, operation)
}

fn enter_forward(name: &'static str, cost: Cost, time: Duration) {
    enter(name, |usage| {
        usage.calls += 1;
        usage.cost = usage.cost.then(cost);
        usage.forward += time;
    });
}

fn enter(name: &'static str, add: impl FnOnce(&mut Usage)) {
    USAGE.with_borrow_mut(|usage| {
        if let Some(usage) = usage {
            add(usage.entry(name).or_default());
        }
    });
}
