//! What the loader, the vocabularies and the batches of sentence pairs promise.

use std::collections::BTreeSet;

use data::pairs::{Level, PAD, PairBatch, PairBatches, PairText, START, TokenPair, UNKNOWN, Vocabulary, in_order};
use data::random::stream;
use data::{IGNORE, Text, Token};
use ndarray::s;
use ndarray_rand::rand::Rng;
use proptest::prelude::*;

fn text(content: &str) -> PairText {
    PairText::new(&Text::new("pairs.tsv", content).unwrap()).unwrap()
}

/// So many sentences with two translations each; beside the second they stand in capitals.
fn numbered(sentences: usize) -> PairText {
    let line = |n: usize| format!("sentence {n}\toración {n}\nSENTENCE {n}\tfrase {n}\n");
    text(&(0..sentences).map(line).collect::<String>())
}

#[test]
fn the_same_pairs_saved_on_another_system_are_the_same_pairs() {
    let pairs = text("Hi.\tHola.\nGo on.\tSigue.\n");
    assert_eq!(text("\u{FEFF}Hi.\tHola.\tCC-BY 2.0\t#1\r\n Go on. \t Sigue.\u{A0}\r\n\r\n"), pairs);
    assert_eq!(pairs.sources().collect::<Vec<_>>(), ["Hi.", "Go on."]);
    assert_eq!(pairs.name(), "pairs.tsv");
}

#[test]
fn no_sentence_stands_in_both_halves_in_whatever_letters() {
    let pairs = numbered(2_000);
    let split = pairs.split().unwrap();
    let sources = |part: &PairText| part.sources().map(str::to_lowercase).collect::<BTreeSet<_>>();
    let (train, validation) = (sources(&split.train), sources(&split.validation));
    assert!(train.is_disjoint(&validation));
    assert_eq!(train.len() + validation.len(), 2_000);
    assert_eq!(split.train.pairs().len() + split.validation.pairs().len(), 4_000);
    // Binomial with mean 200 and standard deviation 13.
    assert!((150..250).contains(&validation.len()), "{} of 2000 are held out", validation.len());
    assert_eq!(split.validation.name(), "the validation part of pairs.tsv");
}

