//! Colours that follow the reader's light or dark preference.
//!
//! Plotters writes literal colours. Each role is drawn in a literal of its own, and they are replaced
//! by custom properties that [`style_sheet`] defines once for light and once for dark.

use std::fmt::Write as _;

use plotters::style::RGBColor;

/// What a stroke or an area stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Text and axes.
    Ink,
    /// Secondary text.
    Muted,
    /// Grid lines.
    Grid,
    /// The background.
    Paper,
    /// Data of series i.
    Series(usize),
    /// Reference line i: ink, dashed.
    Reference(usize),
}

/// Colours of the series for light and for dark backgrounds.
///
/// Hue and lightness both vary from one to the next, so that they stay apart for colour-blind readers, as in
/// Okabe and Ito, *Color Universal Design*, 2008; each keeps a contrast of 3 : 1 with its background (WCAG 2.1, 1.4.11).
pub(super) const SERIES: [[u32; 2]; 7] = [
    [0x0067a5, 0x5fb2f0],
    [0xc1440e, 0xff8f61],
    [0x00805e, 0x3fcfa5],
    [0x8b4789, 0xdb97e3],
    [0x9a7400, 0xe9c54f],
    [0x2f93c4, 0xa6defc],
    [0x55595e, 0xb4b9bf],
];

/// The other colours of the page: name, light, dark.
const BASE: [(&str, u32, u32); 6] = [
    ("ink", 0x1c1f23, 0xe8e6e1),
    ("muted", 0x5d6269, 0xa3a8ae),
    ("grid", 0xe3e1db, 0x33383d),
    ("paper", 0xfffefb, 0x15181b),
    ("panel", 0xf5f3ed, 0x1e2226),
    ("link", 0x0b5a8f, 0x7cc0f5),
];

/// Dashes of the reference lines, in pixels of the shown figure.
const DASHES: [&str; 4] = ["2 4", "8 4", "8 3 2 3", "4 2"];

impl Paint {
    /// The literal that stands for this paint until [`resolve`] replaces it.
    pub(super) fn literal(self) -> RGBColor {
        match self {
            Self::Ink => RGBColor(0xfa, 0, 0xce),
            Self::Muted => RGBColor(0xfa, 1, 0xce),
            Self::Grid => RGBColor(0xfa, 2, 0xce),
            Self::Paper => RGBColor(0xfa, 3, 0xce),
            Self::Series(i) => RGBColor(0xfb, (i % SERIES.len()) as u8, 0xce),
            Self::Reference(i) => RGBColor(0xfc, (i % DASHES.len()) as u8, 0xce),
        }
    }

    /// The colour as CSS.
    pub fn css(self) -> String {
        match self {
            Self::Ink => "var(--ink)".into(),
            Self::Muted | Self::Reference(_) => "var(--muted)".into(),
            Self::Grid => "var(--grid)".into(),
            Self::Paper => "var(--paper)".into(),
            Self::Series(i) => format!("var(--s{})", i % SERIES.len()),
        }
    }

    /// The dash pattern of a reference line, scaled by `scale`.
    pub fn dashes(self, scale: u32) -> Option<String> {
        let Self::Reference(i) = self else {
            return None;
        };
        let scaled =
            DASHES[i % DASHES.len()].split(' ').filter_map(|n| n.parse::<u32>().ok()).map(|n| (n * scale).to_string());
        Some(scaled.collect::<Vec<_>>().join(" "))
    }
}

/// Replaces the literals of every paint in `svg`, whose unit is 1/`scale` pixel.
pub(super) fn resolve(svg: &str, scale: u32) -> String {
    let base = [Paint::Ink, Paint::Muted, Paint::Grid, Paint::Paper];
    let series = (0..SERIES.len()).map(Paint::Series);
    let references = (0..DASHES.len()).map(Paint::Reference);
    base.into_iter().chain(series).chain(references).fold(svg.to_owned(), |svg, paint| {
        let RGBColor(r, g, b) = paint.literal();
        let literal = format!("\"#{r:02X}{g:02X}{b:02X}\"");
        let dashes = paint.dashes(scale).map_or(String::new(), |d| format!(" stroke-dasharray=\"{d}\""));
        svg.replace(&literal, &format!("\"{}\"{dashes}", paint.css()))
    })
}

/// The custom properties of the page, light by default, dark where the reader prefers it, light again on paper.
pub fn style_sheet() -> String {
    let block = |dark: bool| {
        let pick = |light: u32, night: u32| if dark { night } else { light };
        let mut css = String::new();
        for (name, light, night) in BASE {
            let _ = write!(css, "--{name}:#{:06x};", pick(light, night));
        }
        for (i, [light, night]) in SERIES.into_iter().enumerate() {
            let _ = write!(css, "--s{i}:#{:06x};", pick(light, night));
        }
        css
    };
    format!(
        ":root{{color-scheme:light dark;{}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}\n",
        block(false),
        block(true)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours, WCAG 2.1.
    fn contrast(a: u32, b: u32) -> f64 {
        let luminance = |colour: u32| {
            let channel = |shift: u32| {
                let c = f64::from(colour >> shift & 0xff) / 255.0;
                if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
        };
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn every_colour_can_be_read_on_its_background() {
        let paper = BASE[3];
        assert_eq!(paper.0, "paper");
        for [light, dark] in SERIES {
            assert!(contrast(light, paper.1) >= 3.0, "#{light:06x}: {}", contrast(light, paper.1));
            assert!(contrast(dark, paper.2) >= 3.0, "#{dark:06x}: {}", contrast(dark, paper.2));
        }
        for (name, light, dark) in [BASE[0], BASE[1], BASE[5]] {
            assert!(contrast(light, paper.1) >= 4.5 && contrast(dark, paper.2) >= 4.5, "{name}");
        }
    }

    #[test]
    fn literals_become_custom_properties() {
        let RGBColor(r, g, b) = Paint::Reference(1).literal();
        let svg = format!("<line stroke=\"#{r:02X}{g:02X}{b:02X}\"/>");
        assert_eq!(resolve(&svg, 2), "<line stroke=\"var(--muted)\" stroke-dasharray=\"16 8\"/>");
    }
}
