//! One number with its interval beside what it has to be: a line of the ledger.

use super::{
    Axis, DrawError,
    canvas::{Canvas, Drawing, Frame},
    theme::Paint,
};
use crate::{Error, statistics::Summary};

/// An effect drawn over its thresholds.
#[derive(Clone, Debug)]
pub struct Interval {
    /// What it is, for screen readers.
    pub title: String,
    /// What was measured, if it was.
    pub found: Option<Summary>,
    /// What another run measured, drawn above it and thinner.
    pub beside: Option<Summary>,
    /// What it is held against.
    pub thresholds: Vec<f64>,
}

/// In pixels.
const SIZE: (f64, f64) = (190.0, 30.0);

impl Interval {
    /// The drawing as an `<svg>` element whose colours are custom properties of the page.
    ///
    /// # Errors
    /// If plotters cannot draw.
    pub fn svg(&self) -> Result<String, Error> {
        let drawn = self.draw().map_err(|e| Error::Figure { name: self.title.clone(), reason: e.to_string() })?;
        Ok(drawn.into_svg(&self.title))
    }

    fn draw(&self) -> Result<Drawing, DrawError> {
        let ends = |summary: &Summary| [summary.low(), summary.mean, summary.high()];
        let shown = [&self.found, &self.beside].into_iter().flatten().flat_map(ends);
        let laid = Axis::linear("").from_zero().lay(shown.chain(self.thresholds.iter().copied()), 0.06, 2);
        Canvas::sheet(SIZE.0, SIZE.1, |canvas| {
            let frame = Frame { left: 5.0, right: SIZE.0 - 5.0, top: 2.0, bottom: SIZE.1 - 2.0 };
            let at = |value: f64, y: f64| frame.at(laid.clamped(value), y);
            canvas.stroke(&[at(0.0, 0.0), at(0.0, 1.0)], 1.0, Paint::Muted)?;
            for &threshold in &self.thresholds {
                canvas.stroke(&[at(threshold, 0.0), at(threshold, 1.0)], 1.5, Paint::Reference(1))?;
            }
            let mark = |summary: &Summary, y: f64, (width, radius): (f64, f64), paint: Paint| {
                if !summary.mean.is_finite() {
                    return Ok(());
                }
                canvas.stroke(&[at(summary.low(), y), at(summary.high(), y)], width, paint)?;
                let (x, y) = at(summary.mean, y);
                let corners: Vec<_> = super::marker(0, radius).into_iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
                canvas.fill(&corners, paint, 1.0)
            };
            if let Some(beside) = &self.beside {
                mark(beside, 0.2, (1.5, 2.6), Paint::Muted)?;
            }
            if let Some(found) = &self.found {
                mark(found, 0.62, (2.5, 4.0), Paint::Series(0))?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Reach;

    #[test]
    fn an_interval_is_drawn_with_its_thresholds_whatever_its_ends_are() {
        for (mean, reach) in [(0.5, Some(Reach::Plus(0.1))), (f64::NAN, None), (0.5, Some(Reach::Plus(f64::INFINITY)))]
        {
            let found = Summary { n: 3, mean, reach };
            let drawn = Interval {
                title: "a & b".into(),
                found: Some(found),
                beside: Some(found),
                thresholds: vec![0.1, -0.1],
            };
            let svg = drawn.svg().unwrap();
            assert!(svg.contains("a &amp; b") && svg.matches("stroke-dasharray").count() == 2, "{svg}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }

    #[test]
    fn an_interval_without_end_goes_from_edge_to_edge() {
        let found = Summary { n: 2, mean: 0.5, reach: Some(Reach::Plus(f64::INFINITY)) };
        let drawn = Interval { title: String::new(), found: Some(found), beside: None, thresholds: Vec::new() };
        let svg = drawn.svg().unwrap();
        assert!(svg.contains("points=\"20,"), "from the left edge: {svg}");
        assert!(svg.contains(" 740,"), "to the right edge: {svg}");
    }
}
