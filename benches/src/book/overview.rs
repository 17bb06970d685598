//! The page with all claims: the first screen and the ledger of the reference run.

use std::fmt::Write as _;

use report::{figure::Figure, format, statistics::Summary};
use stages::AnyStage;

use super::{effect_cells, escaped, file, note};
use crate::{
    claims::{self, Claim},
    compare::page,
    finding::Experiment,
    glance::{self, Column},
    reference::ReferenceRun,
    verdict::Basis,
};

/// The lineage at a glance and the ledger, as the reference run has them.
pub(super) fn page(experiments: &[Experiment], reference: &ReferenceRun) -> String {
    let mut page = note() + "# All claims\n\n";
    page.push_str(
        "What the [reference run](reading.md#this-run-and-the-reference-run) found. The report has the same tables for your own \
         run, and [a chapter](reading.md) says how to read them.\n\n## The lineage at a glance\n\n",
    );
    let cells: Vec<glance::Cell> = reference.parts().flat_map(|part| of_claim(&part.claim)).collect();
    page.push_str(&at_a_glance(&cells));
    if let Some(Figure { name, title, caption, .. }) = road(reference) {
        let _ = writeln!(page, "![{}](figures/{name}.svg)\n\n*{}*\n", escaped(&title), escaped(&caption));
    }
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

/// The picture of the road from the RNN to GPT; none where the reference run lacks a stage.
pub(super) fn road(reference: &ReferenceRun) -> Option<Figure> {
    let cells: Vec<glance::Cell> = reference.parts().flat_map(|part| of_claim(&part.claim)).collect();
    let of = |stage, column| cells.iter().find(|cell| cell.stage == stage && cell.column == column);
    page::drawn_road(|stage, column| of(stage, column).map(|cell| cell.value), "")
}

fn at_a_glance(cells: &[glance::Cell]) -> String {
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
            let found =
                of_column.iter().find(|cell| cell.stage == stage).map(|cell| format::number(cell.value.mean, 3));
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
    let cell = |cell: &claims::Cell| glance::Cell {
        stage: cell.stage,
        column: cell.column,
        value: Summary::from(&cell.value),
    };
    claim.glance.iter().map(cell)
}
