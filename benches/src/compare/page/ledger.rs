//! The ledger: a row for each claim, with the number that is held against its criterion.

use maud::{Markup, PreEscaped, html};
use report::{figure::Interval, format, page, statistics::Summary};

use super::{Silent, badge, effect_of, found, reference};
use crate::{
    compare::{Comparison, Section},
    error::Error,
    finding::{Effect, Experiment},
    reference::Part,
    study::parts::Bound,
    verdict::Basis,
};

/// How the claims stand in the ledger: what is counted and what is estimated are never added up.
const LEDGER: [(Basis, &str); 2] = [
    (Basis::Counted, "Counted, or computed exactly: only a fault or another way of computing could refute these"),
    (Basis::Estimated, "Estimated from trainings: another length, size or task may give another answer"),
];

/// The section of the page.
///
/// # Errors
/// If an interval cannot be drawn.
pub fn section(comparison: &Comparison) -> Result<Markup, Error> {
    let of = |basis| comparison.shown.iter().filter(move |experiment| experiment.basis == basis);
    let mut groups = Vec::new();
    for (basis, heading) in LEDGER {
        let rows = of(basis).map(|experiment| row(comparison, experiment)).collect::<Result<Vec<_>, _>>()?;
        if !rows.is_empty() {
            groups.push(
                html! { tbody { tr { th colspan="4" scope="rowgroup" { (heading) } } @for row in &rows { (row) } } },
            );
        }
    }
    let table = html! {
        table.ledger {
            thead { tr { th { "Claim" } th { "Effect, with what it has to be" } th { "This run" } th { "Reference run" } } }
            @for group in &groups { (group) }
        }
    };
    Ok(html! {
        section id="ledger" {
            h2 { "The claims, and what was found" }
            p {
                "The dot is this run's number, the line its 95 % interval, the dashes what it has to reach, the thin line no effect. The \
                 thin mark is the reference run, which stands alone where this budget has no time for the claim: "
                @match &comparison.options.reference {
                    Some(folder) => { "here the report in " (folder.display()) },
                    None => "the longest budget",
                }
                ". Some claims ask for more than one number; their sections name all parts. Some criteria were changed after \
                 earlier results were known; each claim lists its changes."
            }
            (page::scroll("The claims", &table))
        }
    })
}

/// What this run found beside the reference run, which is alone where the budget has no time for the claim.
fn row(comparison: &Comparison, experiment: &Experiment) -> Result<Markup, Error> {
    let (section, part) = (comparison.section(experiment.id), reference(comparison, experiment));
    let effect = match section.and_then(|section| section.finding.effect.as_ref()) {
        Some(effect) => {
            let beside = part.ok().and_then(|part| effect_of(part, effect));
            Some(drawn(effect, Some(effect.found), beside.map(|effect| Summary::from(&effect.found)))?)
        }
        None => {
            let effect = part.ok().and_then(|part| part.claim.effect.as_ref()).map(Effect::from);
            effect.map(|effect| drawn(&effect, None, Some(effect.found))).transpose()?
        }
    };
    Ok(html! {
        tr {
            td.claim { a.id href={ "#" (experiment.id) } { (experiment.id) } " " (experiment.claim()) }
            td.effect { @match effect { Some(effect) => (effect), None => span.muted { "not measured" } } }
            td {
                @match section {
                    Some(section) => { (found(&section.finding, experiment.basis)) (alone(section)) },
                    None => span.muted { "not run with this budget" },
                }
            }
            td { (of_reference(part, experiment.basis)) }
        }
    })
}

/// What the number beside it would say alone, where the criterion asks for more and the verdict is another.
fn alone(Section { experiment, finding, .. }: &Section) -> Markup {
    let alone = finding.effect.as_ref().map(|effect| effect.needed.judge(&effect.found));
    match alone.filter(|alone| *alone != finding.verdict) {
        Some(alone) => {
            html! { span.alone { "This number alone: " (alone.words(experiment.basis)) ". The claim asks for more." } }
        }
        None => html! {},
    }
}

/// The verdict of the reference run, and what it was made with.
pub fn of_reference(part: Result<&Part, Silent>, basis: Basis) -> Markup {
    match part {
        Err(Silent::NoPart) => html! { span.muted { "none yet" } },
        Err(Silent::OtherText) => html! { span.muted { "read another text" } },
        Ok(part) => html! {
            (badge(part.claim.verdict, basis))
            span.muted {
                @if part.is_stale() { " stale: the experiment has changed since " (part.circumstances.date) }
            }
        },
    }
}

/// An effect in words, and drawn with this run's number, the reference run's, or both.
fn drawn(effect: &Effect, here: Option<Summary>, reference: Option<Summary>) -> Result<Markup, Error> {
    let Effect { what, unit, found, needed } = effect;
    let (number, bound) = (said(found, *needed), bound(*needed));
    let drawing = Interval {
        title: format!("{what}: {number} {unit}, held against {bound}"),
        found: here,
        beside: reference,
        thresholds: match *needed {
            Bound::More(least) | Bound::Exactly(least) => vec![least],
            Bound::Times(least) => vec![least.ln()],
            Bound::Within(most) => vec![-most, most],
        },
    };
    Ok(html! {
        p {
            (what) ": " b { (number) } " " (unit)
            span.muted { @if here.is_none() { " in the reference run" } "; needed: " (bound) }
        }
        (PreEscaped(drawing.svg()?))
    })
}

/// An effect as people read it: of logarithms, how many times as much.
pub fn said(found: &Summary, needed: Bound) -> String {
    match needed {
        Bound::Times(_) if found.reach.is_some() => {
            format!("{} times", format::with_ends(found.mean.exp(), found.low().exp(), found.high().exp()))
        }
        Bound::Times(_) => format!("{} times", format::number(found.mean.exp(), 3)),
        _ => found.to_string(),
    }
}

/// What an effect has to be, with no more digits than are read.
pub fn bound(needed: Bound) -> String {
    match needed {
        Bound::Exactly(number) => format::number(number, 6),
        other => other.to_string(),
    }
}
