//! C6: self-attention and feed-forward layers process all tokens at once.
//!
//! Counted from operations that ran: the work, the longest chain of operations that wait for each other, and the way from
//! the first token to the last, of single layers; and the chain of every stage as a whole. Timed: the same layers at equal
//! width, over short texts and long ones, on one thread and on all. The verdict rests on what is counted; what it is worth
//! on this machine is what the times say.

pub mod counts;
pub mod figures;
mod findings;
pub mod layers;
mod stages;
#[cfg(test)]
mod tests;
pub mod times;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::{Basis, Verdict},
};
use counts::{Counted, WIDTH};
use findings::conclude;
use layers::Kind;
use stages::{Read, Reader};
use times::Timed;

const TEXT: &str = include_str!("text.md");

/// Counts and times layers over ever longer texts.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C6",
    text: TEXT,
    thresholds: &[("growing", GROWING)],
    reads: &[Input::Budget],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [10, 40, 240],
    memory: Memory { alone: [64, 64, 64], thread: [25, 25, 25] },
    run,
};

/// How many operations a further token adds at least to what is recurrent.
pub const GROWING: f64 = 1.0;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let counted = Kind::COUNTED.map(Counted::of);
    let read = Reader::all().into_iter().map(Read::of).collect::<anyhow::Result<Vec<_>>>()?;
    let longest = session.budget.pick([1_024, 256], [2_048, 1_024], [4_096, 2_048]);
    let repetitions = session.budget.pick(5, 15, 31);
    let timed = Timed::one_and_many(session, "C6, timing layers", &Kind::LAYERS, WIDTH, longest, repetitions)?;
    Ok(conclude(&counted, &read, &timed, session.threads))
}

/// Whether a chain or a way that grows by so much with every token, at least and at most, is as the criterion has it.
fn fits(recurrent: bool, (least, most): (f64, f64)) -> bool {
    if recurrent { least >= GROWING } else { (least, most) == (0.0, 0.0) }
}

/// The part of C6 that is about layers, and all of C5.
pub fn verdict(counted: &[Counted]) -> Verdict {
    let part = |c: &Counted| {
        let recurrent = c.kind.is_recurrent();
        // A feed-forward layer leads from no token to another, so it has no way that could grow.
        let way = c.way_growth().map_or(!recurrent, |growth| fits(recurrent, growth));
        Verdict::exact(way && fits(recurrent, c.chain_growth()))
    };
    Verdict::all(&counted.iter().map(part).collect::<Vec<_>>())
}

/// The part of C6 that is about whole models.
fn stages_verdict(read: &[Read]) -> Verdict {
    let part = |r: &Read| Verdict::exact(fits(r.reader.is_recurrent(), r.chain_growth()));
    Verdict::all(&read.iter().map(part).collect::<Vec<_>>())
}
