use super::*;
use crate::budget::Budget;
use report::progress::Progress;

/// A model of one layer of width 10 with such parts.
fn model([token_embedding, attention, feed_forward]: [u64; 3]) -> CountedModel {
    let parts = Parts { token_embedding, attention, feed_forward, ..Parts::default() };
    CountedModel::new(String::new(), [1, 10], parts)
}

#[test]
fn step_01_the_criterion_can_fail() {
    use Verdict::{NotShown, Shown};
    let verdicts = |models: &[CountedModel]| parts(models).map(|part| part.verdict);
    let [large, small] = [[390, 400, 800], [410, 400, 800]].map(model);
    assert_eq!(verdicts(&[large, small]), [Shown; 2]);
    assert_eq!(verdicts(&[model([100, 800, 400])]), [NotShown; 2], "attention holds more");
    assert_eq!(verdicts(&[model([390, 450, 800])]), [Shown, NotShown], "large enough, and less than half");
    assert_eq!(verdicts(&[model([410, 350, 800])]), [Shown, NotShown], "too small, and more than half");
}

/// GPT-2 itself is too small for its vocabulary; T5 1.1 base is large enough by the rule and has less than half.
#[test]
fn step_02_the_condition_fits_all_models_but_one() {
    let session = Session::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet);
    let finding = run(&session).unwrap();
    assert_eq!(finding.verdict, Verdict::NotShown);
    for told in ["In part.", "GPT-2 (45.5 %)", "all but T5 1.1 base"] {
        assert!(finding.answer.contains(told), "{told}: {}", finding.answer);
    }
}
