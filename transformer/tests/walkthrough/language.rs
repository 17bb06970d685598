//! A language in which one word has two senses, and its translation: "the novel ended well" is "la novela acabó bien",
//! "the novel idea failed" is "la noción novedosa fracasó", or "la novedosa noción fracasó".

use data::Token;
use data::pairs::Sources;

pub const WORDS: [&str; 41] = [
    "<pad>",
    "<start>",
    "<end>",
    "_",
    "the",
    "novel",
    "book",
    "story",
    "new",
    "odd",
    "ended",
    "began",
    "sold",
    "idea",
    "theory",
    "proposal",
    "well",
    "badly",
    "late",
    "failed",
    "worked",
    "spread",
    "la",
    "novela",
    "obra",
    "historia",
    "novedosa",
    "nueva",
    "extraña",
    "acabó",
    "empezó",
    "vendió",
    "noción",
    "teoría",
    "propuesta",
    "bien",
    "mal",
    "tarde",
    "fracasó",
    "funcionó",
    "cundió",
];

/// Stands for a word that is to be said.
pub const HOLE: Token = 3;

pub type Words = [Token; 4];

/// A sentence and all its right translations.
pub struct Sentence {
    pub english: Words,
    pub spanish: Vec<Words>,
}

/// Behind a noun stands a verb and how; behind an adjective an idea and what became of it.
const ENGLISH: [[[&str; 3]; 3]; 2] = [
    [["novel", "book", "story"], ["ended", "began", "sold"], ["well", "badly", "late"]],
    [["novel", "new", "odd"], ["idea", "theory", "proposal"], ["failed", "worked", "spread"]],
];

const SPANISH: [[[&str; 3]; 3]; 2] = [
    [["novela", "obra", "historia"], ["acabó", "empezó", "vendió"], ["bien", "mal", "tarde"]],
    [["novedosa", "nueva", "extraña"], ["noción", "teoría", "propuesta"], ["fracasó", "funcionó", "cundió"]],
];

pub fn token(word: &str) -> Token {
    WORDS.iter().position(|&known| known == word).expect("a word of the language") as Token
}

pub fn words(text: &str) -> Vec<Token> {
    text.split(' ').map(token).collect()
}

/// The 27 sentences of each kind; in a third of either the second word is `novel`. In Spanish an adjective may stand
/// before its noun or behind it.
pub fn sentences() -> [Vec<Sentence>; 2] {
    [0, 1].map(|kind| {
        let sentence = |n: usize| {
            let choice = [n / 9, n / 3 % 3, n % 3];
            let word = |of: [[&str; 3]; 3], place: usize| token(of[place][choice[place]]);
            let [english, spanish] = [ENGLISH[kind], SPANISH[kind]].map(|of| [0, 1, 2].map(|place| word(of, place)));
            let after = |article: &str, [a, b, c]: [Token; 3]| [token(article), a, b, c];
            let mut orders = vec![after("la", spanish)];
            if kind == 1 {
                orders.push(after("la", [spanish[1], spanish[0], spanish[2]]));
            }
            Sentence { english: after("the", english), spanish: orders }
        };
        (0..27).map(sentence).collect()
    })
}

/// All 54 in English.
pub fn english() -> Vec<Words> {
    sentences().iter().flatten().map(|sentence| sentence.english).collect()
}

/// Texts of four words as a batch.
pub fn sources(texts: &[Words]) -> Sources {
    Sources::new(&texts.iter().map(|text| &text[..]).collect::<Vec<_>>())
}
