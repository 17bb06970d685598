use std::collections::{BTreeMap, HashMap};

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut texts: Vec<Vec<usize>> = words.iter().map(|(tokens, _)| tokens.clone()).collect();
    let mut merges = Vec::new();
    while merges.len() < most {
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for text in &texts {
            for pair in text.windows(2) {
                *counts.entry((pair[0], pair[1])).or_insert(0) += 1;
            }
        }
        let mut best: Option<((usize, usize), usize)> = None;
        for (&pair, &n) in &counts {
            if best.map_or(true, |(_, top)| n > top) {
                best = Some((pair, n));
            }
        }
        let Some((pair, n)) = best else { break };
        if n < 2 {
            break;
        }
        let token = base + merges.len();
        for text in texts.iter_mut() {
            let mut i = 0;
            while i + 1 < text.len() {
                if text[i] == pair.0 && text[i + 1] == pair.1 {
                    text[i] = token;
                    text.remove(i + 1);
                }
                i += 1;
            }
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
