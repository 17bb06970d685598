//! What the book says of the claims, made from the reference run and from what the experiments say of themselves: a page for each
//! claim, one with all of them, and the key figures in the chapters. So the book, the report and the program say the same.

mod claim;
mod overview;

use std::{fmt::Write as _, fs, path::Path};

use anyhow::Context;
use report::{
    figure::{Figure, Size},
    statistics::Summary,
};

use crate::{
    claims::Effect,
    compare::page,
    finding::Experiment,
    reference::{ReferenceError, ReferenceRun},
};

/// The folder of the key figures below the book's sources.
pub const FIGURES: &str = "figures/claims";

/// The command that writes all this.
pub const COMMAND: &str = "cargo run --release -p benches --bin book-pages";

/// The table of contents.
const CONTENTS: &str = "SUMMARY.md";

/// The README, as it is seen from the book's sources.
const README: &str = "../../README.md";

/// The page with all claims.
const OVERVIEW: &str = "claims.md";

/// A file of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path below the book's sources: `claims/c02.md`.
    pub file: String,
    /// Markdown, or a picture.
    pub content: String,
}

/// Every file in which something is made, as it should be now. `reference` is the folder of the reference run, `sources` that of
/// the book's chapters.
///
/// # Errors
/// If one of the folders cannot be read, or the reference run does not fit its schema.
pub fn files(experiments: &[Experiment], reference: &Path, sources: &Path) -> anyhow::Result<Vec<Page>> {
    let reference = match ReferenceRun::read(reference) {
        Err(ReferenceError::Empty { .. }) => ReferenceRun::default(),
        Err(ReferenceError::Refused { .. }) if !reference.exists() => ReferenceRun::default(),
        read => read?,
    };
    let mut chapters = chapters(sources)?;
    for Page { file, content } in &mut chapters {
        *content = match file.as_str() {
            CONTENTS => contents(experiments, content),
            _ => with_figures(&reference, content),
        };
    }
    let of_claim = |experiment: &Experiment| Page {
        file: file(experiment.id),
        content: claim::page(experiment, reference.part(experiment.id), &chapters),
    };
    let of_claims: Vec<Page> = experiments.iter().map(of_claim).collect();
    let overview = Page { file: OVERVIEW.to_owned(), content: overview::page(experiments, &reference) };
    let mut files: Vec<Page> = chapters.into_iter().chain(of_claims).chain([overview]).collect();
    if let Some(road) = overview::road(&reference) {
        let readme = fs::read_to_string(sources.join(README)).with_context(|| refused(&sources.join(README)))?;
        files.push(Page { file: README.to_owned(), content: with_road(&road, &readme.replace("\r\n", "\n")) });
        files.push(Page { file: format!("figures/{}.svg", road.name), content: road.document(Size::Wide)? });
    }
    Ok(files)
}

fn refused(path: &Path) -> String {
    format!("{} cannot be read", path.display())
}

/// Those written by hand, the table of contents among them.
fn chapters(sources: &Path) -> anyhow::Result<Vec<Page>> {
    let mut chapters = Vec::new();
    for entry in fs::read_dir(sources).with_context(|| refused(sources))? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if file.ends_with(".md") && file != OVERVIEW {
            let content = fs::read_to_string(&path).with_context(|| refused(&path))?;
            chapters.push(Page { file, content: content.replace("\r\n", "\n") });
        }
    }
    chapters.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(chapters)
}

/// The table of contents, in which the entries below that of the overview are one for each claim.
///
/// # Panics
/// If it has no entry for the overview.
#[track_caller]
fn contents(experiments: &[Experiment], contents: &str) -> String {
    let entry = format!("- [All claims]({OVERVIEW})\n");
    let Some((before, after)) = contents.split_once(&entry) else { panic!("{CONTENTS} has no line {entry:?}") };
    let after = after.split_inclusive('\n').skip_while(|line| line.starts_with("  - "));
    let mut whole = before.to_owned() + &entry;
    for experiment in experiments {
        let _ = writeln!(whole, "  - [{}]({})", heading(experiment), file(experiment.id));
    }
    whole.extend(after);
    whole
}

