//! A matrix as shades of one colour, two where values are negative as well.
//!
//! A shade is the series colour at some opacity over the page's background, so it works on light and on dark.

use std::io::Write;

use super::{
    Canvas, DrawError, Scale, Size,
    canvas::{Anchor, CHARACTER, Drawing, FONT},
    room,
    theme::Paint,
    wrap,
};
use crate::format;

/// What stands beside the rows or above the columns.
#[derive(Clone, Debug)]
pub enum Labels {
    /// Names that nothing else tells, such as the words of a sentence: all are drawn.
    Names(Vec<String>),
    /// Places on an axis: those without room are left out, and the drawing says so.
    Places(Vec<String>),
}

impl Labels {
    fn texts(&self) -> &[String] {
        let (Labels::Names(texts) | Labels::Places(texts)) = self;
        texts
    }

    fn are_names(&self) -> bool {
        matches!(self, Labels::Names(_))
    }
}

/// A heat map.
#[derive(Clone, Debug)]
pub struct Heat {
    /// What the columns are.
    pub x: String,
    /// What the rows are.
    pub y: String,
    /// What the shade means, with the unit.
    pub value: String,
    /// Linear from zero, or logarithmic between the smallest and the largest positive value.
    pub scale: Scale,
    /// Left to right.
    pub columns: Labels,
    /// Top to bottom.
    pub rows: Labels,
    /// A row of values for each row; exact zeros and what is not finite get no shade,
    /// and NaN is marked.
    pub values: Vec<Vec<f64>>,
}

/// Names in more lines than these could not be told apart; they are set upright instead.
const MOST_LINES: usize = 3;

/// From one line of text to the next.
const LINE: f64 = 1.2 * FONT;

/// What stands in a cell whose value is not a number.
const NOT_A_NUMBER: &str = "×";

/// Opacity of the faintest value that a logarithmic scale still shows.
const FAINTEST: f64 = 0.12;

impl Heat {
    pub(super) fn write(&self, out: &mut csv::Writer<impl Write>) -> csv::Result<()> {
        out.write_record([&self.y, &self.x, &self.value])?;
        for (row, values) in self.rows.texts().iter().zip(&self.values) {
            for (column, value) in self.columns.texts().iter().zip(values) {
                out.write_record([row, column, &value.to_string()])?;
            }
        }
        Ok(())
    }

