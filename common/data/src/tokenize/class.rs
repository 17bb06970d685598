//! Classes of characters by Unicode's general category.

use regex_syntax::hir::{Class as Parsed, HirKind};

/// Ranges of characters, in order.
///
/// The classes of regular expressions are asked, so that they are of the same version of Unicode as in other programs that
/// read the rules of tokenizers as expressions.
pub(super) struct Class(Vec<(char, char)>);

impl Class {
    /// # Panics
    /// If it is no class of a regular expression.
    pub fn new(class: &str) -> Self {
        let parsed = regex_syntax::parse(class).expect("a class that exists");
        let HirKind::Class(Parsed::Unicode(class)) = parsed.kind() else { panic!("{class} is no class of characters") };
        Class(class.iter().map(|range| (range.start(), range.end())).collect())
    }

    pub fn contains(&self, c: char) -> bool {
        let after = self.0.partition_point(|&(first, _)| first <= c);
        after > 0 && c <= self.0[after - 1].1
    }
}
