//! `lineage generate`.

mod flags;
mod prompt;
mod sample;
mod steps;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;
use data::{Token, Tokenizer};
use ndarray::Array2;
use nn::{BeamSearch, Generator, LanguageModel, Stops};
use stages::{AnyStage, Model};
use tensor::{Context, Parameters};

use crate::kind::language::Language;
use crate::memory;
use crate::run::trained::{self, Trained};
use crate::{Common, Ending};
use flags::ControlFlags;
pub use prompt::prompt;
use prompt::{Prompt, PromptFlags};
use sample::{Printer, Sample};

/// Continue a prompt with a model
///
/// The next token is drawn from the model's probabilities. Controls change these first, in this order: the repetition
/// penalty, top-k, top-p, min-p, the temperature. --show-controls prints what each of them does.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Generate {
    /// Folder that training wrote
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    #[command(flatten)]
    prompt: PromptFlags,
    /// Tokens to generate, at most [default: 200; with --show-controls 1]
    #[arg(long, value_name = "N")]
    tokens: Option<usize>,
    #[command(flatten)]
    controls: ControlFlags,
    /// End before this text, which is not printed; can be given several times
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = flags::stop)]
    stop: Vec<String>,
    /// Texts to generate, each from random numbers of its own [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), allow_negative_numbers = true)]
    samples: Option<u32>,
    /// Follow so many texts at once and print the likeliest, drawing nothing; 1 always takes the likeliest token
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), allow_negative_numbers = true)]
    beams: Option<u32>,
    /// Print for each token what each control removed, and the probabilities before and after
    #[arg(long)]
    show_controls: bool,
}

const EXAMPLES: &str = "\
Examples:
  lineage generate --model runs/gpt --prompt 'Mr. Fogg '
  lineage generate --model runs/gpt --prompt 'The train ' --tokens 500 --temperature 0.7 --top-p 0.9 --seed 3
  lineage generate --model runs/gpt --prompt-file letter.txt --stop 'THE END' --samples 3
  lineage generate --model runs/gpt --prompt 'Passepartout w' --top-k 5 --temperature 0.7 --show-controls
  echo 'Mr. Fogg ' | lineage generate --model runs/gpt --prompt-file - --beams 4";

/// Tokens if nothing is said, and if each has a table.
const TOKENS: usize = 200;
const TOKENS_WITH_TABLES: usize = 1;

impl Generate {
    fn tokens(&self) -> usize {
        self.tokens.unwrap_or(if self.show_controls { TOKENS_WITH_TABLES } else { TOKENS })
    }

    fn samples(&self) -> usize {
        self.samples.map_or(1, |samples| samples as usize)
    }

    /// Prints the prompt and what follows.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        if let AnyStage::Translation(stage) = trained::stage(&self.model)? {
            let shown = self.model.display();
            bail!("the model in {shown} is of {stage}, which translates: use `lineage translate --model {shown}`");
        }
        flags::refuse_idle(self, common.seed.is_some())?;
        let Trained { config, model, parameters, tokenizers } =
            Trained::<Language>::load(&self.model, common.progress())?;
        let [tokenizer] = &tokenizers[..] else { unreachable!("one file, one tokenizer") };
        let tokenizer = tokenizer.as_ref();
        let prompt = Prompt::read(&self.prompt, tokenizer)?;
        let longest = config.model.longest();
        let read = prompt.tokens.len().min(longest.unwrap_or(usize::MAX));
        let rows = self.beams.map_or(self.samples(), |beams| beams as usize);
        let bytes = memory::prompt(&model, &parameters, rows, read);
        let way_out =
            if rows == 1 { "give a shorter prompt" } else { "give fewer --samples or --beams, or a shorter prompt" };
        memory::check("reading such a prompt", bytes, way_out)?;
        prompt.tell_unseen(longest, tokenizer, common.progress());
        let stops = Stops::new(self.stop.clone())?;
        let mut samples: Vec<Sample<'_>> =
            (0..self.samples()).map(|_| Sample::new(tokenizer, &prompt.tokens, &stops)).collect();
        let dropped = match self.beams {
            Some(width) => self.search(width as usize, &model, &parameters, &mut samples[0])?,
            None => self.draw(&model, &parameters, &mut samples, common.seed(), tokenizer)?,
        };
        prompt.tell_forgotten(longest, dropped, samples[0].tokens(), tokenizer, common.progress());
        Ok(Ending::Done)
    }

    /// Draws one token after another, and prints each when it is there. How many tokens the model no longer saw at the end.
    fn draw(
        &self,
        model: &Model,
        parameters: &Parameters,
        samples: &mut [Sample<'_>],
        seed: u64,
        tokenizer: &dyn Tokenizer,
    ) -> anyhow::Result<usize> {
        let (controls, count, prompt) = (self.controls.controls(), self.tokens(), samples[0].tokens().to_vec());
        let prompts = Array2::from_shape_fn((samples.len(), prompt.len()), |(_, t)| prompt[t]);
        let mut generator = Generator::new(model, parameters, prompts.view(), controls, seed);
        let mut printer = Printer::new(samples.len());
        if count == 0 {
            samples.iter_mut().for_each(Sample::end);
        }
        if !self.show_controls {
            printer.print(samples)?;
        }
        for number in 1..=count {
            let Some(Ok(next)) = generator.next() else {
                writeln!(io::stdout().lock())?;
                return Err(self.diverged());
            };
            if self.show_controls {
                let trace = generator.trace(0).expect("a token was drawn");
                writeln!(io::stdout().lock(), "{}", steps::table(&trace, samples[0].tokens(), next[0], tokenizer))?;
            }
            for (sample, token) in samples.iter_mut().zip(next) {
                sample.push(token);
                if number == count {
                    sample.end();
                }
            }
            if !self.show_controls {
                printer.print(samples)?;
            }
            if samples.iter().all(Sample::ended) {
                break;
            }
        }
        printer.print(samples)?;
        Ok(generator.dropped(0))
    }

    /// Prints the likeliest text that a beam finds. How many tokens the model no longer saw at its end.
    fn search(
        &self,
        width: usize,
        model: &Model,
        parameters: &Parameters,
        sample: &mut Sample<'_>,
    ) -> anyhow::Result<usize> {
        let prompt = sample.tokens().to_vec();
        let prompts = Array2::from_shape_vec((1, prompt.len()), prompt.clone())?;
        let found = BeamSearch::new(width, 0.0, self.tokens())?.generate(model, parameters, prompts.view(), None);
        if found[0].log_probability.is_nan() {
            return Err(self.diverged());
        }
        let said: &[Token] = &found[0].tokens;
        said.iter().for_each(|&token| sample.push(token));
        sample.end();
        Printer::new(1).print(std::slice::from_ref(sample))?;
        // The beam has forgotten on the way which text each of its states was of.
        let cx = Context::eval(parameters);
        let (mut state, _) = model.start(&cx, &[prompt]);
        for &token in said.split_last().map_or(said, |(_, read)| read) {
            model.next(&cx, &mut state, &[token]);
        }
        Ok(model.dropped(&state, 0))
    }

    fn diverged(&self) -> anyhow::Error {
        anyhow!(
            "the model in {} gives scores that are no numbers for what comes next: its training diverged; train it again \
             with a smaller --lr",
            self.model.display()
        )
    }
}
