//! How many short sentences of a file of pairs the English-Spanish grammar makes, and how often it translates them as
//! the file does: `cargo run --release -p grammar --example tatoeba_overlap -- PAIRS.tsv [OVERLAP.tsv]`.
//!
//! Into the second file go the sentences that it makes, with the file's translations, written as the grammar writes. So
//! one model can be measured on both, on what people wrote and on what the grammar makes:
//!
//! ```sh
//! lineage train transformer --steps 4000 --batch 64 --out runs/spanish
//! lineage evaluate --model runs/spanish --pairs OVERLAP.tsv --split all
//! lineage evaluate --model runs/spanish
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use grammar::Generator;

const LONGEST: usize = 6;

fn main() -> Result<(), String> {
    let mut paths = std::env::args().skip(1).map(PathBuf::from);
    let path = paths.next().ok_or("the file of pairs is missing: English, tab, Spanish")?;
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut translations = BTreeMap::<String, BTreeSet<String>>::new();
    for (english, spanish) in text.lines().filter_map(|line| line.split_once('\t')) {
        if english.split_whitespace().count() <= LONGEST {
            let spanish = spanish.split('\t').next().unwrap_or_default();
            translations.entry(words(english)).or_default().insert(words(spanish));
        }
    }
    let generator = Generator::default();
    let [vocabulary, _] = generator.vocabulary();
    let known = |english: &str| english.split(' ').all(|word| vocabulary.contains(word));
    let (mut covered, mut made, mut reference, mut any) = (0, 0, 0, 0);
    let mut overlap = String::new();
    for (english, theirs) in translations.iter().filter(|(english, _)| known(english)) {
        covered += 1;
        let ours: Vec<String> = generator.references(english).iter().map(|words| words.join(" ")).collect();
        if !ours.is_empty() {
            made += 1;
            overlap.extend(theirs.iter().map(|spanish| format!("{english}\t{spanish}\n")));
        }
        reference += usize::from(ours.first().is_some_and(|ours| theirs.contains(ours)));
        any += usize::from(ours.iter().any(|ours| theirs.contains(ours)));
    }
    println!("different English sentences of at most {LONGEST} words: {}", translations.len());
    println!("of words of the grammar alone: {covered}");
    println!("made by the grammar: {made}");
    println!("its reference among the file's translations: {reference}, and any of its references: {any}");
    if let Some(path) = paths.next() {
        std::fs::write(&path, overlap).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// As the grammar writes sentences: question marks apart, no other punctuation, and a capital only where a word always
/// has one.
fn words(text: &str) -> String {
    let apart = text.replace('?', " ? ").replace('¿', " ¿ ").replace(['.', '!', '¡', ','], " ").replace('’', "'");
    let capital = |word: &str| word == "I" || MONTHS_AND_DAYS.contains(&word);
    let word = |word: &str| if capital(word) { word.to_owned() } else { word.to_lowercase() };
    apart.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

const MONTHS_AND_DAYS: [&str; 19] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
