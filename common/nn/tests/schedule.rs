//! Learning rates against nanoGPT's `get_lr`, and what every schedule must keep.

use nn::{Decay, Schedule};
use proptest::prelude::*;

#[test]
fn cosine_gives_the_rates_of_nanogpt() {
    let schedule = Schedule { decay: Decay::Cosine, peak: 1e-3, minimum: 1e-4, warmup: 100, end: 2000 };
    // python: get_lr(it) with learning_rate=1e-3, min_lr=1e-4, warmup_iters=100, lr_decay_iters=2000
    let golden = [
        (0, 9.900990099009901e-06),
        (1, 1.9801980198019803e-5),
        (50, 0.000504950495049505),
        (99, 0.0009900990099009901),
        (100, 0.001),
        (101, 0.0009999993848585915),
        (500, 0.0009051132292283772),
        (1050, 0.00055),
        (1999, 0.00010000061514140841),
        (2000, 0.0001),
        (2001, 0.0001),
    ];
    for (step, rate) in golden {
        assert!((schedule.at(step) / rate - 1.0).abs() < 1e-14, "step {step}: {} instead of {rate}", schedule.at(step));
    }
}

#[test]
fn linear_falls_in_a_straight_line_and_constant_stays() {
    let linear = Schedule { decay: Decay::Linear, peak: 1.0, minimum: 0.5, warmup: 3, end: 7 };
    let rates: Vec<_> = (0..9).map(|step| linear.at(step)).collect();
    assert_eq!(rates, [0.25, 0.5, 0.75, 1.0, 0.875, 0.75, 0.625, 0.5, 0.5]);
    let constant = Schedule { warmup: 1, ..Schedule::constant(2.0) };
    assert_eq!([0, 1, 1_000_000].map(|step| constant.at(step)), [1.0, 2.0, 2.0]);
}

#[test]
fn the_transformers_schedule_is_that_of_the_paper() {
    // lrate = d^-0.5 · min(n^-0.5, n · warmup^-1.5), n counted from 1
    for (width, warmup) in [(512_usize, 4000_u64), (64, 1), (128, 7)] {
        let schedule = Schedule::transformer(width, warmup);
        for n in [1, 2, warmup, warmup + 1, 10 * warmup, 1_000_000] {
            let (d, w, n_th) = (width as f64, warmup as f64, n as f64);
            let rate = d.powf(-0.5) * n_th.powf(-0.5).min(n_th * w.powf(-1.5));
            let ours = schedule.at(n - 1);
            assert!((ours / rate - 1.0).abs() < 1e-12, "step {n}: {ours} instead of {rate}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rates_rise_to_the_peak_and_fall_to_the_minimum(
        linear: bool, warmup in 0..50_u64, length in 0..50_u64, minimum in 0.0..1.0, above in 0.01..1.0
    ) {
        let decay = if linear { Decay::Linear } else { Decay::Cosine };
        let schedule = Schedule { decay, peak: minimum + above, minimum, warmup, end: warmup + length };
        for step in 0..warmup + length + 3 {
            let (now, next) = (schedule.at(step), schedule.at(step + 1));
            prop_assert!(now > 0.0 || step >= warmup);
            prop_assert!(now <= schedule.peak + 1e-12);
            if step + 1 < warmup || (step < warmup && length > 0) {
                prop_assert!(now < next);
            } else if step >= warmup {
                prop_assert!(now >= next && next >= minimum - 1e-12);
            }
        }
        prop_assert_eq!(schedule.at(warmup + length), minimum);
    }
}
