//! Trains a translator to turn sentences round and draws where it looks:
//! `cargo run --release -p attention --example reverse`

use attention::{RnnSearch, RnnSearchConfig};
use data::pairs::{END, PairBatch, Sources};
use data::{Token, random::stream};
use lstm::Lstm;
use ndarray_rand::rand::Rng;
use nn::{AdamW, Hooks, Schedule, Trainer, TrainingConfig, translate};
use tensor::check::lecture::shades;
use tensor::{Init, Parameters};

/// The letters a to h are the tokens 3 to 10.
const LETTERS: std::ops::Range<Token> = 3..11;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut parameters = Parameters::new();
    let config = RnnSearchConfig { bidirectional: true, ..RnnSearchConfig::new(11, 16, 64) };
    let model = RnnSearch::<Lstm>::new(&mut Init::new(&mut parameters, 1), config)?;
    let settings = TrainingConfig::new(600, AdamW::default(), Schedule::constant(0.005));
    let mut trainer = Trainer::new(&model, parameters, TrainingConfig { clip: Some(1.0), ..settings });
    trainer.run(&|step| turned_round(step), Hooks::default())?;
    for row in &trainer.progress().history {
        println!("step {:4}  loss {:.4}", row.step, row.training_loss);
    }

    for sentence in ["badge", "cabbage", "headache"] {
        let tokens: Vec<Token> = sentence.bytes().map(|letter| LETTERS.start + Token::from(letter - b'a')).collect();
        let translations = translate(&model, trainer.parameters(), &Sources::new(&[&tokens]), 12);
        let translation = &translations[0];
        println!("\n    {}", sentence.chars().map(|letter| format!("{letter} ")).collect::<String>());
        let alignment = translation.alignment.as_ref().ok_or("this model looks back")?;
        for (&token, weights) in translation.tokens.iter().zip(alignment.outer_iter()) {
            let said = if token == END { '.' } else { char::from(b'a' + token.saturating_sub(LETTERS.start) as u8) };
            println!("  {said} {}", shades(weights, 2));
        }
    }
    Ok(())
}

/// 32 sentences of 3 to 8 letters with the same from the end.
fn turned_round(step: u64) -> PairBatch {
    let mut rng = stream(1, step, "turned round");
    let mut sentence = || -> Vec<Token> { (0..rng.random_range(3..9)).map(|_| rng.random_range(LETTERS)).collect() };
    let sources: Vec<Vec<Token>> = (0..32).map(|_| sentence()).collect();
    let targets: Vec<Vec<Token>> = sources.iter().map(|source| source.iter().rev().copied().collect()).collect();
    let pairs: Vec<(&[Token], &[Token])> = sources.iter().zip(&targets).map(|(s, t)| (&s[..], &t[..])).collect();
    PairBatch::new(&pairs)
}
