//! Grammars of two languages at once, and the notation in which they are written.

use std::collections::{BTreeMap, BTreeSet};

use super::notation::{Line, Notation, Written, base, variables_in, with_values};

/// A weighted grammar whose every rule makes a phrase in English and the same phrase in Spanish (a synchronous
/// context-free grammar: Aho & Ullman 1969, *Syntax directed translations and the pushdown assembler*).
///
/// # Notation
/// A rule is a line `Left weight : english = spanish`. A name that stands on the left of some rule is a phrase, and any
/// other is a word. Both sides have the same phrases, each side in its own order; the
/// Spanish side may leave out their features:
///
/// ```text
/// Noun : the:1 Adjective.m Thing.m = el:1 Thing Adjective
/// ```
///
/// - **Features** follow a name behind dots, and variables stand for them. `let g = m f` makes a rule with `.g` in it
///   two rules, one with `.m` and one with `.f`. A variable behind a digit, `.3n`, completes it: `.3s`, `.3p`.
/// - **Forms** of a word by its features: `forms el m.s el f.s la` lets a rule say `el.g.n`.
/// - **Links** behind a colon align words: every English item marked `:1` with every Spanish item marked `:1`, where a
///   phrase stands for all its words. A link named by a letter may stay open on one side; the smallest phrase around that
///   has the other side closes it. So an English pronoun finds the Spanish verb that expresses it. No open link,
///   and no lemma, leaves the phrases named by `bound`.
/// - **Senses** behind a slash, `bank/shore`, say which meaning of an English word this is.
/// - **Dialects** are other Spanish sides, behind bars: `= coche:1 | latin carro:1`.
/// - **Lemmas** in brackets, `[noun dog]`, name an entry of the lexicon. `bond Phrase adjective noun` reports which
///   adjective a phrase binds to which noun, `span Phrase label` where phrases of a kind begin and end, and
///   `span Phrase label before Part` where the words before a phrase within do; of spans with one label, one inside
///   another, only the outermost is reported. `bound`, `bond` and `span` speak of all phrases whose name begins with
///   these features: `span Phrase.person person`.
/// - A phrase that occurs twice in a rule has a prime the second time. A line that begins with `#` is a remark.
///
/// # Probabilities
/// The weights of the rules of one phrase, divided by their sum, are their probabilities. A line that its variables
/// make several rules for the same phrase divides its weight among them equally. Rules that lead to no words, because
/// the lexicon has none with these features, are left out first.
#[derive(Debug)]
pub struct Grammar {
    /// The phrases with their features, in alphabetical order.
    pub(super) phrases: Vec<String>,
    /// In the order of their phrases.
    pub(super) rules: Vec<Rule>,
    /// The rules of every phrase.
    pub(super) rules_of: Vec<std::ops::Range<usize>>,
    /// The dialects that some rule speaks.
    pub(super) dialects: Vec<String>,
    /// What is said of every phrase.
    pub(super) marks: Vec<Marks>,
}

/// What a grammar's text says of a phrase.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub bound: bool,
    pub spans: Vec<SpanMark>,
    pub bond: Option<[String; 2]>,
}

/// That a phrase, or what stands in it before another phrase, is a span.
#[derive(Debug)]
pub(super) struct SpanMark {
    pub label: String,
    pub before: Option<String>,
}

/// One way to make a phrase.
#[derive(Debug)]
pub(super) struct Rule {
    pub phrase: usize,
    pub probability: f64,
    /// The phrases within, in English order.
    pub children: Vec<usize>,
    pub english: Vec<Item>,
    /// The reference first, then other dialects by their index in [`Grammar::dialects`].
    pub spanish: Vec<Item>,
    pub dialects: Vec<(usize, Vec<Item>)>,
    pub lemma: Option<[String; 2]>,
}

/// A word or a phrase in a rule.
#[derive(Debug)]
pub(super) struct Item {
    pub what: What,
    pub links: String,
}

#[derive(Debug)]
pub(super) enum What {
    Word {
        word: String,
        sense: Option<String>,
    },
    /// Index in [`Rule::children`].
    Child(usize),
}

impl Rule {
    /// The number of English words that the rule itself has.
    pub fn words(&self) -> usize {
        self.english.len() - self.children.len()
    }

    /// The Spanish side in one of [`Grammar::dialects`], or the reference.
    pub fn spanish_in(&self, dialect: Option<usize>) -> &[Item] {
        let own = self.dialects.iter().find(|(own, _)| Some(*own) == dialect);
        own.map_or(&self.spanish, |(_, side)| side)
    }
}

