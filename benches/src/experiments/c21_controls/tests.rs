use super::{sampling::Left, *};

const NONE: Texts = Texts { entropy: 1.0, likelihood: -1.5, distinct: 0.5, repeated: 0.2, slips: 0.1 };

/// Strict settings change a token's ln p and the share of different 4-grams by so much; filters leave other tokens in so many
/// contexts; and top-p leaves so many more after a high temperature.
fn verdicts(likelier: f64, distinct: f64, changed: usize, more: f64) -> [Verdict; 5] {
    let spoken = [-1e-3, 0.0, 1e-3].map(|noise| {
        let strict = Texts {
            likelihood: NONE.likelihood + likelier + noise,
            distinct: NONE.distinct + distinct + noise,
            ..NONE
        };
        let texts = |knob: Knob| {
            let judged = Knob::JUDGED.iter().find(|(judged, _)| *judged == knob).map(|(_, setting)| *setting);
            knob.settings().into_iter().map(|setting| if judged == Some(setting) { strict } else { NONE }).collect()
        };
        let left = |first: bool| {
            let of = |temperature| {
                let more = if temperature == HOT { more + noise } else { 0.0 };
                let changed = if first { changed } else { 9 };
                Left { tokens: 3.0 + if first { 0.0 } else { more }, changed, contexts: 10 }
            };
            TEMPERATURES.map(of).to_vec()
        };
        Spoken {
            entropy_rate: 1.0,
            above: 0.1,
            language: NONE,
            texts: Knob::ALL.map(texts).to_vec(),
            left: FILTERS.map(|_| vec![left(true), left(false)]).to_vec(),
            ordered: ORDERS.map(|_| TEMPERATURES.map(|_| NONE).to_vec()).to_vec(),
        }
    });
    parts(&spoken).map(|part| part.verdict)
}

#[test]
fn the_criterion_can_fail_in_every_part() {
    use Verdict::{NotShown, Reverse, Shown, Undecided};
    assert_eq!(verdicts(0.5, -0.2, 0, 1.0), [Shown; 5]);
    // Likelier texts that are as diverse are no trade, and neither are texts that only repeat themselves.
    assert_eq!(verdicts(0.5, 0.0, 1, 0.0), [NotShown, NotShown, NotShown, NotShown, NotShown]);
    assert_eq!(verdicts(0.0, -0.2, 0, -1.0), [NotShown, NotShown, NotShown, Shown, Reverse]);
    assert_eq!(verdicts(0.2, -0.2, 0, 0.1), [Undecided, Undecided, Undecided, Shown, Undecided]);
}
