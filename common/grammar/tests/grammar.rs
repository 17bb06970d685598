//! A grammar of two languages: its notation, its probabilities, and what it says of its sentences.

use grammar::{Generator, Grammar};

/// The generator of everything that is a `Sentence`.
fn generator(text: &str, longest: usize) -> Generator {
    Generator::new(Grammar::new(text), "Sentence", longest)
}

/// The Spanish of the only reading.
#[track_caller]
fn spanish(generator: &Generator, english: &str) -> String {
    let readings = generator.read(english);
    assert_eq!(readings.len(), 1, "readings of {english:?}");
    readings[0].spanish.join(" ")
}

const AGREEMENT: &str = "
    let g = m f
    let n = s p
    forms the m.s el f.s la m.p los f.p las

    Sentence : Phrase.g.n = Phrase
    Phrase.g.n : the:1 Thing.g.n = the.g.n:1 Thing
    Phrase.g.n : the:1 Quality.g.n Thing.g.n = the.g.n:1 Thing Quality
    Thing.m.s : dog:1 = perro:1
    Thing.m.p : dogs:1 = perros:1
    Thing.f.s : house:1 = casa:1
    Quality.m.s : white:1 = blanco:1
    Quality.f.s : white:1 = blanca:1
    Quality.m.p : white:1 = blancos:1
";

#[test]
fn features_agree() {
    let generator = generator(AGREEMENT, 3);
    assert_eq!(spanish(&generator, "the white house"), "la casa blanca");
    assert_eq!(spanish(&generator, "the white dogs"), "los perros blancos");
    assert_eq!(generator.read("the house white"), []);
    assert_eq!(generator.read("the houses"), []);
}

#[test]
fn rules_without_words_leave_their_weight_to_the_others() {
    // No feminine plural: each of the three other phrases has 1/3 of the line's weight, and 1/2 within.
    let generator = generator(AGREEMENT, 3);
    assert_eq!([1, 2, 3].map(|length| generator.count(length)), [0, 3, 3]);
    assert!((generator.probability_of_length(2) - 0.5).abs() < 1e-15);
    let expected = (1.0_f64 / 3.0).log2();
    assert!((generator.read("the house")[0].log2_probability - expected).abs() < 1e-12);
}

const NESTED: &str = "
    Sentence 3 : dog:1 = perro:1
    Sentence 1 : Sentence of:1 Sentence' = Sentence' de:1 Sentence
";

/// p(3) = 1/4 (3/4)^2, and p(5) = 1/4 * 2 * p(1) p(3) in two ways of bracketing, of one probability.
#[test]
fn lengths_are_counted_and_weighed_exactly() {
    let generator = generator(NESTED, 9);
    // The Catalan numbers: ways to bracket.
    assert_eq!([1, 3, 5, 7, 9].map(|length| generator.count(length)), [1, 1, 2, 5, 14]);
    assert_eq!([2, 4, 6].map(|length| generator.count(length)), [0, 0, 0]);
    let p3 = 0.25 * 0.75 * 0.75;
    assert!((generator.probability_of_length(3) - p3).abs() < 1e-15);
    assert!((generator.probability_of_length(5) - 0.25 * 2.0 * 0.75 * p3).abs() < 1e-15);
    let readings = generator.read("dog of dog of dog");
    assert_eq!(readings.len(), 2, "an ambiguous sentence is read in all its ways");
    assert!(readings.iter().all(|sentence| sentence.log2_probability == -1.0));
}

#[test]
fn sentences_are_drawn_with_their_probability() {
    let generator = generator(
        "Sentence 5 : a Thing = un Thing
         Sentence 1 : Thing too = Thing también
         Thing 3 : dog = perro
         Thing 1 : cat = gato",
        2,
    );
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for index in 0..24_000 {
        *counts.entry(generator.sentence(2..=2, 3, index).english.join(" ")).or_default() += 1;
    }
    // Expected 15,000, 5,000, 3,000 and 1,000; the largest standard deviation is 75.
    for (english, expected) in [("a dog", 15_000), ("a cat", 5_000), ("dog too", 3_000), ("cat too", 1_000)] {
        assert!(counts[english].abs_diff(expected) < 350, "{counts:?}");
        let log2 = generator.read(english)[0].log2_probability;
        assert!((log2 - (expected as f64 / 24_000.0).log2()).abs() < 1e-12);
    }
}

const LINKED: &str = "
    let w = 1s 3s
    bound Clause
    span Person person
    bond Act verb noun
    forms know 1s know 3s knows
    Sentence   : Clause = Clause
    Clause     : Someone.w Act.w = Someone Act
    Clause     : Someone.w know.w:1 that:2 Clause = Someone sabe:1s que:2 Clause
    Someone.1s : I:s = | pronoun yo:s
    Someone.3s : Person = Person
    Person     : the:1 man:2 = el:1 hombre:2
    Act.1s     : eat:1 Thing = como:1s Thing [verb eat]
    Act.3s     : eats:1 Thing = come:1s Thing [verb eat]
    Thing      : the:1 novel/book:2 = la:1 novela:2 [noun novel]
";

