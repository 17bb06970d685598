//! The models of whole labs learn with the functions of every right version, and what becomes of them is told.

use std::cell::RefCell;
use std::path::Path;

use labs::{Course, Engine, Lab, Sources, told};

fn engine(say: &dyn Fn(&str)) -> Engine<'_> {
    let sources = Sources::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    Engine { sources, colours: false, stop: &|| false, say }
}

/// A tenth of the steps that a learner waits for: `lineage lab certify` trains to the end.
#[test]
fn in_a_tenth_of_the_steps_the_loss_falls_by_a_quarter() {
    let engine = engine(&|_| ());
    let course = Course::open(&engine.sources.course()).unwrap();
    let mut names = Vec::new();
    for lab in course.labs() {
        let Some(whole) = &lab.manifest.whole else { continue };
        names.push(lab.name.as_str());
        for (version, training) in engine.learn(lab, whole, 1, whole.steps / 10).unwrap() {
            let (_, first) = training.curve[0];
            assert!(training.held_out < 0.75 * first, "{}, {version}: {training:?}", lab.name);
        }
    }
    assert_eq!(names, ["06w-language-model", "14w-gpt", "19w-translator"]);
}

#[test]
fn a_loss_that_is_too_high_is_told_with_what_was_asked_and_how_it_went() {
    let heard = RefCell::default();
    let hear = |sentence: &str| Vec::push(&mut heard.borrow_mut(), sentence.to_owned());
    let engine = engine(&hear);
    let course = Course::open(&engine.sources.course()).unwrap();
    let mut lab: Lab = course.lab("19w").unwrap().clone();
    lab.manifest.whole.as_mut().unwrap().steps = 20;
    let checked = engine.check(&lab, &lab.solution().unwrap(), Path::new("/learners/hurried"), 1).unwrap();
    assert!(!checked.has_passed());
    let said = told(&lab, &checked).replace('\n', " ");
    for part in
        ["a Transformer that is made of them has not learned enough: ", " or less. In the training its loss was "]
    {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    let heard: Vec<String> = heard.into_inner();
    assert!(heard.iter().any(|sentence| sentence.starts_with("step 20 of 20: loss ")), "{heard:?}");
}
