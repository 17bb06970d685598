//! C19: sinusoidal positions let relative offset be read linearly, at any length.
//!
//! Three things are told apart: that a linear map exists which takes every position's vector to that of k tokens later, that
//! a fit on early positions finds it, and that a trained model reads positions beyond those it was trained on.

mod findings;
mod maps;
mod model;
#[cfg(test)]
mod tests;
mod training;

use ndarray::Ix2;
use report::{
    format,
    statistics::{Summary, largest},
};
use tensor::{Init, Initializer, Parameters};
use transformer::sinusoidal;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{
        grid,
        parts::{Bound, Part},
    },
    verdict::{Basis, Verdict},
};
use maps::{Fitted, Map, OFFSETS};
use model::{Kind, LONG, SHORT, WIDTH};
use training::{BACK, Case, Reading, Trained};

const TEXT: &str = include_str!("text.md");

/// Looks for the map in three ways.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C19",
    text: TEXT,
    thresholds: &[
        ("positions", POSITIONS as f64),
        ("rotation", ROTATION),
        ("fitted", FITTED as f64),
        ("found", FOUND),
        ("random", RANDOM.number()),
        ("short", SHORT as f64),
        ("twice", 2.0 * SHORT as f64),
        ("long", LONG as f64),
        ("back", BACK as f64),
        ("learned", LEARNED),
        ("excess", EXCESS.number()),
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [None, Some(26), Some(95)],
    memory: Memory { alone: [20, 20, 20], thread: [8, 8, 8] },
    run,
};

/// How far the equation's map is followed.
const POSITIONS: usize = 1 << 14;
/// The largest error that counts as rounding, as a share of a vector's length.
const ROTATION: f64 = 1e-5;
/// The positions that a map is fitted on, and asked for beyond them.
const FITTED: usize = LONG / 2;
/// The largest error at which a fitted map holds.
const FOUND: f64 = 0.01;
/// The error above which there is no map at all.
const RANDOM: Bound = Bound::More(0.5);
/// By how much the loss beyond the training length may differ from that of a model which was trained there, in nats.
const EXCESS: Bound = Bound::Within(0.05);
/// A loss above this, in nats, is that of a training which has not learned the task; it tells nothing of positions.
const LEARNED: f64 = 0.5;

/// A kind of positions and a training length.
type Cell = grid::Cell<Case, Trained>;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let random: Vec<Vec<Fitted>> = session.seeds.iter().map(|&seed| maps::fit(random(seed).view())).collect();
    let reading = Reading::new(session);
    let cells = grid::measure(session, "C19, positions", &reading, &Case::all())?;
    let sinusoidal = maps::fit(sinusoidal(LONG, WIDTH).mapv(f64::from).view());
    Ok(findings::conclude(&Found { rotation: rotation(), sinusoidal, random, cells }, reading.steps))
}

/// Vectors that have nothing to do with each other, (T, D).
fn random(seed: u64) -> ndarray::Array2<f64> {
    let mut parameters = Parameters::new();
    let normal = Initializer::Normal { std: 1.0 };
    let id = Init::new(&mut parameters, seed).param("random positions", &[LONG, WIDTH], normal);
    parameters.get(id).value().mapv(f64::from).into_dimensionality::<Ix2>().expect("it was made with two axes")
}

/// The largest error of the equation's map over all offsets.
fn rotation() -> f64 {
    let table = sinusoidal(POSITIONS, WIDTH).mapv(f64::from);
    largest(OFFSETS.map(|offset| Map::rotation(offset, WIDTH).error(table.view(), 0..POSITIONS - offset)))
}

/// All that was measured.
struct Found {
    rotation: f64,
    sinusoidal: Vec<Fitted>,
    /// Of each seed.
    random: Vec<Vec<Fitted>>,
    cells: Vec<Cell>,
}

impl Found {
    fn parts(&self) -> [Part; 4] {
        let exact = |claim, found: f64, most: f64| Part {
            claim,
            found: Summary::exact(found).into(),
            unit: "of a vector's length, the largest error".to_owned(),
            needed: format!("at most {}", format::number(most, 2)),
            verdict: Verdict::exact(found <= most),
        };
        let worst = largest(self.sinusoidal.iter().map(|fitted| fitted.beyond));
        [
            exact("one map holds at every position", self.rotation, ROTATION),
            Part {
                unit: "of a vector's length, the mean error".to_owned(),
                ..Part::of("random vectors have no such map", &self.without_order(), RANDOM)
            },
            exact("a map fitted on early positions holds on later ones", worst, FOUND),
            Part {
                unit: "nats per token above a GPT trained there".to_owned(),
                ..Part::of("a trained GPT reads on beyond its training length", &self.excess(Kind::Sinusoidal), EXCESS)
                    .only_if(self.tells(Kind::Sinusoidal))
            },
        ]
    }

    /// The error of maps fitted to random vectors, in the mean over the offsets.
    fn without_order(&self) -> Summary {
        let mean = |maps: &Vec<Fitted>| maps.iter().map(|fitted| fitted.beyond).sum::<f64>() / maps.len() as f64;
        Summary::of(&self.random.iter().map(mean).collect::<Vec<_>>())
    }

    /// By how much the loss of a short training behind its length is above that of a long one.
    fn excess(&self, kind: Kind) -> Summary {
        let [short, long] = [SHORT, LONG].map(|trained| self.cell(kind, trained).each(Trained::beyond));
        Summary::of_differences(&short, &long)
    }

    /// Whether both trainings have learned the task where they were trained.
    fn tells(&self, kind: Kind) -> bool {
        let [short, long] = [SHORT, LONG].map(|trained| self.cell(kind, trained));
        short.mean(Trained::within).mean <= LEARNED && long.mean(Trained::beyond).mean <= LEARNED
    }

    fn cell(&self, kind: Kind, trained: usize) -> &Cell {
        grid::find(&self.cells, &Case { kind, trained })
    }
}
