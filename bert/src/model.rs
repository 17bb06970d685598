//! The model: embeddings, blocks, and what is made of the last vectors.

use data::masked::MaskedBatch;
use data::{IGNORE, Token};
use ndarray::Array2;
use nn::{Evaluation, Form, Linear, Trainable, cross_entropy, evaluate_scores};
use tensor::{Context, Init, Parameters, Tensor};
use transformer::{Block, ConfigError, FirstValues, Stack, sentence_vectors};

use crate::embeddings::Embeddings;
use crate::head::{MaskedWordHead, dense};
use crate::{BertConfig, BertInput};

/// An encoder-only model of masked words.
///
/// | parameter | shape | |
/// |---|---|---|
/// | `embeddings.word_embeddings.weight` | (V, D) | a vector for each token; the output layer too |
/// | `embeddings.position_embeddings.weight` | (context, D) | a vector for each position |
/// | `embeddings.token_type_embeddings.weight` | (types, D) | a vector for each type of token, if there are types |
/// | `embeddings.LayerNorm` | (D) | the normalisation of their sum |
/// | `encoder.layers.0` .. | | the [blocks](Block::pytorch) |
/// | `cls.predictions.transform.dense` | (D, D) | the masked-word head, if there is one |
/// | `cls.predictions.transform.LayerNorm` | (D) | its normalisation |
/// | `cls.predictions.bias` | (V) | what it adds to each token's score |
/// | `pooler.dense` | (D, D) | the pooler, if there is one |
///
/// with a `.weight` and a `.bias` of each map and normalisation. Outside the blocks the names are those of BERT's checkpoints;
/// all weights are (out, in).
///
/// ```
/// use bert::{Bert, BertConfig};
/// use data::masked::WordMask;
/// use data::pairs::Sources;
/// use nn::Trainable;
/// use tensor::{Context, Init, Parameters};
///
/// let mut parameters = Parameters::new();
/// let model = Bert::new(&mut Init::new(&mut parameters, 1), BertConfig::new(10, 8, 1, 12, 3))?;
/// let sentences = Sources::new(&[&[3, 4, 5, 6], &[7, 8]]);
/// let cx = Context::eval(&parameters);
/// assert_eq!(model.logits(&cx, &sentences).shape(), [2, 4, 10]); // (B, S, V)
/// assert_eq!(model.sentence_vectors(&cx, &sentences).shape(), [2, 12]); // (B, D)
///
/// let batch = WordMask::new(9, 3..9).hide(sentences, 1, 0);
/// let loss = model.loss(&Context::train(&parameters, 1, 0), &batch);
/// assert!(loss.item() > 0.0);
/// # Ok::<(), transformer::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Bert {
    config: BertConfig,
    form: Form,
    embeddings: Embeddings,
    stack: Stack,
    head: Option<MaskedWordHead>,
    pooler: Option<Linear>,
}

