//! Requests in the letters and signs that a model was trained on.

use serde::{Deserialize, Serialize};

use super::{Level, UNKNOWN, Vocabulary};

/// Signs that close a sentence, each with what it says.
const CLOSING: [(char, Closing); 15] = [
    ('.', Closing::Statement),
    ('…', Closing::Statement),
    ('。', Closing::Statement),
    ('．', Closing::Statement),
    ('｡', Closing::Statement),
    ('।', Closing::Statement),
    ('॥', Closing::Statement),
    ('۔', Closing::Statement),
    ('።', Closing::Statement),
    ('?', Closing::Question),
    ('？', Closing::Question),
    ('؟', Closing::Question),
    ('!', Closing::Exclamation),
    ('！', Closing::Exclamation),
    ('‼', Closing::Exclamation),
];

/// Signs that open a sentence.
const OPENING: [char; 2] = ['¿', '¡'];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    Statement,
    Question,
    Exclamation,
}

/// How nine of ten sentences begin and end, if so many do alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Habits {
    /// With a capital letter.
    capital: bool,
    /// With a closing sign, of which this is the most frequent.
    closing: Option<char>,
}

impl Habits {
    /// The habits of some sentences.
    pub(super) fn of(sentences: &[impl AsRef<str>]) -> Self {
        let sentences = || sentences.iter().map(AsRef::as_ref);
        let most = |count: usize| 10 * count >= 9 * sentences().count();
        let first = |sentence: &str| sentence.chars().find(|c| c.is_alphanumeric());
        let capitals = sentences().filter(|sentence| first(sentence).is_some_and(char::is_uppercase)).count();
        let mut counts = CLOSING.map(|(sign, _)| (0, sign));
        for last in sentences().filter_map(|sentence| sentence.trim_end().chars().next_back()) {
            counts.iter_mut().filter(|(_, sign)| *sign == last).for_each(|(count, _)| *count += 1);
        }
        let closed = counts.iter().map(|(count, _)| count).sum();
        // Of equally frequent ones the first.
        let frequent = counts.iter().rev().max_by_key(|(count, _)| *count).map(|&(_, sign)| sign);
        Self { capital: capitals > 0 && most(capitals), closing: frequent.filter(|_| closed > 0 && most(closed)) }
    }
}

impl Vocabulary {
    /// A request with the capital letters and the closing sign of the sentences that this vocabulary is of, if that says
    /// it otherwise than it came: what is unknown as it is written becomes what is known, a sign that is unknown at the
    /// end goes, and a first capital and a full stop come where nine of ten sentences have them.
    ///
    /// ```
    /// use data::pairs::{Level, Vocabulary};
    ///
    /// let small = Vocabulary::new(Level::Word, false, 99, ["the white dogs are old", "is Ana old ?"]);
    /// assert_eq!(small.fit("The White dogs are OLD.").unwrap(), "the white dogs are old");
    /// assert_eq!(small.fit("¿Is ana old?").unwrap(), "is Ana old ?");
    /// assert_eq!(small.fit("the white dogs"), None);
    ///
    /// let written = Vocabulary::new(Level::Word, false, 99, ["The white dogs are old.", "Is the dog old?"]);
    /// assert_eq!(written.fit("the dog").unwrap(), "The dog.");
    /// ```
    pub fn fit(&self, request: &str) -> Option<String> {
        let before = self.pieces_of(request);
        let mut pieces = before.clone();
        for piece in &mut pieces {
            if let Some(known) = self.known_form(piece) {
                *piece = known;
            }
        }
        pieces.retain(|piece| self.knows(piece) || !piece.trim().starts_with(OPENING));
        while pieces.last().is_some_and(|last| closing(last).is_some() && !self.knows(last)) {
            pieces.pop();
            while self.level() == Level::Character && pieces.last().is_some_and(|last| last == " ") {
                pieces.pop();
            }
        }
        let first = pieces.iter_mut().find(|piece| !piece.trim().starts_with(OPENING));
        if let Some(first) = first.filter(|_| self.habits.capital) {
            let capital = capitalised(first);
            if self.knows(&capital) {
                *first = capital;
            }
        }
        let is_open = pieces.last().is_some_and(|last| last.ends_with(char::is_alphanumeric));
        if let Some(sign) = self.habits.closing.filter(|_| is_open) {
            pieces.extend(self.spacings(&sign.to_string()).into_iter().find(|piece| self.knows(piece)));
        }
        let [before, after] = [before, pieces].map(|pieces| self.join(&pieces));
        (before != after && !after.is_empty()).then_some(after)
    }

    fn knows(&self, piece: &str) -> bool {
        self.token(piece) != UNKNOWN
    }

    /// The first of the other ways to write an unknown piece that is known.
    fn known_form(&self, piece: &str) -> Option<String> {
        if self.knows(piece) {
            return None;
        }
        let small = piece.to_lowercase();
        let signs = self.spacings(piece.trim()).into_iter();
        let alike = closing(piece).into_iter().flat_map(|says| {
            let alike = CLOSING.iter().filter(move |(_, other)| *other == says);
            alike.flat_map(|(sign, _)| self.spacings(&sign.to_string()))
        });
        let words = [capitalised(piece), capitalised(&small), piece.to_uppercase()];
        let mut forms = [small].into_iter().chain(words).chain(signs).chain(alike);
        forms.find(|form| self.knows(form))
    }

    /// The ways in which a sign at the end of a sentence can stand.
    fn spacings(&self, sign: &str) -> [String; 2] {
        match self.level() {
            Level::Word => [format!("{sign} "), format!(" {sign} ")],
            Level::Character => [sign.to_owned(), sign.to_owned()],
        }
    }
}

/// What a piece says, if it is a closing sign.
fn closing(piece: &str) -> Option<Closing> {
    let mut characters = piece.trim().chars();
    let found = characters.next().and_then(|first| CLOSING.iter().find(|(sign, _)| *sign == first));
    found.filter(|_| characters.next().is_none()).map(|&(_, says)| says)
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}