impl Grammar {
    /// The grammar written in `text`.
    ///
    /// # Panics
    /// If a line is not in the notation, the sides of a rule have different phrases, a word lacks a form, a numbered
    /// link has only one side, or a phrase is not made by any rule.
    #[track_caller]
    pub fn new(text: &str) -> Self {
        let notation = Notation::of(text);
        let mut rules: Vec<Expanded<'_>> = notation.lines.iter().flat_map(|line| expand(line, &notation)).collect();
        keep_productive(&mut rules);
        let names: BTreeSet<&str> = rules.iter().map(|rule| rule.left.as_str()).collect();
        let phrases: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        let index: BTreeMap<&str, usize> = names.into_iter().zip(0..).collect();
        let dialects: BTreeSet<&str> =
            notation.lines.iter().flat_map(|line| &line.dialects).map(|side| side.0).collect();
        let dialects: Vec<String> = dialects.into_iter().map(str::to_owned).collect();

        let mut copies = BTreeMap::<(&str, *const Line<'_>), f64>::new();
        for rule in &rules {
            *copies.entry((&rule.left, rule.line)).or_default() += 1.0;
        }
        let weight =
            |rule: &Expanded<'_>| rule.line.weight / copies[&(rule.left.as_str(), std::ptr::from_ref(rule.line))];
        let mut totals = vec![0.0; phrases.len()];
        for rule in &rules {
            totals[index[rule.left.as_str()]] += weight(rule);
        }
        let mut made: Vec<Rule> = rules
            .iter()
            .map(|rule| {
                let phrase = index[rule.left.as_str()];
                rule.finish(phrase, weight(rule) / totals[phrase], &notation, &index, &dialects)
            })
            .collect();
        made.sort_by_key(|rule| rule.phrase); // stable: within a phrase the order of the text
        let start = |phrase| made.partition_point(|rule: &Rule| rule.phrase < phrase);
        let rules_of = (0..phrases.len()).map(|phrase| start(phrase)..start(phrase + 1)).collect();
        let marks = phrases.iter().map(|phrase| marks(phrase, &notation)).collect();
        Self { phrases, rules_of, rules: made, dialects, marks }
    }

    /// The rules that a phrase can lead to.
    pub(super) fn reachable(&self, phrase: usize) -> Vec<&Rule> {
        let mut reached = vec![false; self.phrases.len()];
        let mut open = vec![phrase];
        let mut rules = Vec::new();
        while let Some(phrase) = open.pop() {
            if !std::mem::replace(&mut reached[phrase], true) {
                let own = &self.rules[self.rules_of[phrase].clone()];
                open.extend(own.iter().flat_map(|rule| &rule.children));
                rules.extend(own);
            }
        }
        rules
    }

    /// The index of a phrase, by its name with features.
    #[track_caller]
    pub(super) fn phrase(&self, name: &str) -> usize {
        match self.phrases.binary_search_by(|phrase| phrase.as_str().cmp(name)) {
            Ok(phrase) => phrase,
            Err(_) => panic!("grammar: no rule makes a {name}"),
        }
    }
}

/// Whether a phrase's name begins with `name` and its features.
pub(super) fn is_a(phrase: &str, name: &str) -> bool {
    phrase.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn marks(phrase: &str, notation: &Notation<'_>) -> Marks {
    let speaks_of = |name: &str| is_a(phrase, name);
    let spans = notation.spans.iter().filter(|(name, ..)| speaks_of(name));
    let span = |(_, label, before): &(_, &str, Option<&str>)| SpanMark {
        label: (*label).to_owned(),
        before: before.map(str::to_owned),
    };
    let bond = notation.bonds.iter().find(|(name, _)| speaks_of(name));
    Marks {
        bound: notation.bounds.iter().any(|name| speaks_of(name)),
        spans: spans.map(span).collect(),
        bond: bond.map(|(_, parts)| parts.map(str::to_owned)),
    }
}

/// A line with values for its variables.
struct Expanded<'a> {
    line: &'a Line<'a>,
    values: BTreeMap<&'a str, &'a str>,
    left: String,
    /// The phrases on the English side, with their primes.
    children: Vec<String>,
}

/// The rules that a line stands for, one for every choice of values.
fn expand<'a>(line: &'a Line<'a>, notation: &'a Notation<'a>) -> Vec<Expanded<'a>> {
    let known = &notation.variables;
    let sides = line.english.iter().chain(&line.spanish).map(|item| Written::of(item).name.trim_end_matches('\''));
    let variables: BTreeSet<&str> =
        std::iter::once(line.left).chain(sides).flat_map(|name| variables_in(name, known)).collect();
    let mut choices = vec![BTreeMap::new()];
    for variable in variables {
        let with = |choice: &BTreeMap<&'a str, &'a str>, value| {
            let mut choice = choice.clone();
            choice.insert(variable, value);
            choice
        };
        choices = choices.iter().flat_map(|choice| known[variable].iter().map(|value| with(choice, *value))).collect();
    }
    let phrase = |item: &&str| notation.phrases.contains(base(Written::of(item).name.trim_end_matches('\'')));
    let children: Vec<&str> =
        line.english.iter().filter(|item| phrase(item)).map(|item| Written::of(item).name).collect();
    let expanded = |values: BTreeMap<&'a str, &'a str>| {
        let children = children.iter().map(|name| with_primes(name, &values)).collect();
        Expanded { line, left: with_values(line.left, &values), children, values }
    };
    choices.into_iter().map(expanded).collect()
}

/// The name with values for its variables, its primes kept.
fn with_primes(name: &str, values: &BTreeMap<&str, &str>) -> String {
    let bare = name.trim_end_matches('\'');
    with_values(bare, values) + &name[bare.len()..]
}

/// The name and its primes.
fn without_features(name: &str) -> String {
    let bare = name.trim_end_matches('\'');
    base(bare).to_owned() + &name[bare.len()..]
}

/// Drops rules with phrases that no rule makes, until none is left.
fn keep_productive(rules: &mut Vec<Expanded<'_>>) {
    let mut productive = BTreeSet::<String>::new();
    let makes = |rule: &Expanded<'_>, productive: &BTreeSet<String>| {
        rule.children.iter().all(|child| productive.contains(child.trim_end_matches('\'')))
    };
    loop {
        let before = productive.len();
        for rule in rules.iter() {
            if !productive.contains(&rule.left) && makes(rule, &productive) {
                productive.insert(rule.left.clone());
            }
        }
        if productive.len() == before {
            break;
        }
    }
    rules.retain(|rule| makes(rule, &productive));
}

