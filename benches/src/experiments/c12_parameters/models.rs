//! Published Transformers, as their `config.json` describes them.

use anyhow::{Context as _, ensure};
use bert::BertConfig;
use gpt::GptConfig;
use published::{Architecture, json::Config};
use serde::Deserialize;
use stages::Parts;

/// The configurations, with the keys that say what a network computes, from the smallest model to the largest.
const PUBLISHED: &str = include_str!("published.json");

/// A published model, nothing of which is built.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// As its authors call it.
    pub name: String,
    /// Under which name its `config.json` stands on the Hugging Face hub.
    pub source: String,
    /// The parameters in the published files, also by papers and model cards where these give the number (GPT-NeoX, BLOOM). A
    /// table that stands there twice with the same numbers (Falcon's embedding, which is its output layer:
    /// vllm-project/vllm#3590) counts once. Of GPT-J the model card says 6,053,381,344, which counts normalisations and biases
    /// once for each of the eight processors it was trained on. `transformers` (4.57) counts as many for every configuration.
    pub parameters: u64,
    /// Whether these include a pooler, of which no configuration tells.
    #[serde(default)]
    pooler: bool,
    config: serde_json::Map<String, serde_json::Value>,
}

/// What a model keeps of each token that it has read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cache {
    /// N and KV, the heads of queries, and of keys and values.
    pub heads: [u64; 2],
    /// Numbers for each token.
    pub numbers: u64,
    /// C, tokens at most.
    pub context: u64,
}

impl Cache {
    /// A key and a value of d_k numbers for each head of keys in each layer.
    fn of(config: &GptConfig) -> Self {
        let (block, layers) = (&config.block, config.layers as u64);
        let heads = [block.heads, block.heads().keys].map(|heads| heads as u64);
        Self { heads, numbers: 2 * layers * heads[1] * block.head_width() as u64, context: config.context as u64 }
    }

    /// By how many fewer numbers it is than with a head of keys for each of queries.
    pub fn saving(self) -> u64 {
        self.heads[0] / self.heads[1]
    }

    /// Bytes for each token, in the two bytes a number that these models are published with.
    pub fn bytes(self) -> u64 {
        2 * self.numbers
    }
}

impl Published {
    /// From the smallest to the largest.
    ///
    /// # Errors
    /// If the file is not what it has to be.
    pub fn all() -> anyhow::Result<Vec<Self>> {
        serde_json::from_str(PUBLISHED).context("published.json is no list of models")
    }

    /// What our own reader makes of the configuration.
    ///
    /// # Errors
    /// If it does not know the family, or no model can have it.
    pub fn architecture(&self) -> anyhow::Result<Architecture> {
        let json = serde_json::to_vec(&self.config)?;
        Ok(match Architecture::of(&Config::parse(self.source.as_ref(), &json)?)? {
            Architecture::Encoder(config) => Architecture::Encoder(BertConfig { pooler: self.pooler, ..config }),
            other => other,
        })
    }

    /// L, of encoder and decoder together, and D.
    ///
    /// # Errors
    /// As [`architecture`](Self::architecture).
    pub fn layers_and_width(&self) -> anyhow::Result<[u64; 2]> {
        let [layers, width] = match self.architecture()? {
            Architecture::Decoder(config) => [config.layers, config.block.width],
            Architecture::Encoder(config) => [config.layers, config.block.width],
            Architecture::TextToText(config) => [config.encoder_layers + config.decoder_layers, config.block.width],
        };
        Ok([layers as u64, width as u64])
    }

    /// Where its parameters are; together as many as were published.
    ///
    /// # Errors
    /// As [`architecture`](Self::architecture), and if they are not as many.
    pub fn parts(&self) -> anyhow::Result<Parts> {
        let parts = match self.architecture()? {
            Architecture::Decoder(config) => Parts::of_gpt(&config)?,
            Architecture::Encoder(config) => Parts::of_bert(&config)?,
            Architecture::TextToText(config) => Parts::of_t5(&config)?,
        };
        let counted = parts.total();
        ensure!(counted == self.parameters, "{} has {counted} parameters, not {}", self.name, self.parameters);
        Ok(parts)
    }

    /// What it keeps while it speaks, if it is a decoder.
    ///
    /// # Errors
    /// As [`architecture`](Self::architecture).
    pub fn cache(&self) -> anyhow::Result<Option<Cache>> {
        Ok(match self.architecture()? {
            Architecture::Decoder(config) => Some(Cache::of(&config)),
            Architecture::Encoder(_) | Architecture::TextToText(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_configurations_have_as_many_parameters_as_were_published() {
        let all = Published::all().unwrap();
        for model in &all {
            model.parts().unwrap_or_else(|error| panic!("{error:#}"));
        }
        assert!(all.is_sorted_by_key(|model| model.parameters));
    }

    /// 80 layers, and a key and a value of 8 heads of 128.
    #[test]
    fn shared_heads_keep_less() {
        let all = Published::all().unwrap();
        let llama = all.iter().find(|model| model.name == "LLaMA 2, 70B").unwrap();
        let cache = llama.cache().unwrap().unwrap();
        assert_eq!((cache.bytes(), cache.saving(), cache.context), (327_680, 8, 4_096));
        assert!(all[0].cache().unwrap().is_none(), "{} does not speak", all[0].name);
    }
}
