//! What a model of text in and text out makes of sentences, if it was trained to translate.

use std::io::{self, Write};

use anyhow::{anyhow, bail};
use data::{Token, is_blank};
use nn::Translator;
use report::format::counted;
use report::progress::Progress;

use super::Translate;
use super::request::sentence_of;
use crate::evaluate::loss::finite;
use crate::kind::text_to_text::{Reading, TextToText, ends};
use crate::lines::{Line, Lines};
use crate::memory;
use crate::memory::rows::rows;
use crate::run::trained::Trained;
use crate::search::Search;
use crate::settings::Learns;
use crate::{Common, Ending, idle};

/// A sentence as the model reads it; none of a blank line.
struct Asked {
    place: String,
    tokens: Option<Vec<Token>>,
}

/// A model that is asked.
struct Writer<'a> {
    asked: &'a Translate,
    search: Search,
    trained: &'a Trained<TextToText>,
    reading: Reading<'a>,
    /// The longest source that memory is known to have room for.
    room_for: usize,
    progress: Progress,
}

/// Prints the translations, of lines as they come.
///
/// # Errors
/// If the model was not trained to translate, or a sentence cannot be read.
pub fn run(asked: &Translate, search: Search, common: &Common) -> anyhow::Result<Ending> {
    let shown = asked.model.display();
    let none = "of t5 no alignment is shown, and it writes what it does not know as it likes: leave it out, or use a model of attention \
                or transformer";
    idle::refuse(&[
        ("seed", common.seed.is_some(), "nothing is drawn at random: leave it out"),
        ("alignment", asked.alignment, none),
        ("heat-map", asked.heat_map.is_some(), none),
        ("copy-unknown", asked.copy_unknown, none),
    ])?;
    let trained = Trained::<TextToText>::load(&asked.model, common.progress())?;
    let (settings, config) = (&trained.config.settings, &trained.config);
    let prefix = match (settings.learns, &config.published, &asked.prefix) {
        (_, Some(_), Some(prefix)) | (Learns::Pairs, _, Some(prefix)) => prefix,
        (Learns::Pairs, _, None) => &settings.prefix,
        (Learns::Text, Some(_), None) => bail!(
            "the model in {shown} was trained by others, and those of t5 that translate do so behind words that say it: give these \
             with --prefix, for example 'translate English to German: '"
        ),
        (Learns::Text, None, _) => bail!(
            "the model in {shown} has learned to fill gaps, and not to translate: use `lineage fill --model {shown}`, or train it \
             further by `lineage train --from {shown} --pairs FILE`"
        ),
    };
    let reading = Reading { tokenizer: trained.tokenizers[0].as_ref(), prefix, ends: ends(&config.model) };
    let mut writer = Writer { asked, search, trained: &trained, reading, room_for: 0, progress: common.progress() };
    let lines: Box<dyn Iterator<Item = anyhow::Result<Vec<Line>>>> = match &asked.file {
        Some(path) => Box::new(Lines::of_file(path)?),
        None if asked.sentences.is_empty() => Box::new(Lines::of_standard_input()?),
        None => {
            let line = |(sentence, number): (&String, usize)| Line {
                place: format!("sentence {number}"),
                content: sentence.clone(),
            };
            let lines: Vec<Line> = asked.sentences.iter().zip(1..).map(line).collect();
            if let Some(Line { place, .. }) = lines.iter().find(|line| is_blank(&line.content)) {
                bail!("{place} is blank: give a sentence to translate");
            }
            Box::new(std::iter::once(Ok(lines)))
        }
    };
    for lines in lines {
        let mut refused = None;
        let read = |line| writer.read(line).map_err(|error| refused = Some(error)).ok();
        let asked: Vec<Asked> = lines?.into_iter().map_while(read).collect();
        writer.answer(&asked)?;
        if let Some(error) = refused {
            return Err(error);
        }
    }
    Ok(Ending::Done)
}

impl Writer<'_> {
    fn read(&self, Line { place, content }: Line) -> anyhow::Result<Asked> {
        if is_blank(&content) {
            return Ok(Asked { place, tokens: None });
        }
        let sentence = sentence_of(&place, &content)?.split_whitespace().collect::<Vec<_>>().join(" ");
        let tokens = self.reading.source(&sentence).map_err(|error| anyhow!("{place}: {error}"))?;
        let unknown = self.reading.tokenizer.unknown().is_some_and(|unknown| tokens.contains(&unknown));
        if unknown {
            self.progress.say(&format!("{place}: the model does not know all of its characters, and reads the others"));
        }
        Ok(Asked { place, tokens: Some(tokens) })
    }

    /// Prints the translations, a blank line for a blank one.
    fn answer(&mut self, asked: &[Asked]) -> anyhow::Result<()> {
        let Trained { model, parameters, .. } = self.trained;
        let length = |asked: &Asked| asked.tokens.as_ref().map_or(0, Vec::len);
        let longest = asked.iter().map(length).max().unwrap_or(0);
        let rows = self.search.sources(rows(longest, model.vocabulary()));
        if let Some(first) = asked.iter().find(|asked| length(asked) > self.room_for) {
            let bytes = self.search.memory(model, parameters, rows, longest, None);
            let what = format!("translating {}", first.place);
            memory::check(&what, bytes, "give a smaller --beam, or a shorter sentence")?;
            self.room_for = longest;
        }
        for asked in asked.chunks(rows) {
            let sources: Vec<&[Token]> = asked.iter().filter_map(|asked| asked.tokens.as_deref()).collect();
            let mut translations = match &sources[..] {
                [] => Vec::new(),
                sources => self.search.translate(model, parameters, sources, None),
            }
            .into_iter();
            for Asked { place, tokens } in asked {
                let Some(said) = tokens.as_ref().and_then(|_| translations.next()) else {
                    writeln!(io::stdout().lock())?;
                    continue;
                };
                finite(said.log_probability, &self.asked.model, place)?;
                writeln!(io::stdout().lock(), "{}", data::one_line(&self.reading.tokenizer.decode(said.words())))?;
                if !said.ended() {
                    self.progress.say(&format!(
                        "{place}: the translation was cut off after {}, since the model came to no end: train it longer, or \
                         shorten the sentence",
                        counted(said.tokens.len(), "token")
                    ));
                }
            }
            io::stdout().flush()?;
        }
        Ok(())
    }
}
