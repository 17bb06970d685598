//! What a run gets from its caller: batches, evaluation, a place for checkpoints, a way to stop, somebody who watches.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use data::{RandomBatches, SequentialBatches, TextBatch};
use serde_json::Value;
use tensor::Parameters;

use super::Row;

/// Where batches come from. A batch is a function of its index, so a resumed run sees what the interrupted one would
/// have seen. With gradient accumulation over n batches, step s trains on the indices s·n .. (s + 1)·n.
///
/// Any function of the index will do; its batches are independent of each other:
///
/// ```
/// use nn::Batches;
/// let batches = |index: u64| vec![index; 3];
/// assert_eq!(batches.at(7), [7, 7, 7]);
/// assert!(batches.starts_anew(7));
/// ```
pub trait Batches {
    /// What one training step looks at.
    type Batch;

    /// The batch of an index.
    fn at(&self, index: u64) -> Self::Batch;

    /// Whether what the batch before carried on must be dropped: always, if batches are independent.
    fn starts_anew(&self, _index: u64) -> bool {
        true
    }
}

impl<B, F: Fn(u64) -> B> Batches for F {
    type Batch = B;

    fn at(&self, index: u64) -> B {
        self(index)
    }
}

impl Batches for RandomBatches {
    type Batch = TextBatch;

    fn at(&self, index: u64) -> TextBatch {
        RandomBatches::at(self, index)
    }
}

impl Batches for SequentialBatches {
    type Batch = TextBatch;

    fn at(&self, index: u64) -> TextBatch {
        SequentialBatches::at(self, index)
    }

    fn starts_anew(&self, index: u64) -> bool {
        SequentialBatches::starts_anew(self, index)
    }
}

/// What one training step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// The number of updates made, this one included.
    pub step: u64,
    /// How many the run makes.
    pub steps: u64,
    /// The training loss before the update, the mean over all targets of the accumulated batches.
    pub loss: f64,
    /// How many targets these are.
    pub targets: u64,
    /// The learning rate.
    pub learning_rate: f64,
    /// The global norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// The time it took, making the batch included. A rate in targets is [`targets`](Self::targets) divided by it.
    pub duration: Duration,
}

/// Somebody who watches a run. Every method does nothing unless it is overridden.
pub trait Observer {
    /// A step was made.
    fn step(&mut self, _report: &StepReport) {}

    /// An evaluation on held-out data begins.
    fn evaluating(&mut self) {}

    /// A row of the history was closed; `best` if its held-out loss is the lowest so far.
    fn row(&mut self, _row: &Row, _best: bool) {}

    /// A checkpoint was written.
    fn saved(&mut self, _path: &Path, _step: u64) {}
}

/// Where and how often checkpoints are written. One is written before the first step, so that a folder that cannot be
/// written is found at once, and one at the end.
#[derive(Clone, Copy, Debug)]
pub struct Checkpoints<'h> {
    /// The file.
    pub path: &'h Path,
    /// How many steps lie between two; `None` writes only the first and the last.
    pub every: Option<u64>,
    /// What the caller needs to build the model again: its configuration, its tokenizer.
    pub description: &'h Value,
}

/// A function of the model that gives its loss on held-out data; `None` if it gave up since the run is to stop.
pub type HeldOutLoss<'h, M> = dyn Fn(&M, &Parameters) -> Option<f64> + 'h;

/// What a run may have besides batches; the default is nothing.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use nn::Hooks;
/// let stop = AtomicBool::new(false);
/// let hooks: Hooks<'_, ()> = Hooks { stop: Some(&stop), ..Hooks::default() };
/// ```
pub struct Hooks<'h, M> {
    /// The loss on held-out data.
    pub evaluate: Option<&'h HeldOutLoss<'h, M>>,
    /// Where checkpoints go.
    pub checkpoints: Option<Checkpoints<'h>>,
    /// Once true, the run finishes its batch, saves what the last step left and returns. An evaluation that gives up then
    /// is asked again when the run goes on.
    pub stop: Option<&'h AtomicBool>,
    /// Somebody who watches.
    pub observer: Option<&'h mut dyn Observer>,
}

impl<M> Default for Hooks<'_, M> {
    fn default() -> Self {
        Hooks { evaluate: None, checkpoints: None, stop: None, observer: None }
    }
}
