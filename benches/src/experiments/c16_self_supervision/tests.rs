use std::array;

use super::{
    languages::{self, LanguageCase},
    settings::Setting,
    text::{self, AT_PRESET, TextCase},
    *,
};
use crate::study::{
    grid::{self, Score},
    parts::verdict,
};

/// Three seeds.
fn cell<C>(case: C, loss: f64) -> grid::Cell<C, LearningCurve> {
    let curve = |loss: f64| LearningCurve { points: vec![(1, loss)], time: None };
    let outcomes = [loss - 1e-3, loss, loss + 1e-3].map(curve).to_vec();
    grid::Cell { case, learning_rate: 1.0, score: Score(0.0, 0.0), outcomes }
}

/// Losses of rnn, lstm and gpt, the same after little text, and distances to the best loss; the bar is 2.
fn judged(losses: [f64; 3], little: [f64; 3], distances: [f64; 3]) -> Verdict {
    let preset = Setting::preset(8);
    let at = |setting, losses: [f64; 3]| {
        array::from_fn::<text::Cell, 3, _>(|i| cell(TextCase { stage: STAGES[i], setting }, losses[i]))
    };
    let mut cells = at(preset, losses).to_vec();
    cells.push(cell(TextCase { stage: AT_PRESET[2], setting: preset }, 9.0));
    cells.extend(at(Factor::Text.around(preset)[0], little));
    let text = OnText { preset, vocabulary: 9, characters: 99, cells, counted: vec![(preset, [4.0, 3.0, 2.0])] };
    let on_language = |i: usize| cell(LanguageCase { order: ORDER, stage: STAGES[i] }, distances[i]);
    let languages: [languages::Cell; 3] = array::from_fn(on_language);
    verdict(&parts(&text, &languages))
}

#[test]
fn the_criterion_can_fail_in_every_part() {
    let (good, little, close) = ([1.9, 1.8, 1.7], [3.0; 3], [0.01; 3]);
    assert_eq!(judged(good, little, close), Verdict::Shown);
    assert_eq!(judged([2.2, 1.8, 1.7], little, close), Verdict::NotShown);
    assert_eq!(judged([2.0, 1.8, 1.7], little, close), Verdict::Undecided);
    assert_eq!(judged(good, [3.0, 1.7, 3.0], close), Verdict::NotShown);
    assert_eq!(judged(good, little, [0.01, 0.2, 0.01]), Verdict::NotShown);
}
