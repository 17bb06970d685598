//! The encoder-decoder of the paper.

use data::Token;
use data::pairs::{PairBatch, Sources};
use ndarray::{Array2, ArrayView2, Axis, Ix2, Ix4};
use nn::{Linear, Step, Trainable, Translator, smoothed_cross_entropy};
use tensor::{Context, Init, Initializer, Tensor};

use super::Sharing;
use crate::input::Input;
use crate::{ConfigError, CrossKeyValues, Decoder, Encoder, Form, KeyValueCache, TransformerConfig};

/// The Transformer (Vaswani et al. 2017, figure 1): an encoder makes a memory of the source, a decoder says the
/// translation token by token, looking at what it has said and at the memory.
///
/// | parameter | shape | |
/// |---|---|---|
/// | `source.weight` | (V_S, D) | a vector for each source token; shared by all, it is the only table |
/// | `target.weight` | (V_T, D) | a vector for each target token; shared with the output, it is that too |
/// | `source.positions.weight`, `target.positions.weight` | (context, D) | if positions are learned |
/// | `encoder` | | the [encoder](Encoder) |
/// | `decoder` | | the [decoder](Decoder) |
/// | `output.weight`, `output.bias` | (V_T, D), (V_T) | unless it shares a table |
///
/// `encoder` and `decoder` have the names that they have in `torch.nn.Transformer`.
///
/// ```
/// use data::pairs::PairBatch;
/// use nn::{Trainable, Translator};
/// use tensor::{Context, Init, Parameters};
/// use transformer::{Transformer, TransformerConfig};
///
/// let mut parameters = Parameters::new();
/// let config = TransformerConfig::pytorch(65, 65, 2, 128, 4);
/// let model = Transformer::new(&mut Init::new(&mut parameters, 1), config)?;
/// assert_eq!(parameters.count(), 951_233); // that of PyTorch
///
/// let batch = PairBatch::new(&[(&[5, 6, 7], &[8, 9]), (&[4], &[3])]);
/// let cx = Context::eval(&parameters);
/// assert_eq!(model.logits(&cx, &batch).shape(), [2, 3, 65]); // (B, T, V)
///
/// let (memory, mut state) = model.encode(&cx, &batch.sources);
/// let step = model.next(&cx, &memory, &mut state, &[1, 1]);
/// assert_eq!(step.alignment.unwrap().row(1).to_vec(), [1.0, 0.0, 0.0]); // the second source has one token
/// # Ok::<(), transformer::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Transformer {
    config: TransformerConfig,
    form: Form,
    source: Input,
    target: Input,
    encoder: Encoder,
    decoder: Decoder,
    output: Linear,
}

impl Transformer {
    /// A model whose matrices begin uniform as Glorot & Bengio 2010 say, biases at 0, embeddings normal.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn new(init: &mut Init<'_>, config: TransformerConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let TransformerConfig { ref block, sharing, final_norm, .. } = config;
        let input = config.input();
        let mut place = init.child("source");
        let own = input.embedding(&mut place, config.source_vocabulary, sharing == Sharing::All);
        let source = Input::new(&mut place, input, own.clone(), "source");
        let mut place = init.child("target");
        let own = match sharing {
            Sharing::All => own,
            Sharing::Output => input.embedding(&mut place, config.target_vocabulary, true),
            Sharing::None => input.embedding(&mut place, config.target_vocabulary, false),
        };
        let target = Input::new(&mut place, input, own.clone(), "target");
        let encoder = Encoder::new(&mut init.child("encoder"), block, config.encoder_layers, final_norm);
        let decoder = Decoder::new(&mut init.child("decoder"), block, config.decoder_layers, final_norm);
        let output = match sharing {
            Sharing::None => {
                let uniform = Initializer::Uniform { bound: 1.0 / (block.width as f64).sqrt() };
                let bias = block.bias.feed_forward.then_some(uniform);
                Linear::with(&mut init.child("output"), block.width, config.target_vocabulary, uniform, bias)
            }
            Sharing::Output | Sharing::All => Linear::tied(&own),
        };
        Ok(Transformer { form: Form::default(), source, target, encoder, decoder, output, config })
    }

    /// The same model, computed in the other form.
    pub fn with_form(self, form: Form) -> Self {
        Transformer { form, ..self }
    }

    /// The architecture.
    pub fn config(&self) -> &TransformerConfig {
        &self.config
    }

    /// What the encoder's first block receives.
    ///
    /// # Shapes
    /// - `tokens`: (B, S); returns (B, S, D).
    ///
    /// # Panics
    /// If a token is not below the source's V, or a position lies beyond the learned ones.
    #[track_caller]
    pub fn embed_source(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>) -> Tensor {
        self.source.forward(cx, tokens, 0)
    }

    /// What the decoder's first block receives.
    ///
    /// # Shapes
    /// - `tokens`: (B, T), standing at the positions from `first` on; returns (B, T, D).
    ///
    /// # Panics
    /// If a token is not below the target's V, or a position lies beyond the learned ones.
    #[track_caller]
    pub fn embed_target(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>, first: usize) -> Tensor {
        self.target.forward(cx, tokens, first)
    }

    /// The right translations as the decoder's first block receives them, without what is no number in the padding,
    /// (B, T, D).
    fn targets_embedded(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        self.embed_target(cx, batch.inputs.view(), 0).finite_within(batch.ends().as_deref())
    }

    /// The encoder.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The decoder.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// The scores of every next token, from the vectors that the first blocks receive.
    ///
    /// # Shapes
    /// - `source`: (B, S, D), of which `lengths[b]` positions are real, or all, `target`: (B, T, D); returns (B, T, V).
    // ANCHOR: logits
    #[track_caller]
    pub fn logits_of_embedded(
        &self,
        cx: &Context<'_>,
        source: &Tensor,
        lengths: Option<&[usize]>,
        target: &Tensor,
    ) -> Tensor {
        let memory = self.encoder.forward(cx, source, lengths, self.form); // (B, S, D)
        let said = self.decoder.forward(cx, target, &memory, lengths, self.form); // (B, T, D)
        self.output.forward(cx, &said) // (B, T, V)
    }
    // ANCHOR_END: logits

    /// Where each position looks, in every layer and head.
    ///
    /// # Panics
    /// If a token is not below its V, or a position lies beyond the learned ones.
    #[track_caller]
    pub fn attention_weights(&self, cx: &Context<'_>, batch: &PairBatch) -> AttentionWeights {
        let lengths = Some(&batch.sources.lengths[..]);
        let source = self.embed_source(cx, batch.sources.tokens.view()); // (B, S, D)
        let (memory, encoder) = self.encoder.forward_with_weights(cx, &source, lengths, self.form);
        let target = self.targets_embedded(cx, batch); // (B, T, D)
        let weights = self.decoder.weights(cx, &target, &memory, lengths, self.form);
        let (decoder, cross) = weights.into_iter().map(|[own, cross]| (own, cross)).unzip();
        AttentionWeights { encoder, decoder, cross }
    }
}

