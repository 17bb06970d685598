//! What is generated, as text that is printed as it comes.

use std::io::{self, Write};

use data::{Token, Tokenizer};
use nn::{Stops, UntilStop};

/// A text that grows token by token.
pub struct Sample<'s> {
    tokenizer: &'s dyn Tokenizer,
    tokens: Vec<Token>,
    /// All that comes before this token is in the text, and so many bytes from there on.
    token: usize,
    bytes: usize,
    until: UntilStop<'s>,
    text: String,
    ended: bool,
}

impl<'s> Sample<'s> {
    /// The prompt, which may have in it what is stopped at.
    pub fn new(tokenizer: &'s dyn Tokenizer, prompt: &[Token], stops: &'s Stops) -> Self {
        let (tokens, until) = (prompt.to_vec(), UntilStop::new(stops));
        let mut sample = Sample { tokenizer, tokens, token: 0, bytes: 0, until, text: String::new(), ended: false };
        sample.text = sample.decoded(false);
        sample
    }

    /// Goes on with a token, unless the text has ended.
    pub fn push(&mut self, token: Token) {
        if !self.ended {
            self.tokens.push(token);
            let new = self.decoded(false);
            self.text += &self.until.push(&new);
            self.ended = self.until.stopped();
        }
    }

    /// Ends the text, with what was held back.
    pub fn end(&mut self) {
        if !self.ended {
            let new = self.decoded(true);
            self.text += &self.until.push(&new);
            self.text += &self.until.finish();
            self.ended = true;
        }
    }

    /// Whether nothing follows.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Prompt and what was generated, up to the token that completed a text to stop at.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// What is new. A character of which only some bytes are there waits for the others until all is `complete`; then it is
    /// an unknown one.
    fn decoded(&mut self, complete: bool) -> String {
        let text = self.tokenizer.decode(&self.tokens[self.token..]);
        let settled = if complete { &text } else { text.trim_end_matches(char::REPLACEMENT_CHARACTER) };
        let Some(new) = settled.get(self.bytes..).filter(|new| !new.is_empty()) else { return String::new() };
        self.bytes = settled.len();
        if settled.len() == text.len() {
            // The last one is kept, since words are parted from what stands before them.
            self.token = self.tokens.len() - 1;
            self.bytes = self.tokenizer.decode(&self.tokens[self.token..]).len();
        }
        new.to_owned()
    }
}

/// Prints samples one after another; the one whose turn it is as it comes.
pub struct Printer {
    samples: usize,
    turn: usize,
    bytes: usize,
}

impl Printer {
    /// For so many samples; several have headings.
    pub fn new(samples: usize) -> Self {
        Printer { samples, turn: 0, bytes: 0 }
    }

    /// Prints what is new.
    ///
    /// # Errors
    /// If standard output takes nothing more.
    pub fn print(&mut self, samples: &[Sample<'_>]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        while let Some(sample) = samples.get(self.turn) {
            if self.bytes == 0 && self.samples > 1 {
                writeln!(out, "{}── sample {} ──", if self.turn == 0 { "" } else { "\n" }, self.turn + 1)?;
            }
            out.write_all(&sample.text.as_bytes()[self.bytes..])?;
            self.bytes = sample.text.len();
            if !sample.ended {
                break;
            }
            writeln!(out)?;
            (self.turn, self.bytes) = (self.turn + 1, 0);
        }
        out.flush()
    }
}
