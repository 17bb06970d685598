//! Axes: from values to positions, and where the ticks stand.

use serde::{Deserialize, Serialize};

use crate::format;

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Equal differences, equal distances.
    Linear,
    /// Each doubling, the same distance.
    Log2,
    /// Each factor of ten, the same distance.
    Log10,
}

/// What an axis shows, and between which values.
#[derive(Clone, Debug)]
pub struct Axis {
    /// With the unit.
    pub label: String,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Ends, if they do not follow from the data.
    pub range: Option<(f64, f64)>,
    /// Whether zero belongs to a linear axis that follows from the data.
    pub from_zero: bool,
}

impl Axis {
    /// A linear axis that fits the data.
    pub fn linear(label: impl Into<String>) -> Self {
        Self { label: label.into(), scale: Scale::Linear, range: None, from_zero: false }
    }

    /// A logarithmic axis with ticks at powers of two.
    pub fn log2(label: impl Into<String>) -> Self {
        Self { scale: Scale::Log2, ..Self::linear(label) }
    }

    /// A logarithmic axis with ticks at powers of ten.
    pub fn log10(label: impl Into<String>) -> Self {
        Self { scale: Scale::Log10, ..Self::linear(label) }
    }

    /// The same axis between fixed ends. What lies outside is drawn at the edge.
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { range: Some((low, high)), ..self }
    }

    /// The same axis, beginning at zero (linear axes only).
    pub fn from_zero(self) -> Self {
        Self { from_zero: true, ..self }
    }

    /// The axis laid over `data` (finite values; those that a logarithm does not take are left out), with `padding`
    /// of its length at both ends and at most about `ticks` ticks.
    pub(super) fn lay(&self, data: impl IntoIterator<Item = f64>, padding: f64, ticks: usize) -> Laid {
        let shown = data.into_iter().filter(|v| self.scale.takes(*v)).map(|v| self.scale.apply(v));
        let (mut low, mut high) = shown.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if let Some((l, h)) = self.range {
            (low, high) = (self.scale.apply(l), self.scale.apply(h));
        } else {
            let zero = self.from_zero && self.scale == Scale::Linear;
            if zero {
                (low, high) = (low.min(0.0), high.max(0.0));
            }
            if high - low <= 1e-12 * high.abs().max(1e-12) {
                (low, high) = if zero { (0.0, high + 1.0) } else { (low - 0.5, high + 0.5) };
            }
            let pad = padding * (high - low);
            low -= if zero && low == 0.0 { 0.0 } else { pad };
            high += if zero && high == 0.0 { 0.0 } else { pad };
        }
        Laid { scale: self.scale, low, high, ticks: self.scale.ticks(low, high, ticks.max(2)) }
    }
}

impl Scale {
    /// Whether a value has a place on this scale.
    pub(super) fn takes(self, value: f64) -> bool {
        value.is_finite() && (self == Self::Linear || value > 0.0)
    }

    fn apply(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log2 => value.log2(),
            Self::Log10 => value.log10(),
        }
    }

    /// Values of ticks between `low` and `high`, which are on the transformed scale.
    fn ticks(self, low: f64, high: f64, most: usize) -> Vec<f64> {
        let (first, last) = (low.ceil() as i32, high.floor() as i32);
        let powers = |base: f64| {
            let stride = ((last - first) as usize / most + 1) as i32;
            let start = first + (-first).rem_euclid(stride);
            (start..=last).step_by(stride as usize).map(move |e| base.powi(e)).collect::<Vec<_>>()
        };
        match self {
            Self::Linear => linear_ticks(low, high, most),
            Self::Log2 if last - first >= 1 => powers(2.0),
            Self::Log10 if last - first >= 2 => powers(10.0),
            Self::Log10 => {
                let steps = (first - 1..=last).flat_map(|e| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(e)));
                let inside: Vec<f64> = steps.filter(|v| (low..=high).contains(&v.log10())).collect();
                if inside.len() >= 2 { inside } else { linear_ticks(10f64.powf(low), 10f64.powf(high), most) }
            }
            Self::Log2 => linear_ticks(low.exp2(), high.exp2(), most),
        }
    }
}

/// Multiples of 1, 2 or 5 times a power of ten.
fn linear_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let rough = (high - low) / most as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= 0.999 * rough).unwrap_or(10.0 * power);
    // Beyond what a number can hold.
    if step == 0.0 || !step.is_finite() {
        return Vec::new();
    }
    let slack = 1e-9 * (high - low);
    let (first, last) = (((low - slack) / step).ceil() as i64, ((high + slack) / step).floor() as i64);
    (first..=last).map(|i| i as f64 * step).collect()
}

