//! The sizes and choices of the models.

use serde::{Deserialize, Serialize};

use crate::input::InputConfig;
use crate::{Biases, BlockConfig, ConfigError, Mask, Norm, Positions};

/// An encoder alone: everything but its parameters.
///
/// ```
/// use transformer::EncoderConfig;
/// let config = EncoderConfig::new(1000, 2, 64, 4);
/// let json = serde_json::to_string(&config)?;
/// assert_eq!(serde_json::from_str::<EncoderConfig>(&json)?, config);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderConfig {
    /// V, the number of different tokens; the one that stands for a masked word counts.
    pub vocabulary: usize,
    /// L, the number of blocks.
    pub layers: usize,
    /// What each block is, but for its mask, which is not read. Its dropout also applies to the sum of embeddings and
    /// positions.
    pub block: BlockConfig,
    /// How positions are told apart.
    pub positions: Positions,
    /// Whether embeddings are multiplied by √D (Vaswani et al. 2017, section 3.4).
    pub scaled_embeddings: bool,
    /// Whether a normalisation stands behind the last block.
    pub final_norm: bool,
}

impl EncoderConfig {
    /// L = `layers` pre-norm blocks of width D = `width` with N = `heads` heads, F = 4·D, GELU and biases, sinusoidal
    /// positions, and a normalisation at the end; nothing is dropped.
    pub fn new(vocabulary: usize, layers: usize, width: usize, heads: usize) -> Self {
        let block = BlockConfig { bias: Biases::ALL, mask: Mask::Bidirectional, ..BlockConfig::new(width, heads) };
        EncoderConfig {
            vocabulary,
            layers,
            block,
            positions: Positions::Sinusoidal,
            scaled_embeddings: true,
            final_norm: true,
        }
    }

    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        at_least_one([("vocabulary", self.vocabulary), ("number of layers", self.layers)])?;
        positions(self.positions)?;
        self.block.validate()
    }

    pub(crate) fn input(&self) -> InputConfig {
        input(&self.block, self.positions, self.scaled_embeddings)
    }
}

/// Which of the three tables of an encoder-decoder are one: source embeddings, target embeddings, and the output layer,
/// which compares the decoder's vectors with one vector for each token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// None: each has its own, and the output layer has a bias if the blocks have biases.
    #[default]
    None,
    /// Target embeddings and output are one (Press & Wolf 2017).
    Output,
    /// All three are one, as in the paper (section 3.4). Source and target must have one vocabulary.
    All,
}

/// An encoder-decoder: everything but its parameters.
///
/// ```
/// use tensor::{Init, Parameters};
/// use transformer::{Transformer, TransformerConfig};
///
/// let count = |config: TransformerConfig| {
///     let mut parameters = Parameters::new();
///     Transformer::new(&mut Init::new(&mut parameters, 1), config).map(|_| parameters.count())
/// };
/// // One table; 4·D² + 2·D·F and their biases and normalisations in each encoder block, 8·D² + 2·D·F in each of the
/// // decoder.
/// let (v, d, f) = (1000, 64, 256);
/// let encoder = 4 * d * d + 2 * d * f + (4 * d + d + f) + 2 * 2 * d;
/// let decoder = 8 * d * d + 2 * d * f + (8 * d + d + f) + 3 * 2 * d;
/// assert_eq!(count(TransformerConfig::paper(v, 2, d, 4))?, v * d + 2 * encoder + 2 * decoder);
/// # Ok::<(), transformer::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransformerConfig {
    /// V of the source, the number of different tokens; padding, start and end count.
    pub source_vocabulary: usize,
    /// V of the target, likewise.
    pub target_vocabulary: usize,
    /// The number of encoder blocks.
    pub encoder_layers: usize,
    /// The number of decoder blocks.
    pub decoder_layers: usize,
    /// What each block is, but for its mask, which is not read. Its dropout also applies to the sums of embeddings and
    /// positions.
    pub block: BlockConfig,
    /// How positions are told apart, in the source and in the target.
    pub positions: Positions,
    /// Which tables are one.
    pub sharing: Sharing,
    /// Whether embeddings are multiplied by √D (Vaswani et al. 2017, section 3.4).
    pub scaled_embeddings: bool,
    /// Whether a normalisation stands behind the last block of the encoder, and of the decoder.
    pub final_norm: bool,
    /// ε of label smoothing: the part of the probability that the loss wants spread over all tokens (Vaswani et al.
    /// 2017, section 5.4).
    pub label_smoothing: f64,
}

