//! The model: embedding, positions, blocks, output.

use data::pairs::Sources;
use data::{TextBatch, Token};
use ndarray::{Array2, ArrayView2};
use nn::{Dropout, Embedding, Linear, Trainable, cross_entropy};
use tensor::{Context, Init, Initializer, Parameters, Real, Tensor};
use transformer::{Block, ConfigError, Form, KeyValueCache, LearnedPositions, Normalize, Stack, sentence_vectors};

use crate::{GptConfig, Head};

/// A decoder-only language model.
///
/// | parameter | shape | |
/// |---|---|---|
/// | `wte.weight` | (V, D) | a vector for each token; transposed, the output layer too |
/// | `wpe.weight` | (context, D) | a vector for each position |
/// | `h.0` .. | | the [blocks](Block) |
/// | `ln_f.weight` | (D) | the normalisation before the output |
///
/// and, if the configuration has biases, a `.bias` beside each weight but the first two. The names are those of GPT-2's
/// checkpoints; all weights are (out, in). Other architectures have no `wpe`, a normalisation `ln_e` of the embedded tokens,
/// or an output layer `lm_head` of their own.
///
/// ```
/// use gpt::{Gpt, GptConfig};
/// use ndarray::array;
/// use nn::LanguageModel;
/// use tensor::{Context, Init, Parameters};
///
/// let mut parameters = Parameters::new();
/// let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(65, 64, 4, 128, 4))?;
/// assert_eq!(parameters.count(), 804_096);
///
/// let logits = model.logits(&Context::eval(&parameters), array![[1, 2, 3], [4, 5, 6]].view());
/// assert_eq!(logits.shape(), [2, 3, 65]);
/// # Ok::<(), transformer::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Gpt {
    config: GptConfig,
    form: Form,
    wte: Embedding,
    wpe: Option<LearnedPositions>,
    ln_e: Option<Normalize>,
    dropout: Dropout,
    stack: Stack,
    head: Linear,
}

impl Gpt {
    /// A model whose weights begin as GPT-2's: normal with standard deviation 0.02, those that end on the residual
    /// stream 0.02/√(2·L) (Radford et al. 2019, section 2.3).
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn new(init: &mut Init<'_>, config: GptConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let normal = Initializer::Normal { std: 0.02 };
        let GptConfig { vocabulary, context, layers, ref block, learned_positions, embedding_norm, head } = config;
        let wte = Embedding::with(&mut init.child("wte"), vocabulary, block.width, normal);
        let mut positions = || LearnedPositions::new(&mut init.child("wpe"), context, block.width, normal);
        let wpe = learned_positions.then(&mut positions);
        let ln_e = embedding_norm.then(|| block.normalize(&mut init.child("ln_e")));
        let stack = Stack::gpt2(init, block, layers);
        let dropout = Dropout::new(block.dropout, "embedding");
        let mut own = |bias| Linear::with(&mut init.child("lm_head"), block.width, vocabulary, normal, bias);
        let head = match head {
            Head::Tied => Linear::tied(&wte),
            Head::Own => own(None),
            Head::OwnWithBias => own(Some(Initializer::Constant(0.0))),
        };
        Ok(Gpt { config, form: Form::default(), wte, wpe, ln_e, dropout, stack, head })
    }

    /// The same model, computed in the other form.
    pub fn with_form(self, form: Form) -> Self {
        Gpt { form, ..self }
    }

    /// The architecture.
    pub fn config(&self) -> &GptConfig {
        &self.config
    }

    /// The blocks, from the first to the last.
    pub fn blocks(&self) -> &[Block] {
        self.stack.blocks()
    }

    /// The blocks and the normalisation before the output.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// What the first block receives: each token's vector plus that of its position, if there is one.
    ///
    /// # Shapes
    /// - `tokens`: (B, T), standing at the positions from `first` on; returns (B, T, D).
    ///
    /// # Panics
    /// If a token is not below V or a position lies beyond the context.
    // ANCHOR: embed
    #[track_caller]
    pub fn embed(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>, first: usize) -> Tensor {
        let end = first + tokens.ncols();
        assert!(
            end <= self.config.context,
            "positions {first}..{end} go beyond the context of {}",
            self.config.context
        );
        let x = match self.vectors(cx, tokens, first) {
            (embedded, Some(positions)) => &embedded + &positions,
            (embedded, None) => embedded,
        };
        self.dropout.forward(cx, &self.normalised(cx, x))
    }

