use super::*;

fn page(text: &str) -> Vec<(String, Vec<u8>)> {
    vec![(PAGE.into(), format!("<!DOCTYPE html><html><head>{MARK}</head>{text}").into_bytes())]
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn text(folder: &Path) -> String {
    fs::read_to_string(folder.join(PAGE)).unwrap()
}

#[test]
fn step_01_the_last_two_reports_are_kept_and_nothing_else() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("deep/report");
    for round in ["first", "second", "third"] {
        Destination::prepare(&out).unwrap().publish(&page(round)).unwrap();
    }
    assert!(text(&out).ends_with("third"));
    assert!(text(&out.with_file_name("report.previous")).ends_with("second"));
    assert_eq!(names(&dir.path().join("deep")), ["report", "report.previous"]);
}

#[test]
fn step_02_what_is_not_a_report_is_left_alone() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("thesis");
    fs::create_dir(&out).unwrap();
    fs::write(out.join(PAGE), "my own page").unwrap();
    let error = Destination::prepare(&out).unwrap_err();
    assert!(error.to_string().ends_with(
        "thesis exists and is not a report of this program, so it was left alone: choose another folder with --out"
    ));
    assert_eq!(text(&out), "my own page");

    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(Destination::prepare(&file), Err(OutputError::Foreign { .. })));
    assert!(matches!(Destination::prepare(Path::new("/")), Err(OutputError::Nameless { .. })));
    assert_eq!(names(dir.path()), ["file", "thesis"]);
}

#[test]
fn step_03_a_foreign_previous_is_left_alone_too() {
    let dir = TempDir::new().unwrap();
    let previous = dir.path().join("report.previous");
    fs::create_dir(&previous).unwrap();
    fs::write(previous.join("notes"), "mine").unwrap();
    let error = Destination::prepare(&dir.path().join("report")).unwrap_err();
    assert!(matches!(error, OutputError::Foreign { path } if path.ends_with("report.previous")));
}

#[test]
fn step_04_a_failure_leaves_the_old_report_in_place() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("report");
    Destination::prepare(&out).unwrap().publish(&page("old")).unwrap();
    // A name that no file can have stands for a full disk.
    let broken = [page("new"), vec![("no/such/folder".into(), Vec::new())]].concat();
    let error = Destination::prepare(&out).unwrap().publish(&broken).unwrap_err();
    assert!(matches!(error, OutputError::Refused { .. }), "{error}");
    assert!(text(&out).ends_with("old"));
    assert_eq!(names(dir.path()), ["report"]);
}

#[test]
fn step_05_what_the_reader_put_there_stays() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("report");
    let report = |round: &str| [page(round), vec![("table.csv".into(), round.as_bytes().to_vec())]].concat();
    let publish = |round: &str| Destination::prepare(&out).unwrap().publish(&report(round)).unwrap();
    publish("first");
    fs::write(out.join("mine.csv"), "mine").unwrap();
    fs::create_dir(out.join("notes.csv")).unwrap();
    fs::write(out.join("notes.csv/note"), "mine too").unwrap();
    for round in ["second", "third", "fourth"] {
        assert!(publish(round).is_empty());
    }
    assert_eq!(fs::read_to_string(out.join("mine.csv")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(out.join("notes.csv/note")).unwrap(), "mine too");
    let ours = [inventory::FILE, lock::NAME, PAGE];
    assert_eq!(names(&out), [&ours[..], &["mine.csv", "notes.csv", "table.csv"]].concat());
    assert_eq!(names(&out.with_file_name("report.previous")), [inventory::FILE, PAGE, "table.csv"]);

    // Files of ours that the reader changed, and a name that a later report wants.
    fs::write(out.join("table.csv"), "changed").unwrap();
    assert_eq!(publish("fifth"), [out.join("table.kept.csv")]);
    let more = [report("sixth"), vec![("mine.csv".into(), b"ours".to_vec())]].concat();
    let displaced = Destination::prepare(&out).unwrap().publish(&more).unwrap();
    assert_eq!(displaced, [out.join("mine.kept.csv")]);
    publish("seventh");
    assert_eq!(fs::read_to_string(out.join("table.kept.csv")).unwrap(), "changed");
    assert_eq!(fs::read_to_string(out.join("mine.kept.csv")).unwrap(), "mine");
    let kept = ["mine.kept.csv", "notes.csv", "table.csv", "table.kept.csv"];
    assert_eq!(names(&out), [&ours[..], &kept].concat());
}

