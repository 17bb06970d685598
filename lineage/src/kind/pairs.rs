//! The pairs that a command reads: a file of the user's, or generated sentences.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::bail;
use data::pairs::{Level, PairBatch, PairError, PairSplit, PairText, TokenPair, UNKNOWN, Vocabulary};
use data::random::stream;
use data::{NormalForm, Text, Token, is_blank};
use grammar::{Generator, Half, Sentence, Split};
use ndarray_rand::rand::Rng;
use nn::Translator;
use report::format::counted;

use super::Kind;
use super::text::TextId;
use super::validation::Validation;

/// The lengths of generated sentences in English words, unless others are asked for; each is equally likely.
const WORDS: RangeInclusive<usize> = 3..=12;

/// No sentence of them has more tokens than this for each of its English words, read in words, and in characters or bytes.
const MOST_TOKENS: [usize; 2] = [4, 24];

/// Where the random numbers of held-out sentences begin, so that runs of all seeds are judged by the same.
const HELD_OUT_SEED: u64 = 0;

/// What a translator learns from and is judged by.
pub enum Pairs {
    /// A file of the user's.
    File {
        /// By which it is known again.
        id: TextId,
        /// All of it.
        whole: PairText,
        /// Which pairs are judged by.
        validation: Validation<PairText>,
    },
    /// English-Spanish sentences without end, of which one in ten is held out.
    Generated(Generated),
}

/// A sentence with its translations.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// What is translated.
    pub source: String,
    /// Its translations, at least one.
    pub references: Vec<String>,
    /// Which word of the source says what which word of the first translation says, where that is known.
    pub links: Option<Vec<(usize, usize)>>,
}

impl Pair {
    /// The sentence and its first translation as tokens.
    pub fn encode(&self, [source, target]: &[Vocabulary; 2]) -> TokenPair {
        (source.encode(&self.source), target.encode(&self.references[0]))
    }

    /// How many words the source has: of a generated sentence those that the grammar puts between spaces, of another those
    /// that its reader counts.
    pub fn words(&self, reading: &impl ReadsPairs) -> usize {
        match self.links {
            Some(_) => self.source.split_whitespace().count(),
            None => reading.count_words(&self.source),
        }
    }
}

