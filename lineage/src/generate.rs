//! `lineage generate`.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;
use data::{Token, Tokenizer, quoted};
use ndarray::ArrayView2;
use nn::{Generator, Temperature};
use stages::AnyStage;

use crate::idle;
use crate::kind::language::Language;
use crate::memory;
use crate::run::trained::{self, Trained};
use crate::{Common, Ending};

/// Continue a prompt with a model
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Generate {
    /// Folder that training wrote
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// What to go on from
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    prompt: String,
    /// Tokens to generate
    #[arg(long, value_name = "N", default_value_t = 200)]
    tokens: usize,
    /// 0 always takes the likeliest token, 1 draws from the model's own distribution, more is bolder [default: 1]
    #[arg(long, value_name = "T", allow_negative_numbers = true, value_parser = temperature)]
    temperature: Option<Temperature>,
}

const EXAMPLES: &str = "\
Examples:
  lineage generate --model runs/gpt --prompt 'Mr. Fogg '
  lineage generate --model runs/gpt --prompt 'The train ' --tokens 500 --temperature 0.7 --seed 3";

impl Generate {
    /// Prints the prompt and what follows.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        if let AnyStage::Translation(stage) = trained::stage(&self.model)? {
            let shown = self.model.display();
            bail!("the model in {shown} is of {stage}, which translates: use `lineage translate --model {shown}`");
        }
        let temperature = self.temperature.unwrap_or(Temperature::ONE);
        let nothing = "no --tokens are generated: give some, or leave it out";
        idle::refuse(&[
            ("temperature", self.temperature.is_some() && self.tokens == 0, nothing),
            ("seed", common.seed.is_some() && self.tokens == 0, nothing),
            (
                "seed",
                common.seed.is_some() && temperature == Temperature::GREEDY,
                "nothing is drawn at a temperature of 0: give another --temperature, or leave it out",
            ),
        ])?;
        let Trained { config, model, parameters, tokenizers } =
            Trained::<Language>::load(&self.model, common.progress())?;
        let [tokenizer] = &tokenizers[..] else { unreachable!("one file, one tokenizer") };
        let mut tokens = prompt(tokenizer.as_ref(), &self.prompt)?;
        let read = config.model.longest().map_or(tokens.len(), |most| tokens.len().min(most));
        let bytes = memory::prompt(&model, &parameters, read);
        memory::check("reading such a prompt", bytes, "give a shorter --prompt")?;
        let prompts = ArrayView2::from_shape((1, tokens.len()), &tokens)?;
        let generator = Generator::new(&model, &parameters, prompts, temperature, common.seed());
        let mut said = Said::default();
        said.go_on(tokenizer.as_ref(), &tokens, self.tokens == 0)?;
        for (number, next) in (1..).zip(generator.take(self.tokens)) {
            let Ok(next) = next else {
                writeln!(io::stdout().lock())?;
                bail!(
                    "the model in {} gives scores that are no numbers for what comes next: its training diverged; train it \
                     again with a smaller --lr",
                    self.model.display()
                );
            };
            tokens.extend(next);
            said.go_on(tokenizer.as_ref(), &tokens, number == self.tokens)?;
        }
        writeln!(io::stdout().lock())?;
        Ok(Ending::Done)
    }
}

/// The tokens of what the user gave to go on from.
///
/// # Errors
/// If there are none, or the model does not know them.
pub fn prompt(tokenizer: &dyn Tokenizer, text: &str) -> anyhow::Result<Vec<Token>> {
    if text.is_empty() {
        bail!("the prompt is empty: give the model at least one token to go on from");
    }
    let tokens =
        tokenizer.encode(text.trim_start_matches('\u{FEFF}')).map_err(|error| anyhow!("the prompt: {error}"))?;
    if tokenizer.unknown().is_some_and(|unknown| tokens.contains(&unknown)) {
        bail!(
            "the prompt has words that the model does not know, it reads {}: use frequent words of the text that it was trained on",
            quoted(&tokenizer.decode(&tokens))
        );
    }
    Ok(tokens)
}

/// What stands on standard output already: all that comes before a token, and so many bytes from there on.
#[derive(Default)]
struct Said {
    token: usize,
    bytes: usize,
}

impl Said {
    /// Writes what is new. A character of which only some bytes are there shows as unknown ones, and waits for the others
    /// until all is `complete`.
    fn go_on(&mut self, tokenizer: &dyn Tokenizer, tokens: &[Token], complete: bool) -> io::Result<()> {
        let text = tokenizer.decode(&tokens[self.token..]);
        let settled = if complete { &text } else { text.trim_end_matches(char::REPLACEMENT_CHARACTER) };
        let Some(new) = settled.get(self.bytes..).filter(|new| !new.is_empty()) else { return Ok(()) };
        let mut out = io::stdout().lock();
        out.write_all(new.as_bytes())?;
        out.flush()?;
        self.bytes = settled.len();
        if settled.len() == text.len() {
            // The last one is kept, since words are parted from what stands before them.
            self.token = tokens.len() - 1;
            self.bytes = tokenizer.decode(&tokens[self.token..]).len();
        }
        Ok(())
    }
}

fn temperature(text: &str) -> Result<Temperature, String> {
    let number = text.parse().map_err(|_| "give a number of at least 0".to_owned())?;
    Temperature::new(number).map_err(|error| error.to_string())
}
