//! Four tasks on the same generated sentences.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    ops::RangeInclusive,
};

use data::{
    Token,
    pairs::{END, PAD, START},
};
use grammar::{Generator, Sentence};
use ndarray_rand::rand::{Rng, RngCore};
use rayon::prelude::*;

/// Words of a sentence. A beginning and a rest need two each.
pub const LENGTHS: RangeInclusive<usize> = 4..=7;

/// Stands for a word that is to be said.
pub const HOLE: Token = 3;
/// Stands between a question and its answer where both are one text.
pub const ASK: Token = 4;
/// The first token with a meaning of its own.
const FIRST: Token = 5;

/// What can be asked about a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// One word is hidden: which?
    Fill,
    /// In which of its senses does the word with two senses stand?
    Classify,
    /// What is it in Spanish?
    Translate,
    /// Here is its first half: how may it go on?
    Continue,
}

impl Task {
    pub const ALL: [Task; 4] = [Task::Fill, Task::Classify, Task::Translate, Task::Continue];

    /// As figures and tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Task::Fill => "fill in the blank",
            Task::Classify => "classify",
            Task::Translate => "translate",
            Task::Continue => "continue",
        }
    }
}

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Contains a [`HOLE`] if the answer belongs there; otherwise the answer follows.
    pub question: Vec<Token>,
    /// Never empty. Ends with [`END`] if it has any number of tokens.
    pub answer: Vec<Token>,
}

/// A sentence of which all tasks can ask: exactly one of its words has several senses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub english: Vec<Token>,
    pub spanish: Vec<Token>,
    /// The token that names the sense of the word.
    pub sense: Token,
}

impl Known {
    /// What a task asks; `gap` chooses the hidden word.
    pub fn example(&self, task: Task, gap: &mut impl RngCore) -> Example {
        let english = &self.english;
        let ended = |words: &[Token]| [words, &[END]].concat();
        match task {
            Task::Fill => {
                let place = gap.random_range(0..english.len());
                let mut question = english.clone();
                let word = std::mem::replace(&mut question[place], HOLE);
                Example { question, answer: vec![word] }
            }
            Task::Classify => Example { question: english.clone(), answer: vec![self.sense] },
            Task::Translate => Example { question: english.clone(), answer: ended(&self.spanish) },
            Task::Continue => {
                let (beginning, rest) = english.split_at(english.len() / 2);
                Example { question: beginning.into(), answer: ended(rest) }
            }
        }
    }
}

/// Sentences to learn from, to choose learning rates by, and to judge by: none is in two of these.
pub struct Corpus {
    generator: Generator,
    alphabet: Alphabet,
    pub training: Vec<Known>,
    pub validation: Vec<Known>,
    pub held_out: Vec<Known>,
}

/// One set of tokens for everything that can be read or said.
struct Alphabet {
    names: Vec<String>,
    senses: BTreeMap<String, Token>,
    english: BTreeMap<String, Token>,
    spanish: BTreeMap<String, Token>,
}

impl Alphabet {
    fn new(generator: &Generator) -> Self {
        let senses = generator
            .homographs()
            .into_iter()
            .flat_map(|(word, senses)| senses.into_iter().map(move |sense| format!("{word}/{sense}")));
        let senses: BTreeSet<String> = senses.collect();
        let [english, spanish] = generator.vocabulary();
        let mut names: Vec<String> = ["<pad>", "<start>", "<end>", "_", "=>"].map(str::to_owned).into();
        debug_assert_eq!([PAD, START, END, HOLE, ASK, FIRST], [0, 1, 2, 3, 4, names.len() as Token]);
        let mut tokens = |written: BTreeSet<String>| -> BTreeMap<String, Token> {
            let numbered = written.into_iter().map(|name| {
                names.push(name.clone());
                (name, names.len() as Token - 1)
            });
            numbered.collect()
        };
        let [senses, english, spanish] = [senses, english, spanish].map(&mut tokens);
        Self { names, senses, english, spanish }
    }

    /// The sentence in tokens, if exactly one of its words has several senses.
    fn known(&self, sentence: &Sentence) -> Option<Known> {
        let [sense] = &sentence.senses[..] else { return None };
        let sense = format!("{}/{}", sentence.english[sense.position], sense.meaning);
        Some(Known {
            english: sentence.english.iter().map(|word| self.english[word]).collect(),
            spanish: sentence.spanish.iter().map(|word| self.spanish[word]).collect(),
            sense: *self.senses.get(&sense)?,
        })
    }

    /// The word whose sense a token names.
    fn word_of(&self, sense: Token) -> &str {
        self.names[sense as usize].split('/').next().unwrap_or_default()
    }
}

/// The streams of the generator.
const HELD_OUT: u64 = 1;
const VALIDATION: u64 = 2;
const TRAINING: u64 = 3;

impl Corpus {
    /// So many sentences to learn from, and to choose and to judge by.
    pub fn new(training: usize, validation: usize, held_out: usize) -> Self {
        let generator = Generator::default();
        let alphabet = Alphabet::new(&generator);
        let mut drawn = BTreeSet::new();
        let mut draw = |seed, count| balanced(&generator, &alphabet, seed, count, &mut drawn);
        let held_out = draw(HELD_OUT, held_out);
        let validation = draw(VALIDATION, validation);
        let training = draw(TRAINING, training);
        Self { generator, alphabet, training, validation, held_out }
    }

    /// V.
    pub fn vocabulary(&self) -> usize {
        self.alphabet.names.len()
    }

