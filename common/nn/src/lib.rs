//! Layers, losses, optimisers, the training loop and generation.
//!
//! A stage writes its model out of [`layers`](Linear) and operations of its own, and implements [`Trainable`], and
//! [`LanguageModel`] if it speaks or [`Translator`] if it turns one sequence into another. Everything else here is
//! written once, against those traits: [`Trainer`] trains, [`evaluate`] and [`evaluate_pairs`] measure, [`Generator`]
//! speaks under its [`Controls`], [`translate`] translates, and [`BeamSearch`] does both.
//!
//! ```
//! use data::TextBatch;
//! use ndarray::array;
//! use nn::{AdamW, Embedding, Hooks, Linear, Schedule, Trainable, Trainer, TrainingConfig, cross_entropy};
//! use tensor::{Context, Init, Parameters, Tensor};
//!
//! /// Guesses each token from the one before it: a bigram model.
//! struct Bigram {
//!     embedding: Embedding,
//!     output: Linear,
//! }
//!
//! impl Trainable for Bigram {
//!     type Batch = TextBatch;
//!     fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
//!         let x = self.embedding.forward(cx, batch.inputs.view().into_dyn()); // (B, T, E)
//!         cross_entropy(&self.output.forward(cx, &x), batch.targets.view().into_dyn())
//!     }
//!     fn targets(&self, batch: &TextBatch) -> usize {
//!         batch.answers()
//!     }
//! }
//!
//! let mut parameters = Parameters::new();
//! let mut init = Init::new(&mut parameters, 1);
//! let embedding = Embedding::new(&mut init.child("embedding"), 3, 4);
//! let output = Linear::new(&mut init.child("output"), 4, 3);
//! let model = Bigram { embedding, output };
//!
//! let batches = |_index: u64| TextBatch { inputs: array![[0, 1, 2, 0]], targets: array![[1, 2, 0, 1]] };
//! let config = TrainingConfig::new(100, AdamW::default(), Schedule::constant(0.1));
//! let mut trainer = Trainer::new(&model, parameters, config);
//! trainer.run(&batches, Hooks::default())?;
//! assert!(trainer.progress().history.last().unwrap().training_loss < 0.01);
//! # Ok::<(), nn::TrainingError>(())
//! ```

mod beam;
mod evaluate;
mod form;
mod generate;
mod layers;
mod loss;
pub mod metrics;
mod model;
mod optimizer;
mod rows;
mod schedule;
mod scheduled_sampling;
mod trainer;
mod translate;
mod translator;

pub use beam::{BeamSearch, BeamSearchError};
pub use evaluate::{Evaluation, evaluate, evaluate_pairs, evaluate_scores};
pub use form::Form;
pub use generate::{
    Answering, Answers, Continuation, Continues, Control, Controls, Generator, Link, MinP, MinPError, Order, Prompts,
    RepetitionPenalty, RepetitionPenaltyError, Scores, ScoresError, Stops, StopsError, Temperature, TemperatureError,
    TopK, TopKError, TopP, TopPError, Trace, UntilStop, generate,
};
pub use layers::{Dropout, Embedding, LayerNorm, Linear, RmsNorm, layer_norm, rms_norm};
pub use loss::{cross_entropy, mean_squared_error, smoothed_cross_entropy, token_losses};
pub use model::{LanguageModel, Trainable};
pub use optimizer::{Adam, AdamW, Group, Optimizer, Rule, Sgd, Update, clip_factor};
pub use rows::Rows;
pub use schedule::{Decay, Schedule};
pub use scheduled_sampling::ScheduledSampling;
pub use trainer::{
    Batches, Checkpoints, Finish, HeldOutLoss, Hooks, Observer, Outcome, Progress, Row, SavedRun, StepReport, Trainer,
    TrainingConfig, TrainingError, keep_freed_memory,
};
pub use translate::{Limit, Translation, align, translate};
pub use translator::{Step, Translator};
