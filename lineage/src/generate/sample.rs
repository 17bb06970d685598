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

/// Prints the samples of all prompts one after another; the one whose turn it is as it comes.
pub struct Printer {
    prompts: usize,
    samples: usize,
    turn: usize,
    bytes: usize,
}

impl Printer {
    /// For so many prompts, and so many samples of each; several texts have headings.
    pub fn new(prompts: usize, samples: usize) -> Self {
        Printer { prompts, samples, turn: 0, bytes: 0 }
    }

    /// Prints what is new; all samples of a prompt stand before those of the next.
    ///
    /// # Errors
    /// If standard output takes nothing more.
    pub fn print(&mut self, samples: &[Sample<'_>]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        while let Some(sample) = samples.get(self.turn) {
            if let Some(heading) = self.heading().filter(|_| self.bytes == 0) {
                writeln!(out, "{}── {heading} ──", if self.turn == 0 { "" } else { "\n" })?;
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

    /// Which of several texts this one is.
    fn heading(&self) -> Option<String> {
        let [prompt, sample] = [self.turn / self.samples + 1, self.turn % self.samples + 1];
        match (self.prompts, self.samples) {
            (1, 1) => None,
            (1, _) => Some(format!("sample {sample}")),
            (_, 1) => Some(format!("prompt {prompt}")),
            _ => Some(format!("prompt {prompt}, sample {sample}")),
        }
    }
}
