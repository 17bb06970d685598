//! Requests in the letters and signs that a model was trained on.

use std::ops::Not;

use serde::{Deserialize, Serialize};

use super::signs::{CLOSING, alike, closing, end, is_quote, opens, retained, unquoted};
use super::{Level, UNKNOWN, Vocabulary};

/// How nine of ten sentences begin and end, if so many do alike, and what none of them has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Habits {
    /// With a capital letter.
    capital: bool,
    /// With a closing sign, of which this is the most frequent.
    closing: Option<char>,
    /// Whether one ends with several closing signs.
    #[serde(default, skip_serializing_if = "Not::not")]
    several: bool,
    /// Whether one is in quotes as a whole.
    #[serde(default, skip_serializing_if = "Not::not")]
    quoted: bool,
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
        Self {
            capital: capitals > 0 && most(capitals),
            closing: frequent.filter(|_| closed > 0 && most(closed)),
            several: sentences().any(|sentence| closing_signs(sentence).len() > 1),
            quoted: sentences().any(|sentence| unquoted(sentence).is_some()),
        }
    }
}

impl Vocabulary {
    /// A request with the capital letters, quotes and closing sign of the sentences that this vocabulary is of, if that
    /// says it otherwise than it came. What is unknown as it is written becomes what is known. Quotes around the whole and
    /// all but the strongest of several closing signs go where no sentence had such; quotes, `¿`, `¡` and signs at the
    /// end go where they are unknown. A first capital and a full stop come where nine of ten sentences have them.
    ///
    /// ```
    /// use data::pairs::{Level, Vocabulary};
    ///
    /// let small = Vocabulary::new(Level::Word, false, 99, ["the white dogs are old", "is Ana old ?"]);
    /// assert_eq!(small.fit("The White dogs are OLD.").unwrap(), "the white dogs are old");
    /// assert_eq!(small.fit("“¿Is ana old?!”").unwrap(), "is Ana old ?");
    /// assert_eq!(small.fit("the white dogs"), None);
    ///
    /// let written = Vocabulary::new(Level::Word, false, 99, ["The white dogs are old.", "Is the dog old?"]);
    /// assert_eq!(written.fit("the dog").unwrap(), "The dog.");
    /// ```
    pub fn fit(&self, request: &str) -> Option<String> {
        let before = self.units_of(request);
        let mut pieces = self.units_of(&self.with_known_signs(request));
        for piece in &mut pieces {
            if let Some(known) = self.known_form(piece) {
                *piece = known;
            }
        }
        let first = pieces.iter_mut().find(|piece| !sign(piece).is_some_and(opens));
        if let Some(first) = first.filter(|_| self.habits.capital) {
            let capital = capitalised(first);
            if self.knows(&capital) {
                *first = capital;
            }
        }
        let is_open = pieces.last().is_some_and(|last| last.ends_with(char::is_alphanumeric));
        if let Some(sign) = self.habits.closing.filter(|_| is_open) {
            pieces.extend(self.spacings(sign).into_iter().find(|piece| self.knows(piece)));
        }
        let [before, after] = [before, pieces].map(|pieces| self.join(&pieces));
        (before != after && !after.is_empty()).then_some(after)
    }

    /// A request without the quotes, the opening signs and the signs at its end that no sentence had.
    fn with_known_signs(&self, request: &str) -> String {
        let mut request = request.trim().to_owned();
        while let Some(inner) = unquoted(&request).filter(|_| !self.habits.quoted) {
            request = inner;
        }
        let request = retained(&request, |sign| !(opens(sign) || is_quote(sign)) || self.knows_sign(sign));
        let (says, behind) = request.split_at(end(&request));
        let signs: Vec<char> = closing_signs(behind).into_iter().filter(|&sign| self.knows_sign(sign)).collect();
        // Of equally strong ones the first.
        let strongest = signs.iter().rev().max_by_key(|&&sign| closing(sign)).filter(|_| !self.habits.several);
        let mut left = strongest.map_or_else(|| signs.clone(), |&sign| vec![sign]).into_iter();
        let behind = behind.chars().filter_map(|sign| if closing(sign).is_some() { left.next() } else { Some(sign) });
        says.chars().chain(behind).collect::<String>().trim_end().to_owned()
    }

    fn knows(&self, piece: &str) -> bool {
        self.level() == Level::Bpe || self.token(piece) != UNKNOWN
    }

    /// Whether a sign is known in any form.
    fn knows_sign(&self, sign: char) -> bool {
        [sign].into_iter().chain(alike(sign)).any(|sign| self.spacings(sign).iter().any(|piece| self.knows(piece)))
    }

    /// The first of the other ways to write an unknown piece that is known.
    fn known_form(&self, piece: &str) -> Option<String> {
        if self.knows(piece) {
            return None;
        }
        let small = piece.to_lowercase();
        let words = [capitalised(piece), capitalised(&small), piece.to_uppercase()];
        let apostrophes = [piece.replace('\u{2019}', "'"), small.replace('\u{2019}', "'")];
        let signs = sign(piece).into_iter().flat_map(|sign| {
            let as_it_stands = move |other: char| piece.replace(sign, &other.to_string());
            [sign]
                .into_iter()
                .chain(alike(sign))
                .flat_map(move |sign| [as_it_stands(sign)].into_iter().chain(self.spacings(sign)))
        });
        let mut forms = [small].into_iter().chain(words).chain(apostrophes).chain(signs);
        forms.find(|form| self.knows(form))
    }

    /// The ways in which a sign can stand in a sentence, at its end first.
    fn spacings(&self, sign: char) -> Vec<String> {
        match self.level() {
            Level::Word => vec![format!("{sign} "), format!(" {sign} "), format!(" {sign}"), sign.to_string()],
            Level::Character | Level::Bpe => vec![sign.to_string()],
        }
    }
}

/// The signs with which a sentence is closed.
fn closing_signs(sentence: &str) -> Vec<char> {
    sentence[end(sentence)..].chars().filter(|&sign| closing(sign).is_some()).collect()
}

/// The character that a piece is, spaces aside.
fn sign(piece: &str) -> Option<char> {
    let mut characters = piece.trim().chars();
    characters.next().filter(|_| characters.next().is_none())
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}
