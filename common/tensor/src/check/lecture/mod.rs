//! How walkthroughs and examples speak: titles, prose, questions, matrices with names, bars; 80 columns wide.

mod matrix;
mod shade;

use textwrap::{Options, WordSplitter, fill};

pub use matrix::{Names, UNNAMED, heat, show};
pub use shade::shades;

/// The columns of a terminal that nobody has widened.
const WIDTH: usize = 80;

/// The title of a step.
pub fn title(text: &str) {
    println!("\n\n── {text} {}\n", "─".repeat(WIDTH.saturating_sub(text.chars().count() + 4)));
}

/// Prose. A blank line ends a paragraph; a paragraph that begins with a space, a formula, keeps its lines.
pub fn say(text: &str) {
    println!("{}\n", wrapped(text));
}

/// A question for the reader, to be answered before the numbers come, and answers of which one is right.
pub fn expect(question: &str, answers: &[&str]) {
    println!("{}", wrapped(&format!("What do you expect? {question}")));
    for (letter, answer) in ('a'..).zip(answers) {
        let first = format!("    {letter}) ");
        println!("{}", fill(answer, lines(&first, "       ")));
    }
    println!();
}

/// A row of a chart: a bar of up to thirty blocks for a number in 0..=1.
pub fn bar(label: &str, part: f64, number: &str) {
    println!("    {label:>8}  {:<30}  {number}", "█".repeat((part.clamp(0.0, 1.0) * 30.0).round() as usize));
}

/// How lines are broken: between words, never in encoder-decoder.
fn lines<'a>(first: &'a str, others: &'a str) -> Options<'a> {
    let options = Options::new(WIDTH).word_splitter(WordSplitter::NoHyphenation);
    options.initial_indent(first).subsequent_indent(others)
}

fn wrapped(text: &str) -> String {
    let paragraph = |text: &str| {
        if text.starts_with(' ') { text.to_owned() } else { fill(&text.replace('\n', " "), lines("", "")) }
    };
    text.split("\n\n").map(paragraph).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_fits_the_terminal_and_formulas_keep_their_lines() {
        let formula = "    dh_3 = W_hhᵀ da_4\n    dh_2 = W_hhᵀ da_3";
        let prose = "Backwards, each step multiplies\nby the derivative of tanh. ".repeat(4);
        let text = format!("{prose}\n\n{formula}\n\n{prose}");
        let said = wrapped(&text);
        assert!(said.lines().all(|line| line.chars().count() <= WIDTH), "{said}");
        assert_eq!(said.split("\n\n").nth(1), Some(formula));
        assert!(said.split_whitespace().eq(text.split_whitespace()));
    }
}
