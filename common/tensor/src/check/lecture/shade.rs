//! Numbers as shades: coloured backgrounds in a terminal that shows them, blocks everywhere else.

use std::io::IsTerminal;

use ndarray::{ArrayBase, Data, Dimension};

use crate::Real;

const BLOCKS: [char; 5] = [' ', '░', '▒', '▓', '█'];

const STEPS: usize = 7;
/// From zero to the largest number, colours of the 256 that terminals have in common.
const ABOVE_ZERO: [u8; STEPS] = [231, 189, 111, 69, 27, 20, 18];
const BELOW_ZERO: [u8; STEPS] = [231, 223, 216, 203, 160, 124, 88];
const BLACK: u8 = 16;
const WHITE: u8 = 231;
/// The first step of the colours that is too dark for black numbers.
const DARK: usize = 4;

/// A row of weights between 0 and 1 as shades alone, each so many characters wide.
pub fn shades<'a>(weights: impl IntoIterator<Item = &'a Real>, width: usize) -> String {
    let (scale, ink) = (Scale { largest: 1.0, signed: false }, Ink::of_output());
    let shade = |&weight: &Real| match ink {
        Ink::Colours => scale.coloured(weight, &" ".repeat(width)),
        Ink::Blocks => scale.blocks(weight, width),
    };
    weights.into_iter().map(shade).collect()
}

/// What shades are made of.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    /// Numbers on a background, between escape codes.
    Colours,
    /// Characters beside the numbers.
    Blocks,
}

impl Ink {
    /// What standard output can show and its reader wants, by <https://no-color.org> and <https://bixense.com/clicolors>.
    pub fn of_output() -> Self {
        let shows_colours = || {
            std::io::stdout().is_terminal()
                && anstyle_query::term_supports_color()
                && anstyle_query::windows::enable_ansi_colors() != Some(false)
        };
        let wanted = !anstyle_query::no_color() && (anstyle_query::clicolor_force() || shows_colours());
        if wanted { Ink::Colours } else { Ink::Blocks }
    }
}

/// The numbers that a shade stands for.
pub(super) struct Scale {
    largest: f64,
    signed: bool,
}

impl Scale {
    /// Up to 1 if all numbers lie between 0 and 1, otherwise up to the largest that is finite, whatever its sign.
    pub fn of<S: Data<Elem = Real>, D: Dimension>(array: &ArrayBase<S, D>) -> Self {
        let signed = array.iter().any(|&x| x < 0.0);
        let finite = array.iter().map(|&x| f64::from(x).abs()).filter(|x| x.is_finite());
        let largest = finite.fold(0.0, f64::max);
        let is_scale = largest > 1.0 || (signed && largest > 0.0);
        Scale { largest: if is_scale { largest } else { 1.0 }, signed }
    }

    /// A number's place among so many steps: the first is for zero alone.
    fn step(&self, x: Real, steps: usize) -> usize {
        let part = (f64::from(x).abs() / self.largest).min(1.0); // 1 if x is not a number, so that it is seen
        (part * (steps - 1) as f64).ceil() as usize
    }

    /// A text on the background of its number.
    pub fn coloured(&self, x: Real, text: &str) -> String {
        let colours = if x < 0.0 { &BELOW_ZERO } else { &ABOVE_ZERO };
        on_colour(colours, self.step(x, colours.len()), text)
    }

    /// So many blocks for a number, whatever its sign.
    pub fn blocks(&self, x: Real, width: usize) -> String {
        String::from_iter(vec![BLOCKS[self.step(x, BLOCKS.len())]; width])
    }

    /// The shades from the smallest to the largest number.
    pub fn legend(&self, ink: Ink) -> String {
        let largest = if self.largest == 1.0 { "1".to_owned() } else { format!("{:.4}", self.largest) };
        match ink {
            Ink::Blocks => {
                let sign = if self.signed { "±" } else { "" };
                format!("0 {} {sign}{largest}", BLOCKS[1..].iter().collect::<String>())
            }
            Ink::Colours => {
                let above: String = (1..STEPS).map(|step| on_colour(&ABOVE_ZERO, step, " ")).collect();
                let below: String = (1..STEPS).rev().map(|step| on_colour(&BELOW_ZERO, step, " ")).collect();
                let below = if self.signed { format!("-{largest} {below} ") } else { String::new() };
                format!("{below}0 {above} {largest}")
            }
        }
    }
}

fn on_colour(colours: &[u8; STEPS], step: usize, text: &str) -> String {
    let foreground = if step < DARK { BLACK } else { WHITE };
    format!("\x1b[48;5;{};38;5;{foreground}m{text}\x1b[0m", colours[step])
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// What a colour of the cube of 6·6·6 sends out, by WCAG 2.1.
    fn luminance(colour: u8) -> f64 {
        let steps = [0.0, 95.0, 135.0, 175.0, 215.0, 255.0].map(|x: f64| x / 255.0);
        let linear = |x: f64| if x <= 0.04045 { x / 12.92 } else { ((x + 0.055) / 1.055).powf(2.4) };
        let [red, green, blue] = [36, 6, 1].map(|place| linear(steps[usize::from((colour - 16) / place % 6)]));
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    #[test]
    fn numbers_are_legible_on_every_colour_and_larger_ones_are_darker() {
        for colours in [ABOVE_ZERO, BELOW_ZERO] {
            let lights = colours.map(luminance);
            assert!(lights.is_sorted_by(|light, dark| light > dark), "{lights:?}");
            for (step, light) in lights.into_iter().enumerate() {
                let text = luminance(if step < DARK { BLACK } else { WHITE });
                let contrast = (light.max(text) + 0.05) / (light.min(text) + 0.05);
                assert!(contrast >= 4.5, "step {step} of {colours:?}: {contrast}");
            }
        }
    }

    #[test]
    fn weights_are_parts_of_one_and_other_numbers_of_the_largest() {
        let blocks =
            |array: &ndarray::Array1<Real>| array.iter().map(|&x| Scale::of(array).blocks(x, 1)).collect::<String>();
        assert_eq!(blocks(&array![0.0, 0.01, 0.25, 0.26, 0.5]), " ░░▒▒");
        assert_eq!(blocks(&array![0.0, -0.02, 0.04, 0.01]), " ▒█░");
        assert_eq!(blocks(&array![0.0, Real::NEG_INFINITY]), " █");
        assert_eq!(blocks(&array![0.0, 0.0]), "  ");
    }

    #[test]
    fn the_legend_goes_from_zero_to_the_largest() {
        assert_eq!(Scale::of(&array![0.5 as Real]).legend(Ink::Blocks), "0 ░▒▓█ 1");
        assert_eq!(Scale::of(&array![0.5, -1.97 as Real]).legend(Ink::Blocks), "0 ░▒▓█ ±1.9700");
    }
}
