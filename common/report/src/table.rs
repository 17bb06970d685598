//! Tables, for people and for programs.

use std::fmt;

use crate::{Error, diff::MEASURED, format, statistics::Summary};

/// A table of the report; written as CSV too.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// File name of the CSV without its extension; unique in a report.
    pub name: String,
    /// What the table shows.
    pub caption: String,
    /// Headings, with the unit if there is one.
    pub columns: Vec<String>,
    /// As many cells as columns in each.
    pub rows: Vec<Vec<Cell>>,
}

/// One cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A number that people read with so many significant digits.
    Number(f64, usize),
    /// A mean with its interval.
    Interval(Summary),
    /// There is no number here.
    Nothing,
}

/// A number that people read with so many significant digits.
pub fn digits(value: f64, digits: usize) -> Cell {
    Cell::Number(value, digits)
}

impl Cell {
    /// As programs read it, with the ends of its interval if its column has some.
    fn plain(&self, ends: bool) -> Vec<String> {
        let cell = match self {
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => count.to_string(),
            Cell::Number(value, _) => value.to_string(),
            Cell::Interval(summary) => summary.mean.to_string(),
            Cell::Nothing => String::new(),
        };
        let reach = match self {
            Cell::Interval(summary) if summary.reach.is_some() => {
                [summary.low(), summary.high()].map(|end| end.to_string())
            }
            _ => Default::default(),
        };
        [cell].into_iter().chain(ends.then_some(reach).into_iter().flatten()).collect()
    }
}

/// As people read it.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Text(text) => f.write_str(text),
            Cell::Count(count) => f.write_str(&format::count(*count)),
            Cell::Number(value, digits) => f.write_str(&format::number(*value, *digits)),
            Cell::Interval(summary) => summary.fmt(f),
            Cell::Nothing => f.write_str("–"),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Cell::Count(count)
    }
}

impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        Cell::Count(count as u64)
    }
}

impl From<Summary> for Cell {
    fn from(summary: Summary) -> Self {
        Cell::Interval(summary)
    }
}

impl<C: Into<Cell>> From<Option<C>> for Cell {
    fn from(cell: Option<C>) -> Self {
        cell.map_or(Cell::Nothing, Into::into)
    }
}

impl Table {
    /// A table of these things, one in a row, that has no columns yet.
    ///
    /// ```
    /// use report::{Table, table::digits};
    /// let shares = [("gpt", 0.642), ("bert", 0.51)];
    /// let table = Table::of(shares)
    ///     .column("model", |row| row.0)
    ///     .column("feed-forward, %", |row| digits(100.0 * row.1, 3))
    ///     .named("c12-shares", "Parameters by part");
    /// assert_eq!(table.rows[0][1].to_string(), "64.2");
    /// ```
    pub fn of<R>(rows: impl IntoIterator<Item = R>) -> Columns<R> {
        let rows: Vec<R> = rows.into_iter().collect();
        Columns { cells: rows.iter().map(|_| Vec::new()).collect(), rows, columns: Vec::new() }
    }

    /// Whether numbers stand in a column, which are set flush right.
    pub fn is_numeric(&self, column: usize) -> bool {
        self.rows.iter().any(|row| !matches!(row[column], Cell::Text(_)))
    }

