//! Speaking: one token after another, without reading everything again.

use data::Token;
use ndarray::{Array2, ArrayView2, Axis, Ix2, concatenate, s};
use nn::LanguageModel;
use tensor::{Context, Real, Tensor};
use transformer::KeyValueCache;

use crate::Gpt;

/// What a GPT remembers of the tokens so far: the last ones, as many as the context holds, and every layer's keys and
/// values of them.
#[derive(Clone, Debug)]
pub struct GenerationState {
    /// (B, T), T at most the context.
    window: Array2<Token>,
    caches: Vec<KeyValueCache>,
}

impl GenerationState {
    /// The tokens that the next score depends on, (B, T).
    pub fn window(&self) -> ArrayView2<'_, Token> {
        self.window.view()
    }
}

impl Gpt {
    /// Reads tokens that continue those in the caches; the scores of the token that follows, (B, V).
    #[track_caller]
    fn read(&self, cx: &Context<'_>, caches: &mut [KeyValueCache], tokens: ArrayView2<'_, Token>) -> Array2<Real> {
        let x = self.embed(cx, tokens, caches[0].len()); // (B, T, D)
        let x = self.stack().forward_cached(cx, &x, caches);
        let logits = self.unembed(cx, &x.index(1, tokens.ncols() - 1)); // (B, V)
        logits.view::<Ix2>("logits").to_owned()
    }
}

impl LanguageModel for Gpt {
    type State = GenerationState;

    fn vocabulary(&self) -> usize {
        self.config().vocabulary
    }

    #[track_caller]
    fn logits(&self, cx: &Context<'_>, inputs: ArrayView2<'_, Token>) -> Tensor {
        self.logits_of_embedded(cx, &self.embed(cx, inputs, 0)) // (B, T, V)
    }

    /// Of a prompt longer than the context the last tokens are read, as many as it holds.
    #[track_caller]
    fn start(&self, cx: &Context<'_>, prompts: ArrayView2<'_, Token>) -> (GenerationState, Array2<Real>) {
        let (batch, length) = prompts.dim();
        assert!(length > 0, "start: prompts of shape {:?} have no token to go on from", prompts.shape());
        let context = self.config().context;
        let window = prompts.slice(s![.., length.saturating_sub(context)..]).to_owned();
        let empty = KeyValueCache::new(batch, context, self.config().block.width);
        let mut caches = vec![empty; self.blocks().len()];
        let logits = self.read(cx, &mut caches, window.view());
        (GenerationState { window, caches }, logits)
    }

    /// Once the context is full, every further token moves the window on by one. All tokens in it then stand at new
    /// positions, and with learned positions no key or value of before holds any longer: the window is read anew.
    #[track_caller]
    fn next(&self, cx: &Context<'_>, state: &mut GenerationState, tokens: &[Token]) -> Array2<Real> {
        let GenerationState { window, caches } = state;
        assert_eq!(tokens.len(), window.nrows(), "next: one token for each row");
        let column = ArrayView2::from_shape((tokens.len(), 1), tokens).expect("one column");
        *window = concatenate![Axis(1), *window, column];
        if window.ncols() <= self.config().context {
            return self.read(cx, caches, column);
        }
        let (memory, logits) = self.start(cx, window.view());
        *state = memory;
        logits
    }
}
