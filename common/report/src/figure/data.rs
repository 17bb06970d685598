//! What a figure shows, as numbers for other programs and for later runs.

use serde::{Deserialize, Serialize};

use super::{Figure, Plot};
use crate::statistics::Summary;

/// A long curve is thinned to so many points.
pub const MOST_POINTS: usize = 48;

/// The numbers of a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Of the figure.
    pub name: String,
    /// In the order of the legend.
    pub series: Vec<DataSeries>,
}

/// One curve, or the bars of one colour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSeries {
    /// Its name in the legend.
    pub name: String,
    /// x (of bars, the number of the category), mean, and the ends of the interval; `None` for what is not a number or not there.
    pub points: Vec<[Option<f64>; 4]>,
}

impl Data {
    /// The points of a series; none if there is no such series.
    pub(super) fn of(&self, name: &str) -> &[[Option<f64>; 4]] {
        self.series.iter().find(|series| series.name == name).map_or(&[], |series| &series.points)
    }

    /// One coordinate of all points: 0 is x, 1 the mean.
    pub(super) fn all(&self, coordinate: usize) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(|series| &series.points).filter_map(move |point| point[coordinate])
    }
}

/// With six significant digits; `None` if it is not finite.
pub fn rounded(value: f64) -> Option<f64> {
    let finite = value.is_finite().then_some(value)?;
    format!("{finite:.5e}").parse().ok()
}

impl Figure {
    /// Its numbers; none of a heat map, whose cells are in its CSV alone.
    pub fn data(&self) -> Option<Data> {
        let point = |x: f64, y: &Summary| {
            let end = |end: f64| y.reach.and(rounded(end));
            [rounded(x), rounded(y.mean), end(y.low()), end(y.high())]
        };
        let series = match &self.plot {
            Plot::Heat(_) => return None,
            Plot::Lines(lines) => {
                let thinned = |points: &[super::Point]| {
                    let last = points.len().saturating_sub(1);
                    let kept = points.len().min(MOST_POINTS);
                    let place = |i: usize| if kept < 2 { 0 } else { i * last / (kept - 1) };
                    (0..kept).map(|i| points[place(i)]).map(|p| point(p.x, &p.y)).collect()
                };
                lines.series.iter().map(|s| DataSeries { name: s.name.clone(), points: thinned(&s.points) }).collect()
            }
            Plot::Bars(bars) => {
                let values = |values: &[Option<Summary>]| {
                    let known = values.iter().enumerate().filter_map(|(c, value)| Some((c, value.as_ref()?)));
                    known.map(|(c, value)| point(c as f64, value)).collect()
                };
                bars.series.iter().map(|s| DataSeries { name: s.name.clone(), points: values(&s.values) }).collect()
            }
        };
        Some(Data { name: self.name.clone(), series })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Axis, Lines, Series};

    #[test]
    fn long_curves_are_thinned_and_keep_their_ends() {
        let points = (0..1000).map(|i| (f64::from(i), 1.0 / 3.0));
        let lines = Lines::new(Axis::linear("x"), Axis::linear("y"), [Series::exact("a", points)]);
        let data = Figure::new("f", "t", "c", lines.into()).data().unwrap();
        let points = &data.series[0].points;
        assert_eq!(points.len(), MOST_POINTS);
        assert_eq!((points[0], points[MOST_POINTS - 1][0]), ([Some(0.0), Some(0.333333), None, None], Some(999.0)));
    }

    #[test]
    fn what_is_not_a_number_is_left_out() {
        assert_eq!([f64::NAN, f64::INFINITY, -2.0].map(rounded), [None, None, Some(-2.0)]);
    }
}
