//! Curves over a number, with the interval of each point.

use std::io::Write;

use super::{
    Canvas, Data, DrawError, Key, Size, Swatch,
    axis::{Axis, Laid},
    canvas::{CHARACTER, Drawing, FONT, Frame},
    colours::Colours,
    marker, rounded,
    theme::Paint,
};
use crate::statistics::Summary;

/// A line chart.
#[derive(Clone, Debug)]
pub struct Lines {
    /// Horizontal.
    pub x: Axis,
    /// Vertical.
    pub y: Axis,
    /// At most seven, in the order of the legend.
    pub series: Vec<Series>,
    /// Lines to compare with: chance, a limit, a slope.
    pub references: Vec<Reference>,
    /// Whether series are points that no curve joins: a map.
    pub scattered: bool,
}

/// One curve.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// From left to right.
    pub points: Vec<Point>,
}

/// One measurement of a curve.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Where.
    pub x: f64,
    /// What was measured there.
    pub y: Summary,
}

/// A line to compare with.
#[derive(Clone, Debug)]
pub enum Reference {
    /// Across the chart at a height.
    Level {
        /// Name in the legend.
        label: String,
        /// Its height.
        y: f64,
    },
    /// From bottom to top at a place.
    Place {
        /// Name in the legend.
        label: String,
        /// Where it stands.
        x: f64,
    },
    /// Through given points: a theoretical curve.
    Curve {
        /// Name in the legend.
        label: String,
        /// From left to right.
        points: Vec<(f64, f64)>,
    },
}

impl Series {
    /// A curve through summarised measurements.
    pub fn new(name: impl Into<String>, points: impl IntoIterator<Item = (f64, Summary)>) -> Self {
        Self { name: name.into(), points: points.into_iter().map(|(x, y)| Point { x, y }).collect() }
    }

    /// A curve through exact numbers.
    pub fn exact(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self::new(name, points.into_iter().map(|(x, y)| (x, Summary::exact(y))))
    }
}

/// Beyond so many points a marker at each would hide the curve.
const MARKED: usize = 12;

impl Lines {
    /// A chart without reference lines.
    pub fn new(x: Axis, y: Axis, series: impl IntoIterator<Item = Series>) -> Self {
        Self { x, y, series: series.into_iter().collect(), references: Vec::new(), scattered: false }
    }

    /// The same chart as points that no curve joins.
    #[must_use]
    pub fn scattered(self) -> Self {
        Self { scattered: true, ..self }
    }

    /// The same chart with a reference line more.
    pub fn with(mut self, reference: Reference) -> Self {
        self.references.push(reference);
        self
    }

    /// The same chart with a line across it at a height.
    #[must_use]
    pub fn level(self, label: impl Into<String>, y: f64) -> Self {
        self.with(Reference::Level { label: label.into(), y })
    }

    /// The labels and heights of those across it.
    pub(super) fn levels(&self) -> Vec<(String, f64)> {
        let level = |reference: &Reference| match reference {
            Reference::Level { label, y } => Some((label.clone(), rounded(*y)?)),
            Reference::Place { .. } | Reference::Curve { .. } => None,
        };
        self.references.iter().filter_map(level).collect()
    }

    pub(super) fn keys(&self, colours: &Colours) -> Vec<Key> {
        let series = self.series.iter().enumerate();
        let series = series.map(|(i, s)| Key { label: s.name.clone(), swatch: Swatch::Line(colours.get(&s.name, i)) });
        let references = self.references.iter().enumerate().map(|(i, reference)| {
            let (Reference::Level { label, .. } | Reference::Place { label, .. } | Reference::Curve { label, .. }) =
                reference;
            Key { label: label.clone(), swatch: Swatch::Reference(i) }
        });
        let keys: Vec<Key> = series.chain(references).collect();
        if keys.len() > 1 { keys } else { Vec::new() }
    }

