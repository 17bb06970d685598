use super::questions::Job;
use super::*;

/// Accuracies without positions, with sinusoidal and with learned ones on the question about order, and without
/// positions on the other.
fn found([none, sinusoidal, learned, more]: [f64; 4]) -> Found {
    let moved = |place: Place| vec![place.allowed().unwrap_or(0.5); 3];
    let permuted = Place::ALL.map(|place| Permuted { place, moved: moved(place) }).into();
    let learned_positions = POSITIONS[2].0;
    let cases = [
        (Question::First, Positions::None, none),
        (Question::First, Positions::Sinusoidal, sinusoidal),
        (Question::First, learned_positions, learned),
        (Question::More, Positions::None, more),
    ];
    let trained = cases.into_iter().flat_map(|(question, positions, accuracy)| {
        [1, 2, 3].map(|seed| Trained {
            job: Job { question, positions, seed },
            curve: vec![(1, accuracy + 1e-3 * seed as f64)],
            parameters: 1,
        })
    });
    Found { permuted, trained: trained.collect() }
}

#[test]
fn the_criterion_can_fail_in_every_part() {
    let good = [0.5, 0.95, 0.95, 0.95];
    let verdict = |found: Found| found.verdict();
    assert_eq!(verdict(found(good)), Verdict::Shown);
    assert_eq!(verdict(found([0.9, 0.95, 0.95, 0.95])), Verdict::NotShown);
    assert_eq!(verdict(found([0.5, 0.6, 0.95, 0.95])), Verdict::NotShown);
    assert_eq!(verdict(found([0.5, 0.95, 0.6, 0.95])), Verdict::NotShown);
    assert_eq!(verdict(found([0.5, 0.95, 0.95, 0.6])), Verdict::NotShown);
    for (i, place) in Place::ALL.into_iter().enumerate() {
        let mut broken = found(good);
        broken.permuted[i].moved[1] = place.allowed().map_or(1e-4, |rounding| 2.0 * rounding + 1e-15);
        let expected = if place == Place::Causal { Verdict::Shown } else { Verdict::NotShown };
        assert_eq!(verdict(broken), expected, "{place:?}");
    }
}
