//! Mistakes that nobody has thought of are found too.

use std::path::Path;

use labs::{Course, Engine, Sources};

/// Those that pass are right, and the lab says why.
#[test]
fn of_small_edits_of_causal_attention_only_those_pass_that_change_nothing() {
    let sources = Sources::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    let engine = Engine { sources, colours: false, stop: &|| false, say: &|_| () };
    let course = Course::open(&engine.sources.course()).unwrap();
    let lab = course.lab("13").unwrap();
    let mutation = engine.mutate(lab, 1).unwrap();
    assert!(mutation.edits >= 25, "{}", mutation.edits);
    assert_eq!(mutation.equivalent, lab.manifest.equivalent.len());
    assert_eq!(mutation.survivors, [""; 0]);
}
