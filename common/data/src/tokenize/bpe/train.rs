//! Which merges a text asks for (Sennrich, Haddow and Birch 2016, on bytes as in Radford et al. 2019).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::tokenize::Token;

/// Two neighbouring tokens.
pub(crate) type Pair = (Token, Token);

/// A piece of the text, and how often it occurs.
struct Word {
    tokens: Vec<Token>,
    count: u64,
}

/// What is known of the pairs while they are merged.
#[derive(Default)]
struct Pairs {
    counts: FxHashMap<Pair, u64>,
    /// In which words a pair is, or was.
    places: FxHashMap<Pair, Vec<u32>>,
    /// The pairs by their counts of some time; no pair has a count above its highest here.
    by_count: BinaryHeap<(u64, Reverse<Pair>)>,
}

/// The merges that make a vocabulary of up to `size` tokens, beginning with the 256 bytes, each at the index that is its
/// value; a new token gets the next index. The most frequent pair of neighbours is merged everywhere, then the most
/// frequent of what is there now, and so on; of equally frequent ones the pair with the smallest tokens, the left one
/// compared first. A pair that occurs once is not merged. If two merges write the same bytes, they give the same token.
///
/// Each distinct piece is kept once with its count, and after a merge only the pieces that had the pair are counted anew.
pub(crate) fn merges<'p>(pieces: impl IntoIterator<Item = &'p str>, size: usize) -> Vec<Pair> {
    let mut words = words(pieces);
    let mut pairs = Pairs::default();
    for (index, word) in (0..).zip(&words) {
        pairs.count(word);
        for pair in neighbours(&word.tokens) {
            pairs.places.entry(pair).or_default().push(index);
        }
    }
    pairs.by_count = pairs.counts.iter().map(|(&pair, &count)| (count, Reverse(pair))).collect();

    // ANCHOR: rounds
    let mut pieces = Pieces::of_bytes();
    let (mut merges, mut merged) = (Vec::new(), FxHashSet::default());
    while pieces.len() < size
        && let Some(pair) = pairs.most_frequent()
    {
        let token = pieces.merged(pair);
        // It can be there again where another merge has written one of its tokens.
        if merged.insert(pair) {
            merges.push(pair);
        }
        let mut new = Vec::new();
        for index in pairs.places.remove(&pair).unwrap_or_default() {
            let word = &mut words[index as usize];
            if neighbours(&word.tokens).all(|other| other != pair) {
                continue;
            }
            pairs.discount(word);
            merge(&mut word.tokens, pair, token);
            pairs.count(word);
            for pair in neighbours(&word.tokens).filter(|&(left, right)| left == token || right == token) {
                pairs.places.entry(pair).or_default().push(index);
                new.push(pair);
            }
        }
        new.sort_unstable();
        new.dedup();
        pairs.by_count.extend(new.into_iter().map(|pair| (pairs.counts[&pair], Reverse(pair))));
    }
    merges
    // ANCHOR_END: rounds
}

impl Pairs {
    fn count(&mut self, word: &Word) {
        for pair in neighbours(&word.tokens) {
            *self.counts.entry(pair).or_default() += word.count;
        }
    }

    fn discount(&mut self, word: &Word) {
        for pair in neighbours(&word.tokens) {
            *self.counts.get_mut(&pair).expect("a pair that was counted") -= word.count;
        }
    }

    // ANCHOR: most_frequent
    /// The most frequent pair, of equals the smallest, if one occurs more than once.
    fn most_frequent(&mut self) -> Option<Pair> {
        while let Some((then, Reverse(pair))) = self.by_count.pop() {
            let now = self.counts[&pair];
            if now == then {
                return (now > 1).then_some(pair);
            }
            self.by_count.push((now, Reverse(pair)));
        }
        None
    }
    // ANCHOR_END: most_frequent
}

/// The distinct pieces of more than a byte, as bytes.
fn words<'p>(pieces: impl IntoIterator<Item = &'p str>) -> Vec<Word> {
    let mut counts = FxHashMap::<&str, u64>::default();
    for piece in pieces {
        *counts.entry(piece).or_default() += 1;
    }
    let several = counts.into_iter().filter(|(piece, _)| piece.len() > 1);
    several.map(|(piece, count)| Word { tokens: piece.bytes().map(Token::from).collect(), count }).collect()
}

fn neighbours(tokens: &[Token]) -> impl Iterator<Item = Pair> {
    tokens.windows(2).map(|pair| (pair[0], pair[1]))
}

/// Writes `token` for the pair wherever it is, from left to right.
fn merge(tokens: &mut Vec<Token>, pair: Pair, token: Token) {
    let mut written = 0;
    let mut read = 0;
    while read < tokens.len() {
        let is_pair = tokens.get(read + 1).is_some_and(|&next| (tokens[read], next) == pair);
        tokens[written] = if is_pair { token } else { tokens[read] };
        written += 1;
        read += 1 + usize::from(is_pair);
    }
    tokens.truncate(written);
}

/// The bytes of each token.
pub(crate) struct Pieces {
    bytes: Vec<Vec<u8>>,
    tokens: FxHashMap<Vec<u8>, Token>,
}

impl Pieces {
    /// Each byte at the index that is its value.
    pub fn of_bytes() -> Self {
        let bytes: Vec<Vec<u8>> = (0..=u8::MAX).map(|byte| vec![byte]).collect();
        let tokens = bytes.iter().cloned().zip(0..).collect();
        Self { bytes, tokens }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The token that a pair becomes: the one with these bytes, or the next.
    ///
    /// # Panics
    /// If there are no such tokens.
    pub fn merged(&mut self, (left, right): Pair) -> Token {
        let bytes = [&self.bytes[left as usize][..], &self.bytes[right as usize]].concat();
        let next = self.bytes.len() as Token;
        *self.tokens.entry(bytes).or_insert_with_key(|bytes| {
            self.bytes.push(bytes.clone());
            next
        })
    }

    /// In the order of the tokens.
    pub fn into_bytes(self) -> Vec<Vec<u8>> {
        self.bytes
    }
}
