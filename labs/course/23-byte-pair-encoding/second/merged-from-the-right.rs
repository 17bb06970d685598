use std::cmp::Reverse;
use std::collections::HashMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut words = words.to_vec();
    let mut merges: Vec<(usize, usize)> = Vec::new();
    while merges.len() < most {
        let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
        for (tokens, count) in &words {
            for w in tokens.windows(2) {
                *counts.entry((w[0], w[1])).or_insert(0) += count;
            }
        }
        let best = counts.into_iter().max_by_key(|&(pair, n)| (n, Reverse(pair)));
        let pair = match best {
            Some((pair, n)) if n >= 2 => pair,
            _ => break,
        };
        let token = base + merges.len();
        for (tokens, _) in &mut words {
            let mut out = Vec::new();
            let mut end = tokens.len();
            while end > 0 {
                if end >= 2 && (tokens[end - 2], tokens[end - 1]) == pair {
                    out.push(token);
                    end -= 2;
                } else {
                    out.push(tokens[end - 1]);
                    end -= 1;
                }
            }
            out.reverse();
            *tokens = out;
        }
        merges.push(pair);
    }
    merges
}

fn replace_pair(tokens: &[usize], pair: (usize, usize), new: usize) -> Vec<usize> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while i < tokens.len() {
        if i + 1 < tokens.len() && (tokens[i], tokens[i + 1]) == pair {
            out.push(new);
            i += 2;
        } else {
            out.push(tokens[i]);
            i += 1;
        }
    }
    out
}

pub fn encode(word: &[usize], base: usize, merges: &[(usize, usize)]) -> Vec<usize> {
    merges
        .iter()
        .enumerate()
        .fold(word.to_vec(), |tokens, (i, &pair)| replace_pair(&tokens, pair, base + i))
}
