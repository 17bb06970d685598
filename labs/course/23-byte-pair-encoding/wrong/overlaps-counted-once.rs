use std::cmp::Reverse;
use std::collections::BTreeMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut words = words.to_vec();
    let mut merges = Vec::new();
    while merges.len() < most {
        let mut counts = BTreeMap::new();
        for (word, count) in &words {
            let mut last = None;
            for (at, pair) in word.windows(2).enumerate() {
                if pair[0] == pair[1] && last == Some((at, pair[0])) {
                    last = None;
                } else {
                    *counts.entry((pair[0], pair[1])).or_insert(0) += count;
                    last = Some((at + 1, pair[0]));
                }
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
