//! `lineage train`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{anyhow, bail};
use benches::format;
use benches::progress::{Progress, Task};
use benches::stages::{Model, Stage};
use clap::Args;
use data::{RandomBatches, SequentialBatches, Text, TextDataset, Windows, tokenize};
use nn::{Batches, Checkpoints, Finish, Hooks, Observer, Outcome, Row, StepReport, Trainer, TrainingError, evaluate};

use crate::folder::{Config, Description, Folder};
use crate::settings::{Flags, Preset, Settings};
use crate::text::{self, TextId};
use crate::{Common, Ending, interrupt};

/// Rows that an evaluation reads at once; a constant, so that a loss does not depend on the machine.
pub const ROWS: usize = 32;

/// Train a stage on a text
///
/// The folder that is written holds the model with its configuration, tokenizer and metrics, and a checkpoint from
/// which the run can go on after Ctrl-C, a crash or a power cut, to the same bits as if nothing had happened.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Train {
    /// What to train
    #[arg(value_enum, required_unless_present = "resume")]
    stage: Option<Stage>,
    /// UTF-8 text to learn from; the last tenth is kept for evaluation [default: the built-in book]
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// Folder to write; it must be new or empty [default: runs/STAGE, or the next that is free]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on with the run in this folder, with its settings and on its text
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    resume: Option<PathBuf>,
    /// Set everything at once; flags beside it win
    #[arg(long, value_enum, conflicts_with = "resume")]
    preset: Option<Preset>,
    #[command(flatten)]
    flags: Flags,
}

const EXAMPLES: &str = "\
Examples:
  lineage train lstm                                         on the built-in book, into runs/lstm
  lineage train rnn --layers 2 --width 128 --carry           truncated backpropagation with carried state
  lineage train gpt --text my.txt --preset nanogpt-cpu --seed 2 --out runs/mine
  lineage train --resume runs/mine                           after Ctrl-C";

/// A run that is ready to begin or to go on.
struct Run {
    folder: Folder,
    description: Description,
    text: Text,
}

impl Train {
    /// Trains to the end, or until Ctrl-C.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        match &self.resume {
            Some(path) => self.resume(path, common),
            None => self.begin(common),
        }
    }

    fn begin(&self, common: &Common) -> anyhow::Result<Ending> {
        let stage = self.stage.ok_or_else(|| anyhow!("name a stage to train, for example `lineage train lstm`"))?;
        let settings = Settings::new(stage, common.seed(), &self.flags, self.preset);
        let text = text::read(self.text.as_deref())?;
        let tokenizer = settings.tokens.tokenizer(&text);
        let model = settings.model(tokenizer.vocabulary_size())?;
        let training = settings.training()?;
        let config = Config { model, training: settings, text: TextId::of(&text) };
        let text_path = self.text.as_deref().map(text::absolute);
        let description = Description { config, tokenizer: tokenizer.to_json(), text_path };
        let material = Material::new(&description, &text)?;

        // Nothing is written before all that the user gave is known to be good.
        let folder = Folder::create(&self.out.clone().unwrap_or_else(|| Folder::unused(stage)))?;
        let (model, parameters) = description.config.model.build(common.seed())?;
        let trainer = Trainer::new(&model, parameters, training);
        train(trainer, &Run { folder, description, text }, material, common.progress())
    }

    fn resume(&self, path: &Path, common: &Common) -> anyhow::Result<Ending> {
        let folder = Folder::open(path)?;
        let (saved, description) = folder.load()?;
        let Config { model, training, text: known } = &description.config;
        training.confirm(self.stage, common.seed, &self.flags, &path.display().to_string())?;
        let text_path = self.text.as_ref().or(description.text_path.as_ref());
        let text = text::read(text_path.map(PathBuf::as_path))?;
        let found = TextId::of(&text);
        if found.sha256 != known.sha256 {
            bail!(
                "{} is not the text that the run in {} is trained on: its SHA-256 is {}, not {} ({}); give that text with --text",
                text.name(),
                path.display(),
                found.sha256,
                known.sha256,
                known.name
            );
        }
        let material = Material::new(&description, &text)?;
        let (model, parameters) = model.build(training.seed())?;
        let trainer = Trainer::resume(&model, parameters, saved)?;
        train(trainer, &Run { folder, description, text }, material, common.progress())
    }
}

/// The text as the trainer needs it.
struct Material {
    batches: TextBatches,
    windows: Windows,
}

impl Material {
    fn new(description: &Description, text: &Text) -> anyhow::Result<Self> {
        let settings = &description.config.training;
        let tokenizer = tokenize::from_json(&description.tokenizer)?;
        let dataset = TextDataset::new(text, tokenizer.as_ref())?;
        let windows = Windows::new(&dataset.validation, settings.context)?;
        let (split, batch, context) = (&dataset.train, settings.batch, settings.context);
        let batches = match settings.carry {
            true => TextBatches::InOrder(SequentialBatches::new(split, batch, context)?),
            false => TextBatches::AtRandom(RandomBatches::new(split, batch, context, settings.seed())?),
        };
        Ok(Material { batches, windows })
    }
}

