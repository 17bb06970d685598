//! `lineage train`.

mod begin;
mod ending;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{anyhow, bail};
use clap::Args;
use data::WordRule;
use nn::{Checkpoints, Hooks, Observer, Row, SavedRun, StepReport, Trainer};
use report::format;
use report::progress::{Progress, Task};
use stages::StageName;
use tensor::Parameters;

use crate::kind::encoding::Encoding;
use crate::kind::language::Language;
use crate::kind::text;
use crate::kind::text_to_text::TextToText;
use crate::kind::translation::Translation;
use crate::kind::validation::{Validation, ValidationFlags};
use crate::kind::{Kind, Material};
use crate::memory;
use crate::run::config::{Config, Description, VERSION, stored};
use crate::run::folder::Folder;
use crate::run::trained::{self, read_again};
use crate::settings::{Flags, Learns, Preset, Training};
use crate::system::interrupt;
use crate::{Common, Ending};
use ending::{advise, conclude, gone, unwritable};

/// Train a stage on a text, or a translator on pairs of sentences
///
/// A language model learns to predict what comes next, bert which words were hidden: of a text 15 in 100 tokens, anew in every
/// batch. t5 reads a text from which as many were taken, in spans of 3 in the mean, and writes what stood there; of --pairs it reads
/// a sentence and writes its translation.
///
/// The folder that is written holds the model with its configuration, tokenizers and metrics, and a checkpoint from
/// which the run can go on after Ctrl-C, a crash or a power cut, to the same bits as if nothing had happened.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Train {
    /// What to train
    #[arg(value_enum, required_unless_present_any = ["resume", "from"])]
    stage: Option<StageName>,
    /// UTF-8 text to learn from; its last tenth is kept for evaluation, unless --validation or --validation-share says
    /// otherwise [default: the built-in book]
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// Pairs for a translator or t5 to learn from, on each line a sentence, a tab and its translation; about a tenth of the
    /// sentences (two that differ in spaces alone count as two) is kept for evaluation, unless the same flags say otherwise
    /// [default: generated English-Spanish sentences of 3 to 12 words, as many as training reads; t5 learns from a text then]
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    pairs: Option<PathBuf>,
    /// Folder to write; it must be new or empty [default: runs/STAGE, or the next that is free]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on with the run in this folder, with its settings and on its data
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    resume: Option<PathBuf>,
    /// Begin with the parameters and tokenizers of the trained model in this folder, and train them for --steps more, on
    /// its data or those of --text or --pairs; the folder is only read
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    from: Option<PathBuf>,
    /// Set everything of a language model at once; flags beside it win
    #[arg(long, value_enum, conflicts_with_all = ["resume", "from"])]
    preset: Option<Preset>,
    #[command(flatten)]
    validation: ValidationFlags,
    #[command(flatten)]
    flags: Flags,
}

const EXAMPLES: &str = "\
Examples:
  lineage train lstm                                         on the built-in book, into runs/lstm
  lineage train rnn --layers 2 --width 128 --carry           truncated backpropagation with carried state
  lineage train gpt --text my.txt --preset nanogpt-cpu --seed 2 --out runs/mine
  lineage train bert --text my.txt                           guess hidden words, make vectors of texts
  lineage train t5 --text my.txt                             fill gaps in texts
  lineage train t5 --pairs spa.tsv --out runs/spanish        read a sentence, write its translation
  lineage train attention --bidirectional --steps 5000       English to Spanish, on generated sentences
  lineage train seq2seq --bottleneck 64 --reversed           through a vector of 64 numbers
  lineage train transformer --pairs spa.tsv --norm post --schedule inverse-sqrt --warmup 400 --smoothing 0.1
  lineage train --resume runs/mine                           after Ctrl-C
  lineage train --from runs/mine --text other.txt --steps 200 --lr 0.0002
                                                             a trained model, further, on another text";

/// A run that is ready to begin or to go on.
struct Run<K: Kind> {
    folder: Folder,
    description: Description<K>,
    material: Material<K>,
    /// How words are told apart, if tokens are words.
    rule: Option<WordRule>,
    /// What it takes of memory.
    memory: String,
}

