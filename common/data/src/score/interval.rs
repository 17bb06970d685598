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
/// A sample may leave a score undefined, as one of short sentences does BLEU. It could then have had any score, so it is
/// counted below the lower end and above the upper one. `None` if more than 2.5 % of the samples are such: then there is
/// nothing to say of either end.
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
/// let interval = bootstrap(&statistics, 1, |sum| sum.score()).unwrap();
/// let whole = statistics.into_iter().sum::<data::score::ChrfStatistics>().score().unwrap();
/// assert!(interval.low < whole && whole < interval.high && interval.high == 100.0); // thrice the first
/// ```
#[track_caller]
pub fn bootstrap<S: Copy + Sum>(statistics: &[S], seed: u64, score: impl Fn(&S) -> Option<f64>) -> Option<Interval> {
    assert!(!statistics.is_empty(), "bootstrap: there are no sentences");
    let sample = |number| {
        let mut rng = stream(seed, number, "bootstrap");
        score(&statistics.iter().map(|_| statistics[rng.random_range(..statistics.len())]).sum())
    };
    let mut scores: Vec<f64> = (0..SAMPLES).filter_map(sample).collect();
    scores.sort_unstable_by(f64::total_cmp);
    let outside = (OUTSIDE + scores.len()).checked_sub(SAMPLES as usize)?;
    Some(Interval { low: scores[outside], high: scores[scores.len() - 1 - outside] })
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
    // Of none and of all the ends are 0 and 1, which rounding would miss.
    let low = if hits == 0 { 0.0 } else { center - reach };
    let high = if hits == count { 1.0 } else { center + reach };
    Interval { low, high }
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
            let Interval { low, high } = bootstrap(&numbers, seed, |sum| Some(sum / f64::from(n))).unwrap();
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
        let interval = |seed| bootstrap(&statistics, seed, |sum| bleu.score(sum).score).unwrap();
        let whole = bleu.score(&statistics.iter().copied().sum()).score.unwrap();
        assert_eq!(interval(1), interval(1));
        assert_ne!(interval(1), interval(2));
        for seed in 1..4 {
            let Interval { low, high } = interval(seed);
            assert!(low < whole && whole < high && high - low < 12.0, "{whole}, {low} to {high}");
        }
    }

    #[test]
    fn step_03_sentences_that_are_all_alike_give_a_point() {
        assert_eq!(bootstrap(&[2.0; 7], 1, |sum| Some(sum / 7.0)), Some(Interval { low: 2.0, high: 2.0 }));
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
        for count in 1..2000 {
            assert_eq!((share(0, count).low, share(count, count).high), (0.0, 1.0));
        }
    }

    #[test]
    #[should_panic(expected = "there are no sentences")]
    fn step_05_no_sentences_have_no_interval() {
        bootstrap(&[0.0; 0], 1, |sum| Some(*sum));
    }

    /// Of 23 right translations one has four words, and a sample lacks it with a probability of (22/23)²³ = 0.36; of
    /// 23 with five such, (18/23)²³ = 0.004.
    #[test]
    fn step_06_samples_without_a_score_could_have_had_any() {
        let bleu = Bleu::default();
        let interval = |long: usize| {
            let right = |i| if i < long { "son las dos y media" } else { "son las dos" };
            let statistics: Vec<BleuStatistics> = (0..23).map(|i| bleu.statistics(right(i), &[right(i)])).collect();
            bootstrap(&statistics, 1, |sum| bleu.score(sum).score.map(f64::round))
        };
        assert_eq!([0, 1].map(interval), [None; 2]);
        assert_eq!(interval(5), Some(Interval { low: 100.0, high: 100.0 }));

        let rarely = |limit: f64| bootstrap(&[0.0, 1.0, 2.0, 3.0, 4.0], 1, move |sum| (*sum > limit).then_some(*sum));
        let [all, most] = [-1.0, 3.0].map(|limit| rarely(limit).unwrap());
        assert!(most.low < all.low + 2.0 && most.high >= all.high, "{all:?} {most:?}");
        assert_eq!(rarely(5.0), None);
    }
}
