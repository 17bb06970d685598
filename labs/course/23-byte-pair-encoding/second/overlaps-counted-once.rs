use std::collections::BTreeMap;

fn merge_word(tokens: &[usize], pair: (usize, usize), new: usize) -> Vec<usize> {
    let mut out = vec![];
    let mut i = 0;
    while i < tokens.len() {
        if tokens[i..].starts_with(&[pair.0, pair.1]) {
            out.push(new);
            i += 2;
        } else {
            out.push(tokens[i]);
            i += 1;
        }
    }
    out
}

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut words: Vec<(Vec<usize>, usize)> = words.to_vec();
    let mut merges: Vec<(usize, usize)> = Vec::new();
    while merges.len() < most {
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (tokens, count) in &words {
            let mut counted_before = false;
            for i in 1..tokens.len() {
                let (a, b) = (tokens[i - 1], tokens[i]);
                // this pair shares a token with the equal pair just counted
                let overlaps = counted_before && i >= 2 && tokens[i - 2] == a && a == b;
                if overlaps {
                    counted_before = false;
                } else {
                    *counts.entry((a, b)).or_insert(0) += count;
                    counted_before = true;
                }
            }
        }
        let Some((&pair, &n)) = counts.iter().rev().max_by_key(|&(_, &n)| n) else {
            break;
        };
        if n == 1 {
            break;
        }
        for (tokens, _) in &mut words {
            *tokens = merge_word(tokens, pair, base + merges.len());
        }
        merges.push(pair);
    }
    merges
}

pub fn encode(word: &[usize], base: usize, merges: &[(usize, usize)]) -> Vec<usize> {
    let mut current: Vec<usize> = word.to_vec();
    for i in 0..merges.len() {
        let mut next: Vec<usize> = Vec::new();
        let mut rest = current.as_slice();
        while let Some((&first, tail)) = rest.split_first() {
            if first == merges[i].0 && tail.first() == Some(&merges[i].1) {
                next.push(base + i);
                rest = &tail[1..];
            } else {
                next.push(first);
                rest = tail;
            }
        }
        current = next;
    }
    current
}
