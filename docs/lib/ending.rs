//! What a chapter ends with in the rendered book: its labs, its quiz and its terms.
//!
//! Each stands in one place: labs in `labs/course`, questions in `docs/quiz/chapters`, terms in `docs/src/glossary.md`. A
//! chapter has a mark where they belong.

use std::fmt::Write;
use std::fs;

use labs::{Course, Lab};
use quiz::Quiz;

use crate::proof::{KILL_MATRIX, kill_matrix};

/// Where the labs of the chapter belong.
pub const LABS: &str = "<!-- labs -->";
/// Where all labs belong.
pub const ALL_LABS: &str = "<!-- all labs -->";
/// Where the quiz of the chapter belongs.
pub const QUIZ: &str = "<!-- quiz -->";
/// Where the terms of the chapter belong.
pub const TERMS: &str = "<!-- terms -->";

/// A line of the glossary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// In English.
    pub english: String,
    /// In Spanish.
    pub spanish: String,
    /// What it means.
    pub meaning: String,
    /// The chapters that use it, as `rnn.md`.
    pub chapters: Vec<String>,
}

/// The lines of a glossary whose four columns are English, Spanish, meaning, and links to chapters.
pub fn terms(glossary: &str) -> Vec<Term> {
    let rows = glossary.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    let rows = rows.map(|row| row.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    let term = |row: Vec<String>| match <[String; 4]>::try_from(row) {
        Ok([english, spanish, meaning, links]) => {
            let chapters = links.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()));
            Some(Term { english, spanish, meaning, chapters: chapters.collect() })
        }
        Err(_) => None,
    };
    rows.skip(2).filter_map(term).collect()
}

/// The chapter with what belongs at its marks.
///
/// # Errors
/// If the labs or the glossary cannot be read.
pub fn fill(chapter: &str, markdown: &str) -> Result<String, Unfilled> {
    let mut page = markdown.to_owned();
    if [LABS, ALL_LABS, KILL_MATRIX].iter().any(|mark| page.contains(mark)) {
        let course = Course::open(&crate::folder().join("../labs/course"))?;
        if page.contains(KILL_MATRIX) {
            page = page.replace(KILL_MATRIX, &kill_matrix(&course)?);
        }
        page = page.replace(ALL_LABS, &table_of(course.labs()));
        page = page.replace(LABS, &list_of(labs_of(chapter, &course)));
    }
    if page.contains(TERMS) {
        let glossary = fs::read_to_string(crate::folder().join("src/glossary.md"))?;
        page = page.replace(TERMS, &table_of_terms(chapter, &terms(&glossary)));
    }
    if let Some(quiz) = Quiz::of(chapter) {
        page = page.replace(QUIZ, &quiz::page(&quiz));
    }
    Ok(page)
}

/// Why a chapter is without its labs or terms.
#[derive(Debug, thiserror::Error)]
pub enum Unfilled {
    /// The labs cannot be read.
    #[error(transparent)]
    Labs(#[from] labs::Error),
    /// The glossary cannot be read.
    #[error("the glossary cannot be read: {0}")]
    Glossary(#[from] std::io::Error),
}

/// The labs that have their learner read on in this chapter.
fn labs_of<'c>(chapter: &str, course: &'c Course) -> impl Iterator<Item = &'c Lab> {
    let reads = move |lab: &&Lab| {
        let there = lab.manifest.read.chapter.as_deref().unwrap_or_default();
        there.split('#').next() == Some(chapter)
    };
    course.labs().iter().filter(reads)
}

fn list_of<'c>(labs: impl Iterator<Item = &'c Lab>) -> String {
    let item = |lab: &Lab| {
        let manifest = &lab.manifest;
        format!(
            "- **{}**, {} minutes. {} `lineage lab start {}`\n",
            manifest.title,
            manifest.minutes,
            manifest.task.trim(),
            lab.name
        )
    };
    let list: String = labs.map(item).collect();
    if list.is_empty() {
        "No lab is on this chapter alone; [here](labs.md#all-labs) are all.\n".to_owned()
    } else {
        list
    }
}

fn table_of(labs: &[Lab]) -> String {
    labs.iter().fold("| name | what you write | minutes |\n|---|---|---|\n".to_owned(), |mut table, lab| {
        let (title, minutes) = (&lab.manifest.title, lab.manifest.minutes);
        let title = match &lab.manifest.read.chapter {
            Some(chapter) => format!("[{title}]({chapter})"),
            None => title.clone(),
        };
        let _ = writeln!(table, "| `{}` | {title} | {minutes} |", lab.name);
        table
    })
}

fn table_of_terms(chapter: &str, terms: &[Term]) -> String {
    let here = terms.iter().filter(|term| term.chapters.iter().any(|there| there == chapter));
    here.fold("| English | Spanish | meaning |\n|---|---|---|\n".to_owned(), |mut table, term| {
        let _ = writeln!(table, "| {} | {} | {} |", term.english, term.spanish, term.meaning);
        table
    })
}
