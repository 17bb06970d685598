//! C4: looking back instead of remembering.

mod evidence;
mod findings;

use report::statistics::Summary;

use crate::{
    experiments::c03_bottleneck::{self, BETTER, LONG, SHORT, study::Study},
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::{Basis, Verdict, exceeds},
};
use evidence::{Evidence, Found};
use findings::conclude;

const TEXT: &str = include_str!("text.md");

/// See the criterion; the heat maps show where the translators look.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C4",
    text: TEXT,
    thresholds: &[
        ("better", 100.0 * BETTER),
        ("from", *LONG.start() as f64),
        ("to", *LONG.end() as f64),
        ("short from", *SHORT.start() as f64),
        ("short to", *SHORT.end() as f64),
        ("flatter", FLATTER),
        ("aligned", ALIGNED),
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [5, 10, 60],
    memory: Memory { alone: [110, 280, 612], thread: [11, 14, 20] },
    run,
};

/// How many times the encoder-decoder's fall attention may lose.
const FLATTER: f64 = 0.5;
/// How many times the diagonal's alignment error attention may make.
const ALIGNED: f64 = 0.5;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let study = Study::of(session)?;
    Ok(conclude(&Found::new(&study)))
}

impl Evidence {
    /// By how much attention's fall is less than half of the encoder-decoder's.
    fn flatter(&self) -> Summary {
        let half: Vec<f64> = self.fall[0].iter().map(|fall| FLATTER * fall).collect();
        Summary::of_differences(&half, &self.fall[1])
    }

    /// By how much attention's error is less than half of the diagonal's.
    fn aligned(&self) -> Summary {
        Summary::of(&self.error.iter().map(|error| ALIGNED * self.diagonal - error).collect::<Vec<_>>())
    }
}

fn judge(evidence: &Evidence) -> Verdict {
    let [plain, attention] = &evidence.long;
    let parts =
        [c03_bottleneck::judge(plain, attention), exceeds(&evidence.flatter(), 0.0), exceeds(&evidence.aligned(), 0.0)];
    Verdict::all(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(long: [f64; 2], short: [f64; 2], error: f64) -> Verdict {
        let three = |value: f64| vec![value - 1e-3, value, value + 1e-3];
        let fall = [0, 1].map(|i| three(short[i] - long[i]));
        judge(&Evidence { long: long.map(three), fall, error: three(error), diagonal: 0.6 })
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        assert_eq!(judged([0.3, 0.9], [0.9, 0.95], 0.2), Verdict::Shown);
        assert_eq!(judged([0.9, 0.9], [0.95, 0.95], 0.2), Verdict::NotShown);
        assert_eq!(judged([0.3, 0.5], [0.9, 0.95], 0.2), Verdict::NotShown);
        assert_eq!(judged([0.3, 0.9], [0.9, 0.95], 0.35), Verdict::NotShown);
        assert_eq!(judged([0.0, 0.0], [0.0, 0.0], 0.7), Verdict::NotShown);
    }
}
