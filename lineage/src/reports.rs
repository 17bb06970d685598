//! `lineage report`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use report::{diff::Diff, format::printable};

use crate::{Common, Ending, idle};

/// Work with the reports that `lineage compare` wrote
#[derive(Args)]
pub struct Report {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Tell how two reports differ
    ///
    /// Compares their data files cell by cell. What was timed differs from run to run: those columns end in "(measured)",
    /// and their differences are only counted. Where both cells have an interval, it says whether the intervals meet.
    /// Exits with 1 if anything else differs.
    #[command(after_help = EXAMPLES)]
    Diff {
        /// Folder of the first report
        #[arg(value_name = "A")]
        first: PathBuf,
        /// Folder of the second report
        #[arg(value_name = "B")]
        second: PathBuf,
    },
}

const EXAMPLES: &str = "\
Examples:
  lineage report diff report.previous report                 what the last comparison changed";

impl Report {
    /// Prints what was asked for.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        idle::refuse(&[("seed", common.seed.is_some(), "nothing is drawn at random: leave it out")])?;
        let Action::Diff { first, second } = &self.action;
        let diff = Diff::of(first, second)?;
        write!(io::stdout().lock(), "{}", printable(&diff.to_string()))?;
        Ok(if diff.is_empty() { Ending::Done } else { Ending::Different })
    }
}
