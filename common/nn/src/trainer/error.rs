//! What can stop a run.

use std::path::PathBuf;

/// Why a run stopped before its end. Each is one sentence with the place and the way out.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// A trainable parameter received no gradient in the first step: the model is wired wrongly.
    #[error(
        "no gradient reached {} in the first step, so training would leave it as it is: use it in the loss or freeze it",
        names.join(", ")
    )]
    NoGradient {
        /// The parameters' names.
        names: Vec<String>,
    },
    /// A loss, a gradient or a parameter is infinite or not a number. Nothing was saved since.
    #[error(
        "the {what} became {value} at step {step} (learning rate {learning_rate:e}): training diverged; {}, and lower the learning rate, lengthen the warm-up or clip the gradients",
        restart(checkpoint.as_deref())
    )]
    NotFinite {
        /// Which number.
        what: &'static str,
        /// Infinite or not a number.
        value: f64,
        /// The step that went wrong, counted from 1.
        step: u64,
        /// The learning rate of the step.
        learning_rate: f64,
        /// The last checkpoint, which is intact.
        checkpoint: Option<PathBuf>,
    },
    /// The checkpoint cannot be read, written or used.
    #[error(transparent)]
    Checkpoint(#[from] tensor::Error),
    /// The file holds parameters, but not those of a run.
    #[error(
        "{} is not the checkpoint of a training run ({reason}): give a file that training wrote, named checkpoint.safetensors",
        path.display()
    )]
    NotARun {
        /// The file.
        path: PathBuf,
        /// What its metadata lack.
        reason: String,
    },
    /// The file holds a run that no training can have written.
    #[error("{} cannot be used, since {reason}: it was changed or damaged; restore a copy of it, or begin a new run", path.display())]
    Impossible {
        /// The file.
        path: PathBuf,
        /// What cannot be.
        reason: String,
    },
}

fn restart(checkpoint: Option<&std::path::Path>) -> String {
    match checkpoint {
        Some(path) => format!("go back to {}, which is intact", path.display()),
        None => "begin again".into(),
    }
}
