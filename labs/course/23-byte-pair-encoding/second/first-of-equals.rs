use std::collections::HashMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut texts: Vec<Vec<usize>> = words.iter().map(|w| w.0.clone()).collect();
    let mut merges: Vec<(usize, usize)> = vec![];
    for new in base..base.saturating_add(most) {
        let mut order: Vec<(usize, usize)> = Vec::new();
        let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
        for (text, word) in texts.iter().zip(words.iter()) {
            for i in 0..text.len().saturating_sub(1) {
                let pair = (text[i], text[i + 1]);
                if !counts.contains_key(&pair) {
                    order.push(pair);
                }
                *counts.entry(pair).or_insert(0) += word.1;
            }
        }
        let mut best = 0;
        let mut chosen = None;
        for pair in order {
            if counts[&pair] > best {
                best = counts[&pair];
                chosen = Some(pair);
            }
        }
        if best < 2 {
            break;
        }
        let pair = chosen.unwrap();
        for text in texts.iter_mut() {
            let mut out = Vec::new();
            let mut i = 0;
            while i < text.len() {
                if i + 1 < text.len() && (text[i], text[i + 1]) == pair {
                    out.push(new);
                    i += 2;
                } else {
                    out.push(text[i]);
                    i += 1;
                }
            }
            *text = out;
        }
        merges.push(pair);
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
