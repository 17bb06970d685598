//! Every experiment with a few steps: it runs, its text fits its numbers, its figures have data, and no number depends on
//! the number of threads.

use std::path::Path;

use benches::{
    budget::Budget,
    compare::{Options, Section, compare},
    experiments,
};
use report::{folder::diff::Diff, progress::Progress};

/// Those whose subject is time have figures for one thread and for all.
const TIMED: [&str; 2] = ["C5", "C6"];

/// Writes the report of these experiments.
fn rehearse(only: &[&str], threads: usize, out: &Path) {
    let only = only.iter().map(|id| (*id).to_owned()).collect();
    let options = Options { budget: Some(Budget::Rehearsal), text: None, out: out.to_owned(), seeds: None, only };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let comparison = pool.install(|| compare(experiments::ALL, &options, None, Progress::Quiet)).unwrap();
    for Section { finding, .. } in &comparison.sections {
        for figure in &finding.figures {
            assert!(
                figure.csv().unwrap().iter().filter(|byte| **byte == b'\n').count() > 1,
                "{} is empty",
                figure.name
            );
        }
        for table in &finding.tables {
            assert!(!table.rows.is_empty(), "{} is empty", table.name);
        }
    }
}

#[test]
fn every_experiment_gives_the_same_numbers_on_any_number_of_threads() {
    let folder = tempfile::TempDir::new().unwrap();
    let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
    let rest: Vec<&str> = experiments::ALL.iter().map(|e| e.id).filter(|id| !TIMED.contains(id)).collect();
    rehearse(&rest, 1, &one);
    rehearse(&rest, 2, &two);
    let diff = Diff::of(&one, &two).unwrap();
    assert!(diff.is_empty(), "{diff}");
}

#[test]
fn what_is_timed_fills_its_figures() {
    let folder = tempfile::TempDir::new().unwrap();
    rehearse(&TIMED, 2, &folder.path().join("report"));
}
