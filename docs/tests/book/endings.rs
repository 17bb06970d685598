//! How chapters end: in short, labs, a quiz and terms.

use std::collections::BTreeSet;
use std::fs;

use docs::ending::{ALL_LABS, LABS, QUIZ, TERMS, fill, terms};
use docs::proof::KILL_MATRIX;
use labs::{Course, Record};
use quiz::Quiz;

use crate::chapter::{Chapter, workspace};

fn glossary() -> Vec<docs::ending::Term> {
    terms(&Chapter::read("glossary.md").text)
}

fn taught() -> impl Iterator<Item = Chapter> {
    Quiz::all().into_iter().map(|quiz| Chapter::read(&format!("{}.md", quiz.chapter)))
}

#[test]
fn every_chapter_before_the_claims_teaches_and_ends_alike() {
    let summary = Chapter::read("SUMMARY.md").text;
    let teaching = summary.split("\n# ").next().unwrap();
    let listed: Vec<&str> = teaching.lines().filter_map(|line| line.strip_prefix("- [")?.split("](").nth(1)).collect();
    let quizzes: Vec<String> = taught().map(|chapter| format!("{})", chapter.name)).collect();
    assert_eq!(listed, quizzes, "every chapter of the first part has a quiz");
    for chapter in taught() {
        for mark in [LABS, QUIZ, TERMS] {
            assert_eq!(chapter.text.matches(mark).count(), 1, "{}: {mark}", chapter.name);
        }
        let command = format!("`lineage lab quiz {}`", chapter.name.trim_end_matches(".md"));
        assert!(chapter.text.contains(&command), "{}: {command}", chapter.name);
    }
}

#[test]
fn in_short_is_four_to_seven_sentences() {
    for chapter in taught() {
        let short = chapter.text.split("\n## In short\n").nth(1).unwrap_or_else(|| panic!("{}", chapter.name));
        let short = short.split("\n## ").next().unwrap();
        let sentences = short.split_whitespace().filter(|word| word.ends_with(['.', '?'])).count();
        assert!((4..=7).contains(&sentences), "{}: {sentences}", chapter.name);
    }
}

#[test]
fn no_lab_is_forgotten() {
    let course = Course::open(&workspace().join("labs/course")).unwrap();
    let page = fill("labs.md", ALL_LABS).unwrap();
    for lab in course.labs() {
        assert_eq!(page.matches(&format!("| `{}` |", lab.name)).count(), 1, "{}", lab.name);
        let Some(place) = &lab.manifest.read.chapter else { continue };
        let chapter = Chapter::read(place.split('#').next().unwrap());
        assert!(chapter.text.contains(LABS), "{} has {}, but no mark {LABS}", chapter.name, lab.name);
        let list = fill(&chapter.name, LABS).unwrap();
        assert_eq!(list.matches(&format!("`lineage lab start {}`", lab.name)).count(), 1, "{}:\n{list}", lab.name);
    }
}

#[test]
fn labs_that_the_book_names_are_there() {
    let folders = fs::read_dir(workspace().join("labs/course")).unwrap();
    let names: BTreeSet<String> = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    for chapter in ["labs.md", "class.md"].map(Chapter::read) {
        let is_lab = |code: &String| {
            let number = code.split('-').next().unwrap();
            number.len() == 2 && number.parse::<u32>().is_ok() && !code.contains(' ')
        };
        for lab in chapter.inline_code().into_iter().filter(is_lab) {
            assert!(names.contains(&lab), "{} names {lab}", chapter.name);
        }
    }
}

#[test]
fn every_term_stands_once_and_names_chapters_that_are_there() {
    let glossary = glossary();
    let names: Vec<String> = glossary.iter().map(|term| term.english.to_lowercase()).collect();
    let once: BTreeSet<&String> = names.iter().collect();
    assert!(names.iter().eq(once), "terms stand once and in order");
    let chapters: BTreeSet<String> = taught().map(|chapter| chapter.name).collect();
    for term in &glossary {
        assert!(!term.spanish.is_empty() && !term.meaning.is_empty(), "{term:?}");
        let unknown = term.chapters.iter().find(|chapter| !chapters.contains(*chapter));
        assert_eq!(unknown, None, "{}", term.english);
    }
}

#[test]
fn every_chapter_has_terms() {
    let glossary = glossary();
    for chapter in taught() {
        let its = glossary.iter().filter(|term| term.chapters.contains(&chapter.name)).count();
        assert!(its >= 6, "{}: {its}", chapter.name);
        let page = fill(&chapter.name, TERMS).unwrap();
        assert_eq!(page.lines().count(), its + 2);
    }
}

#[test]
fn the_kill_matrix_has_every_lab_and_every_mistake() {
    let course = Course::open(&workspace().join("labs/course")).unwrap();
    let page = fill("proof.md", KILL_MATRIX).unwrap();
    assert!(Chapter::read("proof.md").text.contains(KILL_MATRIX));
    for lab in course.labs() {
        assert_eq!(page.matches(&format!("\n| `{}` | ", lab.name)).count(), 1, "{}", lab.name);
        if Record::read(lab).unwrap().is_none() {
            continue;
        }
        assert!(page.contains(&format!("\n| `{}` | {} | ", lab.name, lab.manifest.wrong.len())), "{}", lab.name);
        for mistake in &lab.manifest.wrong {
            assert!(page.contains(&format!("| {} | `{}` | ", mistake.title.trim(), mistake.name)), "{}", mistake.name);
        }
        if let Some(whole) = &lab.manifest.whole {
            assert!(page.contains(&format!("{} was trained in {} steps", whole.model, whole.steps)), "{}", lab.name);
        }
    }
}