/// An axis laid over its data.
pub(super) struct Laid {
    scale: Scale,
    low: f64,
    high: f64,
    ticks: Vec<f64>,
}

impl Laid {
    /// Where `value` stands, from 0 to 1; clamped to the ends; `None` if it has no place on the scale.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        self.scale.takes(value).then(|| self.clamped(value))
    }

    /// As [`place`](Self::place), but the lower end for a value that a logarithm does not take, and the upper end for one
    /// without end.
    pub(super) fn clamped(&self, value: f64) -> f64 {
        if value == f64::INFINITY {
            return 1.0;
        }
        if !self.scale.takes(value) {
            return 0.0;
        }
        ((self.scale.apply(value) - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Position and text of each tick.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        self.ticks.iter().map(|v| (self.clamped(*v), self.label(*v))).collect()
    }

    /// Puts the ticks at `values` instead, if their texts keep apart on a line of `length` pixels.
    pub(super) fn prefer_ticks(&mut self, values: &[f64], length: f64, character: f64) {
        let mut end = f64::NEG_INFINITY;
        for &value in values {
            let Some(place) = self.place(value) else {
                return;
            };
            let half = 0.5 * character * self.label(value).chars().count() as f64;
            if place * length - half < end + character {
                return;
            }
            end = place * length + half;
        }
        if values.len() >= 2 {
            self.ticks = values.to_vec();
        }
    }

    fn label(&self, value: f64) -> String {
        let whole = self.scale == Scale::Log2 && (1.0..1e6).contains(&value) && value.fract() == 0.0;
        if whole { format::count(value as u64) } else { format::tick(value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis, data: &[f64]) -> Vec<String> {
        axis.lay(data.iter().copied(), 0.0, 6).ticks().into_iter().map(|t| t.1).collect()
    }

    #[test]
    fn step_01_ticks_are_round_numbers() {
        assert_eq!(labels(&Axis::linear(""), &[0.0, 1.0]), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(labels(&Axis::linear("").from_zero(), &[3.0, 7.0]), ["0", "2", "4", "6"]);
        assert_eq!(labels(&Axis::log2(""), &[16.0, 128.0]), ["16", "32", "64", "128"]);
        assert_eq!(labels(&Axis::log10(""), &[1e-6, 1.0]).len(), 4);
        assert_eq!(labels(&Axis::log10(""), &[1.0, 8.0]), ["1", "2", "5"]);
    }

    #[test]
    fn step_02_places_follow_the_scale() {
        let laid = Axis::log2("").lay([1.0, 16.0], 0.0, 4);
        assert_eq!(laid.place(4.0), Some(0.5));
        assert_eq!((laid.place(0.0), laid.clamped(-1.0), laid.place(64.0)), (None, 0.0, Some(1.0)));
        assert_eq!([f64::NEG_INFINITY, f64::INFINITY, f64::NAN].map(|end| laid.clamped(end)), [0.0, 1.0, 0.0]);
    }

    #[test]
    fn step_03_degenerate_data_still_make_an_axis() {
        for data in [&[][..], &[2.0], &[2.0, 2.0], &[f64::NAN]] {
            for axis in [Axis::linear(""), Axis::log10(""), Axis::linear("").from_zero()] {
                let laid = axis.lay(data.iter().copied(), 0.05, 5);
                assert!(laid.low < laid.high && !laid.ticks.is_empty(), "{axis:?} over {data:?}");
            }
        }
    }

    #[test]
    fn step_05_numbers_at_the_ends_of_what_there_is_are_laid_in_finite_time() {
        let [smallest, largest] = [f64::from_bits(1), f64::MAX];
        for data in [&[smallest][..], &[largest], &[-largest, largest], &[smallest, largest], &[1e17], &[0.0, largest]]
        {
            for axis in [Axis::linear(""), Axis::linear("").from_zero(), Axis::log2(""), Axis::log10("")] {
                let laid = axis.lay(data.iter().copied(), 0.05, 5);
                assert!(laid.ticks().len() < 20, "{axis:?} over {data:?}");
            }
        }
    }

    #[test]
    fn step_04_preferred_ticks_must_keep_apart() {
        let mut laid = Axis::linear("").lay([0.0, 100.0], 0.0, 5);
        laid.prefer_ticks(&[0.0, 1.0, 100.0], 100.0, 7.0);
        assert_eq!(laid.ticks.len(), 6);
        laid.prefer_ticks(&[0.0, 30.0, 100.0], 200.0, 7.0);
        assert_eq!(laid.ticks, [0.0, 30.0, 100.0]);
    }
}
