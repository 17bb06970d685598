//! Every lab of the course does what it promises.

use std::path::Path;

use labs::{Course, Engine, Sources};

#[test]
fn every_right_version_passes_and_every_wrong_one_is_refused_under_its_own_name() {
    let sources = Sources::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    let course = Course::open(&sources.course()).unwrap();
    let engine = Engine { sources, colours: false, stop: &|| false, say: &|_| () };
    for lab in course.labs() {
        let certificate = engine.certify(lab, 1..=3).unwrap();
        assert!(certificate.faults().is_empty(), "{}:\n{}", lab.name, certificate.faults().join("\n"));
    }
}
