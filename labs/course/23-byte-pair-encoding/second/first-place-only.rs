use std::collections::BTreeMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut texts = words.to_vec();
    let mut merges = Vec::new();
    for step in 0..most {
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (text, times) in &texts {
            for i in 1..text.len() {
                *counts.entry((text[i - 1], text[i])).or_insert(0) += times;
            }
        }
        let mut best = (0, 0);
        let mut most_often = 0;
        for (pair, n) in counts {
            if n > most_often {
                best = pair;
                most_often = n;
            }
        }
        if most_often < 2 {
            break;
        }
        for (text, _) in texts.iter_mut() {
            if let Some(at) = text.windows(2).position(|w| (w[0], w[1]) == best) {
                text[at] = base + step;
                text.remove(at + 1);
            }
        }
        merges.push(best);
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