    pub(super) fn write(&self, out: &mut csv::Writer<impl Write>) -> csv::Result<()> {
        out.write_record(["series", &self.x.label, &self.y.label, "95 % low", "95 % high", "n"])?;
        for series in &self.series {
            for Point { x, y } in &series.points {
                let (low, high) =
                    y.reach.map_or((String::new(), String::new()), |_| (y.low().to_string(), y.high().to_string()));
                out.write_record([&series.name, &x.to_string(), &y.mean.to_string(), &low, &high, &y.n.to_string()])?;
            }
        }
        for reference in &self.references {
            let (label, x, y) = match reference {
                Reference::Level { label, y } => (label, String::new(), y.to_string()),
                Reference::Place { label, x } => (label, x.to_string(), String::new()),
                Reference::Curve { label, points } => {
                    for (x, y) in points {
                        out.write_record([label.as_str(), &x.to_string(), &y.to_string(), "", "", ""])?;
                    }
                    continue;
                }
            };
            out.write_record([label.as_str(), &x, &y, "", "", ""])?;
        }
        Ok(())
    }

    pub(super) fn draw(&self, size: Size, colours: &Colours, beside: Option<&Data>) -> Result<Drawing, DrawError> {
        let (height, x_ticks, y_ticks) = match size {
            Size::Wide => (400.0, 9, 6),
            Size::Narrow => (310.0, 5, 5),
        };
        let y = self.lay_y(y_ticks, beside);
        let mut x = self.lay_x(x_ticks, beside);
        Canvas::draw(size, height, |canvas| {
            let frame = Frame {
                left: Frame::margin_for(&y),
                right: canvas.width - 16.0,
                top: 2.2 * FONT,
                bottom: canvas.height - 3.6 * FONT,
            };
            x.prefer_ticks(&self.distinct_x(), frame.width(), CHARACTER);
            frame.draw_y(canvas, &self.y, &y)?;
            frame.draw_x(canvas, &self.x, &x)?;
            for (i, reference) in self.references.iter().enumerate() {
                self.draw_reference(canvas, &frame, reference, (&x, &y), Paint::Reference(i))?;
            }
            for (i, series) in self.series.iter().enumerate() {
                let paint = Paint::Series(colours.get(&series.name, i));
                let other = beside.map_or(&[][..], |beside| beside.of(&series.name));
                let place = |point: &[Option<f64>; 4]| Some(frame.at(x.place(point[0]?)?, y.place(point[1]?)?));
                for piece in other.iter().map(place).collect::<Vec<_>>().split(Option::is_none) {
                    canvas.hairline(&piece.iter().copied().flatten().collect::<Vec<_>>(), paint)?;
                }
            }
            for (i, series) in self.series.iter().enumerate() {
                draw_interval(canvas, &frame, series, (&x, &y), Paint::Series(colours.get(&series.name, i)))?;
            }
            for (i, series) in self.series.iter().enumerate() {
                let colour = colours.get(&series.name, i);
                draw_curve(canvas, &frame, series, (&x, &y), colour, self.scattered)?;
            }
            Ok(())
        })
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        self.series.iter().flat_map(|s| &s.points)
    }

    fn lay_x(&self, ticks: usize, beside: Option<&Data>) -> Laid {
        let places = self.references.iter().filter_map(|r| match r {
            Reference::Place { x, .. } => Some(*x),
            _ => None,
        });
        self.x.lay(self.points().map(|p| p.x).chain(places).chain(beside.iter().flat_map(|b| b.all(0))), 0.03, ticks)
    }

