use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut current = words.to_vec();
    let mut merges = Vec::new();
    for round in 0..most {
        let mut counts = HashMap::new();
        for (tokens, count) in current.iter() {
            let seen: HashSet<(usize, usize)> = tokens.windows(2).map(|w| (w[0], w[1])).collect();
            for pair in seen {
                *counts.entry(pair).or_insert(0usize) += *count;
            }
        }
        let mut ranked: Vec<_> = counts.into_iter().filter(|&(_, n)| n >= 2).collect();
        ranked.sort_by_key(|&(pair, n)| (Reverse(n), pair));
        if ranked.is_empty() {
            break;
        }
        let (a, b) = ranked[0].0;
        for (tokens, _) in current.iter_mut() {
            let old = std::mem::take(tokens);
            let mut i = 0;
            while i < old.len() {
                if old[i] == a && i + 1 < old.len() && old[i + 1] == b {
                    tokens.push(base + round);
                    i += 1;
                } else {
                    tokens.push(old[i]);
                }
                i += 1;
            }
        }
        merges.push((a, b));
    }
    merges
}

pub fn encode(word: &[usize], base: usize, merges: &[(usize, usize)]) -> Vec<usize> {
    let mut tokens = word.to_vec();
    for (i, &(left, right)) in merges.iter().enumerate() {
        let mut at = 0;
        while at + 1 < tokens.len() {
            if tokens[at] == left && tokens[at + 1] == right {
                tokens[at] = base + i;
                tokens.remove(at + 1);
            }
            at += 1;
        }
    }
    tokens
}
