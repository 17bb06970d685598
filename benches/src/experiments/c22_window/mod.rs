//! C22: the context window bounds what can be used; the token limit bounds what is produced.

mod findings;
mod reading;
mod recall;
#[cfg(test)]
mod tests;

use report::statistics::{Reach, Summary};
use stages::Stage;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::parts::{Bound, Part},
    verdict::Basis,
};
use reading::{Changes, Read};
use recall::{JUDGED, Recalled, SYMBOLS, WINDOW};

const TEXT: &str = include_str!("text.md");

/// Looks from both sides of the window's edge, and counts what is said.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C22",
    text: TEXT,
    thresholds: &[
        ("falls", FALLS.number()),
        ("chance", CHANCE.number()),
        ("context", CONTEXT.number()),
        ("symbols", SYMBOLS as f64),
        ("window", WINDOW as f64),
    ],
    reads: &[Input::Budget, Input::Seeds, Input::Text],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [None, Some(24), Some(103)],
    memory: Memory { alone: [35, 35, 35], thread: [25, 25, 25] },
    run,
};

/// How many changes beyond the window may change a score, and how many within it may change none.
const NONE: Bound = Bound::Exactly(0.0);
/// How much more has to be recalled at the last place within the window than at the first one beyond it.
const FALLS: Bound = Bound::More(0.5);
/// How far from guessing recall may be there.
const CHANCE: Bound = Bound::Within(0.05);
/// How much lower the loss has to be in the last quarter of the window than at its first four positions, in nats.
const CONTEXT: Bound = Bound::More(0.1);

fn run(session: &Session) -> anyhow::Result<Finding> {
    let found = Found { recalled: recall::measure(session)?, read: reading::measure(session)? };
    Ok(findings::conclude(&found, session))
}

/// What an accuracy is more than that of guessing.
fn above_guessing(right: &Summary) -> Summary {
    let above = |share: f64| share - 1.0 / SYMBOLS as f64;
    let reach = right.reach.map(|_| Reach::Between(above(right.low()), above(right.high())));
    Summary { mean: above(right.mean), reach, ..*right }
}

/// All that was measured.
struct Found {
    /// Every seed of every stage.
    recalled: Vec<Recalled>,
    /// Every seed.
    read: Vec<Read>,
}

impl Found {
    fn parts(&self) -> [Part; 6] {
        let Changes { inside, inside_without_effect, outside, outside_with_effect } = self.changes();
        let inside_the_edge = self.right(Stage::Gpt, WINDOW);
        let outside_the_edge = self.right(Stage::Gpt, WINDOW + 1);
        let falls = Summary::of_differences_right(&inside_the_edge, &outside_the_edge, JUDGED);
        let guessed = above_guessing(&Summary::of_right(&outside_the_edge, JUDGED));
        let (wrong, texts) = self.wrong();
        let counted = |count: usize| Summary::exact(count as f64);
        [
            Part {
                unit: format!("of {outside} changes beyond the window change a score"),
                ..Part::of("what is beyond the window has no influence", &counted(outside_with_effect), NONE)
            },
            Part {
                unit: format!("of {inside} changes within the window change none"),
                ..Part::of("everything within it has", &counted(inside_without_effect), NONE)
            },
            Part {
                unit: "accuracy lost by one token of distance".to_owned(),
                ..Part::of("recall ends at the edge of the window", &falls, FALLS)
            },
            Part {
                unit: "accuracy above guessing".to_owned(),
                ..Part::of("beyond it the model guesses", &guessed, CHANCE)
            },
            Part {
                unit: "nats per character, from the first positions to the last quarter".to_owned(),
                ..Part::of("more context lowers the loss", &self.lowered(), CONTEXT)
            },
            Part {
                unit: format!("of {texts} texts have another length"),
                ..Part::of("a text is as long as its limit, or to its end", &counted(wrong), NONE)
            },
        ]
    }

    fn changes(&self) -> Changes {
        self.read.iter().fold(Changes::default(), |sum, read| sum.plus(read.changes))
    }

    /// Texts that are not as they should be, and all of them.
    fn wrong(&self) -> (usize, usize) {
        let said = self.read.iter().flat_map(|read| &read.said);
        said.fold((0, 0), |(wrong, texts), said| (wrong + said.texts - said.right, texts + said.texts))
    }

    /// The share of right answers of every seed.
    fn right(&self, stage: Stage, distance: usize) -> Vec<f64> {
        self.recalled.iter().filter(|recalled| recalled.stage == stage).map(|recalled| recalled.at(distance)).collect()
    }

    fn lowered(&self) -> Summary {
        let lowered = |read: &Read| {
            let [first, last] = read.ends();
            first - last
        };
        Summary::of(&self.read.iter().map(lowered).collect::<Vec<_>>())
    }
}
