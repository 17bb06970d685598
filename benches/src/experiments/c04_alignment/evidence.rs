//! What C4 measures beside the translations: who finds which word translates which.

use data::score::{AlignmentCounts, Baseline, Model1};
use grammar::pairs::{KnownPair, KnownPairs};
use report::statistics::Summary;

use crate::experiments::c03_bottleneck::{
    aligned::Aligned,
    models::Kind,
    study::{Cell, Study},
    training::Outcome,
};

/// What the criterion looks at, for each seed.
pub struct Evidence {
    /// The part of long sentences that each gets right: encoder-decoder, attention.
    pub long: [Vec<f64>; 2],
    /// By how much the part falls from short to long.
    pub fall: [Vec<f64>; 2],
    /// Alignment error of attention on inverted sentences.
    pub error: Vec<f64>,
    pub diagonal: f64,
}

/// Who aligns the words, and how wrong that is.
pub struct Aligner {
    pub name: String,
    /// On all sentences, and on inverted ones.
    pub errors: [Summary; 2],
}

/// The translators of C3, and how they align beside those that do not translate.
pub struct Found<'s> {
    pub study: &'s Study,
    /// Those that know less first.
    pub aligners: Vec<Aligner>,
    pub evidence: Evidence,
}

impl<'s> Found<'s> {
    pub fn new(study: &'s Study) -> Self {
        let mut aligners = baselines(&study.pairs);
        let diagonal = Baseline::ALL.iter().zip(&aligners).find(|(who, _)| **who == Baseline::Diagonal);
        let diagonal = diagonal.map_or(f64::NAN, |(_, aligner)| aligner.errors[1].mean);
        for cell in study.cells.iter().filter(|cell| cell.case.design.kind.looks_back()) {
            let errors = [errors(cell, |aligned| aligned.all), errors(cell, |aligned| aligned.inverted)];
            let errors = errors.map(|errors| Summary::of(&errors));
            aligners.push(Aligner { name: cell.case.design.kind.name(), errors });
        }
        let [plain, attention] = [Kind::PLAIN, Kind::ATTENTION].map(|kind| study.cell(kind));
        let evidence = Evidence {
            long: [plain, attention].map(|cell| cell.each(Outcome::long)),
            fall: [plain, attention].map(|cell| cell.each(Outcome::fall)),
            error: errors(attention, |aligned| aligned.inverted),
            diagonal,
        };
        Self { study, aligners, evidence }
    }
}

/// Those that know less than a translator, and the one that knows all but that a word can have none or several links.
fn baselines(pairs: &KnownPairs) -> Vec<Aligner> {
    let model1 = Model1::train(&pairs.training, Model1::ITERATIONS);
    let aligner = |who: Baseline| {
        let wanted: [fn(&KnownPair) -> bool; 2] = [|_| true, KnownPair::inverted];
        let counts = |known: &KnownPair| who.counts(&model1, &known.pair, &known.alignment);
        let errors = wanted.map(|wanted| error(pairs.judged().filter(|known| wanted(known)).map(counts).sum()));
        Aligner { name: who.name().into(), errors: errors.map(Summary::exact) }
    };
    Baseline::ALL.map(aligner).into()
}

fn error(counts: AlignmentCounts) -> f64 {
    counts.error_rate().unwrap_or(f64::NAN)
}

/// The alignment error of each seed, on what `counts` takes.
pub fn errors(cell: &Cell, counts: fn(&Aligned) -> AlignmentCounts) -> Vec<f64> {
    aligned(cell).map(|aligned| error(counts(aligned))).collect()
}

/// Where the translators of every seed look, if they look back.
pub fn aligned(cell: &Cell) -> impl Iterator<Item = &Aligned> {
    cell.outcomes.iter().filter_map(|outcome| outcome.aligned.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::c03_bottleneck::LENGTHS;

    #[test]
    fn model_1_aligns_better_than_who_knows_nothing() {
        let aligners = baselines(&KnownPairs::new(LENGTHS, 3_000, 20));
        let [uniform, diagonal, model1, best] = [0, 1, 2, 3].map(|i| aligners[i].errors.map(|error| error.mean));
        assert!(uniform[0] > diagonal[0] && uniform[0] > model1[0], "{uniform:?} {diagonal:?} {model1:?}");
        assert!(diagonal[1] > diagonal[0], "the diagonal suffers where the order is inverted");
        assert!(
            [0, 1].iter().all(|&i| 0.0 < best[i] && best[i] < 0.5 * diagonal[i]),
            "the bar can be reached: {best:?}"
        );
    }
}
