//! The page of one claim.

use std::{fmt::Write as _, time::Duration};

use report::format;

use super::{CONTENTS, FIGURES, Page, effect_cells, escaped, file, heading, note};
use crate::{claims::KeyFigure, finding::Experiment, reference::Part};

/// Question, answer, key figure, criterion, and how it could have come out otherwise. It leads to those of the `chapters` that lead to
/// it.
pub(super) fn page(experiment: &Experiment, part: Option<&Part>, chapters: &[Page]) -> String {
    let mut page = note();
    let _ = writeln!(page, "# {}\n", heading(experiment));
    let _ = writeln!(page, "*{}*\n", escaped(&experiment.question()));
    match part {
        Some(part) => page.push_str(&result(experiment, part)),
        None => page.push_str("The reference run does not speak of this claim yet. The command below measures it.\n\n"),
    }
    section(&mut page, "It could have come out otherwise", &experiment.otherwise());
    section(&mut page, "The criterion", &experiment.criterion());
    let repeat = format!("cargo run --release -- compare --budget {} --only {}", experiment.shortest(), experiment.id);
    let command = part.map_or(repeat, |part| part.claim.command.clone());
    let _ = writeln!(page, "## Repeat it\n\n```sh\n{command}\n```\n");
    if let Some(part) = part {
        let _ = writeln!(page, "{}\n", circumstances(part));
    }
    let link = format!("]({})", file(experiment.id));
    let explains = |chapter: &&Page| chapter.file != CONTENTS && chapter.content.contains(&link);
    let explaining = chapters.iter().filter(explains);
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
        text.push_str(&self::figure("../", figure, ""));
    }
    if let Some(effect) = &claim.effect {
        let _ =
            writeln!(text, "| effect | found | needed |\n|---|---|---|\n| {} |\n", effect_cells(effect).join(" | "));
    }
    text
}

fn circumstances(Part { claim, circumstances }: &Part) -> String {
    let time = claim.seconds.map_or_else(String::new, |time| format::duration(Duration::from_secs_f64(time)) + " on ");
    escaped(&format!(
        "The reference run: {time}{}, {}, {}, {}, {}.",
        circumstances.machine,
        format::counted(circumstances.threads, "thread"),
        format::counted(claim.seeds.len(), "seed"),
        circumstances.program,
        circumstances.date,
    ))
}

/// A key figure with its caption, on a page from which the book's sources lie at `root`; `source` goes behind the caption.
pub(super) fn figure(root: &str, KeyFigure { name, title, caption }: &KeyFigure, source: &str) -> String {
    let caption = [&escaped(caption), source].join(" ");
    format!("![{}]({root}{FIGURES}/{name}.svg)\n\n*{}*\n\n", escaped(title), caption.trim())
}

fn section(page: &mut String, heading: &str, text: &str) {
    if !text.is_empty() {
        let _ = writeln!(page, "## {heading}\n\n{}\n", escaped(text));
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
