//! What C6 measures of whole models at about equal size: what a sequence takes, and how fast every stage trains.

use report::statistics::Summary;
use stages::{AnyConfig, AnyStage, Sizes, TranslatorSizes, TranslatorStage};

use super::{stage_counts, times::pools};
use crate::{
    peers::{Peer, VOCABULARY},
    session::Session,
    study::operations::Operations,
};

/// D of the Transformer, and E of all.
const WIDTH: usize = 64;
/// B and T of the steps that are timed.
pub const BATCH: usize = 8;
pub const CONTEXT: usize = 64;
/// T of the sequence that is counted.
pub const COUNTED: usize = 512;

/// A model of a stage, about as large as the Transformer of this width.
pub struct StageSpeed {
    pub stage: AnyStage,
    pub parameters: u128,
    /// The forward pass of a training step on [`COUNTED`] tokens, in small operations.
    pub operations: Operations,
    /// On each number of threads, one and all: how many tokens training steps predict in a second; the interval is over
    /// repetitions.
    pub tokens: Vec<Summary>,
}

impl StageSpeed {
    /// Of all stages, in the order of history: all of them timed once in each repetition.
    ///
    /// # Errors
    /// If the threads cannot be started, or a training step fails.
    pub fn all(session: &Session, repetitions: usize) -> anyhow::Result<Vec<Self>> {
        let pools = pools(session)?;
        let peers = AnyStage::all().iter().map(|&stage| (stage, peer(stage), vec![Vec::new(); pools.len()]));
        let mut peers: Vec<_> = peers.collect();
        let task = session.progress.task("C6, timing stages", repetitions as u64);
        for _ in 0..repetitions {
            for (_, peer, seconds) in &mut peers {
                for ((_, pool), seconds) in pools.iter().zip(seconds) {
                    seconds.push(pool.install(|| step(peer))?);
                }
            }
            task.advance(1, 0, "");
        }
        let speed = |(stage, peer, seconds): (AnyStage, Peer, Vec<Vec<f64>>)| {
            let tokens = |seconds: &Vec<f64>| {
                let speeds: Vec<f64> = seconds.iter().map(|seconds| (BATCH * CONTEXT) as f64 / seconds).collect();
                Summary::of_magnitudes(&speeds)
            };
            Ok(Self {
                stage,
                parameters: peer.model.parameter_count(),
                operations: stage_counts::count(&model(stage, COUNTED), COUNTED)?,
                tokens: seconds.iter().map(tokens).collect(),
            })
        };
        peers.into_iter().map(speed).collect()
    }
}

/// Seconds of a training step, after one that does not count.
fn step(peer: &Peer) -> anyhow::Result<f64> {
    peer.with_step(|_, step| {
        step()?;
        Ok(step()?.duration.as_secs_f64())
    })
}

fn peer(stage: AnyStage) -> Peer {
    Peer { name: stage.about().name, model: model(stage, CONTEXT), batch: BATCH, context: CONTEXT }
}

/// How many parameters all have, about.
pub fn parameters() -> u128 {
    TranslatorStage::Transformer.configure(translator()).parameter_count()
}

fn translator() -> TranslatorSizes {
    TranslatorSizes { embedding: WIDTH, ..TranslatorSizes::new(VOCABULARY, VOCABULARY, WIDTH) }
}

/// The width is that of texts of T = [`CONTEXT`], whatever is read at once.
fn model(stage: AnyStage, context: usize) -> AnyConfig {
    match stage {
        AnyStage::Language(stage) => {
            let sizes = Sizes { embedding: WIDTH, ..Sizes::new(VOCABULARY, CONTEXT, WIDTH) };
            let width = stage.width_for(parameters(), sizes);
            AnyConfig::Language(stage.configure(Sizes { width, context, ..sizes }))
        }
        AnyStage::Translation(stage) => {
            let width = stage.width_for(parameters(), translator());
            AnyConfig::Translation(stage.configure(TranslatorSizes { width, ..translator() }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_stages_have_about_as_many_parameters() {
        for stage in AnyStage::all() {
            let count = model(*stage, CONTEXT).parameter_count() as f64;
            assert!((count / parameters() as f64 - 1.0).abs() < 0.05, "{stage}: {count}");
        }
    }
}
