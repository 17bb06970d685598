//! The built-in book, so that everything runs without a text of one's own.

use crate::Text;

/// *Around the World in Eighty Days* by Jules Verne (1873), in the English translation of George Makepeace Towle:
/// public domain, Project Gutenberg's text 103, from its title to its last sentence, 370,872 characters, 78 of them
/// distinct, all ASCII.
///
/// It comes with the crate `esaxx-rs` 0.1.10, as `data/eighty.txt`; the build script takes it from there.
pub const BOOK: &str = include_str!(concat!(env!("OUT_DIR"), "/book.txt"));

/// The SHA-256 of [`BOOK`], by which a report says what was read.
pub const BOOK_SHA256: &str = "7dda7acb2529f3e256617a9feb11cd60487eca36a006f4b939e775f10fdd8609";

/// The built-in book as a [`Text`].
///
/// ```
/// let book = data::corpus::book();
/// assert_eq!(book.name(), "Around the World in Eighty Days");
/// assert_eq!(book.as_str().lines().next(), Some("AROUND THE WORLD IN EIGHTY DAYS"));
/// ```
pub fn book() -> Text {
    Text::new("Around the World in Eighty Days", BOOK).expect("the built-in book is not empty")
}
