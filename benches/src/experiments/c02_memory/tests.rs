use report::progress::Progress;

use super::{training::Variant, *};
use crate::{budget::Budget, study::grid::Score, verdict::Verdict};

/// The verdicts of the parts, by the accuracies over the longest gap of the LSTM that is told it, of the one that is not, and
/// of the RNN, and over a longer gap than the one trained with of LSTM and RNN.
fn parts([told, untold, rnn]: [f64; 3], [kept, lost]: [f64; 2]) -> [Verdict; 3] {
    let tasks = [Task::Recall { gap: 10 }, Task::Recall { gap: 100 }];
    let cell = |task: Task, variant: Variant| {
        let short = task == tasks[0];
        let (longest, retained) = match variant {
            Variant::LstmChrono => (told, kept),
            Variant::LstmBias => (untold, kept),
            _ => (rnn, lost),
        };
        let error = if short { 0.0 } else { 1.0 - longest };
        let outcome =
            Outcome { error, steps: 1, reached: short, gradients: Default::default(), retained: [retained; 3] };
        let case = Case { task, variant };
        Cell { case, learning_rate: 1.0, score: Score(1.0, error), outcomes: vec![outcome; 4] }
    };
    let cells = tasks.into_iter().flat_map(|task| Variant::ALL.map(|variant| cell(task, variant))).collect();
    let memories = Memories { cells, shortest: tasks[0], longest: tasks[1], steps: 1 };
    memories.parts().map(|part| part.verdict)
}

#[test]
fn step_01_the_criterion_can_fail_in_every_part() {
    use Verdict::{NotShown, Reverse, Shown, Undecided};
    assert_eq!(parts([1.0, 1.0, 0.3], [1.0, 0.5]), [Shown; 3]);
    assert_eq!(parts([0.3, 0.2, 1.0], [0.5, 1.0]), [Reverse; 3]);
    assert_eq!(parts([1.0, 0.1, 0.3], [0.9, 0.9]), [Shown, Undecided, NotShown]);
    assert_eq!(parts([1.0, 1.0, 1.0], [0.9, 0.9])[..2], [Undecided; 2], "too easy");
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
    let accuracy = |error| {
        Outcome { error, steps: 1, reached: false, gradients: Default::default(), retained: [0.0; 3] }.accuracy()
    };
    assert_eq!([0.25, f64::INFINITY].map(accuracy), [0.75, 0.0]);
    assert!(accuracy(f64::NAN).is_nan());
}

/// Only the thorough budget adds.
#[test]
fn step_04_adding_has_a_figure_and_a_table_of_its_own() {
    let session = Session::new(Budget::Quick, vec![1, 2], data::corpus::book(), Progress::Quiet);
    let tasks = [Task::Recall { gap: 2 }, Task::Adding { length: 4 }];
    let [shortest, _] = tasks;
    let cells = measure(&session, &tasks, 4).unwrap();
    let finding = findings::conclude(&Memories { cells, shortest, longest: shortest, steps: 4 });
    assert_eq!(finding.figures[4].name, "c02-adding");
    for table in &finding.tables[1..] {
        assert_eq!(table.rows.len(), Variant::ALL.len(), "{}", table.name);
    }
    assert_eq!(finding.tables.len(), 3);
}
