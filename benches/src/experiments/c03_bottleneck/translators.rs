//! What C3 and C4 share: translators of equal size, trained on the same pairs.

use std::{ops::RangeInclusive, rc::Rc};

use grammar::pairs::KnownPairs;
use report::statistics::Summary;

use super::{
    LENGTHS,
    models::{Design, Shape, TranslatorCase, TranslatorKind},
    training::{Translated, Translating},
};
use crate::{
    budget::Budget,
    session::Session,
    study::grid::{self, Chosen},
};

/// How far numbers of parameters may be apart.
pub const TOLERANCE: f64 = 0.02;

const KINDS: [TranslatorKind; 7] = [
    TranslatorKind::PLAIN,
    TranslatorKind::ATTENTION,
    TranslatorKind::Transformer,
    TranslatorKind::REVERSED,
    TranslatorKind::with_vector(TranslatorKind::WIDER),
    TranslatorKind::with_vector(TranslatorKind::NARROW),
    TranslatorKind::FORWARDS,
];

/// Trained once more, for about as long as the Transformer, whose steps took the most time where that was measured.
const AS_LONG: [TranslatorKind; 2] = [TranslatorKind::PLAIN, TranslatorKind::ATTENTION];

/// How much is trained and judged.
#[derive(Clone, Debug)]
pub struct Sizes {
    /// D of the Transformer.
    pub width: usize,
    pub pairs: usize,
    pub steps: u64,
    /// B.
    pub rows: usize,
    /// Sentences of each length to judge by.
    pub per_length: usize,
    pub kinds: Vec<TranslatorKind>,
    /// How many times as many steps fill the Transformer's time: those of the encoder-decoder, and of attention. Numbers
    /// that stand here and no stopwatch, so that every machine trains the same models; the report says how many seconds
    /// each took there.
    ///
    /// Measured on two quiet cores, one training on each, seconds for equal steps (`compare --only C3`):
    ///
    /// | width | encoder-decoder | attention | Transformer |
    /// |---|---|---|---|
    /// | 48, 900 steps | 1.59 | 2.25 | 3.14 |
    /// | 64, 5,000 steps | 13.9 | 18.2 | 23.8 |
    pub as_long: [f64; 2],
}

impl Sizes {
    pub fn of(budget: Budget) -> Self {
        Self {
            width: budget.pick(48, 64, 64),
            pairs: budget.pick(32_000, 100_000, 200_000),
            steps: budget.steps(800, 3_200, 7_500),
            rows: 32,
            per_length: budget.pick(40, 100, 200),
            // What it does that words are scored with what was read takes one more, from the standard budget on.
            kinds: KINDS.into_iter().chain((budget != Budget::Quick).then_some(TranslatorKind::STATE_ALONE)).collect(),
            as_long: budget.pick([2.0, 1.4], [1.7, 1.3], [1.7, 1.3]),
        }
    }
}

/// Trained and judged, each with every seed.
pub struct Translators {
    pub sizes: Sizes,
    pub pairs: KnownPairs,
    /// In the order of [`Sizes::kinds`], all trained on equal tokens.
    pub cells: Vec<TranslatorCell>,
    /// Those of [`AS_LONG`].
    longer: Vec<TranslatorCell>,
}

/// A translator and what was measured of it.
pub type TranslatorCell = grid::Cell<TranslatorCase, Translated>;

/// A way to look up a kind: after equal tokens, or after equal seconds.
pub type Pick = fn(&Translators, TranslatorKind) -> &TranslatorCell;

