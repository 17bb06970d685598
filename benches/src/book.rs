//! The book's pages on the claims, made from the reference run and from what the experiments say of themselves: one for each
//! claim, and one with all of them. So the book, the report and the program say the same.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::Context;
use report::{format, statistics::Summary};
use stages::AnyStage;

use crate::{
    claims::{Claim, Effect},
    finding::Experiment,
    glance::{self, Column},
    reference::{Part, ReferenceError, ReferenceRun},
    study::parts::Bound,
    verdict::Basis,
};

/// The folder of the key figures, as it is seen from the book's sources.
pub const FIGURES: &str = "figures/claims";

/// The command that writes the pages.
pub const COMMAND: &str = "cargo run --release -p benches --bin book-pages";

/// A file below the book's sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path, as links of the book's chapters have it: `claims/c02.md`.
    pub file: String,
    /// Markdown.
    pub content: String,
}

/// Every file that is made, as it should be now: the pages, and the table of contents with their entries. `reference` is the folder
/// of the reference run, `sources` that of the book's chapters.
///
/// # Errors
/// If one of the folders cannot be read, or the reference run does not fit its schema.
pub fn files(experiments: &[Experiment], reference: &Path, sources: &Path) -> anyhow::Result<Vec<Page>> {
    let reference = match ReferenceRun::read(reference) {
        Err(ReferenceError::Empty { .. }) => ReferenceRun::default(),
        Err(ReferenceError::Refused { .. }) if !reference.exists() => ReferenceRun::default(),
        read => read?,
    };
    let read = |path: &Path| fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()));
    let mut chapters = Vec::new();
    for entry in fs::read_dir(sources).with_context(|| format!("{} cannot be read", sources.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".md") && ![OVERVIEW, CONTENTS].contains(&&*name) {
            chapters.push(Page { file: name, content: read(&path)? });
        }
    }
    chapters.sort_by(|a, b| a.file.cmp(&b.file));
    let contents = contents(experiments, &read(&sources.join(CONTENTS))?);
    let mut files = pages(experiments, &reference, &chapters);
    files.push(Page { file: CONTENTS.to_owned(), content: contents });
    Ok(files)
}

/// The page of each claim, and [the one](overview) with all of them. `chapters` are the hand-written ones.
pub fn pages(experiments: &[Experiment], reference: &ReferenceRun, chapters: &[Page]) -> Vec<Page> {
    let of_claim = |experiment: &Experiment| Page {
        file: file(experiment.id),
        content: page(experiment, reference.part(experiment.id), chapters),
    };
    let overview = Page { file: OVERVIEW.to_owned(), content: overview(experiments, reference) };
    experiments.iter().map(of_claim).chain([overview]).collect()
}

/// The table of contents with an entry for each page: the lines from that of the overview to the next empty one are
/// written anew.
///
/// # Panics
/// If it has no entry for the overview.
#[track_caller]
pub fn contents(experiments: &[Experiment], contents: &str) -> String {
    let entry = format!("- [All claims]({OVERVIEW})\n");
    let Some((before, after)) = contents.split_once(&entry) else { panic!("SUMMARY.md has no line {entry:?}") };
    let after = after.split_once("\n\n").map_or("", |(_, after)| after);
    let mut whole = format!("{before}{entry}");
    for Experiment { id, .. } in experiments {
        let _ = writeln!(whole, "  - [{}]({})", heading(experiments, id), file(id));
    }
    whole + "\n" + after
}

/// The table of contents.
const CONTENTS: &str = "SUMMARY.md";

/// The file of the page with all claims.
const OVERVIEW: &str = "claims.md";

/// The file of a claim's page: C2 has `claims/c02.md`.
pub fn file(id: &str) -> String {
    format!("claims/{}.md", stem(id))
}

/// The claim in names of files: `c02` for C2.
pub fn stem(id: &str) -> String {
    format!("c{:0>2}", id.trim_start_matches('C'))
}

fn heading(experiments: &[Experiment], id: &str) -> String {
    let claim = experiments.iter().find(|experiment| experiment.id == id).map(Experiment::claim);
    format!("{id}: {}", escaped(&claim.unwrap_or_default()))
}

fn note() -> String {
    format!("<!-- Written by {COMMAND}: what it says stands in benches/src/experiments and benches/reference. -->\n\n")
}

