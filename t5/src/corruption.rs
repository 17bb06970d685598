//! Exercises made of plain text: gaps to fill.

use data::random::stream;
use data::{Token, Tokenizer, sentinels};
use ndarray_rand::rand::Rng;
use ndarray_rand::rand::seq::index::sample;

/// Span corruption (Raffel et al. 2020, section 3.1.4): some spans of a text are taken out, each leaves a sentinel in its
/// place, and the model writes what was taken, each span behind its sentinel, and one more sentinel at the end. It
/// learns as from hidden words one by one, and both texts are shorter.
///
/// ```
/// use t5::SpanCorruption;
///
/// let sentinels = vec![19, 18, 17, 16];
/// let corruption = SpanCorruption { density: 0.4, mean_length: 2.0, sentinels };
/// let text = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
/// let (source, target) = corruption.corrupt(&text, 1, 0);
/// assert_eq!(source, [19, 4, 5, 6, 7, 8, 9, 18]);
/// assert_eq!(target, [19, 3, 18, 10, 11, 12, 17]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SpanCorruption {
    /// Which part of the tokens is taken out, from 0 to 1.
    pub density: f64,
    /// How long a span is in the mean, in tokens, at least 1.
    pub mean_length: f64,
    /// The sentinels, in the order of the gaps. A text has at most one gap fewer than there are.
    pub sentinels: Vec<Token>,
}

impl SpanCorruption {
    /// T5's: 15 % of the tokens, in spans of 3 in the mean.
    pub fn new(sentinels: Vec<Token>) -> Self {
        SpanCorruption { density: 0.15, mean_length: 3.0, sentinels }
    }

    /// The same with a tokenizer's sentinels: `<extra_id_0>`, `<extra_id_1>` .., as far as it has them, each as one token.
    pub fn of(tokenizer: &dyn Tokenizer) -> Self {
        let sentinel = |number| match tokenizer.encode(&sentinels::text(number)).as_deref() {
            Ok(&[token]) => Some(token),
            _ => None,
        };
        SpanCorruption::new((0..).map_while(sentinel).collect())
    }

    /// A text with gaps, and what belongs there: a function of the text, `seed` and `step`. The number of tokens taken
    /// is that of the density, rounded, at least one, and at least one stays; spans are never neighbours, and
    /// every choice of places and lengths is as likely as any other. (In the paper's program the first token always stays, and
    /// the last is always taken.)
    ///
    /// # Panics
    /// If the text has fewer than two tokens, or there are fewer than two sentinels.
    #[track_caller]
    pub fn corrupt(&self, text: &[Token], seed: u64, step: u64) -> (Vec<Token>, Vec<Token>) {
        assert!(text.len() >= 2, "span corruption: a text of {} tokens has nothing to take and to leave", text.len());
        assert!(self.sentinels.len() >= 2, "span corruption: {} sentinels are too few for a gap", self.sentinels.len());
        let mut rng = stream(seed, step, "span corruption");
        let taken = ((text.len() as f64 * self.density).round() as usize).clamp(1, text.len() - 1);
        let kept = text.len() - taken;
        let most = taken.min(kept + 1).min(self.sentinels.len() - 1);
        let spans = ((taken as f64 / self.mean_length).round() as usize).clamp(1, most);
        let lengths = parts(taken, spans, &mut rng);
        // A span stands before a kept token or at the end; no two at one place, so a token is between any two.
        let places = chosen(kept + 1, spans, &mut rng);

        let (mut source, mut target) = (Vec::with_capacity(kept + spans), Vec::with_capacity(taken + spans + 1));
        let mut rest = text;
        let mut left = 0; // kept tokens so far
        for ((place, length), &sentinel) in places.into_iter().zip(lengths).zip(&self.sentinels) {
            let (before, from) = rest.split_at(place - left);
            let (span, behind) = from.split_at(length);
            source.extend_from_slice(before);
            source.push(sentinel);
            target.push(sentinel);
            target.extend_from_slice(span);
            (rest, left) = (behind, place);
        }
        source.extend_from_slice(rest);
        target.push(self.sentinels[spans]);
        (source, target)
    }
}

/// `total` as a sum of `count` numbers of at least 1, each such sum as likely as any other.
fn parts(total: usize, count: usize, rng: &mut impl Rng) -> Vec<usize> {
    let cuts = chosen(total - 1, count - 1, rng); // behind which units, counted from 0
    let ends = cuts.iter().map(|cut| cut + 1).chain([total]);
    let mut begin = 0;
    ends.map(|end| end - std::mem::replace(&mut begin, end)).collect()
}

/// `count` of the numbers below `total`, in order.
fn chosen(total: usize, count: usize, rng: &mut impl Rng) -> Vec<usize> {
    let mut chosen = sample(rng, total, count).into_vec();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 512 tokens 77 in 26 spans, as the paper's program counts (15 %, mean length 3).
    #[test]
    fn as_much_is_taken_as_the_paper_says() {
        let text: Vec<Token> = (0..512).collect();
        let (source, target) = SpanCorruption::new((32_000..32_100).rev().collect()).corrupt(&text, 1, 0);
        assert_eq!((source.len(), target.len()), (512 - 77 + 26, 77 + 26 + 1));
    }

    #[test]
    fn no_place_is_spared() {
        let (length, runs) = (20, 4000);
        let text: Vec<Token> = (0..length).collect();
        let corruption = SpanCorruption { density: 0.3, mean_length: 2.0, sentinels: vec![199, 198, 197, 196] };
        let mut taken = vec![0; length as usize];
        for step in 0..runs {
            let (_, target) = corruption.corrupt(&text, 1, step);
            target.iter().filter(|&&token| token < length).for_each(|&token| taken[token as usize] += 1);
        }
        assert_eq!(taken.iter().sum::<u64>(), 6 * runs);
        let shares: Vec<f64> = taken.iter().map(|&n| n as f64 / runs as f64).collect();
        // At the ends a span has one place less to begin at.
        assert!(shares.iter().all(|share| (0.15..0.4).contains(share)), "{shares:?}");
        assert!(shares[3..17].iter().all(|share| (0.25..0.4).contains(share)), "{shares:?}");
    }

    #[test]
    fn there_are_never_more_gaps_than_sentinels() {
        let text: Vec<Token> = (0..50).collect();
        let corruption = SpanCorruption { density: 0.5, mean_length: 1.0, sentinels: vec![199, 198, 197] };
        let (_, target) = corruption.corrupt(&text, 1, 0);
        assert_eq!(target.iter().filter(|&&token| token >= 197).count(), 3);
    }

    #[test]
    #[should_panic(expected = "a text of 1 tokens has nothing to take and to leave")]
    fn one_token_cannot_be_corrupted() {
        SpanCorruption::new(vec![199, 198]).corrupt(&[3], 1, 0);
    }
}
