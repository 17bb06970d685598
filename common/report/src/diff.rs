//! Two reports, compared number by number.
//!
//! The data files of two folders are compared cell by cell. What was timed differs from run to run, so columns of measured
//! time say so in their headings ([`MEASURED`]) and are counted apart. Where both cells have an interval, the
//! difference is held against it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use files::report_folder::PAGE;
use files::report_folder::inventory::{Inventory, read_if_there};

use crate::format::{count, counted};

/// What a report says, for programs.
pub const CLAIMS: &str = "claims.json";

/// The version of its schema.
pub const SCHEMA: u32 = 1;

/// No file of claims is larger: all claims of a comparison take less than a hundredth of it.
pub const MOST_BYTES: u64 = 16_000_000;

/// Ends the heading of a column whose numbers a stopwatch gave.
pub const MEASURED: &str = "(measured)";

/// Why two reports cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// There is no report.
    #[error("there is no report in {}: give a folder that `lineage compare` wrote", folder.display())]
    Missing {
        /// As asked for.
        folder: PathBuf,
    },
    /// The operating system refused.
    #[error("{} cannot be read: {source}; mend that, or write the report again", path.display())]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
    /// The reports are of programs that write claims differently.
    #[error("{} has version {found} of the schema, and this program reads {SCHEMA}: compare reports of one version", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// What it says.
        found: u64,
    },
    /// The claims are no claims.
    #[error("{} is no claims.json of lineage compare: {reason}; write the report again", path.display())]
    Claims {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A data file is no table.
    #[error("{} is not a table of comma-separated values: {source}; write the report again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: csv::Error,
    },
}

/// How two reports differ.
#[derive(Debug, Default)]
pub struct Diff {
    /// In the order of the files, rows and columns.
    differences: Vec<Difference>,
    cells: usize,
    measured: usize,
    measured_differing: usize,
}

/// One difference.
#[derive(Debug, PartialEq)]
enum Difference {
    /// A file, or a table's shape.
    Shape { file: String, what: String },
    /// A number or a word.
    Cell { file: String, row: String, column: String, values: [String; 2], apart: Option<bool> },
}

impl Diff {
    /// Compares the reports in two folders.
    ///
    /// # Errors
    /// If one of them is no report, or cannot be read.
    pub fn of(first: &Path, second: &Path) -> Result<Self, DiffError> {
        check_version(first)?;
        check_version(second)?;
        let names = [data_files(first)?, data_files(second)?];
        let mut diff = Diff::default();
        for name in names[0].union(&names[1]) {
            let missing = [1, 2].into_iter().zip(&names).find(|(_, names)| !names.contains(name));
            if let Some((number, _)) = missing {
                diff.shape(name, format!("is missing in the {} report", ["first", "second"][number - 1]));
                continue;
            }
            let [first, second] = [table(first, name)?, table(second, name)?];
            diff.compare(name, &first, &second);
        }
        Ok(diff)
    }

    /// Whether nothing differs but what was timed.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    fn shape(&mut self, file: &str, what: String) {
        self.differences.push(Difference::Shape { file: file.to_owned(), what });
    }

    fn compare(&mut self, file: &str, first: &Table, second: &Table) {
        if first.headings != second.headings {
            let [first, second] = [first, second].map(|table| table.headings.join(", "));
            self.shape(file, format!("has the columns {second} for {first}"));
        }
        let [rows, columns] =
            [[first, second].map(|table| table.rows.len()), [first, second].map(|table| table.headings.len())];
        if rows[0] != rows[1] || columns[0] != columns[1] {
            if rows[0] != rows[1] {
                self.shape(file, format!("has {} for {}", counted(rows[1], "row"), rows[0]));
            }
            return;
        }
        for (number, rows) in first.rows.iter().zip(&second.rows).enumerate() {
            for (column, values) in rows.0.iter().zip(rows.1).enumerate() {
                self.cell(file, number, column, [first, second], [values.0, values.1]);
            }
        }
    }

    fn cell(&mut self, file: &str, row: usize, column: usize, tables: [&Table; 2], values: [&String; 2]) {
        let differs = values[0] != values[1];
        if tables.iter().any(|table| table.headings[column].ends_with(MEASURED)) {
            self.measured += 1;
            self.measured_differing += usize::from(differs);
            return;
        }
        self.cells += 1;
        if differs {
            let intervals = tables.map(|table| table.interval(row, column));
            self.differences.push(Difference::Cell {
                file: file.to_owned(),
                row: tables[0].name(row, column),
                column: tables[0].headings[column].clone(),
                values: values.map(Clone::clone),
                apart: match intervals {
                    [Some(a), Some(b)] => Some(a[1] < b[0] || b[1] < a[0]),
                    _ => None,
                },
            });
        }
    }
}

