//! What an experiment is, and what it hands back.

use report::{Table, figure::Figure};

use crate::{
    budget::Budget,
    lab::Lab,
    study::text::{Prose, Values, fill},
    verdict::Verdict,
};

/// A claim and the measurement that could refute it.
///
/// Every folder in `experiments` defines one as a constant.
#[derive(Clone, Copy)]
pub struct Experiment {
    /// The curriculum's number of the claim: `C1`.
    pub id: &'static str,
    /// The claim, as courses make it.
    pub claim: &'static str,
    /// The criterion, in words: when the code in `run` says "shown".
    pub criterion: &'static str,
    /// The options that change what is measured.
    pub reads: &'static [Input],
    /// What it takes of memory.
    pub memory: Memory,
    /// Measures, and judges by the criterion.
    pub run: fn(&Lab) -> anyhow::Result<Finding>,
}

/// How much memory an experiment takes: megabytes that were measured with the quick, the standard and the thorough budget.
///
/// The most memory that the system counted for the process (`VmHWM` in `/proc/PID/status`) while it ran
/// `lineage compare --only CLAIM --budget BUDGET --threads N` on 1, 2 and 8 threads, without the program's own; of the
/// longer budgets, while it ran for the first 40 seconds, so that a later part may take more.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// What one thread takes.
    pub alone: [u32; 3],
    /// What each further thread adds.
    pub thread: [u32; 3],
}

/// Bytes for each byte of a text that is read: the text in two forms, and its tokens.
const OF_TEXT: f64 = 7.0;

impl Memory {
    /// Bytes with so many threads and, if the experiment reads it, a text of so many bytes.
    pub fn bytes(self, budget: Budget, threads: usize, text: u64) -> f64 {
        let [alone, thread] = [self.alone, self.thread]
            .map(|[quick, standard, thorough]| 1e6 * f64::from(budget.pick(quick, standard, thorough)));
        alone + (threads - 1) as f64 * thread + OF_TEXT * text as f64
    }
}

/// An option of a comparison that an experiment may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// How much is trained or timed.
    Budget,
    /// How often a training is repeated, and where its random numbers begin.
    Seeds,
    /// The text.
    Text,
}

/// What one experiment found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// By the experiment's criterion.
    pub verdict: Verdict,
    /// The result in one or two sentences, with its most important numbers.
    pub answer: String,
    /// In the order of the argument.
    pub figures: Vec<Figure>,
    /// Exact numbers behind or beside the figures.
    pub tables: Vec<Table>,
    /// What to notice, one plain sentence or two each.
    pub notice: Vec<String>,
    /// What the measurement does not say: sizes, simplifications, rivals left out.
    pub limits: Vec<String>,
}

impl Finding {
    /// A verdict and what the text beside an experiment says of it, [filled in](fill).
    ///
    /// # Panics
    /// If the text and the values do not fit.
    #[track_caller]
    pub fn told(verdict: Verdict, text: &str, values: &Values) -> Self {
        let Prose { answer, notice, limits } = fill(text, values);
        Finding { verdict, answer, figures: Vec::new(), tables: Vec::new(), notice, limits }
    }

    /// With these figures, in the order of the argument.
    #[must_use]
    pub fn with_figures(self, figures: Vec<Figure>) -> Self {
        Self { figures, ..self }
    }

    /// With these tables.
    #[must_use]
    pub fn with_tables(self, tables: Vec<Table>) -> Self {
        Self { tables, ..self }
    }
}
