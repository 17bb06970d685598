//! The phrases of a sentence, for what is known of it only when somebody asks.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::grammar::{Grammar, What, is_a};
use super::sampling::Derivation;

/// How a sentence came about: as little as a drawn sentence can carry, until [`phrases`](Self::phrases) spreads it out.
#[derive(Clone)]
pub(super) struct Parse {
    grammar: Arc<Grammar>,
    derivation: Derivation,
}

/// A phrase of the grammar in an English sentence.
#[derive(Debug)]
pub(super) struct Phrase<'p> {
    /// With its features.
    pub name: &'p str,
    /// The basic English form, of an entry of the lexicon.
    pub lemma: Option<&'p str>,
    /// Of positions in the English sentence.
    pub words: Range<usize>,
    /// In English order.
    pub parts: Vec<Phrase<'p>>,
}

impl Parse {
    pub fn new(grammar: &Arc<Grammar>, derivation: Derivation) -> Self {
        Self { grammar: Arc::clone(grammar), derivation }
    }

    /// The whole sentence as a phrase.
    pub fn phrases(&self) -> Phrase<'_> {
        Phrase::new(&self.grammar, &self.derivation, 0)
    }
}

impl PartialEq for Parse {
    /// Of sentences of one grammar.
    fn eq(&self, other: &Self) -> bool {
        self.derivation == other.derivation
    }
}

impl fmt::Debug for Parse {
    /// The names of the phrases, each before its parts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.phrases();
        f.debug_list().entries(whole.all().iter().map(|phrase| phrase.name)).finish()
    }
}

impl<'p> Phrase<'p> {
    fn new(grammar: &'p Grammar, derivation: &Derivation, from: usize) -> Self {
        let rule = &grammar.rules[derivation.rule];
        let mut parts = Vec::with_capacity(rule.children.len());
        let mut end = from;
        for item in &rule.english {
            end = match item.what {
                What::Word { .. } => end + 1,
                What::Child(child) => {
                    parts.push(Phrase::new(grammar, &derivation.children[child], end));
                    parts[parts.len() - 1].words.end
                }
            };
        }
        let lemma =
            rule.lemma.as_ref().map(|[_, english]| english.split_once('/').map_or(&**english, |(word, _)| word));
        Self { name: &grammar.phrases[rule.phrase], lemma, words: from..end, parts }
    }

    /// Whether the name begins with these features.
    pub fn is(&self, name: &str) -> bool {
        is_a(self.name, name)
    }

    /// The features of the name.
    pub fn has(&self, feature: &str) -> bool {
        self.name.split('.').skip(1).any(|own| own == feature)
    }

    /// The first part that is a `name`.
    pub fn part(&self, name: &str) -> Option<&Self> {
        self.parts.iter().find(|part| part.is(name))
    }

    /// The phrase itself or the only phrase it consists of, or the only one that this consists of, that is a `name`.
    pub fn alone(&self, name: &str) -> Option<&Self> {
        match &self.parts[..] {
            _ if self.is(name) => Some(self),
            [part] if part.words == self.words => part.alone(name),
            _ => None,
        }
    }

    /// The phrase and all within it, each before its parts.
    pub fn all(&self) -> Vec<&Self> {
        let parts = self.parts.iter().flat_map(Self::all);
        std::iter::once(self).chain(parts).collect()
    }
}