/// A chapter with a claim's key figure between `<!-- figure of C2 -->` and the next `<!-- end of figure -->`, where the reference
/// run has it.
fn with_figures(reference: &ReferenceRun, chapter: &str) -> String {
    let mut pieces = chapter.split("<!-- figure of ");
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (id, rest) = piece.split_once(" -->").unwrap_or((piece, ""));
        let after = rest.split_once("<!-- end of figure -->").map_or(rest, |(_, after)| after);
        let figure = reference.part(id).and_then(|part| part.claim.key_figure.as_ref());
        let source = format!("From the [reference run]({}).", file(id));
        let drawn = figure.map_or_else(String::new, |figure| claim::figure("", figure, &source));
        let _ = write!(whole, "<!-- figure of {id} -->\n\n{drawn}<!-- end of figure -->{after}");
    }
    whole
}

/// The README with the road from RNN to GPT between `<!-- picture -->` and `<!-- end of picture -->`.
fn with_road(Figure { name, title, caption, .. }: &Figure, readme: &str) -> String {
    let [start, end] = ["<!-- picture -->\n", "<!-- end of picture -->"];
    let Some((before, rest)) = readme.split_once(start) else { return readme.to_owned() };
    let after = rest.split_once(end).map_or("", |(_, after)| after);
    let [title, caption] = [title, caption].map(|text| escaped(text));
    let source = "From the [reference run](docs/src/claims.md); the report has your own.";
    format!("{before}{start}![{title}](docs/src/figures/{name}.svg)\n\n*{title} {caption} {source}*\n{end}{after}")
}

/// The page of a claim: that of C2 is `claims/c02.md`.
fn file(id: &str) -> String {
    format!("claims/{}.md", stem(id))
}

/// A claim in names of files: `c02` for C2.
pub fn stem(id: &str) -> String {
    format!("c{:0>2}", id.trim_start_matches('C'))
}

fn heading(experiment: &Experiment) -> String {
    format!("{}: {}", experiment.id, escaped(&experiment.claim()))
}

/// What stands at the head of a page, for those who would change it by hand.
fn note() -> String {
    format!("<!-- Written by {COMMAND}: what it says stands in benches/src/experiments and benches/reference. -->\n\n")
}

/// What it is, what was found with its unit, and what it has to be.
fn effect_cells(Effect { what, unit, found, needed }: &Effect) -> [String; 3] {
    let number = page::said(&Summary::from(found), *needed);
    [what.clone(), format!("{number} {unit}"), page::bound(*needed)].map(|cell| escaped(&cell).replace('|', "\\|"))
}

