use std::collections::{BTreeMap, HashMap};

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut words = words.to_vec();
    let mut merges = Vec::new();
    while merges.len() < most {
        let mut pairs: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut singles: HashMap<usize, usize> = HashMap::new();
        for (tokens, count) in &words {
            for &t in tokens {
                *singles.entry(t).or_insert(0) += count;
            }
            for w in tokens.windows(2) {
                *pairs.entry((w[0], w[1])).or_insert(0) += count;
            }
        }
        let mut best: Option<(usize, usize)> = None;
        let mut best_score = 0.0;
        for (&(a, b), &n) in pairs.iter().filter(|&(_, &n)| n >= 2) {
            let score = n as f64 / (singles[&a] * singles[&b]) as f64;
            if best.is_none() || score > best_score {
                best = Some((a, b));
                best_score = score;
            }
        }
        let Some(pair) = best else { break };
        let new = base + merges.len();
        for (tokens, _) in words.iter_mut() {
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
            *tokens = out;
        }
        merges.push(pair);
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
