//! Speaking: one token after another, without reading everything again.

use data::Token;
use ndarray::{Array2, ArrayView2, Axis, Ix2, concatenate};
use nn::{LanguageModel, Rows};
use tensor::{Context, Real, Tensor};
use transformer::KeyValueCache;

use crate::Gpt;

/// What a GPT remembers of the texts that it continues, each apart: the tokens in its window, and every layer's keys and
/// values of them.
///
/// # Beyond the context
/// A window holds at most C tokens, C the context. When one more comes, the older half is dropped: ⌊C/2⌋ tokens stay, and
/// with the new one they are read anew, all at once, for they now stand at other positions, and with learned positions no
/// key or value of before holds any longer. Then the window grows again, until it is full. So ⌈C/2⌉ tokens cost C positions,
/// two for each, however long the text becomes. A window that moved on with every token would cost C for each.
///
/// The price: what the model sees of the text shrinks to a half and grows again. [`window`](Self::window) tells what that is,
/// [`LanguageModel::dropped`] how much stands before it.
///
/// Where rotary angles depend on how long the text is ([`RotaryScaling::Dynamic`](transformer::RotaryScaling::Dynamic)), keys
/// of before hold no longer either, and beyond the length of the training the window is read anew with every token.
///
/// Of a prompt longer than the context, the last C tokens are read.
#[derive(Clone, Debug)]
pub struct GenerationState {
    texts: Vec<Text>,
}

/// What is remembered of one text.
#[derive(Clone, Debug)]
struct Text {
    /// The last tokens, at least one and at most C.
    window: Vec<Token>,
    /// How many stand before them.
    dropped: usize,
    /// Keys and values of the window, one for each layer.
    caches: Vec<KeyValueCache>,
}

/// Positions for which a cache has room at first. Some published models read a hundred thousand tokens at once, and few texts
/// are as long.
const ROOM: usize = 1024;

impl GenerationState {
    /// Of one text, all of which is in the window.
    pub(crate) fn of(window: Vec<Token>, caches: Vec<KeyValueCache>) -> Self {
        GenerationState { texts: vec![Text { window, dropped: 0, caches }] }
    }

    /// The tokens of a row's text that the next score depends on.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn window(&self, row: usize) -> &[Token] {
        &self.texts[row].window
    }

    /// Keys and values of the window of a row, one cache of one row for each layer.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn caches(&self, row: usize) -> &[KeyValueCache] {
        &self.texts[row].caches
    }
}

impl Text {
    /// Lets the oldest tokens go until `kept` are left, and forgets all keys and values.
    fn keep(&mut self, kept: usize) {
        let gone = self.window.len().saturating_sub(kept);
        self.window.drain(..gone);
        self.dropped += gone;
        self.caches.iter_mut().for_each(KeyValueCache::clear);
    }
}

impl Rows for GenerationState {
    fn rows(&self, rows: &[usize]) -> Self {
        GenerationState { texts: rows.iter().map(|&row| self.texts[row].clone()).collect() }
    }
}

impl Gpt {
    /// The caches of a text of which nothing has been read, one for each layer.
    pub(crate) fn no_caches(&self) -> Vec<KeyValueCache> {
        let room = self.config().context.min(ROOM);
        self.blocks().iter().map(|block| KeyValueCache::new(1, room, block.key_width())).collect()
    }

    /// Reads those tokens of a window that have no keys and values yet; the scores of the token that follows, (1, V).
    #[track_caller]
    fn read(&self, cx: &Context<'_>, text: &mut Text) -> Array2<Real> {
        let known = text.caches[0].len();
        let new = &text.window[known..];
        if let [token] = new {
            return self.step(cx.parameters(), &[*token], &[known], &mut [&mut text.caches]);
        }
        let new = ArrayView2::from_shape((1, new.len()), new).expect("one row"); // (1, T)
        let x = self.embed(cx, new, known); // (1, T, D)
        let x = self.stack().forward_cached(cx, &x, &mut text.caches);
        let logits = self.unembed(cx, &x.index(1, new.ncols() - 1)); // (1, V)
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

    #[track_caller]
    fn start(&self, cx: &Context<'_>, prompts: &[impl AsRef<[Token]>]) -> (GenerationState, Array2<Real>) {
        let context = self.config().context;
        let read = |prompt: &[Token]| {
            assert!(!prompt.is_empty(), "start: an empty prompt says nothing to go on from");
            let mut text = Text { window: prompt.to_vec(), dropped: 0, caches: self.no_caches() };
            text.keep(context);
            let logits = self.read(cx, &mut text);
            (text, logits)
        };
        let (texts, logits) = prompts.iter().map(|prompt| read(prompt.as_ref())).unzip();
        (GenerationState { texts }, rows(logits))
    }

    #[track_caller]
    fn next(&self, cx: &Context<'_>, state: &mut GenerationState, tokens: &[Token]) -> Array2<Real> {
        assert_eq!(tokens.len(), state.texts.len(), "next: one token for each row");
        let context = self.config().context;
        let mut logits = Array2::zeros((tokens.len(), self.vocabulary()));
        let (mut rows, mut stepping, mut positions) = (vec![], vec![], vec![]);
        for (row, (text, &token)) in state.texts.iter_mut().zip(tokens).enumerate() {
            let full = text.window.len() == context;
            if full {
                text.keep(context / 2);
            }
            text.window.push(token);
            let anew = self.config().block.attention_positions.depend_on_length(text.window.len());
            if anew {
                text.caches.iter_mut().for_each(KeyValueCache::clear);
            }
            if full || anew {
                logits.row_mut(row).assign(&self.read(cx, text).row(0));
            } else {
                rows.push(row);
                positions.push(text.window.len() - 1);
                stepping.push(&mut text.caches[..]);
            }
        }
        if rows.is_empty() {
            return logits;
        }
        let tokens: Vec<_> = rows.iter().map(|&row| tokens[row]).collect();
        let scores = self.step(cx.parameters(), &tokens, &positions, &mut stepping); // (B, V)
        rows.iter().zip(scores.outer_iter()).for_each(|(&row, scores)| logits.row_mut(row).assign(&scores));
        logits
    }

    fn dropped(&self, state: &GenerationState, row: usize) -> usize {
        state.texts[row].dropped
    }
}

/// Scores of texts that were read one by one, (B, V).
#[track_caller]
fn rows(logits: Vec<Array2<Real>>) -> Array2<Real> {
    let rows: Vec<_> = logits.iter().map(|row| row.view()).collect();
    concatenate(Axis(0), &rows).expect("start: there is no prompt")
}