    /// The vectors of the tokens, (B, T, D), and of their positions, (T, D), if there are any.
    #[track_caller]
    pub(crate) fn vectors(
        &self,
        cx: &Context<'_>,
        tokens: ArrayView2<'_, Token>,
        first: usize,
    ) -> (Tensor, Option<Tensor>) {
        let places = first..first + tokens.ncols();
        let positions = self.wpe.as_ref().map(|wpe| wpe.forward(cx, places));
        (self.wte.forward(cx, tokens.into_dyn()), positions)
    }

    /// Normalised, in the architectures that do that before the first block.
    #[track_caller]
    fn normalised(&self, cx: &Context<'_>, x: Tensor) -> Tensor {
        match &self.ln_e {
            Some(norm) => norm.forward(cx, &x),
            None => x,
        }
    }
    // ANCHOR_END: embed

    /// The scores of every next token after one more of each text, from the caches of those before it: what the last
    /// position of all would be given, to rounding.
    ///
    /// # Shapes
    /// - `tokens`: B, which stand at the `positions`; `caches`: of each text those of every layer; returns (B, V).
    ///
    /// # Panics
    /// If the shapes do not fit, a token is not below V, or a position lies beyond the context.
    #[track_caller]
    pub(crate) fn step(
        &self,
        parameters: &Parameters,
        tokens: &[Token],
        positions: &[usize],
        caches: &mut [&mut [KeyValueCache]],
    ) -> Array2<Real> {
        let mut x = self.wte.apply(parameters, tokens); // (B, D)
        if let Some(wpe) = &self.wpe {
            wpe.add_to(parameters, &mut x, positions);
        }
        if let Some(norm) = &self.ln_e {
            x = norm.apply(parameters, &x);
        }
        self.head.apply(parameters, &self.stack.step(parameters, x, caches)) // (B, V)
    }

    /// The scores of every next token, from what the last block returned: the inner products of the normalised output
    /// vector with every token's embedding. A softmax makes probabilities of them.
    ///
    /// # Shapes
    /// - `x`: (.., D); returns (.., V).
    // ANCHOR: unembed
    #[track_caller]
    pub fn unembed(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        self.head.forward(cx, &self.stack.normalised(cx, x)) // (.., V)
    }
    // ANCHOR_END: unembed

    /// The vectors of all tokens behind the last block, normalised: what the output layer reads.
    ///
    /// # Shapes
    /// - `texts`: (B, T); returns (B, T, D), 0 in the padding.
    ///
    /// # Panics
    /// If a token is not below V or T is longer than the context.
    #[track_caller]
    pub fn states(&self, cx: &Context<'_>, texts: &Sources) -> Tensor {
        let lengths = &texts.lengths;
        let x = self.stack.forward(cx, &self.embed(cx, texts.tokens.view(), 0), Some(lengths), self.form);
        self.stack.normalised(cx, &x).within(lengths)
    }

    /// One vector of length 1 for each text, in the direction of the mean of its tokens' vectors.
    ///
    /// # Shapes
    /// - `texts`: (B, T); returns (B, D).
    ///
    /// # Panics
    /// As [`states`](Self::states).
    #[track_caller]
    pub fn sentence_vectors(&self, cx: &Context<'_>, texts: &Sources) -> Tensor {
        sentence_vectors(&self.states(cx, texts), &texts.lengths)
    }

    /// The scores of every next token, from the vectors that the first block receives.
    ///
    /// # Shapes
    /// - `embedded`: (B, T, D); returns (B, T, V).
    #[track_caller]
    pub fn logits_of_embedded(&self, cx: &Context<'_>, embedded: &Tensor) -> Tensor {
        self.unembed(cx, &self.stack.forward(cx, embedded, None, self.form)) // (B, T, V)
    }

    /// Where each position looks, in every layer and head.
    ///
    /// # Shapes
    /// - `tokens`: (B, T); returns for each layer (B, N, T, T), each row summing to one.
    ///
    /// # Panics
    /// If a token is not below V or T is longer than the context.
    #[track_caller]
    pub fn attention_weights(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>) -> Vec<Tensor> {
        let depths = self.stack.depths(cx, &self.embed(cx, tokens, 0), None, self.form);
        self.stack.weights(cx, &depths, None)
    }
}

impl Trainable for Gpt {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        let logits = self.logits_of_embedded(cx, &self.embed(cx, batch.inputs.view(), 0)); // (B, T, V)
        cross_entropy(&logits, batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}
