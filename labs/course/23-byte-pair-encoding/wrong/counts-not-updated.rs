use std::cmp::Reverse;
use std::collections::BTreeMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut counts = BTreeMap::new();
    for (word, count) in words {
        for pair in word.windows(2) {
            *counts.entry((pair[0], pair[1])).or_insert(0) += count;
        }
    }
    let mut pairs: Vec<((usize, usize), usize)> = counts.into_iter().filter(|&(_, count)| count > 1).collect();
    pairs.sort_by_key(|&(pair, count)| (Reverse(count), pair));
    pairs.into_iter().map(|(pair, _)| pair).take(most).collect()
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
    let (mut new, mut at) = (Vec::new(), 0);
    while at < word.len() {
        if word[at..].starts_with(&[pair.0, pair.1]) {
            new.push(token);
            at += 2;
        } else {
            new.push(word[at]);
            at += 1;
        }
    }
    new
}
