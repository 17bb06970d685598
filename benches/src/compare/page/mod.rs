//! The report as one HTML page: no scripts, no other files, readable on a phone, on paper, by day and by night.
//!
//! The first screen answers what each step of the road bought; below it stands the ledger of all claims, and a section for each.

mod circumstances;
mod claim;
mod ledger;
mod lineage;

pub use ledger::{bound, said};
pub use lineage::{drawn_road, road};

use std::mem;

use maud::{Markup, html};
use report::{format, page};

use super::Comparison;
use crate::{
    claims,
    error::Error,
    finding::{Effect, Experiment, Finding, Input},
    reference::Part,
    verdict::{Basis, Verdict},
};

/// The page of a comparison.
///
/// # Errors
/// If a figure cannot be drawn.
pub fn render(comparison: &Comparison) -> Result<String, Error> {
    let claims = comparison.shown.iter().map(|experiment| match comparison.section(experiment.id) {
        Some(section) => claim::section(comparison, section),
        None => claim::unmeasured(comparison, experiment),
    });
    let claims = claims.collect::<Result<Vec<_>, _>>()?;
    let body = html! {
        (contents(comparison))
        main {
            (opening(comparison))
            (lineage::section(comparison)?)
            (ledger::section(comparison)?)
            @for claim in &claims { (claim) }
            (circumstances::section(comparison))
        }
    };
    // No line breaks between a number and its percent sign.
    Ok(page::document("Lineage: what each step from the RNN to GPT bought", &body).replace(" %", "\u{a0}%"))
}

fn contents(comparison: &Comparison) -> Markup {
    html! {
        nav aria-label="Contents" {
            ul {
                li { a href="#glance" { "At a glance" } }
                li { a href="#ledger" { "The claims" } }
                @for experiment in &comparison.shown {
                    li.claim { a href={ "#" (experiment.id) } { (experiment.id) span.long { " " (experiment.claim()) } } }
                }
                li { a href="#circumstances" { "Circumstances" } }
            }
        }
    }
}

fn opening(comparison: &Comparison) -> Markup {
    let claims = format::counted(comparison.sections.len(), "claim");
    let others = comparison.shown.len() - comparison.sections.len();
    html! {
        header {
            p.kicker { "Lineage" }
            h1 { "What each step from the RNN to GPT bought" }
            p.lead {
                "Courses make claims about how language models came to be. This page tests " (claims) " in "
                (format::duration(comparison.elapsed)) " on this machine (budget: " (comparison.options.budget())
                "). Each test could have come out against its claim."
                @if others > 0 {
                    " Of " (format::counted(others, "claim")) " more, for which this budget has no time, it shows the reference run."
                }
            }
            @if comparison.sections.iter().any(|section| section.seeds.len() == 1) {
                p.note {
                    "One seed was used. One run says nothing about the next, so no number here has an interval, and claims \
                     that are judged by an interval stay undecided. Two seeds give wide intervals: use at least three."
                }
            }
        }
    }
}

/// The verdict on what was found; that nothing was measured is none.
fn found(finding: &Finding, basis: Basis) -> Markup {
    match finding.effect {
        Some(_) => badge(finding.verdict, basis),
        None => html! { span.verdict.undecided { "not measured" } },
    }
}

fn badge(verdict: Verdict, basis: Basis) -> Markup {
    let (class, sign) = match verdict {
        Verdict::Shown => ("verdict shown", "✓"),
        Verdict::NotShown => ("verdict not-shown", "✗"),
        Verdict::Reverse => ("verdict reverse", "⇄"),
        Verdict::Undecided => ("verdict undecided", "?"),
    };
    html! { span class=(class) { (sign) " " (verdict.words(basis)) } }
}

/// Why the reference run says nothing of a claim.
#[derive(Clone, Copy)]
enum Silent {
    /// It has no part for it.
    NoPart,
    /// It read another text.
    OtherText,
}

/// What the reference run says of a claim, if it speaks of what was measured here.
fn reference<'c>(comparison: &'c Comparison, experiment: &Experiment) -> Result<&'c Part, Silent> {
    let part = comparison.reference.part(experiment.id).ok_or(Silent::NoPart)?;
    let same_text = part.circumstances.text == comparison.text_hash;
    if same_text || !experiment.reads.contains(&Input::Text) { Ok(part) } else { Err(Silent::OtherText) }
}

/// The number of the reference run that can be held against this one's.
fn effect_of<'p>(part: &'p Part, here: &Effect) -> Option<&'p claims::Effect> {
    let there = part.claim.effect.as_ref().filter(|_| !part.is_stale())?;
    let same_kind = mem::discriminant(&there.needed) == mem::discriminant(&here.needed);
    (same_kind && there.what == here.what && there.unit == here.unit).then_some(there)
}
