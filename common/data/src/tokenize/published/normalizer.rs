//! What is done with a text before it is cut.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::characters::{INVISIBLE, MARK, is_chinese};
use super::charsmap::CharsMap;
use super::file;
use crate::quoted;

/// Steps, one after another.
pub(super) struct Normalizer(Vec<Step>);

enum Step {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
    Lowercase,
    /// Without combining marks.
    StripAccents,
    /// Without what cannot be seen, all white space as spaces.
    Clean,
    /// Spaces around Chinese characters.
    PartChinese,
    /// Decomposed, without accents.
    Unaccented,
    Map(CharsMap),
    Prepend(String),
    Replace(Replace),
    Strip {
        left: bool,
        right: bool,
    },
}

/// Writes something else for a text, or for several spaces.
pub(super) enum Replace {
    Text(String, String),
    Spaces(String),
}

impl Replace {
    /// # Errors
    /// If it is another regular expression than the one of several spaces, or nothing.
    pub fn new(pattern: file::Pattern, content: String) -> Result<Self, String> {
        match pattern {
            file::Pattern::String(text) if !text.is_empty() => Ok(Replace::Text(text, content)),
            file::Pattern::Regex(pattern) if pattern == " {2,}" => Ok(Replace::Spaces(content)),
            file::Pattern::String(pattern) | file::Pattern::Regex(pattern) => {
                Err(format!("it replaces {}, which is not known here", quoted(&pattern)))
            }
        }
    }

    pub fn apply(&self, text: &str) -> String {
        match self {
            Replace::Text(from, to) => text.replace(from, to),
            Replace::Spaces(to) => {
                let mut written = String::with_capacity(text.len());
                let mut rest = text;
                while let Some(place) = rest.find("  ") {
                    written.push_str(&rest[..place]);
                    written.push_str(to);
                    rest = rest[place..].trim_start_matches(' ');
                }
                written + rest
            }
        }
    }
}

impl Normalizer {
    /// # Errors
    /// If a step is not known or damaged.
    pub fn new(stored: Option<file::Normalizer>) -> Result<Self, String> {
        let mut steps = Vec::new();
        if let Some(stored) = stored {
            add(&mut steps, stored)?;
        }
        Ok(Self(steps))
    }

    pub fn apply(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, step| step.apply(text))
    }
}

fn add(steps: &mut Vec<Step>, stored: file::Normalizer) -> Result<(), String> {
    match stored {
        file::Normalizer::Sequence { normalizers } => {
            for normalizer in normalizers {
                add(steps, normalizer)?;
            }
        }
        file::Normalizer::Nfc => steps.push(Step::Nfc),
        file::Normalizer::Nfd => steps.push(Step::Nfd),
        file::Normalizer::Nfkc => steps.push(Step::Nfkc),
        file::Normalizer::Nfkd => steps.push(Step::Nfkd),
        file::Normalizer::Lowercase => steps.push(Step::Lowercase),
        file::Normalizer::StripAccents => steps.push(Step::StripAccents),
        file::Normalizer::Bert { clean_text, handle_chinese_chars, strip_accents, lowercase } => {
            let all = [
                (clean_text, Step::Clean),
                (handle_chinese_chars, Step::PartChinese),
                (strip_accents.unwrap_or(lowercase), Step::Unaccented),
                (lowercase, Step::Lowercase),
            ];
            steps.extend(all.into_iter().filter_map(|(is_asked, step)| is_asked.then_some(step)));
        }
        file::Normalizer::Precompiled { precompiled_charsmap } => {
            // T5's file may have an empty one.
            if let Some(map) = precompiled_charsmap.filter(|map| !map.is_empty()) {
                let map = BASE64_STANDARD.decode(map).map_err(|error| format!("its map of characters: {error}"))?;
                steps.push(Step::Map(CharsMap::new(&map)?));
            }
        }
        file::Normalizer::Prepend { prepend } => steps.push(Step::Prepend(prepend)),
        file::Normalizer::Replace { pattern, content } => steps.push(Step::Replace(Replace::new(pattern, content)?)),
        file::Normalizer::Strip { strip_left: left, strip_right: right } => steps.push(Step::Strip { left, right }),
    }
    Ok(())
}

impl Step {
    fn apply(&self, text: String) -> String {
        match self {
            Step::Nfc => text.nfc().collect(),
            Step::Nfd => text.nfd().collect(),
            Step::Nfkc => text.nfkc().collect(),
            Step::Nfkd => text.nfkd().collect(),
            Step::Lowercase => text.chars().flat_map(char::to_lowercase).collect(),
            Step::StripAccents => text.chars().filter(|&c| !is_combining_mark(c)).collect(),
            Step::Clean => text.chars().filter_map(clean).collect(),
            Step::PartChinese => text.chars().fold(String::with_capacity(text.len()), |mut parted, c| {
                if is_chinese(c) {
                    parted.extend([' ', c, ' ']);
                } else {
                    parted.push(c);
                }
                parted
            }),
            Step::Unaccented => text.nfd().filter(|&c| !MARK.contains(c)).collect(),
            Step::Map(map) => map.apply(&text),
            Step::Prepend(_) if text.is_empty() => text,
            Step::Prepend(first) => first.clone() + &text,
            Step::Replace(replace) => replace.apply(&text),
            Step::Strip { left, right } => {
                let text = if *left { text.trim_start() } else { &text };
                if *right { text.trim_end() } else { text }.to_owned()
            }
        }
    }
}

/// A character as it can be seen; none if it cannot.
fn clean(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' => Some(' '),
        '\0' | char::REPLACEMENT_CHARACTER => None,
        _ if INVISIBLE.contains(c) => None,
        _ if c.is_whitespace() => Some(' '),
        _ => Some(c),
    }
}
