//! C21: temperature, top-k and top-p trade diversity for coherence; temperature acts after the filters.
//!
//! A GPT learns a generated language and then speaks with every setting of the controls. How likely its texts are under
//! the language is known exactly, so no second model has to judge them.

mod findings;
mod language;
mod sampling;
mod settings;
#[cfg(test)]
mod tests;

use report::statistics::{Summary, by_size};

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::parts::{Bound, Part},
    verdict::{Basis, Verdict},
};
use sampling::{SLIP, Spoken, Texts};
use settings::{FILTERS, HOT, Knob, ORDERS, PLAIN, TEMPERATURES};

const TEXT: &str = include_str!("text.md");

/// Texts from strict and loose settings, and both orders of filters and temperature.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C21",
    text: TEXT,
    thresholds: &[
        ("temperature", Knob::JUDGED[0].1),
        ("top-k", Knob::JUDGED[1].1),
        ("top-p", Knob::JUDGED[2].1),
        ("likelier", LIKELIER.number()),
        ("less diverse", LESS_DIVERSE.number()),
        ("filter", FILTERS[1].1),
        ("hot", HOT),
        ("more", MORE.number()),
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    // Languages differ, so three leave wide intervals.
    seeds: Seeds { planned: [5, 5, 8], least: 2 },
    seconds: [None, Some(18), Some(131)],
    memory: Memory { alone: [25, 25, 70], thread: [15, 15, 50] },
    run,
};

/// How much likelier a strict control has to make a token, in nats.
const LIKELIER: Bound = Bound::More(0.2);
/// How much of the 4-grams that are different it has to take away, as a share of all.
const LESS_DIVERSE: Bound = Bound::More(0.05);
/// How many contexts may change with the temperature what a filter before it leaves.
const UNCHANGED: Bound = Bound::Exactly(0.0);
/// How many more tokens top-p has to leave after a high temperature.
const MORE: Bound = Bound::More(0.1);

fn run(session: &Session) -> anyhow::Result<Finding> {
    Ok(findings::conclude(&sampling::measure(session)?, session.budget))
}

/// What a control does at its strict setting, against none: by how much a token is likelier, and fewer 4-grams are different.
fn trade(spoken: &[Spoken], (knob, setting): (Knob, f64)) -> [Summary; 2] {
    let difference = |value: fn(Texts) -> f64| {
        let of = |texts: &dyn Fn(&Spoken) -> Texts| spoken.iter().map(|s| value(texts(s))).collect::<Vec<_>>();
        Summary::of_differences(&of(&|s| s.of(knob, setting)), &of(&Spoken::plain))
    };
    let [likelier, diverse] = [difference(|texts| texts.likelihood), difference(|texts| -texts.distinct)];
    [likelier, diverse]
}

/// The trade in which the texts gain least.
fn least(spoken: &[Spoken]) -> Summary {
    let gains = Knob::JUDGED.map(|judged| trade(spoken, judged)[0]);
    gains.into_iter().min_by(|a, b| by_size(&a.mean, &b.mean)).expect("three controls are judged")
}

fn parts(spoken: &[Spoken]) -> [Part; 5] {
    let [temperature, top_k, top_p] = Knob::JUDGED.map(|judged| {
        let [likelier, less_diverse] = trade(spoken, judged);
        let claim = match judged.0 {
            Knob::Temperature => "a low temperature trades diversity for coherence",
            Knob::TopK => "top-k does",
            _ => "top-p does",
        };
        Part {
            unit: format!("nats per token likelier, and {less_diverse} fewer 4-grams"),
            needed: format!("{LIKELIER}, and {LESS_DIVERSE}"),
            verdict: Verdict::all(&[LIKELIER.judge(&likelier), LESS_DIVERSE.judge(&less_diverse)]),
            ..Part::of(claim, &likelier, LIKELIER)
        }
    });
    let changed = spoken.iter().flat_map(|s| &s.left).flat_map(|orders| &orders[0]).map(|left| left.changed);
    let changed = Summary::exact(changed.sum::<usize>() as f64);
    [
        temperature,
        top_k,
        top_p,
        Part {
            unit: "contexts".to_owned(),
            ..Part::of("what filters leave does not depend on a temperature after them", &changed, UNCHANGED)
        },
        Part {
            unit: "tokens more".to_owned(),
            ..Part::of("after a high temperature top-p leaves more", &hotter(spoken), MORE)
        },
    ]
}

/// How many more tokens top-p leaves after the high temperature than after a temperature of 1.
fn hotter(spoken: &[Spoken]) -> Summary {
    let [hot, plain] = [HOT, PLAIN].map(|temperature| {
        let at = TEMPERATURES.iter().position(|other| *other == temperature).expect("it is tried");
        spoken.iter().map(|s| s.left[1][1][at].tokens).collect::<Vec<_>>()
    });
    Summary::of_differences(&hot, &plain)
}
