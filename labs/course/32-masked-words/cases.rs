use labkit::{Draw, Values};
use ndarray::{Array0, Array2};

/// Half of the words are chosen, and half of those not hidden, so that small texts show all that can happen. No number is a
/// threshold.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let [batch, length, words] = draw.sizes();
    if exercise == "hide" {
        let special: Array0<usize> = draw.below((), 3);
        let first_word = 1 + special.into_scalar();
        let tokens = draw.below((batch, length), first_word + words + 2);
        // The mask stands below the words or above them, and not at their ends.
        let mask = if draw.number() % 2 == 0 { 0 } else { first_word + words + 1 };
        let mut chance = |low, high| draw.between((batch, length), low, high).mapv(|number| number + 0.005);
        let (choice, fate, word) = (chance(0.0, 0.3), chance(0.6, 0.99), chance(0.0, 0.99));
        let inputs = Values::new().with("tokens", tokens).with("choice", choice).with("fate", fate).with("word", word);
        return inputs.with("first_word", first_word).with("words", words).with("mask", mask);
    }
    let vocabulary = (words + 1..).find(|size| ![batch, length].contains(size)).expect("one is none");
    let logits = draw.normal((batch, length, vocabulary)) * 2.0;
    let mut labels: Array2<usize> = draw.below((batch, length), vocabulary);
    let asked: Array2<usize> = draw.below((batch, length), 3);
    // A third of the places is chosen; in every seventh question none is.
    let is_silent = draw.number() % 7 == 3;
    labels.zip_mut_with(&asked, |label, &asked| {
        if is_silent || asked > 0 {
            *label = usize::MAX;
        }
    });
    Values::new().with("logits", logits).with("labels", labels)
}
