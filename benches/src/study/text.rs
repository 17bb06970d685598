//! Prose that stands in Markdown beside the code of an experiment; the numbers in it are filled in by name.
//!
//! ```text
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
//! ```

use std::collections::{BTreeMap, BTreeSet};

/// The three parts, filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    /// The result in one or two sentences.
    pub answer: String,
    /// What to notice.
    pub notice: Vec<String>,
    /// What the measurement does not say.
    pub limits: Vec<String>,
}

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
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.insert(name, Some(value.to_string()));
        self
    }

    /// With one more name, which may have no value.
    ///
    /// # Panics
    /// If it has a value already.
    #[must_use]
    #[track_caller]
    pub fn maybe(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.insert(name, value.map(|value| value.to_string()));
        self
    }

    #[track_caller]
    fn insert(&mut self, name: &'static str, value: Option<String>) {
        assert!(self.0.insert(name, value).is_none(), "{name} is given twice");
    }
}

/// What `say` says of each, `a; b; c`; those of which it says nothing are left out.
pub fn semicolons<T>(of: impl IntoIterator<Item = T>, say: impl FnMut(T) -> Option<String>) -> String {
    of.into_iter().filter_map(say).collect::<Vec<_>>().join("; ")
}

/// Fills `values` into the text.
///
/// # Panics
/// If the text has other parts than those above, or a name in it has no value, or a value is nowhere in it: the text and the
/// code beside it do not fit.
#[track_caller]
pub fn fill(text: &str, values: &Values) -> Prose {
    let mut prose = Prose::default();
    let mut used = BTreeSet::new();
    for part in format!("\n{text}").split("\n# ").skip(1) {
        let (title, body) = part.split_once('\n').unwrap_or((part, ""));
        let filled = points(body).into_iter().filter_map(|point| fill_point(&point, values, &mut used));
        let filled: Vec<String> = filled.collect();
        match title.trim() {
            "Answer" => prose.answer = filled.join(" "),
            "Notice" => prose.notice = filled,
            "Limits" => prose.limits = filled,
            other => panic!("the text of an experiment has no part {other:?}"),
        }
    }
    let idle: Vec<&str> = values.0.keys().copied().filter(|name| !used.contains(name)).collect();
    assert!(idle.is_empty(), "no sentence says {}", idle.join(", "));
    prose
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

/// None if a name in it has no value.
#[track_caller]
fn fill_point(point: &str, values: &Values, used: &mut BTreeSet<&'static str>) -> Option<String> {
    let mut pieces = point.split('{');
    let mut filled = Some(pieces.next().unwrap_or_default().to_owned());
    for piece in pieces {
        let Some((name, after)) = piece.split_once('}') else { panic!("a brace is not closed in {point:?}") };
        let Some((&name, value)) = values.0.get_key_value(name) else { panic!("nothing is given for {name}") };
        used.insert(name);
        filled = filled.zip(value.as_ref()).map(|(filled, value)| filled + value + after);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Answer\nAfter {steps} steps it\nknows {share}.\n\n# Notice\n- First,\n  {steps}.\n- Then {more}.\n\n# Limits\n- One.\n";

    fn values() -> Values {
        Values::default().with("steps", 3).with("share", "half")
    }

    #[test]
    fn names_become_values_and_points_without_one_are_left_out() {
        let prose = fill(TEXT, &values().maybe("more", None::<&str>));
        assert_eq!(prose.answer, "After 3 steps it knows half.");
        assert_eq!((prose.notice, prose.limits), (vec!["First, 3.".to_owned()], vec!["One.".to_owned()]));
        assert_eq!(fill(TEXT, &values().maybe("more", Some("{4}"))).notice[1], "Then {4}.");
    }

    #[test]
    #[should_panic(expected = "nothing is given for more")]
    fn a_name_needs_a_value() {
        fill(TEXT, &values());
    }

    #[test]
    #[should_panic(expected = "no sentence says rest")]
    fn a_value_needs_a_place() {
        fill(TEXT, &values().with("more", 1).with("rest", 2));
    }
}
