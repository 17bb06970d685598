//! The README: what a new reader meets first.

use std::fs;

use crate::chapter::{Chapter, workspace};
use crate::checks;

fn readme() -> Chapter {
    let text = fs::read_to_string(workspace().join("README.md")).unwrap();
    Chapter { name: "README.md".to_owned(), text }
}

#[test]
fn the_first_twelve_lines_say_what_is_needed_and_what_to_run_and_the_picture_follows() {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).unwrap();
    let version = manifest.split("rust-version = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let readme = readme();
    let first = readme.text.lines().take(12).collect::<Vec<_>>().join("\n");
    for said in
        [&format!("Rust {version} "), "fetches the crates", "cargo run --release -- compare", "cargo test --workspace"]
    {
        assert!(first.contains(said), "{said}: {first}");
    }
    let next = readme.text.lines().skip(12).find(|line| !line.is_empty() && !line.starts_with("<!--")).unwrap();
    assert!(next.starts_with("!["), "{next}");
}

#[test]
fn its_links_files_and_commands_exist() {
    let readme = readme();
    let missing = |link: &String| !link.starts_with("https://") && !workspace().join(link).exists();
    let wrong: Vec<String> = readme.links().into_iter().filter(missing).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    for check in [checks::citations, checks::commands] {
        assert_eq!(check(&readme), Vec::<String>::new());
    }
}
