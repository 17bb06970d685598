//! What span corruption promises of any text.

use data::Token;
use proptest::prelude::*;
use t5::SpanCorruption;

/// Sentinels are the tokens of this range, the first of them the last number.
const SENTINELS: std::ops::Range<Token> = 100..200;

fn is_sentinel(token: &Token) -> bool {
    SENTINELS.contains(token)
}

/// What a source and its target say together.
fn filled(source: &[Token], target: &[Token]) -> Vec<Token> {
    let mut text = Vec::new();
    for token in source {
        if !is_sentinel(token) {
            text.push(*token);
            continue;
        }
        let at = target.iter().position(|other| other == token).expect("each gap has an answer");
        text.extend(target[at + 1..].iter().take_while(|token| !is_sentinel(token)));
    }
    text
}

fn sentinels(tokens: &[Token]) -> Vec<Token> {
    tokens.iter().copied().filter(is_sentinel).collect()
}

proptest! {
    #[test]
    fn gaps_filled_with_their_answers_are_the_text(
        text in prop::collection::vec(0..SENTINELS.start, 2..600),
        density in 0.0..=1.0,
        mean_length in 1.0..20.0,
        number in 2..=100_usize,
        seed in any::<u64>(),
        step in any::<u64>(),
    ) {
        let corruption = SpanCorruption { density, mean_length, sentinels: number, ..SpanCorruption::new(200) };
        let (source, target) = corruption.corrupt(&text, seed, step);
        prop_assert_eq!(filled(&source, &target), &text[..]);

        // Both sides name the gaps in the same order, from the first sentinel on, and the target one more at its end.
        let (gaps, answers) = (sentinels(&source), sentinels(&target));
        prop_assert_eq!(&answers, &(0..=gaps.len() as Token).map(|n| 199 - n).collect::<Vec<_>>());
        prop_assert_eq!(&answers[..gaps.len()], &gaps[..]);
        prop_assert_eq!(target.last(), answers.last());
        prop_assert!(answers.len() <= number);

        // A token stands between any two gaps, and every gap is of at least one.
        for side in [&source, &target] {
            prop_assert!(side.windows(2).all(|two| !two.iter().all(is_sentinel)));
        }

        // As many are taken as asked for, and as many spans as their mean length says, where there is room.
        let taken = text.len() + gaps.len() - source.len();
        prop_assert_eq!(taken, ((text.len() as f64 * density).round() as usize).clamp(1, text.len() - 1));
        let room = taken.min(text.len() - taken + 1).min(number - 1);
        prop_assert_eq!(gaps.len(), ((taken as f64 / mean_length).round() as usize).clamp(1, room));

        prop_assert_eq!(corruption.corrupt(&text, seed, step), (source, target));
    }
}
