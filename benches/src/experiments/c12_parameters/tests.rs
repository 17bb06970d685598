//! The criterion of C12.

use super::{findings::size, *};

#[test]
fn step_01_the_criterion_can_fail() {
    assert_eq!(verdict(&[0.51, 0.9]), Verdict::Shown);
    assert_eq!(verdict(&[0.51, 0.45]), Verdict::NotShown);
    assert_eq!(verdict(&[0.1, 0.45]), Verdict::Reverse);
    assert_eq!(verdict(&[0.5]), Verdict::NotShown);
}

/// V = 5, C = 3, L = 2, D = 4, no biases.
#[test]
fn step_02_parts_are_counted_by_name() {
    let counts = count(&GptConfig::new(5, 3, 2, 4, 2)).unwrap();
    let by_hand = Counts {
        token_embedding: 5 * 4,
        positions: 3 * 4,
        attention: 2 * 4 * 4 * 4,
        feed_forward: 2 * 8 * 4 * 4,
        norms: 5 * 4,
        head: 0,
    };
    assert_eq!(counts, by_hand);
    assert_eq!(part(&mut Counts::default(), "h.0.gate.weight"), None);
}

#[test]
fn step_03_biases_count_with_their_part() {
    let mut config = GptConfig::new(50_257, 1_024, 1, 64, 4);
    config.block.bias = true;
    let counts = count(&config).unwrap();
    assert_eq!(counts.attention, 4 * 64 * 64 + 4 * 64);
    assert_eq!(counts.feed_forward, 8 * 64 * 64 + 5 * 64);
    assert_eq!(counts.norms, 3 * 2 * 64);
}

#[test]
fn step_04_sizes_in_words() {
    assert_eq!(size(5_392), "5,392");
    assert_eq!(size(124_439_808), "124 million");
    assert_eq!(size(6_738_415_616), "6.74 billion");
}

/// GPT-2 itself is the counterexample.
#[test]
fn step_05_the_experiment_runs() {
    let session =
        Session::new(crate::budget::Budget::Quick, vec![1], data::corpus::book(), report::progress::Progress::Quiet);
    let finding = run(&session).unwrap();
    assert_eq!(finding.verdict, Verdict::NotShown);
    assert!(finding.answer.contains("GPT-2 (45.5 %)"), "{}", finding.answer);
}
