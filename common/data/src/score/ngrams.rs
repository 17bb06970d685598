//! Runs of n neighbours and how often they occur.

use std::collections::BTreeMap;

/// How often each run of `n` neighbours occurs in `sequence`.
pub(super) fn counts<T: Ord>(sequence: &[T], n: usize) -> BTreeMap<&[T], usize> {
    let mut counts = BTreeMap::new();
    for ngram in sequence.windows(n) {
        *counts.entry(ngram).or_default() += 1;
    }
    counts
}

/// The words of a text in sacreBLEU's sense of a space, which is Python's: Unicode's and the four separators of ASCII.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// Whether Python takes a character for a space.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1C}'..='\u{1F}')
}