/// Where a [`Transformer`] looked: for each layer the weights of every head, each row summing to one.
#[derive(Clone, Debug)]
pub struct AttentionWeights {
    /// From source to source, (B, N, S, S) each.
    pub encoder: Vec<Tensor>,
    /// From target to target, (B, N, T, T) each.
    pub decoder: Vec<Tensor>,
    /// From target to source, (B, N, T, S) each.
    pub cross: Vec<Tensor>,
}

impl Trainable for Transformer {
    type Batch = PairBatch;

    /// With label smoothing in training, without in evaluation: held-out losses can be compared with those of other
    /// models.
    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        let smoothing = if cx.is_training() { self.config.label_smoothing } else { 0.0 };
        smoothed_cross_entropy(&self.logits(cx, batch), batch.targets.view().into_dyn(), smoothing)
    }

    fn targets(&self, batch: &PairBatch) -> usize {
        batch.answers()
    }
}

impl Translator for Transformer {
    /// The cross-attention's keys and values of each layer.
    type Memory = Vec<CrossKeyValues>;
    /// The self-attention's keys and values of each layer.
    type State = Vec<KeyValueCache>;

    fn vocabulary(&self) -> usize {
        self.config.target_vocabulary
    }

    #[track_caller]
    fn logits(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        let source = self.embed_source(cx, batch.sources.tokens.view()); // (B, S, D)
        let target = self.targets_embedded(cx, batch); // (B, T, D)
        self.logits_of_embedded(cx, &source, Some(&batch.sources.lengths), &target)
    }

    #[track_caller]
    fn encode(&self, cx: &Context<'_>, sources: &Sources) -> (Self::Memory, Self::State) {
        let lengths = Some(&sources.lengths[..]);
        let source = self.embed_source(cx, sources.tokens.view()); // (B, S, D)
        let memory = self.encoder.forward(cx, &source, lengths, self.form); // (B, S, D)
        self.decoder.start(cx, &memory, lengths)
    }

    /// The alignment is the mean over the heads of the last layer's cross-attention.
    #[track_caller]
    fn next(&self, cx: &Context<'_>, memory: &Self::Memory, state: &mut Self::State, tokens: &[Token]) -> Step {
        let column = ArrayView2::from_shape((tokens.len(), 1), tokens).expect("one column");
        let x = self.embed_target(cx, column, state[0].len()); // (B, 1, D)
        let (said, weights) = self.decoder.forward_cached(cx, &x, memory, state); // (B, 1, D) and (B, N, 1, S)
        let logits = self.output.forward(cx, &said.index(1, 0)); // (B, V)
        let weights = weights.view::<Ix4>("alignment");
        // (B, S)
        let alignment: Array2<_> = weights.index_axis(Axis(2), 0).mean_axis(Axis(1)).expect("at least one head");
        Step { logits: logits.view::<Ix2>("logits").to_owned(), alignment: Some(alignment) }
    }
}
