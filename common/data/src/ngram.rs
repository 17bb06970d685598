//! Counted language models: what tables of counts predict, without any training.

use std::collections::{BTreeMap, HashMap};

use crate::Token;

/// An interpolated n-gram model with modified Kneser-Ney smoothing, the strongest of the counted models in Chen & Goodman
/// (1999), *An empirical study of smoothing techniques for language modeling*, section 3.
///
/// After a history h of k tokens, with h' for h without its oldest:
///
/// ```text
/// p_k(w | h) = (c(h w) - D(c(h w))) / c(h) + (D_1 N_1(h) + D_2 N_2(h) + D_3 N_3(h)) / c(h) p_{k-1}(w | h')
///
/// D_i = i - (i + 1) Y n_{i+1} / n_i  for i = 1, 2, 3,  Y = n_1 / (n_1 + 2 n_2),  D(0) = 0,  D(c) = D_3 for c >= 3
/// ```
///
/// For the longest history, c(h w) says how often w followed h. For shorter ones it says how many different tokens stood
/// before h w, since they are asked only where the longer history says nothing. c(h) is the sum of c(h w) over w; N_1, N_2
/// and N_3 say for how many w it is 1, 2 and more. Each k and each way to count has its own n_i: the number of all h w
/// with c(h w) = i. Below p_0 every token is equally likely.
///
/// Where n_1 to n_4 give no D_i in (0, i], as in very short texts, D is 0.5, 1 and 1.5: KenLM's `--discount_fallback`
/// (Heafield et al. 2013).
///
/// The longest history has n - 1 tokens. After a shorter one, as at the beginning of a text, the model is that of a lower
/// order.
///
/// ```
/// use data::ngram::KneserNey;
///
/// // 1 followed 0 twice and nothing else did: (2 - 1) / 2 + 1 / 2 · p_0. Each was seen behind one token: p_0 = 1 / 2.
/// let pairs = KneserNey::count(&[0, 1, 0, 1], 2, 2);
/// assert_eq!(pairs.probability(&[0], 1), 0.75);
/// assert_eq!(pairs.probability(&[0], 0), 0.25);
/// ```
#[derive(Debug, Clone)]
pub struct KneserNey {
    /// V.
    vocabulary: usize,
    /// For histories of 0 to n - 1 tokens: how often each token followed.
    occurrences: Vec<Counts>,
    /// For histories of 0 to n - 2 tokens: how many different tokens stood before the history and what followed.
    continuations: Vec<Counts>,
}

/// Tokens that followed each history, all histories of equal length.
#[derive(Debug, Clone)]
struct Counts {
    /// D_1, D_2 and D_3.
    discounts: [f64; 3],
    followers: HashMap<Box<[Token]>, Followers>,
}

/// What followed a history.
#[derive(Debug, Clone, Default)]
struct Followers {
    /// c(h w) of each w.
    counts: BTreeMap<Token, u64>,
    /// c(h).
    sum: u64,
    /// N_1(h), N_2(h) and N_3(h).
    kinds: [u64; 3],
}

impl KneserNey {
    /// The model of order n of a text over `vocabulary` tokens (V): it predicts the last of `order` tokens from the others.
    ///
    /// # Panics
    /// If `order` is 0, or a token is not below `vocabulary`.
    #[track_caller]
    pub fn count(text: &[Token], vocabulary: usize, order: usize) -> Self {
        assert!(order > 0, "KneserNey: order 0");
        assert!(
            text.iter().all(|&token| (token as usize) < vocabulary),
            "KneserNey: a token is not below {vocabulary}"
        );
        let occurrences: Vec<Counts> = (1..=order).map(|n| Counts::of(text.windows(n))).collect();
        let without_oldest = |counts: &Counts| Counts::of(counts.ngrams().iter().map(|ngram| &ngram[1..]));
        let continuations = occurrences[1..].iter().map(without_oldest).collect();
        Self { vocabulary, occurrences, continuations }
    }

    /// p(next | history); of the history, the last n - 1 tokens count. It is above 0, and sums to 1 over all tokens.
    pub fn probability(&self, history: &[Token], next: Token) -> f64 {
        let longest = history.len().min(self.continuations.len());
        let recent = |length: usize| &history[history.len() - length..];
        let shorter = self.continuations[..longest].iter().enumerate();
        let uniform = 1.0 / self.vocabulary as f64;
        let below = shorter.fold(uniform, |below, (length, counts)| counts.interpolate(recent(length), next, below));
        self.occurrences[longest].interpolate(recent(longest), next, below)
    }
}

impl Counts {
    fn of<'t>(ngrams: impl Iterator<Item = &'t [Token]>) -> Self {
        let mut followers = HashMap::<Box<[Token]>, Followers>::new();
        for ngram in ngrams {
            let (&next, history) = ngram.split_last().expect("an n-gram has a token");
            if !followers.contains_key(history) {
                followers.insert(history.into(), Followers::default());
            }
            let followers = followers.get_mut(history).expect("it was put there");
            *followers.counts.entry(next).or_default() += 1;
        }
        let mut counts_of_counts = [0; 4];
        for Followers { counts, sum, kinds } in followers.values_mut() {
            for &count in counts.values() {
                *sum += count;
                kinds[count.min(3) as usize - 1] += 1;
                if count <= 4 {
                    counts_of_counts[count as usize - 1] += 1;
                }
            }
        }
        Self { discounts: discounts(counts_of_counts), followers }
    }

    /// Every different n-gram once.
    fn ngrams(&self) -> Vec<Vec<Token>> {
        let mut ngrams = Vec::new();
        for (history, followers) in &self.followers {
            ngrams.extend(followers.counts.keys().map(|&next| [history, &[next][..]].concat()));
        }
        ngrams
    }

    /// p_k from p_{k-1}: `below` itself, after a history that was never seen.
    fn interpolate(&self, history: &[Token], next: Token, below: f64) -> f64 {
        let Some(Followers { counts, sum, kinds }) = self.followers.get(history) else { return below };
        let seen = counts.get(&next).map_or(0.0, |&count| count as f64 - self.discounts[count.min(3) as usize - 1]);
        let saved: f64 = self.discounts.iter().zip(kinds).map(|(discount, &kind)| discount * kind as f64).sum();
        (seen + saved * below) / *sum as f64
    }
}

/// D_1, D_2 and D_3 from n_1 to n_4.
fn discounts(counts_of_counts: [u64; 4]) -> [f64; 3] {
    let n = counts_of_counts.map(|count| count as f64);
    let y = n[0] / (n[0] + 2.0 * n[1]);
    let discounts = [1.0, 2.0, 3.0].map(|i: f64| i - (i + 1.0) * y * n[i as usize] / n[i as usize - 1]);
    let possible = discounts.iter().zip([1.0, 2.0, 3.0]).all(|(&discount, i)| discount > 0.0 && discount <= i);
    if possible { discounts } else { [0.5, 1.0, 1.5] }
}
