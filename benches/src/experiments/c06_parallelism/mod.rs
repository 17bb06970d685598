//! C6: self-attention and feed-forward layers process all tokens at once.
//!
//! Counted from operations that ran: the work, the longest chain of operations that wait for each other, and the way from
//! the first token to the last, of single layers; and the chain of every stage as a whole. Timed: the same layers at equal
//! width, over short texts and long ones, and training steps of every stage at about equal size, on one thread and on all. The
//! verdict rests on what is counted; what it is worth on this machine is what the times say.

pub mod counts;
pub mod figures;
mod findings;
mod stage_counts;
mod stage_speeds;
#[cfg(test)]
mod tests;
pub mod times;

use stages::LayerKind;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{counted::Counted, operations::GROWTH},
    verdict::Basis,
};
use counts::LayerCounts;
use findings::conclude;
use stage_counts::StageCounts;
use stage_speeds::StageSpeed;
use times::LayerTimes;

const TEXT: &str = include_str!("text.md");

/// Counts and times layers over ever longer texts.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C6",
    text: TEXT,
    thresholds: &[("growing", GROWTH)],
    reads: &[Input::Budget],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [Some(3), Some(37), Some(240)],
    memory: Memory { alone: [64, 64, 64], thread: [25, 25, 25] },
    run,
};

/// The layers that are counted: with self-attention as table 1 of Vaswani et al. reckons it, too.
const COUNTED: [LayerKind; 6] = {
    use LayerKind::{Attention, Block, FeedForward, Lstm, Rnn, ScaledDotProduct};
    [Rnn, Lstm, ScaledDotProduct, Attention, FeedForward, Block]
};

fn run(session: &Session) -> anyhow::Result<Finding> {
    let counted = COUNTED.map(LayerCounts::of);
    let stages = StageCounts::all()?;
    let longest = session.budget.pick([1_024, 256], [2_048, 1_024], [4_096, 2_048]);
    let repetitions = session.budget.pick(5, 15, 31);
    let timed = LayerTimes::one_and_many(session, "C6, timing layers", &LayerKind::LAYERS, longest, repetitions)?;
    let speeds = StageSpeed::all(session, session.budget.pick(3, 9, 21))?;
    Ok(conclude(&counted, &stages, &timed, &speeds, &judge(&counted, &stages)))
}

fn judge(counted: &[LayerCounts], stages: &[StageCounts]) -> Counted {
    counted.iter().map(LayerCounts::is_as_claimed).chain(stages.iter().map(StageCounts::is_as_claimed)).collect()
}
