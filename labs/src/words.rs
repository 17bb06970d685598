//! What a learner reads.

use std::fmt::Write;

use labkit::{Answer, Value, Values};

use crate::cargo::Complaint;
use crate::compare::Difference;
use crate::course::Lab;
use crate::engine::Checked;
use crate::outcome::{Stopped, Training};
use crate::source::SOURCE;
use crate::verdict::{Verdict, Wrong};

/// Letters in a line.
const WIDTH: usize = 96;
/// An array of more numbers is not shown.
const NUMBERS: usize = 80;
/// Lines of the learner's own that are shown.
const LINES: usize = 20;

/// What a check has found, with where to read on if it is not all right.
pub fn told(lab: &Lab, checked: &Checked<'_>) -> String {
    let (mut text, printed) = match checked {
        Checked::DoesNotCompile(complaints) => return compiler(complaints),
        Checked::Stopped(stopped) => (stopped_at(stopped), &stopped.printed),
        Checked::Judged { verdict, printed } => (judged(lab, verdict), printed),
        Checked::Trained { training, printed } => (learned(lab, training), printed),
    };
    let is_not_yet = matches!(checked, Checked::Judged { verdict: Verdict::NotYet(_), .. });
    if !checked.has_passed() && !is_not_yet {
        let _ = write!(text, "\n{}\n", read_on(lab));
    }
    text + &own_words(printed)
}

/// Where to read on.
pub(crate) fn read_on(lab: &Lab) -> String {
    let read = &lab.manifest.read;
    let mut text = "Read on:\n".to_owned();
    if let Some(chapter) = &read.chapter {
        let _ = writeln!(text, "  the book     docs/src/{chapter}");
    }
    if let Some(walkthrough) = &read.walkthrough {
        let _ = writeln!(text, "  walkthrough  {walkthrough}");
    }
    for claim in &read.claims {
        let _ = writeln!(text, "  claim {claim:<5}  lineage compare --only {claim}");
    }
    text.trim_end().to_owned()
}

fn compiler(complaints: &[Complaint]) -> String {
    let mut text = String::new();
    if complaints.iter().all(|complaint| complaint.file.as_deref() != Some(SOURCE)) {
        text += &wrapped(&format!(
            "{SOURCE} compiles, but its functions are no longer those of the lab: give them the names, parameters and types \
             that they had in the skeleton (`lineage lab reset` writes it again and keeps a copy of yours)."
        ));
        text.push('\n');
    }
    complaints.iter().for_each(|complaint| text += &complaint.text);
    text
}

fn stopped_at(stopped: &Stopped) -> String {
    let mut text = wrapped(&format!("Not right yet: {}.", stopped.why));
    if let Some(question) = &stopped.question {
        let _ = write!(text, "\nIt was asked for `{}` of\n{}", question.exercise, arrays(&question.inputs));
    }
    text
}

/// What became of the model of a whole lab.
fn learned(lab: &Lab, training: &Training) -> String {
    let functions = all_right(lab);
    let Training { curve, held_out, bound } = training;
    let (model, measure) = lab.manifest.whole.as_ref().map_or(("", ""), |whole| (&whole.model, &whole.measure));
    match training.is_enough() {
        true => wrapped(&format!(
            "Passed: {functions}, and with them {model} has learned: {held_out:.3} {measure}. Asked was {bound} or less."
        )),
        false => wrapped(&format!(
            "Not right yet: {functions} on the small inputs of the questions, but {model} that is made of them has not learned \
             enough: {held_out:.3} {measure}. Asked was {bound} or less. {} Look for what differs between small inputs and \
             those of a model: longer sequences, larger numbers, more heads or rows.",
            course_of(curve)
        )),
    }
}

/// How the loss went, in words.
fn course_of(curve: &[(u64, f64)]) -> String {
    let [(_, first), .., (_, last)] = curve else { return String::new() };
    let (_, middle) = curve[curve.len() / 2];
    if let Some((step, _)) = curve.iter().find(|(_, loss)| !loss.is_finite()) {
        return format!("By step {step} its loss was no number any more.");
    }
    let fell = match first - last {
        fall if fall < 0.0 => "it rose",
        fall if fall < 0.1 * first => "it has hardly fallen",
        fall if middle - last > 0.3 * fall => "it was still falling",
        _ => "it fell at first, and then no more",
    };
    format!("In the training its loss was {first:.3}, in the middle {middle:.3}, and at the end {last:.3}: {fell}.")
}

