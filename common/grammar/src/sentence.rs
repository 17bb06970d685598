//! A sentence in both languages with what is known of it, and how it is spoken from its derivation.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::grammar::{Grammar, Rule, SpanMark, What, is_a};
use super::parse::Parse;
use super::sampling::Derivation;
use super::surface::{self, Surface};

/// An English sentence and its translation, with what the grammar knows of them. Positions count words from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// The words and, after questions, a question mark.
    pub english: Vec<String>,
    /// The one reference.
    pub spanish: Vec<String>,
    /// Which English word says what which Spanish word says: (position in English, position in Spanish), in order.
    /// Words without a counterpart, such as the `do` of questions, are in no pair.
    pub alignment: Vec<(usize, usize)>,
    /// The meaning of every English word that has several.
    pub senses: Vec<Sense>,
    /// Persons, places, dates, times, numbers: see [`Span`]. One that lies in another stands before it.
    pub spans: Vec<Span>,
    /// What is combined with what, such as an adjective with the noun that it describes.
    pub bonds: Vec<Bond>,
    /// log2 p(sentence | its number of English words), minus the bits that the sentence holds.
    pub log2_probability: f64,
    /// How it came about, for what is told when asked: questions, a summary.
    pub(super) parse: Parse,
}

/// The meaning of a word that has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sense {
    /// Of the word in the English sentence.
    pub position: usize,
    /// Such as `shore` for the bank of a river.
    pub meaning: String,
}

/// A run of English words that is a phrase of a kind.
///
/// The kinds of [`Grammar::english_spanish`], where one may lie in one of another kind, but none in one of its own:
///
/// | label | such as |
/// |---|---|
/// | `person`, `place` | very old boy, white house, the bank of the river (without what determines the noun) |
/// | `number`, `ordinal`, `age`, `price` | twenty one, two million; first; ten (years old); ten dollars |
/// | `weekday`, `date`, `year`, `time` | Monday; March third, March; nineteen eighty four; half past two |
/// | `where`, `when` | in my house, on the table; yesterday, every day, on Monday March third |
///
/// What is said of the whole sentence is computed when asked for: [`kind`](Sentence::kind),
/// [`is_negated`](Sentence::is_negated), [`sentiment`](Sentence::sentiment), [`questions`](Sentence::questions) and
/// [`summary`](Sentence::summary).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Such as `number`.
    pub label: String,
    /// Of positions in the English sentence.
    pub words: Range<usize>,
}

/// Two entries of the lexicon that a phrase combines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bond {
    /// Part of speech and basic English form, such as `["adjective", "red"]`.
    pub one: [String; 2],
    /// The same of the other.
    pub other: [String; 2],
}

impl Sentence {
    /// What `derivation` says, in the reference's Spanish or that of a dialect (an index in [`Grammar::dialects`]).
    pub(super) fn of(
        grammar: &Arc<Grammar>,
        derivation: Derivation,
        dialect: Option<usize>,
        log2_probability: f64,
    ) -> Self {
        let mut speaker = Speaker::new(grammar, dialect);
        let whole = speaker.phrase(&derivation);
        let Speaker { mut english, words, links, senses, spans, bonds, .. } = speaker;
        surface::english(&mut english);
        let said = whole.spanish.iter().map(|&word| Surface { word: words[word].to_owned(), from: vec![word] });
        let said = surface::spanish(said.collect());
        let mut position = vec![0; words.len()];
        for (at, surface) in said.iter().enumerate() {
            for &word in &surface.from {
                position[word] = at;
            }
        }
        let mut alignment: Vec<(usize, usize)> = links.into_iter().map(|(e, word)| (e, position[word])).collect();
        alignment.sort_unstable();
        alignment.dedup();
        let spanish = said.into_iter().map(|surface| surface.word).collect();
        let parse = Parse::new(grammar, derivation);
        Self { english, spanish, alignment, senses, spans, bonds, log2_probability, parse }
    }
}

/// Speaks both languages at once, phrase by phrase.
struct Speaker<'g> {
    grammar: &'g Grammar,
    dialect: Option<usize>,
    english: Vec<String>,
    /// The Spanish words in the order in which they came up; phrases put them in order.
    words: Vec<&'g str>,
    /// English position and number of the Spanish word.
    links: Vec<(usize, usize)>,
    senses: Vec<Sense>,
    spans: Vec<Span>,
    bonds: Vec<Bond>,
}

