//! Matrices as a reader sees them.

use ndarray::{ArrayBase, Data, Dimension};

use super::shade::{Ink, Scale};
use super::{WIDTH, lines};
use crate::Real;

/// The names of the rows and of the columns of a matrix; none if they have none.
pub type Names<'a> = [&'a [&'a str]; 2];

/// Rows and columns without names.
pub const UNNAMED: Names<'static> = [&[], &[]];

/// An array under its name, with its shape in letters and numbers and what to look for; one row of numbers to a line.
/// A number that is exactly zero is written 0, without decimals.
///
/// # Panics
/// If there are names, and not as many as rows or columns, or if a line is longer than 80 characters.
#[track_caller]
pub fn show<S: Data<Elem = Real>, D: Dimension>(
    name: &str,
    letters: &str,
    names: Names<'_>,
    look_for: &str,
    array: &ArrayBase<S, D>,
) {
    println!("{}{}", head(name, letters, "", look_for, array.shape()), table(names, array, None));
}

/// [`show`] with shaded numbers: for weights, gates, derivatives and masks. What is exactly zero has no shade. If all
/// lie between 0 and 1 the darkest shade is 1, otherwise the largest of them.
///
/// In a terminal that shows colours the numbers have coloured backgrounds, blue above zero and red below, unless
/// `NO_COLOR` is set; elsewhere, a picture of blocks stands beside them.
///
/// # Panics
/// As [`show`].
#[track_caller]
pub fn heat<S: Data<Elem = Real>, D: Dimension>(
    name: &str,
    letters: &str,
    names: Names<'_>,
    look_for: &str,
    array: &ArrayBase<S, D>,
) {
    let (scale, ink) = (Scale::of(array), Ink::of_output());
    let legend = format!("   {}", scale.legend(ink));
    println!("{}{}", head(name, letters, &legend, look_for, array.shape()), table(names, array, Some((scale, ink))));
}

fn head(name: &str, letters: &str, legend: &str, look_for: &str, shape: &[usize]) -> String {
    let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
    let look_for = textwrap::fill(look_for, lines("    Look for: ", "    "));
    format!("    {name}  {letters} = ({}){legend}\n{look_for}\n", shape.join(", "))
}

/// The rows of an array, each with its name, under the names of the columns.
#[track_caller]
fn table<S: Data<Elem = Real>, D: Dimension>(
    [row_names, column_names]: Names<'_>,
    array: &ArrayBase<S, D>,
    shading: Option<(Scale, Ink)>,
) -> String {
    let rows: Vec<Vec<Real>> = array.rows().into_iter().map(|row| row.to_vec()).collect();
    let columns = rows.first().map_or(0, Vec::len);
    assert!(row_names.is_empty() || row_names.len() == rows.len(), "{row_names:?} for {} rows", rows.len());
    assert!(column_names.is_empty() || column_names.len() == columns, "{column_names:?} for {columns} columns");

    let longest = |texts: &[&str]| texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
    let numbers = rows.iter().flatten().map(|&x| number(x).chars().count()).max().unwrap_or(0);
    let name_width = if row_names.is_empty() { 0 } else { longest(row_names) + 1 };
    let width = numbers.max(longest(column_names));
    let line_width = 4 + name_width + columns * (width + 2);
    let picture_width = if matches!(shading, Some((_, Ink::Blocks))) { 2 * columns + 4 } else { 0 };
    assert!(line_width + picture_width <= WIDTH, "a line of {} characters", line_width + picture_width);

    let mut text = String::new();
    if !column_names.is_empty() {
        let names: String = column_names.iter().map(|name| format!(" {name:>width$} ")).collect();
        text += &format!("    {:name_width$}{}\n", "", names.trim_end());
    }
    for (i, row) in rows.iter().enumerate() {
        let cells = row.iter().map(|&x| (x, format!(" {:>width$} ", number(x))));
        let cells = match &shading {
            Some((scale, Ink::Colours)) => cells.map(|(x, text)| scale.coloured(x, &text)).collect(),
            Some((scale, Ink::Blocks)) => {
                let cells: String = cells.map(|(_, text)| text).collect();
                let picture: String = row.iter().map(|&x| scale.blocks(x, 2)).collect();
                format!("{cells}  │{picture}│")
            }
            None => cells.map(|(_, text)| text).collect::<String>().trim_end().to_owned(),
        };
        text += &format!("    {:<name_width$}{cells}\n", row_names.get(i).unwrap_or(&""));
    }
    text
}

fn number(x: Real) -> String {
    if x == 0.0 { "0".to_owned() } else { format!("{x:.4}") }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;

    const NAMES: Names<'static> = [&["the", "cat"], &["the", "cat"]];

    fn heat_map(array: &Array2<Real>, ink: Ink) -> String {
        table(NAMES, array, Some((Scale::of(array), ink)))
    }

    #[test]
    fn a_mask_leaves_its_triangle_blank_and_its_zeros_without_decimals() {
        let text = heat_map(&array![[1.0, 0.0], [0.3, 0.7]], Ink::Blocks);
        let rows = "            the     cat\n    the  1.0000       0   │██  │\n    cat  0.3000  0.7000   │▒▒▓▓│\n";
        assert_eq!(text, rows);
    }

    #[test]
    fn colours_change_no_number_and_end_with_their_cell() {
        let array = array![[1.0, 0.0], [-0.00001, 0.7]];
        let [coloured, plain] =
            [heat_map(&array, Ink::Colours), table(NAMES, &array, None)].map(|text| text.replace("\x1b[0m", "|"));
        let mut uncoloured = String::new();
        for part in coloured.split("\x1b[") {
            uncoloured += part.split_once('m').map_or(part, |(_, rest)| rest);
        }
        let trimmed: Vec<_> = uncoloured.lines().map(|line| line.replace('|', "").trim_end().to_owned()).collect();
        assert_eq!(trimmed, plain.lines().collect::<Vec<_>>());
        assert_eq!(coloured.matches("48;5;").count(), 4);
        assert_eq!(coloured.matches('|').count(), 4);
    }

    #[test]
    #[should_panic(expected = "for 3 rows")]
    fn a_row_without_a_name_is_a_mistake() {
        table(NAMES, &Array2::zeros((3, 2)), None);
    }

    #[test]
    #[should_panic(expected = "a line of 94 characters")]
    fn a_matrix_that_would_wrap_is_a_mistake() {
        table(UNNAMED, &Array2::from_elem((1, 10), 0.5 as Real).mapv(|x| -x), None);
    }
}
