//! How much memory a command will take, and whether the machine has it.
//!
//! There is no formula of any model here. A small batch is tried with the very model, twice, the allocator counts, and
//! what the second takes more than the first is what a token takes. So the backward pass, its copies and whatever a stage
//! keeps are in it.

use anyhow::bail;
use benches::format;
use benches::stages::{Model, TranslatorModel};
use data::TextBatch;
use data::pairs::{PairBatch, START, Sources};
use ndarray::Array2;
use nn::{LanguageModel, Rows, Trainable, Translator, evaluate, evaluate_pairs};
use sysinfo::System;
use tensor::{Context, Parameters, Real};

use crate::counted::{now, peak_of};

/// Code, stacks and tables, which no allocator counts.
const PROGRAM: usize = 10_000_000;

/// Bytes of so many numbers.
pub fn numbers(count: usize) -> f64 {
    (count * size_of::<Real>()) as f64
}

/// What `run` takes for `amount` tokens or rows, from what it takes for `few` and for half as many.
fn scaled(amount: usize, few: usize, run: impl Fn(usize)) -> f64 {
    extrapolated(amount, few, |count| peak_of(|| run(count)))
}

fn extrapolated(amount: usize, few: usize, peak: impl Fn(usize) -> usize) -> f64 {
    let few = few.clamp(1, amount.max(1));
    let half = few.div_ceil(2);
    peak(half); // what threads keep for good is not of the tokens
    let [less, more] = [half, few].map(|count| peak(count) as f64);
    let each = if half < few { (more - less).max(0.0) / (few - half) as f64 } else { more / few as f64 };
    more + each * (amount.saturating_sub(few)) as f64
}

/// A step of training on so many rows of a text, all of its gradients included.
pub fn step(model: &Model, parameters: &Parameters, rows: usize, context: usize) -> f64 {
    let few = rows.min(ROWS);
    scaled(rows * context, few * context.min(TOKENS), |tokens| {
        let cx = Context::train(parameters, 1, 0);
        model.loss(&cx, &text(few, tokens.div_ceil(few))).backward();
    })
}

/// An evaluation of so many rows of a text.
pub fn evaluation(model: &Model, parameters: &Parameters, rows: usize, context: usize) -> f64 {
    let few = rows.min(ROWS);
    scaled(rows * context, few * context.min(TOKENS), |tokens| {
        evaluate(model, parameters, [text(few, tokens.div_ceil(few))]);
    })
}

/// A step of training on so many pairs whose sides have `lengths` tokens.
pub fn step_of_pairs(model: &TranslatorModel, parameters: &Parameters, rows: usize, lengths: [usize; 2]) -> f64 {
    scaled(rows, ROWS, |rows| {
        let cx = Context::train(parameters, 1, 0);
        model.loss(&cx, &pairs(rows, lengths)).backward();
    })
}

/// An evaluation of so many pairs whose sides have `lengths` tokens.
pub fn evaluation_of_pairs(model: &TranslatorModel, parameters: &Parameters, rows: usize, lengths: [usize; 2]) -> f64 {
    scaled(rows, ROWS, |rows| {
        evaluate_pairs(model, parameters, [pairs(rows, lengths)]);
    })
}

/// Following `rows` translations of sources of `length` tokens to their limits, each step's state taken anew, as a beam
/// takes it.
pub fn search(model: &TranslatorModel, parameters: &Parameters, rows: usize, length: usize, steps: usize) -> f64 {
    scaled(rows, ROWS, |rows| {
        let cx = Context::eval(parameters);
        let tokens = vec![START; length.max(1)];
        let all: Vec<usize> = vec![0; rows];
        let (memory, state) = model.encode(&cx, &Sources::new(&[&tokens]));
        let (memory, mut state) = (memory.rows(&all), state.rows(&all));
        let mut looked = Vec::new();
        for _ in 0..steps {
            let all: Vec<usize> = (0..rows).collect();
            state = state.rows(&all);
            looked.push(model.next(&cx, &memory, &mut state, &vec![START; rows]).alignment);
        }
    })
}

/// Reading a prompt of so many tokens.
pub fn prompt(model: &Model, parameters: &Parameters, length: usize) -> f64 {
    scaled(length, TOKENS, |tokens| {
        model.start(&Context::eval(parameters), text(1, tokens).inputs.view());
    })
}

/// Rows of a batch that is tried; with one alone, what a time step takes however many rows there are would count too
/// much.
const ROWS: usize = 4;
/// Tokens of each of its rows.
const TOKENS: usize = 32;

fn text(rows: usize, tokens: usize) -> TextBatch {
    let tokens = Array2::zeros((rows, tokens));
    TextBatch { inputs: tokens.clone(), targets: tokens }
}

fn pairs(rows: usize, [source, target]: [usize; 2]) -> PairBatch {
    let [source, target] = [source.max(1), target].map(|length| vec![START; length]);
    PairBatch::new(&vec![(&source[..], &target[..]); rows])
}

/// Refuses what the machine cannot hold.
///
/// # Errors
/// A sentence with what is needed, what there is, and `way_out`, if `bytes` beside those in use are more than are free.
pub fn check(what: &str, bytes: f64, way_out: &str) -> anyhow::Result<()> {
    let free = free() as f64;
    if bytes > free {
        let size = |bytes: f64| format!("{} GB", format::number(bytes / 1e9, 2));
        bail!(
            "{what} takes about {} of memory, and {} are free: {way_out}",
            size(bytes + (now() + PROGRAM) as f64),
            size(free + (now() + PROGRAM) as f64)
        );
    }
    Ok(())
}

/// Bytes that this process can still get.
fn free() -> u64 {
    let mut system = System::new();
    system.refresh_memory();
    let machine = system.available_memory();
    let group = system.cgroup_limits().map(|group| group.total_memory.saturating_sub(group.rss));
    [Some(machine), group, address_space()].into_iter().flatten().min().unwrap_or(u64::MAX)
}

/// What `ulimit -v` leaves; Linux tells it in files, and others are not asked.
fn address_space() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    let limit: u64 = limit.split_whitespace().next()?.parse().ok()?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let used = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
    let used: u64 = used.split_whitespace().next()?.parse().ok()?;
    Some(limit.saturating_sub(1024 * used))
}

#[cfg(test)]
mod tests {
    use super::{check, extrapolated};

    #[test]
    fn what_grows_with_tokens_is_scaled_and_what_does_not_is_not() {
        let taken = |amount| extrapolated(amount, 64, |tokens| 500_000 + 100_000 * tokens);
        assert_eq!([1, 64, 1_000].map(taken), [600_000.0, 6_900_000.0, 100_500_000.0]);
    }

    #[test]
    fn what_no_machine_holds_is_refused() {
        let said = check("such a run", 1e18, "give a smaller --batch").unwrap_err().to_string();
        assert!(said.starts_with("such a run takes about 1×10⁹ GB of memory, and "), "{said}");
        assert!(said.ends_with(" GB are free: give a smaller --batch"), "{said}");
        assert!(check("such a run", 1.0, "").is_ok());
    }
}
