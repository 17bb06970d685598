//! How good a translation is, judged on strings, and how good an alignment is, judged on positions.
//!
//! | measure | counts | from |
//! |---|---|---|
//! | [`exact_match`] | sentences that are a reference to the letter | |
//! | [`Bleu`] | runs of up to four words | Papineni et al. 2002; Post 2018 |
//! | [`Chrf`] | runs of up to six characters, and with chrF++ of up to two words | Popović 2015, 2017 |
//! | [`AlignmentCounts`] | links between words that a gold alignment has or lacks | Och and Ney 2003 |
//!
//! BLEU and chrF are those of sacreBLEU, from 0 to 100. Their scores of a corpus are no means of its sentences' scores:
//! the counts are added up first. So each gives out the counts of a sentence too (`statistics`), from which the score
//! of any sample of the sentences follows without counting again; [`bootstrap`] makes intervals of that.
//!
//! ```
//! use data::score::{Bleu, Chrf};
//!
//! let translations = ["Hoy tengo mucha hambre.", "Ella canta."];
//! let references = ["Hoy tengo mucha hambre.", "Ella cantaba."];
//! let pairs = || translations.into_iter().zip(references.chunks(1)); // one reference each
//! assert!((Bleu::default().corpus(pairs()).score.unwrap() - 81.328828).abs() < 1e-6);
//! assert!((Chrf::default().corpus(pairs()).unwrap() - 91.151660).abs() < 1e-6);
//! ```
//!
//! A score that is undefined is `None`, and never 0: see [`Bleu`] for when BLEU is. What a word is to BLEU depends on the
//! script, and [`Tokenization::fitting`] chooses by it.
//!
//! An alignment error means little alone. Beside it belong those of aligners that know less: [`uniform`] and
//! [`diagonal`] know nothing of the words, [`Model1`] nothing of their places. And where each word gets one link, though
//! gold has several for some and none for others, [`best_single_links`] says how low the error could be. [`Baseline`] is
//! all four.

mod alignment;
mod baseline;
mod bleu;
mod chrf;
mod interval;
mod model1;
mod ngrams;
mod script;
mod tokenization;

pub use alignment::{AlignmentCounts, Link, best_single_links, crossings, diagonal, hard_alignment, uniform};
pub use baseline::Baseline;
pub use bleu::{Bleu, BleuScore, BleuStatistics, Smoothing};
pub use chrf::{Chrf, ChrfStatistics};
pub use interval::{Interval, bootstrap, share};
pub use model1::Model1;
pub use script::has_space_inside;
pub use tokenization::Tokenization;

/// The part of the translations that equal one of their references in every character. `None` if there is none.
///
/// ```
/// use data::score::exact_match;
///
/// let references = ["una novela", "una novela buena"];
/// let translations = [("una novela", &references[..]), ("la novela", &references), ("una novela buena", &references)];
/// assert_eq!(exact_match(translations), Some(2.0 / 3.0));
/// ```
pub fn exact_match<'s, R: AsRef<str> + 's>(translations: impl IntoIterator<Item = (&'s str, &'s [R])>) -> Option<f64> {
    let (mut hits, mut count) = (0, 0);
    for (hypothesis, references) in translations {
        hits += usize::from(references.iter().any(|reference| reference.as_ref() == hypothesis));
        count += 1;
    }
    (count > 0).then(|| hits as f64 / count as f64)
}
