//! `lineage export`.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use data::sentinels;
use data::tokenize::published::to_hugging_face;
use gpt::Gpt;
use published::decoders::{self, Exported};
use published::write::{Existing, Model};
use published::{bert, t5};
use report::format::shell_word;
use stages::StageName;

use crate::idle;
use crate::kind::encoding::Encoding;
use crate::kind::language::Language;
use crate::kind::text_to_text::TextToText;
use crate::run::trained::{self, Trained};
use crate::{Common, Ending};

/// Write a model for other programs
///
/// Writes a folder in Hugging Face's format, config.json and model.safetensors, that `transformers` loads: of a model with GPT-2's
/// architecture a GPT-2, of one with LLaMA's a LLaMA, of an encoder a BERT, of t5 a T5. Its tokenizer is written too, as tokenizer.json, if it
/// is of byte pairs or was imported.
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

/// What `transformers` has to know of an encoder's tokenizer besides.
const ENCODERS_TOKENIZER: &str = r#"{
  "tokenizer_class": "PreTrainedTokenizerFast",
  "pad_token": "[PAD]",
  "cls_token": "[CLS]",
  "sep_token": "[SEP]",
  "mask_token": "[MASK]",
  "model_input_names": ["input_ids", "attention_mask"]
}
"#;

/// And of a T5's.
const TEXT_TO_TEXT_TOKENIZER: &str = r#"{
  "tokenizer_class": "PreTrainedTokenizerFast",
  "pad_token": "<pad>",
  "eos_token": "</s>",
  "model_input_names": ["input_ids", "attention_mask"]
}
"#;

impl Export {
    /// Writes the folder.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        idle::refuse(&[("seed", common.seed.is_some(), "nothing is drawn at random: leave it out")])?;
        let shown = self.model.display();
        let stage = trained::stage(&self.model)?;
        let refused = || {
            anyhow!("{shown} holds a model of {stage}, and only those of gpt, bert and t5 have a form that others load")
        };
        let (Exported { config, tensors }, tokenizer) = match stage {
            StageName::Translation(_) => return Err(refused()),
            StageName::Language(_) => {
                let Trained { model, parameters, mut tokenizers, .. } =
                    Trained::<Language>::load(&self.model, common.progress())?;
                let gpt = model.downcast::<Gpt>().ok_or_else(refused)?;
                (decoders::export(gpt, &parameters, &self.model)?, tokenizers.remove(0))
            }
            StageName::Encoder(_) => {
                let Trained { model, parameters, mut tokenizers, .. } =
                    Trained::<Encoding>::load(&self.model, common.progress())?;
                (bert::export(&model, &parameters, &self.model)?, tokenizers.remove(0))
            }
            StageName::TextToText(_) => {
                let Trained { model, parameters, mut tokenizers, .. } =
                    Trained::<TextToText>::load(&self.model, common.progress())?;
                (t5::export(&model, &parameters, &self.model)?, tokenizers.remove(0))
            }
        };
        let special = tokenizer.special_tokens();
        let has_ends =
            [sentinels::PADDING, sentinels::END].iter().all(|end| special.iter().any(|(text, _)| text == end));
        let tokenizer = to_hugging_face(&*tokenizer);
        let mut others: Vec<(&str, &str)> = tokenizer.iter().map(|json| ("tokenizer.json", &**json)).collect();
        let said = match stage {
            StageName::Encoder(_) => Some(ENCODERS_TOKENIZER),
            StageName::TextToText(_) if has_ends => Some(TEXT_TO_TEXT_TOKENIZER),
            StageName::TextToText(_) | StageName::Language(_) | StageName::Translation(_) => None,
        };
        others.extend(said.filter(|_| tokenizer.is_some()).map(|said| ("tokenizer_config.json", said)));
        Model { config: &config, tensors: &tensors, others: &others }.write(&self.out, Existing::Keep)?;
        let family = config["model_type"].as_str().unwrap_or_default();
        let out = shell_word(&self.out.display().to_string());
        common.progress().say(&format!("a {family} for other programs is in {out}"));
        if tokenizer.is_none() {
            common.progress().say(
                "its tokenizer is not among them: only one of byte pairs, or one that was imported, has a form that others read (--tokens bpe)",
            );
        }
        Ok(Ending::Done)
    }
}
