use super::{geometry::Near, *};
use crate::{study::grid::Score, verdict::Verdict};

/// The verdicts of the parts when so many words have a neighbour of their class before and after, in the one table of the tied
/// models and in the two of the others.
fn judged(shared: [f64; 2], input: [f64; 2], output: [f64; 2]) -> [Verdict; 3] {
    let cell = |case, tables: &[[f64; 2]]| {
        let learned = |noise: f64| {
            let look = |at: usize| {
                tables.iter().map(|shares| Near { class: shares[at] + at as f64 * noise, rank: 0.0 }).collect()
            };
            let looks = vec![(0, look(0)), (9, look(1))];
            Learned { looks, by_rank: Vec::new(), maps: [Vec::new(), Vec::new()], excess: 0.1 }
        };
        let outcomes = [-1e-3, 0.0, 1e-3].map(learned).to_vec();
        Cell { case, learning_rate: 1.0, score: Score(1.0, 0.0), outcomes }
    };
    let cells = [cell(Tying::Tied, &[shared]), cell(Tying::Untied, &[input, output])];
    parts(&cells).map(|part| part.verdict)
}

const GROWN: [f64; 2] = [0.15, 0.9];

#[test]
fn the_criterion_can_come_out_each_way_in_every_table() {
    use Verdict::{NotShown, Reverse, Shown, Undecided};
    assert_eq!(judged(GROWN, GROWN, GROWN), [Shown; 3]);
    assert_eq!(judged([0.15, 0.3], GROWN, GROWN), [NotShown, Shown, Shown]);
    assert_eq!(judged(GROWN, [0.9, 0.15], GROWN), [Shown, Reverse, Shown]);
    assert_eq!(judged(GROWN, GROWN, [0.15, f64::NAN]), [Shown, Shown, Undecided]);
    assert_eq!(judged([0.15, 0.451], GROWN, GROWN)[0], Undecided);
}