/// A phrase that has been spoken.
struct Spoken<'g> {
    /// Numbers of Spanish words, in Spanish order.
    spanish: Vec<usize>,
    open: BTreeMap<char, Ends>,
    /// In Spanish order, in which the head of a noun phrase comes before what belongs to it.
    lemmas: Vec<&'g [String; 2]>,
}

/// The two ends of a link: English positions, numbers of Spanish words.
#[derive(Default)]
struct Ends {
    english: Vec<usize>,
    spanish: Vec<usize>,
}

impl<'g> Speaker<'g> {
    fn new(grammar: &'g Grammar, dialect: Option<usize>) -> Self {
        let (english, words, links) = (Vec::new(), Vec::new(), Vec::new());
        Self { grammar, dialect, english, words, links, senses: Vec::new(), spans: Vec::new(), bonds: Vec::new() }
    }

    fn phrase(&mut self, derivation: &Derivation) -> Spoken<'g> {
        let rule = &self.grammar.rules[derivation.rule];
        let begin = self.english.len();
        let mut ends = BTreeMap::<char, Ends>::new();
        let mut children: Vec<Spoken<'g>> = Vec::with_capacity(rule.children.len());
        let mut starts = Vec::with_capacity(rule.children.len());
        for item in &rule.english {
            let from = self.english.len();
            match &item.what {
                What::Word { word, sense } => {
                    let sense = sense.as_ref().map(|meaning| Sense { position: from, meaning: meaning.clone() });
                    self.senses.extend(sense);
                    self.english.push(word.clone());
                }
                What::Child(child) => {
                    starts.push(from);
                    children.push(self.phrase(&derivation.children[*child]));
                }
            }
            for link in item.links.chars() {
                ends.entry(link).or_default().english.extend(from..self.english.len());
            }
        }
        let mut spanish = Vec::new();
        let mut lemmas: Vec<&'g [String; 2]> = rule.lemma.iter().collect();
        for item in rule.spanish_in(self.dialect) {
            let from = spanish.len();
            match &item.what {
                What::Word { word, .. } => {
                    spanish.push(self.words.len());
                    self.words.push(word);
                }
                What::Child(child) => {
                    spanish.extend(&children[*child].spanish);
                    lemmas.extend(&children[*child].lemmas);
                }
            }
            for link in item.links.chars() {
                ends.entry(link).or_default().spanish.extend(&spanish[from..]);
            }
        }
        for (link, open) in children.into_iter().flat_map(|child| child.open) {
            let ends = ends.entry(link).or_default();
            ends.english.extend(open.english);
            ends.spanish.extend(open.spanish);
        }
        self.mark_spans(rule, begin, &starts);
        self.mark_bonds(rule.phrase, &lemmas);
        let open = self.link(ends);
        if self.grammar.marks[rule.phrase].bound {
            Spoken { spanish, open: BTreeMap::new(), lemmas: Vec::new() }
        } else {
            Spoken { spanish, open, lemmas }
        }
    }

    /// Joins the links that have two ends and returns those that stay open.
    fn link(&mut self, mut ends: BTreeMap<char, Ends>) -> BTreeMap<char, Ends> {
        for ends in ends.values() {
            let pairs = ends.english.iter().flat_map(|&english| ends.spanish.iter().map(move |&word| (english, word)));
            self.links.extend(pairs);
        }
        ends.retain(|link, ends| link.is_alphabetic() && ends.english.is_empty() != ends.spanish.is_empty());
        ends
    }

    /// Notes the spans that the phrase from `begin` to the last word is or has, its parts beginning at `starts`.
    fn mark_spans(&mut self, rule: &Rule, begin: usize, starts: &[usize]) {
        for SpanMark { label, before } in &self.grammar.marks[rule.phrase].spans {
            let end = match before {
                None => self.english.len(),
                Some(name) => {
                    let part = rule.children.iter().position(|&child| is_a(&self.grammar.phrases[child], name));
                    let Some(part) = part else { continue };
                    starts[part]
                }
            };
            // Those within this one were noted before it, and so were those behind its end.
            self.spans.retain(|span| span.label != *label || span.words.start < begin || span.words.start >= end);
            self.spans.push(Span { label: label.clone(), words: begin..end });
        }
    }

    /// Notes the bonds that the phrase makes.
    fn mark_bonds(&mut self, phrase: usize, lemmas: &[&[String; 2]]) {
        if let Some(parts) = &self.grammar.marks[phrase].bond {
            let of = |part| lemmas.iter().filter(move |[own, _]| own == part);
            let Some(&other) = of(&parts[1]).next() else { return };
            self.bonds.extend(of(&parts[0]).map(|&one| Bond { one: one.clone(), other: other.clone() }));
        }
    }
}
