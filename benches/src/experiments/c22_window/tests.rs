use super::{
    reading::{LIMITS, Said},
    recall::{DISTANCES, STAGES},
    *,
};
use crate::verdict::Verdict;

/// Changes that did what they should not have done, what is recalled at the edge of the window and behind it, by how much the
/// loss falls within the window, and texts that are too long or too short.
fn verdicts(wrong_changes: [usize; 2], right: [f64; 2], lowered: f64, wrong_texts: usize) -> [Verdict; 6] {
    let [inside_without_effect, outside_with_effect] = wrong_changes;
    let changes = Changes { inside: 9, inside_without_effect, outside: 9, outside_with_effect };
    let noises = [-1e-3, 0.0, 1e-3];
    let recalled = |stage| {
        let at = |distance| if distance <= WINDOW { right[0] } else { right[1] };
        noises.map(|noise| Recalled { stage, right: DISTANCES.map(|distance| at(distance) + noise).to_vec() })
    };
    let read = |noise: f64| {
        let losses = (0..reading::WINDOW).map(|at| if at < 4 { 3.0 + lowered + noise } else { 3.0 }).collect();
        let said = Said { endless: 1.0, ended: 1.0, cut: 0.0, right: 9 - wrong_texts, texts: 9 };
        Read { changes, influence: Vec::new(), losses, said: vec![said; LIMITS.len()] }
    };
    let found = Found { recalled: STAGES.map(recalled).concat(), read: noises.map(read).to_vec() };
    found.parts().map(|part| part.verdict)
}

#[test]
fn the_criterion_can_fail_in_every_part() {
    use Verdict::{NotShown, Reverse, Shown};
    let guessing = 1.0 / SYMBOLS as f64;
    assert_eq!(verdicts([0, 0], [0.99, guessing], 0.5, 0), [Shown; 6]);
    assert_eq!(verdicts([1, 2], [0.6, 0.6], 0.0, 1), [NotShown; 6]);
    assert_eq!(verdicts([0, 0], [guessing, 0.9], -0.5, 0), [Shown, Shown, Reverse, NotShown, Reverse, Shown]);
}