/// A text whose signs Markdown would read; what it says of code, between backticks, stays.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_code = false;
    for sign in text.chars() {
        in_code ^= sign == '`';
        if !in_code && r"\*_[]<>$#".contains(sign) {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{claims::Claims, experiments::ALL, reference::Part};

    const FILE: &str = r#"{"schema":1,"circumstances":{"program":"lineage 0.1.0","machine":"a <machine>","threads":2,
        "date":"2026-11-27","text":"t","own_text":false},"claims":[{"id":"C2","claim":"c","basis":"estimated","verdict":"shown",
        "budget":"thorough","seeds":[1,2],"seconds":90.0,"command":"cargo run --release -- compare --only C2","experiment":"HASH",
        "answer":"It does: a_b | c.","effect":{"what":"lead","unit":"accuracy","needed":{"more":0.1},
        "found":{"mean":0.5,"low":0.25,"high":0.75,"n":2}},"glance":[{"stage":"lstm","column":"gap",
        "value":{"mean":30.0,"low":null,"high":null,"n":1}}],"key_figure":{"name":"c02-recall","title":"Recall","caption":"Read it."},
        "figures":[]}]}"#;

    fn part(hash: &str) -> Part {
        let Claims { circumstances, mut claims, .. } = serde_json::from_str(&FILE.replace("HASH", hash)).unwrap();
        Part { claim: claims.remove(0), circumstances }
    }

    fn c2() -> &'static Experiment {
        ALL.iter().find(|experiment| experiment.id == "C2").unwrap()
    }

    #[test]
    fn a_page_says_what_the_reference_run_found() {
        let chapter = |file: &str, content: &str| Page { file: file.into(), content: content.into() };
        let chapters = [chapter("lstm.md", "# LSTM\n[C2](claims/c02.md)"), chapter("rnn.md", "# RNN\n")];
        let page = claim::page(c2(), Some(&part(crate::reference::hash("C2"))), &chapters);
        for said in [
            "# C2: ",
            "**Shown.** It does: a\\_b | c.",
            "![Recall](../figures/claims/c02-recall.svg)",
            "| lead | 0.50 (0.25 to 0.75) accuracy | more than 0.1 |",
            "```sh\ncargo run --release -- compare --only C2\n```",
            "1 min 30 s on a \\<machine\\>, 2 threads, 2 seeds, lineage 0.1.0, 2026-11-27.",
            "[LSTM](../lstm.md)",
        ] {
            assert!(page.contains(said), "{said}\n{page}");
        }
        assert!(!page.contains("stale") && !page.contains("rnn.md"), "{page}");
    }

    #[test]
    fn a_page_says_that_its_result_is_stale_or_that_there_is_none() {
        assert!(claim::page(c2(), Some(&part("other")), &[]).contains("This result is stale"));
        let none = claim::page(c2(), None, &[]);
        assert!(
            none.contains("does not speak of this claim yet") && none.contains("compare --budget quick --only C2\n"),
            "{none}"
        );
    }

    #[test]
    fn the_entries_of_the_contents_are_written_anew() {
        let before = "# S\n\n- [All claims](claims.md)\n  - [old](claims/c99.md)\n\n[End](end.md)\n";
        let after = contents(&[*c2()], before);
        assert!(after.starts_with("# S\n\n- [All claims](claims.md)\n  - [C2: "), "{after}");
        assert!(after.ends_with("(claims/c02.md)\n\n[End](end.md)\n"), "{after}");
        assert_eq!(contents(&[*c2()], &after), after);
    }

    #[test]
    fn a_chapter_has_the_figures_that_the_reference_run_has() {
        let folder = tempfile::TempDir::new().unwrap();
        fs::write(folder.path().join("c02.json"), FILE).unwrap();
        let reference = ReferenceRun::read(folder.path()).unwrap();
        let [before, old] =
            ["<!-- figure of C2 -->", "<!-- figure of C3 -->\n\nold\n\n"].map(|mark| format!("a\n\n{mark}"));
        let end = "<!-- end of figure -->\n\nb\n";
        let after = with_figures(&reference, &format!("{before}{end}{old}{end}"));
        assert!(after.contains(
            "![Recall](figures/claims/c02-recall.svg)\n\n*Read it. From the [reference run](claims/c02.md).*\n\n<"
        ));
        assert!(after.contains("<!-- figure of C3 -->\n\n<!-- end of figure -->\n\nb\n"), "{after}");
        assert_eq!(with_figures(&reference, &after), after);
    }

    #[test]
    fn the_readme_shows_the_road_in_place_of_its_picture() {
        let axis = || report::figure::Axis::linear("x");
        let lines = report::figure::Lines::new(axis(), axis(), []);
        let road = Figure::new("road", "A <b>?", "Read it.", lines.into());
        let after = with_road(&road, "a\n<!-- picture -->\nold\n<!-- end of picture -->\nb\n");
        assert!(
            after.starts_with("a\n<!-- picture -->\n![A \\<b\\>?](docs/src/figures/road.svg)\n\n*A \\<b\\>? Read it. "),
            "{after}"
        );
        assert!(after.ends_with("*\n<!-- end of picture -->\nb\n") && !after.contains("old"), "{after}");
        assert_eq!(with_road(&road, &after), after);
    }
}