/// That all functions are right.
fn all_right(lab: &Lab) -> String {
    are_right(&lab.manifest.exercises.iter().map(String::as_str).collect::<Vec<_>>())
}

fn are_right(functions: &[&str]) -> String {
    format!("{} {} right", listed(functions), if functions.len() == 1 { "is" } else { "are" })
}

fn judged(lab: &Lab, verdict: &Verdict<'_>) -> String {
    let exercises = &lab.manifest.exercises;
    let before = |exercise: &str| {
        let right: Vec<_> = exercises.iter().take_while(|other| *other != exercise).map(String::as_str).collect();
        if right.is_empty() { String::new() } else { format!("{}. ", are_right(&right)) }
    };
    match verdict {
        Verdict::Passed => format!("Passed: {}.\n", all_right(lab)),
        Verdict::NotYet(exercise) => {
            wrapped(&format!("{}`{exercise}` is not written yet: it still has its `todo!`.", before(exercise)))
        }
        Verdict::Wrong(wrong) => {
            let mut text = wrapped(&format!("{}{}", before(wrong.exercise), what_is_wrong(wrong)));
            text.push_str(&counterexample(wrong));
            text
        }
    }
}

fn what_is_wrong(wrong: &Wrong<'_>) -> String {
    let function = wrong.exercise;
    match (&wrong.misconception, &wrong.got) {
        (Some(mistake), _) => {
            format!(
                "`{function}` is not right yet: {} ({}).\n\n{}",
                mistake.title,
                mistake.name,
                mistake.explanation.trim()
            )
        }
        (None, Answer::Panicked { words, file, line }) if file.ends_with(SOURCE) => {
            format!("`{function}` is not right yet: line {line} of {SOURCE} panics: {words}.")
        }
        (None, Answer::Panicked { words, .. }) => {
            format!("`{function}` is not right yet: something that it calls panics: {words}.")
        }
        (None, Answer::Returned(_)) => format!(
            "`{function}` is not right yet, and it is none of the mistakes that this lab knows by name. Follow your code by \
             hand with these numbers:"
        ),
    }
}

fn counterexample(wrong: &Wrong<'_>) -> String {
    let mut text = format!("\nThe smallest input on which it shows:\n{}", arrays(&wrong.inputs));
    let _ = write!(text, "\nExpected:\n{}", arrays(&wrong.expected));
    if let Answer::Returned(got) = &wrong.got {
        let _ = write!(text, "\nGot:\n{}", arrays(got));
    }
    match &wrong.difference {
        Difference::Element { array, at, expected, got } => {
            let place = if at.is_empty() { String::new() } else { format!("{at:?}") };
            let _ = writeln!(
                text,
                "\nFirst difference: {array}{place} should be {} and is {}.",
                exact(*expected),
                exact(*got)
            );
        }
        Difference::Shape { array } => {
            let _ = writeln!(text, "\nFirst difference: the shape of {array}.");
        }
        Difference::Number { expected, got } => {
            let arrays = data::counted(*expected, "array");
            let _ = writeln!(text, "\nFirst difference: {arrays} should come back, and {got} came.");
        }
        Difference::Panic => {}
    }
    text
}

fn own_words(printed: &str) -> String {
    if printed.trim().is_empty() {
        return String::new();
    }
    let mut text = "\nYour program printed:\n".to_owned();
    for line in printed.lines().take(LINES) {
        let _ = writeln!(text, "  {}", data::one_line(line));
    }
    if printed.lines().count() > LINES {
        text += "  ...\n";
    }
    text
}