impl Train {
    /// Trains to the end, or until Ctrl-C.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        self.check_paths()?;
        if let Some(path) = &self.resume {
            let folder = Folder::open(path)?;
            let saved = folder.load()?;
            return match self.agreed(trained::stage_of(&saved, &folder.checkpoint())?, path)? {
                StageName::Language(_) => self.resume::<Language>(folder, saved, common),
                StageName::Translation(_) => self.resume::<Translation>(folder, saved, common),
                StageName::Encoder(_) => self.resume::<Encoding>(folder, saved, common),
                StageName::TextToText(_) => self.resume::<TextToText>(folder, saved, common),
            };
        }
        if let Some(path) = &self.from {
            return match self.agreed(trained::stage(path)?, path)? {
                StageName::Language(stage) => self.begin_from::<Language>(path, stage, common),
                StageName::Translation(stage) => self.begin_from::<Translation>(path, stage, common),
                StageName::Encoder(stage) => self.begin_from::<Encoding>(path, stage, common),
                StageName::TextToText(stage) => self.begin_from::<TextToText>(path, stage, common),
            };
        }
        match self.stage {
            Some(StageName::Language(stage)) => self.begin::<Language>(stage, common),
            Some(StageName::Translation(stage)) => self.begin::<Translation>(stage, common),
            Some(StageName::Encoder(stage)) => self.begin::<Encoding>(stage, common),
            Some(StageName::TextToText(stage)) => self.begin::<TextToText>(stage, common),
            None => bail!("name a stage to train, for example `lineage train lstm`"),
        }
    }

    /// The stage that is in a folder, unless the user named another.
    fn agreed(&self, stage: StageName, path: &Path) -> anyhow::Result<StageName> {
        if let Some(asked) = self.stage.filter(|&asked| asked != stage) {
            bail!(
                "{} holds a run of {stage}, not of {asked}: leave the stage out, or choose another folder",
                path.display()
            );
        }
        Ok(stage)
    }

    fn resume<K: Kind>(&self, folder: Folder, saved: SavedRun, common: &Common) -> anyhow::Result<Ending> {
        let (mut description, tokenizers) = Description::<K>::read(&saved, &folder.checkpoint())?;
        let config = &description.config;
        let shown = folder.path().display().to_string();
        folder.spare(config)?;
        folder.keep_links()?;
        let stage = K::stage(&config.model);
        self.flags.confirm(stage.into(), common.seed, &config.settings, &config.training, &shown)?;
        self.validation.confirm(&config.validation, &shown)?;
        let validation_path = self.validation.file().or(description.validation_path.take());
        let given = self.data::<K>(stage, &config.settings)?.map(text::absolute);
        let path = given.or(description.text_path.take());
        let data =
            read_again::<K>(folder.path(), config, [&path, &validation_path].map(Option::as_deref), "--validation")?;
        (description.text_path, description.validation_path) = (path, validation_path);
        let config = &description.config;
        if config.version.as_deref() != Some(VERSION) {
            let began = config.version.as_deref().unwrap_or("an earlier one, which wrote no hashes");
            common.progress().say(&format!(
                "the run in {shown} began with another version of lineage ({began}) and goes on with {VERSION}: its \
                 numbers may differ from those of either in their last bits"
            ));
        }
        let rule = K::word_rule(&tokenizers);
        let material = config
            .material(tokenizers, &data)
            .map_err(|error| anyhow!("{}: {}", folder.checkpoint().display(), stored(&error)))?;
        memory::check_size(K::parameter_count(&config.model), 1.0, FREE_MEMORY)?;
        let (model, parameters) = K::build(&config.model, config.training.seed)?;
        let memory = check_memory(&model, &parameters, &config.training, &material, (0.0, FREE_MEMORY))?;
        let trainer = Trainer::resume(&model, parameters, saved)?;
        train(trainer, Run::<K> { folder, description, material, rule, memory }, common.progress())
    }

    /// Refuses paths that no checkpoint can keep.
    fn check_paths(&self) -> anyhow::Result<()> {
        for (flag, path) in [("text", &self.text), ("pairs", &self.pairs), ("validation", &self.validation.validation)]
        {
            if let Some(path) = path.as_deref().map(text::absolute).filter(|path| path.to_str().is_none()) {
                bail!(
                    "a run keeps where its data are, and --{flag} {} is not UTF-8: give it another name",
                    path.display()
                );
            }
        }
        Ok(())
    }

    /// The flags, with what the files say of what a model of text in and text out learns.
    fn flags(&self, stage: StageName) -> Flags {
        let mut flags = self.flags.clone();
        if let StageName::TextToText(_) = stage {
            let of_text = self.text.as_ref().map(|_| Learns::Text);
            flags.text_to_text.learns = self.pairs.as_ref().map(|_| Learns::Pairs).or(of_text);
        }
        flags
    }

    /// The file that the user gave for a run with these settings.
    fn data<K: Kind>(&self, stage: K::Stage, settings: &K::Settings) -> anyhow::Result<Option<&Path>> {
        let flag = K::flag(settings);
        let (own, other) = if flag == "text" { (&self.text, &self.pairs) } else { (&self.pairs, &self.text) };
        if other.is_some() {
            bail!("{stage} learns from what --{flag} names: give its file with that");
        }
        Ok(own.as_deref())
    }
}

