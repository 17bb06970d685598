use super::*;
use crate::study::grid::Score;

/// The errors of the equation's map, of one fitted to sinusoids and of those fitted to random vectors, and the loss beyond the
/// training length above that of a long training, which is 0.1 where they were trained.
fn verdicts(rotation: f64, sinusoidal: f64, random: f64, excess: f64) -> [Verdict; 4] {
    after([0.1, excess], [rotation, sinusoidal, random])
}

/// The loss where GPTs were trained, and how much more it is beyond; and the three errors.
fn after([loss, excess]: [f64; 2], [rotation, sinusoidal, random]: [f64; 3]) -> [Verdict; 4] {
    let fitted = |beyond| vec![Fitted { offset: 1, inside: 0.0, beyond }];
    let cell = |case: Case| {
        let above = if case.trained == SHORT { excess } else { 0.0 };
        let outcomes = [-1e-3, 0.0, 1e-3].map(|noise| {
            let losses = (0..16).map(|bucket| if bucket < 4 { loss } else { loss + above + noise * above }).collect();
            Trained { losses, maps: Vec::new() }
        });
        Cell { case, learning_rate: 1.0, score: Score(1.0, 0.0), outcomes: outcomes.to_vec() }
    };
    let cells = Case::all().into_iter().map(cell).collect();
    let random = [-1e-3, 0.0, 1e-3].map(|noise| fitted(random + noise)).to_vec();
    Found { rotation, sinusoidal: fitted(sinusoidal), random, cells }.parts().map(|part| part.verdict)
}

#[test]
fn the_criterion_can_fail_in_every_part() {
    use Verdict::{NotShown, Shown};
    assert_eq!(verdicts(1e-7, 1e-3, 1.0, 0.01), [Shown; 4]);
    assert_eq!(verdicts(1e-3, 0.1, 0.2, 1.0), [NotShown; 4]);
    assert_eq!(verdicts(1e-7, f64::NAN, 1.0, -0.4), [Shown, Shown, NotShown, NotShown]);
    // GPTs that have not learned the task tell nothing.
    assert_eq!(after([2.0, 0.0], [1e-7, 1e-3, 1.0])[3], Verdict::Undecided);
}

#[test]
fn the_equations_map_holds_at_every_position_and_a_fitted_one_where_it_was_fitted() {
    assert!(rotation() <= ROTATION);
    let fitted = maps::fit(sinusoidal(LONG, WIDTH).mapv(f64::from).view());
    assert!(fitted.iter().all(|fitted| fitted.inside <= ROTATION));
}
