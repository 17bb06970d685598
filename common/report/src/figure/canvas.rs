//! The sheet that all figures draw on: text, strokes and areas in pixels, and the frame of a chart.
//!
//! Plotters' coordinates are whole numbers, so the sheet is drawn at [`SCALE`] units a pixel. Without a font at hand its
//! estimates of text sizes are rough; margins are therefore reckoned here, from [`CHARACTER`], with some to spare.

use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::{
    DrawError, Size,
    axis::{Axis, Laid},
    direction, marker,
    theme::{self, Paint},
};
use crate::format;

/// Units of the drawing to a pixel of the page.
pub(super) const SCALE: f64 = 4.0;
/// Height of the text in pixels.
pub(super) const FONT: f64 = 13.0;
/// Width of a character in pixels, on the wide side.
pub(super) const CHARACTER: f64 = 0.58 * FONT;

/// A finished drawing.
pub(super) struct Drawing {
    svg: String,
}

impl Drawing {
    /// The element, named for screen readers, its colours left to the page.
    pub(super) fn into_svg(self, title: &str) -> String {
        let body = direction::mark(&theme::resolve(&format::printable(&self.svg), SCALE as u32));
        let title = maud::html! { (format::printable(title)) }.into_string();
        // Plotters opens with <svg width height viewBox xmlns>: the width is the page's affair.
        let Some((viewbox, rest)) = body.split_once("viewBox=\"").and_then(|(_, r)| r.split_once('"')) else {
            return body;
        };
        let Some((_, content)) = rest.split_once('>') else {
            return body;
        };
        format!("<svg viewBox=\"{viewbox}\" role=\"img\" aria-label=\"{title}\">{content}")
    }
}

/// Where text stands relative to its point.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    /// The point is the text's left end, at half its height.
    Left,
    /// The point is its right end, at half its height.
    Right,
    /// The point is its centre.
    Centre,
    /// The point is the middle of its upper edge.
    Below,
    /// The text runs upwards; the point is its lower end, in the middle of its height.
    Upright,
}

/// A sheet in pixels, origin at the upper left.
pub(super) struct Canvas<'a> {
    root: DrawingArea<SVGBackend<'a>, Shift>,
    /// Of the sheet.
    pub(super) width: f64,
    /// Of the sheet.
    pub(super) height: f64,
}

impl Canvas<'_> {
    /// Draws on a sheet of `height` pixels.
    pub(super) fn draw(
        size: Size,
        height: f64,
        content: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
    ) -> Result<Drawing, DrawError> {
        Canvas::sheet(size.width(), height, content)
    }

    /// Draws on a sheet of `width` and `height` pixels.
    pub(super) fn sheet(
        width: f64,
        height: f64,
        content: impl FnOnce(&Canvas<'_>) -> Result<(), DrawError>,
    ) -> Result<Drawing, DrawError> {
        let mut svg = String::new();
        {
            let pixels = ((width * SCALE) as u32, (height * SCALE) as u32);
            let root = SVGBackend::with_string(&mut svg, pixels).into_drawing_area();
            let canvas = Canvas { root, width, height };
            content(&canvas)?;
            canvas.root.present()?;
        }
        Ok(Drawing { svg })
    }

    pub(super) fn text(&self, text: &str, at: (f64, f64), anchor: Anchor, paint: Paint) -> Result<(), DrawError> {
        let position = match anchor {
            Anchor::Left | Anchor::Upright => Pos::new(HPos::Left, VPos::Center),
            Anchor::Right => Pos::new(HPos::Right, VPos::Center),
            Anchor::Centre => Pos::new(HPos::Center, VPos::Center),
            Anchor::Below => Pos::new(HPos::Center, VPos::Top),
        };
        // Plotters' SVG backend divides the size by 1.24.
        let turn = if matches!(anchor, Anchor::Upright) { FontTransform::Rotate270 } else { FontTransform::None };
        let font = ("sans-serif", 1.24 * FONT * SCALE).into_font().transform(turn);
        let style = font.color(&paint.literal()).pos(position);
        self.root.draw(&Text::new(text.to_owned(), units(at), style))
    }

    /// A stroke of `width` pixels through `points`.
    pub(super) fn stroke(&self, points: &[(f64, f64)], width: f64, paint: Paint) -> Result<(), DrawError> {
        let style = paint.literal().stroke_width((width * SCALE).round() as u32);
        self.root.draw(&PathElement::new(points.iter().map(|p| units(*p)).collect::<Vec<_>>(), style))
    }

    /// A thin stroke behind what matters more; a dot where there is one point.
    pub(super) fn hairline(&self, points: &[(f64, f64)], paint: Paint) -> Result<(), DrawError> {
        if let [(x, y)] = points {
            let corners: Vec<_> = marker(0, 2.0).into_iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
            return self.fill(&corners, paint, 0.6);
        }
        let style = ShapeStyle::from(paint.literal().mix(0.6)).stroke_width(SCALE as u32);
        self.root.draw(&PathElement::new(points.iter().map(|p| units(*p)).collect::<Vec<_>>(), style))
    }

    /// An area bounded by `points`.
    pub(super) fn fill(&self, points: &[(f64, f64)], paint: Paint, opacity: f64) -> Result<(), DrawError> {
        let points: Vec<_> = points.iter().map(|p| units(*p)).collect();
        self.root.draw(&Polygon::new(points, paint.literal().mix(opacity)))
    }

    /// A rectangle between two corners.
    pub(super) fn rectangle(&self, a: (f64, f64), b: (f64, f64), paint: Paint, opacity: f64) -> Result<(), DrawError> {
        self.root.draw(&Rectangle::new([units(a), units(b)], paint.literal().mix(opacity).filled()))
    }
}

