use std::collections::HashMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut words = words.to_vec();
    let mut merges = Vec::new();
    while merges.len() < most {
        let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
        for (tokens, count) in words.iter() {
            for (&a, &b) in tokens.iter().zip(&tokens[1.min(tokens.len())..]) {
                *counts.entry((a, b)).or_insert(0) += *count;
            }
        }
        let best = counts
            .into_iter()
            .filter(|&(_, n)| n >= 2)
            .min_by(|x, y| {
                y.1.cmp(&x.1)
                    .then_with(|| x.0 .1.cmp(&y.0 .1))
                    .then_with(|| x.0 .0.cmp(&y.0 .0))
            });
        let Some(((a, b), _)) = best else { return merges };
        let id = base + merges.len();
        merges.push((a, b));
        for (tokens, _) in words.iter_mut() {
            let mut read = 0;
            let mut write = 0;
            while read < tokens.len() {
                if read + 1 < tokens.len() && tokens[read] == a && tokens[read + 1] == b {
                    tokens[write] = id;
                    read += 2;
                } else {
                    tokens[write] = tokens[read];
                    read += 1;
                }
                write += 1;
            }
            tokens.truncate(write);
        }
    }
    merges
}

pub fn encode(word: &[usize], base: usize, merges: &[(usize, usize)]) -> Vec<usize> {
    let rank: HashMap<(usize, usize), usize> =
        merges.iter().enumerate().map(|(i, &pair)| (pair, i)).collect();
    let mut tokens = word.to_vec();
    loop {
        let best = tokens
            .windows(2)
            .enumerate()
            .filter_map(|(at, w)| rank.get(&(w[0], w[1])).map(|&r| (r, at)))
            .min();
        match best {
            Some((r, at)) => {
                tokens.splice(at..at + 2, [base + r]);
            }
            None => return tokens,
        }
    }
}
