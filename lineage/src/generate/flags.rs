//! The flags that control generation, and when they cannot act.

use std::str::FromStr;

use clap::Args;
use nn::{Controls, MinP, Order, RepetitionPenalty, Stops, Temperature, TopK, TopP};

use super::Generate;
use crate::idle;

/// How the next token is chosen.
#[derive(Args)]
pub struct ControlFlags {
    /// 0 always takes the likeliest token, 1 draws from the model's own distribution, more is bolder [default: 1]
    #[arg(long, value_name = "T", allow_negative_numbers = true, value_parser = temperature)]
    temperature: Option<Temperature>,
    /// Draw from the K likeliest tokens [default: all]
    #[arg(long, value_name = "K", allow_negative_numbers = true, value_parser = top_k)]
    top_k: Option<TopK>,
    /// Draw from the likeliest tokens that together have this probability [default: 1]
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = top_p)]
    top_p: Option<TopP>,
    /// Draw from tokens that have at least this part of the likeliest one's probability [default: 0]
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = min_p)]
    min_p: Option<MinP>,
    /// Divide the scores of tokens that the text already has, or multiply them if they are negative, as the logarithms of
    /// probabilities are that --beams adds up [default: 1]
    #[arg(long, value_name = "F", allow_negative_numbers = true, value_parser = repetition)]
    repetition_penalty: Option<RepetitionPenalty>,
    /// Apply the temperature before top-k, top-p and min-p, as most libraries do, and not behind them
    #[arg(long)]
    temperature_first: bool,
}

impl ControlFlags {
    /// The penalty for saying the same again.
    pub fn repetition_penalty(&self) -> Option<RepetitionPenalty> {
        self.repetition_penalty
    }

    fn temperature(&self) -> Temperature {
        self.temperature.unwrap_or(Temperature::ONE)
    }

    /// What the flags ask for.
    pub fn controls(&self) -> Controls {
        Controls {
            repetition: self.repetition_penalty,
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
            temperature: self.temperature(),
            order: if self.temperature_first { Order::TemperatureFirst } else { Order::FiltersFirst },
        }
    }
}

/// Refuses flags that cannot act.
///
/// # Errors
/// A sentence that names the first.
pub fn refuse_idle(asked: &Generate, seed: bool) -> anyhow::Result<()> {
    let flags = &asked.controls;
    let beams = asked.beams.is_some();
    let draws = [
        ("temperature", flags.temperature.is_some()),
        ("top-k", flags.top_k.is_some()),
        ("top-p", flags.top_p.is_some()),
        ("min-p", flags.min_p.is_some()),
        ("temperature-first", flags.temperature_first),
        ("seed", seed),
        ("samples", asked.samples.is_some()),
        ("repetition-penalty", flags.repetition_penalty.is_some()),
        ("show-controls", asked.show_controls),
    ];
    let needs_tokens = [("stop", !asked.stop.is_empty()), ("beams", beams)];
    let nothing = "no --tokens are generated: give some, or leave it out";
    for (flag, given) in draws.into_iter().chain(needs_tokens) {
        idle::refuse(&[(flag, given && asked.tokens() == 0, nothing)])?;
    }
    let searched = "a beam search draws nothing, and takes no control but the repetition penalty: leave it out, or leave --beams out";
    for (flag, given) in draws.into_iter().filter(|(flag, _)| *flag != "repetition-penalty") {
        idle::refuse(&[(flag, given && beams, searched)])?;
    }
    let greedy = "nothing is drawn at a temperature of 0: give another --temperature, or leave it out";
    for (flag, given) in
        draws.into_iter().filter(|(flag, _)| !matches!(*flag, "temperature" | "repetition-penalty" | "show-controls"))
    {
        idle::refuse(&[(flag, given && flags.temperature() == Temperature::GREEDY, greedy)])?;
    }
    idle::refuse(&[
        (
            "temperature-first",
            flags.temperature_first && flags.temperature() == Temperature::ONE,
            "a temperature of 1 changes nothing wherever it stands: give another --temperature, or leave it out",
        ),
        (
            "temperature-first",
            flags.temperature_first && flags.top_p.is_none() && flags.min_p.is_none(),
            "only what top-p and min-p remove depends on the order: give one of them, or leave it out",
        ),
        (
            "show-controls",
            asked.show_controls && asked.samples() > 1,
            "it shows the steps of one text: leave it out, or leave --samples out",
        ),
    ])
}

/// Refuses flags that cannot act with so many prompts.
///
/// # Errors
/// A sentence that names the first.
pub fn refuse_idle_with_several(asked: &Generate, prompts: usize) -> anyhow::Result<()> {
    let one = "it shows the steps of one text: leave it out, or give one prompt";
    idle::refuse(&[("show-controls", asked.show_controls && prompts > 1, one)])
}

fn setting<T, C, E: ToString>(text: &str, wanted: &str, new: impl Fn(T) -> Result<C, E>) -> Result<C, String>
where
    T: FromStr,
{
    let number = text.parse().map_err(|_| format!("give a {wanted}"))?;
    new(number).map_err(|error| error.to_string())
}

fn temperature(text: &str) -> Result<Temperature, String> {
    setting(text, "number of at least 0", Temperature::new)
}

fn top_k(text: &str) -> Result<TopK, String> {
    setting(text, "whole number of at least 1", TopK::new)
}

fn top_p(text: &str) -> Result<TopP, String> {
    setting(text, "number from 0 to 1", TopP::new)
}

fn min_p(text: &str) -> Result<MinP, String> {
    setting(text, "number from 0 to 1", MinP::new)
}

fn repetition(text: &str) -> Result<RepetitionPenalty, String> {
    setting(text, "number above 0", RepetitionPenalty::new)
}

/// Reads a text to stop at.
pub fn stop(text: &str) -> Result<String, String> {
    Stops::new([text]).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}
