//! `lineage generate`.

mod answer;
mod flags;
mod prompt;
mod sample;
mod steps;

use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Args;
use data::{Token, Tokenizer};
use nn::{BeamSearch, Continues, Generator, LanguageModel, Stops};
use stages::{Model, StageName};
use tensor::{Context, Parameters};

use crate::kind::language::Language;
use crate::kind::refused;
use crate::memory;
use crate::run::trained::{self, Trained};
use crate::{Common, Ending};
use flags::ControlFlags;
use prompt::{Prompt, PromptFlags};
pub use prompt::{briefly, prompt};
use sample::{Printer, Sample};

/// Continue prompts with a model, or answer them
///
/// A model of t5 reads the prompt and writes a text of its own, which alone is printed, to the end that it gives it.
///
/// The next token is drawn from the model's probabilities. Controls change these first, in this order: the repetition
/// penalty, top-k, top-p, min-p, the temperature. --show-controls prints what each of them does.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Generate {
    /// Folder that training wrote
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    #[command(flatten)]
    prompt: PromptFlags,
    /// Tokens to generate, at most [default: 200; with --show-controls 1]
    #[arg(long, value_name = "N")]
    tokens: Option<usize>,
    #[command(flatten)]
    controls: ControlFlags,
    /// End before this text, which is not printed; can be given several times
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = flags::stop)]
    stop: Vec<String>,
    /// Texts to generate for each prompt, each from random numbers of its own [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), allow_negative_numbers = true)]
    samples: Option<u32>,
    /// Follow so many texts at once and print the likeliest, drawing nothing; 1 always takes the likeliest token
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), allow_negative_numbers = true)]
    beams: Option<u32>,
    /// Print for each token what each control removed, and the probabilities before and after
    #[arg(long)]
    show_controls: bool,
}

const EXAMPLES: &str = "\
Examples:
  lineage generate --model runs/gpt --prompt 'Mr. Fogg '
  lineage generate --model runs/gpt --prompt 'The train ' --tokens 500 --temperature 0.7 --top-p 0.9 --seed 3
  lineage generate --model runs/gpt --prompt 'Mr. Fogg ' --prompt 'Passepartout was ' --tokens 50
  lineage generate --model runs/t5 --prompt 'Mr. <extra_id_0> looked at his watch.' --temperature 0
  lineage generate --model runs/gpt --prompt-file letter.txt --stop 'THE END' --samples 3
  lineage generate --model runs/gpt --prompt 'Passepartout w' --top-k 5 --temperature 0.7 --show-controls
  echo 'Mr. Fogg ' | lineage generate --model runs/gpt --prompt-file - --beams 4";

/// Tokens if nothing is said, and if each has a table.
const TOKENS: usize = 200;
const TOKENS_WITH_TABLES: usize = 1;

impl Generate {
    fn tokens(&self) -> usize {
        self.tokens.unwrap_or(if self.show_controls { TOKENS_WITH_TABLES } else { TOKENS })
    }

    fn samples(&self) -> usize {
        self.samples.map_or(1, |samples| samples as usize)
    }

    /// Prints the prompts and what follows each.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        match trained::stage(&self.model)? {
            StageName::Language(_) => self.go_on(common),
            StageName::TextToText(_) => answer::answer(self, common),
            stage @ (StageName::Translation(_) | StageName::Encoder(_)) => Err(refused(stage, &self.model)),
        }
    }

    fn go_on(&self, common: &Common) -> anyhow::Result<Ending> {
        flags::refuse_idle(self, common.seed.is_some())?;
        let Trained { config, model, parameters, tokenizers } =
            Trained::<Language>::load(&self.model, common.progress())?;
        let [tokenizer] = &tokenizers[..] else { unreachable!("one file, one tokenizer") };
        let tokenizer = tokenizer.as_ref();
        let prompts = Prompt::read(&self.prompt, tokenizer)?;
        flags::refuse_idle_with_several(self, prompts.len())?;
        let longest = config.model.longest();
        let speaker = Speaker { asked: self, model, parameters, tokenizer, longest, seed: common.seed() };
        let together = speaker.prompts_at_once(&prompts)?;
        prompts.iter().for_each(|prompt| prompt.tell_unseen(longest, tokenizer, common.progress()));
        let stops = Stops::new(self.stop.clone())?;
        let all = prompts.iter().flat_map(|prompt| std::iter::repeat_n(prompt, self.samples()));
        let mut samples: Vec<Sample<'_>> = all.map(|prompt| Sample::new(tokenizer, &prompt.tokens, &stops)).collect();
        let mut printer = Printer::new(prompts.len(), self.samples());
        for (group, first) in prompts.chunks(together).zip((0..).step_by(together)) {
            let rows = first * self.samples()..(first + group.len()) * self.samples();
            let dropped = match self.beams {
                Some(width) => speaker.search(width as usize, &mut samples, rows.clone(), &mut printer)?,
                None => speaker.draw(&mut samples, rows.clone(), &mut printer)?,
            };
            // Of several samples the first is told of.
            for (prompt, row) in group.iter().zip((0..).step_by(self.samples())) {
                let text = samples[rows.start + row].tokens();
                prompt.tell_forgotten(longest, dropped[row], text, tokenizer, common.progress());
            }
        }
        Ok(Ending::Done)
    }
}

/// A model that goes on with samples, so many rows of them at once.
struct Speaker<'a> {
    asked: &'a Generate,
    model: Model,
    parameters: Parameters,
    tokenizer: &'a dyn Tokenizer,
    longest: Option<usize>,
    seed: u64,
}

