//! `lineage import`.

use std::path::{Path, PathBuf};

use ::t5::T5Config;
use anyhow::{anyhow, bail};
use clap::Args;
use data::Tokenizer;
use data::masked::Marks;
use published::bert::{self, Encoder, Pooling};
use published::decoders::{self, Decoder};
use published::t5;
use report::format::{count, shell_word};

use stages::{EncoderConfig, ModelConfig, TextToTextConfig};
use tensor::{Checkpoint, Parameters};

use crate::idle;
use crate::kind::Kind;
use crate::kind::encoding::{Encoding, guesses};
use crate::kind::language::Language;
use crate::kind::text::TextId;
use crate::kind::text_to_text::{TextToText, gaps};
use crate::kind::validation::Validation;
use crate::run::config::{Config, VERSION};
use crate::run::folder::Folder;
use crate::settings::{EncoderSettings, LanguageSettings, TextToTextSettings, Training};
use crate::tokenize::file;
use crate::{Common, Ending, memory};

/// Take a model that others have published
///
/// Reads a folder in Hugging Face's format: config.json, *.safetensors (numbers of 16 or 32 bits, in one file or several) and
/// the tokenizer. Writes a model that `generate`, `evaluate`, `explain`, `embed`, `tokenize` and `train --from` take. Decoders of
/// GPT-2, GPT-J, GPT-NeoX and Pythia, LLaMA 1 to 3, Falcon and BLOOM are known. A file of llama2.c will do too, with --tokenizer.
///
/// Encoders of BERT, DistilBERT and MiniLM are known too. `embed` and `tokenize` take them, and if they have a head that guesses
/// hidden words, `fill`, `evaluate` and `train --from`. T5, its version 1.1 and what was made of it, such as FLAN-T5, are taken by
/// `generate`, `fill`, `translate`, `embed` and all the others. Nothing is downloaded.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Import {
    /// Folder of the published model, or a model.bin of llama2.c
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Folder to write [default: runs/NAME, after the name of DIR, or the next free one]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// File of the tokenizer [default: tokenizer.json, tokenizer.model, vocab.json, vocab.txt or spiece.model in DIR,
    /// tokenizer.bin beside a file]
    #[arg(long, value_name = "FILE")]
    tokenizer: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  lineage import ~/models/gpt2                               into runs/gpt2
  lineage import ~/models/TinyLlama --out runs/llama
  lineage generate --model runs/gpt2 --prompt 'In 1872 '
  lineage import ~/models/all-MiniLM-L6-v2 --out runs/minilm
  lineage embed --model runs/minilm --similarities 'A cat sleeps.' 'A kitten naps.'
  lineage import ~/models/flan-t5-small --out runs/flan
  lineage generate --model runs/flan --temperature 0 --prompt 'translate English to German: How old are you?'
  lineage train --from runs/gpt2 --text my.txt --steps 100   go on with it";

/// Where a published decoder may have its tokenizer, the most complete first.
const TOKENIZERS: [&str; 3] = ["tokenizer.json", "tokenizer.model", "vocab.json"];
/// The same of one in a file of llama2.c, beside it.
const LLAMA2C_TOKENIZERS: [&str; 1] = ["tokenizer.bin"];
/// And of an encoder.
const ENCODERS_TOKENIZERS: [&str; 2] = ["tokenizer.json", "vocab.txt"];
/// And of a T5.
const TEXT_TO_TEXT_TOKENIZERS: [&str; 2] = ["tokenizer.json", "spiece.model"];