impl Translators {
    /// The study of this session's budget, whichever experiment asks first.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn of(session: &Session) -> anyhow::Result<Rc<Self>> {
        session.once("translators of C3 and C4", || Self::new(session, Sizes::of(session.budget)))
    }

    /// Trains every kind on equal tokens, and those of [`AS_LONG`] for equal seconds too.
    ///
    /// # Errors
    /// If the models differ in size by more than 2 %, or a training fails.
    pub fn new(session: &Session, sizes: Sizes) -> anyhow::Result<Self> {
        let pairs = KnownPairs::new(LENGTHS, sizes.pairs, sizes.per_length);
        let vocabularies = [pairs.english.size(), pairs.spanish.size()];
        let designs = designs(Shape { vocabularies, width: sizes.width }, &sizes.kinds)?;
        let translating = Translating { rows: sizes.rows, pairs: &pairs };

        let cases = designs.into_iter().map(|design| TranslatorCase { design, steps: sizes.steps });
        let mut chosen = grid::search(session, "C3, translators", &translating, &cases.collect::<Vec<_>>())?;
        for (kind, times) in AS_LONG.into_iter().zip(sizes.as_long) {
            let steps = (times * sizes.steps as f64).round() as u64;
            let of_kind = chosen.iter().find(|chosen| chosen.case.design.kind == kind).cloned();
            chosen.extend(of_kind.map(|chosen| Chosen { case: TranslatorCase { steps, ..chosen.case }, ..chosen }));
        }
        let mut cells = grid::repeat(session, "C3, translators", &translating, chosen)?;
        let longer = cells.split_off(sizes.kinds.len());
        Ok(Self { sizes, pairs, cells, longer })
    }

    /// What was measured of a kind.
    ///
    /// # Panics
    /// If it was not trained.
    #[track_caller]
    pub fn cell(&self, kind: TranslatorKind) -> &TranslatorCell {
        match self.find(kind) {
            Some(cell) => cell,
            None => panic!("no {} was trained", kind.name()),
        }
    }

    /// What was measured of a kind that was trained for as many seconds as the Transformer.
    ///
    /// # Panics
    /// If none was.
    #[track_caller]
    pub fn at_equal_seconds(&self, kind: TranslatorKind) -> &TranslatorCell {
        match self.longer.iter().find(|cell| cell.case.design.kind == kind) {
            Some(cell) => cell,
            None if kind == TranslatorKind::Transformer => self.cell(kind),
            None => panic!("no {} was trained for as long", kind.name()),
        }
    }

    /// W of the plain encoder-decoder: its vector is its state, h and c of H numbers each.
    pub fn whole(&self) -> usize {
        2 * self.cell(TranslatorKind::PLAIN).case.design.width
    }

    /// As figures and tables of C3 call a kind: with the width of what passes.
    pub fn name(&self, kind: TranslatorKind) -> String {
        if kind == TranslatorKind::PLAIN { format!("encoder-decoder, {} numbers", self.whole()) } else { kind.name() }
    }

    /// How many held-out sentences have these lengths.
    pub fn items(&self, lengths: &RangeInclusive<usize>) -> usize {
        let groups = self.pairs.held_out.iter().filter(|group| lengths.contains(&group.length));
        groups.map(|group| group.sentences.len()).sum()
    }

    /// The part of the held-out sentences of these lengths whose translation is right in every word.
    pub fn right(&self, cell: &TranslatorCell, lengths: &RangeInclusive<usize>) -> Summary {
        Summary::of_right(&cell.each(|outcome| outcome.mean(lengths.clone(), |on| on.exact)), self.items(lengths))
    }

    /// What was measured of a kind, if it was trained.
    pub fn find(&self, kind: TranslatorKind) -> Option<&TranslatorCell> {
        self.cells.iter().find(|cell| cell.case.design.kind == kind)
    }
}

impl TranslatorCell {
    /// How long a training took in the mean, if all were timed in this run.
    pub fn seconds(&self) -> Option<f64> {
        let seconds = self.outcomes.iter().map(|outcome| outcome.seconds);
        Some(Summary::of(&seconds.collect::<Option<Vec<_>>>()?).mean)
    }
}

fn designs(shape: Shape, kinds: &[TranslatorKind]) -> anyhow::Result<Vec<Design>> {
    let wanted = Design::new(TranslatorKind::Transformer, shape).config.parameter_count() as f64;
    let design = |&kind| {
        let design = Design::new(kind, shape);
        let count = design.config.parameter_count();
        let off = (count as f64 / wanted - 1.0).abs();
        anyhow::ensure!(off <= TOLERANCE, "{} has {count} parameters, the transformer {wanted}", kind.name());
        Ok(design)
    };
    kinds.iter().map(design).collect()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn translators_of_every_budget_have_equal_parameters() {
        for &budget in Budget::value_variants() {
            let sizes = Sizes::of(budget);
            for vocabularies in [[320, 530], [350, 600]] {
                let designs = designs(Shape { vocabularies, width: sizes.width }, &sizes.kinds).unwrap();
                let widths: Vec<usize> = designs.iter().map(|design| design.width).collect();
                assert!(widths.iter().all(|&width| width > sizes.width / 4), "{widths:?}");
            }
        }
        let tiny = Shape { vocabularies: [400, 600], width: 4 };
        assert!(designs(tiny, &KINDS).is_err(), "no width comes close enough");
    }
}
