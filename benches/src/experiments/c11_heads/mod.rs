//! C11: several heads learn different relations.
//!
//! A model has to say two things about every token of a row: the symbol of the token before it, and the symbol of the token of
//! the matching colour, its partner. A head's weights sum to one, so the weights of one head on these two places are at most one
//! half in the mean of the two; two heads can have one place each. Whether they do is measured by where they look, and by how many
//! answers are lost when a head is taken away.

mod findings;
mod heads;
#[cfg(test)]
mod tests;
mod training;

use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{
        grid,
        parts::{Bound, Part},
    },
    verdict::{Basis, Verdict, beyond_chance},
};
use heads::Opened;
use training::{LEARNED, Learning, Trained};

const TEXT: &str = include_str!("text.md");

/// Looks at what each head is for, and takes heads away.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C11",
    text: TEXT,
    thresholds: &[
        ("learned", LEARNED),
        ("one head", MORE_THAN_ONE_HEAD.number()),
        ("lost", LOST.number()),
        ("slower", SLOWER.number()),
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    // Five coins that all fall alike are not rare enough.
    seeds: Seeds { planned: [6, 6, 8], least: 6 },
    seconds: [Some(17), Some(77), Some(490)],
    memory: Memory { alone: [6, 6, 6], thread: [3, 3, 3] },
    run,
};

/// The mean weight of two heads, each on the place of its own relation; one head alone cannot have more on both places.
const MORE_THAN_ONE_HEAD: Bound = Bound::More(0.5);
/// How many more of its answers a relation has to lose without its own head than the other relation does, as a fraction.
const LOST: Bound = Bound::More(0.1);
/// How many times as many steps one head has to take as two.
const SLOWER: Bound = Bound::Times(1.5);

/// The number of heads of the encoder whose heads are drawn one by one.
const SHOWN: usize = 4;

/// The encoders with one number of heads.
type Cell = grid::Cell<usize, Trained>;

fn run(session: &Session) -> anyhow::Result<Finding> {
    // The criterion is about one head and two; the others show what more heads do.
    let heads: &[usize] = session.budget.pick(&[1, 2, SHOWN], &[1, 2, SHOWN, 8], &[1, 2, SHOWN, 8]);
    let learning = Learning { steps: session.budget.steps(1_200, 4_000, 30_000) };
    let cells = grid::measure(session, "C11, two relations", &learning, heads)?;
    Ok(findings::conclude(&cells, learning.steps))
}

fn parts(cells: &[Cell]) -> [Part; 4] {
    let [one, two] = [1, 2].map(|heads| grid::find(cells, &heads));
    let [looked, own] = [Opened::looked, Opened::own].map(|value| two.mean(|trained| value(&trained.then)));
    let pairs = two.outcomes.len();
    let different = two.outcomes.iter().filter(|trained| trained.then.different()).count();
    let steps = one.outcomes.iter().zip(&two.outcomes).map(|(one, two)| [one.steps, two.steps]);
    let slower: Vec<f64> = steps.map(|[one, two]| one as f64 / two as f64).collect();
    let logarithms = Summary::of(&slower.iter().map(|times| times.ln()).collect::<Vec<_>>());
    // A training that never learned both relations counts with all its steps, and is looked at where it ended.
    let known = |part: Part, learned| {
        let shown = part.verdict == Verdict::Shown;
        part.only_if(learned || shown)
    };
    [
        Part {
            unit: "of their weight".to_owned(),
            ..Part::of("two heads look at different places", &looked, MORE_THAN_ONE_HEAD)
        },
        Part {
            claim: "they divide the relations more often than by chance",
            found: different.into(),
            unit: format!("of {pairs} encoders"),
            needed: "more than by chance, by the binomial test".to_owned(),
            verdict: beyond_chance([different, pairs]),
        },
        Part {
            unit: "more of its answers lost than of the other relation".to_owned(),
            ..Part::of("each relation depends on its own head", &own, LOST)
        },
        Part {
            found: Summary::of_magnitudes(&slower).into(),
            unit: if learned(one) { "times the steps" } else { "times the steps, or more" }.to_owned(),
            ..known(Part::of("one head takes longer to learn both relations", &logarithms, SLOWER), learned(one))
        },
    ]
    .map(|part| known(part, learned(two)))
}

/// Whether all seeds learned both relations.
fn learned(cell: &Cell) -> bool {
    cell.outcomes.iter().all(|trained| trained.learned)
}

/// What stands before a number of steps that counts trainings which ended too early with all their steps.
fn least(cell: &Cell) -> &'static str {
    if learned(cell) { "" } else { "at least " }
}