#[test]
fn a_pair_stays_in_its_half_when_the_file_grows() {
    let held_out = |sentences| {
        let split = numbered(sentences).split().unwrap();
        split.validation.sources().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    assert!(held_out(100).is_subset(&held_out(1_000)));
}

#[test]
fn the_training_part_keeps_the_order_of_the_file_and_the_other_is_mixed() {
    let split = numbered(1_000).split().unwrap();
    let number = |source: &str| source.split(' ').next_back().unwrap().parse::<usize>().unwrap();
    assert!(split.train.sources().map(number).is_sorted());

    let numbers: Vec<usize> = split.validation.sources().map(number).collect();
    // Both translations of a sentence stand side by side.
    assert!(numbers.chunks(2).all(|pair| pair[0] == pair[1]));
    // The first half of the list is about as often from either half of the file.
    let early = numbers[..numbers.len() / 2].iter().filter(|&&number| number < 500).count();
    let expected = numbers.len() as f64 / 4.0;
    assert!((0.6..1.4).contains(&(early as f64 / expected)), "{early} of {expected}");
}

#[test]
fn the_split_never_changes() {
    let split = numbered(40).split().unwrap();
    let held_out: Vec<&str> = split.validation.targets().collect();
    let numbers = [18, 30, 27, 34, 24]; // capitals come first
    let expected = numbers.map(|n| [format!("frase {n}"), format!("oración {n}")]);
    assert_eq!(held_out, expected.concat());
}

/// Of the words below some are held out by themselves and some are not, so all cases come.
#[test]
fn two_sentences_are_always_divided_and_sentences_alike_stay_together() {
    let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let held_out = |a: &str, b: &str| {
        let pairs = text(&format!("{a}\tx\n{}\ty\n{b}\tz\n", a.to_uppercase()));
        let split = pairs.split().unwrap();
        assert_eq!((split.train.pairs().len() + split.validation.pairs().len(), pairs.pairs().len()), (3, 3));
        let small = |part: &PairText| part.sources().map(str::to_lowercase).collect::<BTreeSet<_>>();
        let (train, validation) = (small(&split.train), small(&split.validation));
        assert_eq!((train.len(), validation.len()), (1, 1), "{a} {b}");
        assert!(train.is_disjoint(&validation));
        validation.contains(a)
    };
    for (a, b) in words.iter().flat_map(|a| words.iter().map(move |b| (a, b))).filter(|(a, b)| a != b) {
        assert_ne!(held_out(a, b), held_out(b, a), "the order of the lines decides nothing");
    }
}

#[test]
fn a_small_vocabulary_keeps_the_most_frequent_pieces() {
    let vocabulary = Vocabulary::new(Level::Word, false, 6, ["b a b", "c c b"]);
    assert_eq!([4, 5].map(|token| vocabulary.piece(token)), ["b", "c"]);
    assert_eq!([0, 1, 2, 3].map(|token| vocabulary.piece(token)), ["<pad>", "<start>", "<end>", "<unk>"]);
    assert_eq!(vocabulary.encode("a b z c"), [UNKNOWN, 4, UNKNOWN, 5]);
    assert_eq!(vocabulary.decode(&[START, 4, UNKNOWN, 5, PAD, PAD]), "b <unk> c");
}

#[test]
fn the_written_special_tokens_in_a_text_are_not_those_tokens() {
    let vocabulary = Vocabulary::new(Level::Word, false, usize::MAX, ["<pad> <start> <end> <unk>"]);
    assert!(vocabulary.encode("<pad> <start> <end> <unk>").iter().all(|&token| token > UNKNOWN));
}

#[test]
fn words_and_symbols_that_stand_apart_are_one_token_each() {
    let words = ["¿", "cuántos", "años", "tiene", "tu", "hermano", "?", "veintiún", "mil", ",", "don't"];
    let vocabulary = Vocabulary::new(Level::Word, false, usize::MAX, [words.join(" ").as_str()]);
    let tokens = vocabulary.encode(&words.join(" "));
    let pieces: Vec<&str> = tokens.iter().map(|&token| vocabulary.piece(token).trim()).collect();
    assert_eq!(pieces, words);
}

#[test]
fn spaces_that_a_model_puts_on_one_side_only_are_one_space() {
    let vocabulary = Vocabulary::new(Level::Word, false, usize::MAX, ["sí, ¿no? 1:2"]);
    let token = |piece: &str| (4..).find(|&token| vocabulary.piece(token) == piece).unwrap();
    let decoded = |pieces: &[&str]| vocabulary.decode(&pieces.iter().map(|piece| token(piece)).collect::<Vec<_>>());
    assert_eq!(decoded(&[" ¿", "sí", ", ", " ¿", "no", "? "]), "¿sí, ¿no?");
    assert_eq!(decoded(&[":", ", ", "1", "2", ":", " ¿"]), ":, 1 2: ¿");
}

#[test]
#[should_panic(expected = "token 5 is not below the vocabulary size 5")]
fn a_token_outside_the_vocabulary_is_a_programmers_error() {
    Vocabulary::new(Level::Word, false, 5, ["a"]).decode(&[4, 5]);
}

#[test]
#[should_panic(expected = "Vocabulary: a size of 4 has no place beside the 4 special tokens")]
fn a_vocabulary_without_a_word_is_a_programmers_error() {
    Vocabulary::new(Level::Word, false, 4, ["a"]);
}

proptest! {
    #[test]
    fn any_sentence_comes_back_with_single_spaces(sentence in ".{0,40}", other in "[a-z¿?,.:'’ -]{1,40}x") {
        let single_spaced = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        for level in [Level::Word, Level::Character] {
            let vocabulary = Vocabulary::new(level, false, usize::MAX, [sentence.as_str(), &other]);
            let tokens = vocabulary.encode(&sentence);
            prop_assert!(!tokens.contains(&UNKNOWN));
            prop_assert_eq!(tokens.len(), level.pieces(&sentence).len());
            prop_assert_eq!(vocabulary.decode(&tokens), single_spaced.as_str());

            let stored = Vocabulary::from_json(&vocabulary.to_json()).unwrap();
            prop_assert_eq!(stored, vocabulary);
        }
    }

    #[test]
    fn any_tokens_have_a_text_without_double_spaces(tokens in prop::collection::vec(0..20_u32, 0..30)) {
        let vocabulary = Vocabulary::new(Level::Word, true, 20, ["¿Sí, no? «a» - b:c (d) \"e\" f"]);
        let size = vocabulary.size() as Token;
        let decoded = vocabulary.decode(&tokens.iter().map(|token| token % size).collect::<Vec<_>>());
        prop_assert_eq!(decoded.split_whitespace().collect::<Vec<_>>().join(" "), decoded);
    }

    #[test]
    fn a_file_is_read_as_it_was_written(
        lines in prop::collection::vec(("[^\t\n\r]{1,20}x", "x[^\t\n\r]{1,20}"), 2..9),
    ) {
        let content: String = lines.iter().map(|(source, target)| format!("{source}\t{target}\n")).collect();
        let trimmed = lines.iter().map(|(source, target)| (source.trim().to_owned(), target.trim().to_owned()));
        let expected: Vec<(String, String)> = trimmed.collect();
        prop_assume!(expected.iter().any(|pair| *pair != expected[0]));
        // A byte-order mark at the very start is none of the sentence.
        prop_assume!(!content.starts_with('\u{FEFF}'));
        prop_assert_eq!(text(&content).pairs().to_vec(), expected);
    }
}

/// `count` pairs with sources of 1 to `longest` words and translations of up to four more; both begin with the number
/// of the pair.
fn pairs_of(count: usize, longest: usize, seed: u64) -> Vec<TokenPair> {
    let mut rng = stream(seed, 0, "pairs of random lengths");
    let sentence = |n: usize, words: usize| [n].into_iter().chain(1..words).map(|word| word as Token + 4).collect();
    let mut pair = |n| {
        let words = rng.random_range(1..=longest);
        (sentence(n, words), sentence(n, words + rng.random_range(0..5)))
    };
    (0..count).map(&mut pair).collect()
}

/// The numbers of the pairs in a batch.
fn numbers(batch: &PairBatch) -> Vec<Token> {
    batch.sources.tokens.column(0).iter().map(|token| token - 4).collect()
}

/// How many of the positions of the sources, and of the targets, hold padding.
fn padding(batches: &[PairBatch]) -> (f64, f64) {
    let (mut sources, mut targets) = ((0, 0), (0, 0));
    for batch in batches {
        sources.0 += batch.sources.tokens.len() - batch.sources.lengths.iter().sum::<usize>();
        sources.1 += batch.sources.tokens.len();
        targets.0 += batch.targets.iter().filter(|&&target| target == IGNORE).count();
        targets.1 += batch.targets.len();
    }
    (sources.0 as f64 / sources.1 as f64, targets.0 as f64 / targets.1 as f64)
}

#[test]
fn little_of_a_batch_is_padding() {
    // Sources of 1 to 30 words, each length as likely.
    let pairs = pairs_of(6_000, 30, 1);
    let batches = PairBatches::new(pairs.clone(), 32, 1);
    let epoch: Vec<PairBatch> = (0..batches.steps_per_epoch()).map(|step| batches.at(step)).collect();
    let as_they_come: Vec<PairBatch> = in_order(&pairs, 32).collect();
    let ((sources, targets), (sources_before, targets_before)) = (padding(&epoch), padding(&as_they_come));
    assert!(sources < 0.01 && targets < 0.05, "{sources}, {targets}");
    assert!(sources_before > 0.4 && targets_before > 0.4, "{sources_before}, {targets_before}");
}

#[test]
fn another_epoch_or_seed_has_other_batches() {
    let batches = |seed| PairBatches::new(pairs_of(100, 3, 1), 10, seed);
    let epoch = |batches: &PairBatches, epoch: u64| {
        (10 * epoch..10 * (epoch + 1)).map(|step| numbers(&batches.at(step))).collect::<Vec<_>>()
    };
    assert_ne!(epoch(&batches(1), 0), epoch(&batches(1), 1));
    assert_ne!(epoch(&batches(1), 0), epoch(&batches(2), 0));
    // Not only in another order: pairs of the same lengths meet others.
    let company = |batches| epoch(&batches, 0).into_iter().map(BTreeSet::from_iter).collect::<BTreeSet<_>>();
    assert_ne!(company(batches(1)), company(batches(2)));
}

#[test]
fn the_batches_of_a_seed_never_change() {
    let batches = PairBatches::new(pairs_of(8, 2, 1), 3, 1);
    assert_eq!(
        [0, 1, 2, 3].map(|step| numbers(&batches.at(step))),
        [vec![2, 3, 1], vec![0, 6], vec![4, 7, 5], vec![4, 7, 0]]
    );
}

#[test]
#[should_panic(expected = "batches of 4 rows of 0 pairs are empty")]
fn no_pairs_are_a_programmers_error() {
    PairBatches::new(Vec::new(), 4, 1);
}

#[test]
#[should_panic(expected = "the pair 1 of 2 has an empty source")]
fn an_empty_source_is_a_programmers_error() {
    PairBatches::new(vec![(vec![4], vec![4]), (vec![], vec![4])], 4, 1);
}

proptest! {
    #[test]
    fn an_epoch_has_every_pair_once(
        count in 1..80_usize, longest in 1..9_usize, rows in 1..12_usize, seed: u64, epoch in 0..3_u64,
    ) {
        let pairs = pairs_of(count, longest, seed);
        let batches = PairBatches::new(pairs.clone(), rows, seed);
        let steps = batches.steps_per_epoch();
        let epoch: Vec<PairBatch> = (epoch * steps..(epoch + 1) * steps).map(|step| batches.at(step)).collect();
        let mut seen: Vec<Token> = epoch.iter().flat_map(numbers).collect();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..count as Token).collect::<Vec<_>>());
        let smaller = epoch.iter().filter(|batch| batch.sources.lengths.len() < rows).count();
        prop_assert_eq!(smaller, usize::from(count % rows != 0));

        for batch in &epoch {
            for (row, number) in numbers(batch).into_iter().enumerate() {
                let (source, target) = &pairs[number as usize];
                let alone = PairBatch::new(&[(source, target)]);
                prop_assert_eq!(batch.sources.lengths[row], source.len());
                let steps = s![row, ..=target.len()];
                prop_assert_eq!(batch.inputs.slice(steps), alone.inputs.row(0));
                prop_assert_eq!(batch.targets.slice(steps), alone.targets.row(0));
            }
        }
        // Batches do not overlap in length.
        let mut spans: Vec<(usize, usize)> = epoch
            .iter()
            .map(|batch| (*batch.sources.lengths.iter().min().unwrap(), *batch.sources.lengths.iter().max().unwrap()))
            .collect();
        spans.sort_unstable();
        prop_assert!(spans.windows(2).all(|pair| pair[0].1 <= pair[1].0));
    }

    #[test]
    fn a_batch_depends_on_seed_and_step_alone(count in 1..60_usize, rows in 1..9_usize, seed: u64, step: u64) {
        let batches = PairBatches::new(pairs_of(count, 5, 1), rows, seed);
        let batch = batches.at(step);
        batches.at(step.wrapping_add(1));
        prop_assert_eq!(&batches.at(step), &batch);
        prop_assert_eq!(PairBatches::new(pairs_of(count, 5, 1), rows, seed).at(step), batch);
    }

    #[test]
    fn in_order_all_pairs_come_once_as_they_are(count in 0..60_usize, rows in 1..9_usize) {
        let pairs = pairs_of(count, 5, 1);
        let seen: Vec<Token> = in_order(&pairs, rows).flat_map(|batch| numbers(&batch)).collect();
        prop_assert_eq!(seen, (0..count as Token).collect::<Vec<_>>());
    }
}

