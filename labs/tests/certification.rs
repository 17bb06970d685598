//! Every lab of the course does what it promises, and one that does not is found out.

use std::fs;
use std::path::Path;
use std::time::Duration;

use labs::{Course, Engine, Lab, Sources};
use tempfile::TempDir;

fn engine() -> Engine<'static> {
    let sources = Sources::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    Engine { sources, colours: false, stop: &|| false, say: &|_| () }
}

#[test]
fn every_right_version_passes_and_every_wrong_one_is_refused_under_its_own_name() {
    let engine = engine();
    let course = Course::open(&engine.sources.course()).unwrap();
    let (mut building, mut running) = (Duration::ZERO, Duration::ZERO);
    for lab in course.labs() {
        let certificate = engine.certify(lab, 1..=3).unwrap();
        assert!(certificate.faults().is_empty(), "{}:\n{}", lab.name, certificate.faults().join("\n"));
        building += certificate.building;
        running += certificate.running;
    }
    println!("{} labs: {building:.1?} of building, {running:.1?} of running", course.labs().len());
}

/// A lab in which one wrong version is right, another does the same as a third, one solution is wrong, and nothing is left
/// to be written.
#[test]
fn a_lab_that_does_not_keep_its_promise_is_not_certified() {
    let engine = engine();
    let course = Course::open(&engine.sources.course()).unwrap();
    let (good, folder) = (course.lab("13").unwrap(), TempDir::new().unwrap());
    for part in ["", "solutions", "wrong"] {
        fs::create_dir_all(folder.path().join(part)).unwrap();
        for entry in fs::read_dir(good.folder().join(part)).unwrap().map(Result::unwrap) {
            if entry.path().is_file() {
                fs::copy(entry.path(), folder.path().join(part).join(entry.file_name())).unwrap();
            }
        }
    }
    let bad = Lab::open(folder.path()).unwrap();
    for (from, to) in [
        ("solutions/loops", "wrong/unscaled"),
        ("wrong/negated", "wrong/no-mask"),
        ("wrong/zero-scores", "solutions/loops"),
        ("solutions/whole_arrays", "skeleton"),
    ] {
        fs::copy(good.file(from), bad.file(to)).unwrap();
    }
    let mut faults = engine.certify(&bad, [1]).unwrap().faults();
    faults.sort();
    assert_eq!(
        faults,
        [
            "skeleton: not yet was expected, passed was said",
            "solutions/loops: passed was expected, zero-scores was said",
            "wrong/negated: negated was expected, no known mistake was said",
            "wrong/no-mask: no-mask was expected, no known mistake was said",
            "wrong/unscaled: unscaled was expected, passed was said",
        ]
    );
}