    /// The table as lines for a terminal, headings first; words stand flush left, numbers flush right.
    ///
    /// ```
    /// use report::{Table, table::digits};
    /// let table = Table::of([("b", 0.5625), ("space", 0.175)])
    ///     .column("token", |row| row.0)
    ///     .column("probability", |row| digits(row.1, 2))
    ///     .named("next", "The likeliest tokens");
    /// assert_eq!(table.text(), "token  probability\nb             0.56\nspace         0.17");
    /// ```
    pub fn text(&self) -> String {
        let cells = self.rows.iter().map(|row| row.iter().map(Cell::to_string).collect());
        let rows: Vec<Vec<String>> = [self.columns.clone()].into_iter().chain(cells).collect();
        let width = |column: usize| rows.iter().map(|row| format::columns(&row[column])).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
                let room = " ".repeat(width - format::columns(cell));
                if self.is_numeric(column) { room + cell } else { cell.clone() + &room }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The table as comma-separated values with a header line, for programs: numbers with all their digits, nothing where there
    /// is no number, and behind a mean the ends of its interval.
    ///
    /// # Errors
    /// If a record cannot be formed.
    pub fn csv(&self) -> Result<Vec<u8>, Error> {
        let with_ends = |column: usize| self.rows.iter().any(|row| matches!(row[column], Cell::Interval(_)));
        let with_ends: Vec<bool> = (0..self.columns.len()).map(with_ends).collect();
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(self.columns.iter().zip(&with_ends).flat_map(|(title, ends)| headings(title, *ends)))?;
        for row in &self.rows {
            out.write_record(row.iter().zip(&with_ends).flat_map(|(cell, ends)| cell.plain(*ends)))?;
        }
        Ok(out.into_inner().map_err(|e| csv::Error::from(e.into_error()))?)
    }
}

/// The heading of a column, and of the ends of its intervals if it has any.
fn headings(title: &str, ends: bool) -> Vec<String> {
    let (subject, measured) = title.strip_suffix(MEASURED).map_or((title, ""), |subject| (subject, MEASURED));
    let subject = subject.trim_end();
    let end = |which: &str| format!("{subject}, 95 % {which}{}{measured}", if measured.is_empty() { "" } else { " " });
    [title.to_owned()].into_iter().chain(ends.then(|| [end("low"), end("high")]).into_iter().flatten()).collect()
}

/// The rows of a table that gets its columns.
pub struct Columns<R> {
    rows: Vec<R>,
    columns: Vec<String>,
    cells: Vec<Vec<Cell>>,
}

impl<R> Columns<R> {
    /// With one more column: its heading, and what stands in it for each row.
    #[must_use]
    pub fn column<C: Into<Cell>>(mut self, title: impl Into<String>, cell: impl Fn(&R) -> C) -> Self {
        self.columns.push(title.into());
        for (cells, row) in self.cells.iter_mut().zip(&self.rows) {
            cells.push(cell(row).into());
        }
        self
    }

    /// The whole table, under its name and with its caption.
    pub fn named(self, name: impl Into<String>, caption: impl Into<String>) -> Table {
        Table { name: name.into(), caption: caption.into(), columns: self.columns, rows: self.cells }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_needs_it() {
        let table = Table::of([("rnn, tanh", 1.5)])
            .column("stage", |row| row.0)
            .column("time, s", |row| digits(row.1, 3))
            .named("t", "caption");
        assert_eq!(table.csv().unwrap(), b"stage,\"time, s\"\n\"rnn, tanh\",1.5\n");
        assert_eq!([0, 1].map(|column| table.is_numeric(column)), [false, true]);
    }

    #[test]
    fn programs_get_all_digits_and_the_ends_of_intervals() {
        let rows = [(1234, Some(Summary::of(&[0.25, 0.75]))), (5, None)];
        let table = Table::of(rows)
            .column("steps", |row| row.0 as u64)
            .column("loss", |row| row.1)
            .column("time, s (measured)", |row| row.1.map(|_| Summary::exact(1.0 / 3.0)))
            .named("t", "caption");
        let csv = table.csv().unwrap();
        let mut reader = csv::Reader::from_reader(&*csv).into_records();
        let first: Vec<String> = reader.next().unwrap().unwrap().iter().map(str::to_owned).collect();
        assert_eq!([&first[0], &first[1], &first[4], &first[5]], ["1234", "0.5", "0.3333333333333333", ""]);
        let [low, high] = [2, 3].map(|i| first[i].parse::<f64>().unwrap());
        assert!(
            (low + 2.6766).abs() < 1e-3 && (high - 3.6766).abs() < 1e-3,
            "12.7062 standard errors: {low} to {high}"
        );
        assert_eq!(reader.next().unwrap().unwrap(), vec!["5", "", "", "", "", "", ""]);
        assert!(String::from_utf8(csv).unwrap().starts_with(
            "steps,loss,\"loss, 95 % low\",\"loss, 95 % high\",\"time, s (measured)\",\"time, s, 95 % low (measured)\",\"time, s, 95 % high (measured)\"\n"
        ));
    }

    #[test]
    fn cells_as_people_read_them() {
        let cells: [Cell; 5] = [
            "words".into(),
            1_234_567_u64.into(),
            digits(2.0 / 3.0, 2),
            Summary::of(&[1.0, 1.5, 2.0]).into(),
            None::<u64>.into(),
        ];
        assert_eq!(cells.map(|cell| cell.to_string()), ["words", "1,234,567", "0.67", "1.5 ± 1.2", "–"]);
    }
}
