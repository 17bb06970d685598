//! The book's pages on the claims say what the experiments and the reference run say today.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use benches::book::{COMMAND, FIGURES, Page, files};
use benches::experiments::ALL;
use benches::reference::ReferenceRun;

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src")
}

/// The names of the files in a folder of the book; none if there is no such folder.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(sources().join(folder)).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_pages_are_not_stale() {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference");
    let files = files(ALL, &reference, &sources()).unwrap();
    for Page { file, content } in &files {
        let on_disk = fs::read_to_string(sources().join(file)).unwrap_or_default();
        assert!(on_disk.replace("\r\n", "\n") == *content, "docs/src/{file} is stale: write it anew by `{COMMAND}`");
    }
    let made: BTreeSet<String> =
        files.iter().filter_map(|page| page.file.strip_prefix("claims/")).map(str::to_owned).collect();
    assert_eq!(names("claims"), made, "docs/src/claims holds the pages that are made, and no others");
}

#[test]
fn the_key_figure_of_every_claim_stands_in_the_book() {
    let key = |part: &benches::reference::Part| Some(format!("{}.svg", part.claim.key_figure.as_ref()?.name));
    let expected: BTreeSet<String> = ReferenceRun::built_in().parts().filter_map(key).collect();
    assert_eq!(names(FIGURES), expected);
}
