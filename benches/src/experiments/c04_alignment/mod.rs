//! C4: looking back instead of remembering.

mod findings;

use data::score::{AlignmentCounts, Baseline, Model1};

use crate::experiments::c03_bottleneck;
use crate::experiments::c03_bottleneck::models::Kind;
use crate::experiments::c03_bottleneck::pairs::{Known, Pairs};
use crate::experiments::c03_bottleneck::study::{Cell, Study};
use crate::experiments::c03_bottleneck::training::Aligned;
use report::statistics::Summary;

use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory},
    lab::Lab,
    verdict::{Verdict, exceeds},
};
use findings::Report;

const TEXT: &str = include_str!("text.md");

/// See the criterion; the heat maps show where the translators look.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C4",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Budget, Input::Seeds],
    memory: Memory { alone: [110, 280, 612], thread: [11, 14, 20] },
    run,
};

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let study = Study::of(lab)?;
    Ok(conclude(&study, lab.budget))
}

/// What the criterion looks at, for each seed.
pub struct Evidence {
    /// The part of long sentences that each gets right: encoder-decoder, attention.
    pub long: [Vec<f64>; 2],
    /// By how much the part falls from short to long.
    pub fall: [Vec<f64>; 2],
    /// Alignment error of attention on inverted sentences.
    pub error: Vec<f64>,
    /// That of the diagonal.
    pub diagonal: f64,
}

impl Evidence {
    /// By how much attention's fall is less than half of the encoder-decoder's.
    pub fn flatter(&self) -> Summary {
        let half: Vec<f64> = self.fall[0].iter().map(|fall| 0.5 * fall).collect();
        Summary::of_differences(&half, &self.fall[1])
    }

    /// By how much attention's error is less than half of the diagonal's.
    pub fn aligned(&self) -> Summary {
        Summary::of(&self.error.iter().map(|error| 0.5 * self.diagonal - error).collect::<Vec<_>>())
    }
}

fn judge(evidence: &Evidence, budget: Budget) -> Verdict {
    let [plain, attention] = &evidence.long;
    let parts = [
        c03_bottleneck::judge(plain, attention, budget),
        exceeds(&evidence.flatter(), 0.0, budget).after_training(budget),
        exceeds(&evidence.aligned(), 0.0, budget).after_training(budget),
    ];
    Verdict::all(&parts)
}

/// Who aligns the words, and how wrong that is.
pub struct Aligner {
    /// As figures and tables call it.
    pub name: String,
    /// On all sentences, and on inverted ones.
    pub errors: [Summary; 2],
}

/// Those that know less than a translator, and the one that knows all but that a word can have none or several links.
fn baselines(pairs: &Pairs) -> Vec<Aligner> {
    let model1 = Model1::train(&pairs.training, Model1::ITERATIONS);
    let aligner = |who: Baseline| {
        let wanted: [fn(&Known) -> bool; 2] = [|_| true, Known::inverted];
        let counts = |known: &Known| who.counts(&model1, &known.pair, &known.alignment);
        let errors = wanted.map(|wanted| error(pairs.judged().filter(|known| wanted(known)).map(counts)));
        Aligner { name: who.name().into(), errors: errors.map(Summary::exact) }
    };
    Baseline::ALL.map(aligner).into()
}

fn error(counts: impl Iterator<Item = AlignmentCounts>) -> f64 {
    counts.sum::<AlignmentCounts>().error_rate().unwrap_or(f64::NAN)
}

/// The alignment error of each seed, on what `counts` takes.
pub fn errors(cell: &Cell, counts: fn(&Aligned) -> AlignmentCounts) -> Vec<f64> {
    let aligned = cell.outcomes.iter().filter_map(|outcome| outcome.aligned.as_ref());
    aligned.map(|aligned| error(std::iter::once(counts(aligned)))).collect()
}

/// What the study says of the claim.
pub fn conclude(study: &Study, budget: Budget) -> Finding {
    let mut aligners = baselines(&study.pairs);
    let diagonal = Baseline::ALL.iter().zip(&aligners).find(|(who, _)| **who == Baseline::Diagonal);
    let diagonal = diagonal.map_or(f64::NAN, |(_, aligner)| aligner.errors[1].mean);
    for cell in study.cells.iter().filter(|cell| cell.case.design.kind.looks_back()) {
        let of = [errors(cell, |aligned| aligned.all), errors(cell, |aligned| aligned.inverted)];
        aligners.push(Aligner { name: cell.case.design.kind.name(), errors: of.map(|errors| Summary::of(&errors)) });
    }
    let pair = [Kind::PLAIN, Kind::ATTENTION].map(|kind| study.cell(kind));
    let evidence = Evidence {
        long: pair.map(Cell::long),
        fall: pair.map(Cell::fall),
        error: errors(pair[1], |aligned| aligned.inverted),
        diagonal,
    };
    let report = Report { study, aligners: &aligners, evidence: &evidence };
    Finding {
        verdict: judge(&evidence, budget),
        answer: report.answer(),
        figures: report.figures(),
        tables: report.tables(),
        notice: report.notice(),
        limits: report.limits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(long: [f64; 2], short: [f64; 2], error: f64, budget: Budget) -> Verdict {
        let three = |value: f64| vec![value - 1e-3, value, value + 1e-3];
        let fall = [0, 1].map(|i| three(short[i] - long[i]));
        judge(&Evidence { long: long.map(three), fall, error: three(error), diagonal: 0.6 }, budget)
    }

    #[test]
    fn step_01_the_criterion_can_fail_in_every_part() {
        let thorough = |long, short, error| judged(long, short, error, Budget::Thorough);
        assert_eq!(thorough([0.3, 0.9], [0.9, 0.95], 0.2), Verdict::Shown);
        assert_eq!(thorough([0.9, 0.9], [0.95, 0.95], 0.2), Verdict::NotShown);
        assert_eq!(thorough([0.3, 0.5], [0.9, 0.95], 0.2), Verdict::NotShown);
        assert_eq!(thorough([0.3, 0.9], [0.9, 0.95], 0.35), Verdict::NotShown);
        let open = Verdict::open(Budget::Quick);
        assert_eq!(judged([0.3, 0.9], [0.9, 0.95], 0.35, Budget::Quick), open);
        assert_eq!(judged([0.0, 0.0], [0.0, 0.0], 0.7, Budget::Quick), open);
    }

    #[test]
    fn step_02_model_1_aligns_better_than_who_knows_nothing() {
        let aligners = baselines(&Pairs::new(3_000, 20));
        let [uniform, diagonal, model1, best] = [0, 1, 2, 3].map(|i| aligners[i].errors.map(|error| error.mean));
        assert!(uniform[0] > diagonal[0] && uniform[0] > model1[0], "{uniform:?} {diagonal:?} {model1:?}");
        assert!(diagonal[1] > diagonal[0], "the diagonal suffers where the order is inverted");
        assert!(
            [0, 1].iter().all(|&i| 0.0 < best[i] && best[i] < 0.5 * diagonal[i]),
            "the bar can be reached: {best:?}"
        );
    }
}