fn page(experiment: &Experiment, part: Option<&Part>, chapters: &[Page]) -> String {
    let mut page = note();
    let _ = writeln!(page, "# {}\n", heading(&[*experiment], experiment.id));
    paragraph(&mut page, &experiment.question(), "*", "*");
    match part {
        Some(part) => page.push_str(&result(experiment, part)),
        None => page.push_str("The reference run does not speak of this claim yet. The command below measures it.\n\n"),
    }
    section(&mut page, "It could have come out otherwise", &experiment.otherwise());
    section(&mut page, "The criterion", &experiment.criterion());
    let repeat = format!("cargo run --release -- compare --only {}", experiment.id);
    let command = part.map_or(repeat, |part| part.claim.command.clone());
    let _ = writeln!(page, "## Repeat it\n\n```sh\n{command}\n```\n");
    if let Some(part) = part {
        let _ = writeln!(page, "{}\n", circumstances(part));
    }
    let link = format!("]({})", file(experiment.id));
    let explaining = chapters.iter().filter(|chapter| chapter.content.contains(&link));
    let links: Vec<String> = explaining.map(|chapter| format!("[{}](../{})", title(chapter), chapter.file)).collect();
    let words = ["[How to read this](../reading.md)".to_owned()].into_iter().chain(links).collect::<Vec<_>>();
    let _ = writeln!(page, "{}", words.join(" · "));
    page
}

fn result(experiment: &Experiment, part: &Part) -> String {
    let Part { claim, .. } = part;
    let mut text = String::new();
    let words = capital(claim.verdict.words(experiment.basis));
    let _ = writeln!(text, "**{words}.** {}\n", escaped(&claim.answer));
    if part.is_stale() {
        text.push_str("*This result is stale: the experiment has been changed since it was measured.*\n\n");
    }
    if let Some(figure) = &claim.key_figure {
        let _ = writeln!(text, "![{}](../{FIGURES}/{}.svg)\n", escaped(&figure.title), figure.name);
        paragraph(&mut text, &figure.caption, "*", "*");
    }
    if let Some(effect) = &claim.effect {
        let _ = writeln!(text, "| effect | found | needed |\n|---|---|---|\n| {} |\n", effect_cells(effect).join(" | "));
    }
    text
}

fn circumstances(Part { claim, circumstances }: &Part) -> String {
    let time = format::duration(std::time::Duration::from_secs_f64(claim.seconds));
    let seeds = match claim.seeds.len() {
        0 => String::new(),
        n => format!(", {}", format::counted(n, "seed")),
    };
    escaped(&format!(
        "The reference run: {time} on {}, {}{seeds}, {}, {}.",
        circumstances.machine,
        format::counted(circumstances.threads, "thread"),
        circumstances.program,
        circumstances.date,
    ))
}

/// The lineage at a glance and the ledger, as the reference run has them.
fn overview(experiments: &[Experiment], reference: &ReferenceRun) -> String {
    let mut page = note() + "# All claims\n\n";
    page.push_str(
        "What the [reference run](reading.md#this-run-and-the-reference-run) found. The report has the same tables for your own \
         run, and [a chapter](reading.md) says how to read them.\n\n## The lineage at a glance\n\n",
    );
    page.push_str(&at_a_glance(reference));
    for (basis, heading) in [(Basis::Counted, "Counted claims"), (Basis::Estimated, "Estimated claims")] {
        let _ = writeln!(page, "## {heading}\n\n| claim | effect | found | needed | verdict |\n|---|---|---|---|---|");
        for experiment in experiments.iter().filter(|experiment| experiment.basis == basis) {
            let part = reference.part(experiment.id);
            let effect = part.and_then(|part| part.claim.effect.as_ref());
            let [what, found, needed] = effect.map_or_else(Default::default, effect_cells);
            let verdict = part.map_or("not yet measured", |part| part.claim.verdict.words(basis));
            let claim = format!("[{}]({}) {}", experiment.id, file(experiment.id), escaped(&experiment.claim()));
            let _ = writeln!(page, "| {claim} | {what} | {found} | {needed} | {verdict} |");
        }
        page.push('\n');
    }
    page
}

