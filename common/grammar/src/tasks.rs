//! Four tasks on the same sentences, and what can be learnt from sentences alone before a task.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::RangeInclusive;

use ndarray_rand::rand::{Rng, RngCore};
use rayon::prelude::*;

use super::{Generator, Sentence};
use data::Token;
use data::pairs::{END, PAD, START};
use data::questions::{ASK, HOLE, Question};

/// Words of a sentence. A beginning and a rest need two each.
pub const LENGTHS: RangeInclusive<usize> = 4..=7;

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
    /// All of them.
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

/// What can be learnt from sentences that nobody has labelled: each of these is how one kind of model is pre-trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// Words are hidden, each with the probability of 0.15 but at least one: which were they? (Devlin et al. 2019,
    /// BERT; there a fifth of the words that are asked for stand or are replaced.)
    MaskedWords,
    /// A span of one to three words is hidden behind one hole: what stood there, to its end? (Raffel et al. 2020, T5;
    /// there a text has many spans.)
    Span,
    /// Each word after those before it (Radford et al. 2018, GPT).
    NextToken,
}

impl Objective {
    /// What is asked of a sentence; `gaps` chooses what is hidden.
    pub fn question(self, sentence: &[Token], gaps: &mut (impl RngCore + ?Sized)) -> Question {
        let ended = |words: &[Token]| [words, &[END]].concat();
        match self {
            Objective::MaskedWords => {
                let mut hidden: Vec<bool> = sentence.iter().map(|_| gaps.random_bool(0.15)).collect();
                let sure = gaps.random_range(0..sentence.len());
                hidden[sure] |= !hidden.contains(&true);
                let question = sentence.iter().zip(&hidden).map(|(&word, &hidden)| if hidden { HOLE } else { word });
                let answer = sentence.iter().zip(&hidden).filter(|(_, hidden)| **hidden).map(|(word, _)| *word);
                Question { asked: question.collect(), answer: answer.collect() }
            }
            Objective::Span => {
                let length = gaps.random_range(1..=sentence.len().min(3));
                let start = gaps.random_range(0..=sentence.len() - length);
                let (before, rest) = sentence.split_at(start);
                let (span, after) = rest.split_at(length);
                Question { asked: [before, &[HOLE], after].concat(), answer: ended(span) }
            }
            Objective::NextToken => Question { asked: Vec::new(), answer: ended(sentence) },
        }
    }
}

/// A sentence of which all tasks can ask: exactly one of its words has several senses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledSentence {
    /// The English words.
    pub english: Vec<Token>,
    /// The Spanish ones.
    pub spanish: Vec<Token>,
    /// The token that names the sense of the word.
    pub sense: Token,
}

impl LabelledSentence {
    /// What a task asks; `gap` chooses the hidden word.
    pub fn question(&self, task: Task, gap: &mut (impl RngCore + ?Sized)) -> Question {
        let english = &self.english;
        let ended = |words: &[Token]| [words, &[END]].concat();
        match task {
            Task::Fill => {
                let place = gap.random_range(0..english.len());
                let mut question = english.clone();
                let word = std::mem::replace(&mut question[place], HOLE);
                Question { asked: question, answer: vec![word] }
            }
            Task::Classify => Question { asked: english.clone(), answer: vec![self.sense] },
            Task::Translate => Question { asked: english.clone(), answer: ended(&self.spanish) },
            Task::Continue => {
                let (beginning, rest) = english.split_at(english.len() / 2);
                Question { asked: beginning.into(), answer: ended(rest) }
            }
        }
    }
}

/// How many sentences a [`Corpus`] has of each part.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Without labels.
    pub alone: usize,
    /// With labels, to learn a task from.
    pub training: usize,
    /// To choose settings by.
    pub validation: usize,
    /// To judge by.
    pub held_out: usize,
}

/// Sentences to learn from, to choose settings by, and to judge by.
///
/// ```
/// use grammar::tasks::{Corpus, Sizes};
///
/// let corpus = Corpus::new(Sizes { alone: 2, training: 2, validation: 0, held_out: 0 });
/// assert_eq!(corpus.text(&corpus.alone[1]), "te pueden llamar");
/// assert_eq!(corpus.text(&[corpus.training[0].sense]), "is/essence");
/// ```
pub struct Corpus {
    generator: Generator,
    alphabet: Alphabet,
    /// English and Spanish in turn, drawn anew for each: not as pairs.
    pub alone: Vec<Vec<Token>>,
    /// No sentence is in two of this and the next two.
    pub training: Vec<LabelledSentence>,
    /// Neither these nor their translations are among those [`alone`](Self::alone).
    pub validation: Vec<LabelledSentence>,
    /// Nor these.
    pub held_out: Vec<LabelledSentence>,
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
    fn labelled(&self, sentence: &Sentence) -> Option<LabelledSentence> {
        let [sense] = &sentence.senses[..] else { return None };
        let sense = format!("{}/{}", sentence.english[sense.position], sense.meaning);
        Some(LabelledSentence {
            english: self.english(sentence),
            spanish: self.spanish(sentence),
            sense: *self.senses.get(&sense)?,
        })
    }

    fn english(&self, sentence: &Sentence) -> Vec<Token> {
        sentence.english.iter().map(|word| self.english[word]).collect()
    }

    fn spanish(&self, sentence: &Sentence) -> Vec<Token> {
        sentence.spanish.iter().map(|word| self.spanish[word]).collect()
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
const ALONE: u64 = 4;

impl Corpus {
    /// The first sentences of each part.
    pub fn new(sizes: Sizes) -> Self {
        let generator = Generator::default();
        let alphabet = Alphabet::new(&generator);
        let mut drawn = BTreeSet::new();
        let mut draw = |seed, count| balanced(&generator, &alphabet, seed, count, &mut drawn);
        let held_out = draw(HELD_OUT, sizes.held_out);
        let validation = draw(VALIDATION, sizes.validation);
        let training = draw(TRAINING, sizes.training);
        let judged: BTreeSet<&[Token]> = held_out.iter().chain(&validation).map(|known| &known.english[..]).collect();
        let sentences = (0..).map(|index| generator.sentence(LENGTHS, ALONE, index));
        let new = sentences.filter(|sentence| !judged.contains(&alphabet.english(sentence)[..])).zip(0..);
        let in_turn = |(sentence, index): (Sentence, usize)| {
            if index % 2 == 0 { alphabet.english(&sentence) } else { alphabet.spanish(&sentence) }
        };
        let alone = new.map(in_turn).take(sizes.alone).collect();
        Self { generator, alphabet, alone, training, validation, held_out }
    }

    /// V.
    pub fn vocabulary(&self) -> usize {
        self.alphabet.names.len()
    }

    /// The tokens of the longest answer.
    pub fn longest(&self, task: Task) -> usize {
        let all = [&self.training, &self.validation, &self.held_out].into_iter().flatten();
        let length = |known: &LabelledSentence| match task {
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
) -> Vec<LabelledSentence> {
    const CHUNK: u64 = 1_000;
    let mut waiting = BTreeMap::<String, BTreeMap<Token, VecDeque<LabelledSentence>>>::new();
    let mut taken = Vec::with_capacity(count);
    for chunk in 0.. {
        let indices = (chunk * CHUNK..(chunk + 1) * CHUNK).into_par_iter();
        let sentences: Vec<_> =
            indices.map(|index| alphabet.labelled(&generator.sentence(LENGTHS, seed, index))).collect();
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
