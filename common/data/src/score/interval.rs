//! How far a score can be trusted: what other sentences of the same kind would have given.

use std::iter::Sum;

use ndarray_rand::rand::Rng;

use crate::random::stream;

/// How many samples [`bootstrap`] draws.
const SAMPLES: u64 = 1_000;

/// How many of their scores are left out at either end: 2.5 %.
const OUTSIDE: usize = 25;

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// From the lower to the upper end of a 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The 95 % interval of a score of sentences whose `statistics` add up, such as [`BleuStatistics`](super::BleuStatistics).
///
/// As many sentences as there are are drawn with replacement, 1,000 times, and the score of each such sample is taken;
/// between the lowest and the highest 2.5 % of these lies the interval (Efron 1979; of BLEU, Koehn 2004). It tells of the
/// choice of sentences alone: another training of the same model is another matter.
///
/// Sample i of a `seed` holds the same places whatever the score, so that scores of the same sentences can be compared.
/// Where all sentences are alike, so are all samples, and the interval is a point; of a share, [`share`] knows better.
///
/// # Panics
/// If there are no sentences.
///
/// ```
/// use data::score::{Chrf, bootstrap};
///
/// let chrf = Chrf::default();
/// let statistics = [("una novela", "una novela"), ("la idea", "una idea"), ("son las dos", "es la una")]
///     .map(|(said, right)| chrf.statistics(said, &[right]));
/// let interval = bootstrap(&statistics, 1, |sum| sum.score());
/// let whole = statistics.into_iter().sum::<data::score::ChrfStatistics>().score();
/// assert!(interval.low < whole && whole < interval.high && interval.high == 100.0); // thrice the first
/// ```
#[track_caller]
pub fn bootstrap<S: Copy + Sum>(statistics: &[S], seed: u64, score: impl Fn(&S) -> f64) -> Interval {
    assert!(!statistics.is_empty(), "bootstrap: there are no sentences");
    let sample = |number| {
        let mut rng = stream(seed, number, "bootstrap");
        score(&statistics.iter().map(|_| statistics[rng.random_range(..statistics.len())]).sum())
    };
    let mut scores: Vec<f64> = (0..SAMPLES).map(sample).collect();
    scores.sort_unstable_by(f64::total_cmp);
    Interval { low: scores[OUTSIDE], high: scores[scores.len() - 1 - OUTSIDE] }
}

/// The 95 % interval of the share that `hits` of `count` is an estimate of (Wilson 1927). Unlike the bootstrap it has a
/// width where all of few are hits, or none.
///
/// # Panics
/// If nothing is counted, or there are more hits.
///
/// ```
/// let interval = data::score::share(81, 263); // an example of Newcombe 1998, table I
/// assert_eq!(format!("{:.4} to {:.4}", interval.low, interval.high), "0.2553 to 0.3662");
/// ```
#[track_caller]
pub fn share(hits: usize, count: usize) -> Interval {
    assert!(count > 0 && hits <= count, "share: {hits} of {count}");
    let n = count as f64;
    let p = hits as f64 / n;
    let center = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let reach = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    Interval { low: (center - reach).max(0.0), high: (center + reach).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{Bleu, BleuStatistics};

    /// The mean of n numbers of variance v is nearly normal with variance v/n. Two ends of 1,000 samples are known to
    /// about a twentieth of the interval.
    #[test]
    fn step_01_the_interval_of_a_mean_is_that_of_the_normal_distribution() {
        let n = 400;
        let numbers: Vec<f64> = (0..n).map(|i| f64::from(i % 20)).collect(); // mean 9.5, variance (20² - 1)/12
        let reach = Z * (399.0_f64 / 12.0 / f64::from(n)).sqrt();
        for seed in 0..5 {
            let Interval { low, high } = bootstrap(&numbers, seed, |sum| sum / f64::from(n));
            assert!((low - (9.5 - reach)).abs() < 0.2 * reach, "{low}, expected {}", 9.5 - reach);
            assert!((high - (9.5 + reach)).abs() < 0.2 * reach, "{high}, expected {}", 9.5 + reach);
        }
    }

    #[test]
    fn step_02_a_seed_gives_the_same_interval_and_others_nearly_the_same() {
        let bleu = Bleu::default();
        let said = ["la casa es vieja hoy", "el perro es blanco", "ella canta muy bien", "son las dos y media"];
        let right = ["la casa es muy vieja hoy", "el perro es blanco", "ella cantaba bien", "son las tres y media"];
        let of_one = |i: usize| bleu.statistics(said[i % 4], &[right[i % 4]]);
        let statistics: Vec<BleuStatistics> = (0..200).map(of_one).collect();
        let interval = |seed| bootstrap(&statistics, seed, |sum| bleu.score(sum).score);
        let whole = bleu.score(&statistics.iter().copied().sum()).score;
        assert_eq!(interval(1), interval(1));
        assert_ne!(interval(1), interval(2));
        for seed in 1..4 {
            let Interval { low, high } = interval(seed);
            assert!(low < whole && whole < high && high - low < 12.0, "{whole}, {low} to {high}");
        }
    }

    #[test]
    fn step_03_sentences_that_are_all_alike_give_a_point() {
        assert_eq!(bootstrap(&[2.0; 7], 1, |sum| sum / 7.0), Interval { low: 2.0, high: 2.0 });
    }

    /// Newcombe 1998, *Two-sided confidence intervals for the single proportion*, table I, method 3.
    #[test]
    fn step_04_shares_agree_with_the_printed_table() {
        for (hits, count, expected) in [
            (81, 263, [0.2553, 0.3662]),
            (15, 148, [0.0624, 0.1605]),
            (0, 20, [0.0, 0.1611]),
            (1, 29, [0.0061, 0.1718]),
        ] {
            let Interval { low, high } = share(hits, count);
            for (end, expected) in [low, high].into_iter().zip(expected) {
                assert!((end - expected).abs() < 5e-5, "{hits} of {count}: {end}, expected {expected}");
            }
            let other = share(count - hits, count);
            assert!((other.low - (1.0 - high)).abs() < 1e-12 && (other.high - (1.0 - low)).abs() < 1e-12);
        }
        assert_eq!(share(5, 5).high, 1.0);
    }

    #[test]
    #[should_panic(expected = "there are no sentences")]
    fn step_05_no_sentences_have_no_interval() {
        bootstrap(&[0.0; 0], 1, |sum| *sum);
    }
}
