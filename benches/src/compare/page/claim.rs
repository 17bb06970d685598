//! The section of one claim: question, answer, one figure, what to notice; the rest is folded.

use maud::{Markup, html};
use report::{
    format,
    page::{self, figure, list, table},
    statistics::Summary,
};

use super::{Silent, badge, effect_of, found, ledger, reference};
use crate::{
    compare::{Comparison, Section, too_few_seeds, with_kept},
    error::Error,
    finding::Experiment,
    reference::Part,
    verdict::{Basis, Verdict},
};

/// The section of the page.
///
/// # Errors
/// If a figure cannot be drawn.
pub fn section(comparison: &Comparison, section: &Section) -> Result<Markup, Error> {
    let Section { experiment, finding, kept, elapsed, shared, .. } = section;
    let part = reference(comparison, experiment);
    let over = |drawn: &report::figure::Figure| {
        let other = part.ok().filter(|part| !part.is_stale());
        let other = other.and_then(|part| part.claim.figures.iter().find(|other| other.name == drawn.name));
        figure(&other.map_or_else(|| drawn.clone(), |other| drawn.clone().over(other)))
    };
    let mut figures = finding.figures.iter().map(over).collect::<Result<Vec<_>, _>>()?.into_iter();
    let key = figures.next();
    let rest = html! {
        p { b { "Criterion. " } (experiment.criterion()) }
        (paragraph("It could have come out otherwise. ", &experiment.otherwise()))
        @for figure in figures { (figure) }
        @for shown in &finding.tables { (table(shown)) }
        (list("What this does not say", &finding.limits))
        (list("How the criterion came about", &experiment.history()))
        h3 {
            "Repeat it (" (format::duration(*elapsed)) " here"
            @if *kept > 0 { ", " (with_kept(*kept)) }
            @if let Some(before) = shared { ", and " (format::duration(*before)) " in an earlier claim" }
            ")"
        }
        pre tabindex="0" { code { (comparison.command(experiment.id)) } }
    };
    Ok(html! {
        section id=(experiment.id) {
            p.kicker { (experiment.id) }
            h2 { (experiment.claim()) }
            (paragraph("", &experiment.question()))
            p.answer {
                (found(finding, experiment.basis)) " "
                (finding.answer)
                @if finding.verdict == Verdict::Undecided { " " (way_out(comparison, section)) }
            }
            (compared(section, part))
            @if let Some(key) = key { (key) }
            (list("What to notice", &finding.notice))
            (page::details(&format!("{}: criterion, further figures, tables, limits", experiment.id), &rest))
        }
    })
}

/// The section of a claim for which the budget has no time: what the reference run says of it.
///
/// # Errors
/// If the figure cannot be drawn.
pub fn unmeasured(comparison: &Comparison, experiment: &Experiment) -> Result<Markup, Error> {
    let longer = experiment.shortest();
    let part = reference(comparison, experiment);
    let rest = html! {
        p { b { "Criterion. " } (experiment.criterion()) }
        (paragraph("It could have come out otherwise. ", &experiment.otherwise()))
        (list("How the criterion came about", &experiment.history()))
        h3 { "Measure it" }
        pre tabindex="0" { code { (comparison.command_with(longer, experiment.id)) } }
    };
    Ok(html! {
        section id=(experiment.id) {
            p.kicker { (experiment.id) }
            h2 { (experiment.claim()) }
            (paragraph("", &experiment.question()))
            p.answer {
                span.verdict.undecided { "not run" } " The budget " (comparison.options.budget()) " has no time for it. "
                code { "--budget " (longer) } " measures it."
            }
            @match part {
                Ok(part) => (told(experiment, part)?),
                Err(Silent::OtherText) => (of_another_text()),
                Err(Silent::NoPart) => p.reference { "The reference run does not speak of it either." },
            }
            (page::details(&format!("{}: criterion, and the command that measures it", experiment.id), &rest))
        }
    })
}

/// The answer of the reference run, with its number and its figure.
fn told(experiment: &Experiment, part: &Part) -> Result<Markup, Error> {
    let Part { claim, .. } = part;
    let figure = claim.key_figure.as_ref().and_then(|key| {
        let data = claim.figures.iter().find(|data| data.name == key.name)?;
        data.figure(&key.title, &key.caption)
    });
    Ok(html! {
        p.reference { (of_run(part)) ":" }
        p.answer { (badge(claim.verdict, experiment.basis)) " " (claim.answer) }
        @if part.is_stale() { p.reference { "The experiment has changed since." } }
        @if let Some(effect) = &claim.effect {
            p { (effect.what) ": " b { (ledger::said(&Summary::from(&effect.found), effect.needed)) } " " (effect.unit) "; needed: " (ledger::bound(effect.needed)) "." }
        }
        @if let Some(figure) = &figure { (page::picture(figure)?) }
    })
}

/// What the reference run was.
fn of_run(Part { claim, circumstances }: &Part) -> String {
    format!("Reference run ({}, {}, {})", claim.budget, format::counted(claim.seeds.len(), "seed"), circumstances.date)
}

fn paragraph(heading: &str, text: &str) -> Markup {
    html! { @if !text.is_empty() { p { b { (heading) } (text) } } }
}

fn of_another_text() -> Markup {
    html! { p.reference { "The reference run read another text, so it says nothing about yours." } }
}

/// The reference run in words: that it agrees, or in what it does not.
fn compared(Section { experiment, finding, .. }: &Section, part: Result<&Part, Silent>) -> Markup {
    let part = match part {
        Ok(part) => part,
        Err(Silent::NoPart) => return html! {},
        Err(Silent::OtherText) => {
            return of_another_text();
        }
    };
    let both = finding.effect.as_ref().and_then(|here| Some((here, effect_of(part, here)?)));
    let apart = both.filter(|(here, there)| {
        let [a, b] = [here.found, Summary::from(&there.found)];
        // A single training says nothing about the next.
        let sure = experiment.basis == Basis::Counted || a.reach.is_some() && b.reach.is_some();
        sure && (a.high() < b.low() || b.high() < a.low())
    });
    let Part { claim, .. } = part;
    html! {
        p.reference {
            (of_run(part)) ": "
            (claim.verdict.words(experiment.basis))
            @if claim.verdict == finding.verdict { ", as here." } @else { "; here: " (finding.verdict.words(experiment.basis)) "." }
            @if let Some((here, there)) = apart {
                " Its number, " (ledger::said(&Summary::from(&there.found), there.needed)) " " (there.unit)
                ", lies apart from this run's, " (ledger::said(&here.found, here.needed)) "."
            }
            @if part.is_stale() { " The experiment has changed since, so the two do not measure the same." }
        }
    }
}

fn way_out(comparison: &Comparison, Section { experiment, finding, seeds, .. }: &Section) -> Markup {
    let measured = finding.effect.is_some();
    match (too_few_seeds(experiment, seeds.len()).filter(|_| measured), comparison.options.budget().longer()) {
        (Some(sentence), _) => html! { (sentence) "." },
        (None, Some(longer)) => html! {
            code { "--budget " (longer) } @if measured { " trains longer and may decide it." } @else { " measures it." }
        },
        (None, None) => html! { "More " code { "--seeds" } " narrow the interval." },
    }
}
