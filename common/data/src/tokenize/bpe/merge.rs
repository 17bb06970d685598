//! The merges of a vocabulary, and what becomes of a piece by them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use crate::tokenize::Token;

/// Which neighbours become one token, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Merges {
    /// Of each pair its place in the order and what it becomes.
    of: FxHashMap<(Token, Token), (u32, Token)>,
}

/// What a text needs while it is encoded, kept from piece to piece.
#[derive(Default)]
pub(crate) struct Scratch {
    parts: Vec<Part>,
    candidates: BinaryHeap<Reverse<(u32, u32)>>,
}

/// A token in a list that is linked in both directions.
#[derive(Clone, Copy)]
struct Part {
    /// None if it became part of the one before it.
    token: Option<Token>,
    before: u32,
    after: u32,
}

const NOWHERE: u32 = u32::MAX;

impl Merges {
    /// Adds the next merge; of a pair that was there before the first place counts.
    pub fn push(&mut self, pair: (Token, Token), becomes: Token) {
        let rank = self.of.len() as u32;
        self.of.entry(pair).or_insert((rank, becomes));
    }

    /// Merges neighbours of a piece until no merge is left: always the earliest in the order of merges, of several places
    /// the leftmost. Of n tokens it takes n log n steps. Appends what is left.
    pub fn apply(&self, piece: impl ExactSizeIterator<Item = Token>, scratch: &mut Scratch, tokens: &mut Vec<Token>) {
        let Scratch { parts, candidates } = scratch;
        let last = piece.len().saturating_sub(1) as u32;
        parts.clear();
        parts.extend((0_u32..).zip(piece).map(|(place, token)| Part {
            token: Some(token),
            before: place.wrapping_sub(1), // of the first NOWHERE
            after: if place == last { NOWHERE } else { place + 1 },
        }));
        // ANCHOR: apply
        candidates.clear();
        candidates.extend((0..last).filter_map(|place| Some(Reverse((self.rank(parts, place)?, place)))));
        while let Some(Reverse((rank, place))) = candidates.pop() {
            // It may be of neighbours that have become others since.
            let Some((_, token)) = self.at(parts, place).filter(|&(now, _)| now == rank) else { continue };
            let Part { before, after, .. } = parts[place as usize];
            let beyond = parts[after as usize].after;
            parts[after as usize].token = None;
            parts[place as usize] = Part { token: Some(token), before, after: beyond };
            if beyond != NOWHERE {
                parts[beyond as usize].before = place;
            }
            for place in [before, place] {
                if place != NOWHERE
                    && let Some(rank) = self.rank(parts, place)
                {
                    candidates.push(Reverse((rank, place)));
                }
            }
        }
        tokens.extend(parts.iter().filter_map(|part| part.token));
        // ANCHOR_END: apply
    }

    /// The merge of a part and the next.
    fn at(&self, parts: &[Part], place: u32) -> Option<(u32, Token)> {
        let Part { token, after, .. } = parts[place as usize];
        let next = parts.get(after as usize)?;
        self.of.get(&(token?, next.token?)).copied()
    }

    fn rank(&self, parts: &[Part], place: u32) -> Option<u32> {
        self.at(parts, place).map(|(rank, _)| rank)
    }
}
