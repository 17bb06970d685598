//! What `lineage evaluate` says of an encoder: how well it guesses hidden words.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{anyhow, bail};
use data::masked::{Marks, MaskedWindows};
use report::format::counted;

use super::loss::{finite, write_loss};
use crate::kind::Kind;
use crate::kind::encoding::{Encoding, guesses};
use crate::kind::language::Corpus;
use crate::kind::text::{self, TextId};
use crate::kind::validation::Split;
use crate::memory::rows::rows;
use crate::run::trained::{self, Trained};
use crate::{Common, Ending, memory};

/// Prints the loss.
///
/// # Errors
/// If the model or the text cannot be used.
pub fn run(path: &Path, text: Option<&Path>, part: Split, common: &Common) -> anyhow::Result<Ending> {
    let Trained { config, model, parameters, tokenizers } = Trained::<Encoding>::load(path, common.progress())?;
    if !guesses(&config.model) {
        bail!(
            "the model in {0} has no head that guesses hidden words, so there is nothing to judge: use `lineage embed --model {0}`",
            path.display()
        );
    }
    let tokenizer = tokenizers[0].as_ref();
    let corpus = match text {
        Some(text) => {
            let validation = config.validation_of_other(part, path)?;
            Encoding::judged_by(Corpus::read(Some(text))?, validation)?
        }
        None => trained::trained_on::<Encoding>(path, &config, common.progress())?.0,
    };
    let (split, text) = corpus.part(part, tokenizer)?;
    let context = config.settings.context;
    let windows = MaskedWindows::new(&split, context, Marks::of(tokenizer)?, common.seed())?;
    text::announce("text", &TextId::of(text), common.progress());

    let rows = rows(context, tokenizer.vocabulary_size());
    let bytes = memory::evaluation_of_hidden_words(&model, &parameters, rows, context);
    memory::check("this evaluation", bytes, "evaluate on another machine, or train with a shorter --context")?;
    let task = common.progress().task("evaluate", windows.len().div_ceil(rows) as u64);
    let batches = windows.batches(rows).inspect(|batch| task.advance(1, batch.answers() as u64, ""));
    let found = model.evaluate(&parameters, batches);
    drop(task);
    let found = found
        .ok_or_else(|| anyhow!("no word of {} was hidden; choose a longer text or another --seed", split.name()))?;
    finite(found.nats, path, split.name())?;

    let mut out = io::stdout().lock();
    writeln!(out, "{}: {} of {}", split.name(), counted(windows.len(), "window"), counted(context, "token"))?;
    writeln!(out, "\nhidden words, 15 in 100:")?;
    write_loss(&mut out, &found)?;
    Ok(Ending::Done)
}