    /// Smallest and largest magnitude that are not zero.
    fn extent(&self) -> (f64, f64) {
        let sizes = self.values.iter().flatten().filter(|v| v.is_finite() && **v != 0.0).map(|v| v.abs());
        sizes.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)))
    }

    fn opacity(&self, value: f64, (low, high): (f64, f64)) -> f64 {
        let size = value.abs();
        if !size.is_finite() || size == 0.0 || high == 0.0 {
            return 0.0;
        }
        match self.scale {
            Scale::Linear => size / high,
            _ if low == high => 1.0,
            _ => FAINTEST + (1.0 - FAINTEST) * (size / low).ln() / (high / low).ln(),
        }
    }

    /// What a shade stands for, and how.
    fn meaning(&self) -> String {
        let logarithmic = if self.scale == Scale::Linear { "" } else { " (logarithmic shades)" };
        let unknown = self.values.iter().flatten().any(|v| v.is_nan());
        let marked = if unknown { format!("; {NOT_A_NUMBER} is not a number") } else { String::new() };
        format!("{}{logarithmic}{marked}", self.value)
    }

    /// A value in its cell: parts of one in hundredths, so that they can be compared at a glance.
    fn written(&self, value: f64, (_, high): (f64, f64)) -> String {
        match self.scale {
            Scale::Linear if (0.1..=1.0).contains(&high) => format!("{value:.2}"),
            _ => format::number(value, 2),
        }
    }

    pub(super) fn draw(&self, size: Size) -> Result<Drawing, DrawError> {
        let names = self.columns.texts();
        let (columns, rows) = (names.len().max(1), self.rows.texts().len().max(1));
        let longest = |names: &[String]| names.iter().map(|n| room(n)).max().unwrap_or(0) as f64 * CHARACTER;
        let wrapped: Vec<Vec<String>> =
            self.rows.texts().iter().map(|name| wrap(name, if size == Size::Wide { 30 } else { 15 })).collect();
        let left = longest(&wrapped.concat()) + 12.0;
        let free = size.width() - left - 12.0;
        // All numbers or none: some would look like a statement about the others.
        let extent = self.extent();
        let digits = |v: &f64| format::columns(&self.written(*v, extent));
        let longest_number = self.values.iter().flatten().map(digits).max().unwrap_or(0) as f64;
        let words = self.columns.are_names();
        // Names that are set upright need the height of a line, whatever the sheet then measures.
        let cell_width = (free / columns as f64).clamp(if words { LINE } else { 4.0 }, 90.0);
        let width = size.width().max(left + cell_width * columns as f64 + 12.0);
        let numbers = rows <= 20 && cell_width > CHARACTER * (longest_number + 0.5);
        let most_lines = wrapped.iter().map(Vec::len).max().unwrap_or(1) as f64;
        let least_height = if self.rows.are_names() { LINE * most_lines } else { 4.0 };
        let cell_height = cell_width.min(if numbers { 40.0 } else { 24.0 }).max(least_height);
        let stride = ((longest(names) + CHARACTER) / cell_width).ceil().max(1.0) as usize;
        let stands_out = |(c, name): (usize, &String)| {
            let (middle, half) = (left + cell_width * (c as f64 + 0.5), 0.5 * CHARACTER * room(name) as f64);
            middle < half || middle + half > width
        };
        let upright = words && (stride > MOST_LINES || names.iter().enumerate().any(stands_out));
        let (stride, lines) = match (words, upright) {
            (_, true) => (1, 1),
            (true, false) => (1, stride),
            (false, _) => (stride, 1),
        };
        let top = 2.4 * FONT + if upright { longest(names) } else { LINE * lines as f64 };
        let bottom = top + cell_height * rows as f64;
        let row_stride = (LINE * most_lines / cell_height).ceil() as usize;
        // Beneath: what a shade means, then the shades.
        let left_out = left_out([("across", stride, columns), ("down", row_stride, rows)]);
        let title = wrap(&(self.meaning() + &left_out), (size.width() / CHARACTER) as usize);
        let height = bottom + (2.8 + 1.3 * title.len() as f64) * FONT;
        Canvas::sheet(width, height, |canvas| {
            canvas.text(
                &format!("{} (down), {} (across)", self.y, self.x),
                (2.0, 0.8 * FONT),
                Anchor::Left,
                Paint::Ink,
            )?;
            for (c, name) in names.iter().enumerate().step_by(stride) {
                let x = left + cell_width * (c as f64 + 0.5);
                let line = (lines - 1 - c % lines) as f64;
                let (y, anchor) =
                    if upright { (0.4 * FONT, Anchor::Upright) } else { (0.8 * FONT + LINE * line, Anchor::Centre) };
                canvas.text(name, (x, top - y), anchor, Paint::Muted)?;
            }
            for (r, lines) in wrapped.iter().enumerate().step_by(row_stride) {
                let middle = top + cell_height * (r as f64 + 0.5);
                for (l, line) in lines.iter().enumerate() {
                    let y = middle + LINE * (l as f64 - 0.5 * (lines.len() - 1) as f64);
                    canvas.text(line, (left - 7.0, y), Anchor::Right, Paint::Muted)?;
                }
            }
            for (r, values) in self.values.iter().enumerate() {
                for (c, &value) in values.iter().enumerate() {
                    let corner = (left + cell_width * c as f64, top + cell_height * r as f64);
                    let far = (corner.0 + cell_width, corner.1 + cell_height);
                    let opacity = self.opacity(value, extent);
                    canvas.rectangle(corner, far, paint(value), opacity)?;
                    let middle = (0.5 * (corner.0 + far.0), 0.5 * (corner.1 + far.1));
                    if value.is_nan() {
                        canvas.text(NOT_A_NUMBER, middle, Anchor::Centre, Paint::Ink)?;
                    } else if numbers {
                        let ink = if opacity > 0.55 { Paint::Paper } else { Paint::Ink };
                        canvas.text(&self.written(value, extent), middle, Anchor::Centre, ink)?;
                    }
                }
            }
            let right = left + cell_width * columns as f64;
            let outline = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
            canvas.stroke(&outline, 1.0, Paint::Muted)?;
            self.draw_scale(canvas, extent, bottom + 1.2 * FONT, &title)
        })
    }

    /// The shades from the smallest to the largest value, and what they stand for.
    fn draw_scale(
        &self,
        canvas: &Canvas<'_>,
        (low, high): (f64, f64),
        y: f64,
        title: &[String],
    ) -> Result<(), DrawError> {
        for (i, line) in title.iter().enumerate() {
            canvas.text(line, (2.0, y + 1.3 * FONT * i as f64), Anchor::Left, Paint::Ink)?;
        }
        if high == 0.0 {
            return Ok(());
        }
        let y = y + 1.3 * FONT * title.len() as f64;
        let negative = self.values.iter().flatten().any(|v| *v < 0.0);
        let first = match (self.scale, negative) {
            (Scale::Linear, true) => -high,
            (Scale::Linear, false) => 0.0,
            _ => low,
        };
        let text = format::number(first, 2);
        canvas.text(&text, (2.0, y), Anchor::Left, Paint::Muted)?;
        let left = 2.0 + CHARACTER * (format::columns(&text) as f64 + 1.5);
        const STEPS: usize = 24;
        let width = 6.0;
        for step in 0..STEPS {
            let part = (step as f64 + 0.5) / STEPS as f64;
            let value =
                if self.scale == Scale::Linear { first + part * (high - first) } else { low * (high / low).powf(part) };
            let x = left + width * step as f64;
            canvas.rectangle((x, y - 6.0), (x + width, y + 6.0), paint(value), self.opacity(value, (low, high)))?;
        }
        let end = left + width * STEPS as f64;
        let zeros = self.values.iter().flatten().any(|v| *v == 0.0);
        let note = if zeros { " (no shade: exactly 0)" } else { "" };
        canvas.text(&format!("{}{note}", format::number(high, 2)), (end + 6.0, y), Anchor::Left, Paint::Muted)
    }
}

