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
/// GPT-J, GPT-NeoX and Pythia, LLaMA 1 to 3, Falcon and BLOOM are known. A file of llama2.c will do too, with --tokenizer.
/// Nothing is downloaded.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Import {
    /// Folder of the published model, or a model.bin of llama2.c
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Folder to write [default: runs/NAME, after the name of DIR, or the next free one]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// File of the tokenizer [default: tokenizer.json, tokenizer.model or vocab.json in DIR, tokenizer.bin beside a file]
    #[arg(long, value_name = "FILE")]
    tokenizer: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  lineage import ~/models/gpt2                               into runs/gpt2
  lineage import ~/models/TinyLlama --out runs/llama
  lineage generate --model runs/gpt2 --prompt 'In 1872 '
  lineage train --from runs/gpt2 --text my.txt --steps 100   go on with it";

/// Where a published model may have its tokenizer, the most complete first; the last beside a file of llama2.c.
const TOKENIZERS: [&str; 4] = ["tokenizer.json", "tokenizer.model", "vocab.json", "tokenizer.bin"];

impl Import {
    /// Reads and writes the model.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        idle::refuse(&[("seed", common.seed.is_some(), "nothing is drawn at random: leave it out")])?;
        let found = decoders::describe(&self.folder)?;
        let (family, rows) = (found.family, found.config.vocabulary);
        let numbers = ModelConfig::Gpt(found.config.clone()).parameter_count();
        memory::check_size(numbers, 1.0, "close other programs, or use a machine with more")?;
        let tokenizer = file::open(&self.tokenizer()?)?;
        check_tokenizer(&*tokenizer, rows, &self.folder)?;
        let tokens = tokenizer.vocabulary_size();
        let Decoder { gpt, parameters } = found.read()?.with_vocabulary(tokens);
        let (settings, training) = LanguageSettings::published(gpt.config(), &*tokenizer)?;
        let model = ModelConfig::Gpt(gpt.config().clone());

        let name = if self.folder.is_file() { self.folder.file_stem() } else { self.folder.file_name() };
        let name = name.map_or(family.into(), |name| name.to_string_lossy());
        let folder = match &self.out {
            Some(path) => Folder::create(path)?,
            None => Folder::unused(&name)?,
        };
        let mut checkpoint = Checkpoint::default();
        checkpoint.insert_parameters("", &parameters);
        let config = Config::<Language> {
            version: Some(VERSION.to_owned()),
            published: Some(family.to_owned()),
            model,
            settings,
            training,
            text: TextId::new("texts of its publisher", ""),
            validation: Validation::default(),
        };
        folder.write(&config, &[tokenizer.to_json()], checkpoint.arrays)?;
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
        let (folder, names) = match self.folder.is_file() {
            true => (self.folder.parent().unwrap_or(Path::new("")), &TOKENIZERS[3..]),
            false => (&*self.folder, &TOKENIZERS[..3]),
        };
        let found = names.iter().map(|name| folder.join(name)).find(|path| path.exists());
        found.ok_or_else(|| {
            anyhow!(
                "there is no tokenizer for {}: put {} there, or name its file with --tokenizer",
                self.folder.display(),
                names.join(" or ")
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
