//! The English-Spanish sentences of every length: how many there are, how many bits one holds in the mean, and three of
//! them: `cargo run --release -p grammar --example sentences`.

use grammar::Generator;

/// Sentences drawn for the mean; its standard error is below 0.2 bits.
const DRAWN: u64 = 2_000;

fn main() {
    let generator = Generator::default();
    for length in 2..=generator.longest() {
        let bits = |index| -generator.sentence(length..=length, 1, index).log2_probability;
        let mean = (0..DRAWN).map(bits).sum::<f64>() / DRAWN as f64;
        println!("{length} words: {} sentences, {mean:.1} bits", generator.count(length));
        for index in 0..3 {
            let sentence = generator.sentence(length..=length, 1, index);
            println!("    {} | {}", sentence.english.join(" "), sentence.spanish.join(" "));
        }
    }
    let [english, spanish] = generator.vocabulary().map(|words| words.len());
    println!("words: {english} English, {spanish} Spanish");
}
