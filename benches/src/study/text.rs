//! What an experiment says stands in Markdown beside its code; the numbers in it are filled in by name.
//!
//! ```text
//! # Claim
//! The LSTM remembers longer.
//!
//! # Question
//! Which network remembers longer?
//!
//! # Criterion
//! Shown if it is ahead by more than {margin}.
//!
//! # History
//! - What was changed in the criterion after results were known, when and why.
//!
//! # Otherwise
//! How it could have come out, and why.
//!
//! # Answer
//! Over a gap of {gap} distractors the LSTM recalls {lstm} of the symbols.
//!
//! # Notice
//! - One sentence or two; the next line goes on with it
//!   if it is indented.
//! - A point that names {something} without a value is left out.
//!
//! # Limits
//! - What the measurement does not say.
//!
//! # c02-recall: The title of the figure with this name
//! How to read it.
//!
//! # c02-rates
//! What the table with this name shows.
//! ```

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

/// What stands for the names: a text, or nothing, which takes its point away with it.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<&'static str, Option<String>>);

impl Values {
    /// With one more name.
    ///
    /// # Panics
    /// If it has a value already.
    #[must_use]
    #[track_caller]
    pub fn with(self, name: &'static str, value: impl ToString) -> Self {
        self.maybe(name, Some(value))
    }

    /// With one more name, which may have no value.
    ///
    /// # Panics
    /// If it has a value already.
    #[must_use]
    #[track_caller]
    pub fn maybe(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        let before = self.0.insert(name, value.map(|value| value.to_string()));
        assert!(before.is_none(), "{name} is given twice");
        self
    }
}

/// What `say` says of each, `a; b; c`; those of which it says nothing are left out.
pub fn semicolons<T>(of: impl IntoIterator<Item = T>, say: impl FnMut(T) -> Option<String>) -> String {
    of.into_iter().filter_map(say).collect::<Vec<_>>().join("; ")
}

/// A text with the values of its names. Its parts are taken out by their names.
pub struct Text<'t> {
    parts: BTreeMap<&'t str, Part<'t>>,
    values: &'t Values,
    /// Names of parts that were taken out, and of values that were filled in.
    used: RefCell<BTreeSet<&'t str>>,
}

struct Part<'t> {
    title: &'t str,
    body: &'t str,
}

impl<'t> Text<'t> {
    /// Of a file's content.
    pub fn new(text: &'t str, values: &'t Values) -> Self {
        let parts = text.strip_prefix("# ").into_iter().flat_map(|text| text.split("\n# ")).map(|part| {
            let (heading, body) = part.split_once('\n').unwrap_or((part, ""));
            let (name, title) = heading.split_once(": ").unwrap_or((heading, ""));
            (name.trim(), Part { title: title.trim(), body })
        });
        Self { parts: parts.collect(), values, used: RefCell::default() }
    }

    /// The paragraphs or points of a part, filled in.
    ///
    /// # Panics
    /// If there is no such part, or a name in it is given no value.
    #[track_caller]
    pub fn points(&self, name: &str) -> Vec<String> {
        points(self.part(name).body).iter().filter_map(|point| self.fill(point)).collect()
    }

    /// The same as one paragraph.
    ///
    /// # Panics
    /// As [`points`](Self::points).
    #[track_caller]
    pub fn paragraph(&self, name: &str) -> String {
        self.points(name).join(" ")
    }

    /// What stands behind the name of a part.
    ///
    /// # Panics
    /// As [`points`](Self::points).
    #[track_caller]
    pub fn title(&self, name: &str) -> String {
        self.fill(self.part(name).title).unwrap_or_default()
    }

    /// Makes sure that the text and the code beside it fit.
    ///
    /// # Panics
    /// If some part but `others` was never taken out, or some value is nowhere in the text.
    #[track_caller]
    pub fn assert_used(&self, others: &[&str]) {
        let used = self.used.borrow();
        let idle = |name: &&str| !used.contains(name) && !others.contains(name);
        let parts: Vec<&str> = self.parts.keys().copied().filter(idle).collect();
        let values: Vec<&str> = self.values.0.keys().copied().filter(idle).collect();
        let [parts, values] = [parts, values].map(|names| names.join(", "));
        assert!(parts.is_empty(), "nothing asks for {parts}");
        assert!(values.is_empty(), "no sentence says {values}");
    }

    #[track_caller]
    fn part(&self, name: &str) -> &Part<'t> {
        let Some((&name, part)) = self.parts.get_key_value(name) else { panic!("the text has no part {name:?}") };
        self.used.borrow_mut().insert(name);
        part
    }

    /// None if a name in it has no value.
    #[track_caller]
    fn fill(&self, point: &str) -> Option<String> {
        let mut pieces = point.split('{');
        let mut filled = Some(pieces.next().unwrap_or_default().to_owned());
        for piece in pieces {
            let Some((name, after)) = piece.split_once('}') else { panic!("a brace is not closed in {point:?}") };
            let Some((&name, value)) = self.values.0.get_key_value(name) else { panic!("nothing is given for {name}") };
            self.used.borrow_mut().insert(name);
            filled = filled.zip(value.as_ref()).map(|(filled, value)| filled + value + after);
        }
        filled
    }
}

/// Points of a list, or paragraphs, each on one line.
fn points(body: &str) -> Vec<String> {
    let mut points: Vec<String> = vec![String::new()];
    for line in body.lines() {
        let begins = line.starts_with("- ") || line.trim().is_empty();
        if begins {
            points.push(String::new());
        }
        let point = points.last_mut().expect("there is always one");
        let words = line.strip_prefix("- ").unwrap_or(line).trim();
        if !point.is_empty() && !words.is_empty() {
            point.push(' ');
        }
        point.push_str(words);
    }
    points.retain(|point| !point.is_empty());
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Answer\nAfter {steps} steps it\nknows {share}.\n\n# Notice\n- First,\n  {steps}.\n- Then {more}.\n\n# c2-x: {share} of it\nRead it.\n";

    fn values() -> Values {
        Values::default().with("steps", 3).with("share", "half")
    }

    #[test]
    fn names_become_values_and_points_without_one_are_left_out() {
        let values_ = values().maybe("more", None::<&str>);
        let text = Text::new(TEXT, &values_);
        assert_eq!(text.paragraph("Answer"), "After 3 steps it knows half.");
        assert_eq!(text.points("Notice"), ["First, 3."]);
        assert_eq!((text.title("c2-x"), text.paragraph("c2-x")), ("half of it".to_owned(), "Read it.".to_owned()));
        text.assert_used(&[]);
        assert_eq!(Text::new(TEXT, &values().maybe("more", Some("{4}"))).points("Notice")[1], "Then {4}.");
    }

    #[test]
    #[should_panic(expected = "nothing is given for more")]
    fn a_name_needs_a_value() {
        Text::new(TEXT, &values()).points("Notice");
    }

    #[test]
    #[should_panic(expected = "nothing asks for Answer, Notice, c2-x")]
    fn a_part_needs_a_place() {
        Text::new(TEXT, &values()).assert_used(&[]);
    }

    #[test]
    #[should_panic(expected = "no sentence says steps")]
    fn a_value_needs_a_place() {
        Text::new("", &Values::default().with("steps", 2)).assert_used(&[]);
    }
}
