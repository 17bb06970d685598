//! `lineage export`.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use data::tokenize::published::to_hugging_face;
use gpt::Gpt;
use published::decoders::{self, Exported};
use published::write::{Existing, Model};
use report::format::shell_word;
use stages::AnyStage;

use crate::idle;
use crate::kind::language::Language;
use crate::run::trained::{self, Trained};
use crate::{Common, Ending};

/// Write a model for other programs
///
/// Writes a folder in Hugging Face's format, config.json and model.safetensors, that `transformers` loads: of a model with GPT-2's
/// architecture a GPT-2, of one with LLaMA's a LLaMA. A tokenizer of byte pairs is written too, as tokenizer.json.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Export {
    /// Folder of the model
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// Folder to write; nothing is written over
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  lineage export --model runs/gpt --out published            then in Python: AutoModelForCausalLM.from_pretrained('published')";

impl Export {
    /// Writes the folder.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        idle::refuse(&[("seed", common.seed.is_some(), "nothing is drawn at random: leave it out")])?;
        let shown = self.model.display();
        let stage = trained::stage(&self.model)?;
        let refused =
            || anyhow!("{shown} holds a model of {stage}, and only those of gpt have a form that others load");
        if matches!(stage, AnyStage::Translation(_)) {
            return Err(refused());
        }
        let Trained { model, parameters, tokenizers, .. } = Trained::<Language>::load(&self.model, common.progress())?;
        let gpt = model.downcast::<Gpt>().ok_or_else(refused)?;
        let Exported { config, tensors } = decoders::export(gpt, &parameters, &self.model)?;
        let tokenizer = to_hugging_face(&*tokenizers[0]);
        let others: Vec<(&str, &str)> = tokenizer.iter().map(|json| ("tokenizer.json", &**json)).collect();
        Model { config: &config, tensors: &tensors, others: &others }.write(&self.out, Existing::Keep)?;
        let family = config["model_type"].as_str().unwrap_or_default();
        let out = shell_word(&self.out.display().to_string());
        common.progress().say(&format!("a {family} for other programs is in {out}"));
        if tokenizer.is_none() {
            common.progress().say(
                "its tokenizer is not among them: only that of byte pairs has a form that others read (--tokens bpe)",
            );
        }
        Ok(Ending::Done)
    }
}
