//! The criterion on made-up counts.

use ::stages::{Stage, TranslatorStage};

use super::{layers::Counts, *};

fn counted(kind: Kind, chain: [u64; 2], way: [Option<u64>; 2]) -> Counted {
    let counts = |span| Counts { work: 1, span };
    Counted {
        kind,
        by_length: vec![(16, counts(chain[0])), (32, counts(chain[1]))],
        by_width: vec![(16, counts(1)), (32, counts(1))],
        ways: vec![(16, way[0]), (32, way[1])],
    }
}

#[test]
fn step_01_the_criterion_can_fail() {
    let rnn = |chain, way| counted(Kind::Rnn, chain, way);
    let block = |chain, way| counted(Kind::Block, chain, way);
    let good = || rnn([48, 96], [Some(48), Some(96)]);
    assert_eq!(verdict(&[good(), block([20, 20], [Some(20), Some(20)])]), Verdict::Shown);
    assert_eq!(verdict(&[good(), block([20, 21], [Some(20), Some(20)])]), Verdict::NotShown);
    assert_eq!(verdict(&[good(), block([20, 20], [Some(20), Some(36)])]), Verdict::NotShown);
    assert_eq!(verdict(&[rnn([48, 48], [Some(48), Some(96)])]), Verdict::NotShown);
    assert_eq!(verdict(&[rnn([48, 96], [Some(48), None])]), Verdict::NotShown);
}

fn read(reader: impl Into<Reader>, chain: [u64; 2]) -> Read {
    let by_length = [16, 32].into_iter().zip(chain.map(|span| Counts { work: 1, span })).collect();
    Read { reader: reader.into(), by_length }
}

#[test]
fn step_02_the_part_about_whole_models_can_fail() {
    let good = || read(TranslatorStage::Attention, [100, 200]);
    assert_eq!(stages_verdict(&[good(), read(Stage::Gpt, [20, 20])]), Verdict::Shown);
    assert_eq!(stages_verdict(&[good(), read(Stage::Gpt, [20, 21])]), Verdict::NotShown);
    assert_eq!(stages_verdict(&[read(TranslatorStage::Attention, [100, 100])]), Verdict::NotShown);
}

#[test]
fn step_03_one_thread_gains_nothing() {
    let counted = Kind::LAYERS.map(|kind| counted(kind, [20, 20], [None, None]));
    let whole =
        Read { reader: Stage::Gpt.into(), by_length: stages::LENGTHS.map(|n| (n, Counts { work: 1, span: 1 })).into() };
    let finding = conclude(&counted, &[whole], &times::tiny(&Kind::LAYERS), 1);
    assert_eq!(finding.figures.len(), 5);
    assert_eq!(finding.notice.len(), 3);
}
