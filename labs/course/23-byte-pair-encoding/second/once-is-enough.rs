use std::collections::BTreeMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut corpus = words.to_vec();
    let mut merges = Vec::new();
    while merges.len() < most {
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (tokens, count) in &corpus {
            for w in tokens.windows(2) {
                *counts.entry((w[0], w[1])).or_insert(0) += count;
            }
        }
        // max_by_key gives the last of equals, so go backwards
        let Some((&pair, _)) = counts.iter().rev().max_by_key(|entry| *entry.1) else {
            break;
        };
        let token = base + merges.len();
        for (tokens, _) in &mut corpus {
            let mut i = 0;
            while i + 1 < tokens.len() {
                if (tokens[i], tokens[i + 1]) == pair {
                    tokens[i] = token;
                    tokens.remove(i + 1);
                }
                i += 1;
            }
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
