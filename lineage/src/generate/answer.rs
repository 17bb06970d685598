//! What a model of text in and text out writes when it has read a prompt.

use std::ops::Range;

use data::pairs::Sources;
use data::{Token, Tokenizer};
use ndarray::Axis;
use nn::{Answering, BeamSearch, Generator, Rows, Stops, Translator};
use report::format::counted;
use t5::T5;
use tensor::{Context, Parameters};

use super::prompt::Prompt;
use super::sample::{Printer, Sample};
use super::{Generate, diverged, draw, flags};
use crate::kind::text_to_text::TextToText;
use crate::run::trained::Trained;
use crate::{Common, Ending, memory};

/// A model that answers so many prompts together.
struct Writer<'a> {
    asked: &'a Generate,
    model: T5,
    parameters: Parameters,
    tokenizer: &'a dyn Tokenizer,
    seed: u64,
}

/// Prints what is written behind each prompt, without the prompt.
///
/// # Errors
/// If the model or a prompt cannot be used.
pub fn answer(asked: &Generate, common: &Common) -> anyhow::Result<Ending> {
    flags::refuse_idle(asked, common.seed.is_some())?;
    let Trained { model, parameters, tokenizers, .. } = Trained::<TextToText>::load(&asked.model, common.progress())?;
    let tokenizer = tokenizers[0].as_ref();
    let prompts = Prompt::read(&asked.prompt, tokenizer)?;
    flags::refuse_idle_with_several(asked, prompts.len())?;
    let end = model.ends().end;
    let sources: Vec<Vec<Token>> = prompts.iter().map(|prompt| [&prompt.tokens[..], &[end]].concat()).collect();
    let writer = Writer { asked, model, parameters, tokenizer, seed: common.seed() };
    let together = writer.prompts_at_once(&sources)?;
    let stops = Stops::new(asked.stop.clone())?;
    let each = asked.samples();
    let mut samples: Vec<Sample<'_>> = (0..sources.len() * each).map(|_| Sample::new(tokenizer, &[], &stops)).collect();
    let mut printer = Printer::new(sources.len(), each);
    let mut cut_off = 0;
    for (group, first) in sources.chunks(together).zip((0..).step_by(together)) {
        let rows = first * each..(first + group.len()) * each;
        let complete = match asked.beams {
            Some(width) => writer.search(group, width as usize, &mut samples, rows, &mut printer)?,
            None => writer.draw(group, &mut samples, rows, &mut printer)?,
        };
        cut_off += complete.into_iter().filter(|complete| !complete).count();
    }
    if cut_off > 0 && asked.tokens() > 0 && !asked.show_controls {
        let which = match samples.len() {
            1 => "the text was".to_owned(),
            all => format!("{cut_off} of {} were", counted(all, "text")),
        };
        let tokens = counted(asked.tokens(), "token");
        common
            .progress()
            .say(&format!("{which} cut off after {tokens}, since the model came to no end: give more --tokens"));
    }
    Ok(Ending::Done)
}

impl Writer<'_> {
    /// How many prompts are answered together.
    ///
    /// # Errors
    /// If memory has no room for one.
    fn prompts_at_once(&self, sources: &[Vec<Token>]) -> anyhow::Result<usize> {
        let longest = sources.iter().map(Vec::len).max().unwrap_or(0);
        let rows = self.asked.beams.map_or(self.asked.samples(), |beams| beams as usize); // of a prompt
        let way_out = "give fewer --tokens, --samples or --beams, or a shorter prompt";
        let room_for = |prompts: usize| {
            let steps = self.asked.tokens();
            let bytes = memory::search(&self.model, &self.parameters, prompts * rows, longest, steps);
            memory::check("answering such a prompt", bytes, way_out).map(|_| prompts)
        };
        let many = (memory::rows::rows(longest, self.model.vocabulary()) / rows).clamp(1, sources.len());
        room_for(many).or_else(|_| room_for(1))
    }

    /// Draws one token after another, and prints each when it is there; of each row whether it came to its end.
    fn draw(
        &self,
        sources: &[Vec<Token>],
        samples: &mut [Sample<'_>],
        rows: Range<usize>,
        printer: &mut Printer,
    ) -> anyhow::Result<Vec<bool>> {
        let each = self.asked.samples();
        let answering = Answering(&self.model);
        let (answers, scores) = answering.read(&Context::eval(&self.parameters), &together(sources));
        let of_source: Vec<usize> = rows.clone().map(|row| row / each - rows.start / each).collect();
        let read = (answers.rows(&of_source), scores.select(Axis(0), &of_source));
        let starts = vec![vec![self.model.ends().start]; rows.len()];
        // Every prompt is answered as if it were alone.
        let streams: Vec<usize> = rows.clone().map(|row| row % each).collect();
        let controls = self.asked.controls.controls();
        let generator = Generator::having_read(&answering, &self.parameters, starts, read, controls, self.seed);
        let mut generator = generator.streams(&streams);
        let end = Some(self.model.ends().end);
        draw(self.asked, &mut generator, end, (samples, rows), printer, self.tokenizer)
    }

    /// Prints the likeliest text that a beam finds for each prompt; of each whether it came to its end.
    fn search(
        &self,
        sources: &[Vec<Token>],
        width: usize,
        samples: &mut [Sample<'_>],
        rows: Range<usize>,
        printer: &mut Printer,
    ) -> anyhow::Result<Vec<bool>> {
        let search = BeamSearch::new(width, 0.0, self.asked.tokens())?;
        let penalty = self.asked.controls.repetition_penalty();
        let search = penalty.map_or(search, |penalty| search.with_repetition_penalty(penalty));
        let found = search.translate(&self.model, &self.parameters, &together(sources));
        if found.iter().any(|said| said.log_probability.is_nan()) {
            return Err(diverged(&self.asked.model));
        }
        for (sample, said) in samples[rows].iter_mut().zip(&found) {
            said.words().iter().for_each(|&token| sample.push(token));
            sample.end();
        }
        printer.print(samples)?;
        Ok(found.iter().map(nn::Translation::ended).collect())
    }
}

fn together(sources: &[Vec<Token>]) -> Sources {
    Sources::new(&sources.iter().map(Vec::as_slice).collect::<Vec<_>>())
}
