//! The checks: each returns one sentence for everything that is wrong with a chapter.

use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::Event;

use crate::chapter::{Chapter, source_folder, workspace};

/// Every include stands alone in a code block, and finds a file and, if it names one, an anchor with lines in it.
pub fn includes(chapter: &Chapter) -> Vec<String> {
    let mut wrong = Vec::new();
    let included: Vec<String> = chapter.blocks().iter().flat_map(|block| includes_in(&block.code)).collect();
    if includes_in(&chapter.text).len() != included.len() {
        wrong.push("an include stands outside of a code block".to_owned());
    }
    for include in included {
        let (file, anchor) = match include.split_once(':') {
            Some((file, anchor)) => (file, Some(anchor)),
            None => (include.as_str(), None),
        };
        match (fs::read_to_string(source_folder().join(file)), anchor) {
            (Err(error), _) => wrong.push(format!("{file}: {error}")),
            (Ok(text), None) if text.trim().is_empty() => wrong.push(format!("{file} is empty")),
            (Ok(text), Some(anchor)) if anchored(&text, anchor).is_empty() => {
                wrong.push(format!("{file} has no anchor {anchor} with lines in it"));
            }
            _ => {}
        }
    }
    wrong
}

/// What the includes of a text name: `file` or `file:anchor`.
fn includes_in(text: &str) -> Vec<String> {
    let rest = text.split("{{#include ").skip(1);
    rest.filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name.trim().to_owned()).collect()
}

/// The lines between `ANCHOR: name` and `ANCHOR_END: name`; none if either is missing.
fn anchored<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let is = |line: &str, mark: &str| line.split_once(mark).is_some_and(|(_, rest)| rest.trim() == name);
    let mut lines = text.lines().skip_while(|line| !is(line, "ANCHOR:")).skip(1);
    let inside: Vec<&str> = lines.by_ref().take_while(|line| !is(line, "ANCHOR_END:")).collect();
    let ended = text.lines().any(|line| is(line, "ANCHOR_END:"));
    inside.into_iter().filter(|line| ended && !line.trim().is_empty() && !line.contains("ANCHOR")).collect()
}

/// Rust is marked `rs` where it is included from the workspace, which builds and tests it, and `rust` where it is a
/// sample, which is run as a documentation test. No other Rust appears, and no sample asks not to be run.
pub fn code(chapter: &Chapter) -> Vec<String> {
    let mut wrong = Vec::new();
    for block in chapter.blocks() {
        let included = includes_in(&block.code).len();
        let only_includes =
            block.code.lines().all(|line| line.trim().is_empty() || line.trim().starts_with("{{#include"));
        match block.language.as_str() {
            "rs" if included == 0 || !only_includes => {
                wrong.push(format!("an `rs` block is no include:\n{}", block.code))
            }
            "rs" if !path_is_above(chapter, &block.code) => {
                wrong.push(format!("no path stands above an include:\n{}", block.code));
            }
            "rust" if included > 0 => wrong.push(format!("a sample includes a file; mark it `rs`:\n{}", block.code)),
            "rs" | "rust" | "sh" | "text" => {}
            other => wrong.push(format!("a code block is marked {other:?}; mark it rs, rust, sh or text")),
        }
    }
    let samples = fs::read_to_string(docs::folder().join("lib/lib.rs")).expect("the library's source can be read");
    let has_samples = chapter.blocks().iter().any(|block| block.language == "rust");
    if has_samples && !samples.contains(&format!("include_str!(\"../src/{}\")", chapter.name)) {
        wrong.push("its samples are not among those that docs/lib/lib.rs runs".to_owned());
    }
    wrong
}

/// Whether the paragraph above a block of included code is the path of the file, as it is seen from the workspace.
fn path_is_above(chapter: &Chapter, code: &str) -> bool {
    includes_in(code).first().is_some_and(|include| {
        let path = include.split(':').next().unwrap_or_default().trim_start_matches("../../");
        chapter.text.contains(&format!("`{path}`\n\n```rs\n{code}"))
    })
}

/// Every link within the book leads to a file and, if it names one, a heading in it; every other one is an address with https.
pub fn links(chapter: &Chapter) -> Vec<String> {
    let mut wrong = Vec::new();
    for link in chapter.links() {
        if link.starts_with("https://") {
            continue;
        }
        let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
        let target = match file {
            "" => Some(Chapter { name: chapter.name.clone(), text: chapter.text.clone() }),
            _ => {
                let file = Path::new(&chapter.name).with_file_name(file);
                source_folder().join(&file).is_file().then(|| Chapter::read(&file.to_string_lossy()))
            }
        };
        match target {
            None => wrong.push(format!("the link {link} leads to no file")),
            Some(target) if !heading.is_empty() && !target.heading_ids().contains(heading) => {
                wrong.push(format!("the link {link} leads to no heading"));
            }
            _ => {}
        }
    }
    wrong
}

