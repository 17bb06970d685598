//! Horizontal bars by category, so that long names stay readable on a phone.

use std::io::Write;

use super::{
    Canvas, Data, DrawError, Key, Size, Swatch,
    axis::{Axis, Laid, Scale},
    canvas::{Anchor, CHARACTER, Drawing, FONT, Frame},
    colours::Colours,
    room,
    theme::Paint,
    wrap,
};
use crate::{format, statistics::Summary};

/// A bar chart.
#[derive(Clone, Debug)]
pub struct Bars {
    /// Of the values.
    pub axis: Axis,
    /// From top to bottom.
    pub categories: Vec<String>,
    /// At most seven, in the order of the legend.
    pub series: Vec<BarSeries>,
    /// One bar a category, its parts the series, instead of one bar a series.
    pub stacked: bool,
}

/// The bars of one colour.
#[derive(Clone, Debug)]
pub struct BarSeries {
    /// Its name in the legend.
    pub name: String,
    /// One for each category; `None` where nothing was measured.
    pub values: Vec<Option<Summary>>,
}

impl BarSeries {
    /// Bars of one colour, one for each category.
    pub fn new(name: impl Into<String>, values: impl IntoIterator<Item = Summary>) -> Self {
        Self { name: name.into(), values: values.into_iter().map(Some).collect() }
    }
}

impl Bars {
    /// Grouped bars with their intervals.
    ///
    /// # Panics
    /// If a series has not one value for each category.
    #[track_caller]
    pub fn grouped<N: Into<String>>(
        axis: Axis,
        categories: impl IntoIterator<Item = N>,
        series: impl IntoIterator<Item = BarSeries>,
    ) -> Self {
        let categories: Vec<String> = categories.into_iter().map(Into::into).collect();
        let series: Vec<BarSeries> = series.into_iter().collect();
        for BarSeries { name, values } in &series {
            let (given, wanted) = (values.len(), categories.len());
            assert_eq!(given, wanted, "bars {name}: {given} values for {wanted} categories");
        }
        Self { axis, categories, series, stacked: false }
    }

    /// Bars made of parts that add up: shares.
    ///
    /// # Panics
    /// If a series has not one value for each category.
    #[track_caller]
    pub fn stacked<N: Into<String>>(
        axis: Axis,
        categories: impl IntoIterator<Item = N>,
        series: impl IntoIterator<Item = BarSeries>,
    ) -> Self {
        Self { stacked: true, ..Self::grouped(axis, categories, series) }
    }

    pub(super) fn keys(&self, colours: &Colours) -> Vec<Key> {
        if self.series.len() < 2 {
            return Vec::new();
        }
        let series = self.series.iter().enumerate();
        series.map(|(i, s)| Key { label: s.name.clone(), swatch: Swatch::Box(colours.get(&s.name, i)) }).collect()
    }

    pub(super) fn write(&self, out: &mut csv::Writer<impl Write>) -> csv::Result<()> {
        out.write_record(["category", "series", &self.axis.label, "95 % low", "95 % high", "n"])?;
        for series in &self.series {
            for (category, value) in self.categories.iter().zip(&series.values) {
                let Some(v) = value else { continue };
                let (low, high) =
                    v.reach.map_or((String::new(), String::new()), |_| (v.low().to_string(), v.high().to_string()));
                out.write_record([category, &series.name, &v.mean.to_string(), &low, &high, &v.n.to_string()])?;
            }
        }
        Ok(())
    }

    pub(super) fn draw(&self, size: Size, colours: &Colours, beside: Option<&Data>) -> Result<Drawing, DrawError> {
        let (thickness, gap, ticks, name_width) = match size {
            Size::Wide => (15.0, 14.0, 8, 30),
            Size::Narrow => (13.0, 16.0, 4, 15),
        };
        let bars = if self.stacked { 1 } else { self.series.len().max(1) };
        let thickness = if bars == 1 { 1.4 * thickness } else { thickness };
        let names: Vec<Vec<String>> = self.categories.iter().map(|c| wrap(c, name_width)).collect();
        let most_lines = names.iter().map(Vec::len).max().unwrap_or(1) as f64;
        let band = (thickness * bars as f64).max(1.2 * FONT * most_lines) + gap;
        let name_width = names.iter().flatten().map(|n| room(n)).max().unwrap_or(0) as f64 * CHARACTER;
        let (top, below) = (0.4 * FONT, 3.6 * FONT);
        let height = top + below + band * self.categories.len() as f64;
        let others = beside.iter().flat_map(|beside| beside.all(1));
        let laid = self.axis.lay(self.ends().into_iter().chain(others), 0.03, ticks);
        let base = self.base();
        Canvas::draw(size, height, |canvas| {
            // A value stands beside its bar; the longest needs room beyond the axis.
            let room = if self.stacked { 16.0 } else { 16.0 + CHARACTER * self.longest_value() };
            let frame = Frame { left: 10.0 + name_width, right: canvas.width - room, top, bottom: height - below };
            frame.draw_x(canvas, &self.axis, &laid)?;
            for (c, lines) in names.iter().enumerate() {
                let middle = top + band * (c as f64 + 0.5);
                for (l, line) in lines.iter().enumerate() {
                    let y = middle + 1.2 * FONT * (l as f64 - 0.5 * (lines.len() - 1) as f64);
                    canvas.text(line, (frame.left - 8.0, y), Anchor::Right, Paint::Ink)?;
                }
                let first = middle - 0.5 * thickness * bars as f64;
                if self.stacked {
                    self.draw_stack(canvas, &frame, &laid, (c, colours), (first, thickness))?;
                } else {
                    for (i, series) in self.series.iter().enumerate() {
                        let bar = (series.values[c], Paint::Series(colours.get(&series.name, i)));
                        let top = first + thickness * i as f64;
                        draw_bar(canvas, &frame, &laid, (base, bar), (top, thickness))?;
                        let other = beside.and_then(|beside| mean_of(beside.of(&series.name), c));
                        if let Some(mean) = other {
                            let (x, _) = frame.at(laid.clamped(mean), 0.0);
                            canvas.stroke(&[(x, top), (x, top + thickness)], 1.5, Paint::Muted)?;
                        }
                    }
                }
            }
            let (base, _) = frame.at(laid.clamped(base), 0.0);
            canvas.stroke(&[(base, frame.top), (base, frame.bottom)], 1.0, Paint::Muted)
        })
    }