impl Pairs {
    /// The pairs in this file, or generated ones.
    ///
    /// # Errors
    /// If the file holds no pairs.
    pub fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Pairs::Generated(Generated::default())) };
        let (id, whole) = read_file(path)?;
        Ok(Pairs::File { id, whole, validation: Validation::default() })
    }

    /// The same, judged by this.
    ///
    /// # Errors
    /// If generated sentences are to be divided in another way than they are.
    pub fn judged_by(self, by: Validation<Pairs>) -> anyhow::Result<Self> {
        Ok(match (self, by) {
            (Pairs::File { id, whole, .. }, Validation::Share(share)) => {
                Pairs::File { id, whole, validation: Validation::Share(share) }
            }
            (Pairs::File { id, whole, .. }, Validation::File(Pairs::File { whole: other, .. })) => {
                Pairs::File { id, whole, validation: Validation::File(other) }
            }
            (generated, by) if by.is_default() => generated,
            _ => bail!(
                "generated sentences have no end, and one in ten of all that there can be is held out: leave --validation \
                 and --validation-share out, or give --pairs"
            ),
        })
    }

    /// Whether others are the same in this form.
    pub fn reads_as(&self, other: &Self, form: NormalForm) -> bool {
        match [self, other].map(|pairs| pairs.in_form(form)) {
            [Pairs::File { whole: one, .. }, Pairs::File { whole: other, .. }] => one.pairs() == other.pairs(),
            [one, other] => one.id() == other.id(),
        }
    }

    /// The same in a normal form; generated sentences are in each.
    pub fn in_form(&self, form: NormalForm) -> Self {
        match self {
            Pairs::File { id, whole, validation } => {
                let validation = match validation {
                    Validation::Share(share) => Validation::Share(*share),
                    Validation::File(other) => Validation::File(other.in_form(form)),
                };
                Pairs::File { id: id.clone(), whole: whole.in_form(form), validation }
            }
            Pairs::Generated(_) => Pairs::Generated(Generated::default()),
        }
    }

    /// By which they are known again.
    pub fn id(&self) -> TextId {
        match self {
            Pairs::File { id, .. } => id.clone(),
            Pairs::Generated(generated) => generated.id(),
        }
    }

    /// What they are called.
    pub fn name(&self) -> &str {
        match self {
            Pairs::File { whole, .. } => whole.name(),
            Pairs::Generated(_) => Generated::NAME,
        }
    }

    /// The vocabularies of what is learned from, of up to `size` tokens each; or twice the same one, of both languages.
    ///
    /// # Errors
    /// If there is no room for a word.
    pub fn vocabularies(
        &self,
        form: NormalForm,
        level: Level,
        (size, flag): (usize, &str),
        shared: bool,
    ) -> anyhow::Result<[Vocabulary; 2]> {
        let least = Vocabulary::least(level);
        if size < least {
            bail!(
                "a vocabulary of {} has no place for a word: give a --{flag} of at least {least}",
                counted(size, "token")
            );
        }
        let generated; // words, joined
        let train;
        let sides: [Vec<&str>; 2] = match self {
            Pairs::File { whole, validation, .. } => {
                train = divide(whole, validation)?.train;
                [train.sources().collect(), train.targets().collect()]
            }
            Pairs::Generated(Generated(generator)) => {
                generated = generator.vocabulary().map(|words| words.into_iter().collect::<Vec<String>>().join(" "));
                generated.each_ref().map(|words| vec![words.as_str()])
            }
        };
        if shared {
            let both = Vocabulary::in_form(form, level, false, size, sides.concat());
            return Ok([both.clone(), both]);
        }
        Ok(sides.map(|side| Vocabulary::in_form(form, level, false, size, side)))
    }

    /// How many tokens the longest sentence or translation has, with the one that begins a translation.
    pub fn longest(&self, [source, target]: [&Vocabulary; 2]) -> usize {
        let longest = match self {
            Pairs::File { whole, validation, .. } => {
                let other = match validation {
                    Validation::Share(_) => &[][..],
                    Validation::File(other) => other.pairs(),
                };
                let sides =
                    whole.pairs().iter().chain(other).map(|(x, y)| source.encode(x).len().max(target.encode(y).len()));
                sides.max().unwrap_or(0)
            }
            Pairs::Generated(_) => WORDS.end() * MOST_TOKENS[usize::from(source.level() != Level::Word)],
        };
        longest + 1
    }

    /// The first sentences that are judged by.
    ///
    /// # Errors
    /// If there are too few pairs to hold some out.
    pub fn held_out(&self, count: usize) -> anyhow::Result<Vec<Pair>> {
        Ok(match self {
            Pairs::File { whole, validation, .. } => grouped(&divide(whole, validation)?.validation, |_| true, count),
            Pairs::Generated(generated) => generated.some(Some(Half::Test), None, count),
        })
    }
}

/// What is learned from and what is judged by.
///
/// # Errors
/// If there are too few pairs to hold some out.
pub fn divide(whole: &PairText, validation: &Validation<PairText>) -> Result<PairSplit, PairError> {
    match validation {
        Validation::Share(share) => whole.holding_out(*share),
        Validation::File(other) => Ok(whole.judged_by(other)),
    }
}

/// The pairs in a file, and by which they are known again.
///
/// # Errors
/// If it holds no pairs, or numbers before the sentences: Tatoeba's own files of pairs have them, and a model would learn
/// to translate the numbers.
pub fn read_file(path: &Path) -> anyhow::Result<(TextId, PairText)> {
    let text = Text::read(path)?;
    let mut lines = text.as_str().lines().filter(|line| !is_blank(line)).peekable();
    if lines.peek().is_some() && lines.all(has_numbers_before_sentences) {
        bail!(
            "{} has numbers before the sentences, as Tatoeba's own files of pairs have: keep its second and fourth column \
             alone, for example by `cut -f 2,4`",
            text.name()
        );
    }
    let pairs = PairText::new(&text)?;
    Ok((TextId::of(&text), pairs))
}

fn has_numbers_before_sentences(line: &str) -> bool {
    let columns: Vec<&str> = line.split('\t').collect();
    let is_number = |column: &str| !column.is_empty() && column.bytes().all(|byte| byte.is_ascii_digit());
    matches!(columns[..], [a, _, b, _, ..] if is_number(a) && is_number(b))
}

/// How sentences become tokens, and tokens sentences.
pub trait ReadsPairs {
    /// A sentence and its first translation.
    ///
    /// # Errors
    /// If one has a character that is no token.
    fn encode(&self, pair: &Pair) -> anyhow::Result<TokenPair>;

