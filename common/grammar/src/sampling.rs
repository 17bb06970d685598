//! Counting sentences by their length, and drawing one of a given length.

use ndarray_rand::rand::Rng;

use super::grammar::Grammar;

/// How a sentence came about: a rule, and how the phrases in it came about, in English order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Derivation {
    pub rule: usize,
    pub children: Vec<Derivation>,
}

/// For every phrase of a grammar and every number n of English words: in how many ways it can have n words, and how
/// probable that is.
///
/// Both follow from the same sums, over the rules and over the ways to share n words among the phrases of a rule (the
/// inside algorithm: Baker 1979, *Trainable grammars for speech recognition*):
///
/// ```text
/// P(A, n) = sum over rules A -> w B C of  p(rule) sum_m P(B, m) P(C, n - |w| - m)
/// ```
///
/// A count is the same with 1 for each p(rule). To draw a sentence of n words, choose a rule with its share of P(A, n),
/// then the length of each phrase with its share, then go on with the phrases.
#[derive(Debug)]
pub(super) struct Lengths {
    longest: usize,
    /// P(A, n) at [phrase][n].
    probability: Vec<Vec<f64>>,
    count: Vec<Vec<u128>>,
    /// The share of P(A, n) that comes from each rule, at [rule][n].
    by_rule: Vec<Vec<f64>>,
}

impl Lengths {
    /// Of all phrases, up to `longest` words.
    ///
    /// # Panics
    /// If a phrase can be made from itself alone, so that a sentence would have infinitely many derivations.
    #[track_caller]
    pub fn new(grammar: &Grammar, longest: usize) -> Self {
        let [phrases, rules] = [grammar.phrases.len(), grammar.rules.len()];
        let mut lengths = Self {
            longest,
            probability: vec![vec![0.0; longest + 1]; phrases],
            count: vec![vec![0; longest + 1]; phrases],
            by_rule: vec![vec![0.0; longest + 1]; rules],
        };
        let order = inner_first(grammar);
        for n in 1..=longest {
            for &phrase in &order {
                lengths.fill(grammar, phrase, n);
            }
        }
        lengths
    }

    fn fill(&mut self, grammar: &Grammar, phrase: usize, n: usize) {
        for index in grammar.rules_of[phrase].clone() {
            let rule = &grammar.rules[index];
            let Some(left) = n.checked_sub(rule.words()) else { continue };
            let probability = rule.probability * shared(&rule.children, left, 1.0, 0.0, &self.probability);
            self.by_rule[index][n] = probability;
            self.probability[phrase][n] += probability;
            self.count[phrase][n] += shared(&rule.children, left, 1, 0, &self.count);
        }
    }

    pub fn longest(&self) -> usize {
        self.longest
    }

    /// P(A, n).
    pub fn probability(&self, phrase: usize, n: usize) -> f64 {
        self.probability[phrase].get(n).copied().unwrap_or(0.0)
    }

    /// The number of derivations of a phrase with n words.
    pub fn count(&self, phrase: usize, n: usize) -> u128 {
        self.count[phrase].get(n).copied().unwrap_or(0)
    }

    /// Draws how a phrase of n words comes about, with probability p(derivation) / P(A, n).
    ///
    /// # Panics
    /// If the phrase cannot have n words.
    pub fn draw(&self, grammar: &Grammar, phrase: usize, n: usize, rng: &mut impl Rng) -> Derivation {
        let rules = grammar.rules_of[phrase].clone();
        let rule = rules.start + choose(rng, rules.map(|rule| self.by_rule[rule][n]));
        let mut children = Vec::with_capacity(grammar.rules[rule].children.len());
        let mut rest = grammar.rules[rule].children.as_slice();
        let mut left = n - grammar.rules[rule].words();
        while let [first, others @ ..] = rest {
            let share = |m| self.probability[*first][m] * shared(others, left - m, 1.0, 0.0, &self.probability);
            let own = choose(rng, (0..=left).map(share));
            children.push(self.draw(grammar, *first, own, rng));
            (rest, left) = (others, left - own);
        }
        Derivation { rule, children }
    }
}

