//! Forecasts series with a trend and two seasons, beside the naive seasonal forecast:
//! `cargo run --release -p rnn --example forecast`

use data::tasks::{SeasonalSeries, seasonal_naive};
use ndarray::Array2;
use nn::{AdamW, Decay, Hooks, Schedule, Trainer, TrainingConfig};
use rnn::{Elman, ElmanOptions, Recurrence, Regressor, SequenceBatch, StackedConfig};
use tensor::{Init, Parameters};

fn main() -> Result<(), nn::TrainingError> {
    let series = SeasonalSeries::default();
    let mut parameters = Parameters::new();
    let layer = ElmanOptions { recurrence: Recurrence::Orthogonal, ..Default::default() };
    let layers = StackedConfig { layer, ..StackedConfig::new(1, 64) };
    let model = Regressor::<Elman>::new(&mut Init::new(&mut parameters, 1), layers, series.horizon);

    const STEPS: u64 = 3000;
    let schedule = Schedule { decay: Decay::Cosine, peak: 3e-3, minimum: 3e-5, warmup: 100, end: STEPS };
    let config = TrainingConfig { clip: Some(1.0), ..TrainingConfig::new(STEPS, AdamW::default(), schedule) };
    let mut trainer = Trainer::new(&model, parameters, config);
    trainer.run(&|step| SequenceBatch::from(series.batch(32, 1, step)), Hooks::default())?;
    for row in &trainer.progress().history {
        println!("step {:5}  mean squared error {:.4}", row.step, row.training_loss);
    }

    let held_out = series.batch(500, 2, 0); // another seed: series it has not seen
    let naive = seasonal_naive(held_out.history.view(), series.periods[1], series.horizon);
    let batch = SequenceBatch::from(held_out.clone());
    let forecast = model.predict(trainer.parameters(), &batch.inputs).mapv(f64::from);
    println!("\nmean squared error on 500 new series, {} steps ahead", series.horizon);
    println!("    naive seasonal forecast {:.4}", error(&naive, &held_out.future));
    println!("    recurrent network       {:.4}", error(&forecast, &held_out.future));
    println!("    best possible           {:.4}", series.noise * series.noise);

    println!("\nOne of them:\n    step   true  naive  network");
    for t in (0..series.horizon).step_by(3) {
        let (y, naive, network) = (held_out.future[[0, t]], naive[[0, t]], forecast[[0, t]]);
        println!("    {:4} {y:6.2} {naive:6.2} {network:8.2}", t + 1);
    }
    Ok(())
}

fn error(forecast: &Array2<f64>, truth: &Array2<f64>) -> f64 {
    (forecast - truth).mapv(|e| e * e).mean().unwrap_or(f64::NAN)
}
