//! Mistakes that nobody has thought of are found too.

use std::path::Path;

use labs::{Course, Engine, Sources};

/// Those that pass are right: what is added to all scores of a row cancels in the softmax (the largest score in place of its
/// opposite, or one), and a sum is the same in the other order.
#[test]
fn of_small_edits_of_causal_attention_only_those_pass_that_change_nothing() {
    let sources = Sources::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    let engine = Engine { sources, colours: false, stop: &|| false, say: &|_| () };
    let course = Course::open(&engine.sources.course()).unwrap();
    let mutation = engine.mutate(course.lab("13").unwrap(), 1).unwrap();
    assert!(mutation.edits >= 25, "{}", mutation.edits);
    assert_eq!(
        mutation.survivors,
        [
            r#"solutions/whole_arrays, line 16: "-" becomes "+""#,
            r#"solutions/loops, line 10: "0.0" becomes "1.0""#,
            r#"solutions/loops, line 11: ".rev()" becomes """#,
        ]
    );
}