#[test]
fn step_06_of_a_report_without_an_inventory_ours_is_what_its_page_links() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("report");
    fs::create_dir(&out).unwrap();
    let linked = format!("<html><head>{MARK}</head><a href=\"table.csv\">Data (CSV)</a><a href=\"x.csv\">x</a>");
    fs::write(out.join(PAGE), linked).unwrap();
    for name in ["table.csv", "x.csv"] {
        fs::write(out.join(name), name).unwrap();
    }
    for round in ["first", "second"] {
        Destination::prepare(&out).unwrap().publish(&page(round)).unwrap();
    }
    assert_eq!(names(&out), [inventory::FILE, lock::NAME, PAGE, "x.csv"]);
}

#[test]
fn step_07_two_comparisons_do_not_share_a_folder() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("report");
    let first = Destination::prepare(&out).unwrap();
    let error = Destination::prepare(&out).unwrap_err().to_string();
    let expected = "report: wait until it has ended, or choose another folder with --out";
    assert!(error.starts_with("another lineage writes its report to ") && error.ends_with(expected), "{error}");
    drop(first);
    assert_eq!(names(dir.path()), [""; 0]);
    Destination::prepare(&out).unwrap().publish(&page("second")).unwrap();
    assert!(text(&out).ends_with("second"));
}

/// Killed after some of the files were moved: they are ours still.
#[test]
fn step_08_a_report_that_was_killed_half_way_leaves_nothing_that_counts_as_the_readers() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("report");
    let report = |round: &str| [page(round), vec![("table.csv".into(), round.as_bytes().to_vec())]].concat();
    Destination::prepare(&out).unwrap().publish(&report("first")).unwrap();
    let old = Inventory::read(&out).unwrap().unwrap();
    old.and(&Inventory::of(&report("second"))).write(&out).unwrap();
    fs::write(out.join("table.csv"), "second").unwrap();
    assert!(Destination::prepare(&out).unwrap().publish(&report("third")).unwrap().is_empty());
    assert_eq!(names(&out), [inventory::FILE, lock::NAME, PAGE, "table.csv"]);
}

#[test]
fn step_09_what_a_killed_program_left_goes_and_what_others_put_there_stays() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("report");
    let report = [page("first"), vec![("table.csv".into(), b"first".to_vec())]].concat();
    let left = unfinished::make(&out, &Inventory::of(&report)).unwrap().keep();
    fs::write(left.join(PAGE), "half of it").unwrap();
    let listing = dir.path().join(".report.new-k3x9abWq0TzR5mYc1LpV7e");
    fs::create_dir(&listing).unwrap();
    fs::write(listing.join(".lineage-unfinished.k3x9abWq0TzR5mYc1LpV7e.partial"), "half of the list").unwrap();
    let visited = unfinished::make(&out, &Inventory::of(&report)).unwrap().keep();
    fs::write(visited.join("mine.csv"), "mine").unwrap();
    fs::create_dir(dir.path().join(".report.new-backup")).unwrap();
    fs::write(dir.path().join(".report.new-backup").join(PAGE), "mine").unwrap();

    Destination::prepare(&out).unwrap().publish(&report).unwrap();
    assert!(!left.exists() && !listing.exists());
    assert_eq!(names(&visited), ["mine.csv"]);
    assert_eq!(text(&dir.path().join(".report.new-backup")), "mine");
    assert_eq!(names(&out), [inventory::FILE, lock::NAME, PAGE, "table.csv"]);
}

#[test]
fn step_10_an_inventory_that_was_cut_short_or_is_somebody_elses_is_left_alone() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("report");
    Destination::prepare(&out).unwrap().publish(&page("first")).unwrap();
    let inventory = out.join(inventory::FILE);
    let ours = fs::read(&inventory).unwrap();
    let paths = [&ours[..], b"0000000000000000000000000000000000000000000000000000000000000000  ../mine\n"].concat();
    let damaged = [&ours[..ours.len() - 1], &ours[..40], b"", b"hello\n", b"00  index.html\n", &paths, &[0xFF; 80]];
    for content in damaged {
        fs::write(&inventory, content).unwrap();
        let error = Destination::prepare(&out).unwrap_err();
        assert!(matches!(error, OutputError::Foreign { path } if path.ends_with(inventory::FILE)));
        assert_eq!(fs::read(&inventory).unwrap(), content);
        assert!(text(&out).ends_with("first"));
    }
    fs::write(&inventory, ours).unwrap();
    assert!(Destination::prepare(&out).unwrap().publish(&page("second")).unwrap().is_empty());
}