impl Import {
    /// Reads and writes the model.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        idle::refuse(&[("seed", common.seed.is_some(), "nothing is drawn at random: leave it out")])?;
        match published::kind(&self.folder)? {
            published::Kind::Decoder => self.decoder(common),
            published::Kind::Encoder => self.encoder(common),
            published::Kind::TextToText => self.text_to_text(common),
        }
    }

    fn decoder(&self, common: &Common) -> anyhow::Result<Ending> {
        let found = decoders::describe(&self.folder)?;
        let (family, rows) = (found.family, found.config.vocabulary);
        check_size(ModelConfig::Gpt(found.config.clone()).parameter_count())?;
        let tokenizer = file::open(&self.tokenizer(&TOKENIZERS)?)?;
        check_tokenizer(&*tokenizer, rows, &self.folder)?;
        let tokens = tokenizer.vocabulary_size();
        let Decoder { gpt, parameters } = found.read()?.with_vocabulary(tokens);
        let (settings, training) = LanguageSettings::published(gpt.config(), &*tokenizer)?;
        let model = ModelConfig::Gpt(gpt.config().clone());
        let shown =
            self.write::<Language>((family, model, settings, training), tokenizer, &parameters, rows, common)?;
        common.progress().say(&format!("next: lineage generate --model {shown} --prompt TEXT"));
        Ok(Ending::Done)
    }

    fn encoder(&self, common: &Common) -> anyhow::Result<Ending> {
        let found = bert::describe(&self.folder)?;
        let (family, rows, context) = (found.family, found.config.vocabulary, found.config.context);
        check_size(EncoderConfig::Bert(found.config.clone()).parameter_count())?;
        let sentences = bert::sentences(&self.folder)?;
        let tokenizer = file::open(&self.tokenizer(&ENCODERS_TOKENIZERS)?)?;
        Marks::of(&*tokenizer).map_err(|error| anyhow!("{}: {error}", self.folder.display()))?;
        check_tokenizer(&*tokenizer, rows, &self.folder)?;
        let Encoder { bert, parameters } = found.read()?.with_vocabulary(tokenizer.vocabulary_size());
        let model = EncoderConfig::Bert(bert.config().clone());
        let longest = sentences.longest.map_or(context, |longest| longest.min(context));
        let (settings, training) = EncoderSettings::published(&model, longest, &*tokenizer)?;
        let guesses = guesses(&model);
        let shown =
            self.write::<Encoding>((family, model, settings, training), tokenizer, &parameters, rows, common)?;
        let say = |said: &str| common.progress().say(said);
        match sentences.pooling {
            None | Some(Pooling::Mean) => {}
            Some(Pooling::First) => {
                say("its vectors of texts are those of the first token: give `lineage embed` --pooling first")
            }
            Some(Pooling::Other) => say(
                "its publisher makes vectors of texts in a way that is not known here: those of `lineage embed` are others",
            ),
        }
        match guesses {
            true => say(&format!("next: lineage fill --model {shown} 'A text with a [MASK].'")),
            false => {
                say(
                    "it has no head that guesses hidden words, so `fill`, `evaluate` and `train --from` have no use for it",
                );
                say(&format!("next: lineage embed --model {shown} --similarities TEXT TEXT"));
            }
        }
        Ok(Ending::Done)
    }

    fn text_to_text(&self, common: &Common) -> anyhow::Result<Ending> {
        let described = t5::describe(&self.folder)?;
        let rows = described.vocabulary;
        check_size(TextToTextConfig::T5(described).parameter_count())?;
        let tokenizer = file::open_with_sentinels(&self.tokenizer(&TEXT_TO_TEXT_TOKENIZERS)?)?;
        check_tokenizer(&*tokenizer, rows, &self.folder)?;
        let found = t5::read(&self.folder)?;
        let tokens = tokenizer.vocabulary_size();
        let T5Config { start, end, .. } = *found.t5.config();
        if let Some(token) = [start, end].into_iter().find(|&token| token as usize >= tokens) {
            bail!(
                "{} says that texts begin or end with token {token}, and the tokenizer has {tokens}: use the tokenizer that it was \
                 published with",
                self.folder.join("config.json").display()
            );
        }
        let t5::TextToText { t5, parameters } = found.with_vocabulary(tokens);
        let fills = gaps(&*tokenizer).is_ok();
        let model = TextToTextConfig::T5(t5.config().clone());
        let (settings, training) = TextToTextSettings::published(&model, &*tokenizer)?;
        let shown =
            self.write::<TextToText>((t5::FAMILY, model, settings, training), tokenizer, &parameters, rows, common)?;
        if !fills {
            common
                .progress()
                .say("its tokenizer has no <extra_id_0>, so `fill` has no use for it, nor a training on a text");
        }
        let more = if fills { "fill" } else { "generate" };
        let text = if fills { "'A text with <extra_id_0>.'" } else { "--prompt TEXT" };
        common.progress().say(&format!("next: lineage {more} --model {shown} {text}"));
        Ok(Ending::Done)
    }

    /// Writes the model and says what it is; where it is, as a word of a command line.
    fn write<K: Kind<Tokenizer = Box<dyn Tokenizer>>>(
        &self,
        (family, model, settings, training): (&str, K::Architecture, K::Settings, Training),
        tokenizer: Box<dyn Tokenizer>,
        parameters: &Parameters,
        rows: usize,
        common: &Common,
    ) -> anyhow::Result<String> {
        let name = if self.folder.is_file() { self.folder.file_stem() } else { self.folder.file_name() };
        let name = name.map_or(family.into(), |name| name.to_string_lossy());
        let folder = match &self.out {
            Some(path) => Folder::create(path)?,
            None => Folder::unused(&name)?,
        };
        let mut checkpoint = Checkpoint::default();
        checkpoint.insert_parameters("", parameters);
        let config = Config::<K> {
            version: Some(VERSION.to_owned()),
            published: Some(family.to_owned()),
            model,
            settings,
            training,
            text: TextId::new("texts of its publisher", ""),
            validation: Validation::default(),
        };
        folder.write(&config, &[tokenizer.to_json()], checkpoint.arrays)?;
        let tokens = tokenizer.vocabulary_size();
        if tokens < rows {
            common.progress().say(&format!(
                "the embedding has {rows} rows and the tokenizer {tokens} tokens: the rows that no token has are left out"
            ));
        }
        let shown = shell_word(&folder.path().display().to_string());
        let parameters = count(parameters.count() as u64);
        common.progress().say(&format!("{name}, a {family} of {parameters} parameters; the model is in {shown}"));
        Ok(shown)
    }

    /// The file of the tokenizer.
    fn tokenizer(&self, known: &[&str]) -> anyhow::Result<PathBuf> {
        if let Some(file) = &self.tokenizer {
            return Ok(file.clone());
        }
        let (folder, names) = match self.folder.is_file() {
            true => (self.folder.parent().unwrap_or(Path::new("")), &LLAMA2C_TOKENIZERS[..]),
            false => (&*self.folder, known),
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

/// Refuses a model that memory cannot hold.
fn check_size(parameters: u128) -> anyhow::Result<()> {
    memory::check_size(parameters, 1.0, "close other programs, or use a machine with more")
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