impl TransformerConfig {
    /// The paper's: post-norm blocks with ReLU, F = 4·D, sinusoidal positions, one table scaled by √D for source,
    /// target and output, dropout 0.1 and label smoothing 0.1 (sections 3 and 5.4). Its base model is
    /// `paper(37_000, 6, 512, 8)`.
    pub fn paper(vocabulary: usize, layers: usize, width: usize, heads: usize) -> Self {
        TransformerConfig {
            source_vocabulary: vocabulary,
            target_vocabulary: vocabulary,
            encoder_layers: layers,
            decoder_layers: layers,
            block: BlockConfig { dropout: 0.1, ..BlockConfig::paper(width, heads) },
            positions: Positions::Sinusoidal,
            sharing: Sharing::All,
            scaled_embeddings: true,
            final_norm: false,
            label_smoothing: 0.1,
        }
    }

    /// For small models that should train at once: the paper's architecture, but pre-norm, with two vocabularies and
    /// two tables, nothing dropped and nothing smoothed.
    pub fn new(source: usize, target: usize, layers: usize, width: usize, heads: usize) -> Self {
        let paper = TransformerConfig::paper(target, layers, width, heads);
        TransformerConfig {
            source_vocabulary: source,
            block: BlockConfig { norm: Norm::Pre, dropout: 0.0, ..paper.block },
            sharing: Sharing::Output,
            final_norm: true,
            label_smoothing: 0.0,
            ..paper
        }
    }

    /// `torch.nn.Transformer` between two embeddings and an output layer with a bias: post-norm with ReLU, biases, a
    /// normalisation behind encoder and decoder; no positions, nothing shared or scaled, nothing dropped or smoothed.
    pub fn pytorch(source: usize, target: usize, layers: usize, width: usize, heads: usize) -> Self {
        let new = TransformerConfig::new(source, target, layers, width, heads);
        TransformerConfig {
            block: BlockConfig { norm: Norm::Post, ..new.block },
            positions: Positions::None,
            sharing: Sharing::None,
            scaled_embeddings: false,
            ..new
        }
    }

    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let (source_tokens, target_tokens) = (self.source_vocabulary, self.target_vocabulary);
        at_least_one([
            ("source vocabulary", source_tokens),
            ("target vocabulary", target_tokens),
            ("number of encoder layers", self.encoder_layers),
            ("number of decoder layers", self.decoder_layers),
        ])?;
        positions(self.positions)?;
        if self.sharing == Sharing::All && source_tokens != target_tokens {
            return Err(ConfigError::Vocabularies { source_tokens, target_tokens });
        }
        if !(0.0..1.0).contains(&self.label_smoothing) {
            return Err(ConfigError::LabelSmoothing { smoothing: self.label_smoothing });
        }
        self.block.validate_with_memory()
    }

    pub(crate) fn input(&self) -> InputConfig {
        input(&self.block, self.positions, self.scaled_embeddings)
    }
}

fn at_least_one<const N: usize>(sizes: [(&'static str, usize); N]) -> Result<(), ConfigError> {
    let zero = sizes.into_iter().find(|&(_, size)| size == 0);
    zero.map_or(Ok(()), |(what, _)| Err(ConfigError::Zero { what }))
}

fn positions(positions: Positions) -> Result<(), ConfigError> {
    match positions {
        Positions::Learned { context } => at_least_one([("number of learned positions", context)]),
        Positions::None | Positions::Sinusoidal => Ok(()),
    }
}

fn input(block: &BlockConfig, positions: Positions, scaled: bool) -> InputConfig {
    InputConfig { width: block.width, positions, scaled, dropout: block.dropout }
}
