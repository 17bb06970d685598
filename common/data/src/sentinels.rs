//! T5's special tokens: what stands around texts, and for the gaps in them (Raffel et al. 2020, section 3.1.4).

/// What fills rows, and what a decoder reads before the first token.
pub const PADDING: &str = "<pad>";

/// What stands behind every text.
pub const END: &str = "</s>";

/// How many sentinels the published tokenizers have.
pub const COUNT: usize = 100;

/// The sentinel of the gap with this number, counted from 0.
///
/// ```
/// assert_eq!(data::sentinels::text(0), "<extra_id_0>");
/// ```
pub fn text(gap: usize) -> String {
    format!("<extra_id_{gap}>")
}

/// All of them in the order of their tokens, which is that of T5's vocabulary: the first gap's is the last.
pub fn all() -> impl Iterator<Item = String> {
    (0..COUNT).rev().map(text)
}
