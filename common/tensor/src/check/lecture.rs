//! How a walkthrough speaks: titles, prose, arrays with their names and shapes.

use ndarray::{ArrayBase, ArrayView1, Data, Dimension};

use crate::Real;

/// The title of a step.
pub fn title(text: &str) {
    println!("\n\n── {text} {}\n", "─".repeat(100_usize.saturating_sub(text.chars().count())));
}

/// What the reader should notice.
pub fn say(text: &str) {
    println!("{text}\n");
}

/// An array under its name, with its shape in letters and numbers; one row of numbers to a line.
pub fn show<S: Data<Elem = Real>, D: Dimension>(name: &str, letters: &str, array: &ArrayBase<S, D>) {
    print_array(name, letters, array, |_| String::new());
}

/// [`show`] for rows that belong to the characters of a text: each has its character before it.
///
/// # Panics
/// If the array has not as many rows as the text has characters.
#[track_caller]
pub fn show_rows<S: Data<Elem = Real>, D: Dimension>(name: &str, letters: &str, text: &str, array: &ArrayBase<S, D>) {
    let labels: Vec<String> = text.chars().map(|character| format!("{character:?}")).collect();
    assert_eq!(labels.len(), array.rows().into_iter().len(), "{name}: characters against rows");
    print_array(name, letters, array, |row| labels[row].clone());
}

fn print_array<S: Data<Elem = Real>, D: Dimension>(
    name: &str,
    letters: &str,
    array: &ArrayBase<S, D>,
    label: impl Fn(usize) -> String,
) {
    let shape: Vec<String> = array.shape().iter().map(usize::to_string).collect();
    println!("    {name}  {letters} = ({})", shape.join(", "));
    let numbers = |row: ArrayView1<'_, Real>| row.iter().map(|x| format!("{x:9.4}")).collect::<String>();
    for (i, row) in array.rows().into_iter().enumerate() {
        println!("    {}{}", label(i), numbers(row));
    }
    println!();
}

/// A row of a chart: a bar of up to fifty blocks for a number in 0..=1.
pub fn bar(label: &str, part: f64, number: &str) {
    println!("    {label:>8}  {:<50}  {number}", "█".repeat((part.clamp(0.0, 1.0) * 50.0).round() as usize));
}
