use std::collections::BTreeMap;

pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut texts: Vec<Vec<usize>> = words.iter().map(|(w, _)| w.clone()).collect();
    let mut learned: Vec<(usize, usize)> = vec![];
    for step in 0..most {
        let mut table: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (text, (_, times)) in texts.iter().zip(words) {
            for j in 1..text.len() {
                *table.entry((text[j - 1], text[j])).or_default() += *times;
            }
        }
        // the table is in order, so the first of the highest is the smallest pair
        let mut best = None;
        let mut highest = 1;
        for (&pair, &n) in &table {
            if n > highest {
                highest = n;
                best = Some(pair);
            }
        }
        let pair = match best {
            Some(pair) => pair,
            None => break,
        };
        for text in &mut texts {
            let mut j = 0;
            while j + 1 < text.len() {
                if (text[j], text[j + 1]) == pair {
                    text.splice(j..j + 2, [base + step]);
                }
                j += 1;
            }
        }
        learned.push(pair);
    }
    learned
}

pub fn encode(word: &[usize], base: usize, merges: &[(usize, usize)]) -> Vec<usize> {
    let mut tokens = word.to_vec();
    for (i, &pair) in merges.iter().enumerate() {
        let mut at = tokens.len();
        while at >= 2 {
            if (tokens[at - 2], tokens[at - 1]) == pair {
                tokens[at - 2] = base + i;
                tokens.remove(at - 1);
                at -= 2;
            } else {
                at -= 1;
            }
        }
    }
    tokens
}
