//! Reports, once they are written.

use std::fs;

use crate::program::{Place, fails, lineage, succeeds};

#[test]
fn two_comparisons_with_one_seed_find_the_same_and_a_changed_verdict_is_told() {
    let place = Place::new();
    let [first, second] = ["first", "second"].map(|name| place.at(name));
    for out in [&first, &second] {
        succeeds(&["compare", "--only", "C12", "--out", out]);
    }
    let same = succeeds(&["report", "diff", &first, &second]);
    assert!(same.starts_with("the same: all ") && same.lines().count() == 1, "{same}");

    let claims = place.path("second/claims.csv");
    let changed = fs::read_to_string(&claims).unwrap().replace(",not shown", ",shown");
    fs::write(&claims, changed).unwrap();
    let output = lineage(&["report", "diff", &first, &second]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("1 of ") && lines[1].ends_with(": verdict: not shown -> shown"), "{said}");

    let said = fails(&["report", "diff", &first, &place.at("nowhere")]);
    assert!(said.ends_with("nowhere: give a folder that `lineage compare` wrote"), "{said}");

    fs::write(place.path("second/claims.json"), r#"{"schema":7}"#).unwrap();
    let said = fails(&["report", "diff", &first, &second]);
    assert!(
        said.ends_with("has version 7 of the schema, and this program reads 1: compare reports of one version"),
        "{said}"
    );
}

#[test]
fn a_comparison_is_held_against_another_report_and_a_damaged_one_is_refused() {
    let place = Place::new();
    let [first, second] = ["first", "second"].map(|name| place.at(name));
    succeeds(&["compare", "--only", "C12", "--out", &first]);
    let against = ["compare", "--only", "C12", "--out", &second, "--reference", &first];
    succeeds(&against);
    let page = fs::read_to_string(place.path("second/index.html")).unwrap();
    assert!(page.contains("Reference run (quick, "), "the other report is not on the page");

    let claims = place.path("first/claims.json");
    let whole = fs::read_to_string(&claims).unwrap();
    fs::write(&claims, &whole[..whole.len() / 2]).unwrap();
    let said = fails(&against);
    assert!(said.contains("claims.json is no claims.json of lineage compare: "), "{said}");
    fs::remove_file(&claims).unwrap();
    assert!(fails(&against).contains("has no file that ends in .json; give a folder"));
    assert!(place.path("second/index.html").exists(), "what was there is left alone");
}
