//! What a lab's programs are made with.
//!
//! A lab asks for functions over arrays. To the engine all of them look the same: named [`Values`] go in, named [`Values`]
//! come out. A lab has two files that say how:
//!
//! - `cases.rs` draws the inputs of a question from a [`Draw`]: `pub fn draw(exercise: &str, draw: &mut Draw) -> Values`
//! - `call.rs` calls the function of an exercise with them: `pub fn call(exercise: &str, inputs: &Values) -> Values`
//!
//! Two programs are built from them, and neither decides anything. The [`examiner`] holds the right and the wrong versions
//! of a lab; it draws questions and answers each of them once with every version. The [`candidate`] holds what the learner
//! wrote; it is given the questions and answers them. The engine compares.
//!
//! A whole lab has a third file, `train.rs`, which puts the functions into a model and [trains] it:
//! `pub fn train(plan: Plan, told: &mut dyn FnMut(u64, f64)) -> f64`.

mod draw;
mod program;
mod training;
mod values;

pub use draw::Draw;
pub use program::{Answer, Call, Question, Trial, candidate, examiner};
pub use training::{News, Plan, Train, trains};
pub use values::{Elements, Value, Values};
