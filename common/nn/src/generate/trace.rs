//! What a chain of controls does in one step, for people to read.

use std::fmt::Write;

use data::Token;

use super::{Control, Scores};

/// The probabilities of a next token before a chain of controls, and behind each of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The model's own, (V).
    pub before: Vec<f64>,
    /// What each control did, in the order of the chain.
    pub links: Vec<Link>,
}

/// What one control did.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The control with its setting, as in `top-k 40`.
    pub control: String,
    /// The tokens that it removed, by their numbers.
    pub removed: Vec<Token>,
    /// The probabilities behind it, (V).
    pub probabilities: Vec<f64>,
}

impl Trace {
    /// Sends scores through a chain.
    pub fn of(mut scores: Scores, chain: &[&dyn Control], text: &[Token]) -> Self {
        let before = scores.probabilities();
        let link = |control: &&dyn Control| {
            let present: Vec<Token> = scores.left().collect();
            control.apply(&mut scores, text);
            let removed = present.into_iter().filter(|&token| !scores.has(token)).collect();
            Link { control: control.to_string(), removed, probabilities: scores.probabilities() }
        };
        Trace { before, links: chain.iter().map(link).collect() }
    }

    /// The probabilities that a token is drawn with, (V).
    pub fn after(&self) -> &[f64] {
        self.links.last().map_or(&self.before, |link| &link.probabilities)
    }

    /// The control that removed a token, if one did.
    pub fn removed_by(&self, token: Token) -> Option<&str> {
        self.links.iter().find(|link| link.removed.contains(&token)).map(|link| link.control.as_str())
    }

    /// A line for each control, and under them a table of the `rows` likeliest tokens, with the names that `name` gives
    /// them. The other tokens are counted in its last line.
    pub fn table(&self, rows: usize, name: impl Fn(Token) -> String) -> String {
        let mut text = String::new();
        let mut present = self.before.iter().filter(|&&probability| probability > 0.0).count();
        let mut probabilities = &self.before;
        for Link { control, removed, probabilities: behind } in &self.links {
            let what = match removed.len() {
                0 => {
                    let [from, to] = [probabilities, behind].map(|p| p.iter().copied().fold(0.0, f64::max));
                    format!("removes none; the likeliest has {from:.4}, then {to:.4}")
                }
                count => {
                    let lost: f64 = removed.iter().map(|&token| probabilities[token as usize]).sum();
                    format!("removes {count} of {present} tokens, {lost:.4} of the probability")
                }
            };
            let _ = writeln!(text, "{control:<24}{what}");
            present -= removed.len();
            probabilities = behind;
        }
        let mut order: Vec<Token> = (0..self.before.len() as Token).collect();
        order.sort_by(|&a, &b| self.before[b as usize].total_cmp(&self.before[a as usize])); // stable: of equals the first
        let _ = writeln!(text, "{:>8}{:>10}  {:<24}token", "before", "after", "removed by");
        let (shown, others) = order.split_at(rows.min(order.len()));
        for &token in shown {
            let [before, after] = [&self.before, self.after()].map(|p| p[token as usize]);
            let by = self.removed_by(token).unwrap_or_default();
            let _ = writeln!(text, "{before:>8.4}{after:>10.4}  {by:<24}{}", name(token));
        }
        if !others.is_empty() {
            let [before, after] =
                [&self.before, self.after()].map(|p| others.iter().map(|&t| p[t as usize]).sum::<f64>());
            let _ = writeln!(text, "{before:>8.4}{after:>10.4}  {:<24}{} more", "", others.len());
        }
        text
    }
}
