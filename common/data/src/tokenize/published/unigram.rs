//! The unigram language model of SentencePiece (Kudo 2018), as T5 has it.

use rustc_hash::FxHashMap;

use super::character_bpe::byte_piece;
use crate::tokenize::Token;

/// A piece is cut so that the sum of the scores, the log-probabilities of its parts, is highest: Viterbi's search. A
/// character that no part has is unknown.
pub(super) struct Unigram {
    scores: Vec<f64>,
    /// A tree of the bytes of all pieces: from a node and a byte to the next node.
    edges: FxHashMap<(u32, u8), u32>,
    /// The token that ends at a node.
    ends: Vec<Option<Token>>,
    unknown: Option<Token>,
    /// The score of an unknown character.
    unknown_score: f64,
    /// The tokens of all bytes, if unknown characters are written in them.
    bytes: Option<Vec<Token>>,
}

/// How much worse than the worst piece an unknown character is.
const PENALTY: f64 = 10.0;

/// The best way to a place.
#[derive(Clone, Copy)]
struct Best {
    score: f64,
    from: usize,
    token: Option<Token>,
}

impl Unigram {
    pub fn new(vocab: Vec<(String, f64)>, unknown: Option<usize>, falls_back: bool) -> Result<Self, String> {
        if let Some(unknown) = unknown.filter(|&unknown| unknown >= vocab.len()) {
            return Err(format!("its unknown token has the number {unknown}, and there are {} tokens", vocab.len()));
        }
        let (mut edges, mut ends) = (FxHashMap::default(), vec![None]);
        for ((piece, _), token) in vocab.iter().zip(0..) {
            let mut node = 0;
            for byte in piece.bytes() {
                node = *edges.entry((node, byte)).or_insert_with(|| {
                    ends.push(None);
                    ends.len() as u32 - 1
                });
            }
            ends[node as usize] = Some(token);
        }
        ends[0] = None;
        let mut unigram = Self {
            scores: vocab.iter().map(|&(_, score)| score).collect(),
            edges,
            ends,
            unknown: unknown.map(|unknown| unknown as Token),
            unknown_score: vocab.iter().map(|&(_, score)| score).fold(f64::INFINITY, f64::min) - PENALTY,
            bytes: None,
        };
        if falls_back {
            unigram.bytes = (0..=u8::MAX).map(|byte| unigram.token(&byte_piece(byte))).collect();
        }
        Ok(unigram)
    }

    pub fn unknown(&self) -> Option<Token> {
        self.unknown
    }

    fn token(&self, piece: &str) -> Option<Token> {
        let node = piece.bytes().try_fold(0, |node, byte| self.edges.get(&(node, byte)).copied())?;
        self.ends[node as usize]
    }

    pub fn write(&self, piece: &str, tokens: &mut Vec<Token>) {
        let mut best = vec![None::<Best>; piece.len() + 1];
        best[0] = Some(Best { score: 0.0, from: 0, token: None });
        for (start, character) in piece.char_indices() {
            let Some(Best { score: so_far, .. }) = best[start] else { continue };
            let mut reach = |end: usize, score: f64, token| {
                let score = so_far + score;
                if best[end].is_none_or(|other| score > other.score) {
                    best[end] = Some(Best { score, from: start, token });
                }
            };
            let next = start + character.len_utf8();
            let mut is_known = false;
            let mut node = 0;
            for (place, byte) in (start + 1..).zip(piece[start..].bytes()) {
                let Some(&child) = self.edges.get(&(node, byte)) else { break };
                node = child;
                if let Some(token) = self.ends[node as usize] {
                    reach(place, self.scores[token as usize], Some(token));
                    is_known |= place == next;
                }
            }
            if !is_known {
                reach(next, self.unknown_score, None);
            }
        }
        // From the end; neighbouring unknown characters are one piece.
        let mut parts = Vec::<(&str, Option<Token>)>::new();
        let mut end = piece.len();
        while end > 0 {
            let Best { from, token, .. } = best[end].expect("every character is a way on");
            let token = token.filter(|&token| Some(token) != self.unknown);
            match parts.last_mut() {
                Some((part, None)) if token.is_none() => *part = &piece[from..from + (end - from) + part.len()],
                _ => parts.push((&piece[from..end], token)),
            }
            end = from;
        }
        for (part, token) in parts.into_iter().rev() {
            match (token, &self.bytes) {
                (Some(token), _) => tokens.push(token),
                (None, Some(bytes)) => tokens.extend(part.bytes().map(|byte| bytes[usize::from(byte)])),
                (None, None) => tokens.extend(self.unknown),
            }
        }
    }
}
