use std::collections::HashMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut words = words.to_vec();
    let mut merges = Vec::new();
    while merges.len() < most {
        let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
        for (tokens, times) in &words {
            tokens.windows(2).for_each(|w| *counts.entry((w[0], w[1])).or_default() += times);
        }
        let best = counts.iter().map(|(&pair, &n)| (n, pair)).filter(|&(n, _)| n > 1).max();
        let (left, right) = match best {
            Some((_, pair)) => pair,
            None => break,
        };
        let new = base + merges.len();
        for (tokens, _) in words.iter_mut() {
            let mut i = 0;
            while i + 1 < tokens.len() {
                if tokens[i] == left && tokens[i + 1] == right {
                    tokens.splice(i..=i + 1, std::iter::once(new));
                }
                i += 1;
            }
        }
        merges.push((left, right));
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
