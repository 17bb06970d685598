//! C3: what goes through one vector, and what is lost there.

pub mod figures;
mod findings;
pub mod models;
pub mod pairs;
pub mod study;
pub mod training;

use report::statistics::Summary;

use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory},
    lab::Lab,
    verdict::{Verdict, exceeds},
};
use findings::Report;
use models::Kind;
use study::Study;

/// See the criterion; the halves of the claim are answered beside it.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C3",
    claim: "An encoder-decoder squeezes the sentence through one vector: quality falls with length, and what was read \
            first suffers most",
    criterion: "Shown if, by the 95 % interval of the paired differences, a translator that looks back gets at least \
                5 in a hundred more of the sentences of 10 to 12 words right in every word than the plain \
                encoder-decoder of equal size and equal training. Whether quality falls with length and which end \
                suffers most are no part of it, but measured and answered first. A training that was too short refutes \
                nothing: only the longest budget can.",
    reads: &[Input::Budget, Input::Seeds],
    memory: Memory { alone: [108, 280, 610], thread: [13, 15, 20] },
    run,
};

/// What counts as better, as a part of the sentences.
pub const BETTER: f64 = 0.05;

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let study = Study::of(lab)?;
    Ok(conclude(&study, lab.budget))
}

/// From what each seed gets right of the long sentences.
pub fn judge(plain: &[f64], attention: &[f64], budget: Budget) -> Verdict {
    exceeds(&Summary::of_differences(attention, plain), BETTER, budget).after_training(budget)
}

fn conclude(study: &Study, budget: Budget) -> Finding {
    let report = Report { study };
    let [plain, attention] = [Kind::PLAIN, Kind::ATTENTION].map(|kind| study.cell(kind).long());
    Finding {
        verdict: judge(&plain, &attention, budget),
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
    use crate::experiments::c04_alignment;
    use report::progress::Progress;
    use study::Sizes;

    #[test]
    fn step_01_the_criterion_can_fail() {
        let judged =
            |plain: f64, attention: f64, budget| judge(&[plain, plain - 0.01, plain + 0.01], &[attention; 3], budget);
        assert_eq!(judged(0.3, 0.9, Budget::Quick), Verdict::Shown);
        assert_eq!(judged(0.3, 0.31, Budget::Thorough), Verdict::NotShown);
        assert_eq!(judged(0.3, 0.36, Budget::Thorough), Verdict::NotShown);
        assert_eq!(judged(0.9, 0.3, Budget::Thorough), Verdict::NotShown);
        assert_eq!(judged(0.3, 0.31, Budget::Quick), Verdict::open(Budget::Quick));
        assert_eq!(judge(&[0.1], &[0.9], Budget::Quick), Verdict::Undecided { needs: None });
    }

    /// Of both experiments, which look at the same translators.
    #[test]
    fn step_02_it_runs_and_gives_the_same_numbers_on_any_number_of_threads() {
        let kinds = Sizes::of(Budget::Standard).kinds;
        let sizes = Sizes { width: 48, pairs: 2_000, steps: 6, rows: 16, per_length: 3, kinds, as_long: [2.0, 1.4] };
        let [one, two] = [1, 2].map(|threads| {
            let mut lab = Lab::new(Budget::Quick, vec![1, 2], data::corpus::book(), Progress::Quiet);
            lab.threads = threads;
            let study = Study::new(&lab, sizes.clone()).unwrap();
            [conclude(&study, Budget::Quick), c04_alignment::conclude(&study, Budget::Quick)]
        });
        for (one, two) in one.iter().zip(&two) {
            // Seconds are the only numbers that differ.
            let tables = |finding: &Finding| {
                let tables = finding.tables.iter().filter(|table| table.name != "c03-seconds-table");
                tables.cloned().collect::<Vec<_>>()
            };
            assert_eq!(tables(one), tables(two));
            assert!(!one.tables.is_empty() && !one.notice.is_empty());
            for figure in &one.figures {
                for size in [report::figure::Size::Wide, report::figure::Size::Narrow] {
                    assert!(figure.svg(size).unwrap().starts_with("<svg"), "{}", figure.name);
                }
            }
        }
        assert_eq!(one.map(|finding| finding.figures.len()), [10, 10]);
    }
}
