//! By what a run is judged on the way, and by `lineage evaluate` afterwards.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, ValueEnum};
use data::HELD_OUT;
use serde::{Deserialize, Serialize};

use super::text::{TextId, absolute};

/// A part of what is given, or all of another file: its path, its identity or what it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validation<F> {
    /// This part is held out, above 0 and below 1.
    Share(f64),
    /// All that is given is learned from.
    File(F),
}

impl<F> Default for Validation<F> {
    fn default() -> Self {
        Validation::Share(HELD_OUT)
    }
}

impl<F> Validation<F> {
    /// Whether a tenth is held out.
    pub fn is_default(&self) -> bool {
        matches!(self, Validation::Share(share) if *share == HELD_OUT)
    }

    /// The part that is held out.
    pub fn share(&self) -> Option<f64> {
        match self {
            Validation::Share(share) => Some(*share),
            Validation::File(_) => None,
        }
    }

    /// What else it is judged by.
    pub fn file(&self) -> Option<&F> {
        match self {
            Validation::Share(_) => None,
            Validation::File(other) => Some(other),
        }
    }
}

/// A part of a text or of pairs.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Split {
    /// What training reads
    Train,
    /// What it does not learn from
    Val,
    /// All of --text or --pairs, without what --validation named in training
    All,
}

/// How the user says it.
#[derive(Args)]
pub struct ValidationFlags {
    /// Text or pairs to evaluate on; training then learns from all of --text or --pairs [default: about a tenth of them is
    /// held out]
    #[arg(long, value_name = "FILE", conflicts_with = "validation_share")]
    pub validation: Option<PathBuf>,
    /// Part to hold out: of a text its end, of pairs about that part of the sentences [default: 0.1]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = share)]
    validation_share: Option<f64>,
}

impl ValidationFlags {
    /// What was said.
    pub fn given(&self) -> Option<Validation<PathBuf>> {
        let share = self.validation_share.map(Validation::Share);
        share.or_else(|| self.file().map(Validation::File))
    }

    /// Where the file is.
    pub fn file(&self) -> Option<PathBuf> {
        self.validation.as_deref().map(absolute)
    }

    /// Whether a run that began so can go on with these flags; a file may have moved.
    ///
    /// # Errors
    /// A sentence on what differs.
    pub fn confirm(&self, began: &Validation<TextId>, run: &str) -> anyhow::Result<()> {
        let said = match began {
            Validation::Share(share) => format!("holds out a part of {share}"),
            Validation::File(TextId { name, .. }) => format!("is judged by {name}"),
        };
        let (flag, fits) = match self.given() {
            None => return Ok(()),
            Some(Validation::Share(share)) => ("validation-share", began.share() == Some(share)),
            Some(Validation::File(_)) => ("validation", began.share().is_none()),
        };
        if !fits {
            bail!("the run in {run} {said} and goes on as it began: leave --{flag} out, or begin a new run with --out");
        }
        Ok(())
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| is_share(*share));
    share.ok_or_else(|| "give a number above 0 and below 1".to_owned())
}

/// Whether something is on both sides.
pub fn is_share(share: f64) -> bool {
    0.0 < share && share < 1.0
}