impl Speaker<'_> {
    /// How many prompts are gone on with together.
    ///
    /// # Errors
    /// If memory has no room for one.
    fn prompts_at_once(&self, prompts: &[Prompt]) -> anyhow::Result<usize> {
        let longest = prompts.iter().map(|prompt| prompt.tokens.len()).max().unwrap_or(0);
        let read = longest.min(self.longest.unwrap_or(usize::MAX));
        let rows = self.asked.beams.map_or(self.asked.samples(), |beams| beams as usize); // of a prompt
        let way_out =
            if rows == 1 { "give a shorter prompt" } else { "give fewer --samples or --beams, or a shorter prompt" };
        let room_for = |prompts: usize| {
            let bytes = memory::prompt(&self.model, &self.parameters, prompts * rows, read);
            memory::check("reading such a prompt", bytes, way_out).map(|_| prompts)
        };
        let many = (memory::rows::rows(read, self.model.vocabulary()) / rows).clamp(1, prompts.len());
        room_for(many).or_else(|_| room_for(1))
    }

    /// Draws one token after another, and prints each when it is there. How many tokens of each row the model no longer saw at
    /// its end.
    fn draw(
        &self,
        samples: &mut [Sample<'_>],
        rows: Range<usize>,
        printer: &mut Printer,
    ) -> anyhow::Result<Vec<usize>> {
        let prompts: Vec<&[Token]> = samples[rows.clone()].iter().map(Sample::tokens).collect();
        // Every prompt is gone on with as if it were alone.
        let streams: Vec<usize> = rows.clone().map(|row| row % self.asked.samples()).collect();
        let controls = self.asked.controls.controls();
        let generator = Generator::new(&self.model, &self.parameters, &prompts[..], controls, self.seed);
        let mut generator = generator.streams(&streams);
        draw(self.asked, &mut generator, None, (samples, rows.clone()), printer, self.tokenizer)?;
        Ok((0..rows.len()).map(|row| generator.dropped(row)).collect())
    }

    /// Prints the likeliest text that a beam finds after each prompt. How many tokens of each row the model no longer saw at its
    /// end.
    fn search(
        &self,
        width: usize,
        samples: &mut [Sample<'_>],
        rows: Range<usize>,
        printer: &mut Printer,
    ) -> anyhow::Result<Vec<usize>> {
        let prompts: Vec<Vec<Token>> = samples[rows.clone()].iter().map(|sample| sample.tokens().to_vec()).collect();
        let search = BeamSearch::new(width, 0.0, self.asked.tokens())?;
        let penalty = self.asked.controls.repetition_penalty();
        let search = penalty.map_or(search, |penalty| search.with_repetition_penalty(penalty));
        let found = search.generate(&self.model, &self.parameters, &prompts[..], None);
        if found.iter().any(|said| said.log_probability.is_nan()) {
            return Err(diverged(&self.asked.model));
        }
        for (sample, said) in samples[rows].iter_mut().zip(&found) {
            said.tokens.iter().for_each(|&token| sample.push(token));
            sample.end();
        }
        printer.print(samples)?;
        Ok(prompts.iter().zip(&found).map(|(prompt, said)| self.dropped(prompt, &said.tokens)).collect())
    }

    /// How many tokens the model no longer sees where it has said all of this: a beam forgets on the way which text each of its
    /// states was of.
    fn dropped(&self, prompt: &[Token], said: &[Token]) -> usize {
        if self.longest.is_none_or(|longest| prompt.len() + said.len() <= longest) {
            return 0;
        }
        let cx = Context::eval(&self.parameters);
        let (mut state, _) = self.model.start(&cx, &[prompt]);
        for &token in said.split_last().map_or(said, |(_, read)| read) {
            self.model.next(&cx, &mut state, &[token]);
        }
        self.model.dropped(&state, 0)
    }
}

/// Draws one token after another for some rows of the samples, and prints each when it is there. A row ends with its last token
/// or with `until`, which is not printed; returned is of each whether it ended before there were as many as asked for.
fn draw<M: Continues>(
    asked: &Generate,
    generator: &mut Generator<'_, M>,
    until: Option<Token>,
    (samples, rows): (&mut [Sample<'_>], Range<usize>),
    printer: &mut Printer,
    tokenizer: &dyn Tokenizer,
) -> anyhow::Result<Vec<bool>> {
    let (count, shown) = (asked.tokens(), asked.show_controls);
    let mut complete = vec![false; rows.len()];
    if count == 0 {
        samples[rows.clone()].iter_mut().for_each(Sample::end);
    }
    if !shown {
        printer.print(samples)?;
    }
    for number in 1..=count {
        let Some(next) = generator.next() else { break };
        let Ok(next) = next else {
            writeln!(io::stdout().lock())?;
            return Err(diverged(&asked.model));
        };
        if shown {
            let (trace, text) = (generator.trace(0).expect("a token was drawn"), samples[rows.start].tokens());
            writeln!(io::stdout().lock(), "{}", steps::table(&trace, text, next[0], tokenizer))?;
        }
        for (row, (sample, token)) in samples[rows.clone()].iter_mut().zip(next).enumerate() {
            match Some(token) == until {
                true => sample.end(),
                false => sample.push(token),
            }
            complete[row] |= sample.ended();
            if number == count {
                sample.end();
            }
            if sample.ended() {
                generator.end(row);
            }
        }
        if !shown {
            printer.print(samples)?;
        }
    }
    printer.print(samples)?;
    Ok(complete)
}

fn diverged(model: &Path) -> anyhow::Error {
    anyhow!(
        "the model in {} gives scores that are no numbers for what comes next: its training diverged; train it again with a \
         smaller --lr",
        model.display()
    )
}
