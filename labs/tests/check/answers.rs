//! What is said about sources of people who want to learn.

use std::fs;

use labs::{Checked, Verdict};

use crate::program::{check, lab, said};

/// The versions that a well-known set of checks was tried with, five of which it accepts.
#[test]
fn nine_wrong_versions_of_causal_attention_are_refused_under_their_own_names() {
    let lab = lab("13");
    let names = [
        "unscaled",
        "divided-by-d",
        "queries-and-keys-swapped",
        "negated",
        "zero-scores",
        "no-mask",
        "diagonal-excluded",
        "one-future-token",
        "values-returned",
    ];
    for name in names {
        let source = fs::read_to_string(lab.file(&format!("wrong/{name}"))).unwrap();
        let Checked::Judged { verdict: Verdict::Wrong(wrong), .. } = check(&lab, &source, "nine") else {
            panic!("{name} is not refused");
        };
        assert_eq!(wrong.misconception.map(|mistake| mistake.name.as_str()), Some(name));
    }
}

#[test]
fn a_named_mistake_is_told_with_numbers_and_where_to_read_on() {
    let lab = lab("13");
    let source = fs::read_to_string(lab.file("wrong/unscaled")).unwrap();
    let said = said(&lab, &source, "named");
    for part in [
        "`causal_attention` is not right yet: the scores are not divided by √d (unscaled).\n\nThe scores go into the",
        "\nThe smallest input on which it shows:\n  q (",
        "\nExpected:\n  y (",
        "\nGot:\n  y (",
        "\nFirst difference: y[1, 0] should be ",
        "  the book     docs/src/transformer.md#the-mask\n",
        "  claim C10    lineage compare --only C10\n",
    ] {
        assert!(said.contains(part), "{part:?} is not in\n{said}");
    }
}

#[test]
fn a_mistake_that_nobody_knows_is_not_given_a_name() {
    let lab = lab("13");
    let right = lab.solution().unwrap();
    let odd = right.replace("softmax(&scores).dot(v)", "softmax(&scores).dot(v) * 1.01");
    assert_ne!(odd, right);
    let said = said(&lab, &odd, "unknown");
    assert!(said.contains("it is none of the mistakes that this lab knows by name"), "{said}");
    assert!(said.contains("\nFirst difference: y[0, 0] should be "), "{said}");
}

/// Two at once behave as neither of them.
#[test]
fn two_mistakes_at_once_are_not_called_one_of_them() {
    let lab = lab("13");
    let unscaled = fs::read_to_string(lab.file("wrong/unscaled")).unwrap();
    let both = unscaled.replace("if j > t {", "if j > t + 1 {");
    assert_ne!(both, unscaled);
    let said = said(&lab, &both, "two");
    assert!(said.contains("it is none of the mistakes that this lab knows by name"), "{said}");
}

#[test]
fn the_functions_before_the_one_that_is_missing_are_praised() {
    let lab = lab("12");
    let right = lab.solution().unwrap();
    let half = right.replace("attention_weights(q, k).dot(v)", "todo!()");
    assert_ne!(half, right);
    assert_eq!(
        said(&lab, &half, "half"),
        "`attention_weights` is right. `attention` is not written yet: it still has its `todo!`.\n"
    );
}

#[test]
fn errors_of_the_compiler_come_as_it_shows_them() {
    let lab = lab("13");
    let said = said(&lab, &lab.skeleton().unwrap().replace("todo!()", "\"Y\""), "compiler");
    assert!(said.starts_with("error[E0308]: mismatched types\n  --> src/lib.rs:"), "{said}");
}

/// The place that the compiler names first is in the library that the macro is from.
#[test]
fn an_error_in_a_macro_is_the_learners() {
    let lab = lab("13");
    let body = "q.slice(ndarray::s![..\"two\", ..]).dot(&k.t()).dot(v)";
    let said = said(&lab, &lab.skeleton().unwrap().replace("todo!()", body), "macro");
    assert!(said.starts_with("error[E0277]: "), "{said}");
}

#[test]
fn a_function_with_other_parameters_is_told_from_an_error_in_it() {
    let lab = lab("13");
    let renamed = lab.solution().unwrap().replace("causal_attention", "attention");
    let said = said(&lab, &renamed, "renamed");
    assert!(said.starts_with("src/lib.rs compiles, but its functions are no longer those of the lab"), "{said}");
    assert!(said.contains("causal_attention"), "{said}");
}

#[test]
fn a_panic_is_told_with_its_line_and_the_numbers() {
    let lab = lab("13");
    let skeleton = lab.skeleton().unwrap();
    let said =
        said(&lab, &skeleton.replace("todo!()", "let x = [0.5];\n    let _ = x[q.nrows()];\n    v.clone()"), "panic");
    let line = skeleton.lines().position(|line| line.contains("todo!()")).unwrap() + 2;
    let expected = format!("line {line} of src/lib.rs panics: index out of bounds: the len is 1 but the index is ");
    assert!(said.replace('\n', " ").contains(&expected), "{said}");
    assert!(said.contains("\nThe smallest input on which it shows:\n  q ("), "{said}");
}

#[test]
fn what_the_learner_prints_is_shown() {
    let lab = lab("13");
    let wrong = lab.skeleton().unwrap().replace("todo!()", "println!(\"T = {}\", q.nrows());\n    v.clone()");
    let said = said(&lab, &wrong, "printed");
    assert!(said.contains("\nYour program printed:\n  T = "), "{said}");
    assert!(said.contains("(values-returned)"), "{said}");
}
