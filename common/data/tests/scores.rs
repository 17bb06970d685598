//! BLEU and chrF are those of sacreBLEU, on the corpora that `fixtures/make.py` has it score.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use data::score::{Bleu, BleuStatistics, Chrf, ChrfStatistics, Smoothing, Tokenization, exact_match};
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

const TOKENIZATIONS: [Tokenization; 5] =
    [Tokenization::V13a, Tokenization::None, Tokenization::Intl, Tokenization::Zh, Tokenization::Char];

#[derive(Deserialize)]
struct Corpus {
    name: String,
    translations: Vec<(String, Vec<String>)>,
    bleu: Vec<BleuCase>,
    chrf: Vec<ChrfCase>,
}

#[derive(Deserialize)]
struct BleuCase {
    tokenize: String,
    smooth_method: String,
    smooth_value: Option<f64>,
    corpus: f64,
    precisions: [f64; 4],
    brevity_penalty: f64,
    sentences: Vec<f64>,
}

#[derive(Deserialize)]
struct ChrfCase {
    word_order: usize,
    corpus: f64,
    sentences: Vec<f64>,
}

impl Corpus {
    fn all() -> Vec<Corpus> {
        fixture("sacrebleu.json")
    }

    fn translations(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.translations.iter().map(|(hypothesis, references)| (hypothesis.as_str(), references.as_slice()))
    }
}

impl BleuCase {
    fn bleu(&self) -> Bleu {
        let smoothing = match (self.smooth_method.as_str(), self.smooth_value) {
            ("none", None) => Smoothing::None,
            ("floor", Some(floor)) => Smoothing::Floor(floor),
            ("add-k", Some(k)) => Smoothing::AddK(k),
            ("exp", None) => Smoothing::Exponential,
            other => panic!("the fixture has the smoothing {other:?}"),
        };
        let tokenization = TOKENIZATIONS.into_iter().find(|tokenization| tokenization.name() == self.tokenize);
        Bleu { tokenization: tokenization.unwrap(), smoothing }
    }
}

fn fixture<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[track_caller]
fn assert_same(ours: f64, expected: f64, what: &str) {
    assert!((ours - expected).abs() < 1e-9, "{what}: {ours}, and sacreBLEU says {expected}");
}

#[test]
fn bleu_is_that_of_sacrebleu() {
    for corpus in Corpus::all() {
        for case in &corpus.bleu {
            let bleu = case.bleu();
            let what = format!("{}, {bleu:?}", corpus.name);
            let whole = bleu.corpus(corpus.translations());
            // What is undefined is 0 to sacreBLEU.
            assert_same(whole.score.unwrap_or(0.0), case.corpus, &what);
            let undefined = bleu.smoothing != Smoothing::AddK(1.0)
                && bleu.smoothing != Smoothing::AddK(0.5)
                && case.sentences.iter().any(|&score| score > 0.0)
                && !corpus.translations().any(|(said, _)| words(bleu.tokenization, said).len() >= 4);
            assert_eq!(whole.score.is_none(), undefined, "{what}");
            assert_same(whole.brevity_penalty, case.brevity_penalty, &format!("{what}, brevity"));
            for (ours, expected) in whole.precisions.into_iter().zip(case.precisions) {
                assert_same(ours, expected, &format!("{what}, precision"));
            }
            for ((hypothesis, references), &expected) in corpus.translations().zip(&case.sentences) {
                let score = bleu.sentence(hypothesis, references).score;
                assert_same(score.unwrap_or(0.0), expected, &format!("{what}, {hypothesis:?}"));
            }
        }
    }
}

fn words(tokenization: Tokenization, line: &str) -> Vec<String> {
    tokenization
        .apply(line)
        .split(|c: char| c.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&c))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn words_are_those_of_sacrebleu() {
    let lines: Vec<BTreeMap<String, serde_json::Value>> = fixture("sacrebleu_words.json");
    assert_eq!(lines.len(), 26);
    for line in lines {
        let text = line["line"].as_str().unwrap();
        for tokenization in TOKENIZATIONS {
            let expected: Vec<String> = serde_json::from_value(line[tokenization.name()].clone()).unwrap();
            assert_eq!(words(tokenization, text), expected, "{}, {text:?}", tokenization.name());
        }
    }
}

