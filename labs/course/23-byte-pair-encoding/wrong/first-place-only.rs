use std::cmp::Reverse;
use std::collections::BTreeMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut words = words.to_vec();
    let mut merges = Vec::new();
    while merges.len() < most {
        let mut counts = BTreeMap::new();
        for (word, count) in &words {
            for pair in word.windows(2) {
                *counts.entry((pair[0], pair[1])).or_insert(0) += count;
            }
        }
        let best = counts.into_iter().max_by_key(|&(pair, count)| (count, Reverse(pair)));
        let Some((pair, 2..)) = best else { break };
        for (word, _) in &mut words {
            *word = merged(word, pair, base + merges.len());
        }
        merges.push(pair);
    }
    merges
}

pub fn encode(word: &[usize], base: usize, merges: &[(usize, usize)]) -> Vec<usize> {
    let mut word = word.to_vec();
    for (rank, &pair) in merges.iter().enumerate() {
        word = merged(&word, pair, base + rank);
    }
    word
}

/// The word with the token in place of the pair.
fn merged(word: &[usize], pair: (usize, usize), token: usize) -> Vec<usize> {
    let mut word = word.to_vec();
    if let Some(at) = word.windows(2).position(|two| (two[0], two[1]) == pair) {
        word.splice(at..at + 2, [token]);
    }
    word
}