/// The answer first, then each difference on a line.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = |difference: &&Difference| matches!(difference, Difference::Cell { .. });
        let apart = |difference: &&Difference| matches!(difference, Difference::Cell { apart: Some(true), .. });
        let [differing, beyond] =
            [self.differences.iter().filter(cells).count(), self.differences.iter().filter(apart).count()];
        match (self.is_empty(), self.differences.len() - differing) {
            (true, _) => write!(f, "the same: all {} cells", count(self.cells as u64))?,
            (false, others) => {
                write!(f, "{} of {} cells differ", count(differing as u64), count(self.cells as u64))?;
                if beyond > 0 {
                    write!(f, ", {} by more than their intervals", count(beyond as u64))?;
                }
                if others > 0 {
                    write!(f, "; so do {others} files or their shapes")?;
                }
            }
        }
        let [differing, measured] = [self.measured_differing, self.measured].map(|number| count(number as u64));
        writeln!(f, "; of measured times {differing} of {measured} differ, which is no fault")?;
        self.differences.iter().try_for_each(|difference| writeln!(f, "{difference}"))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Shape { file, what } => write!(f, "{file} {what}"),
            Difference::Cell { file, row, column, values: [first, second], apart } => {
                let apart = match apart {
                    Some(true) => "; their intervals do not meet",
                    Some(false) => "; their intervals meet",
                    None => "",
                };
                write!(f, "{file}: {row}: {column}: {first} -> {second}{apart}")
            }
        }
    }
}

/// The names of a report's data files.
fn data_files(folder: &Path) -> Result<BTreeSet<String>, DiffError> {
    let refused = |source| DiffError::Refused { path: folder.to_owned(), source };
    let inventory = match Inventory::read(folder).map_err(refused)? {
        Some(inventory) if inventory.names().contains(&PAGE) => inventory,
        _ => return Err(DiffError::Missing { folder: folder.to_owned() }),
    };
    Ok(inventory.names().into_iter().filter(|name| name.ends_with(".csv")).map(str::to_owned).collect())
}

/// Refuses claims of another version. A report of a version without `claims.json` has its tables alone.
fn check_version(folder: &Path) -> Result<(), DiffError> {
    let path = folder.join(CLAIMS);
    let content = match read_claims(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read.map_err(|source| DiffError::Refused { path: path.clone(), source })?,
    };
    let value: serde_json::Value = serde_json::from_slice(&content)
        .map_err(|error| DiffError::Claims { path: path.clone(), reason: error.to_string() })?;
    match value.get("schema").and_then(serde_json::Value::as_u64) {
        Some(found) if found == u64::from(SCHEMA) => Ok(()),
        Some(found) => Err(DiffError::Version { path, found }),
        None => Err(DiffError::Claims { path, reason: "it names no version of the schema".to_owned() }),
    }
}

/// The content of a file of claims.
///
/// # Errors
/// If it cannot be read, is a pipe or another thing that may never end, or is larger than [`MOST_BYTES`].
pub fn read_claims(path: &Path) -> io::Result<Vec<u8>> {
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    if found.len() > MOST_BYTES {
        return Err(io::Error::other(format!("it has more than {} MB, and no report has", MOST_BYTES / 1_000_000)));
    }
    fs::read(path)
}

/// The content of a data file.
struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn table(folder: &Path, name: &str) -> Result<Table, DiffError> {
    let path = folder.join(name);
    let content = read_if_there(&path).and_then(|content| {
        content.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no file of that name"))
    });
    let content = content.map_err(|source| DiffError::Refused { path: path.clone(), source })?;
    let lines = csv::ReaderBuilder::new().has_headers(false).from_reader(&content[..]).into_records();
    let words = |record: csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let mut rows: Vec<Vec<String>> = lines
        .map(|line| line.map(words))
        .collect::<Result<_, _>>()
        .map_err(|source| DiffError::Damaged { path, source })?;
    let headings = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
    Ok(Table { headings, rows })
}

impl Table {
    /// What a reader finds a cell's row by: the first two cells, as far as they stand before it, or the row's number.
    fn name(&self, row: usize, column: usize) -> String {
        match column {
            0 => format!("row {}", row + 1),
            _ => self.rows[row][..column.min(2)].join(", "),
        }
    }

    /// The ends of the interval of a cell: its own, or those in the two columns behind it.
    fn interval(&self, row: usize, column: usize) -> Option<[f64; 2]> {
        let row = &self.rows[row];
        let behind = self.headings.get(column + 1).is_some_and(|heading| heading.contains("95 % low"));
        if behind {
            return Some([row.get(column + 1)?.parse().ok()?, row.get(column + 2)?.parse().ok()?]);
        }
        interval(&row[column])
    }
}

/// The ends of `1.93 ± 0.01`, `0.0020 ×÷ 3.1` or `0.70 (0.12 to 1.00)`.
fn interval(cell: &str) -> Option<[f64; 2]> {
    let number = |text: &str| text.trim().replace(',', "").parse::<f64>().ok();
    if let Some((mean, half)) = cell.split_once(" ± ") {
        let [mean, half] = [number(mean)?, number(half)?];
        return Some([mean - half, mean + half]);
    }
    if let Some((mean, factor)) = cell.split_once(" ×÷ ") {
        let [mean, factor] = [number(mean)?, number(factor)?];
        return Some([mean / factor, mean * factor]);
    }
    let (low, high) = cell.split_once(" (")?.1.strip_suffix(')')?.split_once(" to ")?;
    Some([number(low)?, number(high)?])
}