impl Bert {
    /// A model whose weights begin normal with standard deviation 0.02, biases at 0.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn new(init: &mut Init<'_>, config: BertConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let BertConfig { vocabulary, layers, ref block, masked_words, pooler, .. } = config;
        let embeddings = Embeddings::new(&mut init.child("embeddings"), &config);
        let stack = Stack::beginning(&mut init.child("encoder"), block, layers, false, "encoder", FirstValues::Bert);
        let mut predictions =
            || MaskedWordHead::new(&mut init.child("cls").child("predictions"), block, vocabulary, &embeddings.words);
        let head = masked_words.then(&mut predictions);
        let pooler = pooler.then(|| dense(&mut init.child("pooler").child("dense"), block.width));
        Ok(Bert { form: Form::default(), embeddings, stack, head, pooler, config })
    }

    /// The same model, computed in the other form.
    pub fn with_form(self, form: Form) -> Self {
        Bert { form, ..self }
    }

    /// The architecture.
    pub fn config(&self) -> &BertConfig {
        &self.config
    }

    /// The blocks, from the first to the last.
    pub fn blocks(&self) -> &[Block] {
        self.stack.blocks()
    }

    /// The vectors of all tokens.
    ///
    /// # Shapes
    /// - `input`: (B, S); returns (B, S, D), 0 in the padding.
    ///
    /// # Panics
    /// If a token is not below V, a type not below their number, or a sentence longer than the context; or if there are
    /// types and the model has none.
    #[track_caller]
    pub fn read<'a>(&self, cx: &Context<'_>, input: impl Into<BertInput<'a>>) -> Tensor {
        let input = input.into();
        let lengths = &input.sentences.lengths;
        let x = self.embeddings.forward(cx, input); // (B, S, D)
        self.stack.forward(cx, &x, Some(lengths), self.form).within(lengths)
    }

    /// The vectors of all tokens before the first block and behind each.
    ///
    /// # Shapes
    /// - `input`: (B, S); returns L + 1 tensors (B, S, D), where what stands in the padding is for nobody to read.
    ///
    /// # Panics
    /// As [`read`](Self::read).
    #[track_caller]
    pub fn depths<'a>(&self, cx: &Context<'_>, input: impl Into<BertInput<'a>>) -> Vec<Tensor> {
        let input = input.into();
        let x = self.embeddings.forward(cx, input); // (B, S, D)
        self.stack.depths(cx, &x, Some(&input.sentences.lengths), self.form)
    }

    /// Where each token looks, in every layer and head.
    ///
    /// # Shapes
    /// - `input`: (B, S); returns for each layer (B, N, S, S), each row summing to one.
    ///
    /// # Panics
    /// As [`read`](Self::read).
    #[track_caller]
    pub fn attention_weights<'a>(&self, cx: &Context<'_>, input: impl Into<BertInput<'a>>) -> Vec<Tensor> {
        let input = input.into();
        self.stack.weights(cx, &self.depths(cx, input), Some(&input.sentences.lengths))
    }

    /// The scores of every token at every position, before softmax.
    ///
    /// # Shapes
    /// - `input`: (B, S); returns (B, S, V).
    ///
    /// # Panics
    /// As [`read`](Self::read), and if the model has no masked-word head.
    #[track_caller]
    pub fn logits<'a>(&self, cx: &Context<'_>, input: impl Into<BertInput<'a>>) -> Tensor {
        self.logits_of_vectors(cx, &self.read(cx, input))
    }

    /// The scores of every token, from the [vectors](Self::read) of some.
    ///
    /// # Shapes
    /// - `x`: (B, S, D); returns (B, S, V).
    ///
    /// # Panics
    /// If the last axis of `x` is not D, or the model has no masked-word head.
    #[track_caller]
    pub fn logits_of_vectors(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        let head = self.head.as_ref().expect("this model has no head that guesses words");
        head.forward(cx, x, self.form)
    }

    /// The scores of every token at the hidden words of a batch, one word after another, and what stood there.
    ///
    /// Nothing is scored elsewhere: some 15 of 100 tokens are asked for, and the output layer is the largest product of a small
    /// model.
    ///
    /// # Shapes
    /// - returns (1, n, V) and (1, n), of n hidden words.
    ///
    /// # Panics
    /// As [`logits`](Self::logits).
    // ANCHOR: guesses
    #[track_caller]
    pub fn guesses(&self, cx: &Context<'_>, batch: &MaskedBatch) -> (Tensor, Array2<Token>) {
        let (b, s) = batch.targets.dim();
        let asked = (0..).zip(&batch.targets).filter(|&(_, &target)| target != IGNORE);
        let (places, targets): (Vec<Token>, Vec<Token>) = asked.map(|(place, &target)| (place, target)).unzip();
        let row = |tokens: Vec<Token>| Array2::from_shape_vec((1, tokens.len()), tokens).expect("one row");
        let vectors = self.read(cx, &batch.sentences).reshape(&[b * s, self.config.block.width]);
        let hidden = vectors.gather(row(places).view().into_dyn()); // (1, n, D)
        (self.logits_of_vectors(cx, &hidden), row(targets))
    }
    // ANCHOR_END: guesses

    /// How well it guesses the hidden words of some batches, as [`nn::evaluate`]; `None` if there are none.
    ///
    /// # Panics
    /// As [`logits`](Self::logits).
    #[track_caller]
    pub fn evaluate(
        &self,
        parameters: &Parameters,
        batches: impl IntoIterator<Item = MaskedBatch>,
    ) -> Option<Evaluation> {
        let cx = Context::eval(parameters);
        evaluate_scores(batches.into_iter().map(|batch| self.guesses(&cx, &batch)))
    }

    /// One vector for each text, from that of its first token: tanh(x_L\[0\]·W_pᵀ + b_p).
    ///
    /// # Shapes
    /// - `input`: (B, S); returns (B, D).
    ///
    /// # Panics
    /// As [`read`](Self::read), and if the model has no pooler.
    #[track_caller]
    pub fn pooled<'a>(&self, cx: &Context<'_>, input: impl Into<BertInput<'a>>) -> Tensor {
        let pooler = self.pooler.as_ref().expect("this model has no pooler");
        pooler.forward(cx, &self.read(cx, input).index(1, 0)).tanh() // (B, D)
    }

    /// One vector of length 1 for each text, in the direction of its first token's.
    ///
    /// # Shapes
    /// - `input`: (B, S); returns (B, D).
    ///
    /// # Panics
    /// As [`read`](Self::read).
    #[track_caller]
    pub fn first_vectors<'a>(&self, cx: &Context<'_>, input: impl Into<BertInput<'a>>) -> Tensor {
        let first = self.read(cx, input).slice(1, 0..1); // (B, 1, D)
        let texts = first.value().shape()[0];
        sentence_vectors(&first, &vec![1; texts])
    }

    /// One vector of length 1 for each text, in the direction of the mean of its tokens' vectors (MiniLM's).
    ///
    /// # Shapes
    /// - `input`: (B, S); returns (B, D).
    ///
    /// # Panics
    /// As [`read`](Self::read).
    #[track_caller]
    pub fn sentence_vectors<'a>(&self, cx: &Context<'_>, input: impl Into<BertInput<'a>>) -> Tensor {
        let input = input.into();
        sentence_vectors(&self.read(cx, input), &input.sentences.lengths)
    }
}

impl Trainable for Bert {
    type Batch = MaskedBatch;

    // ANCHOR: loss
    #[track_caller]
    fn loss(&self, cx: &Context<'_>, batch: &MaskedBatch) -> Tensor {
        let (scores, targets) = self.guesses(cx, batch);
        cross_entropy(&scores, targets.view().into_dyn())
    }
    // ANCHOR_END: loss

    fn targets(&self, batch: &MaskedBatch) -> usize {
        batch.answers()
    }
}