    /// The tokens of the longest answer.
    pub fn longest(&self, task: Task) -> usize {
        let all = [&self.training, &self.validation, &self.held_out].into_iter().flatten();
        let length = |known: &Known| match task {
            Task::Fill | Task::Classify => 1,
            Task::Translate => known.spanish.len() + 1,
            Task::Continue => known.english.len().div_ceil(2) + 1,
        };
        all.map(length).max().unwrap_or(0)
    }

    /// The tokens as they are written.
    pub fn text(&self, tokens: &[Token]) -> String {
        let words: Vec<&str> = tokens.iter().map(|token| self.alphabet.names[*token as usize].as_str()).collect();
        words.join(" ")
    }

    /// Whether these English words are a sentence of the grammar.
    pub fn is_sentence(&self, tokens: &[Token]) -> bool {
        let english = |token: &Token| self.alphabet.english.get(&self.alphabet.names[*token as usize]) == Some(token);
        tokens.iter().all(english) && !self.generator.read(&self.text(tokens)).is_empty()
    }
}

/// New sentences, taken by twos that have the same word in different senses. So no sense of a word has more than half of its
/// sentences, and who knows the word alone guesses right half of the time at most.
fn balanced(
    generator: &Generator,
    alphabet: &Alphabet,
    seed: u64,
    count: usize,
    drawn: &mut BTreeSet<Vec<Token>>,
) -> Vec<Known> {
    const CHUNK: u64 = 1_000;
    let mut waiting = BTreeMap::<String, BTreeMap<Token, VecDeque<Known>>>::new();
    let mut taken = Vec::with_capacity(count);
    for chunk in 0.. {
        let indices = (chunk * CHUNK..(chunk + 1) * CHUNK).into_par_iter();
        let sentences: Vec<_> =
            indices.map(|index| alphabet.known(&generator.sentence(LENGTHS, seed, index))).collect();
        for known in sentences.into_iter().flatten().filter(|known| drawn.insert(known.english.clone())) {
            let senses = waiting.entry(alphabet.word_of(known.sense).to_owned()).or_default();
            senses.entry(known.sense).or_default().push_back(known);
            let ready: Vec<Token> =
                senses.iter().filter(|(_, queue)| !queue.is_empty()).map(|(sense, _)| *sense).collect();
            if let [one, other] = ready[..] {
                taken.extend([one, other].iter().filter_map(|sense| senses.get_mut(sense)?.pop_front()));
            }
            if taken.len() >= count {
                taken.truncate(count);
                return taken;
            }
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use ndarray_rand::rand::{SeedableRng, rngs::SmallRng};

    use super::*;

    #[test]
    fn step_01_examples_by_hand() {
        let known = Known { english: vec![10, 11, 12, 13, 14], spanish: vec![20, 21], sense: 7 };
        let of = |task| known.example(task, &mut SmallRng::seed_from_u64(1));
        let Example { question, answer } = of(Task::Fill);
        let place = question.iter().position(|token| *token == HOLE).unwrap();
        assert_eq!(answer, [known.english[place]]);
        let filled: Vec<Token> = question.iter().map(|&t| if t == HOLE { answer[0] } else { t }).collect();
        assert_eq!(filled, known.english);
        let expected =
            |question: &[Token], answer: &[Token]| Example { question: question.into(), answer: answer.into() };
        assert_eq!(of(Task::Classify), expected(&known.english, &[7]));
        assert_eq!(of(Task::Translate), expected(&known.english, &[20, 21, END]));
        assert_eq!(of(Task::Continue), expected(&[10, 11], &[12, 13, 14, END]));
    }

    #[test]
    fn step_02_every_word_is_hidden_sometimes() {
        let known = Known { english: vec![10, 11, 12, 13], spanish: vec![20], sense: 7 };
        let mut gap = SmallRng::seed_from_u64(1);
        let hidden: BTreeSet<Token> = (0..100).map(|_| known.example(Task::Fill, &mut gap).answer[0]).collect();
        assert_eq!(hidden, known.english.into_iter().collect());
    }

    #[test]
    fn step_03_no_sentence_is_used_twice_and_no_sense_has_more_than_half() {
        let corpus = Corpus::new(200, 20, 40);
        let parts = [&corpus.training, &corpus.validation, &corpus.held_out];
        assert_eq!(parts.map(Vec::len), [200, 20, 40]);
        let different: BTreeSet<&Vec<Token>> = parts.into_iter().flatten().map(|known| &known.english).collect();
        assert_eq!(different.len(), 260);
        for part in parts {
            let mut counts = BTreeMap::<&str, BTreeMap<Token, usize>>::new();
            for known in part {
                let word = corpus.alphabet.word_of(known.sense);
                assert!(known.english.contains(&corpus.alphabet.english[word]), "{word}");
                *counts.entry(word).or_default().entry(known.sense).or_default() += 1;
            }
            for (word, senses) in counts {
                let all: usize = senses.values().sum();
                assert!(senses.values().all(|count| 2 * count <= all), "{word}: {senses:?}");
            }
        }
    }

    #[test]
    fn step_04_what_the_grammar_makes_is_a_sentence() {
        let corpus = Corpus::new(2, 2, 2);
        for Known { english, spanish, .. } in &corpus.training {
            assert!(corpus.is_sentence(english));
            let twice = [&english[..], english].concat();
            assert!(!corpus.is_sentence(&twice) && !corpus.is_sentence(spanish) && !corpus.is_sentence(&[HOLE]));
        }
        let text = corpus.text(&corpus.held_out[0].english);
        let same = corpus.generator.read(&text).remove(0);
        assert_eq!(corpus.alphabet.known(&same).as_ref(), Some(&corpus.held_out[0]));
    }
}
