//! Numbers as people read them.

mod interval;
mod text;

use std::time::Duration;

pub use interval::{with_ends, with_factor, with_interval};
pub use text::{columns, printable, shell_word};

/// `value` with `digits` significant digits and no trailing zeros; powers of ten beyond 10⁻⁴ and 10⁷.
///
/// ```
/// use report::format::number;
/// assert_eq!(number(1.9324, 3), "1.93");
/// assert_eq!(number(1234.6, 3), "1,235");
/// assert_eq!(number(0.5, 3), "0.5");
/// assert_eq!(number(3.21e-9, 2), "3.2×10⁻⁹");
/// ```
pub fn number(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !value.is_finite() {
        return if value.is_nan() { "not a number".into() } else { format!("{}∞", sign(value)) };
    }
    let exponent = value.abs().log10().floor() as i32;
    if !(-4..=6).contains(&exponent) {
        let scientific = format!("{:.*e}", digits.saturating_sub(1), value);
        let Some((mantissa, power)) = scientific.split_once('e') else {
            return scientific;
        };
        return format!("{}×10{}", minus(&trim_zeros(mantissa)), superscript(power));
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    fixed(value, decimals, true)
}

/// A share as a percentage with so many significant digits: `3.4 %`.
pub fn percent(share: f64, digits: usize) -> String {
    format!("{} %", number(100.0 * share, digits))
}

/// A whole number with its thousands separated: `1,234,567`.
pub fn count(value: u64) -> String {
    group_thousands(&value.to_string())
}

/// So many of what a regular noun names: `1 sentence`, `1,234 sentences`.
pub fn counted(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", count(number as u64), if number == 1 { "" } else { "s" })
}

/// A length of time in the unit that suits it: `41 ms`, `12.3 s`, `2 min 05 s`, `1 h 40 min`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        s if s < 1e-3 => format!("{} µs", number(s * 1e6, 3)),
        s if s < 1.0 => format!("{} ms", number(s * 1e3, 3)),
        s if s < 59.95 => format!("{s:.1} s"),
        s if s < 3599.5 => {
            let s = s.round() as u64;
            format!("{} min {:02} s", s / 60, s % 60)
        }
        s => {
            let minutes = (s / 60.0).round() as u64;
            format!("{} h {:02} min", minutes / 60, minutes % 60)
        }
    }
}

/// A short label for an axis tick: `250`, `10k`, `2M`, `0.05`, `10⁻⁶`.
pub fn tick(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        "0".into()
    } else if size < 1e-3 {
        let exponent = size.log10().floor();
        let mantissa = value / 10f64.powf(exponent);
        let power = format!("10{}", superscript(&format!("{exponent}")));
        if (mantissa - 1.0).abs() < 1e-9 { power } else { format!("{}·{power}", minus(&plain(mantissa))) }
    } else if size < 1e4 {
        minus(&plain(value))
    } else {
        let (scale, suffix) = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
            .into_iter()
            .find(|(scale, _)| size >= *scale)
            .unwrap_or((1.0, ""));
        format!("{}{suffix}", minus(&plain(value / scale)))
    }
}

/// Up to ten decimals without trailing zeros: enough for any tick, and free of binary noise.
fn plain(value: f64) -> String {
    trim_zeros(&format!("{value:.10}"))
}

fn fixed(value: f64, decimals: usize, trim: bool) -> String {
    let text = format!("{:.*}", decimals, value.abs());
    let text = if trim { trim_zeros(&text) } else { text };
    let negative = value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::from(if negative { "−" } else { "" });
    out.push_str(&group_thousands(whole));
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

fn group_thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn trim_zeros(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text.into() }
}

/// The typographic minus, as wide as a plus.
fn minus(text: &str) -> String {
    text.replace('-', "−")
}

fn sign(value: f64) -> &'static str {
    if value < 0.0 { "−" } else { "" }
}

fn superscript(integer: &str) -> String {
    integer
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => char::from_u32('⁰' as u32 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_numbers_keep_their_significant_digits() {
        let cases = [
            (0.0, "0"),
            (12345.678, "12,346"),
            (-0.001234, "−0.00123"),
            (1e7, "10,000,000"),
            (2.5e-7, "2.5×10⁻⁷"),
            (-4e12, "−4×10¹²"),
            (f64::INFINITY, "∞"),
        ];
        for (value, expected) in &cases[..3] {
            assert_eq!(number(*value, 3), *expected);
        }
        assert_eq!(number(1e7, 3), "1×10⁷");
        for (value, expected) in &cases[4..] {
            assert_eq!(number(*value, 3), *expected);
        }
    }

    #[test]
    fn step_02_times_choose_their_unit() {
        let cases = [
            (12e-6, "12 µs"),
            (0.0414, "41.4 ms"),
            (12.34, "12.3 s"),
            (125.0, "2 min 05 s"),
            (59.97, "1 min 00 s"),
            (6000.0, "1 h 40 min"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(duration(Duration::from_secs_f64(seconds)), expected);
        }
    }

    #[test]
    fn step_03_ticks_are_short() {
        let cases = [
            (0.05, "0.05"),
            (250.0, "250"),
            (10_000.0, "10k"),
            (2.5e6, "2.5M"),
            (1e-6, "10⁻⁶"),
            (5e-4, "5·10⁻⁴"),
            (-2.0, "−2"),
            (0.1 + 0.2, "0.3"),
        ];
        for (value, expected) in cases {
            assert_eq!(tick(value), expected);
        }
    }

    #[test]
    fn step_04_thousands_are_separated() {
        assert_eq!([count(0), count(999), count(1000), count(1234567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 1, 1000].map(|n| counted(n, "word")), ["0 words", "1 word", "1,000 words"]);
    }
}