    /// How many words a source has.
    fn count_words(&self, source: &str) -> usize;

    /// What was said, without its end.
    fn decode(&self, said: &[Token]) -> String;

    /// How many different tokens can be said.
    fn vocabulary(&self) -> usize;

    /// What stands for all that is no token, if there is such a thing.
    fn unknown(&self) -> Option<Token>;

    /// The vocabularies of both sides, if tokens can be put together to words.
    fn of_words(&self) -> Option<&[Vocabulary; 2]>;
}

impl ReadsPairs for [Vocabulary; 2] {
    fn encode(&self, pair: &Pair) -> anyhow::Result<TokenPair> {
        Ok(pair.encode(self))
    }

    fn count_words(&self, source: &str) -> usize {
        self[0].count_words(source)
    }

    fn decode(&self, said: &[Token]) -> String {
        self[1].decode(said)
    }

    fn vocabulary(&self) -> usize {
        self[1].size()
    }

    fn unknown(&self) -> Option<Token> {
        Some(UNKNOWN)
    }

    fn of_words(&self) -> Option<&[Vocabulary; 2]> {
        Some(self)
    }
}

/// Kinds of models that translate.
pub trait Translates: Kind<Model: Translator> {
    /// Whether a model with these settings learned from pairs.
    fn learned_from_pairs(settings: &Self::Settings) -> bool;

    /// What such a model learned from.
    ///
    /// # Panics
    /// If it learned from something else.
    fn pairs(data: Self::Data) -> Pairs;

    /// The form into which it puts what it reads.
    fn normal_form(settings: &Self::Settings) -> NormalForm;
}

/// The first sentences of some pairs that are asked for, each with all its translations.
pub fn grouped(pairs: &PairText, is_asked: impl Fn(&str) -> bool, count: usize) -> Vec<Pair> {
    let mut places = BTreeMap::<&str, usize>::new();
    let mut found = Vec::<Pair>::new();
    for (source, target) in pairs.pairs().iter().filter(|(source, _)| is_asked(source)) {
        let target = target.split_whitespace().collect::<Vec<_>>().join(" ");
        match places.get(source.as_str()) {
            Some(&place) => found[place].references.push(target),
            None if found.len() < count => {
                places.insert(source, found.len());
                found.push(Pair { source: source.clone(), references: vec![target], links: None });
            }
            None => {}
        }
    }
    found
}

/// The English-Spanish sentences of the generator, in its random split.
#[derive(Debug, Default)]
pub struct Generated(Generator);

impl Generated {
    /// What they are called.
    pub const NAME: &'static str = "generated sentences of 3 to 12 words";

    /// The first held-out sentences tell this generator from another.
    pub fn id(&self) -> TextId {
        let mut some = String::new();
        for Pair { source, references, .. } in self.some(Some(Half::Test), None, 100) {
            let _ = writeln!(some, "{source}\t{}", references[0]);
        }
        TextId::new(Self::NAME, &some)
    }

    /// The most words that a sentence can have.
    pub fn longest(&self) -> usize {
        self.0.longest()
    }

    /// Whether there are sentences of each of these numbers of words.
    pub fn have(&self, words: &RangeInclusive<usize>) -> bool {
        *words.end() <= self.longest() && words.clone().all(|words| self.0.count(words) > 0)
    }

    /// The first sentences of a half, or of both together; each of these numbers of words is equally likely.
    ///
    /// # Panics
    /// If no sentence [has](Self::have) one of them.
    pub fn some(&self, half: Option<Half>, words: Option<&RangeInclusive<usize>>, count: usize) -> Vec<Pair> {
        let words = words.unwrap_or(&WORDS);
        let sentence = |index| match half {
            Some(half) => self.0.example(Split::Random, half, words.clone(), HELD_OUT_SEED, index),
            None => self.0.sentence(words.clone(), HELD_OUT_SEED, index),
        };
        let pair = |Sentence { english, spanish, alignment, .. }: Sentence| Pair {
            source: english.join(" "),
            references: vec![spanish.join(" ")],
            links: Some(alignment),
        };
        (0..count as u64).map(sentence).map(pair).collect()
    }

    /// Gives sentences the translations of all dialects too; the first stays the first.
    pub fn add_dialects(&self, pairs: &mut [Pair]) {
        for pair in pairs {
            let references = self.0.references(&pair.source);
            pair.references = references.into_iter().map(|words| words.join(" ")).collect();
        }
    }