#[test]
fn an_open_link_is_closed_by_the_smallest_phrase_around_it() {
    let generator = generator(LINKED, 12);
    // I finds como; the inner clause's subject is a phrase of its own, so come finds none.
    assert_eq!(generator.read("I eat the novel")[0].alignment, [(0, 0), (1, 0), (2, 1), (3, 2)]);
    let outer = &generator.read("I know that the man eats the novel")[0];
    assert_eq!(outer.spanish.join(" "), "sabe que el hombre come la novela");
    assert_eq!(outer.alignment, [(0, 0), (1, 0), (2, 1), (3, 2), (4, 3), (5, 4), (6, 5), (7, 6)]);
}

#[test]
fn senses_spans_and_bonds_are_reported() {
    let generator = generator(LINKED, 12);
    let sentence = &generator.read("the man eats the novel")[0];
    assert_eq!((sentence.senses[0].position, sentence.senses[0].meaning.as_str()), (4, "book"));
    assert_eq!((sentence.spans[0].label.as_str(), sentence.spans[0].words.clone()), ("person", 0..2));
    assert_eq!(sentence.bonds[0].one, ["verb", "eat"]);
    assert_eq!(sentence.bonds[0].other, ["noun", "novel"]);
    assert_eq!([sentence.senses.len(), sentence.spans.len(), sentence.bonds.len()], [1, 1, 1]);
}

#[test]
fn a_span_speaks_of_the_features_it_names_and_hides_those_of_its_label_within() {
    let generator = generator(
        "span Phrase.person person
         span Name person
         span Phrase.thing thing
         Sentence       : Phrase.person sees Phrase.thing = Phrase.person ve Phrase.thing
         Phrase.person  : the Name = Name
         Phrase.thing   : the light of Name = la luz de Name
         Phrase.things  : the lights = las luces
         Sentence       : Phrase.things shine = Phrase brillan
         Name           : Ada = Ada",
        7,
    );
    let spans = |english: &str| -> Vec<(String, std::ops::Range<usize>)> {
        generator.read(english)[0].spans.iter().map(|span| (span.label.clone(), span.words.clone())).collect()
    };
    let [person, thing] = ["person", "thing"].map(str::to_owned);
    let expected = [(person.clone(), 0..2), (person, 6..7), (thing, 3..7)];
    assert_eq!(spans("the Ada sees the light of Ada"), expected);
    assert_eq!(spans("the lights shine"), []);
}

#[test]
fn a_span_may_end_before_a_part_and_takes_the_place_of_those_of_its_label_within() {
    let generator = generator(
        "span Digit number
         span Price number before Coin
         span Price price
         Sentence : costs Price = cuesta Price
         Price    : Digit Coin = Digit Coin
         Price    : Digit million Coin = Digit millones de Coin
         Digit    : two = dos
         Coin     : euros = euros
         Coin     : coins of Digit euros = monedas de Digit euros",
        8,
    );
    let spans = |english: &str| -> Vec<(String, std::ops::Range<usize>)> {
        generator.read(english)[0].spans.iter().map(|span| (span.label.clone(), span.words.clone())).collect()
    };
    let [number, price] = ["number", "price"].map(str::to_owned);
    assert_eq!(spans("costs two euros"), [(number.clone(), 1..2), (price.clone(), 1..3)]);
    assert_eq!(spans("costs two million euros"), [(number.clone(), 1..3), (price.clone(), 1..4)]);
    assert_eq!(spans("costs two million coins of two euros"), [(number.clone(), 5..6), (number, 1..3), (price, 1..7)],);
}

#[test]
fn dialects_give_other_references() {
    let generator = generator(LINKED, 12);
    let references = generator.references("I eat the novel");
    assert_eq!(
        references.iter().map(|words| words.join(" ")).collect::<Vec<_>>(),
        ["como la novela", "yo como la novela"]
    );
    assert_eq!(generator.references("the man eats the novel").len(), 1);
    assert!(generator.references("the man sleeps").is_empty());
}

#[test]
#[should_panic(expected = "grammar: this is not `Left weight : english = spanish`: Sentence dog = perro")]
fn a_line_without_a_colon_is_refused() {
    Grammar::new("Sentence dog = perro");
}

#[test]
#[should_panic(expected = "grammar: both sides must have the same phrases, once each: Sentence : Thing = un perro")]
fn a_phrase_on_one_side_is_refused() {
    Grammar::new("Sentence : Thing = un perro\n Thing : dog = perro");
}

#[test]
#[should_panic(expected = "grammar: a numbered link has only one side: Sentence : dog:1 = perro")]
fn a_link_with_one_side_is_refused() {
    Grammar::new("Sentence : dog:1 = perro");
}

#[test]
#[should_panic(expected = "grammar: \"el\" has no form \"f\": Sentence : dog = el.f perro")]
fn a_form_that_is_missing_is_refused() {
    Grammar::new("forms el m el\n Sentence : dog = el.f perro");
}

#[test]
#[should_panic(expected = "grammar: Sentence can be made from itself alone")]
fn a_phrase_in_a_circle_is_refused() {
    generator("Sentence : Thing = Thing\n Thing : dog = perro\n Thing : Sentence = Sentence", 2);
}
