//! Numbers beside their intervals, which say how many digits mean something.

use super::{fixed, number, superscript};

/// `1.932 ± 0.014`: the half width with two significant digits, the mean to the same place, however far from the point
/// that is. Of equal values, whose half width is 0, the mean has all its digits.
///
/// ```
/// use report::format::with_interval;
/// assert_eq!(with_interval(123_456_789.0, Some(2.48)), "123,456,789.0 ± 2.5");
/// assert_eq!(with_interval(1_234_567.0, Some(12_345.0)), "1,235,000 ± 12,000");
/// ```
pub fn with_interval(mean: f64, half_width: Option<f64>) -> String {
    let Some(half) = half_width.filter(|_| mean.is_finite()) else {
        return number(mean, 4);
    };
    if is_rounding(half, mean) {
        return format!("{} ± 0", all_digits(mean));
    }
    if !half.is_finite() {
        return format!("{} ± {}", number(mean, 4), number(half, 2));
    }
    let [mean, half] = to_place(second_digit(half), [mean, half]);
    format!("{mean} ± {half}")
}

/// `0.70 (0.12 to 1.00)`: all three to the place of the second digit of half the interval.
pub fn with_ends(mean: f64, low: f64, high: f64) -> String {
    let half = (high - low) / 2.0;
    let known = half.is_finite() && mean.is_finite() && !is_rounding(half, mean);
    let texts = if known { to_place(second_digit(half), [mean, low, high]) } else { [mean, low, high].map(all_digits) };
    let [mean, low, high] = texts;
    format!("{mean} ({low} to {high})")
}

/// `1,234.0 ×÷ 1.0042`: how far the factor is from 1 with two significant digits, the mean to the place that this leaves
/// it, with two digits at least.
pub fn with_factor(mean: f64, factor: f64) -> String {
    let more = factor - 1.0;
    if is_rounding(more, 1.0) {
        return format!("{} ×÷ 1", all_digits(mean));
    }
    let known = mean.is_finite() && mean != 0.0 && factor.is_finite();
    if !known {
        return format!("{} ×÷ {}", number(mean, 4), number(factor, 2));
    }
    let [mean] = to_place(second_digit(mean) + second_digit(more).min(-1) + 1, [mean]);
    let [factor] = to_place(second_digit(more).min(second_digit(factor)), [factor]);
    format!("{mean} ×÷ {factor}")
}

/// Equal values differ from their mean by rounding.
fn is_rounding(difference: f64, value: f64) -> bool {
    difference <= 1e-12 * value.abs()
}

/// A number to the twelfth digit: as exactly as a difference is told from rounding.
fn all_digits(value: f64) -> String {
    const DIGITS: i32 = 12;
    let exponent = exponent(value, DIGITS as usize);
    if value == 0.0 || !value.is_finite() || !(-4..=14).contains(&exponent) {
        return number(value, DIGITS as usize);
    }
    fixed(value, (DIGITS - 1 - exponent).max(0) as usize, true)
}

/// The power of ten of the second significant digit.
fn second_digit(value: f64) -> i32 {
    exponent(value, 2) - 1
}

/// The power of ten of the first digit, once the value is rounded to so many.
fn exponent(value: f64, digits: usize) -> i32 {
    let text = format!("{value:.*e}", digits - 1);
    text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
}

/// Numbers rounded to a power of ten, all with the same power of ten behind them if the largest needs one.
fn to_place<const N: usize>(place: i32, values: [f64; N]) -> [String; N] {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let exponent = exponent(largest, 2);
    if exponent < -4 || (exponent > 6 && place > 2) {
        let decimals = (exponent - place).max(0) as usize;
        let power = superscript(&exponent.to_string());
        return values.map(|value| format!("{}×10{power}", fixed(shifted(value, -exponent), decimals, false)));
    }
    let rounded = |value: f64| if place > 0 { shifted(shifted(value, -place).round(), place) } else { value };
    values.map(|value| fixed(rounded(value), (-place).max(0) as usize, false))
}

