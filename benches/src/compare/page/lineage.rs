//! The first screen: the lineage at a glance, a row for each stage and a column for each thing that matters.

use maud::{Markup, html};
use report::{
    figure::{Axis, Figure, Lines, Reference, Series},
    format, page,
    statistics::Summary,
};
use stages::AnyStage;

use crate::{
    compare::Comparison,
    error::Error,
    glance::{self, Cell, Column},
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
                    @for column in Column::ALL { th scope="col" { a href={ "#" (target(comparison, column)) } { (column.heading()) } } }
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
            (page::scroll("The lineage at a glance", &table))
            p.muted {
                "Bars are shares of the longest in their column. " b.best { "Best" } ": its 95 % interval lies clear of all others in \
                 the column. Models of a column have about equal parameters and read equally many tokens, but for the columns of \
                 operations and speed, whose sizes C6 names. Words in place of a number say why there is none. A column's heading leads to the claim that explains it."
            }
            @match road {
                Some(road) => (road),
                None => p.muted { "The picture of length of the chain against quality needs C6 and C26, which were not both measured here." },
            }
        }
    })
}

/// The claim that explains a column, if it is on the page.
fn target(comparison: &Comparison, column: Column) -> &'static str {
    let there = comparison.sections.iter().any(|section| section.experiment.id == column.claim());
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
            span.value { (value) @if best { " " b.best { "best" } } }
            span.bar style=(format!("width:{share:.0}%")) {}
            @if let Some(interval) = interval { span.muted { (interval) } }
        }
    }
}

/// What the reference run has in a cell, where it speaks of the same text.
fn of_reference(comparison: &Comparison, stage: AnyStage, column: Column) -> Option<Summary> {
    let part = comparison.reference.part(column.claim()).filter(|_| comparison.options.text.is_none())?;
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
        Axis::log10("array operations that wait for each other, 512 tokens"),
        Axis::linear("accuracy of recall in context").within(0.0, 1.0),
        series,
    );
    let road = points.iter().map(|&(_, x, y)| (x, y.mean)).collect();
    Some(Figure::new(
        ROAD,
        "Fewer steps in a row, and more of the context within reach?",
        format!(
            "Further left, more of a text is read in parallel; further up, more pairs are recalled in context (C26). The dotted line \
             goes through the stages in the order of history.{source}"
        ),
        lines.with(Reference::Curve { label: "the road from RNN to GPT".into(), points: road }).into(),
    ))
}
