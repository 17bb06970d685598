use report::progress::Progress;

use super::*;
use crate::budget::Budget;

#[test]
fn step_01_the_criterion_can_fail() {
    let open = Verdict::Undecided;
    let judged = |lstm, rnn| judge(&[lstm; 3], &[rnn; 3]);
    assert_eq!(judged(1.0, 0.3), Verdict::Shown);
    assert_eq!(judged(0.3, 1.0), Verdict::Reverse);
    assert_eq!(judged(0.5, 0.48), Verdict::NotShown);
    assert_eq!(judged(1.0, 1.0), open);
    assert_eq!(judge(&[1.0; 3], &[1.0; 3]), open);
    assert_eq!(judge(&[1.0; 3], &[1.0, 0.1, 1.0]), open);
}

#[test]
fn step_02_cells_have_equal_parameters() {
    for task in [Task::Recall { gap: 100 }, Task::Adding { length: 50 }] {
        let counts = Variant::ALL.map(|variant| variant.size(task).1 as f64);
        let lstm = Variant::LstmChrono.size(task).1 as f64;
        let close = counts.iter().all(|count| (count / lstm - 1.0).abs() < 0.02);
        assert!(close, "{task:?}: {counts:?}");
    }
}

#[test]
fn step_03_a_diverged_training_recalled_nothing_and_no_accuracy_is_made_up() {
    let accuracy = |error| Outcome { error, steps: 1, reached: false, gradients: Default::default() }.accuracy();
    assert_eq!([0.25, f64::INFINITY].map(accuracy), [0.75, 0.0]);
    assert!(accuracy(f64::NAN).is_nan());
}

/// The quick budget does not add.
#[test]
fn step_04_adding_has_a_figure_and_a_table_of_its_own() {
    let session = Session::new(Budget::Quick, vec![1, 2], data::corpus::book(), Progress::Quiet);
    let tasks = [Task::Recall { gap: 2 }, Task::Adding { length: 4 }];
    let found = Found { cells: measure(&session, &tasks, 4).unwrap(), longest: tasks[0], steps: 4 };
    let finding = conclude(&found, Verdict::NotShown);
    assert_eq!(finding.figures[3].name, "c02-adding");
    for table in &finding.tables {
        assert_eq!(table.rows.len(), Variant::ALL.len(), "{}", table.name);
    }
    assert_eq!(finding.tables.len(), 2);
}
