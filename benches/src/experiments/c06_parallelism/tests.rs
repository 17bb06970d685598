//! The criterion on made-up counts.

use super::*;
use crate::{
    study::operations::{Curve, Operations},
    verdict::Verdict,
};

fn operations(chain: [u64; 2]) -> Curve<Operations> {
    [16, 32].into_iter().zip(chain.map(|span| Operations { work: 1, span })).collect()
}

fn layer(kind: LayerKind, chain: [u64; 2], way: Option<[u64; 2]>) -> LayerCounts {
    let ways = way.map(|way| [16, 32].into_iter().zip(way).collect());
    LayerCounts { kind, by_length: operations(chain), by_width: operations([1, 1]), ways }
}

fn stage(recurrent: bool, chain: [u64; 2]) -> StageCounts {
    StageCounts { name: "stage", recurrent, operations: operations(chain) }
}

#[test]
fn step_01_the_criterion_can_fail() {
    let judged = |layer| judge(&[layer], &[]).verdict();
    let rnn = |chain, way| judged(layer(LayerKind::Rnn, chain, way));
    let block = |chain, way| judged(layer(LayerKind::Block, chain, way));
    assert_eq!(rnn([48, 96], Some([48, 96])), Verdict::Shown);
    assert_eq!(rnn([48, 48], Some([48, 96])), Verdict::NotShown);
    assert_eq!(rnn([48, 96], None), Verdict::NotShown);
    assert_eq!(block([20, 20], Some([20, 20])), Verdict::Shown);
    assert_eq!(block([20, 21], Some([20, 20])), Verdict::NotShown);
    assert_eq!(block([20, 20], Some([20, 36])), Verdict::NotShown);
}

#[test]
fn step_02_the_part_about_whole_models_can_fail() {
    let judged = |stages: &[StageCounts]| judge(&[], stages).verdict();
    assert_eq!(judged(&[stage(true, [100, 200]), stage(false, [20, 20])]), Verdict::Shown);
    assert_eq!(judged(&[stage(true, [100, 200]), stage(false, [20, 21])]), Verdict::NotShown);
    assert_eq!(judged(&[stage(true, [100, 100])]), Verdict::NotShown);
}

#[test]
fn step_03_one_thread_gains_nothing() {
    let counted = LayerKind::LAYERS.map(|kind| layer(kind, [20, 20], None));
    let stages = [stage(false, [1, 1])];
    let finding = conclude(&counted, &stages, &times::short(&LayerKind::LAYERS, 1), &[], &judge(&counted, &stages));
    assert_eq!(finding.figures.len(), 6);
    assert_eq!(finding.notice.len(), 2);
}
