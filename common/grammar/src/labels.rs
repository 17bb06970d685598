//! What an English sentence does and thinks, as its words decide: labels for classifiers.

use super::Sentence;

/// What a sentence does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It says something.
    Statement,
    /// It asks something.
    Question,
    /// It tells you to do something.
    Command,
}

/// What a sentence shows somebody to think of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sentiment {
    /// Somebody likes it, or it is called good or great.
    Positive,
    /// Somebody does not like it, be it ever so good.
    Negative,
    /// None of this is said. A question takes no side.
    Neutral,
}

/// In [`Grammar::english_spanish`](super::Grammar::english_spanish), where a `?` ends every question and nothing else, a
/// command begins with `give`, and a sentence has at most one `like`.
impl Sentence {
    /// What the sentence does.
    pub fn kind(&self) -> Kind {
        match (self.english.first().map(String::as_str), self.english.last().map(String::as_str)) {
            (_, Some("?")) => Kind::Question,
            (Some("give"), _) => Kind::Command,
            _ => Kind::Statement,
        }
    }

    /// Whether it says of something that it is not so.
    pub fn is_negated(&self) -> bool {
        self.english.iter().any(|word| NEGATIONS.contains(&word.as_str()))
    }

    /// What it shows somebody to think of something.
    pub fn sentiment(&self) -> Sentiment {
        if self.kind() == Kind::Question {
            return Sentiment::Neutral;
        }
        let is = |at: usize, words: &[&str]| words.contains(&self.english[at].as_str());
        let liking = (0..self.english.len()).find(|&at| is(at, &["like", "likes"]));
        match liking {
            Some(at) if at > 0 && is(at - 1, &NEGATIONS) => Sentiment::Negative,
            Some(_) => Sentiment::Positive,
            None if (0..self.english.len()).any(|at| is(at, &["good", "great"])) => Sentiment::Positive,
            None => Sentiment::Neutral,
        }
    }
}

pub(super) const NEGATIONS: [&str; 5] = ["not", "don't", "doesn't", "didn't", "can't"];
