use super::*;
use crate::budget::Budget;
use report::progress::Progress;

/// A model of one layer of width 10 with such parts.
fn model([token_embedding, attention, feed_forward]: [u64; 3]) -> CountedModel {
    let parts = Parts { token_embedding, attention, feed_forward, ..Parts::default() };
    CountedModel::new(String::new(), [1, 10], parts, None)
}

#[test]
fn step_01_the_criterion_can_fail() {
    let [large, small] = [[390, 400, 800], [410, 400, 800]].map(model);
    assert_eq!(verdict(&[large, small]), Verdict::Shown);
    assert_eq!(verdict(&[model([100, 800, 400])]), Verdict::NotShown, "attention holds more");
    assert_eq!(verdict(&[model([390, 450, 800])]), Verdict::NotShown, "large enough, and less than half");
    assert_eq!(verdict(&[model([410, 350, 800])]), Verdict::NotShown, "too small, and more than half");
}

/// GPT-2 itself is too small for its vocabulary.
#[test]
fn step_02_the_condition_fits_every_model() {
    let session = Session::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet);
    let finding = run(&session).unwrap();
    assert_eq!(finding.verdict, Verdict::Shown);
    assert!(finding.answer.contains("GPT-2 (45.5 %)"), "{}", finding.answer);
}