#[test]
fn a_larger_share_holds_out_what_a_smaller_one_does() {
    let pairs = numbered(2_000);
    let held_out = |share| {
        let split = pairs.holding_out(share).unwrap();
        split.validation.sources().map(str::to_lowercase).collect::<BTreeSet<_>>()
    };
    let shares = [0.001, 0.05, 0.1, 0.25, 0.9, 0.999].map(held_out);
    assert!(shares.windows(2).all(|pair| pair[0].is_subset(&pair[1])));
    for (share, held_out) in [0.05, 0.25, 0.9].into_iter().zip([&shares[1], &shares[3], &shares[4]]) {
        // Within four standard deviations of a binomial distribution.
        let spread = (2_000.0 * share * (1.0_f64 - share)).sqrt();
        assert!((held_out.len() as f64 - 2_000.0 * share).abs() < 4.0 * spread, "{share}: {}", held_out.len());
    }
    for share in [1e-9, 1.0 - 1e-9] {
        let split = pairs.holding_out(share).unwrap();
        assert!(!split.train.pairs().is_empty() && !split.validation.pairs().is_empty());
    }
}

#[test]
fn other_pairs_judge_and_all_is_learned_from() {
    let (pairs, other) = (numbered(20), text("b\tB\na\tA\nc\tC\n"));
    let split = pairs.judged_by(&other);
    assert_eq!(split.train, pairs);
    let sorted = |part: &PairText| part.sources().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(sorted(&split.validation), sorted(&other));
}