/// Every formula becomes MathML whose tags are well formed, and no dollar sign is left over.
pub fn formulas(chapter: &Chapter) -> Vec<String> {
    let page = match docs::formula::replace(&chapter.text) {
        Ok(page) => page,
        Err(error) => return vec![error.to_string()],
    };
    let mut wrong = Vec::new();
    let shown = (Chapter { name: String::new(), text: page }).prose();
    if let Some((_, tag)) = shown.split_once("<m") {
        wrong.push(format!("a formula's tags are not well formed: <m{tag:.60}"));
    }
    if let Some((before, after)) = shown.split_once('$') {
        let before: String = before.chars().rev().take(30).collect::<Vec<_>>().into_iter().rev().collect();
        wrong.push(format!("a dollar sign is left over: {before}${after:.30}"));
    }
    for event in chapter.events() {
        match event {
            Event::Html(html) if html.contains('$') => wrong.push(format!("HTML hides a formula: {html}")),
            _ => {}
        }
    }
    wrong
}

/// Code within a sentence that looks like a path, `folder/file.rs`, names a file of the workspace; followed by
/// `::name`, a function in it.
pub fn citations(chapter: &Chapter) -> Vec<String> {
    let mut wrong = Vec::new();
    for code in chapter.inline_code() {
        let (path, function) = match code.split_once("::") {
            Some((path, function)) if path.ends_with(".rs") => (path, Some(function)),
            _ => (code.as_str(), None),
        };
        let is_path = path.contains('/') && !path.contains(char::is_whitespace) && path.contains(".rs");
        if !is_path {
            continue;
        }
        match fs::read_to_string(workspace().join(path)) {
            Err(error) => wrong.push(format!("{path}: {error}")),
            Ok(text) => {
                if let Some(function) = function.filter(|function| !text.contains(&format!("fn {function}("))) {
                    wrong.push(format!("{path} has no test {function}"));
                }
            }
        }
    }
    wrong
}

/// Every `cargo` command names a package of the workspace, and a test, example, bench or program that it has, or
/// claims that have an experiment.
pub fn commands(chapter: &Chapter) -> Vec<String> {
    let blocks = chapter.blocks().into_iter().filter(|block| block.language == "sh");
    let lines: Vec<String> =
        blocks.flat_map(|block| block.code.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let commands = lines.into_iter().chain(chapter.inline_code()).filter(|line| line.contains("cargo "));
    commands.filter_map(|command| what_is_missing(&command).map(|missing| format!("`{command}`: {missing}"))).collect()
}

fn what_is_missing(command: &str) -> Option<String> {
    let (cargo, arguments) = command.split_once(" -- ").unwrap_or((command, ""));
    let after = |flag: &str| word_after(cargo, flag);
    let claims = word_after(arguments, "--only").into_iter().flat_map(|claims| claims.split(','));
    if let Some(claim) = claims.into_iter().find(|claim| !experiments().contains(&format!("id: \"{claim}\""))) {
        return Some(format!("no experiment {claim}"));
    }
    let package = after("-p").unwrap_or("lineage");
    let Some(folder) = folder_of(package) else { return Some(format!("no package {package}")) };
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("a member's manifest can be read");
    let exists = |flag: &str, place: &str| {
        let name = after(flag)?;
        let file = folder.join(place).join(format!("{name}.rs"));
        let directory = folder.join(place).join(name).join("main.rs");
        let found = file.is_file() || directory.is_file() || manifest.contains(&format!("name = \"{name}\""));
        (!found).then(|| format!("{package} has no {place}/{name}.rs"))
    };
    let targets = [("--test", "tests"), ("--example", "examples"), ("--bench", "benches"), ("--bin", "src/bin")];
    targets.into_iter().find_map(|(flag, place)| exists(flag, place))
}

fn word_after<'a>(words: &'a str, flag: &str) -> Option<&'a str> {
    words.split_whitespace().skip_while(|word| *word != flag).nth(1)
}

/// The sources of all experiments.
fn experiments() -> String {
    let entries = |folder: PathBuf| {
        let entries = fs::read_dir(folder).expect("the experiments can be listed");
        entries.map(|entry| entry.unwrap().path())
    };
    let claims = entries(workspace().join("benches/src/experiments")).filter(|path| path.is_dir());
    claims.flat_map(entries).map(|path| fs::read_to_string(path).expect("sources are UTF-8")).collect()
}

/// The folder of a member of the workspace, by its package's name.
fn folder_of(package: &str) -> Option<PathBuf> {
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).expect("the workspace's manifest can be read");
    let members = manifest.split("members = [").nth(1)?.split(']').next()?.to_owned();
    let mut folders = members.split('"').skip(1).step_by(2).map(|member| workspace().join(member));
    folders.find(|folder| folder.file_name().is_some_and(|name| name == package))
}
