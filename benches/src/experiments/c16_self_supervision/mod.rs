//! C16: text is its own supervision.

mod counts;
mod findings;
mod markov;
pub mod text;
pub mod training;

use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::{Basis, Verdict, exceeds},
};
use markov::OnMarkov;
use text::OnText;
use training::STAGES;

const TEXT: &str = include_str!("text.md");

/// See the criterion; the figures show the loss against training, text and size.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C16",
    text: TEXT,
    thresholds: &[("order", ORDER as f64), ("close", CLOSE)],
    reads: &[Input::Budget, Input::Seeds, Input::Text],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [20, 120, 900],
    memory: Memory { alone: [20, 20, 60], thread: [10, 10, 24] },
    run,
};

/// How close is close to the best possible loss, in nats.
const CLOSE: f64 = 0.05;

/// The order of the languages that the criterion speaks of.
const ORDER: usize = 2;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let text = session.once("language models of C16 on the text", || text::measure(session))?;
    let markov = session.once("language models of C16 on generated languages", || markov::measure(session))?;
    Ok(findings::conclude(&text, &markov, session))
}

fn judge(text: &OnText, markov: &[OnMarkov]) -> Verdict {
    let beats = |losses: Vec<f64>, bound: f64| {
        exceeds(&Summary::of(&losses.iter().map(|loss| bound - loss).collect::<Vec<_>>()), 0.0)
    };
    let counts = STAGES.map(|stage| beats(text.losses(stage), text.bigram));
    let more = match &text.amounts[..] {
        [least, .., all] => Some(exceeds(&Summary::of_differences(&least.losses, &all.losses), 0.0)),
        _ => None,
    };
    let close = markov.iter().filter(|on| on.order == ORDER).map(|on| beats(on.distances(), CLOSE));
    let parts: Vec<Verdict> = counts.into_iter().chain(more).chain(close).collect();
    Verdict::all(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use text::{StageOnText, Swept};
    use training::Trained;

    /// Losses of rnn, lstm and gpt, of gpt on little text, and distances to the best loss; all for three seeds.
    fn judged(stages: [f64; 3], little: f64, distances: [f64; 3]) -> Verdict {
        let three = |value: f64| vec![value - 1e-3, value, value + 1e-3];
        let trained = |loss: f64| three(loss).into_iter().map(|loss| Trained { curve: vec![(1, loss)] }).collect();
        let stages = STAGES.into_iter().zip(stages).map(|(stage, loss)| StageOnText {
            stage,
            parameters: 1,
            learning_rate: 1.0,
            trained: trained(loss),
        });
        let stages: Vec<StageOnText> = stages.collect();
        let all = stages[2].trained.iter().map(Trained::loss).collect();
        let amounts = vec![Swept { amount: 1, losses: three(little) }, Swept { amount: 2, losses: all }];
        let text = OnText { stages, amounts, sizes: Vec::new(), uniform: 4.0, unigram: 3.0, bigram: 2.5 };
        let markov = STAGES.into_iter().zip(distances).map(|(stage, distance)| OnMarkov {
            stage,
            order: ORDER,
            parameters: 1,
            learning_rate: 1.0,
            excess: three(distance).into_iter().map(|excess| vec![(1, excess)]).collect(),
            best: three(1.0),
        });
        judge(&text, &markov.collect::<Vec<_>>())
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let (good, close) = ([2.2, 2.0, 1.9], [0.01; 3]);
        assert_eq!(judged(good, 2.4, close), Verdict::Shown);
        assert_eq!(judged([2.6, 2.0, 1.9], 2.4, close), Verdict::NotShown);
        assert_eq!(judged(good, 1.8, close), Verdict::NotShown);
        assert_eq!(judged(good, 2.4, [0.01, 0.2, 0.01]), Verdict::NotShown);
    }
}