    /// A logarithm stretches an interval that nearly touches zero without end, so the ends count only from a tenth of
    /// the mean to ten times as much.
    fn lay_y(&self, ticks: usize, beside: Option<&Data>) -> Laid {
        let log = self.y.scale != super::Scale::Linear;
        let ends = self.points().flat_map(|Point { y, .. }| {
            if log {
                [y.low().max(0.1 * y.mean), y.mean, y.high().min(10.0 * y.mean)]
            } else {
                [y.low(), y.mean, y.high()]
            }
        });
        let levels = self.references.iter().flat_map(|r| match r {
            Reference::Level { y, .. } => vec![*y],
            Reference::Curve { points, .. } => points.iter().map(|p| p.1).collect(),
            Reference::Place { .. } => Vec::new(),
        });
        self.y.lay(ends.chain(levels).chain(beside.iter().flat_map(|b| b.all(1))), 0.05, ticks)
    }

    /// The places of the measurements, if they are few enough to serve as ticks.
    fn distinct_x(&self) -> Vec<f64> {
        let mut places: Vec<f64> = self.points().map(|p| p.x).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        if places.len() <= MARKED { places } else { Vec::new() }
    }

    fn draw_reference(
        &self,
        canvas: &Canvas<'_>,
        frame: &Frame,
        reference: &Reference,
        (x, y): (&Laid, &Laid),
        paint: Paint,
    ) -> Result<(), DrawError> {
        let line: Vec<_> = match reference {
            Reference::Level { y: level, .. } => [0.0, 1.0].map(|x| frame.at(x, y.clamped(*level))).to_vec(),
            Reference::Place { x: place, .. } => [0.0, 1.0].map(|y| frame.at(x.clamped(*place), y)).to_vec(),
            Reference::Curve { points, .. } => {
                points.iter().filter_map(|p| Some(frame.at(x.place(p.0)?, y.place(p.1)?))).collect()
            }
        };
        canvas.stroke(&line, 1.5, paint)
    }
}

/// The interval as a band, or as a bar where a series has one point only.
fn draw_interval(
    canvas: &Canvas<'_>,
    frame: &Frame,
    series: &Series,
    (x, y): (&Laid, &Laid),
    paint: Paint,
) -> Result<(), DrawError> {
    let known: Vec<_> = series
        .points
        .iter()
        .filter(|p| p.y.reach.is_some() && p.y.high().is_finite())
        .filter_map(|p| Some((x.place(p.x)?, y.clamped(p.y.low()), y.clamped(p.y.high()))))
        .collect();
    if let [(x, low, high)] = known[..] {
        return canvas.stroke(&[frame.at(x, low), frame.at(x, high)], 2.0, paint);
    }
    let upper = known.iter().map(|&(x, _, high)| frame.at(x, high));
    let lower = known.iter().rev().map(|&(x, low, _)| frame.at(x, low));
    let outline: Vec<_> = upper.chain(lower).collect();
    if outline.is_empty() { Ok(()) } else { canvas.fill(&outline, paint, 0.16) }
}

/// The curve, broken where a value has no place on the scale, with markers spread over it; or all markers and no curve.
fn draw_curve(
    canvas: &Canvas<'_>,
    frame: &Frame,
    series: &Series,
    (x, y): (&Laid, &Laid),
    colour: usize,
    scattered: bool,
) -> Result<(), DrawError> {
    let paint = Paint::Series(colour);
    let places: Vec<Option<(f64, f64)>> =
        series.points.iter().map(|p| Some(frame.at(x.place(p.x)?, y.place(p.y.mean)?))).collect();
    for piece in places.split(Option::is_none) {
        let piece: Vec<_> = piece.iter().copied().flatten().collect();
        if piece.len() > 1 && !scattered {
            canvas.stroke(&piece, 2.0, paint)?;
        }
    }
    let stride = if scattered { 1 } else { places.len().div_ceil(MARKED).max(1) };
    // Series start their markers at different points, so that curves which coincide still show all of them.
    let offset = if stride > 1 { colour * stride / 4 % stride } else { 0 };
    for &(cx, cy) in places.iter().skip(offset).step_by(stride).flatten() {
        let corners: Vec<_> = marker(colour, 3.6).into_iter().map(|(dx, dy)| (cx + dx, cy + dy)).collect();
        canvas.fill(&corners, paint, 1.0)?;
    }
    Ok(())
}
