//! What a comparison was made with, and how to repeat it.

use std::time::Duration;

use maud::{Markup, html};
use report::{format, page};

use super::super::{Comparison, Section};
use crate::finding::Input;

/// The last section of the page.
pub fn section(comparison: &Comparison) -> Markup {
    let Comparison { machine, text, text_hash, first_seed, threads, elapsed, finished, options, .. } = comparison;
    let content = text.as_str();
    let most = comparison.sections.iter().map(|section| section.seeds.len()).max().unwrap_or(1) as u64;
    let readers = comparison.shown.iter().filter(|experiment| experiment.reads.contains(&Input::Text));
    let readers: Vec<&str> = readers.map(|experiment| experiment.id).collect();
    let day = humantime::format_rfc3339_seconds(*finished).to_string();
    let processor = machine.processor.as_deref().unwrap_or("processor not named by the system");
    html! {
        section id="circumstances" {
            p.kicker { "Circumstances" }
            h2 { "What this was measured on" }
            dl {
                dt { "Text" @if !readers.is_empty() { " of " (readers.join(", ")) } }
                dd {
                    (text.name())
                    @if options.text.is_none() { " (Jules Verne; Project Gutenberg's text 103, as the crate esaxx-rs 0.1.10 carries it)" }
                    ", " (format::count(content.chars().count() as u64)) " characters, "
                    (format::count(content.len() as u64)) " bytes, SHA-256 "
                    span.hash { (text_hash) }
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
                "Numbers after ±, error bars and shaded bands are 95 % Student-t intervals of the mean over seeds; numbers \
                 after ×÷ are those of a geometric mean. An interval in brackets ends where no mean can lie beyond. A number \
                 without an interval is a count, a single measurement, or a mean alone. All seeds of a claim are judged on the \
                 same held-out examples, so other examples could move all of them alike; where right answers are counted, the \
                 interval includes that."
            }
            p {
                "On one machine the same command of the same program gives the same losses, gradients and counts to the last \
                 bit, at any number of threads; times vary, and what is said of them. Another processor may round differently."
            }
            h3 { "Repeat everything" }
            pre tabindex="0" { code { (comparison.command(&options.only.join(","))) } }
        }
    }
}

fn times(sections: &[Section], trained: &[(String, Duration)]) -> Markup {
    page::scroll(
        "What took the time",
        &html! {
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
        },
    )
}
