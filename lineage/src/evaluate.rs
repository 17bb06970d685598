//! `lineage evaluate`.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use benches::format;
use clap::{Args, ValueEnum};
use data::{TextDataset, TextSplit, Windows};
use nn::evaluate;

use crate::folder::Speaker;
use crate::train::ROWS;
use crate::{Common, Ending, text};

/// Measure how well a model predicts a text
///
/// The text is cut into consecutive windows as long as the model's context, and each is predicted from its own tokens
/// alone. Every token counts the same.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Evaluate {
    /// Folder that training wrote
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// UTF-8 text to predict [default: the built-in book]
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// Which part of the text; training reads the first nine tenths
    #[arg(long, value_enum, default_value = "all")]
    split: Split,
}

const EXAMPLES: &str = "\
Examples:
  lineage evaluate --model runs/gpt --split val              the book's last tenth, which training never saw
  lineage evaluate --model runs/mine --text other.txt        a text of another author";

#[derive(Clone, Copy, ValueEnum)]
enum Split {
    /// The first nine tenths
    Train,
    /// The last tenth
    Val,
    /// Everything
    All,
}

impl Evaluate {
    /// Prints the loss.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let Speaker { config, model, parameters, tokenizer } = Speaker::load(&self.model)?;
        let text = text::read(self.text.as_deref())?;
        let split = match self.split {
            Split::Train => TextDataset::new(&text, tokenizer.as_ref())?.train,
            Split::Val => TextDataset::new(&text, tokenizer.as_ref())?.validation,
            Split::All => TextSplit::whole(&text, tokenizer.as_ref())?,
        };
        let context = config.training.context;
        let windows = Windows::new(&split, context)?;
        text::announce(&text, common.progress());

        let task = common.progress().task("evaluate", windows.len().div_ceil(ROWS) as u64);
        let batches = windows.batches(ROWS).inspect(|batch| task.advance(1, batch.inputs.len() as u64, ""));
        let found = evaluate(&model, &parameters, batches);
        drop(task);
        let found = found.ok_or_else(|| anyhow!("{} has nothing to predict; choose a longer text", split.name()))?;

        if !found.nats.is_finite() {
            bail!(
                "the model in {} gives {} for {}: its training diverged; train it again with a smaller --lr",
                self.model.display(),
                found.nats,
                split.name()
            );
        }

        let count = |n: usize| format::count(n as u64);
        let mut out = io::stdout().lock();
        writeln!(out, "{}: {} windows of {context} tokens", split.name(), count(windows.len()))?;
        writeln!(out, "nats per token  {:.4}", found.nats)?;
        writeln!(out, "bits per token  {:.4}", found.bits())?;
        writeln!(out, "perplexity      {:.3}", found.perplexity())?;
        writeln!(out, "accuracy        {:.4}", found.accuracy)?;
        writeln!(out, "tokens          {}", count(found.tokens))?;
        if let Some(unknown) = tokenizer.unknown() {
            let unknown = split.tokens().iter().filter(|&&token| token == unknown).count();
            writeln!(out, "unknown words   {} of {}", count(unknown), count(split.tokens().len()))?;
        }
        Ok(Ending::Done)
    }
}
