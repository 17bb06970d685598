//! `lineage adopt`.

use std::path::PathBuf;

use clap::Args;
use stages::StageName;

use crate::idle;
use crate::kind::encoding::Encoding;
use crate::kind::language::Language;
use crate::kind::text_to_text::TextToText;
use crate::kind::translation::Translation;
use crate::run::trained::{self, Trained};
use crate::{Common, Ending};

/// Say that the files of a model were changed on purpose
///
/// Training writes into model.safetensors the SHA-256 of what belongs to it, and files that are not those are refused.
/// Whoever puts a model of their own into a folder, or another tokenizer or configuration, says so with this: if the files
/// can be used together, they count as one model from now on. Whether the numbers were trained with this tokenizer cannot
/// be checked.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Adopt {
    /// Folder with config.json, model.safetensors and the tokenizers
    #[arg(value_name = "DIR")]
    model: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  lineage adopt runs/mine                                    after runs/mine/model.safetensors was replaced by hand";

impl Adopt {
    /// Binds the files and says so.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        idle::refuse(&[("seed", common.seed.is_some(), "nothing is drawn at random: leave it out")])?;
        match trained::stage(&self.model)? {
            StageName::Language(_) => Trained::<Language>::adopt(&self.model)?,
            StageName::Translation(_) => Trained::<Translation>::adopt(&self.model)?,
            StageName::Encoder(_) => Trained::<Encoding>::adopt(&self.model)?,
            StageName::TextToText(_) => Trained::<TextToText>::adopt(&self.model)?,
        }
        common.progress().say(&format!("the files in {} now belong together", self.model.display()));
        Ok(Ending::Done)
    }
}
