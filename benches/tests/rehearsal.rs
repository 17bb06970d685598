//! Every experiment with a few steps: it runs, its text fits its numbers, its figures have data, and no number depends on
//! the number of threads, nor on whether its training was kept.

use std::path::{Path, PathBuf};
use std::thread;

use benches::{
    budget::Budget,
    compare::{Options, Section, compare},
    experiments,
};
use report::{diff::Diff, progress::Progress};

/// Those whose subject is time have figures for one thread and for all.
const TIMED: [&str; 2] = ["C5", "C6"];

/// Those that train nothing, and C4, which looks at what C3 has trained.
const UNTRAINED: [&str; 3] = ["C1", "C4", "C12"];

/// Writes the report of these experiments, and returns how many trainings of each had been kept.
fn rehearse(only: &[&str], threads: usize, out: &Path, trainings: Option<PathBuf>) -> Vec<(&'static str, usize)> {
    let only = only.iter().map(|id| (*id).to_owned()).collect();
    let (budget, out) = (Some(Budget::Rehearsal), out.to_owned());
    let options = Options { budget, text: None, out, seeds: None, trainings, fresh: false, reference: None, only };
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
    comparison.sections.iter().map(|section| (section.experiment.id, section.kept)).collect()
}

#[test]
fn every_experiment_gives_the_same_numbers_on_any_number_of_threads_and_from_what_was_kept() {
    let folder = tempfile::TempDir::new().unwrap();
    let [one, two, kept] = ["one", "two", "kept"].map(|name| folder.path().join(name));
    let rest: Vec<&str> = experiments::ALL.iter().map(|e| e.id).filter(|id| !TIMED.contains(id)).collect();
    let alone = || rehearse(&rest, 1, &one, None).iter().map(|(_, kept)| kept).sum::<usize>();
    let none = thread::scope(|scope| {
        let alone = scope.spawn(alone);
        rehearse(&rest, 2, &two, None);
        alone.join().unwrap()
    });
    assert_eq!(none, 0);
    let found = rehearse(&rest, 2, &kept, Some(folder.path().join("two.trainings")));
    for other in [&two, &kept] {
        let diff = Diff::of(&one, other).unwrap();
        assert!(diff.is_empty(), "{diff}");
    }
    for (id, trainings) in found {
        assert_eq!(trainings > 0, !UNTRAINED.contains(&id), "{id}: {trainings} trainings were kept");
    }
}

#[test]
fn what_is_timed_fills_its_figures() {
    let folder = tempfile::TempDir::new().unwrap();
    rehearse(&TIMED, 2, &folder.path().join("report"), None);
}
