use super::*;

#[test]
fn step_01_quantiles_agree_with_the_printed_table() {
    for (degrees, expected) in [(1, 12.706_205), (2, 4.302_653), (4, 2.776_445), (9, 2.262_157), (30, 2.042_272)] {
        let t = t_975(degrees);
        assert!((t - expected).abs() < 1e-5, "{degrees} degrees of freedom: {t}, expected {expected}");
    }
}

#[test]
fn step_02_three_values_by_hand() {
    // Mean 4, deviations -2, -1, 3, squares 4 + 1 + 9 = 14, variance 7; half width 4.302653 sqrt(7 / 3).
    let s = Summary::of(&[2.0, 3.0, 7.0]);
    assert_eq!((s.n, s.mean), (3, 4.0));
    assert!((s.high() - 10.572_410).abs() < 1e-5, "{s:?}");
    assert!((s.low() + 2.572_410).abs() < 1e-5, "{s:?}");
}

#[test]
fn step_03_one_value_has_no_interval() {
    let s = Summary::of(&[1.5]);
    assert_eq!(s.reach, None);
    assert_eq!((s.low(), s.high()), (1.5, 1.5));
    assert_eq!(s.to_string(), "1.5");
}

#[test]
fn step_04_pairing_removes_what_the_seed_does_to_both() {
    let (a, b) = ([1.0, 5.0, 9.0], [0.5, 4.5, 8.5]);
    let paired = Summary::of_differences(&a, &b);
    assert_eq!((paired.mean, paired.reach), (0.5, Some(Reach::Plus(0.0))));
    assert!(Summary::of(&a).high() - 5.0 > 9.0);
}

#[test]
#[should_panic(expected = "3 values against 2")]
fn step_05_pairs_need_equal_lengths() {
    Summary::of_differences(&[1.0, 2.0, 3.0], &[1.0, 2.0]);
}

#[test]
fn step_06_magnitudes_are_averaged_by_their_logarithms() {
    // Logarithms to base 10: -6, -4, -2; mean -4, deviation 2, half width 4.302653 · 2 / sqrt(3) = 4.968276.
    let s = Summary::of_magnitudes(&[1e-6, 1e-4, 1e-2]);
    assert!((s.mean / 1e-4 - 1.0).abs() < 1e-12, "{s:?}");
    assert!((s.high().log10() - 0.968_276).abs() < 1e-5 && (s.low().log10() + 8.968_276).abs() < 1e-5, "{s:?}");
    assert_eq!(Summary::of_magnitudes(&[0.25]).reach, None);
}

#[test]
fn step_07_no_share_is_below_nothing_or_above_all() {
    // Mean 0.7, deviations 0.3, 0.3, -0.6, variance 0.54 / 2; half width 4.302653 sqrt(0.27 / 3) = 1.290796.
    assert!((Summary::of(&[1.0, 1.0, 0.1]).high() - 1.990_796).abs() < 1e-5);
    let cut = Summary::of_shares(&[1.0, 1.0, 0.1]);
    assert_eq!((cut.low(), cut.high(), cut.to_string().as_str()), (0.0, 1.0, "0.70 (0.00 to 1.00)"));
    assert_eq!(Summary::of_shares(&[1.0, 1.0]).to_string(), "1 ± 0");
    assert_eq!(Summary::of_shares(&[0.4, 0.41]), Summary::of(&[0.4, 0.41]));
}

#[test]
fn step_09_digits_follow_the_interval() {
    assert_eq!(Summary::of(&[123_456_788.0, 123_456_789.0, 123_456_790.0]).to_string(), "123,456,789.0 ± 2.5");
    assert_eq!(Summary::of_magnitudes(&[1000.0, 1001.0, 1002.0]).to_string(), "1,001.0 ×÷ 1.0025");
}

#[test]
#[should_panic(expected = "[0.5, 1.2] are no shares")]
fn step_08_a_share_lies_between_nothing_and_all() {
    Summary::of_shares(&[0.5, 1.2]);
}

