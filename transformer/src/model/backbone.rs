//! An encoder with its input: what every encoder-only model has in common.

use data::pairs::Sources;
use nn::Embedding;
use tensor::{Context, Init, Tensor};

use crate::input::Input;
use crate::{ConfigError, Encoder, EncoderConfig, Form};

/// Reads sentences, and makes of each token a vector that knows the others.
///
/// | parameter | shape | |
/// |---|---|---|
/// | `embedding.weight` | (V, D) | a vector for each token |
/// | `positions.weight` | (context, D) | a vector for each position, if they are learned |
/// | `encoder` | | the [encoder](Encoder) |
///
/// The names are the same in every encoder-only model, so what one has learned another can begin with.
#[derive(Clone, Debug)]
pub struct EncoderBackbone {
    config: EncoderConfig,
    form: Form,
    input: Input,
    encoder: Encoder,
}

impl EncoderBackbone {
    /// # Errors
    /// If no model can have this configuration.
    pub(super) fn new(init: &mut Init<'_>, config: EncoderConfig, tied: bool) -> Result<Self, ConfigError> {
        config.validate()?;
        let embedding = config.input().embedding(&mut init.child("embedding"), config.vocabulary, tied);
        let input = Input::new(init, config.input(), embedding, "embedding");
        let encoder = Encoder::new(&mut init.child("encoder"), &config.block, config.layers, config.final_norm);
        Ok(EncoderBackbone { config, form: Form::default(), input, encoder })
    }

    pub(super) fn with_form(self, form: Form) -> Self {
        EncoderBackbone { form, ..self }
    }

    /// The vectors of all tokens.
    ///
    /// # Shapes
    /// - `sentences`: (B, S); returns (B, S, D), where what stands in the padding is for nobody to read.
    ///
    /// # Panics
    /// If a token is not below V, or a position lies beyond the learned ones.
    #[track_caller]
    pub fn read(&self, cx: &Context<'_>, sentences: &Sources) -> Tensor {
        let x = self.input.forward(cx, sentences.tokens.view(), 0); // (B, S, D)
        self.encoder.forward(cx, &x, Some(&sentences.lengths), self.form)
    }

    /// The vectors of all tokens before the first block and behind each, not normalised.
    ///
    /// # Shapes
    /// - `sentences`: (B, S); returns L + 1 tensors (B, S, D), where what stands in the padding is for nobody to read.
    ///
    /// # Panics
    /// As [`read`](Self::read).
    #[track_caller]
    pub fn depths(&self, cx: &Context<'_>, sentences: &Sources) -> Vec<Tensor> {
        let x = self.input.forward(cx, sentences.tokens.view(), 0); // (B, S, D)
        self.encoder.depths(cx, &x, Some(&sentences.lengths), self.form)
    }

    /// Where each token looks, in every layer and head.
    ///
    /// # Shapes
    /// - `sentences`: (B, S); returns for each layer (B, N, S, S), each row summing to one.
    ///
    /// # Panics
    /// As [`read`](Self::read).
    #[track_caller]
    pub fn attention_weights(&self, cx: &Context<'_>, sentences: &Sources) -> Vec<Tensor> {
        let x = self.input.forward(cx, sentences.tokens.view(), 0); // (B, S, D)
        self.encoder.forward_with_weights(cx, &x, Some(&sentences.lengths), self.form).1
    }

    /// The architecture.
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    pub(super) fn embedding(&self) -> &Embedding {
        self.input.embedding()
    }
}
