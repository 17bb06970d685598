//! The report as one HTML page: no scripts, no other files, readable on a phone, on paper, by day and by night.

use std::time::Duration;

use files::sha256;
use maud::{Markup, html};
use report::{
    format,
    page::{self, figure, list, table},
};

use super::{Comparison, Section, too_few_seeds, with_kept};
use crate::{
    error::Error,
    finding::Experiment,
    verdict::{Basis, Verdict},
};

/// How the claims stand in the ledger: what is counted and what is estimated are never added up.
const LEDGER: [(Basis, &str); 2] = [
    (Basis::Counted, "Counted, or computed exactly: only a fault or another way of computing could refute these"),
    (Basis::Estimated, "Estimated from trainings: another length, size or task may give another answer"),
];

/// The page of a comparison.
///
/// # Errors
/// If a figure cannot be drawn.
pub fn render(comparison: &Comparison) -> Result<String, Error> {
    let sections = comparison.sections.iter().map(|s| section(comparison, s)).collect::<Result<Vec<_>, _>>()?;
    let body = html! {
        (opening(comparison))
        @for section in &sections { (section) }
        (circumstances(comparison))
    };
    Ok(page::document("Lineage: the claims and what was found", &body))
}

fn opening(comparison: &Comparison) -> Markup {
    let sections = &comparison.sections;
    let of = |basis| sections.iter().filter(move |s| s.experiment.basis == basis);
    html! {
        header {
            p.kicker { "Lineage" }
            h1 { "From the recurrent network to GPT: the claims, and what was found" }
            p.lead {
                "Courses make claims about how language models came to be. Here each claim was put to a test that it \
                 could fail. Budget: " (comparison.options.budget()) "."
            }
            @if sections.iter().any(|section| section.seeds.len() == 1) {
                p.note {
                    "One seed was used. One run says nothing about the next, so no number here has an interval, and claims \
                     that are judged by an interval stay undecided. Two seeds give wide intervals: use at least three."
                }
            }
            p {
                "Numbers after ±, error bars and shaded bands are 95 % Student-t intervals of the mean over seeds; numbers \
                 after ×÷ are those of a geometric mean. An interval in brackets ends where no mean can lie beyond. A number \
                 without an interval is a count, a single measurement, or a mean alone. All seeds of a claim are judged on the \
                 same held-out examples, so other examples could move all of them alike; where right answers are counted, the \
                 interval includes that."
            }
            p {
                "A criterion is a value in the code: the same value judges and is printed here. Some criteria were changed \
                 after earlier results were known; each claim lists its changes."
            }
        }
        table.summary {
            thead { tr { th { "Claim" } th { "Verdict" } } }
            @for (basis, heading) in LEDGER {
                @if of(basis).next().is_some() { tbody {
                tr { th colspan="2" { (heading) } }
                @for Section { experiment, finding, .. } in of(basis) {
                    tr {
                        td {
                            p { a.id href={ "#" (experiment.id) } { (experiment.id) } " " (experiment.claim()) }
                            p { (finding.answer) }
                        }
                        td { (badge(finding.verdict, experiment.basis)) }
                    }
                }
                } }
            }
        }
    }
}

fn section(
    comparison: &Comparison,
    Section { experiment, finding, seeds, kept, elapsed, shared }: &Section,
) -> Result<Markup, Error> {
    let figures = finding.figures.iter().map(figure).collect::<Result<Vec<_>, _>>()?;
    Ok(html! {
        section id=(experiment.id) {
            p.kicker { "Claim " (experiment.id) }
            h2 { (experiment.claim()) }
            p {
                (badge(finding.verdict, experiment.basis))
                @if finding.verdict == Verdict::Undecided { " " (way_out(comparison, experiment, seeds.len())) }
            }
            p.answer { (finding.answer) }
            p.criterion { b { "Criterion. " } (experiment.criterion()) }
            @for figure in &figures { (figure) }
            @for shown in &finding.tables { (table(shown)) }
            (list("What to notice", &finding.notice))
            (list("What this does not say", &finding.limits))
            (list("How the criterion came about", &experiment.history()))
            h3 {
                "Repeat it (" (format::duration(*elapsed)) " here"
                @if *kept > 0 { ", " (with_kept(*kept)) }
                @if let Some(before) = shared { ", and " (format::duration(*before)) " in an earlier claim" }
                ")"
            }
            pre { code { (comparison.command(experiment.id)) } }
        }
    })
}

fn way_out(comparison: &Comparison, experiment: &Experiment, seeds: usize) -> Markup {
    match (too_few_seeds(experiment, seeds), comparison.options.budget().longer()) {
        (Some(sentence), _) => html! { (sentence) "." },
        (None, Some(longer)) => html! { code { "--budget " (longer) } " trains longer and may decide it." },
        (None, None) => html! { "More " code { "--seeds" } " narrow the interval." },
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

fn circumstances(comparison: &Comparison) -> Markup {
    let Comparison { machine, text, first_seed, threads, elapsed, finished, options, .. } = comparison;
    let content = text.as_str();
    let most = comparison.sections.iter().map(|section| section.seeds.len()).max().unwrap_or(1) as u64;
    let day = humantime::format_rfc3339_seconds(*finished).to_string();
    let processor = machine.processor.as_deref().unwrap_or("processor not named by the system");
    html! {
        section id="circumstances" {
            p.kicker { "Circumstances" }
            h2 { "What this was measured on" }
            dl {
                dt { "Text of C10, C12 and C16" }
                dd {
                    (text.name())
                    @if options.text.is_none() { " (Jules Verne; Project Gutenberg's text 103, as the crate esaxx-rs 0.1.10 carries it)" }
                    ", " (format::count(content.chars().count() as u64)) " characters, "
                    (format::count(content.len() as u64)) " bytes, SHA-256 "
                    span.hash { (sha256(content.as_bytes())) }
                }
                dt { "Budget" } dd { (options.budget()) ", planned for " (options.budget().planned().as_secs() / 60) " minutes on two free cores" }
                dt { "Seeds" } dd { (first_seed) " to " (first_seed + most - 1) ", of most claims the first few" }
                dt { "Threads" } dd { (threads) " of " (machine.cores) }
                dt { "Machine" } dd { (processor) "; " (machine.platform) }
                dt { "Time" } dd { (format::duration(*elapsed)) " in all" }
                dt { "Written" } dd { (day.replace('T', " ").replace('Z', " UTC")) }
            }
            (times(&comparison.sections, &comparison.trained))
            p {
                "On one machine the same command of the same program gives the same losses, gradients and counts to the last \
                 bit, at any number of threads; times vary, and what is said of them. Another processor may round differently."
            }
            h3 { "Repeat everything" }
            pre { code { (comparison.command(&options.only.join(","))) } }
        }
    }
}

fn times(sections: &[Section], trained: &[(String, Duration)]) -> Markup {
    html! {
        div.scroll {
            table {
                thead { tr { th { "What took the time" } th.numeric { "Time" } } }
                tbody {
                    @for Section { experiment, elapsed, .. } in sections {
                        tr { td { "Experiment " (experiment.id) } td.numeric { (format::duration(*elapsed)) } }
                    }
                    @for (name, elapsed) in trained {
                        tr { td { "  of which: " (name) } td.numeric { (format::duration(*elapsed)) } }
                    }
                }
            }
        }
    }
}
