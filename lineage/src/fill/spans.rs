//! What a model of text in and text out puts into gaps.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{anyhow, bail};
use data::Token;
use nn::Translation;
use report::format::{counted, printable};

use crate::evaluate::loss::finite;
use crate::kind::text_to_text::{TextToText, ends, gaps};
use crate::run::trained::Trained;
use crate::search::Search;
use crate::{Common, Ending, memory};

/// Prints the text with its gaps filled.
///
/// # Errors
/// If it has no gap, or cannot be read.
pub fn fill(path: &Path, text: &str, common: &Common) -> anyhow::Result<Ending> {
    let trained = Trained::<TextToText>::load(path, common.progress())?;
    let tokenizer = trained.tokenizers[0].as_ref();
    let sentinels = gaps(tokenizer)?.sentinels;
    let tokens = tokenizer.encode(text.trim_start_matches('\u{FEFF}')).map_err(|error| anyhow!("the text: {error}"))?;
    if !tokens.iter().any(|token| sentinels.contains(token)) {
        bail!(
            "the text has no <extra_id_0>, which says where to write: put one in the place of some words, as in 'Mr. \
             <extra_id_0> slept.', then <extra_id_1>, and so on"
        );
    }
    let said = written(&trained, &tokens)?;
    finite(said.log_probability, path, "the text")?;
    let spans = spans(said.words(), &sentinels);
    let fill = |&token: &Token| match spans.iter().find(|(sentinel, _)| *sentinel == token) {
        Some((_, span)) => span.to_vec(),
        None => vec![token],
    };
    let filled: Vec<Token> = tokens.iter().flat_map(fill).collect();
    let left = filled.iter().filter(|token| sentinels.contains(token));
    let left: Vec<String> = left.map(|&token| tokenizer.decode(&[token]).trim().to_owned()).collect();
    writeln!(io::stdout().lock(), "{}", printable(&tokenizer.decode(&filled)))?;
    if !left.is_empty() {
        common.progress().say(&format!("the model wrote nothing for {}", left.join(", ")));
    }
    if !said.ended() {
        common.progress().say(&format!(
            "what the model writes was cut off after {}, since it came to no end",
            counted(said.tokens.len(), "token")
        ));
    }
    Ok(Ending::Done)
}

/// What the model writes when it has read these tokens.
fn written(trained: &Trained<TextToText>, tokens: &[Token]) -> anyhow::Result<Translation> {
    let Trained { config, model, parameters, .. } = trained;
    let source = [tokens, &[ends(&config.model).end]].concat();
    let search = Search::new(1, None)?;
    let bytes = search.memory(model, parameters, 1, source.len(), None);
    memory::check("reading such a text", bytes, "give a shorter one")?;
    Ok(search.translate(model, parameters, &[&source], None).remove(0))
}

/// The spans that were written, each behind its sentinel; of one that comes twice the first.
fn spans<'t>(said: &'t [Token], sentinels: &[Token]) -> Vec<(Token, &'t [Token])> {
    let starts: Vec<usize> = (0..said.len()).filter(|&at| sentinels.contains(&said[at])).collect();
    let ends = starts.iter().skip(1).copied().chain([said.len()]);
    starts.iter().zip(ends).map(|(&start, end)| (said[start], &said[start + 1..end])).collect()
}

#[cfg(test)]
mod tests {
    use super::spans;

    #[test]
    fn spans_stand_behind_their_sentinels() {
        let said = [5, 99, 3, 4, 98, 97, 6, 99, 7];
        assert_eq!(spans(&said, &[99, 98, 97]), [(99, &[3, 4][..]), (98, &[]), (97, &[6]), (99, &[7])]);
        assert!(spans(&[3, 4], &[99]).is_empty());
    }
}
