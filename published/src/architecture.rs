//! What a `config.json` alone says: the architecture, without weights.

use ::bert::BertConfig;
use ::t5::T5Config;
use gpt::GptConfig;

use crate::error::Error;
use crate::json::Config;
use crate::{bert, decoders, t5};

/// The architecture of a published model.
#[derive(Clone, Debug, PartialEq)]
pub enum Architecture {
    /// Of one that continues texts.
    Decoder(GptConfig),
    /// Of one that reads texts as a whole, without the heads that only the weights tell of.
    Encoder(BertConfig),
    /// Of one that reads a text and writes one.
    TextToText(T5Config),
}

impl Architecture {
    /// What a configuration describes.
    ///
    /// ```
    /// use published::{Architecture, json::Config};
    ///
    /// let json = r#"{"model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_layer": 12, "n_head": 12}"#;
    /// let Architecture::Decoder(small) = Architecture::of(&Config::parse("config.json".as_ref(), json.as_bytes())?)? else {
    ///     panic!("GPT-2 is a decoder")
    /// };
    /// assert_eq!(small.block.feed_forward, 3072);
    /// # Ok::<(), published::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it is of no known family, or says what no model of its family has.
    pub fn of(file: &Config) -> Result<Self, Error> {
        type Read = fn(&Config) -> Result<Architecture, Error>;
        let decoder: Read = |file| {
            let (config, _) = file.family(&decoders::FAMILIES)?(file)?;
            Ok(Architecture::Decoder(config))
        };
        let encoder: Read = |file| {
            let (config, _) = file.family(&bert::FAMILIES)?(file)?;
            Ok(Architecture::Encoder(config))
        };
        let text_to_text: Read = |file| t5::config(file).map(Architecture::TextToText);
        let decoders = decoders::FAMILIES.map(|(name, _)| (name, decoder));
        let encoders = bert::FAMILIES.map(|(name, _)| (name, encoder));
        file.family(&[&decoders[..], &encoders[..], &[(t5::FAMILY, text_to_text)]].concat())?(file)
    }
}