impl Expanded<'_> {
    #[track_caller]
    fn finish(
        &self,
        phrase: usize,
        probability: f64,
        notation: &Notation<'_>,
        index: &BTreeMap<&str, usize>,
        dialects: &[String],
    ) -> Rule {
        let items = |side: &[&str]| side.iter().map(|item| self.item(item, notation)).collect::<Vec<_>>();
        let (english, spanish) = (items(&self.line.english), items(&self.line.spanish));
        self.check(&english, &spanish);
        let side = |(dialect, side): &(&str, Vec<&str>)| {
            let dialect = dialects.iter().position(|known| known == dialect).expect("collected from the same lines");
            let side = items(side);
            self.check_children(&side);
            (dialect, side)
        };
        let children = self.children.iter().map(|child| index[child.trim_end_matches('\'')]).collect();
        let lemma = self.line.lemma.map(|(part, lemma)| [part.to_owned(), lemma.to_owned()]);
        let dialects = self.line.dialects.iter().map(side).collect();
        Rule { phrase, probability, children, english, spanish, dialects, lemma }
    }

    #[track_caller]
    fn item(&self, item: &str, notation: &Notation<'_>) -> Item {
        let written = Written::of(item);
        let name = with_primes(written.name, &self.values);
        let child = self.children.iter().position(|child| *child == name || without_features(child) == name);
        let what = match (child, name.split_once('.')) {
            (Some(child), _) => What::Child(child),
            (None, Some((word, features))) if !features.is_empty() => {
                let form = notation.forms.get(word).and_then(|forms| forms.get(features));
                let Some(form) = form else { panic!("grammar: {word:?} has no form {features:?}: {}", self.line.text) };
                What::Word { word: (*form).to_owned(), sense: written.sense.map(str::to_owned) }
            }
            _ => What::Word { word: name, sense: written.sense.map(str::to_owned) },
        };
        Item { what, links: written.links.to_owned() }
    }

    #[track_caller]
    fn check(&self, english: &[Item], spanish: &[Item]) {
        self.check_children(english);
        self.check_children(spanish);
        let numbered = |items: &[Item]| -> BTreeSet<char> {
            items.iter().flat_map(|item| item.links.chars()).filter(char::is_ascii_digit).collect()
        };
        let one_sided = numbered(english) != numbered(spanish);
        assert!(!one_sided, "grammar: a numbered link has only one side: {}", self.line.text);
    }

    /// Each phrase must occur once.
    #[track_caller]
    fn check_children(&self, side: &[Item]) {
        let mut found: Vec<usize> = side
            .iter()
            .filter_map(|item| match item.what {
                What::Child(child) => Some(child),
                What::Word { .. } => None,
            })
            .collect();
        found.sort_unstable();
        let once = found.iter().copied().eq(0..self.children.len());
        assert!(once, "grammar: both sides must have the same phrases, once each: {}", self.line.text);
    }
}
