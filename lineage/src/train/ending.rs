//! What is said at the end of a training, however it ends.

use anyhow::anyhow;
use files::WriteError;
use nn::{Finish, Outcome, Trainer, TrainingError};
use report::format;
use report::progress::Progress;

use crate::Ending;
use crate::kind::Kind;
use crate::run::folder::Folder;
use crate::settings::Training;

/// Says how the run ended and what can be done next.
pub fn conclude<K: Kind>(
    outcome: &Outcome,
    trainer: &Trainer<'_, K::Model>,
    (settings, training): (&K::Settings, &Training),
    folder: &Folder,
    progress: Progress,
) -> Ending {
    let shown = folder.path().display();
    let argument = format::shell_word(&shown.to_string());
    if outcome.finish == Finish::Interrupted {
        let Outcome { step, steps, .. } = outcome;
        // Said even if --quiet: it is the result of Ctrl-C.
        Progress::Lines.say(&format!(
            "interrupted after step {step} of {steps}, which is saved; go on with: lineage train --resume {argument}"
        ));
        return Ending::Interrupted;
    }
    progress.say(&format!("{outcome}; the model is in {shown}"));
    if let Some(loss) = trainer.progress().best_loss {
        let Outcome { step, best_step, .. } = *outcome;
        let kept = match training.patience {
            None if best_step < step => {
                format!("; the model is that of step {step}, since without --patience the last is kept")
            }
            Some(_) if best_step < step => "; the model is that of this step".to_owned(),
            _ => String::new(),
        };
        progress.say(&format!("lowest validation loss: {loss:.4} nats per token, after step {best_step}{kept}"));
    }
    let (command, more) = K::usage(settings);
    progress.say(&format!("next: lineage {command} --model {argument} {more}"));
    Ending::Done
}

/// What a diverged run means on the command line.
pub fn advise(error: TrainingError, training: &Training, folder: &Folder) -> anyhow::Error {
    match error {
        TrainingError::NotFinite { what, value, step, learning_rate, .. } => anyhow!(
            "the {what} became {value} at step {} of {} (learning rate {learning_rate:e}), so the run in {} ends at its \
             last checkpoint, which is intact: begin a new run with a smaller --lr, a longer --warmup or {}",
            step,
            training.steps,
            folder.path().display(),
            if training.clips() { "a smaller --clip" } else { "a --clip of 1" }
        ),
        TrainingError::Checkpoint(error) => gone(folder).unwrap_or_else(|| match error {
            tensor::Error::Write(refused) => unwritable(&refused, folder),
            other => other.into(),
        }),
        other => other.into(),
    }
}

/// What to say of a run that wrote or read back its files when somebody moved its folder, whichever file met it first.
pub fn gone(folder: &Folder) -> Option<anyhow::Error> {
    let shown = folder.path().display();
    (!folder.path().exists()).then(|| {
        anyhow!(
            "{shown} was moved or removed while the run wrote there; go on where it is now by --resume, or begin again"
        )
    })
}

/// Where a run can go on once its folder can be written again.
pub fn unwritable(WriteError { path, source }: &WriteError, folder: &Folder) -> anyhow::Error {
    let (path, way_out) = (path.display(), files::way_out(source));
    if folder.checkpoint().exists() {
        anyhow!(
            "cannot write {path}: {source}; the last checkpoint is intact: {way_out}, then go on with: lineage train \
             --resume {}",
            format::shell_word(&folder.path().display().to_string())
        )
    } else {
        anyhow!("cannot write {path}: {source}; {way_out} and begin again, or choose another folder with --out")
    }
}
