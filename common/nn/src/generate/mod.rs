//! Text from a language model, one token after another.
//!
//! The scores of the next token go through a chain of [`Control`]s, and what they leave is drawn from:
//!
//! | control | what it does to the scores | source |
//! |---|---|---|
//! | [`RepetitionPenalty`] | lowers those of tokens that the text already has | Keskar et al. 2019 |
//! | [`TopK`] | leaves the k likeliest tokens | Fan et al. 2018 |
//! | [`TopP`] | leaves the likeliest tokens that together have the probability p | Holtzman et al. 2020 |
//! | [`MinP`] | leaves tokens that have at least the part p of the likeliest one's probability | Nguyen et al. 2024 |
//! | [`Temperature`] | makes probabilities more alike, or less | Ackley et al. 1985 |

mod beam;
mod continues;
mod control;
mod controls;
mod generator;
mod min_p;
mod prompts;
mod repetition;
mod scores;
mod stop;
mod temperature;
mod top_k;
mod top_p;
mod trace;

pub use beam::Continuation;
pub use continues::{Answering, Answers, Continues};
pub use control::Control;
pub use controls::{Controls, Order};
pub use generator::{Generator, generate};
pub use min_p::{MinP, MinPError};
pub use prompts::Prompts;
pub use repetition::{RepetitionPenalty, RepetitionPenaltyError};
pub use scores::{Scores, ScoresError};
pub use stop::{Stops, StopsError, UntilStop};
pub use temperature::{Temperature, TemperatureError};
pub use top_k::{TopK, TopKError};
pub use top_p::{TopP, TopPError};
pub use trace::{Link, Trace};
