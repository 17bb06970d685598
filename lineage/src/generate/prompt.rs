//! What a model goes on from.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::Args;
use data::{Text, Token, Tokenizer, quoted};
use report::format::counted;
use report::progress::Progress;

use crate::standard_input;

/// Where the prompts are.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct PromptFlags {
    /// What to go on from; can be given several times, and each is gone on from as if it were alone
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    prompt: Vec<String>,
    /// UTF-8 text to go on from, without the end of its last line; - reads standard input
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    prompt_file: Option<PathBuf>,
    /// UTF-8 text with a prompt on each line; - reads standard input
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    prompt_lines: Option<PathBuf>,
}

/// A prompt as the model reads it.
pub struct Prompt {
    /// At least one.
    pub tokens: Vec<Token>,
    /// Which of several it is.
    which: Option<String>,
}

/// Bytes of the longest prompts from standard input, so that endless ones do not fill the memory.
const LONGEST: u64 = 1 << 24;

impl Prompt {
    /// Reads the prompts: at least one.
    ///
    /// # Errors
    /// If they cannot be read, one is empty, or the model does not know what is in it.
    pub fn read(flags: &PromptFlags, tokenizer: &dyn Tokenizer) -> anyhow::Result<Vec<Self>> {
        let alone = |name: &str, text: &str| Ok(vec![Prompt { tokens: tokens(name, text, tokenizer)?, which: None }]);
        let several = |texts: Vec<(String, &str)>| {
            let prompt = |(which, text): (String, &str)| {
                Ok(Prompt { tokens: tokens(&which, text, tokenizer)?, which: Some(which) })
            };
            texts.into_iter().map(prompt).collect()
        };
        if let Some(path) = &flags.prompt_file {
            let (name, text) = file(path, "--prompt-file")?;
            return alone(&name, &text);
        }
        if let Some(path) = &flags.prompt_lines {
            let (name, text) = file(path, "--prompt-lines")?;
            let lines = text.split('\n').zip(1..);
            return several(lines.map(|(line, number)| (format!("line {number} of {name}"), line)).collect());
        }
        match &flags.prompt[..] {
            [prompt] => alone("the prompt", prompt),
            prompts => {
                several(prompts.iter().zip(1..).map(|(text, number)| (format!("prompt {number}"), &text[..])).collect())
            }
        }
    }

    /// Says what of the prompt the model does not see, if it sees at most so many tokens at once.
    pub fn tell_unseen(&self, longest: Option<usize>, tokenizer: &dyn Tokenizer, progress: Progress) {
        if let Some(unseen) = unseen(longest, &self.tokens) {
            progress.say(&format!(
                "{} has {}, and the model sees the last {}: it does not see {}",
                self.which.as_deref().unwrap_or("the prompt"),
                counted(self.tokens.len(), "token"),
                self.tokens.len() - unseen.len(),
                briefly(&tokenizer.decode(unseen)),
            ));
        }
    }

    /// Says, if the prompt had room, what of it and of what followed the model no longer saw at the end of this text.
    pub fn tell_forgotten(
        &self,
        longest: Option<usize>,
        dropped: usize,
        text: &[Token],
        tokenizer: &dyn Tokenizer,
        progress: Progress,
    ) {
        let Some(longest) = longest.filter(|&longest| dropped > 0 && self.tokens.len() <= longest) else { return };
        progress.say(&format!(
            "the text{} has {}, and the model sees at most {longest} at once; when they are full it drops the older half: at \
             the end it no longer saw {}",
            self.which.as_ref().map(|which| format!(" after {which}")).unwrap_or_default(),
            counted(text.len(), "token"),
            briefly(&tokenizer.decode(&text[..dropped.min(text.len())])),
        ));
    }
}

/// The tokens of what the user gave to go on from.
///
/// # Errors
/// If there are none, or the model does not know them.
pub fn prompt(tokenizer: &dyn Tokenizer, text: &str) -> anyhow::Result<Vec<Token>> {
    tokens("the prompt", text, tokenizer)
}

fn tokens(name: &str, text: &str, tokenizer: &dyn Tokenizer) -> anyhow::Result<Vec<Token>> {
    let text = text.trim_start_matches('\u{FEFF}');
    if text.is_empty() {
        bail!("{name} is empty: give the model at least one token to go on from");
    }
    let tokens = tokenizer.encode(text).map_err(|error| anyhow!("{name}: {error}"))?;
    if tokenizer.unknown().is_some_and(|unknown| tokens.contains(&unknown)) {
        bail!(
            "{name} has words that the model does not know, it reads {}: use frequent words of the text that it was trained on",
            briefly(&tokenizer.decode(&tokens))
        );
    }
    Ok(tokens)
}

/// The text in a file or on standard input, without the end of its last line, which editors and shells write; and what to
/// call it in messages.
fn file(path: &Path, flag: &str) -> anyhow::Result<(String, String)> {
    let text = if path == Path::new("-") {
        let way_out = format!("give the prompt with --prompt, or a file with {flag}");
        let bytes = standard_input::read(LONGEST + 1, &way_out)?;
        if bytes.len() as u64 > LONGEST {
            bail!("standard input is longer than 16 MB, which is no prompt: {way_out}");
        }
        Text::from_bytes("standard input", &bytes)?
    } else {
        Text::read(path)?
    };
    let prompt = text.as_str().strip_suffix('\n').unwrap_or(text.as_str());
    Ok((text.name().to_owned(), prompt.to_owned()))
}

/// The tokens before the last ones that a model sees, if there are any.
fn unseen(longest: Option<usize>, tokens: &[Token]) -> Option<&[Token]> {
    let beyond = tokens.len().saturating_sub(longest?);
    Some(&tokens[..beyond]).filter(|unseen| !unseen.is_empty())
}

/// A text in quotation marks, its middle left out if it is long.
pub fn briefly(text: &str) -> String {
    const PART: usize = 30;
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= 2 * PART {
        return quoted(text);
    }
    let [begin, end] = [&characters[..PART], &characters[characters.len() - PART..]].map(String::from_iter);
    quoted(&format!("{begin} … {end}"))
}
