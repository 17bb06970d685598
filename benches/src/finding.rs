//! What an experiment is, and what it hands back.

use clap::ValueEnum;
use report::{
    Table,
    figure::{Figure, Plot},
    format,
    statistics::Summary,
    table::Columns,
};
use stages::AnyStage;

pub use crate::study::effect::Effect;

use crate::{
    budget::Budget,
    glance::{self, Column},
    session::Session,
    study::{
        parts::{self, Part},
        text::{Text, Values},
    },
    verdict::{Basis, Verdict},
};

/// A claim and the measurement that could refute it.
///
/// Every folder in `experiments` defines one as a constant.
#[derive(Clone, Copy)]
pub struct Experiment {
    /// The curriculum's number of the claim: `C1`.
    pub id: &'static str,
    /// What it says, with the claim and the criterion: see [`Text`].
    pub text: &'static str,
    /// The numbers that the criterion names, which are those that `run` judges by.
    pub thresholds: &'static [(&'static str, f64)],
    /// The options that change what is measured.
    pub reads: &'static [Input],
    /// What the claim rests on.
    pub basis: Basis,
    /// How often it is repeated.
    pub seeds: Seeds,
    /// Seconds it takes on two free cores with the quick, the standard and the thorough budget, after what an earlier
    /// experiment has trained for it; `None` with a budget that has no time for it, where the report shows the reference run.
    pub seconds: [Option<u32>; 3],
    /// What it takes of memory.
    pub memory: Memory,
    /// Measures, and judges by the criterion.
    pub run: fn(&Session) -> anyhow::Result<Finding>,
}

impl Experiment {
    /// The claim, as courses make it.
    pub fn claim(&self) -> String {
        Text::new(self.text, &Values::default()).paragraph("Claim")
    }

    /// The criterion, in words: when `run` says "shown".
    pub fn criterion(&self) -> String {
        let named = |values: Values, &(name, value): &(&'static str, f64)| values.with(name, format::number(value, 3));
        Text::new(self.text, &self.thresholds.iter().fold(Values::default(), named)).paragraph("Criterion")
    }

    /// Seconds it takes on two free cores; `None` if it does not run with this budget. A rehearsal has all.
    pub fn planned(&self, budget: Budget) -> Option<u32> {
        let [quick, standard, thorough] = self.seconds;
        let planned = budget.pick(quick, standard, thorough);
        if budget == Budget::Rehearsal { planned.or(Some(0)) } else { planned }
    }

    /// The shortest budget that it runs with.
    ///
    /// # Panics
    /// If there is none.
    pub fn shortest(&self) -> Budget {
        let budgets = Budget::value_variants().iter().copied();
        let mut runs = budgets.filter(|budget| self.planned(*budget).is_some());
        runs.next().unwrap_or_else(|| panic!("{} runs with no budget", self.id))
    }

    /// What is asked, in plain words.
    pub fn question(&self) -> String {
        Text::new(self.text, &Values::default()).paragraph("Question")
    }

    /// Which result would have refuted the claim.
    pub fn otherwise(&self) -> String {
        Text::new(self.text, &Values::default()).paragraph("Otherwise")
    }

    /// What was changed in the criterion after results were known.
    pub fn history(&self) -> Vec<String> {
        Text::new(self.text, &Values::default()).points("History")
    }
}

/// With how many seeds an experiment is repeated.
#[derive(Clone, Copy, Debug)]
pub struct Seeds {
    /// If none are asked for, with the quick, the standard and the thorough budget.
    pub planned: [usize; 3],
    /// With fewer the criterion can be neither met nor refuted.
    pub least: usize,
}

impl Seeds {
    /// For an interval over seeds: two give one, three one that is worth having.
    pub const INTERVAL: Self = Self { planned: [3, 3, 5], least: 2 };
    /// For what is counted: every seed gives the same answer, or the claim is refuted.
    pub const COUNT: Self = Self { planned: [3, 3, 5], least: 1 };

