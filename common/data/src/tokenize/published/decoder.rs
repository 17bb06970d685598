//! How pieces become a text.

use super::file::{self, Metaspace, Prepended};
use super::normalizer::Replace;

/// Steps, one after another, on the pieces of the tokens; what is left is the text. None joins the pieces with spaces.
pub(super) struct Decoder(Option<Vec<Step>>);

enum Step {
    Metaspace(Metaspace),
    WordPiece {
        prefix: String,
        cleanup: bool,
    },
    Replace(Replace),
    /// Pieces such as `<0x0A>` as the bytes that they are.
    Bytes,
    /// All pieces as one.
    Fuse,
    /// Up to so many of a character from the ends of a piece.
    Strip {
        content: char,
        start: usize,
        stop: usize,
    },
}

impl Decoder {
    /// # Errors
    /// If a step is not known.
    pub fn new(stored: Option<file::Decoder>) -> Result<Self, String> {
        let Some(stored) = stored else { return Ok(Self(None)) };
        let mut steps = Vec::new();
        add(&mut steps, stored)?;
        Ok(Self(Some(steps)))
    }

    pub fn text(&self, pieces: Vec<String>) -> String {
        match &self.0 {
            Some(steps) => steps.iter().fold(pieces, |pieces, step| step.apply(pieces)).concat(),
            None => pieces.join(" "),
        }
    }
}

fn add(steps: &mut Vec<Step>, stored: file::Decoder) -> Result<(), String> {
    steps.push(match stored {
        file::Decoder::Sequence { decoders } => {
            for decoder in decoders {
                add(steps, decoder)?;
            }
            return Ok(());
        }
        file::Decoder::Metaspace(metaspace) => Step::Metaspace(metaspace),
        file::Decoder::WordPiece { prefix, cleanup } => Step::WordPiece { prefix, cleanup },
        file::Decoder::Replace { pattern, content } => Step::Replace(Replace::new(pattern, content)?),
        file::Decoder::ByteFallback => Step::Bytes,
        file::Decoder::Fuse => Step::Fuse,
        file::Decoder::Strip { content, start, stop } => Step::Strip { content, start, stop },
        file::Decoder::ByteLevel => return Err("it writes tokens as bytes, and does not read bytes".to_owned()),
    });
    Ok(())
}

impl Step {
    fn apply(&self, pieces: Vec<String>) -> Vec<String> {
        match self {
            Step::Metaspace(metaspace) => {
                let begins = metaspace.prepended() != Prepended::Never;
                let space = |number: usize| if number == 0 && begins { "" } else { " " };
                let written = |(number, piece): (usize, String)| piece.replace(metaspace.replacement, space(number));
                pieces.into_iter().enumerate().map(written).collect()
            }
            Step::WordPiece { prefix, cleanup } => {
                let written = |(number, piece): (usize, String)| {
                    let piece = match piece.strip_prefix(&**prefix) {
                        _ if number == 0 => piece,
                        Some(rest) => rest.to_owned(),
                        None => format!(" {piece}"),
                    };
                    if *cleanup { closed_up(&piece) } else { piece }
                };
                pieces.into_iter().enumerate().map(written).collect()
            }
            Step::Replace(replace) => pieces.iter().map(|piece| replace.apply(piece)).collect(),
            Step::Bytes => {
                let mut written = Vec::new();
                let mut bytes = Vec::new();
                for piece in pieces {
                    match byte(&piece) {
                        Some(byte) => bytes.push(byte),
                        None => {
                            written.extend(text(std::mem::take(&mut bytes)));
                            written.push(piece);
                        }
                    }
                }
                written.extend(text(bytes));
                written
            }
            Step::Fuse => vec![pieces.concat()],
            &Step::Strip { content, start, stop } => {
                let strip = |piece: String| {
                    let mut piece = &*piece;
                    for _ in 0..start.min(piece.len()) {
                        piece = piece.strip_prefix(content).unwrap_or(piece);
                    }
                    for _ in 0..stop.min(piece.len()) {
                        piece = piece.strip_suffix(content).unwrap_or(piece);
                    }
                    piece.to_owned()
                };
                pieces.into_iter().map(strip).collect()
            }
        }
    }
}

/// The byte of a piece such as `<0x0A>`.
fn byte(piece: &str) -> Option<u8> {
    let digits = piece.strip_prefix("<0x")?.strip_suffix('>')?;
    if digits.len() != 2 { None } else { u8::from_str_radix(digits, 16).ok() }
}

/// Bytes as one piece; if they are no UTF-8, an unknown character for each.
fn text(bytes: Vec<u8>) -> Option<String> {
    let count = bytes.len();
    let unknown = |_| char::REPLACEMENT_CHARACTER.to_string().repeat(count);
    (count > 0).then(|| String::from_utf8(bytes).unwrap_or_else(unknown))
}

/// A piece without the space before a sign or an English ending, as BERT's decoder writes it.
fn closed_up(piece: &str) -> String {
    let all = [
        (" .", "."),
        (" ?", "?"),
        (" !", "!"),
        (" ,", ","),
        (" ' ", "'"),
        (" n't", "n't"),
        (" 'm", "'m"),
        (" do not", " don't"),
        (" 's", "'s"),
        (" 've", "'ve"),
        (" 're", "'re"),
    ];
    all.into_iter().fold(piece.to_owned(), |piece, (open, closed)| piece.replace(open, closed))
}
