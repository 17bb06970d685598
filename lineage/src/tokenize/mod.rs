//! `lineage tokenize`.

pub mod file;
mod show;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::Args;
use data::pairs::Vocabulary;
use data::tokenize::published::to_hugging_face;
use data::{Text, Token, Tokenizer};
use stages::StageName;

use crate::kind::encoding::Encoding;
use crate::kind::language::Language;
use crate::kind::text_to_text::TextToText;
use crate::kind::translation::{Translation, both};
use crate::run::trained::{self, Trained};
use crate::{Common, Ending, idle, standard_input};

/// Show the tokens of a text
///
/// First come the pieces that the tokens stand for, in colours on a terminal, then each token with its number and its
/// bytes, then how many there are. A translator reads a sentence, with single spaces.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Tokenize {
    /// Folder that training wrote
    #[arg(long, value_name = "DIR", required_unless_present = "tokenizer", conflicts_with = "tokenizer")]
    model: Option<PathBuf>,
    /// File of a published tokenizer: tokenizer.json, vocab.json with merges.txt beside it, vocab.txt (BERT's, of small
    /// letters), or tokenizer.model or spiece.model of SentencePiece
    #[arg(long, value_name = "FILE")]
    tokenizer: Option<PathBuf>,
    /// Read as the translation, and not as the source, by the vocabulary of a translator
    #[arg(long)]
    target: bool,
    /// UTF-8 text [default: standard input]
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    file: Option<PathBuf>,
    /// Write the tokenizer, if its tokens are byte pairs, as the tokenizer.json that Hugging Face's library loads
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// What to read [default: --file, or standard input]
    #[arg(value_name = "TEXT")]
    text: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  lineage tokenize --model runs/gpt 'Mr. Fogg did not travel'
  lineage tokenize --tokenizer gpt2/tokenizer.json --file my.txt
  lineage tokenize --model runs/gpt --export tokenizer.json 'Mr. Fogg'";

/// How a text is read.
enum Reader {
    Text(Box<dyn Tokenizer>),
    Sentence(Box<Vocabulary>),
}

impl Tokenize {
    /// Prints the tokens.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let reader = match (&self.model, &self.tokenizer) {
            (Some(model), _) => self.of_model(model, common)?,
            (None, Some(file)) => Reader::Text(file::open(file)?),
            (None, None) => unreachable!("one of both is required"),
        };
        idle::refuse(&[
            ("seed", common.seed.is_some(), "nothing is drawn at random: leave it out"),
            (
                "target",
                self.target && matches!(reader, Reader::Text(_)),
                "only a translator has a vocabulary of its translations: leave it out",
            ),
        ])?;
        let text = self.text()?;
        let tokens = reader.tokens(&text)?;
        if let Some(path) = &self.export {
            files::write_atomically(path, reader.exported()?.as_bytes())?;
        }
        let bytes: Vec<Vec<u8>> = tokens.iter().map(|&token| reader.bytes(token)).collect();
        let mut out = io::BufWriter::new(io::stdout().lock());
        show::write(&mut out, &text, &tokens, &bytes)?;
        out.flush()?;
        Ok(Ending::Done)
    }

    fn of_model(&self, path: &Path, common: &Common) -> anyhow::Result<Reader> {
        Ok(match trained::stage(path)? {
            StageName::Language(_) => {
                let mut tokenizers = Trained::<Language>::load(path, common.progress())?.tokenizers;
                Reader::Text(tokenizers.remove(0))
            }
            StageName::Encoder(_) => {
                let mut tokenizers = Trained::<Encoding>::load(path, common.progress())?.tokenizers;
                Reader::Text(tokenizers.remove(0))
            }
            StageName::TextToText(_) => {
                let mut tokenizers = Trained::<TextToText>::load(path, common.progress())?.tokenizers;
                Reader::Text(tokenizers.remove(0))
            }
            StageName::Translation(_) => {
                let [source, target] = both(Trained::<Translation>::load(path, common.progress())?.tokenizers)?;
                Reader::Sentence(Box::new(if self.target { target } else { source }))
            }
        })
    }

    fn text(&self) -> anyhow::Result<String> {
        let text = match (&self.text, &self.file) {
            (Some(text), _) => text.clone(),
            (None, Some(path)) => Text::read(path)?.as_str().to_owned(),
            (None, None) => {
                let bytes = standard_input::read(u64::MAX, "give a text as an argument, or a file with --file")?;
                Text::from_bytes("standard input", &bytes)?.as_str().to_owned()
            }
        };
        if text.is_empty() {
            bail!("the text is empty: give one that has tokens");
        }
        Ok(text)
    }
}

impl Reader {
    fn tokens(&self, text: &str) -> anyhow::Result<Vec<Token>> {
        match self {
            Reader::Text(tokenizer) => tokenizer.encode(text).map_err(|error| anyhow!("the text: {error}")),
            Reader::Sentence(vocabulary) => Ok(vocabulary.encode(text)),
        }
    }

    fn bytes(&self, token: Token) -> Vec<u8> {
        match self {
            Reader::Text(tokenizer) => tokenizer.decode_bytes(&[token]),
            Reader::Sentence(vocabulary) => vocabulary.decode_bytes(token),
        }
    }

    fn exported(&self) -> anyhow::Result<String> {
        let json = match self {
            Reader::Text(tokenizer) => to_hugging_face(tokenizer.as_ref()),
            Reader::Sentence(_) => None,
        };
        json.ok_or_else(|| {
            anyhow!("--export writes byte pairs of a language model, and these are other tokens: leave it out, or train with --tokens bpe")
        })
    }
}
