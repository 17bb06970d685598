//! Reads a number in digits and writes it in Roman numerals, then shows numbers that it has not seen, said greedily and
//! found by beam search: `cargo run --release -p seq2seq --example roman`

use data::Token;
use data::pairs::{END, PairBatch, Sources};
use data::random::stream;
use lstm::Gru;
use ndarray_rand::rand::Rng;
use nn::{AdamW, BeamSearch, Hooks, Schedule, Trainer, TrainingConfig, evaluate_pairs, translate};
use seq2seq::{Seq2Seq, Seq2SeqConfig};
use tensor::{Init, Parameters};

const LETTERS: [(u32, &str); 13] = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
];

/// What a digit or a letter is as a token; PAD, START and END come before.
const DIGITS: &str = "0123456789";
const NUMERALS: &str = "IVXLCDM";

fn roman(mut number: u32) -> String {
    let mut text = String::new();
    for (value, letters) in LETTERS {
        while number >= value {
            text.push_str(letters);
            number -= value;
        }
    }
    text
}

fn tokens(text: &str, alphabet: &str) -> Vec<Token> {
    text.chars().map(|c| END + 1 + alphabet.find(c).expect("a character of the alphabet") as Token).collect()
}

fn text(tokens: &[Token]) -> String {
    let letter = |&token: &Token| NUMERALS.chars().nth((token as usize).wrapping_sub(END as usize + 1)).unwrap_or('?');
    tokens.iter().map(letter).collect()
}

/// Every eighth number is kept out of the training.
fn is_held_out(number: u32) -> bool {
    number % 8 == 3
}

fn batch(numbers: &[u32]) -> PairBatch {
    let pair = |number: &u32| (tokens(&number.to_string(), DIGITS), tokens(&roman(*number), NUMERALS));
    let pairs: Vec<_> = numbers.iter().map(pair).collect();
    PairBatch::new(&pairs.iter().map(|(source, target)| (&source[..], &target[..])).collect::<Vec<_>>())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut parameters = Parameters::new();
    let config = Seq2SeqConfig {
        source_vocabulary: END as usize + 1 + DIGITS.len(),
        context: true,
        smoothing: 0.05,
        ..Seq2SeqConfig::new(END as usize + 1 + NUMERALS.len(), 16, 64)
    };
    let model = Seq2Seq::<Gru>::new(&mut Init::new(&mut parameters, 1), config)?;
    let schedule = Schedule { warmup: 50, ..Schedule::constant(0.005) };
    let settings = TrainingConfig { clip: Some(1.0), ..TrainingConfig::new(600, AdamW::default(), schedule) };
    let mut trainer = Trainer::new(&model, parameters, settings);
    let training = |step: u64| {
        let mut rng = stream(1, step, "numbers");
        let mut number = || loop {
            let number = rng.random_range(1..4000);
            if !is_held_out(number) {
                return number;
            }
        };
        batch(&(0..64).map(|_| number()).collect::<Vec<_>>())
    };
    trainer.run(&training, Hooks::default())?;
    for row in trainer.progress().history.iter().step_by(2) {
        println!("step {:4}  loss {:.4}", row.step, row.training_loss);
    }

    let unseen: Vec<u32> = (1..4000).filter(|&number| is_held_out(number)).collect();
    let unseen_batch = batch(&unseen);
    let told = evaluate_pairs(&model, trainer.parameters(), [unseen_batch.clone()]).expect("there are unseen numbers");
    let greedy = translate(&model, trainer.parameters(), &unseen_batch.sources, 20);
    let right = unseen.iter().zip(&greedy).filter(|(number, said)| text(said.words()) == roman(**number)).count();
    println!(
        "\n{} numbers that it has not seen: {:.4} nats a letter, {right} written without a mistake\n",
        unseen.len(),
        told.nats
    );

    let search = BeamSearch::new(4, 0.6, 20)?;
    for number in [3, 43, 1999, 3571, 3883] {
        let sources = Sources::new(&[&tokens(&number.to_string(), DIGITS)]);
        let greedy = &translate(&model, trainer.parameters(), &sources, 20)[0];
        let beam = &search.translate(&model, trainer.parameters(), &sources)[0];
        println!(
            "{number:5}  {:<16} greedy {:<16} beam {:<16}",
            roman(number),
            text(greedy.words()),
            text(beam.words())
        );
    }
    Ok(())
}
