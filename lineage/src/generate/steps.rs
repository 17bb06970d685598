//! What the controls did to the probabilities of a token, as text.

use data::{Token, Tokenizer, quoted};
use nn::Trace;

use super::prompt::briefly;

/// Tokens that a table shows by name.
const SHOWN: usize = 10;

/// The controls and their table for the token that was drawn behind `text`.
pub fn table(trace: &Trace, text: &[Token], drawn: Token, tokenizer: &dyn Tokenizer) -> String {
    let name = |token: Token| quoted(&tokenizer.decode(&[token]));
    let [before, after] = [&trace.before[..], trace.after()].map(|probabilities| probabilities[drawn as usize]);
    format!(
        "after {}\n{}drawn: {}, which has {before:.4} before and {after:.4} after\n",
        briefly(&tokenizer.decode(text)),
        trace.table(SHOWN, name),
        name(drawn)
    )
}
