//! The files of a report: the page, and beside it what programs and other documents use.

use std::collections::BTreeSet;

use files::report_folder::PAGE;
use report::{
    Table,
    figure::{Figure, Size},
};

use super::{Comparison, Section, page, record};
use crate::{claims, error::Error};

/// Names and contents.
///
/// # Errors
/// If a figure cannot be drawn or written as CSV.
///
/// # Panics
/// If two figures or tables have the same name.
pub fn files(comparison: &Comparison) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut files = vec![(PAGE.to_owned(), page::render(comparison)?.into_bytes())];
    for Section { finding, .. } in &comparison.sections {
        for figure in &finding.figures {
            files.extend(pictured(figure)?);
        }
        for table in &finding.tables {
            files.push((format!("{}.csv", table.name), table.csv()?));
        }
    }
    if let Some(road) = page::road(comparison) {
        files.extend(pictured(&road)?);
    }
    files.push((claims::FILE.to_owned(), serde_json::to_vec(&record::claims(comparison)).map_err(Error::Json)?));
    files.push(("claims.csv".to_owned(), verdicts(comparison).csv()?));
    let names: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), files.len(), "two figures or tables of the report have the same name");
    Ok(files)
}

/// What was claimed, and what was found.
fn verdicts(comparison: &Comparison) -> Table {
    Table::of(&comparison.sections)
        .column("number", |section| section.experiment.id)
        .column("claim", |section| section.experiment.claim())
        .column("basis", |section| format!("{:?}", section.experiment.basis).to_lowercase())
        .column("verdict", |section| section.finding.verdict.words(section.experiment.basis))
        .named("claims", "The claims and their verdicts")
}

/// A figure's data and its picture.
fn pictured(figure: &Figure) -> Result<[(String, Vec<u8>); 2], Error> {
    let picture = figure.document(Size::Wide)?.into_bytes();
    Ok([(format!("{}.csv", figure.name), figure.csv()?), (format!("{}.svg", figure.name), picture)])
}