fn at_a_glance(reference: &ReferenceRun) -> String {
    let cells: Vec<glance::Cell> = reference.parts().flat_map(|part| of_claim(&part.claim)).collect();
    let mut table = "|".to_owned();
    for stage in AnyStage::all() {
        let _ = write!(table, " | {} ({})", stage.about().title, stage.about().year);
    }
    table += " |\n|---";
    table.push_str(&"|---".repeat(AnyStage::all().len()));
    table += "|\n";
    for column in Column::ALL {
        let of_column: Vec<&glance::Cell> = cells.iter().filter(|cell| cell.column == column).collect();
        let best = glance::best(column, &of_column).map(|cell| cell.stage);
        let _ = write!(table, "| [{}]({})", column.heading(), file(column.claim()));
        for &stage in AnyStage::all() {
            let found = of_column.iter().find(|cell| cell.stage == stage).map(|cell| format::number(cell.value.mean, 3));
            let said = match (found, column.not_for(stage)) {
                (Some(number), _) if best == Some(stage) => format!("**{number}**"),
                (Some(number), _) => number,
                (None, Some(_)) => "–".to_owned(),
                (None, None) => "not yet".to_owned(),
            };
            let _ = write!(table, " | {said}");
        }
        table += " |\n";
    }
    table
        + "\nBold is best: its interval lies clear of all others in the row. A dash: the row makes no sense for that stage. Speeds are \
           those of the reference run's machine.\n\n"
}

fn of_claim(claim: &Claim) -> impl Iterator<Item = glance::Cell> {
    let cell = |cell: &crate::claims::Cell| glance::Cell {
        stage: cell.stage,
        column: cell.column,
        value: Summary::from(&cell.value),
    };
    claim.glance.iter().map(cell)
}

/// What it is, what was found with its unit, and what it has to be.
fn effect_cells(Effect { what, unit, found, needed }: &Effect) -> [String; 3] {
    let found = Summary::from(found);
    let number = match needed {
        Bound::Times(_) if found.reach.is_some() => {
            format!("{} times", format::with_ends(found.mean.exp(), found.low().exp(), found.high().exp()))
        }
        Bound::Times(_) => format!("{} times", format::number(found.mean.exp(), 3)),
        _ => found.to_string(),
    };
    [what.clone(), format!("{number} {unit}"), needed.to_string()].map(|cell| escaped(&cell).replace('|', "\\|"))
}

fn section(page: &mut String, heading: &str, text: &str) {
    if !text.is_empty() {
        let _ = writeln!(page, "## {heading}\n\n{}\n", escaped(text));
    }
}

fn paragraph(page: &mut String, text: &str, before: &str, after: &str) {
    if !text.is_empty() {
        let _ = writeln!(page, "{before}{}{after}\n", escaped(text));
    }
}

fn title(chapter: &Page) -> &str {
    let heading = chapter.content.lines().find_map(|line| line.strip_prefix("# "));
    heading.unwrap_or(&chapter.file)
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
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
    use crate::{claims::Claims, experiments::ALL};

    const FILE: &str = r#"{"schema":1,"circumstances":{"program":"lineage 0.1.0","machine":"a <machine>","threads":2,
        "date":"2026-11-27","text":"t","own_text":false},"claims":[{"id":"C2","claim":"c","basis":"estimated","verdict":"shown",
        "budget":"thorough","seeds":[1,2],"seconds":90.0,"command":"cargo run --release -- compare --only C2","experiment":"HASH",
        "answer":"It does: a_b | c.","effect":{"what":"lead","unit":"accuracy","needed":{"more":0.1},
        "found":{"mean":0.5,"low":0.4,"high":0.6,"n":2}},"glance":[{"stage":"lstm","column":"gap",
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
        let page = page(c2(), Some(&part(crate::reference::hash("C2"))), &chapters);
        for said in [
            "# C2: ",
            "**Shown.** It does: a\\_b | c.",
            "![Recall](../figures/claims/c02-recall.svg)",
            "| lead | 0.5 (0.4 to 0.6) accuracy | more than 0.1 |",
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
        assert!(page(c2(), Some(&part("other")), &[]).contains("This result is stale"));
        let none = page(c2(), None, &[]);
        assert!(none.contains("does not speak of this claim yet") && none.contains("compare --only C2\n"), "{none}");
    }

    #[test]
    fn the_entries_of_the_contents_are_written_anew() {
        let before = "# S\n\n- [All claims](claims.md)\n  - [old](claims/c99.md)\n\n[End](end.md)\n";
        let after = contents(&[*c2()], before);
        assert!(after.starts_with("# S\n\n- [All claims](claims.md)\n  - [C2: "), "{after}");
        assert!(after.ends_with("(claims/c02.md)\n\n[End](end.md)\n"), "{after}");
        assert_eq!(contents(&[*c2()], &after), after);
    }
}