/// All derivations of a phrase with n words, in the order of the rules.
pub(super) fn all(grammar: &Grammar, lengths: &Lengths, phrase: usize, n: usize) -> Vec<Derivation> {
    if lengths.count(phrase, n) == 0 {
        return Vec::new();
    }
    let mut found = Vec::new();
    for index in grammar.rules_of[phrase].clone() {
        let rule = &grammar.rules[index];
        if let Some(left) = n.checked_sub(rule.words()) {
            let ways = all_together(grammar, lengths, &rule.children, left);
            found.extend(ways.into_iter().map(|children| Derivation { rule: index, children }));
        }
    }
    found
}

/// All derivations of `phrases` with n words together.
fn all_together(grammar: &Grammar, lengths: &Lengths, phrases: &[usize], n: usize) -> Vec<Vec<Derivation>> {
    let [first, others @ ..] = phrases else { return if n == 0 { vec![Vec::new()] } else { Vec::new() } };
    let mut ways = Vec::new();
    for own in 1..=n {
        let heads = all(grammar, lengths, *first, own);
        let tails = if heads.is_empty() { Vec::new() } else { all_together(grammar, lengths, others, n - own) };
        let way = |head: &Derivation, tail: &[Derivation]| [std::slice::from_ref(head), tail].concat();
        ways.extend(heads.iter().flat_map(|head| tails.iter().map(move |tail| way(head, tail))));
    }
    ways
}

impl Derivation {
    /// log2 of the product of the probabilities of its rules.
    pub fn log2_probability(&self, grammar: &Grammar) -> f64 {
        let children: f64 = self.children.iter().map(|child| child.log2_probability(grammar)).sum();
        grammar.rules[self.rule].probability.log2() + children
    }
}

/// The sum over all ways to share `n` words among `phrases`, of the product of `table[phrase][words]`.
fn shared<T>(phrases: &[usize], n: usize, one: T, zero: T, table: &[Vec<T>]) -> T
where
    T: Copy + std::ops::Add<Output = T> + std::ops::Mul<Output = T>,
{
    match phrases {
        [] if n == 0 => one,
        [] => zero,
        [last] => table[*last][n],
        [first, others @ ..] => (1..n)
            .map(|m| table[*first][m] * shared(others, n - m, one, zero, table))
            .fold(zero, |sum, term| sum + term),
    }
}

/// An index drawn in proportion to `shares`.
fn choose(rng: &mut impl Rng, shares: impl Iterator<Item = f64> + Clone) -> usize {
    let total: f64 = shares.clone().sum();
    let mut left = rng.random::<f64>() * total;
    let chosen = shares.clone().position(|share| {
        left -= share;
        left < 0.0
    });
    // Rounding may leave a little behind the last share that is not 0.
    let last = || shares.enumerate().filter(|(_, share)| *share > 0.0).last();
    chosen.or_else(|| last().map(|(index, _)| index)).expect("a phrase of this length")
}

/// The phrases in an order in which one that alone makes up another comes first.
fn inner_first(grammar: &Grammar) -> Vec<usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum Visit {
        Not,
        Begun,
        Done,
    }
    fn visit(grammar: &Grammar, phrase: usize, visits: &mut [Visit], order: &mut Vec<usize>) {
        match visits[phrase] {
            Visit::Done => return,
            Visit::Begun => panic!("grammar: {} can be made from itself alone", grammar.phrases[phrase]),
            Visit::Not => visits[phrase] = Visit::Begun,
        }
        for rule in &grammar.rules[grammar.rules_of[phrase].clone()] {
            if let ([child], 0) = (rule.children.as_slice(), rule.words()) {
                visit(grammar, *child, visits, order);
            }
        }
        visits[phrase] = Visit::Done;
        order.push(phrase);
    }
    let mut visits = vec![Visit::Not; grammar.phrases.len()];
    let mut order = Vec::with_capacity(grammar.phrases.len());
    for phrase in 0..grammar.phrases.len() {
        visit(grammar, phrase, &mut visits, &mut order);
    }
    order
}
