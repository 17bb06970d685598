//! What `lineage evaluate` says of a model of text in and text out on a text: how well it fills gaps.

use std::io::{self, Write};
use std::path::Path;

use anyhow::anyhow;
use nn::evaluate_pairs;
use report::format::counted;
use t5::SpanWindows;

use super::loss::{finite, write_loss};
use crate::kind::Kind;
use crate::kind::language::{Corpus, Language};
use crate::kind::text::{self, TextId};
use crate::kind::text_to_text::{Exercises, TextToText, check_context, ends, gaps, lengths_of_gaps, rows_of_gaps};
use crate::kind::validation::Split;
use crate::run::trained::{self, Trained};
use crate::{Common, Ending, memory};

/// Prints the loss.
///
/// # Errors
/// If the model or the text cannot be used.
pub fn run(
    path: &Path,
    trained: Trained<TextToText>,
    text: Option<&Path>,
    part: Split,
    common: &Common,
) -> anyhow::Result<Ending> {
    let Trained { config, model, parameters, tokenizers } = trained;
    let tokenizer = tokenizers[0].as_ref();
    let corpus = match text {
        Some(text) => {
            let validation = config.validation_of_other(part, path)?;
            Language::judged_by(Corpus::read(Some(text))?, validation)?
        }
        None => match trained::trained_on::<TextToText>(path, &config, common.progress())?.0 {
            Exercises::Text(corpus) => corpus,
            Exercises::Pairs(_) => unreachable!("its settings say that it learned from a text"),
        },
    };
    let (split, text) = corpus.part(part, tokenizer)?;
    let context = config.settings.context;
    check_context(context)?;
    let windows = SpanWindows::new(&split, context, gaps(tokenizer)?, ends(&config.model), common.seed())?;
    text::announce("text", &TextId::of(text), common.progress());

    let lengths = lengths_of_gaps(windows.batches(1).next().as_ref());
    let rows = rows_of_gaps(lengths, tokenizer);
    let bytes = memory::evaluation_of_pairs(&model, &parameters, rows, lengths);
    memory::check("this evaluation", bytes, "evaluate on another machine, or train with a shorter --context")?;
    let task = common.progress().task("evaluate", windows.len().div_ceil(rows) as u64);
    let batches = windows.batches(rows).inspect(|batch| task.advance(1, batch.answers() as u64, ""));
    let found = evaluate_pairs(&model, &parameters, batches);
    drop(task);
    let found = found.ok_or_else(|| anyhow!("{} has nothing to fill; choose a longer text", split.name()))?;
    finite(found.nats, path, split.name())?;

    let mut out = io::stdout().lock();
    writeln!(out, "{}: {} of {}", split.name(), counted(windows.len(), "window"), counted(context, "token"))?;
    writeln!(out, "\nwhat 15 in 100 tokens were, in spans of 3 in the mean, with their sentinels and the end:")?;
    write_loss(&mut out, &found)?;
    Ok(Ending::Done)
}