    /// How many belong to a budget.
    pub fn of(self, budget: Budget) -> usize {
        let [quick, standard, thorough] = self.planned;
        if budget == Budget::Rehearsal { 2 } else { budget.pick(quick, standard, thorough) }
    }
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
    /// The number that the ledger holds against the criterion; none where nothing was measured.
    pub effect: Option<Effect>,
    /// What is known of stages beside each other.
    pub glance: Vec<glance::Cell>,
    /// The result in one or two sentences, with its most important numbers.
    pub answer: String,
    /// In the order of the argument: the first is the key figure, which shows the answer.
    pub figures: Vec<Figure>,
    /// Exact numbers behind or beside the figures.
    pub tables: Vec<Table>,
    /// What to notice, one plain sentence or two each.
    pub notice: Vec<String>,
    /// What the measurement does not say: sizes, simplifications, rivals left out.
    pub limits: Vec<String>,
}

impl Finding {
    /// What stands in the place of a measurement for which a budget has no time.
    pub fn unmeasured(why: &str) -> Self {
        Self {
            verdict: Verdict::Undecided,
            effect: None,
            glance: Vec::new(),
            answer: why.to_owned(),
            figures: Vec::new(),
            tables: Vec::new(),
            notice: Vec::new(),
            limits: Vec::new(),
        }
    }
}

/// A finding that is put together: a [`Text`], and the figures and tables that it names.
pub struct Draft<'t> {
    text: Text<'t>,
    effect: Option<Effect>,
    glance: Vec<glance::Cell>,
    figures: Vec<Figure>,
    tables: Vec<Table>,
}

impl<'t> Draft<'t> {
    /// An experiment's text with its numbers.
    pub fn new(text: &'t str, values: &'t Values) -> Self {
        Self {
            text: Text::new(text, values),
            effect: None,
            glance: Vec::new(),
            figures: Vec::new(),
            tables: Vec::new(),
        }
    }

    /// With the number that the ledger shows.
    #[must_use]
    pub fn effect(self, effect: Effect) -> Self {
        Self { effect: Some(effect), ..self }
    }

    /// With one more cell of the lineage at a glance.
    #[must_use]
    pub fn glance(mut self, stage: impl Into<AnyStage>, column: Column, value: Summary) -> Self {
        self.glance.push(glance::Cell { stage: stage.into(), column, value });
        self
    }

    /// With one more figure, in the order of the argument; its title and caption are the text's.
    ///
    /// # Panics
    /// If the text has no such part.
    #[must_use]
    #[track_caller]
    pub fn figure(mut self, name: &str, plot: impl Into<Plot>) -> Self {
        self.figures.push(Figure::new(name, self.text.title(name), self.text.paragraph(name), plot.into()));
        self
    }

    /// The same for a figure that there may be nothing to draw in.
    ///
    /// # Panics
    /// If the text has no such part.
    #[must_use]
    #[track_caller]
    pub fn maybe_figure(self, name: &str, plot: Option<impl Into<Plot>>) -> Self {
        self.text.title(name);
        match plot {
            Some(plot) => self.figure(name, plot),
            None => self,
        }
    }

    /// With one more table, whose caption is the text's.
    ///
    /// # Panics
    /// If the text has no such part.
    #[must_use]
    #[track_caller]
    pub fn table<R>(mut self, name: &str, columns: Columns<R>) -> Self {
        self.tables.push(columns.named(name, self.text.paragraph(name)));
        self
    }

    /// The same for a table that there may be nothing to say in.
    ///
    /// # Panics
    /// If the text has no such part.
    #[must_use]
    #[track_caller]
    pub fn maybe_table<R>(self, name: &str, columns: Option<Columns<R>>) -> Self {
        self.text.title(name);
        match columns {
            Some(columns) => self.table(name, columns),
            None => self,
        }
    }

    /// With a table of the criterion's parts.
    #[must_use]
    pub fn parts(mut self, name: &str, parts: &[Part]) -> Self {
        self.tables.push(parts::table(name, parts));
        self
    }

    /// The finding.
    ///
    /// # Panics
    /// If a part of the text is not asked for, or a number is nowhere in it.
    #[track_caller]
    pub fn finding(self, verdict: Verdict) -> Finding {
        let Draft { text, effect, glance, figures, tables } = self;
        let [notice, limits] = ["Notice", "Limits"].map(|part| text.points(part));
        let answer = text.paragraph("Answer");
        text.assert_used(&["Claim", "Question", "Criterion", "Otherwise", "History"]);
        Finding { verdict, effect, glance, answer, figures, tables, notice, limits }
    }
}
