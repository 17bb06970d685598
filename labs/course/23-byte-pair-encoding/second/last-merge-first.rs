use std::cmp::Reverse;
use std::collections::HashMap;

fn apply(tokens: &mut Vec<usize>, pair: (usize, usize), new: usize) {
    let mut out = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while i < tokens.len() {
        if i + 1 < tokens.len() && tokens[i] == pair.0 && tokens[i + 1] == pair.1 {
            out.push(new);
            i += 2;
        } else {
            out.push(tokens[i]);
            i += 1;
        }
    }
    *tokens = out;
}

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut words = words.to_vec();
    let mut merges = Vec::new();
    while merges.len() < most {
        let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
        for (tokens, count) in &words {
            for w in tokens.windows(2) {
                *counts.entry((w[0], w[1])).or_insert(0) += count;
            }
        }
        let best = counts.into_iter().max_by_key(|&(pair, n)| (n, Reverse(pair)));
        let Some((pair, n)) = best else { break };
        if n < 2 {
            break;
        }
        let new = base + merges.len();
        for (tokens, _) in words.iter_mut() {
            apply(tokens, pair, new);
        }
        merges.push(pair);
    }
    merges
}

pub fn encode(word: &[usize], base: usize, merges: &[(usize, usize)]) -> Vec<usize> {
    let mut tokens = word.to_vec();
    loop {
        let mut found = None;
        'search: for i in (0..merges.len()).rev() {
            for at in 1..tokens.len() {
                if (tokens[at - 1], tokens[at]) == merges[i] {
                    found = Some((i, at));
                    break 'search;
                }
            }
        }
        let Some((i, at)) = found else { break };
        tokens[at - 1] = base + i;
        tokens.remove(at);
    }
    tokens
}
