//! The kill matrix: which mistakes of which lab are refused, and under which name. Made of the certificates that
//! `lineage lab certify --keep` leaves in the labs' folders.

use std::fmt::Write;

use labs::{Course, Edits, Error, Lab, Learned, Misconception, Record, Said};

/// Where it belongs.
pub const KILL_MATRIX: &str = "<!-- kill matrix -->";

/// What is certified of a lab, added up.
#[derive(Default)]
struct Sums {
    mistakes: usize,
    wrong: Count,
    second: Count,
    edits: usize,
    equivalent: usize,
    survived: usize,
    seconds: u64,
}

/// How many of how many.
#[derive(Clone, Copy, Default)]
struct Count {
    right: usize,
    all: usize,
}

/// All labs in a table, and then the mistakes of each.
pub(crate) fn kill_matrix(course: &Course) -> Result<String, Error> {
    let mut total = Sums::default();
    let mut table = "| lab | mistakes | wrong versions refused by name | second versions refused by name | edits | that change nothing | \
                     others that pass | seconds |\n|---|---:|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    let mut parts = String::new();
    for lab in course.labs() {
        let Some(record) = Record::read(lab)? else {
            let _ = writeln!(table, "| `{}` | not certified as it is now | | | | | | |", lab.name);
            continue;
        };
        let sums = Sums::of(lab, &record);
        let _ = writeln!(table, "| `{}` |{}", lab.name, sums.cells());
        total.add(&sums);
        parts += &matrix(lab, &record);
    }
    let _ = writeln!(table, "| **all** |{}", total.cells());
    Ok(table + &parts)
}

impl Sums {
    fn of(lab: &Lab, record: &Record) -> Self {
        let edits = record.edits.unwrap_or(Edits { all: 0, equivalent: 0, survived: 0 });
        Sums {
            mistakes: lab.manifest.wrong.len(),
            wrong: Count::of(record.rows.iter().filter(|row| row.version.starts_with("wrong/"))),
            second: Count::of(record.rows.iter().filter(|row| row.version.starts_with("second/"))),
            edits: edits.all,
            equivalent: edits.equivalent,
            survived: edits.survived,
            seconds: record.seconds,
        }
    }

    fn add(&mut self, other: &Sums) {
        self.mistakes += other.mistakes;
        self.wrong.add(other.wrong);
        self.second.add(other.second);
        self.edits += other.edits;
        self.equivalent += other.equivalent;
        self.survived += other.survived;
        self.seconds += other.seconds;
    }

    fn cells(&self) -> String {
        let Sums { mistakes, wrong, second, edits, equivalent, survived, seconds } = self;
        format!(
            " {mistakes} | {} | {} | {edits} | {equivalent} | {survived} | {seconds} |",
            wrong.told(),
            second.told()
        )
    }
}

impl Count {
    fn of<'r>(rows: impl Iterator<Item = &'r Said>) -> Self {
        rows.fold(Count::default(), |count, row| Count {
            right: count.right + usize::from(row.is_right()),
            all: count.all + 1,
        })
    }

    fn add(&mut self, other: Count) {
        self.right += other.right;
        self.all += other.all;
    }

    fn told(self) -> String {
        format!("{} of {}", self.right, self.all)
    }
}

/// The mistakes of a lab, and what was said about each.
fn matrix(lab: &Lab, record: &Record) -> String {
    let mut text = format!("\n### {}\n\n", lab.manifest.title);
    let _ = write!(
        text,
        "`{}`, with the questions of {} seeds.\n\n| mistake | name | its versions | the second version |\n|---|---|---|---|\n",
        lab.name, record.seeds
    );
    let said_of = |version: String| record.rows.iter().find(|row| row.version == version).map(said);
    for mistake @ Misconception { name, title, variants, .. } in &lab.manifest.wrong {
        let own = [name].into_iter().chain(variants).filter_map(|name| said_of(format!("wrong/{name}")));
        let second = said_of(format!("second/{}", mistake.name)).unwrap_or_else(|| "none".to_owned());
        let _ = writeln!(text, "| {} | `{name}` | {} | {second} |", title.trim(), together(own));
    }
    text + &trainings(lab, record)
}

/// What the models of a whole lab have learned, version by version.
fn trainings(lab: &Lab, record: &Record) -> String {
    let (Some(whole), [_, ..]) = (&lab.manifest.whole, &record.trainings[..]) else { return String::new() };
    let mut text = format!(
        "\nWith each right version {} was trained in {} steps. Its loss ({}):\n\n\
         | version | seed | loss | asked |\n|---|---:|---:|---:|\n",
        whole.model, whole.steps, whole.measure
    );
    for Learned { version, seed, held_out, bound } in &record.trainings {
        let _ = writeln!(text, "| `{version}` | {seed} | {held_out:.3} | {bound} |");
    }
    text
}

/// `named` if a version was refused under its name with every seed, and else all that was said.
fn said(row: &Said) -> String {
    match row.is_right() {
        true => "named".to_owned(),
        false => {
            let words: Vec<_> = row.said.iter().map(|(words, seeds)| format!("{words} ({seeds})")).collect();
            words.join(", ")
        }
    }
}

/// The same words once, with their number.
fn together(all: impl Iterator<Item = String>) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for words in all {
        match counts.iter_mut().find(|(known, _)| *known == words) {
            Some((_, count)) => *count += 1,
            None => counts.push((words, 1)),
        }
    }
    let told = counts.into_iter().map(|(words, count)| if count == 1 { words } else { format!("{count} {words}") });
    told.collect::<Vec<_>>().join("; ")
}
