//! An encoder that is asked which words were hidden.

use data::masked::MaskedBatch;
use data::pairs::Sources;
use nn::{Linear, Trainable, cross_entropy};
use tensor::{Context, Init, Tensor};

use super::EncoderBackbone;
use crate::{ConfigError, EncoderConfig, Form};

/// An encoder-only model of masked words (Devlin et al. 2019, section 3.1): some words of a sentence are hidden, and
/// the model says which they were. It sees both sides of the gap, which a model that predicts the next word does not;
/// in return only the hidden words are exercises, and it does not speak.
///
/// Its parameters are those of its [`EncoderBackbone`]; the output compares each vector with the embedding of every token. BERT
/// has one more layer before that, and is told which of two sentences a token belongs to.
///
/// ```
/// use data::masked::WordMask;
/// use data::pairs::Sources;
/// use nn::Trainable;
/// use tensor::{Context, Init, Parameters};
/// use transformer::{EncoderConfig, MaskedLanguageModel};
///
/// let mut parameters = Parameters::new();
/// let config = EncoderConfig::new(10, 1, 12, 3);
/// let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config)?;
/// let sentences = Sources::new(&[&[3, 4, 5, 6], &[7, 8]]);
/// assert_eq!(model.logits(&Context::eval(&parameters), &sentences).shape(), [2, 4, 10]); // (B, S, V)
///
/// let batch = WordMask::new(9, 3..9).hide(sentences, 1, 0);
/// let loss = model.loss(&Context::train(&parameters, 1, 0), &batch);
/// assert!(loss.item() > 0.0);
/// # Ok::<(), transformer::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MaskedLanguageModel {
    backbone: EncoderBackbone,
    output: Linear,
}

impl MaskedLanguageModel {
    /// # Errors
    /// If no model can have this configuration.
    pub fn new(init: &mut Init<'_>, config: EncoderConfig) -> Result<Self, ConfigError> {
        let backbone = EncoderBackbone::new(init, config, true)?;
        let output = Linear::tied(backbone.embedding());
        Ok(MaskedLanguageModel { backbone, output })
    }

    /// The same model, computed in the other form.
    pub fn with_form(self, form: Form) -> Self {
        MaskedLanguageModel { backbone: self.backbone.with_form(form), ..self }
    }

    /// The scores of every token at every position, before softmax.
    ///
    /// # Shapes
    /// - `sentences`: (B, S); returns (B, S, V).
    ///
    /// # Panics
    /// If a token is not below V, or a position lies beyond the learned ones.
    #[track_caller]
    pub fn logits(&self, cx: &Context<'_>, sentences: &Sources) -> Tensor {
        self.output.forward(cx, &self.backbone.read(cx, sentences)) // (B, S, V)
    }

    /// What makes the vectors.
    pub fn backbone(&self) -> &EncoderBackbone {
        &self.backbone
    }
}

impl Trainable for MaskedLanguageModel {
    type Batch = MaskedBatch;

    fn loss(&self, cx: &Context<'_>, batch: &MaskedBatch) -> Tensor {
        cross_entropy(&self.logits(cx, &batch.sentences), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &MaskedBatch) -> usize {
        batch.answers()
    }
}
