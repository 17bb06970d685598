//! The book's proof is of the labs as they are.

use std::path::Path;

use labs::{Course, Record};

/// A lab that was never certified is shown as such.
#[test]
fn no_certificate_is_of_a_lab_as_it_was_before() {
    let course = Course::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("course")).unwrap();
    let certified = course.labs().iter().filter(|lab| lab.folder().join("certificate.json").exists());
    for lab in certified {
        let command = format!("lineage lab certify labs/course/{} --seeds 20 --mutants --keep", lab.name);
        let record = Record::read(lab).unwrap();
        let record =
            record.unwrap_or_else(|| panic!("{} has changed since it was certified: run `{command}`", lab.name));
        assert!(record.seeds >= 20, "{}: run `{command}`", lab.name);
        assert!(record.rows.len() > lab.manifest.wrong.len(), "{}", lab.name);
        let (trainings, whole) = (&record.trainings, &lab.manifest.whole);
        let expected = whole.as_ref().map_or(0, |_| 3 * lab.manifest.solution.len());
        assert_eq!(trainings.iter().filter(|training| training.is_enough()).count(), expected, "{}", lab.name);
    }
}
