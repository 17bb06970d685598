use std::collections::BTreeMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut words = words.to_vec();
    let mut merges = Vec::new();
    while merges.len() < most {
        let (mut counts, mut alone) = (BTreeMap::new(), BTreeMap::new());
        for (word, count) in &words {
            word.iter().for_each(|&token| *alone.entry(token).or_insert(0) += count);
            for pair in word.windows(2) {
                *counts.entry((pair[0], pair[1])).or_insert(0) += count;
            }
        }
        let score = |pair: (usize, usize), count: usize| count as f64 / (alone[&pair.0] * alone[&pair.1]) as f64;
        let pairs = counts.into_iter().filter(|&(_, count)| count > 1).map(|(pair, count)| (score(pair, count), pair));
        let best = pairs.max_by(|(a, one), (b, other)| a.total_cmp(b).then(other.cmp(one)));
        let Some((_, pair)) = best else { break };
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
