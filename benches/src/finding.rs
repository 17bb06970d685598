//! What an experiment is, and what it hands back.

use crate::{budget::Budget, figure::Figure, lab::Lab, verdict::Verdict};

/// A claim and the measurement that could refute it.
///
/// Every file in `experiments` defines one as a constant.
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

/// A table of the report; written as CSV too.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// File name of the CSV without its extension; unique in a report.
    pub name: String,
    /// What the table shows.
    pub caption: String,
    /// Column headings.
    pub columns: Vec<Column>,
    /// As many cells as columns in each.
    pub rows: Vec<Vec<String>>,
}

/// The heading of a table's column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// With the unit, if there is one.
    pub title: String,
    /// Numbers stand flush right.
    pub numeric: bool,
}

impl Table {
    /// An empty table. A title that starts with `#` makes a numeric column (the mark is dropped).
    ///
    /// ```
    /// use benches::finding::Table;
    /// let mut table = Table::new("c12-shares", "Parameters by part", &["model", "#feed-forward, %"]);
    /// table.row(["gpt", "64.2"]);
    /// assert!(table.columns[1].numeric && !table.columns[0].numeric);
    /// assert_eq!(table.columns[1].title, "feed-forward, %");
    /// ```
    pub fn new(name: impl Into<String>, caption: impl Into<String>, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|title| match title.strip_prefix('#') {
            Some(title) => Column { title: title.into(), numeric: true },
            None => Column { title: (*title).into(), numeric: false },
        });
        Self { name: name.into(), caption: caption.into(), columns: columns.collect(), rows: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it has not one cell for each column.
    #[track_caller]
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        assert_eq!(
            cells.len(),
            self.columns.len(),
            "table {}: {} cells for {} columns",
            self.name,
            cells.len(),
            self.columns.len()
        );
        self.rows.push(cells);
    }

    /// The table as comma-separated values with a header line.
    pub fn csv(&self) -> csv::Result<Vec<u8>> {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(self.columns.iter().map(|c| &c.title))?;
        for row in &self.rows {
            out.write_record(row)?;
        }
        out.into_inner().map_err(|e| e.into_error().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_needs_it() {
        let mut table = Table::new("t", "caption", &["stage", "#time, s"]);
        table.row(["rnn, tanh", "1.5"]);
        assert_eq!(table.csv().unwrap(), b"stage,\"time, s\"\n\"rnn, tanh\",1.5\n");
    }

    #[test]
    #[should_panic(expected = "table t: 1 cells for 2 columns")]
    fn rows_have_a_cell_for_each_column() {
        Table::new("t", "caption", &["a", "b"]).row(["1"]);
    }
}
