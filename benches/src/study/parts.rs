//! A criterion of several parts, each with its own verdict, so that a reader sees which of them holds.

use report::Table;

use crate::verdict::Verdict;

/// One of the things that have to hold.
pub struct Part {
    /// What the claim says.
    pub claim: &'static str,
    /// What was measured, with its interval.
    pub found: String,
    /// What it has to be.
    pub needed: String,
    /// Whether it is.
    pub verdict: Verdict,
}

/// The verdict of all parts together.
///
/// # Panics
/// If there are none.
#[track_caller]
pub fn verdict(parts: &[Part]) -> Verdict {
    Verdict::all(&parts.iter().map(|part| part.verdict).collect::<Vec<_>>())
}

/// The parts, one in a row; `name` is that of the file.
pub fn table(name: &str, parts: &[Part]) -> Table {
    Table::of(parts)
        .column("part", |part| part.claim)
        .column("found", |part| part.found.clone())
        .column("needed", |part| part.needed.clone())
        .column("verdict", |part| part.verdict.to_string())
        .named(name, "The criterion, part by part")
}

/// Which parts are shown and which are not, as the end of an answer; nothing if all are.
pub fn remainder(parts: &[Part]) -> String {
    let (shown, open): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(|part| part.verdict == Verdict::Shown);
    if open.is_empty() {
        return String::new();
    }
    let claims = |parts: &[&Part]| parts.iter().map(|part| part.claim).collect::<Vec<_>>().join("; ");
    let shown = if shown.is_empty() { "nothing".to_owned() } else { claims(&shown) };
    format!(" Of the criterion's parts this shows: {shown}. It does not show: {}.", claims(&open))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_named() {
        let part = |claim, verdict| Part { claim, found: "1".into(), needed: "2".into(), verdict };
        let whole = [part("a", Verdict::Shown), part("b", Verdict::Shown)];
        assert_eq!((verdict(&whole), remainder(&whole).as_str()), (Verdict::Shown, ""));
        let half = [part("a", Verdict::Shown), part("b", Verdict::NotShown)];
        assert_eq!(verdict(&half), Verdict::NotShown);
        assert_eq!(remainder(&half), " Of the criterion's parts this shows: a. It does not show: b.");
        assert_eq!(table("parts", &half).rows[1], ["b", "1", "2", "not shown"].map(Into::into));
    }
}
