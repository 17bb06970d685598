use std::collections::HashMap;

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
        let mut best: Option<((usize, usize), usize)> = None;
        for (pair, n) in counts {
            let better = match best {
                None => true,
                Some((p, m)) => n > m || (n == m && pair < p),
            };
            if better {
                best = Some((pair, n));
            }
        }
        let Some((pair, n)) = best else { break };
        if n < 2 {
            break;
        }
        merges.push(pair);
        let new = base + merges.len();
        for (tokens, _) in &mut words {
            let mut i = 0;
            while i + 1 < tokens.len() {
                if (tokens[i], tokens[i + 1]) == pair {
                    tokens.splice(i..i + 2, [new]);
                }
                i += 1;
            }
        }
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
