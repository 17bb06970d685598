use std::collections::BTreeMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut texts: Vec<Vec<usize>> = words.iter().map(|(w, _)| w.clone()).collect();
    let mut merges = Vec::new();
    for step in 0..most {
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (text, (_, count)) in texts.iter().zip(words) {
            for w in text.windows(2) {
                *counts.entry((w[0], w[1])).or_default() += count;
            }
        }
        let top = counts.values().copied().max().unwrap_or(0);
        if top < 2 {
            break;
        }
        let pair = counts.iter().find(|&(_, &n)| n == top).map(|(&p, _)| p).unwrap();
        for text in &mut texts {
            let mut out = Vec::with_capacity(text.len());
            for i in 0..text.len() {
                if i + 1 < text.len() && text[i] == pair.0 && text[i + 1] == pair.1 {
                    out.push(base + step);
                } else {
                    out.push(text[i]);
                }
            }
            *text = out;
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
