//! Who finds which word translates which.

use data::score::{AlignmentCounts, Baseline, Model1};
use grammar::pairs::{KnownPair, KnownPairs};
use report::statistics::Summary;

use crate::experiments::c03_bottleneck::{
    aligned::Aligned,
    translators::{TranslatorCell, Translators},
};

/// Who aligns the words, and how wrong that is.
pub struct Aligner {
    pub name: String,
    /// On all sentences, and on inverted ones.
    pub errors: [Summary; 2],
}

/// Those that know less than a translator, the one that knows all but that a word can have none or several links, and the
/// translators that look back.
pub fn aligners(translators: &Translators) -> Vec<Aligner> {
    let looking = translators.cells.iter().filter(|cell| cell.case.design.kind.looks_back()).map(|cell| Aligner {
        name: cell.case.design.kind.name(),
        errors: [errors(cell, |aligned| aligned.all), errors(cell, |aligned| aligned.inverted)]
            .map(|errors| Summary::of(&errors)),
    });
    baselines(&translators.pairs).into_iter().chain(looking).collect()
}

fn baselines(pairs: &KnownPairs) -> [Aligner; Baseline::ALL.len()] {
    let model1 = Model1::train(&pairs.training, Model1::ITERATIONS);
    Baseline::ALL.map(|who| {
        let wanted: [fn(&KnownPair) -> bool; 2] = [|_| true, KnownPair::inverted];
        let counts = |known: &KnownPair| who.counts(&model1, &known.pair, &known.alignment);
        let errors = wanted.map(|wanted| error(pairs.judged().filter(|known| wanted(known)).map(counts).sum()));
        Aligner { name: who.name().into(), errors: errors.map(Summary::exact) }
    })
}

fn error(counts: AlignmentCounts) -> f64 {
    counts.error_rate().unwrap_or(f64::NAN)
}

/// The alignment error of each seed, on what `counts` takes.
pub fn errors(cell: &TranslatorCell, counts: fn(&Aligned) -> AlignmentCounts) -> Vec<f64> {
    aligned(cell).map(|aligned| error(counts(aligned))).collect()
}

/// Where the translators of every seed look, if they look back.
pub fn aligned(cell: &TranslatorCell) -> impl Iterator<Item = &Aligned> {
    cell.outcomes.iter().filter_map(|outcome| outcome.aligned.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::c03_bottleneck::LENGTHS;

    #[test]
    fn model_1_aligns_better_than_who_knows_nothing() {
        let [uniform, diagonal, model1, best] =
            baselines(&KnownPairs::new(LENGTHS, 3_000, 20)).map(|aligner| aligner.errors.map(|error| error.mean));
        assert!(uniform[0] > diagonal[0] && uniform[0] > model1[0], "{uniform:?} {diagonal:?} {model1:?}");
        assert!(diagonal[1] > diagonal[0], "the diagonal suffers where the order is inverted");
        assert!(
            [0, 1].iter().all(|&i| 0.0 < best[i] && best[i] < 0.5 * diagonal[i]),
            "the bar can be reached: {best:?}"
        );
    }
}
