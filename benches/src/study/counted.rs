//! A criterion that is counted: how many of the things that a claim speaks of are as it says.

use report::statistics::Summary;

use super::{effect::Effect, parts::Bound};
use crate::verdict::{Basis, Verdict};

/// The names of the things, and whether each is as claimed.
pub struct Counted(Vec<(String, bool)>);

impl FromIterator<(String, bool)> for Counted {
    fn from_iter<I: IntoIterator<Item = (String, bool)>>(things: I) -> Self {
        Self(things.into_iter().collect())
    }
}

impl Counted {
    /// Shown if all are as claimed.
    pub fn verdict(&self) -> Verdict {
        self.needed().judge(&self.found())
    }

    /// For the ledger; `what` names the things.
    pub fn effect(&self, what: &str) -> Effect {
        let unit = format!("of {}", self.0.len());
        Effect { what: what.to_owned(), unit, found: self.found(), needed: self.needed() }
    }

    /// The first words of the answer.
    pub fn reply(&self) -> &'static str {
        self.verdict().reply(Basis::Counted)
    }

    /// The end of the answer: what is not as claimed; nothing if all is.
    pub fn remainder(&self) -> String {
        let failed: Vec<&str> = self.0.iter().filter(|(_, holds)| !holds).map(|(name, _)| name.as_str()).collect();
        if failed.is_empty() { String::new() } else { format!(" Not as claimed: {}.", failed.join("; ")) }
    }

    fn found(&self) -> Summary {
        Summary::exact(self.0.iter().filter(|(_, holds)| *holds).count() as f64)
    }

    fn needed(&self) -> Bound {
        Bound::Exactly(self.0.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_as_claimed_is_named() {
        let counted = |gpt| Counted::from_iter([("RNN".to_owned(), true), ("GPT".to_owned(), gpt)]);
        assert_eq!((counted(true).reply(), counted(true).remainder().as_str()), ("Yes.", ""));
        assert_eq!((counted(false).reply(), counted(false).remainder().as_str()), ("No.", " Not as claimed: GPT."));
        assert_eq!(counted(false).effect("stages as claimed").found, Summary::exact(1.0));
        assert_eq!(counted(false).effect("stages as claimed").needed, Bound::Exactly(2.0));
    }
}
