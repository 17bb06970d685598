//! How two reports differ, as `lineage report diff` tells it.

use std::path::Path;

use files::report_folder::{Destination, MARK, PAGE};
use report::diff::Diff;
use tempfile::TempDir;

const CURVE: &str = "series,gap,accuracy,95 % low,95 % high,n\nrnn,10,0.5,0.4,0.6,3\nrnn,30,0.3,0.2,0.4,3\n";
const TABLE: &str = "model,steps,loss,seconds (measured)\nlstm,\"1,800\",1.50 ± 0.10,2.6\ngpt,900,1.2,1.9\n";

fn publish(folder: &Path, files: &[(&str, &str)]) {
    let page = (PAGE, &*format!("<html><head>{MARK}</head>"));
    let files =
        [page].into_iter().chain(files.iter().copied()).map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    Destination::prepare(folder).unwrap().publish(&files.collect::<Vec<_>>()).unwrap();
}

/// What is said of a report with both files, and of one with these.
fn said(files: &[(&str, &str)]) -> (bool, Vec<String>) {
    let place = TempDir::new().unwrap();
    let [first, second] = ["a", "b"].map(|name| place.path().join(name));
    publish(&first, &[("curve.csv", CURVE), ("table.csv", TABLE)]);
    publish(&second, files);
    let diff = Diff::of(&first, &second).unwrap();
    (diff.is_empty(), diff.to_string().lines().map(str::to_owned).collect())
}

#[test]
fn step_01_times_may_differ() {
    let same = "the same: all 18 cells; of measured times 0 of 2 differ, which is no fault";
    assert_eq!(said(&[("curve.csv", CURVE), ("table.csv", TABLE)]), (true, vec![same.to_owned()]));
    let slower = TABLE.replace("2.6", "3.9");
    let times = "the same: all 18 cells; of measured times 1 of 2 differ, which is no fault";
    assert_eq!(said(&[("curve.csv", CURVE), ("table.csv", &slower)]), (true, vec![times.to_owned()]));
}

#[test]
fn step_02_a_difference_is_held_against_the_intervals() {
    let curve = CURVE.replace("0.5,0.4,0.6", "0.55,0.4,0.6").replace("0.3,0.2,0.4", "0.9,0.8,1");
    let table = TABLE.replace("1.50 ± 0.10", "1.80 (1.70 to 1.90)").replace("1.2", "1.3");
    let expected = [
        "6 of 18 cells differ, 2 by more than their intervals; of measured times 0 of 2 differ, which is no fault",
        "curve.csv: rnn, 10: accuracy: 0.5 -> 0.55; their intervals meet",
        "curve.csv: rnn, 30: accuracy: 0.3 -> 0.9; their intervals do not meet",
        "curve.csv: rnn, 30: 95 % low: 0.2 -> 0.8",
        "curve.csv: rnn, 30: 95 % high: 0.4 -> 1",
        "table.csv: lstm, 1,800: loss: 1.50 ± 0.10 -> 1.80 (1.70 to 1.90); their intervals do not meet",
        "table.csv: gpt, 900: loss: 1.2 -> 1.3",
    ];
    assert_eq!(said(&[("curve.csv", &curve), ("table.csv", &table)]), (false, expected.map(str::to_owned).to_vec()));
}

#[test]
fn step_03_files_rows_and_columns_that_are_not_there_are_told() {
    let shorter = TABLE.split_inclusive('\n').take(2).collect::<String>();
    let renamed = TABLE.replace("loss", "nats");
    let tell = |files: &[(&str, &str)]| said(files).1[1..].join("\n");
    assert_eq!(
        tell(&[("table.csv", &shorter)]),
        "curve.csv is missing in the second report\ntable.csv has 1 row for 2"
    );
    assert_eq!(
        tell(&[("curve.csv", CURVE), ("table.csv", &renamed)]),
        "table.csv has the columns model, steps, nats, seconds (measured) for model, steps, loss, seconds (measured)"
    );
    assert_eq!(
        tell(&[("curve.csv", CURVE), ("table.csv", TABLE), ("new.csv", "a\n")]),
        "new.csv is missing in the first report"
    );
}

#[test]
fn step_04_what_is_no_report_is_refused() {
    let place = TempDir::new().unwrap();
    publish(&place.path().join("a"), &[("curve.csv", CURVE)]);
    let refused = |name: &str| Diff::of(&place.path().join("a"), &place.path().join(name)).unwrap_err().to_string();
    assert!(refused("b").ends_with("b: give a folder that `lineage compare` wrote"));
    let claims = |content: &str| {
        publish(&place.path().join("old"), &[("curve.csv", CURVE), ("claims.json", content)]);
        refused("old")
    };
    let version = "has version 7 of the schema, and this program reads 1: compare reports of one version";
    assert!(claims("{\"schema\":7}").ends_with(version));
    for content in ["{}", "{", "", "[1]", "\u{feff}{\"schema\":1}"] {
        let said = claims(content);
        assert!(said.contains("claims.json is no claims.json of lineage compare: "), "{said}");
        assert!(said.ends_with("write the report again") && said.lines().count() == 1, "{said}");
    }
    publish(&place.path().join("c"), &[("curve.csv", "a,b\n1\n")]);
    let said = refused("c");
    assert!(
        said.contains("curve.csv is not a table of comma-separated values") && said.ends_with("write the report again")
    );
}
