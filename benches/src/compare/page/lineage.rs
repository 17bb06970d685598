//! The first screen: the lineage at a glance, a row for each stage and a column for each thing that matters.

use maud::{Markup, html};
use report::{
    figure::{Axis, Figure, Lines, Reference, Series},
    format, page,
    statistics::Summary,
};
use stages::AnyStage;

use super::reference;
use crate::{
    compare::Comparison,
    error::Error,
    experiments,
    glance::{self, Better, Cell, Column},
};

/// The figure's name.
pub const ROAD: &str = "road";

/// The section of the page.
///
/// # Errors
/// If the picture cannot be drawn.
pub fn section(comparison: &Comparison) -> Result<Markup, Error> {
    let cells = cells(comparison);
    let road = road(comparison).map(|figure| page::figure(&figure)).transpose()?;
    let table = html! {
        table.glance {
            thead {
                tr {
                    th scope="col" { "stage" }
                    @for column in Column::ALL {
                        th scope="col" {
                            a href={ "#" (target(comparison, column)) } { (column.heading()) }
                            span.muted { @match column.better() { Better::Less => "less is better", Better::More => "more is better" } }
                        }
                    }
                }
            }
            tbody {
                @for &stage in AnyStage::all() {
                    tr {
                        th scope="row" { (stage.about().title) span.muted { (stage.about().year) } }
                        @for column in Column::ALL { (cell(comparison, &cells, stage, column)) }
                    }
                }
            }
        }
    };
    Ok(html! {
        section id="glance" {
            h2 { "The lineage at a glance" }
            p {
                "Go down a column: " (mark(true)) " is clearly better than the number above, " (mark(false)) " clearly worse. Go along a \
                 row: " (mark(true)) " is what this step bought, " (mark(false)) " what it cost."
            }
            (page::scroll("The lineage at a glance", &table))
            p.muted {
                "Bars are shares of the longest in their column. " b.best { "best" } ": its 95 % interval lies clear of all others in \
                 the column; signs: the two intervals lie apart, and the numbers by more than a tenth. Models of a column have about \
                 equal parameters and, where they are trained, may read equally many tokens. Words say why there is no number: \
                 RNN, LSTM, GRU and GPT continue texts, the others translate; a stage that looks back at all tokens need not \
                 remember them. A column's heading leads to the claim that explains it."
            }
            @match road {
                Some(road) => (road),
                None => p.muted { "The picture of the road needs C6 and C26, which were not both measured here." },
            }
        }
    })
}

/// The sign of a number that is clearly better, or worse, than the one above it.
fn mark(better: bool) -> Markup {
    let (class, sign, word) = if better { ("better", "▲", "better") } else { ("worse", "▼", "worse") };
    html! { b class=(class) role="img" aria-label=(word) { (sign) } }
}

/// The claim that explains a column, if it is on the page.
fn target(comparison: &Comparison, column: Column) -> &'static str {
    let there = comparison.shown.iter().any(|experiment| experiment.id == column.claim());
    if there { column.claim() } else { "ledger" }
}

fn cells(comparison: &Comparison) -> Vec<&Cell> {
    comparison.sections.iter().flat_map(|section| &section.finding.glance).collect()
}

fn cell(comparison: &Comparison, cells: &[&Cell], stage: AnyStage, column: Column) -> Markup {
    let of_column: Vec<&Cell> = cells.iter().copied().filter(|cell| cell.column == column).collect();
    let Some(found) = of_column.iter().find(|cell| cell.stage == stage) else {
        let reference = of_reference(comparison, stage, column);
        return html! {
            td.muted {
                @match (column.not_for(stage), reference) {
                    (Some(why), _) => (why),
                    (None, Some(value)) => { "not run; reference " (format::number(value.mean, 3)) },
                    (None, None) => "not run",
                }
            }
        };
    };
    let above = AnyStage::all().iter().take_while(|&&above| above != stage);
    let above = above.filter_map(|&above| of_column.iter().find(|cell| cell.stage == above)).last();
    let change = above.and_then(|above| glance::change(column, above, found));
    let best = glance::best(column, &of_column).is_some_and(|best| best.stage == stage);
    let longest = of_column.iter().map(|cell| cell.value.mean).filter(|mean| mean.is_finite()).fold(0.0, f64::max);
    let share = if longest > 0.0 && found.value.mean.is_finite() { 100.0 * found.value.mean / longest } else { 0.0 };
    let Summary { mean, reach, .. } = found.value;
    let text = match reach {
        Some(_) => format::with_ends(mean, found.value.low(), found.value.high()),
        None => format::number(mean, 3),
    };
    let (value, interval) =
        text.split_once(" (").map_or((&*text, None), |(value, interval)| (value, interval.strip_suffix(')')));
    html! {
        td.numeric {
            span.value { (value) @if let Some(better) = change { " " (mark(better)) } @if best { " " b.best { "best" } } }
            span.bar style=(format!("width:{share:.0}%")) {}
            @if let Some(interval) = interval { span.muted { (interval) } }
        }
    }
}

/// What the reference run has in a cell, where it measured what this program would.
fn of_reference(comparison: &Comparison, stage: AnyStage, column: Column) -> Option<Summary> {
    let experiment = experiments::ALL.iter().find(|experiment| experiment.id == column.claim())?;
    let part = reference(comparison, experiment).ok().filter(|part| !part.is_stale())?;
    let cell = part.claim.glance.iter().find(|cell| cell.stage == stage && cell.column == column)?;
    Some(Summary::from(&cell.value))
}

/// The length of the chain against quality, the road drawn through the stages; what was not measured here is the
/// reference run's. None if a stage has neither.
pub fn road(comparison: &Comparison) -> Option<Figure> {
    let cells = cells(comparison);
    let here = |stage: AnyStage, column: Column| {
        cells.iter().find(|cell| cell.stage == stage && cell.column == column).map(|cell| cell.value)
    };
    let measured = AnyStage::all().iter().all(|&stage| here(stage, Column::Pairs).is_some());
    let value = |stage: AnyStage, column: Column| match (column, measured) {
        (Column::Pairs, false) => of_reference(comparison, stage, column),
        _ => here(stage, column).or_else(|| of_reference(comparison, stage, column)),
    };
    let source =
        if measured { "" } else { " Recall was not measured at this budget: its numbers are the reference run's." };
    drawn_road(value, source)
}

/// The same of what `value` knows of a cell; `source` says where it knows it from.
pub fn drawn_road(value: impl Fn(AnyStage, Column) -> Option<Summary>, source: &str) -> Option<Figure> {
    let mut points = Vec::new();
    for &stage in AnyStage::all() {
        let at = value(stage, Column::SequentialOperations)?.mean;
        points.push((stage.about().title, at, value(stage, Column::Pairs)?));
    }
    let series = points.iter().map(|&(title, x, y)| Series::new(title, [(x, y)]));
    let lines = Lines::new(
        Axis::log10("sequential operations for 512 tokens"),
        Axis::linear("pairs recalled in context").from_zero(),
        series,
    );
    let road = points.iter().map(|&(_, x, y)| (x, y.mean)).collect();
    Some(Figure::new(
        ROAD,
        "Fewer steps in a row, and more of the context within reach?",
        format!(
            "Further left, fewer operations wait for each other (C6); further up, more pairs are recalled in context (C26). The dotted line \
             goes through the stages in the order of history.{source}"
        ),
        lines.with(Reference::Curve { label: "the road from RNN to GPT".into(), points: road }).into(),
    ))
}
