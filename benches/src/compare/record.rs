//! A comparison as `claims.json` has it.

use report::figure::{Figure, rounded};

use super::{Comparison, Section};
use crate::{
    claims::{Circumstances, Claim, Claims, DAY, SCHEMA},
    reference,
};

/// The content of the file.
pub fn claims(comparison: &Comparison) -> Claims {
    Claims {
        schema: SCHEMA,
        circumstances: circumstances(comparison),
        claims: comparison.sections.iter().map(|section| claim(section, comparison)).collect(),
    }
}

/// What it was made with.
fn circumstances(Comparison { machine, text_hash, threads, finished, options, .. }: &Comparison) -> Circumstances {
    let processor = machine.processor.iter().map(|name| format!("{name}; "));
    let day = humantime::format_rfc3339_seconds(*finished).to_string();
    Circumstances {
        program: format!("lineage {}", env!("CARGO_PKG_VERSION")),
        machine: processor.chain([machine.platform.clone()]).collect(),
        threads: *threads,
        date: day.chars().take(DAY.len()).collect(),
        text: text_hash.clone(),
        own_text: options.text.is_some(),
    }
}

fn claim(Section { experiment, finding, seeds, kept, elapsed, .. }: &Section, comparison: &Comparison) -> Claim {
    Claim {
        id: experiment.id.to_owned(),
        claim: experiment.claim(),
        basis: experiment.basis,
        verdict: finding.verdict,
        budget: comparison.options.budget(),
        seeds: seeds.clone(),
        seconds: rounded(elapsed.as_secs_f64()).filter(|_| *kept == 0),
        command: comparison.command(experiment.id),
        experiment: reference::hash(experiment.id).to_owned(),
        answer: finding.answer.clone(),
        effect: finding.effect.as_ref().map(Into::into),
        glance: finding.glance.iter().map(Into::into).collect(),
        key_figure: finding.figures.first().map(Into::into),
        figures: finding.figures.iter().filter_map(Figure::data).collect(),
    }
}
