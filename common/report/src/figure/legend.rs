//! The legend: set as text by a page, drawn into a figure that is a file of its own.

use maud::{Markup, html};

use super::{
    Key, Size, Swatch,
    canvas::{CHARACTER, FONT, SCALE},
    marker,
    room::room,
    theme::{self, Paint},
};
use crate::format;

/// Width and height of a sign, in pixels.
const LINE: f64 = 26.0;
const BOX: f64 = 12.0;
const HEIGHT: f64 = 14.0;

/// The sign of a key as an `<svg>` element.
pub fn swatch(key: &Key) -> Markup {
    let width = width(key);
    html! { svg width=(width) height=(HEIGHT) viewBox={ "0 0 " (width) " " (HEIGHT) } aria-hidden="true" { (sign(key)) } }
}

fn width(key: &Key) -> f64 {
    if matches!(key.swatch, Swatch::Box(_)) { BOX } else { LINE }
}

fn sign(Key { swatch, .. }: &Key) -> Markup {
    match *swatch {
        Swatch::Box(i) => html! { rect x="0" y="1" width="12" height="12" rx="1" fill=(Paint::Series(i).css()) {} },
        Swatch::Line(i) => {
            let corners: Vec<String> =
                marker(i, 3.8).iter().map(|(x, y)| format!("{:.1},{:.1}", 13.0 + x, 7.0 + y)).collect();
            html! {
                path d="M0 7H26" stroke=(Paint::Series(i).css()) stroke-width="2" {}
                polygon points=(corners.join(" ")) fill=(Paint::Series(i).css()) {}
            }
        }
        Swatch::Reference(i) => {
            let paint = Paint::Reference(i);
            html! { path d="M0 7H26" stroke=(paint.css()) stroke-width="1.5" stroke-dasharray=[paint.dashes(1)] {} }
        }
    }
}

/// A drawing below its legend as a file of its own, which has no page to take colours from.
pub(super) fn document(element: &str, title: &str, size: Size, keys: &[Key]) -> String {
    let viewbox = element.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once('"'));
    let height = viewbox.and_then(|(viewbox, _)| viewbox.split_once(' ')?.1.parse::<f64>().ok());
    let (width, height) = (size.width(), height.unwrap_or_default() / SCALE);
    let (legend, top) = drawn(keys, width);
    let title = html! { (format::printable(title)) }.into_string();
    let drawing = element.replacen("<svg", &format!("<svg y=\"{top}\" width=\"{width}\" height=\"{height}\""), 1);
    let whole = height + top;
    let style = theme::style_sheet();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" viewBox=\"0 0 {width} {whole}\" role=\"img\" \
         aria-label=\"{title}\"><style>{style}svg{{background:var(--paper)}}</style>{legend}{drawing}</svg>\n"
    )
}

/// The keys in lines of at most `width` pixels, and how high they are together.
fn drawn(keys: &[Key], width: f64) -> (String, f64) {
    const MARGIN: f64 = 10.0;
    let (mut x, mut y, mut content) = (MARGIN, MARGIN, String::new());
    for key in keys {
        let text = self::width(key) + 7.0;
        let whole = text + CHARACTER * room(&key.label) as f64;
        if x > MARGIN && x + whole > width - MARGIN {
            (x, y) = (MARGIN, y + 1.6 * FONT);
        }
        let entry = html! {
            g transform=(format!("translate({x:.1},{y:.1})")) {
                (sign(key))
                text x=(text) y="12" font-size=(FONT) fill=(Paint::Ink.css()) { (key.label) }
            }
        };
        content += &entry.into_string();
        x += whole + 1.5 * FONT;
    }
    let height = if keys.is_empty() { 0.0 } else { y + HEIGHT + MARGIN };
    (content, height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_its_own_names_its_series_in_lines_that_fit() {
        let keys = ["RNN", "LSTM & GRU", "a name of some length in the legend"]
            .map(|label| Key { label: label.into(), swatch: Swatch::Line(0) });
        let file = document("<svg viewBox=\"0 0 3040 400\" role=\"img\">x</svg>", "a < b", Size::Wide, &keys);
        assert!(file.contains("RNN</text>") && file.contains("LSTM &amp; GRU</text>") && file.contains("a &lt; b"));
        assert!(file.contains("<svg y=\"34\" width=\"760\" height=\"100\" viewBox=\"0 0 3040 400\""), "{file}");
        assert!(file.contains("viewBox=\"0 0 760 134\""), "{file}");
        let narrow = document("<svg viewBox=\"0 0 1440 400\">x</svg>", "", Size::Narrow, &keys);
        assert!(narrow.contains("translate(10.0,30.8)"), "the third stands on a line of its own: {narrow}");
        assert!(document("<svg viewBox=\"0 0 3040 400\">x</svg>", "", Size::Wide, &[]).contains("<svg y=\"0\""));
    }
}
