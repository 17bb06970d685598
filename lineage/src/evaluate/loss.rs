//! What a model's predictions of the next token are worth.

use std::io::{self, Write};
use std::path::Path;

use anyhow::bail;
use nn::Evaluation;
use report::format;

/// Refuses what a diverged model says: a loss, or ln p of a translation, that is not finite.
pub fn finite(nats: f64, model: &Path, data: &str) -> anyhow::Result<()> {
    if !nats.is_finite() {
        bail!(
            "the model in {} gives {nats} for {data}: its training diverged; train it again with a smaller --lr",
            model.display(),
        );
    }
    Ok(())
}

/// Writes what can be said of predictions, whatever was predicted.
pub fn write_loss(out: &mut impl Write, found: &Evaluation) -> io::Result<()> {
    writeln!(out, "nats per token  {:.4}", found.nats)?;
    writeln!(out, "bits per token  {:.4}", found.bits())?;
    writeln!(out, "perplexity      {:.3}", found.perplexity())?;
    writeln!(out, "accuracy        {:.4}", found.accuracy)?;
    writeln!(out, "tokens          {}", format::count(found.tokens as u64))
}
