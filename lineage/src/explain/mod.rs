//! `lineage explain`.

mod page;
mod steps;
mod text_to_text;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::Args;
use data::quoted;
use gpt::Gpt;
use nn::{ScoresError, Translator};
use report::format::printable;
use report::progress::Progress;
use stages::StageName;
use tensor::Context;

use crate::kind::language::Language;
use crate::kind::text_to_text::TextToText;
use crate::run::trained::{self, Trained};
use crate::{Common, Ending, generate, memory, output_file};
use steps::{Asked, Step};

/// Show how a model gets from a text to the next token
///
/// In eight steps with the model's own numbers: tokens, embedding, positions, blocks, output vector, probabilities, choice,
/// repeat. For models of gpt. Of t5: tokens, embedding, distances, encoder, decoder, probabilities, choice, repeat.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Explain {
    /// Folder that training wrote
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// Write a page with the same steps and a picture of where each head looks, for any browser, without a network
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Tokens to append in the last step
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000),
          allow_negative_numbers = true)]
    tokens: u16,
    /// The text to go on from
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: String,
}

const EXAMPLES: &str = "\
Examples:
  lineage explain --model runs/gpt 'Mr. Fogg '
  lineage explain --model runs/gpt 'The train ' --html train.html";

/// How wide the words are set in a terminal.
const WIDTH: usize = 96;

impl Explain {
    /// Prints the steps, and writes the page.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let shown = self.model.display();
        if let Some(path) = &self.html {
            output_file::check(path, "html", "html")?;
        }
        let stage = trained::stage(&self.model)?;
        match stage {
            StageName::Language(_) => {}
            StageName::TextToText(_) => return self.of_text_to_text(common),
            StageName::Translation(_) => {
                bail!(
                    "the model in {shown} is of {stage}, which translates; explain shows how a model of gpt or t5 goes on"
                )
            }
            StageName::Encoder(_) => {
                bail!(
                    "the model in {shown} is of {stage}, which does not go on; explain shows how a model of gpt or t5 does"
                )
            }
        }
        let Trained { model, parameters, tokenizers, .. } = Trained::<Language>::load(&self.model, common.progress())?;
        let Some(gpt) = model.downcast::<Gpt>() else {
            bail!("the model in {shown} is of {stage}, which has no attention to show; explain needs a model of gpt");
        };
        let [tokenizer] = &tokenizers[..] else { unreachable!("one file, one tokenizer") };
        let tokens = generate::prompt(tokenizer.as_ref(), &self.text)?;
        let asked = Asked { gpt, cx: &Context::eval(&parameters), tokenizer: tokenizer.as_ref(), tokens };
        let title = format!("How {} goes on", quoted(&self.text));
        self.tell(&title, asked.steps(common.seed(), usize::from(self.tokens)), common.progress())
    }

    fn of_text_to_text(&self, common: &Common) -> anyhow::Result<Ending> {
        let Trained { model, parameters, tokenizers, .. } =
            Trained::<TextToText>::load(&self.model, common.progress())?;
        let tokenizer = tokenizers[0].as_ref();
        let mut tokens = generate::prompt(tokenizer, &self.text)?;
        tokens.push(model.ends().end);
        let bytes = memory::search(&model, &parameters, 1, tokens.len(), usize::from(self.tokens));
        memory::check("reading such a text", bytes, "give a shorter one")?;
        let asked = text_to_text::Asked { model: &model, cx: &Context::eval(&parameters), tokenizer, tokens };
        let title = format!("What is written for {}", quoted(&self.text));
        self.tell(&title, asked.steps(common.seed(), usize::from(self.tokens)), common.progress())
    }

    /// Prints the steps, and writes the page.
    fn tell(&self, title: &str, steps: Result<Vec<Step>, ScoresError>, progress: Progress) -> anyhow::Result<Ending> {
        let steps = steps.map_err(|error| {
            anyhow!("the model in {} cannot go on: {error}; train it again with a smaller --lr", self.model.display())
        })?;
        print(&steps)?;
        match &self.html {
            Some(path) => self.write(path, title, &steps, progress),
            None => Ok(Ending::Done),
        }
    }

    fn write(&self, path: &Path, title: &str, steps: &[Step], progress: Progress) -> anyhow::Result<Ending> {
        output_file::write(path, "html", &page::page(title, steps)?)?;
        progress.say(&format!("the page is in {}", path.display()));
        Ok(Ending::Done)
    }
}

fn print(steps: &[Step]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (number, step) in (1..).zip(steps) {
        writeln!(out, "{}{number}. {}", if number > 1 { "\n" } else { "" }, step.title)?;
        writeln!(out, "{}", textwrap::fill(&printable(&step.words), WIDTH))?;
        for table in &step.tables {
            writeln!(out, "\n{}", textwrap::indent(&printable(&table.text()), "  "))?;
        }
    }
    Ok(())
}
