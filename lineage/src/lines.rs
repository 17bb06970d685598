//! Lines as they come, from a file or standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::path::Path;

use anyhow::{anyhow, bail};
use data::TextError;
use report::format::count;

use crate::system;

/// Bytes of the longest line, so that an endless one does not fill the memory.
const LONGEST: usize = 1 << 20;

/// A line, and what to call it in messages.
pub struct Line {
    /// Where it stands.
    pub place: String,
    /// What it says, without its end.
    pub content: String,
}

/// The lines that have come, waiting for at least one. What comes before an error is given before it.
pub struct Lines {
    name: String,
    input: Box<dyn BufRead>,
    unreadable: Box<dyn Fn(io::Error) -> anyhow::Error>,
    lines: usize,
    bytes: usize,
    ended: bool,
    error: Option<anyhow::Error>,
}

impl Lines {
    /// Of a UTF-8 file.
    ///
    /// # Errors
    /// If it is missing or cannot be opened.
    pub fn of_file(path: &Path) -> anyhow::Result<Self> {
        let path = path.to_owned();
        let file = File::open(&path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => TextError::Missing { path: path.clone() },
            _ => TextError::Unreadable { path: path.clone(), source },
        })?;
        let name = path.display().to_string();
        let unreadable = move |source| TextError::Unreadable { path: path.clone(), source }.into();
        Ok(Lines::new(name, Box::new(BufReader::new(file)), Box::new(unreadable)))
    }

    /// Of standard input.
    ///
    /// # Errors
    /// If the program was started without it.
    pub fn of_standard_input() -> anyhow::Result<Self> {
        if system::stdin_is_closed() {
            bail!("standard input is closed: give sentences as arguments, or a file with --file");
        }
        let unreadable = |error| {
            anyhow!("standard input cannot be read: {error}; give sentences as arguments, or a file with --file")
        };
        Ok(Lines::new("standard input".to_owned(), Box::new(io::stdin().lock()), Box::new(unreadable)))
    }

    fn new(name: String, input: Box<dyn BufRead>, unreadable: Box<dyn Fn(io::Error) -> anyhow::Error>) -> Self {
        Lines { name, input, unreadable, lines: 0, bytes: 0, ended: false, error: None }
    }

    /// Whole lines, as many as have come; the last one of all may lack its end.
    fn block(&mut self) -> Vec<u8> {
        let mut block = Vec::new();
        while !self.ended && block.last() != Some(&b'\n') {
            match self.input.fill_buf() {
                Ok(come) => {
                    self.ended = come.is_empty();
                    // What is behind the last end waits for its own.
                    let whole = come.iter().rposition(|&byte| byte == b'\n').map_or(come.len(), |end| end + 1);
                    block.extend_from_slice(&come[..whole]);
                    self.input.consume(whole);
                    let line = block.rsplit(|byte| matches!(byte, b'\n' | b'\r')).next();
                    if line.is_some_and(|line| line.len() > LONGEST) {
                        block.clear();
                        self.error = Some(anyhow!(
                            "line {} of {} is longer than {} bytes, which is no sentence; put each sentence on a line of its own",
                            self.lines + 1,
                            self.name,
                            count(LONGEST as u64)
                        ));
                        self.ended = true;
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    block.clear();
                    self.error = Some((self.unreadable)(error));
                    self.ended = true;
                }
            }
        }
        block
    }

    /// The text of a block, up to the first line that is none.
    fn text<'b>(&mut self, block: &'b [u8]) -> &'b str {
        let (valid, invalid) = match block.utf8_chunks().next() {
            Some(chunk) => (chunk.valid(), chunk.invalid().first()),
            None => ("", None),
        };
        let Some(&byte) = invalid else { return valid };
        let text = &valid[..valid.rfind(['\n', '\r']).map_or(0, |end| end + 1)];
        self.error = Some(
            TextError::NotUtf8 {
                name: self.name.clone(),
                byte,
                offset: self.bytes + valid.len(),
                line: self.lines + 1 + with_ends(text).lines().count(),
            }
            .into(),
        );
        self.ended = true;
        text
    }
}

impl Iterator for Lines {
    type Item = anyhow::Result<Vec<Line>>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = self.block();
        let mut text = self.text(&block);
        if self.bytes == 0 {
            text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
            if text.is_empty() && self.ended && self.error.is_none() {
                self.error = Some(TextError::Empty { name: self.name.clone() }.into());
            }
        }
        self.bytes += block.len();
        if text.is_empty() {
            return self.error.take().map(Err);
        }
        let place = |number: usize| format!("line {number} of {}", self.name);
        let lines: Vec<Line> = with_ends(text)
            .lines()
            .zip(self.lines + 1..)
            .map(|(line, number)| Line { place: place(number), content: line.to_owned() })
            .collect();
        self.lines += lines.len();
        Some(Ok(lines))
    }
}

/// Every line ends as on Unix, as in a [`Text`](data::Text).
fn with_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