/// Names in code letters, as a sentence lists them.
fn listed(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn wrapped(text: &str) -> String {
    textwrap::fill(text, WIDTH) + "\n"
}

/// Arrays with names and shapes.
fn arrays(values: &Values) -> String {
    values.iter().map(|(name, value)| array(name, value)).collect()
}

fn array(name: &str, value: &Value) -> String {
    let numbers = match value {
        Value::Real(elements) => reals(&elements.all),
        Value::Whole(elements) => elements.all.iter().map(usize::to_string).collect(),
    };
    let shape = value.shape();
    if shape.is_empty() {
        return format!("  {name} = {}\n", numbers[0]);
    }
    let sizes: Vec<_> = shape.iter().map(usize::to_string).collect();
    let mut text = format!("  {name} ({}{})", sizes.join(", "), if shape.len() == 1 { "," } else { "" });
    if numbers.len() > NUMBERS {
        return text + ": too many numbers to show\n";
    }
    text.push('\n');
    let width = numbers.iter().map(String::len).max().unwrap_or(0);
    let (columns, rows) = match shape {
        [.., rows, columns] => ((*columns).max(1), (*rows).max(1)),
        _ => (numbers.len().max(1), 1),
    };
    for (at, row) in numbers.chunks(columns).enumerate() {
        if at > 0 && at % rows == 0 {
            text.push('\n');
        }
        let row: Vec<_> = row.iter().map(|number| format!("{number:>width$}")).collect();
        let _ = writeln!(text, "    {}", row.join("  "));
    }
    text
}

/// Numbers with as many decimals as they need, four at most.
fn reals(numbers: &[f64]) -> Vec<String> {
    let is_short = |number: &f64| !number.is_finite() || (number * 100.0 - (number * 100.0).round()).abs() < 1e-9;
    let decimals = if numbers.iter().all(is_short) { 2 } else { 4 };
    let is_odd = |number: f64| number != 0.0 && (number.abs() < 1e-3 || number.abs() >= 1e6);
    let shown = |&number: &f64| match is_odd(number) {
        true => format!("{number:.3e}"),
        false => format!("{number:.decimals$}"),
    };
    numbers.iter().map(shown).collect()
}

/// A number with the digits in which two differ.
fn exact(number: f64) -> String {
    let digits = format!("{number:.7}");
    if number.abs() < 1e-3 && number != 0.0 { format!("{number:.6e}") } else { trimmed(digits) }
}

fn trimmed(digits: String) -> String {
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => digits,
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, arr0, array};

    use super::*;

    #[test]
    fn arrays_have_names_shapes_and_aligned_numbers() {
        assert_eq!(
            array("x", &array![[0.5, -1.25], [10.0, 2.0]].into()),
            "  x (2, 2)\n     0.50  -1.25\n    10.00   2.00\n"
        );
        assert_eq!(array("p", &array![1.0 / 3.0].into()), "  p (1,)\n    0.3333\n");
        assert_eq!(array("t", &arr0(3_usize).into()), "  t = 3\n");
        let cube = array("c", &Array3::<f64>::zeros((2, 1, 2)).into());
        assert_eq!(cube, "  c (2, 1, 2)\n    0.00  0.00\n\n    0.00  0.00\n");
        assert_eq!(
            array("big", &Array3::<f64>::zeros((9, 9, 9)).into()),
            "  big (9, 9, 9): too many numbers to show\n"
        );
    }

    #[test]
    fn how_a_loss_went_is_told_in_words() {
        let told = |losses: [f64; 3]| course_of(&[(1, losses[0]), (5, losses[1]), (10, losses[2])]);
        let before = "In the training its loss was 4.000, in the middle ";
        assert_eq!(told([4.0, 3.9, 3.8]), format!("{before}3.900, and at the end 3.800: it has hardly fallen."));
        assert_eq!(told([4.0, 3.0, 2.0]), format!("{before}3.000, and at the end 2.000: it was still falling."));
        assert_eq!(
            told([4.0, 2.1, 2.0]),
            format!("{before}2.100, and at the end 2.000: it fell at first, and then no more.")
        );
        assert_eq!(told([4.0, 3.0, 4.5]), format!("{before}3.000, and at the end 4.500: it rose."));
        assert_eq!(told([4.0, f64::NAN, f64::NAN]), "By step 5 its loss was no number any more.");
    }

    #[test]
    fn numbers_that_are_not_finite_are_shown() {
        assert_eq!(array("y", &array![f64::NAN, f64::INFINITY].into()), "  y (2,)\n    NaN  inf\n");
    }

    #[test]
    fn differing_numbers_keep_their_digits() {
        assert_eq!([0.5, 0.123_456_78, 1e-7].map(exact), ["0.5", "0.1234568", "1.000000e-7"]);
    }
}
