//! What `lineage evaluate` says of a translator.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{anyhow, bail};
use benches::format;
use benches::stages::TranslatorModel;
use data::pairs::{Level, PairText, TokenPair, UNKNOWN, in_order};
use data::score::{AlignmentCounts, Bleu, Chrf, exact_match, hard_alignment};
use nn::{align, evaluate_pairs};
use tensor::Parameters;

use crate::alignment::{of_words, words_read};
use crate::evaluate::{ROWS, Split, finite, write_loss};
use crate::folder::Trained;
use crate::pairs::{Generated, Pair, Pairs, grouped};
use crate::search::Search;
use crate::translation::{Translation, both};
use crate::{Common, Ending};

/// Prints loss and scores.
///
/// # Errors
/// If the model or the pairs cannot be used.
pub fn run(
    path: &Path,
    pairs: Option<&Path>,
    split: Split,
    count: usize,
    beam: usize,
    common: &Common,
) -> anyhow::Result<Ending> {
    let search = Search::new(beam)?;
    let Trained { config, model, parameters, tokenizers } = Trained::<Translation>::load(path)?;
    let vocabularies = both(tokenizers)?;
    let (name, pairs) = choose(pairs, split, count)?;
    let encoded: Vec<TokenPair> = pairs.iter().map(|pair| pair.encode(&vocabularies)).collect();
    if let Some(most) = config.model.longest() {
        let longest = encoded.iter().map(|(source, target)| source.len().max(target.len() + 1)).max().unwrap_or(0);
        if longest > most {
            bail!(
                "{name} has a sentence of {longest} tokens, and the model in {} has {most} learned positions: leave it \
                 out, or train with a larger --context",
                path.display()
            );
        }
    }

    let unknown: usize = encoded.iter().map(|(x, _)| x.iter().filter(|&&token| token == UNKNOWN).count()).sum();
    let all: usize = encoded.iter().map(|(x, _)| x.len()).sum();
    if unknown == all {
        bail!("nothing in {name} is known to the model in {}: give pairs like those it was trained on", path.display());
    }

    let task = common.progress().task("evaluate", 2 * encoded.len().div_ceil(ROWS) as u64);
    let batches = in_order(&encoded, ROWS).inspect(|batch| task.advance(1, batch.inputs.len() as u64, ""));
    let found = evaluate_pairs(&model, &parameters, batches);
    let found = found.ok_or_else(|| anyhow!("{name} has nothing to translate; choose more pairs"))?;
    finite(&found, path, &name)?;
    let mut said = Vec::new();
    for sources in encoded.chunks(ROWS) {
        let sources: Vec<&[_]> = sources.iter().map(|(source, _)| &source[..]).collect();
        for translation in search.translate(&model, &parameters, &sources, config.model.longest()) {
            said.push(vocabularies[1].decode(translation.words()));
        }
        task.advance(1, sources.len() as u64, "");
    }
    drop(task);

    let judged = || said.iter().zip(&pairs).map(|(said, pair)| (said.as_str(), &pair.references[..]));
    let mut out = io::stdout().lock();
    writeln!(out, "{name}: {} sentences", format::count(pairs.len() as u64))?;
    write_loss(&mut out, &found)?;
    writeln!(out, "unknown tokens  {} of {}", format::count(unknown as u64), format::count(all as u64))?;
    writeln!(out, "exact match     {:.4}", exact_match(judged()).unwrap_or(0.0))?;
    writeln!(out, "BLEU            {:.2}", Bleu::default().corpus(judged()).score)?;
    writeln!(out, "chrF            {:.2}", Chrf::default().corpus(judged()))?;
    let level = vocabularies[0].level();
    if let Some(rate) = alignment_error(&model, &parameters, &pairs, &encoded, level) {
        writeln!(out, "alignment error {rate:.4}")?;
    }
    Ok(Ending::Done)
}

/// The pairs that are asked for, and what they are called.
fn choose(path: Option<&Path>, split: Split, count: usize) -> anyhow::Result<(String, Vec<Pair>)> {
    let (name, pairs) = match (path, split) {
        (Some(path), Split::All) => {
            let whole = PairText::read(path)?;
            (whole.name().to_owned(), grouped(&whole, count))
        }
        (None, Split::All) => (Generated::NAME.to_owned(), Generated::default().some(None, count)),
        (path, Split::Val) => {
            let pairs = Pairs::read(path)?;
            (format!("the held-out part of {}", pairs.name()), pairs.held_out(count))
        }
        (path, Split::Train) => {
            let pairs = Pairs::read(path)?;
            (format!("the training part of {}", pairs.name()), pairs.training(count))
        }
    };
    Ok((name, pairs))
}

/// How far the alignments of the right translations are from those that are known. `None` if none is, or the model does
/// not look back.
fn alignment_error(
    model: &TranslatorModel,
    parameters: &Parameters,
    pairs: &[Pair],
    encoded: &[TokenPair],
    level: Level,
) -> Option<f64> {
    let mut counts = AlignmentCounts::default();
    for (pairs, batch) in pairs.chunks(ROWS).zip(in_order(encoded, ROWS)) {
        for (pair, weights) in pairs.iter().zip(align(model, parameters, &batch)?) {
            let [source, target] = [&pair.source, &pair.references[0]].map(|side| words_read(level, side));
            let weights = of_words(&source, &target, weights.view());
            let found = AlignmentCounts::new(&hard_alignment(weights.view()), pair.links.as_ref()?, &[]);
            counts = [counts, found].into_iter().sum();
        }
    }
    counts.error_rate()
}
