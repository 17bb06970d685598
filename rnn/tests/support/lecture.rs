//! How a walkthrough speaks: headings, prose, matrices with their names and shapes.

use ndarray::{ArrayBase, Data, Dimension, Ix1};
use tensor::Real;

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
    let shape: Vec<String> = array.shape().iter().map(usize::to_string).collect();
    println!("    {name}  {letters} = ({})", shape.join(", "));
    let numbers = |row: ndarray::ArrayView<'_, Real, Ix1>| row.iter().map(|x| format!("{x:9.4}")).collect::<String>();
    for row in array.rows() {
        println!("    {}", numbers(row));
    }
    println!();
}

/// A row of a chart: a bar of up to fifty blocks for a number in 0..=1.
pub fn bar(label: &str, part: f64, number: &str) {
    println!("    {label:>8}  {:<50}  {number}", "█".repeat((part.clamp(0.0, 1.0) * 50.0).round() as usize));
}