/// The way out for a run that goes on as it began.
const SAVING: &str = "interrupted: the batch is being finished and the state saved; interrupt once more to end at once";

const FREE_MEMORY: &str = "close other programs, or go on on a machine with more";

/// Refuses a run that does not fit into memory, and says what it takes: beside the parameters what is kept from step to
/// step and not there yet (AdamW's two moments, with a patience the best parameters; a checkpoint brings them along), and
/// whatever is largest of a step, an evaluation, and a checkpoint, which takes a copy of the moments.
fn check_memory<K: Kind>(
    model: &K::Model,
    parameters: &Parameters,
    training: &Training,
    material: &Material<K>,
    (kept, way_out): (f64, &str),
) -> anyhow::Result<String> {
    let one = memory::numbers(parameters.count());
    let sum = if training.accumulate > 1 { one } else { 0.0 };
    let [step, evaluation] = (material.peaks)(model, parameters);
    memory::check("such a run", kept + (step + sum).max(evaluation).max(2.0 * one), way_out)
}

fn train<K: Kind>(
    mut trainer: Trainer<'_, K::Model>,
    Run { folder, description, material, rule, memory }: Run<K>,
    progress: Progress,
) -> anyhow::Result<Ending> {
    let Config { model, settings, training, text, validation, .. } = &description.config;
    text::announce(K::flag(settings), text, progress);
    if let Validation::File(other) = validation {
        text::announce("validation", other, progress);
    }
    if let Some(rule) = rule {
        progress.say(match rule {
            WordRule::Unicode => {
                "words: as Unicode parts them (UAX #29); in scripts without spaces (Chinese, Japanese, Thai and others) every \
                 character is one"
            }
            WordRule::Letters => "words: runs of letters and digits, with apostrophes inside them, as when this run began",
        });
    }
    let (stage, count) = (K::stage(model), trainer.parameters().count());
    progress.say(&format!(
        "model: {stage}, {} parameters; memory: about {memory}; run: {}",
        format::count(count as u64),
        folder.path().display()
    ));

    let stop = interrupt::flag(SAVING);
    let name = folder.path().display().to_string();
    let done = trainer.progress().step;
    let mut watcher = Watcher {
        task: progress.task(&name, training.steps - done.min(training.steps)),
        derive: &|| folder.derive::<K>(),
        stop,
        failure: None,
    };
    let (path, value) = (folder.checkpoint(), serde_json::to_value(&description)?);
    let hooks = Hooks {
        evaluate: Some(&*material.held_out),
        checkpoints: Some(Checkpoints { path: &path, every: Some(training.save_every), description: &value }),
        stop: Some(stop),
        observer: Some(&mut watcher),
    };
    let outcome = trainer.run(&material.batches, hooks);
    let Watcher { failure, task, .. } = watcher;
    drop(task);
    if let Some(failure) = failure {
        let refused = failure.downcast_ref().or_else(|| match failure.downcast_ref() {
            Some(tensor::Error::Write(refused)) => Some(refused),
            _ => None,
        });
        return Err(gone(&folder).or(refused.map(|refused| unwritable(refused, &folder))).unwrap_or(failure));
    }
    let outcome = outcome.map_err(|error| advise(error, training, &folder))?;
    Ok(conclude::<K>(&outcome, &trainer, (settings, training), &folder, progress))
}

/// Shows how far the run is, and derives the other files from every checkpoint.
struct Watcher<'a> {
    task: Task,
    derive: &'a dyn Fn() -> anyhow::Result<()>,
    stop: &'a AtomicBool,
    failure: Option<anyhow::Error>,
}

impl Observer for Watcher<'_> {
    fn step(&mut self, report: &StepReport) {
        self.task.step(report.loss, report.targets);
    }

    fn evaluating(&mut self) {
        self.task.show("evaluating");
    }

    fn row(&mut self, row: &Row, best: bool) {
        let Row { step, training_loss, held_out_loss, .. } = row;
        let held_out = held_out_loss.map(|loss| format!(", validation {loss:.4}")).unwrap_or_default();
        let best = if best { ", the lowest so far" } else { "" };
        self.task.say(&format!("step {step}: training loss {training_loss:.4}{held_out}{best}"));
    }

    fn saved(&mut self, _: &Path, _: u64) {
        if let Err(failure) = (self.derive)() {
            self.failure.get_or_insert(failure);
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}
