//! What a figure shows, as numbers for other programs and for later runs.

use serde::{Deserialize, Serialize};

use super::{Axis, BarSeries, Bars, Figure, Lines, Plot, Point, Reference, Scale, Series};
use crate::statistics::{Reach, Summary};

/// A long curve is thinned to so many points.
pub const MOST_POINTS: usize = 48;

/// The numbers of a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Of the figure.
    pub name: String,
    /// The labels of its axes: of a chart of curves the horizontal and the vertical one, of bars that of their values.
    #[serde(default)]
    pub axes: Vec<String>,
    /// Those of the axes, in the same order; all linear if there are none.
    #[serde(default)]
    pub scales: Vec<Scale>,
    /// Lines across a chart of curves: their labels and heights.
    #[serde(default)]
    pub levels: Vec<(String, f64)>,
    /// Of bars, from top to bottom.
    #[serde(default)]
    pub categories: Vec<String>,
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

    /// The number of the category in `own` that a point of bars stands for, if it is there.
    fn category(&self, point: &[Option<f64>; 4], own: &[String]) -> Option<f64> {
        let (_, name) = self.categories.iter().enumerate().find(|(number, _)| Some(*number as f64) == point[0])?;
        own.iter().position(|category| category == name).map(|number| number as f64)
    }

    /// The chart of these numbers; none of a heat map, of which there are none. Bars stand beside each other, also those that were
    /// stacked.
    pub fn figure(&self, title: &str, caption: &str) -> Option<Figure> {
        let axis = |number: usize| {
            let label = self.axes.get(number)?.clone();
            Some(Axis { scale: self.scales.get(number).copied().unwrap_or(Scale::Linear), ..Axis::linear(label) })
        };
        let summary = |[_, mean, low, high]: &[Option<f64>; 4]| {
            let reach = low.zip(*high).map(|(low, high)| Reach::Between(low, high));
            Some(Summary { n: 1, mean: (*mean)?, reach })
        };
        let plot: Plot = if self.categories.is_empty() {
            let point = |point: &[Option<f64>; 4]| Some(Point { x: point[0]?, y: summary(point)? });
            let curve = |DataSeries { name, points }: &DataSeries| Series {
                name: name.clone(),
                points: points.iter().filter_map(point).collect(),
            };
            let lines = Lines::new(axis(0)?, axis(1)?, self.series.iter().map(curve));
            let level = |(label, y): &(String, f64)| Reference::Level { label: label.clone(), y: *y };
            self.levels.iter().map(level).fold(lines, Lines::with).into()
        } else {
            let value = |points: &[[Option<f64>; 4]], category: usize| {
                summary(points.iter().find(|point| point[0] == Some(category as f64))?)
            };
            let bars = |DataSeries { name, points }: &DataSeries| BarSeries {
                name: name.clone(),
                values: (0..self.categories.len()).map(|category| value(points, category)).collect(),
            };
            Bars::grouped(axis(0)?.from_zero(), self.categories.clone(), self.series.iter().map(bars)).into()
        };
        Some(Figure::new(&*self.name, title, caption, plot))
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
    /// Its numbers; none of a heat map and of a map of points, which are in their CSV alone.
    pub fn data(&self) -> Option<Data> {
        let point = |x: f64, y: &Summary| {
            let end = |end: f64| y.reach.and(rounded(end));
            [rounded(x), rounded(y.mean), end(y.low()), end(y.high())]
        };
        let series = match &self.plot {
            Plot::Heat(_) => return None,
            Plot::Lines(lines) if lines.scattered => return None,
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
        let (axes, levels, categories) = match &self.plot {
            Plot::Heat(_) => return None,
            Plot::Lines(lines) => (vec![&lines.x, &lines.y], lines.levels(), &[][..]),
            Plot::Bars(bars) => (vec![&bars.axis], Vec::new(), &bars.categories[..]),
        };
        let scales = axes.iter().map(|axis| axis.scale).collect();
        let axes = axes.into_iter().map(|axis| axis.label.clone()).collect();
        Some(Data { name: self.name.clone(), axes, scales, levels, categories: categories.to_vec(), series })
    }

    /// What of another run's figure can be drawn in this one: series of the same names over the same axes, bars of the same
    /// categories. None if that is nothing.
    pub(super) fn shared(&self, other: &Data) -> Option<Data> {
        let own = self.data().filter(|own| own.axes == other.axes)?;
        let series = other.series.iter().filter(|series| own.series.iter().any(|same| same.name == series.name));
        let series: Vec<DataSeries> = match &self.plot {
            Plot::Lines(lines) => {
                let has_place = |point: &[Option<f64>; 4]| {
                    point[0].is_some_and(|x| lines.x.scale.takes(x)) && point[1].is_some_and(|y| lines.y.scale.takes(y))
                };
                series.filter(|series| series.points.iter().any(has_place)).cloned().collect()
            }
            Plot::Bars(bars) if !bars.stacked => {
                let moved = |point: &[Option<f64>; 4]| {
                    let [_, mean, low, high] = *point;
                    mean.filter(|mean| bars.axis.scale.takes(*mean))?;
                    Some([Some(other.category(point, &own.categories)?), mean, low, high])
                };
                let moved = |series: &DataSeries| DataSeries {
                    name: series.name.clone(),
                    points: series.points.iter().filter_map(moved).collect(),
                };
                series.map(moved).filter(|series| !series.points.is_empty()).collect()
            }
            Plot::Bars(_) | Plot::Heat(_) => Vec::new(),
        };
        (!series.is_empty()).then_some(Data { series, ..own })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Axis, BarSeries, Bars, Lines, Series};

    fn figure(plot: impl Into<Plot>) -> Figure {
        Figure::new("f", "t", "c", plot.into())
    }

    fn bars(categories: [&str; 2], values: [f64; 2]) -> Bars {
        Bars::grouped(Axis::linear("loss"), categories, [BarSeries::new("a", values.map(Summary::exact))])
    }

    #[test]
    fn another_run_is_drawn_only_where_both_show_the_same() {
        let line = |y: &str, points: [(f64, f64); 1]| {
            figure(Lines::new(Axis::log2("x"), Axis::log10(y), [Series::exact("a", points)]))
        };
        let here = line("loss", [(1.0, 2.0)]);
        let is_over = |other: Figure| here.clone().over(&other.data().unwrap()).is_over_another();
        assert!(is_over(line("loss", [(4.0, 3.0)])));
        assert!(!is_over(line("accuracy", [(4.0, 3.0)])), "another axis");
        assert!(!is_over(line("loss", [(4.0, 0.0)])) && !is_over(line("loss", [(-4.0, 3.0)])), "no logarithm");
        assert!(!is_over(line("loss", [(4.0, f64::NAN)])), "no number");
        assert!(!is_over(figure(bars(["x", "y"], [1.0, 2.0]))), "another kind");
        let dots = |figure: Figure| figure.svg(crate::figure::Size::Wide).unwrap().matches("<polygon").count();
        assert_eq!(dots(here.clone().over(&line("loss", [(4.0, 3.0)]).data().unwrap())), dots(here) + 1, "one point");

        let here = figure(bars(["LSTM", "GPT"], [1.0, 2.0]));
        let shared = here.shared(&figure(bars(["RNN", "LSTM"], [9.0, 1.5])).data().unwrap()).unwrap();
        assert_eq!(shared.series[0].points, [[Some(0.0), Some(1.5), None, None]], "the LSTM's, and not the RNN's");
        let stacked = figure(Bars { stacked: true, ..bars(["LSTM", "GPT"], [1.0, 2.0]) });
        assert!(!stacked.clone().over(&stacked.data().unwrap()).is_over_another(), "marks of parts are not drawn");
    }

    #[test]
    fn what_was_written_of_a_figure_draws_it_again() {
        let lines = Lines::new(
            Axis::log2("x"),
            Axis::linear("y"),
            [Series::new("a", [(1.0, Summary::of(&[1.0, 2.0])), (4.0, Summary::exact(3.0))])],
        );
        for figure in [figure(lines.level("chance", 0.5)), figure(bars(["LSTM", "GPT"], [1.0, 2.0]))] {
            let data = figure.data().unwrap();
            let written = serde_json::to_string(&data).unwrap();
            let again = serde_json::from_str::<Data>(&written).unwrap().figure("t", "c").unwrap();
            assert_eq!(again.data().unwrap(), data);
            assert_eq!(again.keys(), figure.keys());
        }
        let stripped = Data { axes: Vec::new(), ..figure(bars(["a", "b"], [1.0, 2.0])).data().unwrap() };
        assert!(stripped.figure("t", "c").is_none(), "of earlier versions");
    }

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
