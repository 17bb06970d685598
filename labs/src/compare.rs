//! In what two answers differ.

use labkit::{Answer, Value, Values};

/// The first difference between what was expected and what came.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// An array has another shape, or another kind of numbers.
    Shape {
        /// Name of the array.
        array: String,
    },
    /// An element differs.
    Element {
        /// Name of the array.
        array: String,
        /// Index of the element.
        at: Vec<usize>,
        /// What is right.
        expected: f64,
        /// What came.
        got: f64,
    },
    /// There are more or fewer arrays, as where a list was returned.
    Number {
        /// How many are right.
        expected: usize,
        /// How many came.
        got: usize,
    },
    /// It panicked instead.
    Panic,
}

/// What differs, if anything by more than `tolerance` and that part of what is expected.
pub(crate) fn difference(expected: &Values, got: &Answer, tolerance: f64) -> Option<Difference> {
    let Answer::Returned(got) = got else { return Some(Difference::Panic) };
    let differs = expected.iter().zip(got.iter()).find_map(|((array, expected), (_, got))| {
        let array = array.to_owned();
        match (expected, got) {
            (Value::Real(e), Value::Real(g)) if e.shape == g.shape => {
                first(array, &e.shape, &e.all, &g.all, |e, g| are_close(e, g, tolerance))
            }
            (Value::Whole(e), Value::Whole(g)) if e.shape == g.shape => {
                let [e_all, g_all] = [&e.all, &g.all].map(|all| all.iter().map(|&n| n as f64).collect::<Vec<_>>());
                first(array, &e.shape, &e_all, &g_all, |e, g| e == g)
            }
            _ => Some(Difference::Shape { array }),
        }
    });
    let [expected, got] = [expected, got].map(|values| values.iter().count());
    differs.or_else(|| (expected != got).then_some(Difference::Number { expected, got }))
}

/// Whether two versions cannot be told apart by these answers.
pub(crate) fn agree(one: &Answer, other: &Answer, tolerance: f64) -> bool {
    match (one, other) {
        (Answer::Returned(one), other) => difference(one, other, tolerance).is_none(),
        (Answer::Panicked { .. }, other) => matches!(other, Answer::Panicked { .. }),
    }
}

fn first(
    array: String,
    shape: &[usize],
    expected: &[f64],
    got: &[f64],
    close: impl Fn(f64, f64) -> bool,
) -> Option<Difference> {
    let place = expected.iter().zip(got).position(|(&e, &g)| !close(e, g))?;
    Some(Difference::Element { array, at: index(shape, place), expected: expected[place], got: got[place] })
}

fn are_close(expected: f64, got: f64, tolerance: f64) -> bool {
    match expected.is_finite() {
        true => (expected - got).abs() <= tolerance * (1.0 + expected.abs()),
        false => expected == got || expected.is_nan() && got.is_nan(),
    }
}

fn index(shape: &[usize], place: usize) -> Vec<usize> {
    let mut rest = place;
    let mut index: Vec<_> = shape.iter().rev().map(|&length| (rest % length, rest /= length).0).collect();
    index.reverse();
    index
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn returned(value: impl Into<Value>) -> Answer {
        Answer::Returned(Values::new().with("y", value))
    }

    fn between(expected: impl Into<Value>, got: &Answer) -> Option<Difference> {
        difference(&Values::new().with("y", expected), got, 1e-6)
    }

    #[test]
    fn rounding_is_no_difference() {
        assert_eq!(between(array![1000.0, -0.5], &returned(array![1000.0009, -0.500_000_9])), None);
        assert!(between(array![1.0], &returned(array![1.000_01])).is_some());
    }

    #[test]
    fn the_first_element_that_differs_is_told_by_its_index() {
        let got = returned(array![[1.0, 2.0], [3.0, 5.0], [0.0, 0.0]]);
        let found = between(array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], &got);
        let expected = Difference::Element { array: "y".into(), at: vec![1, 1], expected: 4.0, got: 5.0 };
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn what_is_not_a_number_equals_only_itself() {
        let odd = array![f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        assert_eq!(between(odd.clone(), &returned(odd)), None);
        assert!(between(array![f64::INFINITY], &returned(array![f64::NEG_INFINITY])).is_some());
        assert!(between(array![0.5], &returned(array![f64::NAN])).is_some());
    }

    #[test]
    fn an_array_that_is_missing_differs() {
        let two = Values::new().with("y", array![1.0]).with("z", array![2.0]);
        assert_eq!(difference(&two, &Answer::Returned(two.clone()), 1e-6), None);
        let number = Some(Difference::Number { expected: 2, got: 1 });
        assert_eq!(difference(&two, &returned(array![1.0]), 1e-6), number);
        assert!(!agree(&returned(array![1.0]), &Answer::Returned(two), 1e-6));
    }

    #[test]
    fn another_shape_or_kind_differs() {
        let shape = Some(Difference::Shape { array: "y".into() });
        assert_eq!(between(array![[1.0, 2.0]], &returned(array![[1.0], [2.0]])), shape);
        assert_eq!(between(array![1, 2], &returned(array![1.0, 2.0])), shape);
        assert!(between(array![1, 2], &returned(array![1, 3])).is_some());
    }
}
