//! Figures: drawn by plotters as SVG for inlining into the report, with their data as CSV.
//!
//! A figure is drawn twice, wide and narrow, and the page shows the one that fits the screen. Its legend is a list of
//! [`Key`]s that the page sets as text, so it can wrap but never overlap a curve. Colours are names of the page's style
//! sheet (see [`theme`]), so that one drawing serves light, dark and print.

mod axis;
mod bars;
mod canvas;
mod colours;
mod data;
mod direction;
mod heat;
mod interval;
mod legend;
mod lines;
mod room;
pub mod theme;

pub use axis::{Axis, Scale};
pub use bars::{BarSeries, Bars};
pub use data::{Data, DataSeries, MOST_POINTS, rounded};
pub use heat::{Heat, Labels};
pub use interval::Interval;
pub use legend::swatch;
pub use lines::{Lines, Point, Reference, Series};

use canvas::{Canvas, Drawing};
use colours::Colours;
use room::room;

use crate::Error;
use crate::format::printable;

/// One figure of the report.
#[derive(Clone, Debug)]
pub struct Figure {
    /// File name of the CSV without its extension; unique in a report.
    pub name: String,
    /// What the reader sees, in a few words.
    pub title: String,
    /// How to read it, in a sentence or two.
    pub caption: String,
    /// The data and how they are drawn.
    pub plot: Plot,
    colours: Colours,
    /// What another run found, drawn lightly behind this one.
    beside: Option<Data>,
}

/// The kinds of figures.
#[derive(Clone, Debug)]
pub enum Plot {
    /// Curves over a number.
    Lines(Lines),
    /// Bars by category.
    Bars(Bars),
    /// A matrix as shades.
    Heat(Heat),
}

impl From<Lines> for Plot {
    fn from(lines: Lines) -> Self {
        Plot::Lines(lines)
    }
}

impl From<Bars> for Plot {
    fn from(bars: Bars) -> Self {
        Plot::Bars(bars)
    }
}

impl From<Heat> for Plot {
    fn from(heat: Heat) -> Self {
        Plot::Heat(heat)
    }
}

/// Where a drawing will be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// On paper and on screens at least as wide as the text.
    Wide,
    /// On a phone.
    Narrow,
}

/// One entry of a legend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The series' name.
    pub label: String,
    /// Its sign.
    pub swatch: Swatch,
}

/// The sign of a series in a legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swatch {
    /// A line with the marker and in the colour i.
    Line(usize),
    /// A box in the colour i.
    Box(usize),
    /// The dashes of reference line i.
    Reference(usize),
}

impl Figure {
    /// A figure; the arguments are its fields. Its series have the colours of their places.
    pub fn new(name: impl Into<String>, title: impl Into<String>, caption: impl Into<String>, plot: Plot) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            caption: caption.into(),
            plot,
            colours: Colours::default(),
            beside: None,
        }
    }

    /// The same figure over what another run found, as far as both show the same. Heat maps and stacked bars stay as they are.
    #[must_use]
    pub fn over(self, other: &Data) -> Self {
        Self { beside: self.shared(other), ..self }
    }

    /// Whether another run is drawn behind this one.
    pub fn is_over_another(&self) -> bool {
        self.beside.is_some()
    }

    /// Gives a series the same colour in all of `figures`, as far as there are colours.
    pub fn share_colours(figures: &mut [Self]) {
        let colours = Colours::of(figures);
        for figure in figures {
            figure.colours = colours.clone();
        }
    }

    /// Of its series.
    fn names(&self) -> Vec<&str> {
        match &self.plot {
            Plot::Lines(lines) => lines.series.iter().map(|series| &*series.name).collect(),
            Plot::Bars(bars) => bars.series.iter().map(|series| &*series.name).collect(),
            Plot::Heat(_) => Vec::new(),
        }
    }

    /// The drawing as an `<svg>` element whose colours are custom properties of the page.
    ///
    /// # Errors
    /// If plotters cannot draw.
    pub fn svg(&self, size: Size) -> Result<String, Error> {
        Ok(self.draw(size)?.into_svg(&self.title))
    }

    /// The drawing with its legend as an SVG file of its own, with its colours for light and dark.
    ///
    /// # Errors
    /// If plotters cannot draw.
    pub fn document(&self, size: Size) -> Result<String, Error> {
        Ok(legend::document(&self.svg(size)?, &self.title, size, &self.keys()))
    }

    fn draw(&self, size: Size) -> Result<Drawing, Error> {
        let drawn = match &self.plot {
            Plot::Lines(lines) => lines.draw(size, &self.colours, self.beside.as_ref()),
            Plot::Bars(bars) => bars.draw(size, &self.colours, self.beside.as_ref()),
            Plot::Heat(heat) => heat.draw(size),
        };
        drawn.map_err(|e| Error::Figure { name: self.name.clone(), reason: e.to_string() })
    }

    /// The legend, empty where one series needs none.
    pub fn keys(&self) -> Vec<Key> {
        match &self.plot {
            Plot::Lines(lines) => lines.keys(&self.colours),
            Plot::Bars(bars) => bars.keys(&self.colours),
            Plot::Heat(_) => Vec::new(),
        }
    }

    /// The data as comma-separated values with a header line.
    ///
    /// # Errors
    /// If a record cannot be written.
    pub fn csv(&self) -> Result<Vec<u8>, Error> {
        let mut out = csv::Writer::from_writer(Vec::new());
        match &self.plot {
            Plot::Lines(lines) => lines.write(&mut out)?,
            Plot::Bars(bars) => bars.write(&mut out)?,
            Plot::Heat(heat) => heat.write(&mut out)?,
        }
        let written = out.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
        Ok(printable(&String::from_utf8_lossy(&written)).into_owned().into_bytes())
    }
}

/// The corners of a series' marker around the origin, `r` being the radius of a circle of about the same area.
///
/// Shapes differ so that series can be told apart without colour.
pub fn marker(series: usize, r: f64) -> Vec<(f64, f64)> {
    let polygon = |corners: usize, radius: f64, turn: f64| {
        let angle = move |i: usize| std::f64::consts::TAU * (i as f64 / corners as f64 + turn);
        (0..corners).map(|i| (radius * angle(i).sin(), -radius * angle(i).cos())).collect()
    };
    match series % 6 {
        0 => polygon(20, r, 0.0),
        1 => polygon(4, 1.25 * r, 0.125),
        2 => polygon(3, 1.5 * r, 0.0),
        3 => polygon(4, 1.35 * r, 0.0),
        4 => polygon(3, 1.5 * r, 0.5),
        _ => polygon(5, 1.3 * r, 0.0),
    }
}

/// A drawing error, by the backend that writes into a string.
type DrawError = plotters::drawing::DrawingAreaErrorKind<std::io::Error>;

/// Breaks `text` into lines that have [`room`] in `width` columns, at spaces where there are any.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if room(line) + 1 + room(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 4), ["unbreakable"]);
    }

    #[test]
    fn markers_differ() {
        let shapes: Vec<String> = (0..6).map(|i| format!("{:.3?}", marker(i, 1.0))).collect();
        assert!((0..6).all(|i| (0..i).all(|j| shapes[i] != shapes[j])));
    }
}
