//! The criterion of C10.

use super::evidence::Evidence;
use crate::verdict::Verdict;

fn evidence() -> Evidence {
    Evidence {
        numbers: true,
        future_not_zero: 0,
        past_not_zero: 9,
        leaks_found: 4,
        chains: vec![40, 40],
        right: vec![1e-6, -2e-6, 0.0],
        leaking: vec![2.0, 2.1, 1.9],
    }
}

#[test]
fn the_criterion_can_fail_in_every_part() {
    let verdict = |evidence: Evidence| evidence.verdict();
    assert_eq!(verdict(evidence()), Verdict::Shown);
    assert_eq!(verdict(Evidence { numbers: false, ..evidence() }), Verdict::NotShown);
    assert_eq!(verdict(Evidence { right: vec![f64::NAN, 0.0, 0.0], ..evidence() }), Verdict::NotShown);
    assert_eq!(verdict(Evidence { future_not_zero: 1, ..evidence() }), Verdict::NotShown);
    assert_eq!(verdict(Evidence { past_not_zero: 0, ..evidence() }), Verdict::NotShown);
    assert_eq!(verdict(Evidence { leaks_found: 0, ..evidence() }), Verdict::NotShown);
    assert_eq!(verdict(Evidence { chains: vec![40, 80], ..evidence() }), Verdict::NotShown);
    assert_eq!(verdict(Evidence { right: vec![0.0, 0.1, 0.0], ..evidence() }), Verdict::NotShown);
    assert_eq!(verdict(Evidence { leaking: vec![0.01, 0.02, 0.0], ..evidence() }), Verdict::NotShown);
    let unsure = Evidence { leaking: vec![0.1, 2.0, 0.2], ..evidence() };
    assert_eq!(verdict(unsure), Verdict::Undecided);
}
