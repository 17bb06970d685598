//! `lineage generate`.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;
use data::quoted;
use ndarray::ArrayView2;
use nn::{Generator, Temperature};

use crate::kind::AnyStage;
use crate::language::Language;
use crate::trained::{self, Trained};
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
    /// 0 always takes the likeliest token, 1 draws from the model's own distribution, more is bolder
    #[arg(long, value_name = "T", default_value = "1", allow_negative_numbers = true, value_parser = temperature)]
    temperature: Temperature,
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
        let Trained { model, parameters, tokenizers, .. } = Trained::<Language>::load(&self.model, common.progress())?;
        let [tokenizer] = &tokenizers[..] else { unreachable!("one file, one tokenizer") };
        if self.prompt.is_empty() {
            bail!("the prompt is empty: give the model at least one token to go on from with --prompt");
        }
        let mut tokens = tokenizer.encode(&self.prompt).map_err(|error| anyhow!("the prompt: {error}"))?;
        if tokenizer.unknown().is_some_and(|unknown| tokens.contains(&unknown)) {
            bail!(
                "the prompt has words that the model never saw, it reads {}: use words of the text that it was trained on",
                quoted(&tokenizer.decode(&tokens))
            );
        }
        let prompts = ArrayView2::from_shape((1, tokens.len()), &tokens)?;
        let generator = Generator::new(&model, &parameters, prompts, self.temperature, common.seed());
        let said: Vec<_> = generator.take(self.tokens).collect();
        let lost = said.iter().any(Result::is_err);
        tokens.extend(said.into_iter().flatten().flatten());
        writeln!(io::stdout().lock(), "{}", tokenizer.decode(&tokens))?;
        if lost {
            bail!(
                "the model in {} gives scores that are no numbers for what comes next: its training diverged; train it again \
                 with a smaller --lr",
                self.model.display()
            );
        }
        Ok(Ending::Done)
    }
}

fn temperature(text: &str) -> Result<Temperature, String> {
    let number = text.parse().map_err(|_| "give a number of at least 0".to_owned())?;
    Temperature::new(number).map_err(|error| error.to_string())
}