/// The sentences without a mistake to which 0 would do wrong, and those that nothing is right in.
#[test]
fn what_is_undefined_is_not_the_worst() {
    let score = |tokenization, said, right| {
        let bleu = Bleu { tokenization, ..Bleu::default() };
        bleu.corpus([(said, &[right][..])]).score.map(f64::round)
    };
    let short = "两本书";
    for tokenization in TOKENIZATIONS {
        assert_eq!(score(tokenization, short, short), None);
        assert_eq!(score(tokenization, "猫", short), Some(0.0));
        assert_eq!(score(tokenization, "", short), Some(0.0));
        assert_eq!(score(tokenization, short, ""), Some(0.0));
        assert_eq!(score(tokenization, "", ""), None);
    }
    let long = "我读两本书。";
    let of_all = TOKENIZATIONS.map(|tokenization| score(tokenization, long, long));
    assert_eq!(of_all, [None, None, None, Some(100.0), Some(100.0)]);
    let sentence =
        |tokenization| Bleu { tokenization, ..Bleu::default() }.sentence(short, &[short]).score.map(f64::round);
    assert_eq!(TOKENIZATIONS.map(sentence), [Some(100.0); 5]);

    let chrf = Chrf::default();
    assert_eq!(chrf.sentence("", &[""]), None);
    assert_eq!(chrf.sentence("猫", &[" "]), None);
    assert_eq!(chrf.sentence("", &[short]), Some(0.0));
    assert_eq!(chrf.sentence("猫", &[short]), Some(0.0));
}

#[test]
fn chrf_is_that_of_sacrebleu() {
    for corpus in Corpus::all() {
        for case in &corpus.chrf {
            let chrf = if case.word_order == 0 { Chrf::default() } else { Chrf::plus_plus() };
            let what = format!("{}, {chrf:?}", corpus.name);
            assert_same(chrf.corpus(corpus.translations()).unwrap(), case.corpus, &what);
            for ((hypothesis, references), &expected) in corpus.translations().zip(&case.sentences) {
                let score = chrf.sentence(hypothesis, references);
                assert_same(score.unwrap_or(0.0), expected, &format!("{what}, {hypothesis:?}"));
            }
        }
    }
}

#[test]
fn the_stored_cases_tell_the_settings_apart() {
    let corpora = Corpus::all();
    let settings = corpora[0].bleu.len();
    assert_eq!(settings, 15);
    for a in 0..settings {
        for b in 0..a {
            let differ = |corpus: &Corpus| corpus.bleu[a].sentences != corpus.bleu[b].sentences;
            let (x, y) = (corpora[0].bleu[a].bleu(), corpora[0].bleu[b].bleu());
            assert!(corpora.iter().any(differ), "no corpus tells {x:?} from {y:?}");
        }
    }
}

#[test]
fn the_counts_of_sentences_add_up_to_those_of_the_corpus() {
    for corpus in Corpus::all() {
        let (bleu, chrf) = (Bleu::default(), Chrf::plus_plus());
        let counts: BleuStatistics = corpus.translations().map(|(h, r)| bleu.statistics(h, r)).sum();
        assert_eq!(bleu.score(&counts), bleu.corpus(corpus.translations()));
        let counts: ChrfStatistics = corpus.translations().map(|(h, r)| chrf.statistics(h, r)).sum();
        assert_eq!(counts.score(), chrf.corpus(corpus.translations()));
    }
}

#[test]
fn of_nothing_no_score_is_defined() {
    let nothing = || std::iter::empty::<(&str, &[&str])>();
    assert_eq!(Bleu::default().corpus(nothing()).score, None);
    assert_eq!(Chrf::default().corpus(nothing()), None);
    assert_eq!(exact_match(nothing()), None);
}

#[test]
#[should_panic(expected = "BLEU: the translation \"hola\" has no reference")]
fn bleu_without_a_reference_is_a_programmers_error() {
    Bleu::default().sentence::<&str>("hola", &[]);
}

#[test]
#[should_panic(expected = "chrF: the translation \"hola\" has no reference")]
fn chrf_without_a_reference_is_a_programmers_error() {
    Chrf::default().sentence::<&str>("hola", &[]);
}

proptest! {
    #[test]
    fn a_translation_that_is_a_reference_scores_100(sentence in "[a-zñ¿.,0-9-]+( [a-zñ¿.,0-9-]+){3,9}", other in ".*") {
        let references = [other, sentence.clone()];
        let translation = || [(sentence.as_str(), &references[..])];
        assert_same(Bleu::default().corpus(translation()).score.unwrap(), 100.0, "BLEU");
        assert_same(Chrf::default().corpus(translation()).unwrap(), 100.0, "chrF");
        assert_same(Chrf::plus_plus().corpus(translation()).unwrap(), 100.0, "chrF++");
        prop_assert_eq!(exact_match(translation()), Some(1.0));
    }

    #[test]
    fn scores_lie_between_0_and_100(hypothesis in ".*", references in prop::collection::vec(".*", 1..4)) {
        for tokenization in TOKENIZATIONS {
            for smoothing in [Smoothing::None, Smoothing::Floor(0.1), Smoothing::AddK(1.0), Smoothing::Exponential] {
                let score = Bleu { tokenization, smoothing }.sentence(&hypothesis, &references).score;
                prop_assert!((0.0..=100.0 + 1e-9).contains(&score.unwrap_or(0.0)));
            }
        }
        for chrf in [Chrf::default(), Chrf::plus_plus()] {
            prop_assert!((0.0..=100.0 + 1e-9).contains(&chrf.sentence(&hypothesis, &references).unwrap_or(0.0)));
        }
    }
}
