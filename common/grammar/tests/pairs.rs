//! Pairs for translators: what is learnt from, what is judged by, and what is known of each.

use std::collections::BTreeSet;

use data::pairs::{TokenPair, UNKNOWN};
use grammar::{
    Generator,
    pairs::{KnownPair, KnownPairs},
};

#[test]
fn nothing_is_learnt_from_that_is_judged_by() {
    let pairs = KnownPairs::new(3..=12, 2_000, 20);
    let text = |pair: &TokenPair| pairs.english.decode(&pair.0);
    let judged: BTreeSet<String> = pairs.judged().map(|known| text(&known.pair)).collect();
    assert!(pairs.training.iter().all(|pair| !judged.contains(&text(pair))));
    assert_eq!((pairs.training.len(), pairs.held_out.len()), (2_000, 10));
    for group in &pairs.held_out {
        let fits = |known: &KnownPair| {
            let ends = known.alignment.iter().all(|&(s, t)| s < known.pair.0.len() && t < known.pair.1.len());
            known.pair.0.len() == group.length && ends
        };
        assert!(group.sentences.iter().all(fits), "{}", group.length);
    }
    assert!(pairs.held_out.is_sorted_by(|a, b| a.bits() < b.bits()), "longer sentences hold more");
    let known = pairs.judged().filter(|known| !known.pair.1.contains(&UNKNOWN)).count();
    assert!(2 * known > pairs.judged().count(), "most words are learnt");
}

#[test]
fn what_is_known_is_what_the_generator_reads() {
    let (pairs, generator) = (KnownPairs::new(3..=12, 4_000, 3), Generator::default());
    let whole = pairs.judged().filter(|known| !known.pair.0.contains(&UNKNOWN));
    for known in whole {
        let english = pairs.english_words(known).join(" ");
        let [sentence] = &generator.read(&english)[..] else { panic!("{english} has not one reading") };
        assert_eq!(known.alignment, sentence.alignment, "{english}");
        // One of ten lengths, then one of its sentences.
        let probability = sentence.log2_probability.exp2() / 10.0;
        assert!(((-known.bits).exp2() / probability - 1.0).abs() < 1e-9, "{english}");
    }
}

#[test]
fn the_possessive_is_written_as_the_sentence_writes_it() {
    let pairs = KnownPairs::new(3..=6, 2_000, 40);
    let words: BTreeSet<String> = pairs.judged().flat_map(|known| pairs.english_words(known)).collect();
    assert!(words.contains("'s") && !words.contains("s"));
}
