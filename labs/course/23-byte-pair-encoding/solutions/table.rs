pub fn train(words: &[(Vec<usize>, usize)], base: usize, most: usize) -> Vec<(usize, usize)> {
    let mut words = words.to_vec();
    let mut merges = Vec::new();
    for token in base..base + most {
        let mut table = vec![vec![0; token]; token];
        for (word, count) in &words {
            word.windows(2).for_each(|pair| table[pair[0]][pair[1]] += count);
        }
        let (mut most_frequent, mut best) = (1, None);
        for (left, row) in table.iter().enumerate() {
            for (right, &count) in row.iter().enumerate() {
                if count > most_frequent {
                    (most_frequent, best) = (count, Some((left, right)));
                }
            }
        }
        let Some((left, right)) = best else { break };
        for (word, _) in &mut words {
            let mut at = 0;
            while let Some(found) = word[at..].windows(2).position(|pair| pair == [left, right]) {
                at += found;
                word.splice(at..at + 2, [token]);
            }
        }
        merges.push((left, right));
    }
    merges
}

/// Always the earliest merge that the word has, of several places the leftmost.
pub fn encode(word: &[usize], base: usize, merges: &[(usize, usize)]) -> Vec<usize> {
    let rank = |pair: &[usize]| merges.iter().position(|&(left, right)| pair == [left, right]);
    let mut word = word.to_vec();
    while let Some((rank, at)) = word.windows(2).zip(0..).filter_map(|(pair, at)| Some((rank(pair)?, at))).min() {
        word.splice(at..at + 2, [base + rank]);
    }
    word
}
