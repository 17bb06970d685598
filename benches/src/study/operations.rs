//! What a computation takes, counted from the array operations that ran, and how that grows with the length of the text.

use report::{figure::Series, statistics::range};
use tensor::{Meter, Tensor};

/// What a forward pass took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operations {
    /// Floating-point operations.
    pub work: u64,
    /// The longest chain of array operations that waited for each other.
    pub span: u64,
}

impl Operations {
    /// Runs `pass`, and counts what ran.
    pub fn count(pass: impl FnOnce() -> Tensor) -> (Tensor, Self) {
        let meter = Meter::start();
        let result = pass();
        let work = meter.finish().values().map(|usage| usage.cost.work).sum();
        let span = result.span();
        (result, Self { work, span })
    }
}

/// A value at each of several sizes, from the smallest to the largest: lengths of text, mostly.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve<T>(Vec<(usize, T)>);

impl<T> FromIterator<(usize, T)> for Curve<T> {
    fn from_iter<I: IntoIterator<Item = (usize, T)>>(points: I) -> Self {
        Self(points.into_iter().collect())
    }
}

impl<T: Copy> Curve<T> {
    /// The sizes with their values.
    pub fn points(&self) -> impl Iterator<Item = (usize, T)> {
        self.0.iter().copied()
    }

    /// At the smallest size.
    pub fn first(&self) -> (usize, T) {
        self.0[0]
    }

    /// At the largest size.
    pub fn last(&self) -> (usize, T) {
        self.0[self.0.len() - 1]
    }

    /// At this size, if it is one of the curve's.
    pub fn at(&self, size: usize) -> Option<T> {
        self.points().find(|point| point.0 == size).map(|(_, value)| value)
    }

    /// The curve as a figure draws it.
    pub fn series(&self, name: impl Into<String>, y: impl Fn(usize, T) -> f64) -> Series {
        Series::exact(name, self.points().map(|(size, value)| (size as f64, y(size, value))))
    }
}

impl Curve<f64> {
    /// The ratio of two curves over the same sizes.
    pub fn divided_by(&self, other: &Self) -> Self {
        self.points().zip(other.points()).map(|((size, value), (_, by))| (size, value / by)).collect()
    }

    /// Where it passes 1, interpolated on logarithmic scales.
    pub fn crossings_of_one(&self) -> Vec<f64> {
        let points: Vec<_> = self.points().map(|(size, value)| ((size as f64).ln(), value.ln())).collect();
        let crossing = |pair: &[(f64, f64)]| {
            let [(x, a), (next, b)] = [pair[0], pair[1]];
            ((a > 0.0) != (b > 0.0)).then(|| (x + (next - x) * a / (a - b)).exp())
        };
        points.windows(2).filter_map(crossing).collect()
    }
}

impl Curve<u64> {
    /// By how much it grows with one more: the least and the most between neighbouring sizes.
    pub fn growth(&self) -> [f64; 2] {
        range(self.0.windows(2).map(|pair| {
            let [(size, value), (larger, then)] = [pair[0], pair[1]];
            (then as f64 - value as f64) / (larger - size) as f64
        }))
    }

    /// Whether it grows by at least [`GROWTH`] with one more if something is `recurrent`, and not at all otherwise.
    pub fn grows_if(&self, recurrent: bool) -> bool {
        let [least, most] = self.growth();
        if recurrent { least >= GROWTH } else { [least, most] == [0.0, 0.0] }
    }
}

/// How many operations a further token adds at least to the chain of what is recurrent.
pub const GROWTH: f64 = 1.0;

impl Curve<Operations> {
    /// The longest chain alone.
    pub fn spans(&self) -> Curve<u64> {
        self.points().map(|(size, operations)| (size, operations.span)).collect()
    }

    /// The exponent x in work ~ sizeˣ: the slope of the least-squares line through the logarithms.
    pub fn exponent_of_work(&self) -> f64 {
        let points = self.0.iter().map(|(size, operations)| ((*size as f64).ln(), (operations.work as f64).ln()));
        let points: Vec<_> = points.collect();
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
        let (mean_x, mean_y) = (mean(|p| p.0), mean(|p| p.1));
        let covariance: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        covariance / points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>()
    }
}

/// The work for each of so many tokens.
pub fn work_per_token(tokens: usize, operations: Operations) -> f64 {
    operations.work as f64 / tokens as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_by_hand() {
        let cubic: Curve<Operations> =
            [1, 2, 5].into_iter().map(|n| (n, Operations { work: 7 * (n as u64).pow(3), span: 3 })).collect();
        assert!((cubic.exponent_of_work() - 3.0).abs() < 1e-12);
        assert_eq!(cubic.spans().growth(), [0.0, 0.0]);
        assert_eq!(Curve::from_iter([(1, 5), (2, 6), (4, 12)]).growth(), [1.0, 3.0]);
    }

    #[test]
    fn what_is_recurrent_grows_everywhere_and_all_else_nowhere() {
        let grows_if =
            |spans: [u64; 3], recurrent| Curve::from_iter([1, 2, 3].into_iter().zip(spans)).grows_if(recurrent);
        assert!(grows_if([3, 6, 9], true) && grows_if([4, 4, 4], false));
        assert!(!grows_if([3, 6, 6], true) && !grows_if([4, 4, 5], false) && !grows_if([5, 4, 4], false));
    }
}
