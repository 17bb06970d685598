use std::collections::HashMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut sequence: Vec<usize> = Vec::new();
    for (tokens, count) in words {
        for _ in 0..*count {
            sequence.extend_from_slice(tokens);
        }
    }
    let mut merges = Vec::new();
    while merges.len() < most {
        let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
        for pair in sequence.windows(2) {
            *counts.entry((pair[0], pair[1])).or_insert(0) += 1;
        }
        let best = counts
            .into_iter()
            .filter(|entry| entry.1 > 1)
            .max_by(|x, y| x.1.cmp(&y.1).then(y.0.cmp(&x.0)));
        let pair = match best {
            None => break,
            Some((pair, _)) => pair,
        };
        let mut next = Vec::with_capacity(sequence.len());
        let mut i = 0;
        while i < sequence.len() {
            if i + 1 < sequence.len() && sequence[i] == pair.0 && sequence[i + 1] == pair.1 {
                next.push(base + merges.len());
                i += 2;
            } else {
                next.push(sequence[i]);
                i += 1;
            }
        }
        sequence = next;
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
