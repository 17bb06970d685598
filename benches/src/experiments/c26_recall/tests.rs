use report::progress::Progress;

use super::*;
use crate::{study::grid::Score, verdict::Verdict};

/// What a model of each kind recalls of few pairs and of most: the narrow and the wide recurrent one, GPT, the translator with
/// one vector and the one that looks back.
fn parts([narrow, wide, gpt, vector, looking]: [[f64; 2]; 5]) -> [Verdict; 4] {
    let recalling = Recalling::new(8, 32, 1);
    let cell = |case: Reader| {
        let right = match case.stage {
            AnyStage::Language(Stage::Gpt) => gpt,
            AnyStage::Translation(TranslatorStage::Seq2Seq) => vector,
            AnyStage::Translation(_) => looking,
            AnyStage::Language(_) if case.width == 4 => narrow,
            AnyStage::Language(_) => wide,
        };
        let score = Score(1.0 - right[0], 0.0);
        let outcomes =
            [-1e-3, 0.0, 1e-3].map(|noise| Recalled { right: right.map(|right| right + noise).to_vec(), loss: 1.0 });
        Cell { case, learning_rate: 1.0, score, outcomes: outcomes.to_vec() }
    };
    let cells = Reader::all(&[4, 8]).into_iter().map(cell).collect();
    Measurements { recalling, cells }.parts().map(|part| part.verdict)
}

const MUCH: [f64; 2] = [0.9, 0.9];
const FALLING: [f64; 2] = [0.8, 0.3];
const LITTLE: [f64; 2] = [0.2, 0.1];

#[test]
fn the_criterion_can_fail_in_every_part() {
    use Verdict::{NotShown, Reverse, Shown, Undecided};
    assert_eq!(parts([LITTLE, FALLING, MUCH, LITTLE, MUCH]), [Shown; 4]);
    assert_eq!(parts([MUCH; 5]), [NotShown; 4]);
    assert_eq!(parts([LITTLE, FALLING, LITTLE, MUCH, LITTLE])[2..], [Reverse; 2]);
    // Who has not learned the task says nothing about a state.
    assert_eq!(parts([LITTLE, LITTLE, MUCH, LITTLE, MUCH]), [Undecided, Undecided, Shown, Shown]);
}

#[test]
fn models_have_about_equal_parameters_and_states_of_the_sizes_asked_for() {
    let (recalling, readers) = (Recalling::new(64, 32, 1), Reader::all(&[16, 64]));
    for reader in &readers {
        let parameters = reader.config(recalling.largest(), recalling.gpt_width).parameter_count();
        assert!(parameters.abs_diff(39_072) < 39_072 / 20, "{}: {parameters}", reader.name());
    }
    let states: Vec<usize> = readers.iter().filter_map(|reader| reader.state()).collect();
    assert_eq!(states, [16, 64, 32, 128, 16, 64, 64]);
}

#[test]
fn the_quick_budget_says_that_nothing_was_trained() {
    let finding = run(&Session::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet)).unwrap();
    assert_eq!(finding.verdict, Verdict::Undecided);
    assert_eq!(finding.answer, "Not measured at quick: learning to recall takes more than its three minutes.");
    assert!(finding.effect.is_none() && finding.glance.is_empty() && finding.figures.is_empty());
}
