//! One attention layer learns to read backwards, and shows where it looks.
//!
//! `cargo run --release -p transformer --example reverse`
//!
//! Eight random letters go in, the same letters in reverse must come out, all at once. No position can know its answer
//! from its own letter: position t has to find position 7 - t. Nothing tells it where to look but the loss.

use data::{TextBatch, Token};
use ndarray::{Array2, ArrayView2, Ix2, Ix4, s};
use nn::{AdamW, Embedding, Linear, Schedule, Trainable, Trainer, TrainingConfig, cross_entropy};
use tensor::check::{lecture::shades, random_tensor};
use tensor::{Context, Init, Parameters, Tensor};
use transformer::{Block, BlockConfig, Form, Mask, sinusoidal};

const LETTERS: usize = 12;
const LENGTH: usize = 8;
const WIDTH: usize = 32;

struct Reverser {
    embedding: Embedding,
    block: Block,
    output: Linear,
}

impl Reverser {
    /// What the block receives: letters plus sinusoidal positions, (B, T, D).
    fn embed(&self, cx: &Context<'_>, letters: ArrayView2<'_, Token>) -> Tensor {
        let x = self.embedding.forward(cx, letters.into_dyn()); // (B, T, D)
        &x + &Tensor::constant(sinusoidal(LENGTH, WIDTH))
    }
}

impl Trainable for Reverser {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        let x = self.block.forward(cx, &self.embed(cx, batch.inputs.view()), None, Form::Fused); // (B, T, D)
        cross_entropy(&self.output.forward(cx, &x), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

fn batch(index: u64) -> TextBatch {
    let numbers = random_tensor(&[32, LENGTH], index, "letters").into_dimensionality::<Ix2>().expect("a matrix");
    let inputs: Array2<Token> = numbers.mapv(|x| (x.abs() * 1e4) as Token % LETTERS as Token);
    let targets = inputs.slice(s![.., ..;-1]).to_owned();
    TextBatch { inputs, targets }
}

fn main() -> Result<(), nn::TrainingError> {
    let mut parameters = Parameters::new();
    let mut init = Init::new(&mut parameters, 1);
    let config = BlockConfig { mask: Mask::Bidirectional, ..BlockConfig::new(WIDTH, 1) };
    let model = Reverser {
        embedding: Embedding::new(&mut init.child("embedding"), LETTERS, WIDTH),
        block: Block::new(&mut init.child("block"), &config, 0, 1),
        output: Linear::new(&mut init.child("output"), WIDTH, LETTERS),
    };
    println!("{} parameters; guessing costs ln {LETTERS} = {:.3} nats", parameters.count(), (LETTERS as f64).ln());

    let mut trainer =
        Trainer::new(&model, parameters, TrainingConfig::new(1, AdamW::default(), Schedule::constant(3e-3)));
    for step in 1..=1000 {
        let report = trainer.step(&batch)?;
        if step % 200 == 0 {
            println!("step {step:4}  loss {:.4}", report.loss);
        }
    }

    let parameters = trainer.parameters();
    let cx = Context::eval(parameters);
    let test = batch(1_000_000);
    let weights = model.block.weights(&cx, &model.embed(&cx, test.inputs.view()), None); // (B, 1, T, T)
    let weights = weights.view::<Ix4>("weights").slice(s![0, 0, .., ..]).to_owned();
    println!("\nwhere each position looks, in a row of letters never seen (a row for each query):");
    for row in weights.rows() {
        println!("  {}   {row:5.2}", shades(row, 2));
    }
    Ok(())
}
