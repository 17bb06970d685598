//! What the book promises its reader: code that is the workspace's own, links that lead somewhere, formulas that can
//! be shown, and no mention of a file, a test or a command that does not exist.

mod chapter;
mod checks;
mod drawings;
mod endings;
mod readme;

use chapter::Chapter;

/// Asserts that `check` finds nothing wrong with any chapter.
#[track_caller]
fn assert_all(check: fn(&Chapter) -> Vec<String>) {
    let chapters = Chapter::all();
    assert!(chapters.len() >= 5, "the chapters were read: {}", chapters.len());
    let wrong: Vec<String> = chapters
        .iter()
        .flat_map(|chapter| check(chapter).into_iter().map(|problem| format!("{}: {problem}", chapter.name)))
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_summary_lists_every_chapter() {
    let summary = Chapter::read("SUMMARY.md");
    let listed: Vec<String> = summary.links().into_iter().map(|link| link.to_string()).collect();
    for chapter in Chapter::all() {
        assert_eq!(listed.iter().filter(|name| **name == chapter.name).count(), 1, "{} in {listed:?}", chapter.name);
    }
    assert_eq!(listed.len(), Chapter::all().len(), "every entry of the summary is a chapter: {listed:?}");
}

#[test]
fn every_include_finds_its_file_and_its_anchor() {
    assert_all(checks::includes);
}

#[test]
fn code_is_either_included_or_run() {
    assert_all(checks::code);
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    assert_all(checks::links);
}

#[test]
fn every_formula_can_be_shown() {
    assert_all(checks::formulas);
}

#[test]
fn every_file_and_every_test_that_is_named_exists() {
    assert_all(checks::citations);
}

#[test]
fn every_command_names_a_target_that_exists() {
    assert_all(checks::commands);
}

/// The checks themselves: each finds the one thing that is wrong.
#[test]
fn a_broken_chapter_is_found_out() {
    let problem = |check: fn(&Chapter) -> Vec<String>, text: &str| {
        let mut found = check(&Chapter { name: "broken.md".into(), text: text.into() });
        assert_eq!(found.len(), 1, "{text:?}: {found:?}");
        found.remove(0)
    };
    let include = |of: &str| format!("```rs\n{{{{#include {of}}}}}\n```\n");
    assert!(problem(checks::includes, &include("../../rnn/src/none.rs:x")).contains("none.rs"));
    assert!(problem(checks::includes, &include("../lib/lib.rs:none")).contains("no anchor none"));
    assert!(problem(checks::includes, "`{{#include}}`\n\n{{#include ../lib/lib.rs}}").contains("code block"));
    assert!(problem(checks::code, "```rust,no_run\nlet x = 1;\n```\n").contains("rust,no_run"));
    assert!(problem(checks::code, "```rs\nlet x = 1;\n```\n").contains("include"));
    assert!(problem(checks::code, &include("../../rnn/src/lib.rs")).contains("no path"));
    assert!(problem(checks::links, "[x](none.md)").contains("none.md"));
    assert!(problem(checks::links, "# A heading\n\n[x](#a-heading) [y](#another)").contains("another"));
    assert!(problem(checks::formulas, "$x$ and $\\frac{1}$").contains("cannot be read"));
    assert!(problem(checks::formulas, "It costs 5$.").contains("dollar"));
    assert!(problem(checks::formulas, "<b>$x$</b>\n\n<div>\n$y$\n</div>").contains("HTML"));
    assert!(problem(checks::formulas, "$\\Big($").contains("tags"));
    assert!(problem(checks::citations, "see `docs/lib/none.rs`").contains("none.rs"));
    assert!(problem(checks::citations, "see `docs/lib/formula.rs::none`").contains("no test none"));
    assert!(problem(checks::commands, "```sh\ncargo test -p docs --test none\n```").contains("none"));
    assert!(problem(checks::commands, "run `cargo test -p none`").contains("none"));
    assert!(problem(checks::commands, "`cargo run --release -- compare --only C1,C99`").contains("C99"));
}
