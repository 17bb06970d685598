//! How many rows an evaluation reads at once.

use data::pairs::TokenPair;

/// Rows that an evaluation reads at once, and fewer where they are long or their scores many: a batch has at most
/// [`TOKENS`] tokens and [`SCORES`] scores, or one row. They are constants, so that a loss does not depend on the machine.
pub fn rows(length: usize, vocabulary: usize) -> usize {
    let row = length.max(1);
    (TOKENS / row).min(SCORES / (row * vocabulary.max(1))).clamp(1, 32)
}

/// [`rows`] of pairs, which are as long as the longest sentence.
pub fn rows_of_pairs(pairs: &[TokenPair], vocabulary: usize) -> usize {
    let longest = pairs.iter().map(|(source, target)| source.len().max(target.len() + 1)).max();
    rows(longest.unwrap_or(0), vocabulary)
}

const TOKENS: usize = 1 << 14;
/// 64 MB.
const SCORES: usize = 1 << 24;

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_batch_has_bounded_tokens_and_scores() {
        assert_eq!(rows(64, 4096), 32, "as the defaults are");
        assert_eq!([rows(1024, 90), rows(64, 65_536), rows(20_000, 4096), rows(0, 0)], [16, 4, 1, 32]);
    }
}
