use std::collections::HashMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let _ = base;
    let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
    for (tokens, count) in words {
        for w in tokens.windows(2) {
            *counts.entry((w[0], w[1])).or_insert(0) += count;
        }
    }
    let mut ranked: Vec<((usize, usize), usize)> =
        counts.into_iter().filter(|&(_, n)| n >= 2).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked.into_iter().take(most).map(|(pair, _)| pair).collect()
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
