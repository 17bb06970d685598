//! Finding the derivations of an English sentence.

use std::collections::HashMap;
use std::rc::Rc;

use super::grammar::{Grammar, Item, Rule, What};
use super::sampling::{Derivation, Lengths};

/// All derivations of `words` as a phrase, in the order of the rules.
///
/// Every phrase is tried on every stretch of words once, and what it can be there is remembered.
pub(super) fn derivations(grammar: &Grammar, lengths: &Lengths, phrase: usize, words: &[&str]) -> Vec<Derivation> {
    let mut reader = Reader { grammar, lengths, words, known: HashMap::new() };
    reader.phrase(phrase, 0, words.len()).to_vec()
}

struct Reader<'r> {
    grammar: &'r Grammar,
    lengths: &'r Lengths,
    words: &'r [&'r str],
    /// By phrase and the stretch from..to.
    known: HashMap<(usize, usize, usize), Rc<[Derivation]>>,
}

impl Reader<'_> {
    fn phrase(&mut self, phrase: usize, from: usize, to: usize) -> Rc<[Derivation]> {
        if let Some(known) = self.known.get(&(phrase, from, to)) {
            return Rc::clone(known);
        }
        let mut found = Vec::new();
        if self.lengths.count(phrase, to - from) > 0 {
            let grammar = self.grammar;
            for index in grammar.rules_of[phrase].clone() {
                let rule = &grammar.rules[index];
                let ways = self.items(rule, &rule.english, from, to);
                found.extend(ways.into_iter().map(|children| Derivation { rule: index, children }));
            }
        }
        let found: Rc<[Derivation]> = found.into();
        self.known.insert((phrase, from, to), Rc::clone(&found));
        found
    }

    /// The ways in which the last `items` of a rule make up the stretch: the derivations of the phrases among them.
    fn items(&mut self, rule: &Rule, items: &[Item], from: usize, to: usize) -> Vec<Vec<Derivation>> {
        let [item, rest @ ..] = items else { return if from == to { vec![Vec::new()] } else { Vec::new() } };
        if to - from < items.len() {
            return Vec::new(); // every item has a word at least
        }
        match &item.what {
            What::Word { word, .. } if word == self.words[from] => self.items(rule, rest, from + 1, to),
            What::Word { .. } => Vec::new(),
            What::Child(child) => {
                let shortest = if rest.is_empty() { to } else { from + 1 };
                let mut ways = Vec::new();
                for middle in shortest..=to - rest.len() {
                    let heads = self.phrase(rule.children[*child], from, middle);
                    let tails = if heads.is_empty() { Vec::new() } else { self.items(rule, rest, middle, to) };
                    let way = |head: &Derivation, tail: &[Derivation]| [std::slice::from_ref(head), tail].concat();
                    ways.extend(heads.iter().flat_map(|head| tails.iter().map(move |tail| way(head, tail))));
                }
                ways
            }
        }
    }
}
