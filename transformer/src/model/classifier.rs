//! An encoder that answers one question about a whole sentence.

use data::Token;
use data::pairs::Sources;
use ndarray::ArrayView1;
use nn::{Linear, Trainable, cross_entropy};
use tensor::{Context, Init, Tensor};

use super::EncoderBackbone;
use crate::{ConfigError, EncoderConfig, Form};

/// Sentences, and the class of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// (B, S).
    pub sentences: Sources,
    /// (B), each below the number of classes.
    pub labels: Vec<Token>,
}

/// A classifier on an encoder: the scores of the classes are an affine map of the first position's vector (Devlin et
/// al. 2019, section 3.2). Whoever makes the sentences puts the same token before each (BERT's `[CLS]`), which stands
/// for the whole: through attention it can gather whatever the question needs.
///
/// Its parameters are those of its [`EncoderBackbone`], and `classifier.weight` (classes, D) and `classifier.bias` (classes).
/// Begin with the backbone's parameters of a [`MaskedLanguageModel`](crate::MaskedLanguageModel), and it is fine-tuning.
///
/// ```
/// use data::pairs::Sources;
/// use tensor::{Context, Init, Parameters};
/// use transformer::{EncoderConfig, SentenceClassifier};
///
/// let mut parameters = Parameters::new();
/// let config = EncoderConfig::new(10, 1, 12, 3);
/// let model = SentenceClassifier::new(&mut Init::new(&mut parameters, 1), config, 2)?;
/// let logits = model.logits(&Context::eval(&parameters), &Sources::new(&[&[1, 4, 5, 6], &[1, 8]]));
/// assert_eq!(logits.shape(), [2, 2]); // (B, classes)
/// # Ok::<(), transformer::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SentenceClassifier {
    backbone: EncoderBackbone,
    output: Linear,
}

impl SentenceClassifier {
    /// # Errors
    /// If no model can have this configuration, or there is no class.
    pub fn new(init: &mut Init<'_>, config: EncoderConfig, classes: usize) -> Result<Self, ConfigError> {
        if classes == 0 {
            return Err(ConfigError::Zero { what: "number of classes" });
        }
        let backbone = EncoderBackbone::new(init, config, false)?;
        let output = Linear::new(&mut init.child("classifier"), backbone.config().block.width, classes);
        Ok(SentenceClassifier { backbone, output })
    }

    /// The same model, computed in the other form.
    pub fn with_form(self, form: Form) -> Self {
        SentenceClassifier { backbone: self.backbone.with_form(form), ..self }
    }

    /// The scores of the classes, before softmax.
    ///
    /// # Shapes
    /// - `sentences`: (B, S); returns (B, classes).
    ///
    /// # Panics
    /// If a token is not below V, or a position lies beyond the learned ones.
    #[track_caller]
    pub fn logits(&self, cx: &Context<'_>, sentences: &Sources) -> Tensor {
        self.output.forward(cx, &self.backbone.read(cx, sentences).index(1, 0)) // (B, classes)
    }

    /// What makes the vectors.
    pub fn backbone(&self) -> &EncoderBackbone {
        &self.backbone
    }
}

impl Trainable for SentenceClassifier {
    type Batch = Labelled;

    fn loss(&self, cx: &Context<'_>, batch: &Labelled) -> Tensor {
        cross_entropy(&self.logits(cx, &batch.sentences), ArrayView1::from(&batch.labels).into_dyn())
    }

    fn targets(&self, batch: &Labelled) -> usize {
        batch.labels.len()
    }
}