/// Whatever a sentence has, byte pairs have it; a token belongs to the word that its first letter is in.
#[test]
fn a_sentence_in_byte_pairs_comes_back_and_its_words_are_found() {
    let sentences = ["the dog sleeps", "the dogs sleep", "the cat sleeps"];
    let vocabulary = Vocabulary::new(Level::Bpe, false, Vocabulary::least(Level::Bpe) + 20, sentences);
    for sentence in ["the dog sleeps", "¿el niño?", "☃ 12"] {
        let tokens = vocabulary.encode(sentence);
        assert_eq!(vocabulary.decode(&tokens), sentence);
        assert!(!tokens.contains(&UNKNOWN));
        assert_eq!(vocabulary.pieces_of(sentence).len(), tokens.len());
    }
    assert_eq!(vocabulary.encode(" the  dog "), vocabulary.encode("the dog"));
    let tokens = vocabulary.encode("the dogs sleep");
    let pieces: Vec<&str> = tokens.iter().map(|&token| vocabulary.piece(token)).collect();
    assert_eq!(pieces, ["the", " dog", "s", " sleep"]);
    assert_eq!(vocabulary.words_read("the dogs sleep"), [Some(0), Some(1), Some(1), Some(2)]);
    assert_eq!(vocabulary.said_words(&tokens, |_| String::new()), ["the", "dogs", "sleep"]);
    let stored = Vocabulary::from_json(&vocabulary.to_json()).unwrap();
    assert_eq!(stored, vocabulary);
    assert_eq!(vocabulary.fit("the dog"), None);
    assert!(Vocabulary::from_json(&vocabulary.to_json().replace("\"bpe\"", "\"word\"")).is_err());
}