    /// Batches to learn from.
    pub fn batches(self, vocabularies: [Vocabulary; 2], rows: usize, seed: u64) -> GeneratedBatches {
        GeneratedBatches { generator: self.0, vocabularies, rows, seed }
    }
}

/// Rows of generated sentences that are to be learned from, all of one length, so that hardly anything of a batch is
/// padding. No sentence comes by a plan, so there is no epoch.
pub struct GeneratedBatches {
    generator: Generator,
    vocabularies: [Vocabulary; 2],
    rows: usize,
    seed: u64,
}

impl GeneratedBatches {
    /// The batch of an index.
    pub fn at(&self, index: u64) -> PairBatch {
        let words = stream(self.seed, index, "generated batch").random_range(WORDS);
        let [source, target] = &self.vocabularies;
        let pair = |row: u64| {
            let number = index * self.rows as u64 + row;
            let Sentence { english, spanish, .. } =
                self.generator.example(Split::Random, Half::Train, words..=words, self.seed, number);
            (source.encode(&english.join(" ")), target.encode(&spanish.join(" ")))
        };
        let pairs: Vec<TokenPair> = (0..self.rows as u64).map(pair).collect();
        let pairs: Vec<(&[Token], &[Token])> = pairs.iter().map(|(x, y)| (&x[..], &y[..])).collect();
        PairBatch::new(&pairs)
    }
}

#[cfg(test)]
mod tests {
    use data::pairs::{Level, PairText, UNKNOWN, Vocabulary};
    use data::{NormalForm, Text};
    use grammar::Half;

    use super::{Generated, Pair, Pairs, grouped};

    #[test]
    fn all_translations_of_a_sentence_are_its_references() {
        let text =
            Text::new("pairs.tsv", "Go on.\tSigue.\nI see.\tYa veo.\nGo on.\tContinúe  ya.\nWho?\t¿Quién?\n").unwrap();
        let pairs = PairText::new(&text).unwrap();
        let pair = |source: &str, references: &[&str]| Pair {
            source: source.to_owned(),
            references: references.iter().map(|reference| reference.to_string()).collect(),
            links: None,
        };
        let expected = [pair("Go on.", &["Sigue.", "Continúe ya."]), pair("I see.", &["Ya veo."])];
        assert_eq!(grouped(&pairs, |_| true, 2), expected);
        assert_eq!(grouped(&pairs, |source| source.len() > 4, 9), expected);
        assert_eq!(grouped(&pairs, |source| source.len() == 4, 9), [pair("Who?", &["¿Quién?"])]);
    }

    /// Their lengths and alignments are those of the grammar, for which a word is what stands between spaces.
    #[test]
    fn generated_sentences_have_the_words_of_their_grammar() {
        let any = Vocabulary::new(Level::Word, false, 10, ["any"]);
        let both = [any.clone(), any.clone()];
        for pair in Generated::default().some(None, None, 1000) {
            for sentence in [&pair.source, &pair.references[0]] {
                assert!(any.words(sentence).iter().eq(sentence.split_whitespace()), "{sentence}");
            }
            assert_eq!(pair.words(&both), pair.source.split_whitespace().count());
        }
    }

    /// The vocabularies hold every word, the batches are functions of their index, and the limit on lengths holds.
    #[test]
    fn generated_sentences_are_known_and_not_too_long() {
        for (level, size) in [(Level::Word, 1000), (Level::Character, 1000), (Level::Bpe, 260)] {
            let pairs = Pairs::read(None).unwrap();
            let vocabularies = pairs.vocabularies(NormalForm::Nfc, level, (size, "vocabulary"), false).unwrap();
            let learned_from = Generated::default().some(Some(Half::Train), None, 500);
            for pair in pairs.held_out(500).unwrap().iter().chain(&learned_from) {
                let (source, target) = pair.encode(&vocabularies);
                assert!(!source.contains(&UNKNOWN) && !target.contains(&UNKNOWN), "{pair:?}");
                assert!(source.len().max(target.len() + 1) <= pairs.longest(vocabularies.each_ref()), "{pair:?}");
                assert_eq!(vocabularies[1].decode(&target), pair.references[0]);
            }
            let batches = Generated::default().batches(vocabularies, 3, 1);
            assert_eq!(batches.at(5), batches.at(5));
            assert_ne!(batches.at(5), batches.at(6));
        }
    }
}
