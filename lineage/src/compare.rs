//! `lineage compare`.

use benches::compare::{Options, compare};
use benches::experiments;
use clap::Args;

use crate::{Common, Ending, memory};

/// Put the claims made about the stages to the test, and write a report
///
/// Trains small models on generated tasks and on the text, measures what each claim predicts, and writes DIR/index.html, which works offline
/// and holds every figure, with the figures' data beside it as CSV.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Compare {
    #[command(flatten)]
    options: Options,
}

const EXAMPLES: &str = "\
Examples:
  lineage compare                                            everything, quickly, into report/
  lineage compare --budget standard --seeds 5                longer, with narrower intervals
  lineage compare --text my.txt --only C12,C16 --out mine    two claims, on a text of your own";

impl Compare {
    /// Carries the experiments out and says where the report is.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let bytes = self.options.memory(experiments::ALL)?;
        let memory = memory::check(
            "such a comparison",
            bytes,
            "give fewer claims to --only, a smaller --budget, fewer --threads or a shorter --text",
        )?;
        common.progress().say(&format!("memory: about {memory}"));
        compare(experiments::ALL, &self.options, common.seed, common.progress())?;
        common.progress().say(&format!("the report is in {}", self.options.out.join("index.html").display()));
        Ok(Ending::Done)
    }
}