/// `value` · 10^`power` without an error but the last rounding: the point is moved in its digits.
fn shifted(value: f64, power: i32) -> f64 {
    let text = format!("{value:e}");
    let moved = text.split_once('e').and_then(|(digits, exponent)| {
        let exponent: i32 = exponent.parse().ok()?;
        format!("{digits}e{}", exponent + power).parse().ok()
    });
    moved.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn step_01_intervals_decide_the_decimals_of_the_mean() {
        assert_eq!(with_interval(1.93244, Some(0.0137)), "1.932 ± 0.014");
        assert_eq!(with_interval(1532.7, Some(41.2)), "1,533 ± 41");
        assert_eq!(with_interval(1532.7, Some(412.0)), "1,530 ± 410");
        assert_eq!(with_interval(-0.2, Some(0.01)), "−0.200 ± 0.010");
        assert_eq!(with_interval(-0.02, Some(3.0)), "0.0 ± 3.0");
        assert_eq!(with_interval(0.5, Some(0.0996)), "0.50 ± 0.10");
        assert_eq!(with_interval(0.5, Some(1e-9)), "0.5000000000 ± 0.0000000010");
        assert_eq!(with_interval(3e-9, Some(1e-9)), "3.0×10⁻⁹ ± 1.0×10⁻⁹");
        assert_eq!(with_interval(3e-9, Some(0.5)), "0.00 ± 0.50");
        assert_eq!(with_interval(-1.2346e8, Some(1e6)), "−1.235×10⁸ ± 0.010×10⁸");
        assert_eq!(with_interval(4e-310, Some(2e-311)), "4.00×10⁻³¹⁰ ± 0.20×10⁻³¹⁰");
    }

    #[test]
    fn step_02_a_mean_of_equal_values_has_all_its_digits() {
        assert_eq!(with_interval(1.0, Some(0.0)), "1 ± 0");
        assert_eq!(with_interval(0.0, Some(0.0)), "0 ± 0");
        assert_eq!(with_interval(0.72, Some(1e-16)), "0.72 ± 0");
        assert_eq!(with_interval(123_456_789.0, Some(0.0)), "123,456,789 ± 0");
        assert_eq!(with_factor(1234.5, 1.0), "1,234.5 ×÷ 1");
        assert_eq!(with_ends(0.5, 0.5, 0.5), "0.5 (0.5 to 0.5)");
    }

    #[test]
    fn step_03_what_is_not_finite_is_said() {
        assert_eq!(with_interval(0.25, None), "0.25");
        assert_eq!(with_interval(0.25, Some(f64::INFINITY)), "0.25 ± ∞");
        assert_eq!(with_interval(0.25, Some(f64::NAN)), "0.25 ± not a number");
        assert_eq!(with_interval(f64::NAN, Some(1.0)), "not a number");
        assert_eq!(with_interval(f64::NEG_INFINITY, Some(f64::NAN)), "−∞");
        assert_eq!(with_factor(0.0, f64::NAN), "0 ×÷ not a number");
        assert_eq!(with_ends(f64::NAN, 0.0, 1.0), "not a number (0 to 1)");
    }

    #[test]
    fn step_04_ends_and_factors_decide_the_digits_too() {
        assert_eq!(with_ends(0.9996, 0.9991, 1.0), "0.99960 (0.99910 to 1.00000)");
        assert_eq!(with_ends(3e-6, 0.0, 9e-6), "3.0×10⁻⁶ (0.0×10⁻⁶ to 9.0×10⁻⁶)");
        assert_eq!(with_factor(1234.04, 1.0042), "1,234.0 ×÷ 1.0042");
        assert_eq!(with_factor(0.002, 3.12), "0.0020 ×÷ 3.1");
        assert_eq!(with_factor(12_345.0, 4321.0), "12,000 ×÷ 4,300");
    }

    /// What is printed, read again.
    fn read(text: &str) -> f64 {
        let (digits, power) = text.split_once("×10").unwrap_or((text, "⁰"));
        let power =
            power.chars().map(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|d| d == c).map_or('-', |d| (b'0' + d as u8) as char));
        let digits = digits.replace(',', "").replace('−', "-");
        format!("{digits}e{}", power.collect::<String>()).parse().unwrap()
    }

    proptest! {
        #[test]
        fn step_05_nothing_is_rounded_by_more_than_a_twentieth_of_the_interval(
            (mean, half) in (-9.99..9.99, 1.0..9.99, -290..290, -11..12).prop_map(|(mean, half, power, apart)| {
                (shifted(mean, power), shifted(half, power + apart))
            }),
        ) {
            let text = with_interval(mean, Some(half));
            let (shown, reach) = text.split_once(" ± ").unwrap();
            let slack = half / 20.0 * (1.0 + 1e-9) + 1e-15 * mean.abs();
            prop_assert!((read(shown) - mean).abs() <= slack && (read(reach) - half).abs() <= slack, "{}", text);

            let text = with_ends(mean, mean - half, mean + half);
            let ends: Vec<f64> = text.split([' ', '(', ')']).filter(|p| p.contains(char::is_numeric)).map(read).collect();
            prop_assert!(ends.len() == 3 && ends[1] <= ends[0] && ends[0] <= ends[2], "{}", text);
            prop_assert!((ends[0] - mean).abs() <= slack, "{}", text);
        }

        #[test]
        fn step_06_a_factor_keeps_its_distance_from_one(mean in 1e-9..1e9, more in -11.0..3.0) {
            let factor = 1.0 + 10_f64.powf(more);
            let text = with_factor(mean, factor);
            let (shown, times) = text.split_once(" ×÷ ").unwrap();
            prop_assert!((read(times) - factor).abs() <= (factor - 1.0) / 19.0, "{}", text);
            prop_assert!((read(shown) / mean - 1.0).abs() <= (factor - 1.0).min(1.0) / 19.0, "{}", text);
        }
    }
}
