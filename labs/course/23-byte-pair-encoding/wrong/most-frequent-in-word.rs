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
    let count = |word: &[usize], pair| word.windows(2).filter(|two| (two[0], two[1]) == pair).count();
    while let Some((_, Reverse(rank))) =
        (0..merges.len()).map(|rank| (count(&word, merges[rank]), Reverse(rank))).max().filter(|&(count, _)| count > 0)
    {
        word = merged(&word, merges[rank], base + rank);
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