enum TextBatches {
    AtRandom(RandomBatches),
    InOrder(SequentialBatches),
}

impl Batches for TextBatches {
    type Batch = data::TextBatch;

    fn at(&self, index: u64) -> data::TextBatch {
        match self {
            TextBatches::AtRandom(batches) => batches.at(index),
            TextBatches::InOrder(batches) => batches.at(index),
        }
    }

    fn starts_anew(&self, index: u64) -> bool {
        match self {
            TextBatches::AtRandom(_) => true,
            TextBatches::InOrder(batches) => batches.starts_anew(index),
        }
    }
}

fn train(
    mut trainer: Trainer<'_, Model>,
    Run { folder, description, text }: &Run,
    Material { batches, windows }: Material,
    progress: Progress,
) -> anyhow::Result<Ending> {
    let Config { training: settings, .. } = &description.config;
    text::announce(text, progress);
    let (stage, count) = (description.config.model.stage(), trainer.parameters().count());
    progress.say(&format!(
        "model: {stage}, {} parameters; run: {}",
        format::count(count as u64),
        folder.path().display()
    ));

    let stop = interrupt::flag()?;
    let name = folder.path().display().to_string();
    let done = trainer.progress().step;
    let mut watcher = Watcher {
        task: progress.task(&name, settings.steps - done.min(settings.steps)),
        tokens: settings.batch as u64 * settings.context as u64 * settings.accumulate,
        folder,
        stop,
        failure: None,
    };
    let held_out = |model: &Model, parameters: &_| {
        evaluate(model, parameters, windows.batches(ROWS)).map_or(f64::NAN, |evaluation| evaluation.nats)
    };
    let (path, value) = (folder.checkpoint(), serde_json::to_value(description)?);
    let hooks = Hooks {
        evaluate: Some(&held_out),
        checkpoints: Some(Checkpoints { path: &path, every: Some(settings.save_every), description: &value }),
        stop: Some(stop),
        observer: Some(&mut watcher),
    };
    let outcome = trainer.run(&batches, hooks);
    let Watcher { failure, task, .. } = watcher;
    drop(task);
    if let Some(failure) = failure {
        return Err(failure);
    }
    let outcome = outcome.map_err(|error| advise(error, settings, folder))?;
    Ok(conclude(&outcome, &trainer, folder, progress))
}

/// Says how the run ended and what can be done next.
fn conclude(outcome: &Outcome, trainer: &Trainer<'_, Model>, folder: &Folder, progress: Progress) -> Ending {
    let shown = folder.path().display();
    if outcome.finish == Finish::Interrupted {
        let Outcome { step, steps, .. } = outcome;
        // Said even if --quiet: it is the result of Ctrl-C.
        Progress::Lines.say(&format!(
            "interrupted after step {step} of {steps}, which is saved; go on with: lineage train --resume {shown}"
        ));
        return Ending::Interrupted;
    }
    progress.say(&format!("{outcome}; the model is in {shown}"));
    if let Some(loss) = trainer.progress().best_loss {
        progress.say(&format!("lowest validation loss: {loss:.4} nats per token, after step {}", outcome.best_step));
    }
    progress.say(&format!("next: lineage generate --model {shown} --prompt TEXT"));
    Ending::Done
}

/// What a diverged run means on the command line.
fn advise(error: TrainingError, settings: &Settings, folder: &Folder) -> anyhow::Error {
    match error {
        TrainingError::NotFinite { what, value, step, learning_rate, .. } => anyhow!(
            "the {what} became {value} at step {} of {} (learning rate {learning_rate:e}), so the run in {} ends at its \
             last checkpoint, which is intact: begin a new run with a smaller --lr, a longer --warmup or a smaller --clip",
            step + 1,
            settings.steps,
            folder.path().display()
        ),
        other => other.into(),
    }
}

/// Shows how far the run is, and derives the other files from every checkpoint.
struct Watcher<'a> {
    task: Task,
    tokens: u64,
    folder: &'a Folder,
    stop: &'a AtomicBool,
    failure: Option<anyhow::Error>,
}

impl Observer for Watcher<'_> {
    fn step(&mut self, report: &StepReport) {
        self.task.step(report.loss, self.tokens);
    }

    fn row(&mut self, row: &Row, best: bool) {
        let Row { step, training_loss, held_out_loss, .. } = row;
        let held_out = held_out_loss.map(|loss| format!(", validation {loss:.4}")).unwrap_or_default();
        let best = if best { ", the lowest so far" } else { "" };
        self.task.say(&format!("step {step}: training loss {training_loss:.4}{held_out}{best}"));
    }

    fn saved(&mut self, _: &Path, _: u64) {
        if let Err(failure) = self.folder.derive() {
            self.failure.get_or_insert(failure);
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}
