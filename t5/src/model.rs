//! The model: one embedding, an encoder, a decoder, an output layer.

use data::Token;
use data::pairs::{Ends, PairBatch, Sources};
use ndarray::{Array2, ArrayView2, Axis, Ix2, Ix4};
use nn::{Dropout, Embedding, Linear, Step, Trainable, Translator, cross_entropy};
use tensor::{Context, Init, Initializer, Real, Tensor};
use transformer::{ConfigError, CrossKeyValues, Decoder, Encoder, Form, KeyValueCache, Mask, sentence_vectors};

use crate::T5Config;

/// An encoder-decoder with relative positions (Raffel et al. 2020, section 2.1).
///
/// | parameter | shape | |
/// |---|---|---|
/// | `shared.weight` | (V, D) | a vector for each token of source and target; in version 1.0 the output layer too |
/// | `encoder` | | the [encoder](Encoder::t5) |
/// | `decoder` | | the [decoder](Decoder::t5) |
/// | `lm_head.weight` | (V, D) | the output layer, if it is a matrix of its own |
///
/// ```
/// use data::pairs::PairBatch;
/// use nn::Translator;
/// use t5::{T5, T5Config};
/// use tensor::{Context, Init, Parameters};
///
/// let mut parameters = Parameters::new();
/// let model = T5::new(&mut Init::new(&mut parameters, 1), T5Config::v1_0(20, 2, 12, 3))?;
/// // 4·D² + 2·D·F and two gains in a block of the encoder, 8·D² + 2·D·F and three in one of the decoder, a gain at the
/// // end of each, two tables of 32 buckets, one embedding.
/// let blocks = (12 * 144 + 2 * 12) + (16 * 144 + 3 * 12);
/// assert_eq!(parameters.count(), 2 * blocks + 2 * 12 + 2 * 32 * 3 + 20 * 12);
///
/// let batch = PairBatch::new(&[(&[5, 6, 7], &[8, 9]), (&[4], &[3])]);
/// let cx = Context::eval(&parameters);
/// assert_eq!(model.logits(&cx, &batch).shape(), [2, 3, 20]); // (B, T, V)
/// # Ok::<(), transformer::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct T5 {
    config: T5Config,
    form: Form,
    shared: Embedding,
    source_dropout: Dropout,
    target_dropout: Dropout,
    encoder: Encoder,
    decoder: Decoder,
    head: Linear,
}

