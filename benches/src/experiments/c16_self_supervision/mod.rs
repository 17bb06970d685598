//! C16: text is its own supervision.

mod findings;
mod languages;
pub mod measuring;
mod settings;
#[cfg(test)]
mod tests;
mod training;

use report::statistics::{Summary, by_size};
use report::table::Cell;
use stages::Stage;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::parts::{Bound, Part},
    verdict::{Basis, Verdict},
};
use measuring::Measured;
use settings::Factor;

use training::{LearningCurve, STAGES};

const TEXT: &str = include_str!("text.md");

/// See the criterion; the figures show the loss against training, context, text and size.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C16",
    text: TEXT,
    thresholds: &[
        ("better", BETTER.number()),
        ("more", MORE_TEXT.number()),
        ("order", ORDER as f64),
        ("close", CLOSE.number()),
    ],
    reads: &[Input::Budget, Input::Seeds, Input::Text],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [Some(21), Some(148), Some(790)],
    memory: Memory { alone: [45, 50, 60], thread: [10, 14, 24] },
    run,
};

/// By how much a stage has to predict better than the counted model, in nats.
const BETTER: Bound = Bound::More(0.0);

/// By how much all of the text has to be better than the smallest part of it, in nats.
const MORE_TEXT: Bound = Bound::More(0.0);

/// How close is close to the best possible loss, in nats.
const CLOSE: Bound = Bound::Within(0.05);

/// The order of the languages that the criterion speaks of.
const ORDER: usize = 2;

fn run(session: &Session) -> anyhow::Result<Finding> {
    Ok(findings::conclude(&measuring::measure(session)?, session))
}

/// By how much each stage's loss is below that of the counted model.
fn leads(measured: &Measured) -> [(Stage, Summary); STAGES.len()] {
    let [.., bar] = measured.counted(measured.preset);
    STAGES.map(|stage| {
        let lower: Vec<f64> = measured.losses(stage, measured.preset).iter().map(|loss| bar - loss).collect();
        (stage, Summary::of(&lower))
    })
}

fn smallest_lead(measured: &Measured) -> Summary {
    let leads = leads(measured).map(|(_, lead)| lead);
    leads.into_iter().min_by(|a, b| by_size(&a.mean, &b.mean)).expect("there are stages")
}

fn parts(measured: &Measured) -> [Part; 3] {
    let [least, .., all] = &Factor::Text.around(measured.preset)[..] else {
        unreachable!("a factor has several values")
    };
    let stages = STAGES.into_iter().filter(|_| measured.factors.contains(&Factor::Text));
    let more = stages
        .map(|stage| (stage, Summary::of_differences(&measured.losses(stage, *least), &measured.losses(stage, *all))));
    let close = measured.languages().filter(|(order, _)| *order == ORDER);
    let close: Vec<_> = close.map(|(_, cell)| (cell.case.stage, cell.mean(LearningCurve::loss))).collect();
    [
        part("each network predicts the text better than the 5-gram", &leads(measured), BETTER),
        part("each predicts it better after more text", &more.collect::<Vec<_>>(), MORE_TEXT),
        part("each comes close to the best possible loss on generated languages", &close, CLOSE),
    ]
}

/// What has to hold of every stage; undecided where nothing was measured.
fn part(claim: &'static str, effects: &[(Stage, Summary)], needed: Bound) -> Part {
    let verdicts: Vec<Verdict> = effects.iter().map(|(_, effect)| needed.judge(effect)).collect();
    let short_of = |effect: &Summary| match needed {
        Bound::Within(_) => -effect.mean.abs(),
        _ => effect.mean,
    };
    let worst = effects.iter().min_by(|(_, a), (_, b)| by_size(&short_of(a), &short_of(b)));
    let (found, unit, verdict) = match worst {
        None => (Cell::Nothing, "not measured".to_owned(), Verdict::Undecided),
        Some((stage, effect)) => {
            let unit = format!("{}, the worst of {}", stage.about().title, effects.len());
            ((*effect).into(), unit, Verdict::all(&verdicts))
        }
    };
    Part { claim, found, unit, needed: needed.to_string(), verdict }
}
