pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut corpus: Vec<(Vec<usize>, usize)> = words.iter().cloned().collect();
    let mut merges: Vec<(usize, usize)> = Vec::new();
    loop {
        if merges.len() == most {
            return merges;
        }
        let mut pairs: Vec<((usize, usize), usize)> = corpus
            .iter()
            .flat_map(|(t, c)| t.iter().zip(t.iter().skip(1)).map(move |(&a, &b)| ((a, b), *c)))
            .collect();
        pairs.sort();
        let mut summed: Vec<((usize, usize), usize)> = Vec::new();
        for (pair, c) in pairs {
            match summed.last_mut() {
                Some(last) if last.0 == pair => last.1 += c,
                _ => summed.push((pair, c)),
            }
        }
        summed.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
        let (left, right) = match summed.first() {
            Some(&(pair, c)) if c > 1 => pair,
            _ => return merges,
        };
        let id = base + merges.len();
        corpus = corpus
            .into_iter()
            .map(|(t, c)| {
                let mut out: Vec<usize> = vec![];
                let mut it = t.into_iter().peekable();
                while let Some(a) = it.next() {
                    if a == left && it.next_if_eq(&right).is_some() {
                        out.push(id);
                    } else {
                        out.push(a);
                    }
                }
                (out, c)
            })
            .collect();
        merges.push((left, right));
    }
}

pub fn encode(word: &[usize], base: usize, merges: &[(usize, usize)]) -> Vec<usize> {
    let mut tokens = word.to_vec();
    for (i, &(a, b)) in merges.iter().enumerate() {
        let place = tokens.windows(2).position(|w| w[0] == a && w[1] == b);
        if let Some(at) = place {
            tokens.splice(at..at + 2, [base + i]);
        }
    }
    tokens
}