impl T5 {
    /// A model that begins as T5's program says: embeddings normal with standard deviation 1, the blocks' matrices as in
    /// [`FirstValues::T5`](transformer::FirstValues::T5). An output layer of its own begins with 1/√D.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn new(init: &mut Init<'_>, config: T5Config) -> Result<Self, ConfigError> {
        config.validate()?;
        let T5Config { vocabulary, encoder_layers, decoder_layers, ref block, tied_head, .. } = config;
        let shared = Embedding::new(&mut init.child("shared"), vocabulary, block.width);
        let encoder =
            Encoder::t5(&mut init.child("encoder"), block, encoder_layers, config.buckets(Mask::Bidirectional));
        let decoder = Decoder::t5(&mut init.child("decoder"), block, decoder_layers, config.buckets(Mask::Causal));
        let head = if tied_head {
            Linear::tied(&shared)
        } else {
            let normal = Initializer::Normal { std: 1.0 / (block.width as f64).sqrt() };
            Linear::with(&mut init.child("lm_head"), block.width, vocabulary, normal, None)
        };
        let [source_dropout, target_dropout] = ["source", "target"].map(|site| Dropout::new(block.dropout, site));
        let form = Form::default();
        Ok(T5 { config, form, shared, source_dropout, target_dropout, encoder, decoder, head })
    }

    /// The same model, computed in the other form.
    pub fn with_form(self, form: Form) -> Self {
        T5 { form, ..self }
    }

    /// The architecture.
    pub fn config(&self) -> &T5Config {
        &self.config
    }

    /// The encoder.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// The decoder.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// What the encoder's first block receives.
    ///
    /// # Shapes
    /// - `tokens`: (B, S); returns (B, S, D).
    ///
    /// # Panics
    /// If a token is not below V.
    #[track_caller]
    pub fn embed_source(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>) -> Tensor {
        self.source_dropout.forward(cx, &self.shared.forward(cx, tokens.into_dyn()))
    }

    /// What the decoder's first block receives. It does not depend on where the tokens stand.
    ///
    /// # Shapes
    /// - `tokens`: (B, T); returns (B, T, D).
    ///
    /// # Panics
    /// If a token is not below V.
    #[track_caller]
    pub fn embed_target(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>) -> Tensor {
        self.target_dropout.forward(cx, &self.shared.forward(cx, tokens.into_dyn()))
    }

    /// What the encoder has made of the sources: vectors in which each token knows its sentence.
    ///
    /// # Shapes
    /// - `sources`: (B, S); returns (B, S, D), 0 in the padding.
    ///
    /// # Panics
    /// If a token is not below V.
    #[track_caller]
    pub fn memory(&self, cx: &Context<'_>, sources: &Sources) -> Tensor {
        let x = self.embed_source(cx, sources.tokens.view()); // (B, S, D)
        self.encoder.forward(cx, &x, Some(&sources.lengths), self.form)
    }

    /// One vector of length 1 for each text: the direction of the mean of what the encoder makes of its tokens
    /// ([`sentence_vectors`](transformer::sentence_vectors)). Sentence-T5 (Ni et al. 2022) takes the same mean of a model that was
    /// trained for it.
    ///
    /// # Shapes
    /// - `texts`: (B, S); returns (B, D).
    ///
    /// # Panics
    /// If a token is not below V.
    #[track_caller]
    pub fn sentence_vectors(&self, cx: &Context<'_>, texts: &Sources) -> Tensor {
        sentence_vectors(&self.memory(cx, texts), &texts.lengths)
    }

    /// The encoder's stream before its first block and behind each, not normalised.
    ///
    /// # Shapes
    /// - `sources`: (B, S); returns tensors (B, S, D), where what stands in the padding is for nobody to read.
    ///
    /// # Panics
    /// If a token is not below V.
    #[track_caller]
    pub fn encoder_depths(&self, cx: &Context<'_>, sources: &Sources) -> Vec<Tensor> {
        let x = self.embed_source(cx, sources.tokens.view()); // (B, S, D)
        self.encoder.depths(cx, &x, Some(&sources.lengths), self.form)
    }

    /// The decoder's stream before its first block and behind each, not normalised.
    ///
    /// # Shapes
    /// - `batch`: (B, S) and (B, T); returns tensors (B, T, D).
    ///
    /// # Panics
    /// If a token is not below V.
    #[track_caller]
    pub fn decoder_depths(&self, cx: &Context<'_>, batch: &PairBatch) -> Vec<Tensor> {
        let memory = self.memory(cx, &batch.sources); // (B, S, D)
        self.decoder.depths(cx, &self.targets_embedded(cx, batch), &memory, Some(&batch.sources.lengths), self.form)
    }

    /// The right answers as the decoder's first block receives them, without what is no number in the padding, (B, T, D).
    fn targets_embedded(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        self.embed_target(cx, batch.inputs.view()).finite_within(batch.ends().as_deref())
    }

    /// The scores of every token, from the vectors behind the decoder's last normalisation.
    ///
    /// # Shapes
    /// - `x`: (.., D); returns (.., V).
    // ANCHOR: output
    #[track_caller]
    pub fn output(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        if self.config.scaled_output {
            let scale = 1.0 / (self.config.block.width as Real).sqrt();
            self.head.forward(cx, &x.scale(scale)) // (.., V)
        } else {
            self.head.forward(cx, x)
        }
    }
    // ANCHOR_END: output

    /// The scores of every next token, from the vectors that the first blocks receive.
    ///
    /// # Shapes
    /// - `source`: (B, S, D), of which `lengths[b]` positions are real, or all, `target`: (B, T, D); returns (B, T, V).
    #[track_caller]
    pub fn logits_of_embedded(
        &self,
        cx: &Context<'_>,
        source: &Tensor,
        lengths: Option<&[usize]>,
        target: &Tensor,
    ) -> Tensor {
        let memory = self.encoder.forward(cx, source, lengths, self.form); // (B, S, D)
        self.output(cx, &self.decoder.forward(cx, target, &memory, lengths, self.form)) // (B, T, V)
    }
}

impl Trainable for T5 {
    type Batch = PairBatch;

    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        cross_entropy(&self.logits(cx, batch), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &PairBatch) -> usize {
        batch.answers()
    }
}

impl Translator for T5 {
    /// The cross-attention's keys and values of each layer.
    type Memory = Vec<CrossKeyValues>;
    /// The self-attention's keys and values of each layer.
    type State = Vec<KeyValueCache>;

    fn vocabulary(&self) -> usize {
        self.config.vocabulary
    }

    /// T5s begin with what fills rows.
    fn ends(&self) -> Ends {
        let T5Config { start, end, .. } = self.config;
        Ends { padding: start, start, end }
    }

    #[track_caller]
    fn logits(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        let source = self.embed_source(cx, batch.sources.tokens.view()); // (B, S, D)
        let target = self.targets_embedded(cx, batch); // (B, T, D)
        self.logits_of_embedded(cx, &source, Some(&batch.sources.lengths), &target)
    }

    #[track_caller]
    fn encode(&self, cx: &Context<'_>, sources: &Sources) -> (Self::Memory, Self::State) {
        self.decoder.start(cx, &self.memory(cx, sources), Some(&sources.lengths))
    }

    /// The alignment is the mean over the heads of the last layer's cross-attention.
    #[track_caller]
    fn next(&self, cx: &Context<'_>, memory: &Self::Memory, state: &mut Self::State, tokens: &[Token]) -> Step {
        let column = ArrayView2::from_shape((tokens.len(), 1), tokens).expect("one column");
        let x = self.embed_target(cx, column); // (B, 1, D)
        let (said, weights) = self.decoder.forward_cached(cx, &x, memory, state); // (B, 1, D) and (B, N, 1, S)
        let logits = self.output(cx, &said.index(1, 0)); // (B, V)
        let weights = weights.view::<Ix4>("alignment");
        // (B, S)
        let alignment: Array2<_> = weights.index_axis(Axis(2), 0).mean_axis(Axis(1)).expect("at least one head");
        Step { logits: logits.view::<Ix2>("logits").to_owned(), alignment: Some(alignment) }
    }
}