/// Which labels of each direction are not drawn, given how far those apart are that are.
fn left_out(directions: [(&str, usize, usize); 2]) -> String {
    let said = directions.into_iter().filter(|&(_, stride, count)| stride > 1 && count > 1);
    said.map(|(direction, stride, _)| format!("; {direction}, 1 label of {stride} is drawn")).collect()
}

fn paint(value: f64) -> Paint {
    Paint::Series(if value < 0.0 { 1 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Figure, Plot};

    fn drawn(names: Vec<String>, scale: Scale, size: Size) -> String {
        labelled(Labels::Names(names), scale, size)
    }

    fn labelled(labels: Labels, scale: Scale, size: Size) -> String {
        let (x, y, value) = ("said".into(), "read".into(), "weight".into());
        let values = vec![vec![0.5; labels.texts().len()]; labels.texts().len()];
        let heat = Heat { x, y, value, scale, columns: labels.clone(), rows: labels, values };
        Figure::new("heat", "Heat", "", Plot::Heat(heat)).svg(size).unwrap()
    }

    /// How often a name stands by itself, as a row's or a column's.
    fn written(svg: &str, name: &str) -> usize {
        svg.lines().filter(|line| line.trim() == name).count()
    }

    #[test]
    fn step_01_every_word_is_written_and_places_leave_some_out_and_say_so() {
        for count in [3, 8, 14] {
            for size in [Size::Wide, Size::Narrow] {
                let words: Vec<String> = (0..count).map(|i| format!("intelligent{}", (b'a' + i) as char)).collect();
                let svg = drawn(words.clone(), Scale::Linear, size);
                assert!(words.iter().all(|word| written(&svg, word) == 2), "{count} words, {size:?}");
            }
        }
        let numbers: Vec<String> = (1000..1064).map(|i| i.to_string()).collect();
        let svg = labelled(Labels::Places(numbers.clone()), Scale::Linear, Size::Wide);
        let all: usize = numbers.iter().map(|number| written(&svg, number)).sum();
        assert!((2..numbers.len()).contains(&all), "{all}");
        let [first, second] = [&numbers[0], &numbers[1]].map(|name| written(&svg, name));
        assert!(first > second && svg.contains("1 label of"), "{svg}");
        assert_eq!(left_out([("across", 5, 64), ("down", 1, 64)]), "; across, 1 label of 5 is drawn");
        let few = labelled(Labels::Places(numbers[..3].to_vec()), Scale::Linear, Size::Wide);
        assert!(!few.contains("1 label of"), "{few}");
    }

    #[test]
    fn step_03_all_words_are_written_however_many_they_are_and_none_is_cut_off() {
        let many: Vec<String> = (0..100).map(|i| format!("w{}", (i * 7919) % 1000)).collect();
        let repeated: Vec<String> = ["3", "1", "4", "1", "5"].repeat(20).into_iter().map(str::to_owned).collect();
        let long = vec!["Donaudampfschifffahrtsgesellschaftskapitänspatentprüfung".repeat(2), "b".to_owned()];
        let rising: Vec<String> = (1..=40).map(|i| i.to_string()).collect();
        for names in [many, repeated, rising, long] {
            for size in [Size::Wide, Size::Narrow] {
                let svg = drawn(names.clone(), Scale::Linear, size);
                let all = |name: &String| names.iter().filter(|other| *other == name).count();
                assert!(names.iter().all(|name| written(&svg, name) == 2 * all(name)), "{names:?}, {size:?}");
            }
        }
    }

    #[test]
    fn step_04_a_control_character_is_drawn_as_its_picture() {
        let svg = drawn(vec!["a\u{1b}[31m\0".to_owned(), "<&>".to_owned()], Scale::Linear, Size::Wide);
        assert!(svg.contains("a␛[31m␀") && svg.chars().all(|c| !c.is_control() || c == '\n'), "{svg}");
        assert!(svg.contains("&lt;&amp;&gt;"));
    }

    #[test]
    fn step_05_what_is_not_a_number_does_not_look_like_zero() {
        let drawn = |value| {
            let [columns, rows] = ["a", "b"].map(|name| Labels::Names(vec![name.into()]));
            let values = vec![vec![value]];
            let (x, y, value, scale) = ("said".into(), "read".into(), "weight".into(), Scale::Log10);
            let heat = Plot::Heat(Heat { x, y, value, scale, columns, rows, values });
            Figure::new("heat", "Heat", "", heat).svg(Size::Wide).unwrap()
        };
        let unknown = drawn(f64::NAN);
        assert!(written(&unknown, "×") == 1 && unknown.contains("× is not a number"), "{unknown}");
        assert!(!drawn(0.0).contains('×'));
    }

    #[test]
    fn step_02_logarithmic_shades_say_so() {
        let says = |scale| drawn(vec!["a".into()], scale, Size::Wide).contains("weight (logarithmic shades)");
        assert_eq!([Scale::Linear, Scale::Log10].map(says), [false, true]);
    }
}
