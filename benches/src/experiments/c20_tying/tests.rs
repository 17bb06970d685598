use ndarray::array;
use report::progress::Progress;

use super::{
    exactness::{Exact, difference, probabilities},
    *,
};
use crate::{budget::Budget, study::grid::Score};

/// The verdicts when scores are so far from the products, and the losses of the three kinds of models are these.
fn judged(wrong: f64, losses: [f64; 3]) -> [Verdict; 2] {
    let cell = |(case, loss): (Case, f64)| {
        let trained = |noise: f64| Trained {
            curve: vec![(1, 9.0), (2, loss + if case == Case::Tied { noise } else { 0.0 })],
            exact: Exact { wrong, negative: 0.5 },
            example: (Vec::new(), Vec::new(), 0.0),
        };
        let outcomes = [-1e-3, 0.0, 1e-3].map(trained).to_vec();
        Cell { case, learning_rate: 1.0, score: Score(1.0, 0.0), outcomes }
    };
    let cells: Vec<Cell> = Case::ALL.into_iter().zip(losses).map(cell).collect();
    parts(&cells).map(|part| part.verdict)
}

#[test]
fn the_criterion_can_come_out_each_way() {
    use Verdict::{NotShown, Reverse, Shown, Undecided};
    assert_eq!(judged(0.0, [4.0, 4.1, 4.0]), [Shown; 2]);
    assert_eq!(judged(2.0 * ROUNDING, [4.0, 4.1, 4.0]), [NotShown, Shown]);
    assert_eq!(judged(f64::NAN, [4.0, 4.1, 4.0]), [NotShown, Shown]);
    assert_eq!(judged(0.0, [4.0, 4.01, 4.5]), [Shown, NotShown]);
    assert_eq!(judged(0.0, [4.0, 3.9, 4.5]), [Shown, Reverse]);
    assert_eq!(judged(0.0, [4.0, 4.021, 4.5]), [Shown, Undecided]);
}

#[test]
fn a_score_that_is_no_product_is_noticed() {
    let products = array![[1.0, -2.0], [0.5, 0.0]];
    assert_eq!(difference(&products, &products), 0.0);
    assert_eq!(difference(&array![[1.0, -2.0], [0.5, 0.1]], &products), 0.05);
}

#[test]
fn probabilities_are_positive_and_sum_to_one() {
    let found = probabilities(&[2_f64.ln() + 700.0, 700.0, f64::NEG_INFINITY]);
    let expected = [2.0 / 3.0, 1.0 / 3.0, 0.0];
    assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12), "{found:?}");
}

#[test]
fn two_tables_have_as_many_parameters_when_they_are_narrower() {
    let session = Session::new(Budget::Standard, vec![1], data::corpus::book(), Progress::Quiet);
    let predicting = Predicting::new(&session).unwrap();
    let [tied, narrower, wide] = Case::ALL.map(|case| predicting.parameters(case));
    assert!(narrower.abs_diff(tied) < tied / 20, "{narrower} and {tied}");
    assert_eq!(wide - tied, predicting.of_tables(Case::Tied));
}
