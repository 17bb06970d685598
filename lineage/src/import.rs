//! `lineage import`.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::Args;
use data::Tokenizer;
use published::decoders::{self, Decoder};
use report::format::{count, shell_word};
use stages::ModelConfig;
use tensor::Checkpoint;

use crate::idle;
use crate::kind::language::Language;
use crate::kind::text::TextId;
use crate::kind::validation::Validation;
use crate::run::config::{Config, VERSION};
use crate::run::folder::Folder;
use crate::settings::LanguageSettings;
use crate::tokenize::file;
use crate::{Common, Ending, memory};

/// Take a model that others have published
///
/// Reads a folder in Hugging Face's format: config.json, *.safetensors (numbers of 16 or 32 bits, in one file or several) and
/// the tokenizer. Writes a model that `generate`, `evaluate`, `explain`, `tokenize` and `train --from` take. Decoders of GPT-2,
/// GPT-J, GPT-NeoX and Pythia, LLaMA 1 to 3, Falcon and BLOOM are known. Nothing is downloaded.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Import {
    /// Folder of the published model
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Folder to write [default: runs/NAME, after the name of DIR, or the next free one]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// File of the tokenizer [default: tokenizer.json, tokenizer.model or vocab.json in DIR]
    #[arg(long, value_name = "FILE")]
    tokenizer: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  lineage import ~/models/gpt2                               into runs/gpt2
  lineage import ~/models/TinyLlama --out runs/llama
  lineage generate --model runs/gpt2 --prompt 'In 1872 '
  lineage train --from runs/gpt2 --text my.txt --steps 100   go on with it";

/// Where a published model may have its tokenizer, the most complete first.
const TOKENIZERS: [&str; 3] = ["tokenizer.json", "tokenizer.model", "vocab.json"];

impl Import {
    /// Reads and writes the model.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        idle::refuse(&[("seed", common.seed.is_some(), "nothing is drawn at random: leave it out")])?;
        let (family, config) = decoders::describe(&self.folder)?;
        memory::check_size(
            ModelConfig::Gpt(config.clone()).parameter_count(),
            1.0,
            "close other programs, or use a machine with more",
        )?;
        let tokenizer = file::open(&self.tokenizer()?)?;
        check_tokenizer(&*tokenizer, config.vocabulary, &self.folder)?;
        let (tokens, rows) = (tokenizer.vocabulary_size(), config.vocabulary);
        let Decoder { gpt, parameters } = decoders::read(&self.folder)?.with_vocabulary(tokens);
        let (settings, training) = LanguageSettings::published(gpt.config(), &*tokenizer)?;
        let model = ModelConfig::Gpt(gpt.config().clone());

        let name = self.folder.file_name().map_or(family.into(), |name| name.to_string_lossy());
        let folder = match &self.out {
            Some(path) => Folder::create(path)?,
            None => Folder::unused(&name)?,
        };
        let mut numbers = Checkpoint::default();
        numbers.insert_parameters("", &parameters);
        let config = Config::<Language> {
            version: Some(VERSION.to_owned()),
            published: Some(family.to_owned()),
            model,
            settings,
            training,
            text: TextId::new("texts of its publisher", ""),
            validation: Validation::default(),
        };
        folder.write(&config, &[tokenizer.to_json()], numbers.arrays)?;
        if tokens < rows {
            common.progress().say(&format!(
                "the embedding has {rows} rows and the tokenizer {tokens} tokens: the rows that no token has are left out"
            ));
        }
        let shown = shell_word(&folder.path().display().to_string());
        let parameters = count(parameters.count() as u64);
        common.progress().say(&format!("{name}, a {family} of {parameters} parameters; the model is in {shown}"));
        common.progress().say(&format!("next: lineage generate --model {shown} --prompt TEXT"));
        Ok(Ending::Done)
    }

    /// The file of the tokenizer.
    fn tokenizer(&self) -> anyhow::Result<PathBuf> {
        if let Some(file) = &self.tokenizer {
            return Ok(file.clone());
        }
        let found = TOKENIZERS.iter().map(|name| self.folder.join(name)).find(|path| path.exists());
        found.ok_or_else(|| {
            anyhow!(
                "{} holds no tokenizer: neither {}; put one there, or name its file with --tokenizer",
                self.folder.display(),
                TOKENIZERS.join(" nor ")
            )
        })
    }
}

/// Refuses a tokenizer with tokens that the model has no vectors for.
fn check_tokenizer(tokenizer: &dyn Tokenizer, rows: usize, folder: &Path) -> anyhow::Result<()> {
    let tokens = tokenizer.vocabulary_size();
    if tokens > rows {
        bail!(
            "the tokenizer has {tokens} tokens, but the model in {} has vectors for {rows}: use the tokenizer that it was \
             published with",
            folder.display()
        );
    }
    Ok(())
}