impl Size {
    /// Width in pixels.
    pub(super) fn width(self) -> f64 {
        match self {
            Self::Wide => 760.0,
            Self::Narrow => 360.0,
        }
    }
}

/// The rectangle that data are drawn in.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Frame {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    /// The pixel of a place between 0 and 1 on either axis.
    pub(super) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.left + x * self.width(), self.bottom - y * (self.bottom - self.top))
    }

    /// The horizontal axis below the frame: grid, ticks, and the label flush right beneath them.
    pub(super) fn draw_x(&self, canvas: &Canvas<'_>, axis: &Axis, laid: &Laid) -> Result<(), DrawError> {
        for (place, text) in laid.ticks() {
            let (x, _) = self.at(place, 0.0);
            canvas.stroke(&[(x, self.top), (x, self.bottom)], 1.0, Paint::Grid)?;
            canvas.text(&text, (x, self.bottom + 6.0), Anchor::Below, Paint::Muted)?;
        }
        canvas.stroke(&[(self.left, self.bottom), (self.right, self.bottom)], 1.0, Paint::Muted)?;
        canvas.text(&axis.label, (self.right, self.bottom + 2.6 * FONT), Anchor::Right, Paint::Ink)
    }

    /// The vertical axis: grid, ticks left of the frame, and the label above them, set horizontally to be read.
    pub(super) fn draw_y(&self, canvas: &Canvas<'_>, axis: &Axis, laid: &Laid) -> Result<(), DrawError> {
        for (place, text) in laid.ticks() {
            let (_, y) = self.at(0.0, place);
            canvas.stroke(&[(self.left, y), (self.right, y)], 1.0, Paint::Grid)?;
            canvas.text(&text, (self.left - 7.0, y), Anchor::Right, Paint::Muted)?;
        }
        canvas.text(&axis.label, (2.0, 0.8 * FONT), Anchor::Left, Paint::Ink)
    }

    /// Room that the labels of a vertical axis take.
    pub(super) fn margin_for(laid: &Laid) -> f64 {
        let longest = laid.ticks().iter().map(|(_, text)| format::columns(text)).max().unwrap_or(0);
        12.0 + CHARACTER * longest as f64
    }
}

fn units((x, y): (f64, f64)) -> (i32, i32) {
    ((x * SCALE).round() as i32, (y * SCALE).round() as i32)
}
