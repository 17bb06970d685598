//! Tables, for people and for programs.

use crate::Error;

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
    /// use report::Table;
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
    ///
    /// # Errors
    /// If a record cannot be formed.
    pub fn csv(&self) -> Result<Vec<u8>, Error> {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(self.columns.iter().map(|c| &c.title))?;
        for row in &self.rows {
            out.write_record(row)?;
        }
        Ok(out.into_inner().map_err(|e| csv::Error::from(e.into_error()))?)
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
