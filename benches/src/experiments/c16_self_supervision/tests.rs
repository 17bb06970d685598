use super::{
    measuring::{AT_PRESET, Case, Cell},
    settings::Setting,
    *,
};
use crate::study::{grid::Score, parts::verdict};

/// Losses of rnn, lstm and gpt, the same after little text, and distances to the best loss, on three seeds; the bar is 2.
fn judged(losses: [f64; 3], little: [f64; 3], distances: [f64; 3]) -> Verdict {
    let preset = Setting::preset(8);
    let cell = |stage, setting, loss: f64| {
        let curve = |loss: f64| LearningCurve { points: vec![(1, loss)], time: None };
        let outcomes = [loss - 1e-3, loss, loss + 1e-3].map(curve).to_vec();
        Cell { case: Case { stage, setting }, learning_rate: 1.0, score: Score(0.0, 0.0), outcomes }
    };
    let mut cells = vec![cell(AT_PRESET[2], preset, 9.0)];
    for (setting, losses) in
        [(preset, losses), (Factor::Text.around(preset)[0], little), (Setting::language(ORDER, 8), distances)]
    {
        cells.extend(STAGES.into_iter().zip(losses).map(|(stage, loss)| cell(stage, setting, loss)));
    }
    let counted = vec![(preset, [4.0, 3.0, 2.0])];
    verdict(&parts(&Measured { preset, vocabulary: 9, characters: 99, factors: &Factor::ALL, cells, counted }))
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
