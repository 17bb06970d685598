//! A criterion of several parts, each with its own verdict, so that a reader sees which of them holds.

use std::fmt;

use report::{Table, format, statistics::Summary, table::Cell};
use serde::{Deserialize, Serialize};

use super::text::Values;
use crate::verdict::{Basis, Verdict, exceeds};

/// What an effect has to be, known before anything is measured: the same value judges and is printed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// More than so much.
    More(f64),
    /// More than so many times as much; the effect is a mean of logarithms.
    Times(f64),
    /// At most so much, either way: that nothing happens.
    Within(f64),
    /// This number, of what is counted.
    Exactly(f64),
}

impl Bound {
    /// As the text of a criterion names it.
    pub const fn number(self) -> f64 {
        let (Bound::More(number) | Bound::Times(number) | Bound::Within(number) | Bound::Exactly(number)) = self;
        number
    }

    /// Whether an effect is what it has to be, by its interval.
    pub fn judge(self, effect: &Summary) -> Verdict {
        match self {
            Bound::More(least) => exceeds(effect, least),
            Bound::Times(least) => exceeds(effect, least.ln()),
            Bound::Exactly(number) => Verdict::exact(effect.mean == number),
            Bound::Within(most) => match exceeds(effect, most) {
                Verdict::NotShown => Verdict::Shown,
                Verdict::Shown | Verdict::Reverse => Verdict::NotShown,
                open => open,
            },
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = format::number(self.number(), 6);
        match self {
            Bound::More(_) => write!(f, "more than {number}"),
            Bound::Times(_) => write!(f, "more than {number} times"),
            Bound::Within(_) => write!(f, "at most {number}, either way"),
            Bound::Exactly(_) => f.write_str(&number),
        }
    }
}

/// One of the things that have to hold.
pub struct Part {
    /// What the claim says.
    pub claim: &'static str,
    /// What was measured, with its interval.
    pub found: Cell,
    /// Of what, in words that follow the number.
    pub unit: String,
    /// What it has to be.
    pub needed: String,
    /// Whether it is.
    pub verdict: Verdict,
}

impl Part {
    /// That an effect is what it has to be.
    pub fn of(claim: &'static str, effect: &Summary, needed: Bound) -> Self {
        let (found, unit) = ((*effect).into(), String::new());
        Self { claim, found, unit, needed: needed.to_string(), verdict: needed.judge(effect) }
    }

    /// The same, undecided if what was measured tells nothing of it.
    #[must_use]
    pub fn only_if(self, tells: bool) -> Self {
        Self { verdict: if tells { self.verdict } else { Verdict::Undecided }, ..self }
    }
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
        .column("of what", |part| part.unit.clone())
        .column("needed", |part| part.needed.clone())
        .column("verdict", |part| part.verdict.words(Basis::Counted))
        .named(name, "The criterion, part by part")
}

/// The first words of the answer to a question that the claim says yes to.
fn reply(parts: &[Part], basis: Basis) -> &'static str {
    match verdict(parts) {
        Verdict::NotShown | Verdict::Undecided if parts.iter().any(|part| part.verdict == Verdict::Shown) => "In part.",
        same => same.reply(basis),
    }
}

/// Which parts are not shown, as the end of an answer; nothing if all are. What does not hold stands in quotation marks, so
/// that nobody reads it as found.
pub fn remainder(parts: &[Part]) -> String {
    let of = |(verdict, words): (Verdict, &str)| {
        let quoted = |part: &Part| format!("“{}”", part.claim);
        let parts: Vec<String> = parts.iter().filter(|part| part.verdict == verdict).map(quoted).collect();
        (!parts.is_empty()).then(|| format!(" {words} {}.", parts.join("; ")))
    };
    let words = [
        (Verdict::NotShown, "Not shown:"),
        (Verdict::Reverse, "The reverse was found of"),
        (Verdict::Undecided, "Undecided:"),
    ];
    words.into_iter().filter_map(of).collect()
}

/// What an answer begins and ends with, as `{reply}` and `{remainder}`.
///
/// # Panics
/// If there are no parts.
#[track_caller]
pub fn words(parts: &[Part], basis: Basis) -> Values {
    Values::default().with("reply", reply(parts, basis)).with("remainder", remainder(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_named() {
        let part = |claim, verdict| Part {
            claim,
            found: 1_u64.into(),
            unit: "times".into(),
            needed: Bound::Times(2.0).to_string(),
            verdict,
        };
        let whole = [part("a", Verdict::Shown), part("b", Verdict::Shown)];
        assert_eq!((verdict(&whole), remainder(&whole).as_str()), (Verdict::Shown, ""));
        let half = [part("a", Verdict::Shown), part("b", Verdict::NotShown)];
        assert_eq!(verdict(&half), Verdict::NotShown);
        assert_eq!([&whole, &half].map(|parts| reply(parts, Basis::Counted)), ["Yes.", "In part."]);
        assert_eq!(reply(&half[1..], Basis::Counted), "No.");
        assert_eq!(remainder(&half), " Not shown: “b”.");
        let turned = [part("c", Verdict::Reverse), part("d", Verdict::Reverse), part("e", Verdict::Undecided)];
        assert_eq!(remainder(&turned), " The reverse was found of “c”; “d”. Undecided: “e”.");
        assert_eq!(
            table("parts", &half).rows[1],
            ["b".into(), 1_u64.into(), "times".into(), "more than 2 times".into(), "not shown".into()]
        );
    }
}