    /// Where bars begin: at zero, but at one where a logarithmic axis has ratios on both sides of it.
    fn base(&self) -> f64 {
        let means = || self.series.iter().flat_map(|s| s.values.iter().flatten()).map(|v| v.mean);
        let ratios = self.axis.scale != Scale::Linear && means().any(|v| v < 1.0) && means().any(|v| v > 1.0);
        f64::from(u8::from(ratios))
    }

    /// Everything that the value axis has to reach.
    fn ends(&self) -> Vec<f64> {
        if self.stacked {
            let sum = |c: usize| self.series.iter().filter_map(|s| s.values[c]).map(|v| v.mean).sum();
            return (0..self.categories.len()).map(sum).chain([0.0]).collect();
        }
        self.series.iter().flat_map(|s| s.values.iter().flatten()).flat_map(|v| [v.low(), v.mean, v.high()]).collect()
    }

    fn longest_value(&self) -> f64 {
        let values = self.series.iter().flat_map(|s| s.values.iter().flatten());
        values.map(|v| format::columns(&format::number(v.mean, 3))).max().unwrap_or(0) as f64
    }

    fn draw_stack(
        &self,
        canvas: &Canvas<'_>,
        frame: &Frame,
        laid: &Laid,
        (category, colours): (usize, &Colours),
        (top, thickness): (f64, f64),
    ) -> Result<(), DrawError> {
        let mut sum = 0.0;
        for (i, series) in self.series.iter().enumerate() {
            let Some(value) = series.values[category] else {
                continue;
            };
            let (from, _) = frame.at(laid.clamped(sum), 0.0);
            sum += value.mean;
            let (to, _) = frame.at(laid.clamped(sum), 0.0);
            canvas.rectangle((from, top), (to, top + thickness), Paint::Series(colours.get(&series.name, i)), 1.0)?;
            // A sliver of background keeps neighbours apart without relying on their colours.
            canvas.stroke(&[(to, top), (to, top + thickness)], 1.0, Paint::Paper)?;
            let text = format::number(value.mean, 2);
            if to - from > CHARACTER * (format::columns(&text) as f64 + 1.0) {
                canvas.text(&text, (0.5 * (from + to), top + 0.5 * thickness), Anchor::Centre, Paint::Paper)?;
            }
        }
        Ok(())
    }
}

/// What another run found for a category.
fn mean_of(points: &[[Option<f64>; 4]], category: usize) -> Option<f64> {
    points.iter().find(|point| point[0] == Some(category as f64))?[1]
}

/// A bar from its base with its interval and its number.
fn draw_bar(
    canvas: &Canvas<'_>,
    frame: &Frame,
    laid: &Laid,
    (base, (value, paint)): (f64, (Option<Summary>, Paint)),
    (top, thickness): (f64, f64),
) -> Result<(), DrawError> {
    let (from, _) = frame.at(laid.clamped(base), 0.0);
    let middle = top + 0.5 * thickness;
    let Some(value) = value else {
        return canvas.text("not measured", (from + 6.0, middle), Anchor::Left, Paint::Muted);
    };
    let x = |v: f64| frame.at(laid.clamped(v), 0.0).0;
    let (left, right) = (from.min(x(value.mean)), from.max(x(value.mean)));
    canvas.rectangle((left, top + 1.0), (right, top + thickness - 1.0), paint, 1.0)?;
    let mut end = x(value.mean).max(from);
    if value.reach.is_some() {
        let (low, high) = (x(value.low()), x(value.high()));
        canvas.stroke(&[(low, middle), (high, middle)], 1.5, Paint::Ink)?;
        for cap in [low, high] {
            canvas.stroke(&[(cap, middle - 3.5), (cap, middle + 3.5)], 1.5, Paint::Ink)?;
        }
        end = end.max(high);
    }
    canvas.text(&format::number(value.mean, 3), (end + 6.0, middle), Anchor::Left, Paint::Muted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_of_ratios_begin_at_one() {
        let of = |axis, values: [f64; 2]| {
            Bars::grouped(axis, ["a", "b"], [BarSeries::new("s", values.map(Summary::exact))]).base()
        };
        assert_eq!(of(Axis::log10("times"), [0.5, 20.0]), 1.0);
        assert_eq!(of(Axis::log10("share"), [1e-7, 0.5]), 0.0);
        assert_eq!(of(Axis::linear("times"), [0.5, 20.0]), 0.0);
    }
}
