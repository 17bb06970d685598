//! A language whose words come in classes.

use data::{TextBatch, Token, tasks::MarkovChain, tasks::TokenTask};
use ndarray::Array2;
use ndarray_rand::rand::{Rng, seq::SliceRandom};
use tensor::stream;

/// Classes, words of each, and T.
pub const CLASSES: usize = 6;
pub const WORDS: usize = 20;
pub const CONTEXT: usize = 32;
/// V.
pub const VOCABULARY: usize = CLASSES * WORDS;

/// Which class follows which is drawn at random; of a class, the n-th word comes n times as seldom as the first, whatever stands
/// before it. So words of one class differ in nothing but in how often they occur, and their numbers tell nothing.
pub struct Language {
    classes: MarkovChain,
    /// The n-th word of class c at c · WORDS + n.
    words: Vec<Token>,
}

/// What is known of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    pub class: usize,
    /// 0 is the most frequent word of its class.
    pub rank: usize,
}

impl Language {
    /// The one that belongs to a seed.
    pub fn of(seed: u64) -> Self {
        let mut words: Vec<Token> = (0..VOCABULARY as Token).collect();
        words.shuffle(&mut stream(seed, 0, "words of C18"));
        Self { classes: MarkovChain::random(CLASSES, 1, CONTEXT, seed), words }
    }

    /// Of every word, by its number.
    pub fn known(&self) -> Vec<Known> {
        let mut known = vec![Known::default(); VOCABULARY];
        for (place, &word) in self.words.iter().enumerate() {
            known[word as usize] = Known { class: place / WORDS, rank: place % WORDS };
        }
        known
    }

    /// Sentences, (B, T).
    pub fn batch(&self, rows: usize, seed: u64, step: u64) -> TextBatch {
        let TextBatch { inputs, targets } = self.classes.batch(rows, seed, step);
        let mut rng = stream(seed, step, "sentences of C18");
        let weights = weights();
        let mut word = |class: Token| {
            let mut left = rng.random::<f64>();
            let chosen = weights.iter().position(|weight| {
                left -= weight;
                left < 0.0
            });
            self.words[class as usize * WORDS + chosen.unwrap_or(WORDS - 1)]
        };
        let mut sentences = Array2::zeros((rows, CONTEXT + 1)); // (B, T + 1)
        for ((row, t), slot) in sentences.indexed_iter_mut() {
            *slot = word(if t < CONTEXT { inputs[[row, t]] } else { targets[[row, t - 1]] });
        }
        let part = |from: usize| sentences.slice(ndarray::s![.., from..from + CONTEXT]).to_owned();
        TextBatch { inputs: part(0), targets: part(1) }
    }

    /// The mean loss in nats of who knows the language.
    pub fn best_loss(&self) -> f64 {
        self.classes.entropy_rate() - weights().iter().map(|weight| weight * weight.ln()).sum::<f64>()
    }
}

/// How probable each word of a class is: 1/n of the first, for the n-th.
fn weights() -> [f64; WORDS] {
    let shares = std::array::from_fn(|n| 1.0 / (n + 1) as f64);
    let all: f64 = shares.iter().sum();
    shares.map(|share: f64| share / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_go_on_from_one_word_to_the_next_and_their_classes_follow_the_chain() {
        let language = Language::of(1);
        let (classes, TextBatch { inputs, targets }) = (language.classes.batch(3, 7, 2), language.batch(3, 7, 2));
        assert_eq!(inputs.slice(ndarray::s![.., 1..]), targets.slice(ndarray::s![.., ..CONTEXT - 1]));
        let known = language.known();
        assert_eq!(inputs.mapv(|word| known[word as usize].class as Token), classes.inputs);
        assert_eq!(targets.mapv(|word| known[word as usize].class as Token), classes.targets);
    }

    #[test]
    fn the_first_word_of_a_class_comes_ten_times_as_often_as_the_tenth() {
        let weights = weights();
        assert!((weights[0] / weights[9] - 10.0).abs() < 1e-12 && (weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
