//! Trains an LSTM to recall a symbol over a gap, then draws what its gates do while it reads:
//! `cargo run --release -p lstm --example gates`

use data::tasks::{Recall, TokenTask};
use lstm::{Lstm, LstmInit, trace};
use ndarray::s;
use nn::{AdamW, Embedding, Hooks, Linear, Schedule, Trainable, Trainer, TrainingConfig, cross_entropy};
use rnn::{PassOptions, Recurrent};
use tensor::check::lecture::shades;
use tensor::{Context, Init, Parameters, Tensor};

const GAP: usize = 20;
const HIDDEN: usize = 16;

/// Embedding, one layer, scores of the last output; written out, so that the layer is at hand for the trace.
struct Model {
    embedding: Embedding,
    layer: Lstm,
    output: Linear,
}

impl Trainable for Model {
    type Batch = data::TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &data::TextBatch) -> Tensor {
        let x = self.embedding.forward(cx, batch.inputs.view().into_dyn()); // (B, T, E)
        let (_, state) = self.layer.forward(cx, &x, &self.layer.empty(batch.inputs.nrows()), PassOptions::default());
        let answers = batch.targets.column(GAP + 1);
        cross_entropy(&self.output.forward(cx, &state[0]), answers.into_dyn())
    }

    fn targets(&self, batch: &data::TextBatch) -> usize {
        batch.answers()
    }
}

fn main() -> Result<(), nn::TrainingError> {
    let task = Recall { symbols: 8, distractors: 4, gap: GAP };
    let mut parameters = Parameters::new();
    let mut init = Init::new(&mut parameters, 1);
    let model = Model {
        embedding: Embedding::new(&mut init.child("embedding"), task.vocabulary_size(), 8),
        layer: Lstm::new(&mut init, "l0", 8, HIDDEN, LstmInit::Chrono { horizon: task.length() as f64 }),
        output: Linear::new(&mut init.child("output"), HIDDEN, 8),
    };
    let config =
        TrainingConfig { clip: Some(1.0), ..TrainingConfig::new(800, AdamW::default(), Schedule::constant(0.01)) };
    let mut trainer = Trainer::new(&model, parameters, config);
    trainer.run(&|step| task.batch(32, 1, step), Hooks::default())?;
    for row in &trainer.progress().history {
        println!("step {:4}  loss {:.4}", row.step, row.training_loss);
    }

    let cx = Context::eval(trainer.parameters());
    let batch = task.batch(1, 2, 0);
    let x = model.embedding.forward(&cx, batch.inputs.view().into_dyn());
    let gates = trace(&model.layer, &cx, &x);
    println!(
        "\nOne row: {} first, then distractors, then the question. A column is a time step, a row a unit.",
        batch.inputs[[0, 0]]
    );
    for (name, values) in [("input gate i", &gates.i), ("forget gate f", &gates.f)] {
        println!("\n{name}, 0 to 1");
        for unit in 0..HIDDEN {
            println!("    {}", shades(values.slice(s![0, .., unit]), 1));
        }
    }
    println!("\ncell c");
    for unit in 0..HIDDEN {
        println!("    {}", (0..GAP + 2).map(|t| format!("{:6.2}", gates.c[[0, t, unit]])).collect::<String>());
    }
    Ok(())
}
