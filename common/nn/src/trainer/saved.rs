//! A run in a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tensor::{Array, Carried, Checkpoint, Parameters};

use super::{Progress, TrainingConfig, TrainingError, unique};
use crate::Optimizer;

const MODEL: &str = "model.";
const BEST: &str = "best.";
const CARRIED: &str = "carried.";

/// A run as its checkpoint holds it: everything that is needed to go on with it or to use its model.
///
/// | entry | what |
/// |---|---|
/// | `model.NAME` | the parameters |
/// | `best.NAME` | those with the best held-out loss, if early stopping is on |
/// | `adamw.m.NAME`, .. | what the optimiser remembers |
/// | `carried.NAME` | what the last batch carried on |
/// | metadata | settings, progress and the caller's description, as JSON |
#[derive(Debug)]
pub struct SavedRun {
    /// Its settings. Changing them before resuming changes the run.
    pub config: TrainingConfig,
    /// How far it came.
    pub progress: Progress,
    /// What the caller needs to build the model again.
    pub description: Value,
    path: PathBuf,
    checkpoint: Checkpoint,
}

#[derive(Serialize, Deserialize)]
struct Metadata<C, P, D> {
    config: C,
    progress: P,
    description: D,
}

#[derive(Deserialize)]
struct Description(#[serde(deserialize_with = "unique::value")] Value);

impl SavedRun {
    /// Reads a checkpoint.
    ///
    /// # Errors
    /// [`TrainingError::Checkpoint`] if the file cannot be read, [`TrainingError::NotARun`] if it holds something else,
    /// [`TrainingError::Impossible`] if no run has such settings, such progress or such arrays.
    pub fn load(path: &Path) -> Result<Self, TrainingError> {
        Self::load_some(path, |_| true)
    }

    /// Reads no more arrays than [`model`](Self::model) and [`restore_parameters`](Self::restore_parameters) need; a run
    /// cannot go on with them.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_model(path: &Path) -> Result<Self, TrainingError> {
        Self::load_some(path, |name| name.starts_with(MODEL) || name.starts_with(BEST))
    }

    fn load_some(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Self, TrainingError> {
        let checkpoint = Checkpoint::load_some(path, wanted)?;
        let not_a_run = |e: serde_json::Error| TrainingError::NotARun { path: path.into(), reason: e.to_string() };
        let Metadata::<TrainingConfig, Progress, Description> {
            config,
            progress,
            description: Description(description),
        } = serde_json::from_str(&checkpoint.metadata).map_err(not_a_run)?;
        let impossible = |reason| TrainingError::Impossible { path: path.into(), reason };
        config.validate().and_then(|()| progress.validate(&config)).map_err(impossible)?;
        if let Some(name) = checkpoint.not_finite() {
            return Err(impossible(format!("{name} has numbers that are not finite")));
        }
        Ok(SavedRun { config, progress, description, path: path.into(), checkpoint })
    }

    /// Whether the file held the SHA-256 of its content; those of version 0.1.0 do not.
    pub fn is_sealed(&self) -> bool {
        self.checkpoint.sealed
    }

    /// The prefix of the parameters that the run would hand out: with early stopping the best, otherwise the last.
    fn handed_out(&self) -> &'static str {
        if self.checkpoint.arrays.keys().any(|name| name.starts_with(BEST)) { BEST } else { MODEL }
    }

    /// Fills `parameters` with those the run would hand out: with early stopping the best, otherwise the last.
    ///
    /// # Errors
    /// [`TrainingError::Checkpoint`] unless names and shapes agree; nothing is changed then.
    pub fn restore_parameters(&self, parameters: &mut Parameters) -> Result<(), TrainingError> {
        self.restore(self.handed_out(), parameters)
    }

    /// The same parameters by their own names, as a file of a model has them.
    pub fn model(&self) -> BTreeMap<String, Array> {
        let (prefix, arrays) = (self.handed_out(), self.checkpoint.arrays.iter());
        arrays.filter_map(|(name, array)| Some((name.strip_prefix(prefix)?.to_owned(), array.clone()))).collect()
    }

    fn restore(&self, prefix: &str, parameters: &mut Parameters) -> Result<(), TrainingError> {
        Ok(self.checkpoint.restore_parameters(prefix, parameters, &self.path)?)
    }

    /// Fills the state of a trainer.
    pub(super) fn restore_state(
        &self,
        parameters: &mut Parameters,
        optimizer: &mut Optimizer,
    ) -> Result<State, TrainingError> {
        self.restore(MODEL, parameters)?;
        optimizer.restore(&self.checkpoint, parameters, &self.path)?;
        let mut best = None;
        if self.config.patience.is_some() && self.progress.best_loss.is_some() {
            let best = best.insert(parameters.clone());
            self.restore(BEST, best)?;
        }
        let arrays = self.checkpoint.arrays.iter();
        let carried = arrays.filter_map(|(name, array)| Some((name.strip_prefix(CARRIED)?.to_owned(), array.clone())));
        Ok(State { best, carried: carried.collect() })
    }
}

/// What [`SavedRun::restore_state`] hands over besides parameters and moments.
pub(super) struct State {
    pub best: Option<Parameters>,
    pub carried: Carried,
}

/// What a checkpoint is made of.
pub(super) struct Snapshot<'a> {
    pub config: &'a TrainingConfig,
    pub progress: &'a Progress,
    pub description: &'a Value,
    pub parameters: &'a Parameters,
    pub best: Option<&'a Parameters>,
    pub optimizer: &'a Optimizer,
    pub carried: &'a Carried,
}

impl Snapshot<'_> {
    pub(super) fn save(&self, path: &Path) -> Result<(), TrainingError> {
        let Snapshot { config, progress, description, parameters, best, optimizer, carried } = self;
        let metadata = serde_json::to_string(&Metadata { config, progress, description });
        let metadata = metadata.expect("settings, numbers and JSON values have a text form");
        let mut checkpoint = Checkpoint { metadata, ..Checkpoint::default() };
        checkpoint.insert_parameters(MODEL, parameters);
        if let Some(best) = best {
            checkpoint.insert_parameters(BEST, best);
        }
        optimizer.save_into(&mut checkpoint, parameters);
        checkpoint.arrays.extend(carried.iter().map(|(name, array)| (format!("{CARRIED}{name}"), array.clone())));
        Ok(checkpoint.save(path)?)
    }
}