#[test]
fn step_10_no_maximum_hides_what_is_not_a_number() {
    assert_eq!((largest([]), largest([0.5, 2.0, 1.0])), (0.0, 2.0));
    assert!(largest([1.0, f64::NAN, 3.0]).is_nan() && largest([f64::NAN]).is_nan());
    assert_eq!((range([]), range([2.0, -1.0, 0.5])), ([f64::INFINITY, f64::NEG_INFINITY], [-1.0, 2.0]));
    for values in [[f64::NAN, 1.0, 3.0], [1.0, -f64::NAN, 3.0], [1.0, 3.0, f64::NAN]] {
        assert!(range(values).iter().all(|end| end.is_nan()), "{values:?}");
        assert!(median(values.to_vec()).is_nan(), "{values:?}");
        let shares = Summary::of_shares(&values.map(|value| value / 4.0));
        assert!(shares.mean.is_nan() && shares.low().is_nan() && shares.high().is_nan(), "{shares:?}");
    }
    assert_eq!((median(vec![3.0, 1.0, 2.0]), median(vec![4.0, 1.0])), (2.0, 2.5));
}

#[test]
fn step_11_what_is_not_a_number_has_lost() {
    for nan in [f64::NAN, -f64::NAN] {
        assert_eq!([nan, f64::INFINITY, 1.0].into_iter().min_by(by_size), Some(1.0));
        assert!([1.0, nan, 2.0].into_iter().max_by(by_size).unwrap().is_nan());
    }
}

#[test]
fn step_08_the_choice_of_questions_counts_beside_the_seeds() {
    // Wilson's interval of 0.9 of 100: (0.8256, 0.9448). Seeds that agree leave it alone.
    let agreed = Summary::of_right(&[0.9; 3], 100);
    assert!((agreed.low() - 0.825_63).abs() < 1e-4 && (agreed.high() - 0.944_77).abs() < 1e-4, "{agreed:?}");
    let all = Summary::of_right(&[1.0; 3], 100);
    assert!((all.low() - 0.963).abs() < 1e-3 && all.high() == 1.0, "{all:?}");
    let spread = Summary::of_right(&[0.85, 0.9, 0.95], 100);
    let seeds = Summary::of_shares(&[0.85, 0.9, 0.95]);
    assert!(spread.low() < seeds.low().min(agreed.low()), "{spread:?}");
    assert_eq!(Summary::of_right(&[0.9], 100).reach, None);
    let apart = Summary::of_differences_right(&[0.9; 3], &[0.9; 3], 100);
    assert!(apart.low() < -0.08 && apart.high() > 0.08 && apart.mean == 0.0, "{apart:?}");
}

#[test]
fn step_09_fishers_exact_test_by_hand() {
    // Of 8 trainings 4 succeed, all on one side: 1 / (8 choose 4). Of 6, 3: 1 / 20.
    assert!((fisher([4, 4], [0, 4]) - 1.0 / 70.0).abs() < 1e-12);
    assert!((fisher([3, 3], [0, 3]) - 1.0 / 20.0).abs() < 1e-12);
    assert!((fisher([0, 4], [4, 4]) - 1.0).abs() < 1e-12);
    // At least 3 of 4 where 4 of 8 succeed: (1 + 4 * 4) / 70.
    assert!((fisher([3, 4], [1, 4]) - 17.0 / 70.0).abs() < 1e-12);
    assert!((fisher([2, 2], [2, 2]) - 1.0).abs() < 1e-12);
}

#[test]
fn step_12_effects_that_are_combined_have_wider_intervals() {
    let [three, four] = [3.0, 4.0].map(|half| Summary { n: 3, mean: half, reach: Some(Reach::Plus(half)) });
    let less = three.minus(&four);
    assert_eq!((less.low(), less.mean, less.high()), (-6.0, -1.0, 4.0));
    assert_eq!(three.minus(&Summary::exact(1.0)).reach, None);
    // The 98.75 % quantile with two degrees of freedom is 6.205347.
    let either = three.of_several(2);
    assert!((either.high() - 3.0 - 3.0 * 6.205_347 / 4.302_653).abs() < 1e-5, "{either:?}");
    assert!((three.of_several(1).low() - three.low()).abs() < 1e-12);
    assert_eq!(Summary::exact(1.0).of_several(3).reach, None);
}
