//! How much memory a command will take, and whether the machine has it.
//!
//! There is no formula of any model here. Small batches are [tried](trial) with the very model, and the allocator
//! counts. So the backward pass, its copies and whatever a stage keeps are in it. Experiments of a comparison say what
//! they were [measured](benches::finding::Memory) to take.
//!
//! What the first step of a training was said to take, and what the system counted (`VmHWM` of `/proc/PID/status`), in
//! GB, on the data of `cargo test -p lineage --test cli every_training_takes_what_it_is_said_to_take`, which holds both
//! to a factor of 1.5:
//!
//! | stage | sizes | said | taken | ratio |
//! |---|---|---|---|---|
//! | rnn | `--width 256 --batch 512` | 0.12 | 0.13 | 0.90 |
//! | lstm | `--width 256 --batch 192` | 0.12 | 0.12 | 0.98 |
//! | gru | `--width 256 --batch 192` | 0.11 | 0.11 | 1.00 |
//! | gpt | `--batch 40` | 0.11 | 0.12 | 0.94 |
//! | seq2seq | `--width 384 --batch 512` | 0.11 | 0.12 | 0.91 |
//! | attention | `--width 384 --batch 512` | 0.16 | 0.17 | 0.94 |
//! | transformer | `--width 128 --batch 512 --accumulate 2` | 0.16 | 0.16 | 1.01 |

pub mod counted;
mod free;
pub mod rows;
mod trial;

use anyhow::bail;
use bert::Bert;
use data::masked::MaskedBatch;
use data::pairs::{PairBatch, START, Sources};
use data::{IGNORE, TextBatch};
use ndarray::Array2;
use nn::{LanguageModel, Rows, Trainable, Translator, evaluate, evaluate_pairs};
use report::format;
use stages::Model;
use tensor::{Context, Parameters, Real};

use counted::now;
use free::free;
use trial::{Trial, taken};

/// Code, stacks and tables, which no allocator counts.
const PROGRAM: usize = 10_000_000;

/// Bytes of so many numbers.
pub fn numbers(count: usize) -> f64 {
    (count * size_of::<Real>()) as f64
}

/// Refuses a model of so many parameters that memory cannot hold in so many copies, before it is built.
///
/// # Errors
/// A sentence with what is needed, what there is, and `way_out`.
pub fn check_size(parameters: u128, copies: f64, way_out: &str) -> anyhow::Result<()> {
    let one = parameters as f64 * size_of::<Real>() as f64;
    check("a model of this size", copies * one, way_out)?;
    Ok(())
}

/// A step of training on so many rows of a text, all of its gradients included.
pub fn step(model: &Model, parameters: &Parameters, rows: usize, context: usize) -> f64 {
    of_text(Trial::beyond(numbers(parameters.count())), rows, context, |batch| {
        model.loss(&Context::train(parameters, 1, 0), &batch).backward();
    })
}

/// An evaluation of so many rows of a text.
pub fn evaluation(model: &Model, parameters: &Parameters, rows: usize, context: usize) -> f64 {
    of_text(Trial::beyond(0.0), rows, context, |batch| {
        evaluate(model, parameters, [batch]);
    })
}

/// Reading a prompt of so many tokens in so many rows.
pub fn prompt(model: &Model, parameters: &Parameters, rows: usize, length: usize) -> f64 {
    of_text(Trial::beyond(0.0), rows, length, |batch| {
        let prompts: Vec<_> = batch.inputs.outer_iter().map(|prompt| prompt.to_vec()).collect();
        model.start(&Context::eval(parameters), &prompts);
    })
}

/// A step of training on so many pairs whose sides have `lengths` tokens.
pub fn step_of_pairs<M: Translator>(model: &M, parameters: &Parameters, rows: usize, lengths: [usize; 2]) -> f64 {
    of_pairs(Trial::beyond(numbers(parameters.count())), rows, lengths, |batch| {
        model.loss(&Context::train(parameters, 1, 0), &batch).backward();
    })
}

/// An evaluation of so many pairs whose sides have `lengths` tokens.
pub fn evaluation_of_pairs<M: Translator>(model: &M, parameters: &Parameters, rows: usize, lengths: [usize; 2]) -> f64 {
    of_pairs(Trial::beyond(0.0), rows, lengths, |batch| {
        evaluate_pairs(model, parameters, [batch]);
    })
}

/// Reading so many sources of `length` tokens, without saying anything of them.
pub fn reading_sources<M: Translator>(model: &M, parameters: &Parameters, rows: usize, length: usize) -> f64 {
    of_pairs(Trial::beyond(0.0), rows, [length, 0], |batch| {
        model.encode(&Context::eval(parameters), &batch.sources);
    })
}

/// A step of training on so many texts of `length` tokens in which words are hidden.
pub fn step_of_hidden_words(model: &Bert, parameters: &Parameters, rows: usize, length: usize) -> f64 {
    of_hidden_words(Trial::beyond(numbers(parameters.count())), rows, length, |batch| {
        model.loss(&Context::train(parameters, 1, 0), &batch).backward();
    })
}

/// An evaluation of so many such texts.
pub fn evaluation_of_hidden_words(model: &Bert, parameters: &Parameters, rows: usize, length: usize) -> f64 {
    of_hidden_words(Trial::beyond(0.0), rows, length, |batch| {
        model.evaluate(parameters, [batch]);
    })
}

/// Reading so many texts of `length` tokens.
pub fn reading(model: &Bert, parameters: &Parameters, rows: usize, length: usize) -> f64 {
    of_hidden_words(Trial::beyond(0.0), rows, length, |batch| {
        model.read(&Context::eval(parameters), &batch.sentences);
    })
}

/// Following `rows` translations of sources of `length` tokens to their limits, each step's state taken anew, as a beam
/// takes it.
pub fn search<M: Translator>(model: &M, parameters: &Parameters, rows: usize, length: usize, steps: usize) -> f64 {
    let follow = |rows: usize, length: usize, steps: usize| {
        let cx = Context::eval(parameters);
        let tokens = vec![START; length];
        let all: Vec<usize> = vec![0; rows];
        let (memory, state) = model.encode(&cx, &Sources::new(&[&tokens]));
        let (memory, mut state) = (memory.rows(&all), state.rows(&all));
        let mut looked = Vec::new();
        for _ in 0..steps {
            let all: Vec<usize> = (0..rows).collect();
            state = state.rows(&all);
            looked.push(model.next(&cx, &memory, &mut state, &vec![START; rows]).alignment);
        }
    };
    let (trial, longest) = (Trial::beyond(0.0), length.max(1));
    trial.straight(rows, |rows| {
        trial.curved(longest, |length| taken(|| follow(rows, length, part(steps, length, longest))))
    })
}

/// What `run` takes for a batch of a text.
fn of_text(trial: Trial, rows: usize, context: usize, run: impl Fn(TextBatch)) -> f64 {
    trial.straight(rows, |rows| {
        trial.curved(context, |tokens| {
            let tokens = Array2::zeros((rows, tokens));
            let batch = TextBatch { inputs: tokens.clone(), targets: tokens };
            taken(|| run(batch.clone()))
        })
    })
}

/// What `run` takes for a batch of texts in each of which every sixth word is asked for, a little more than usual.
fn of_hidden_words(trial: Trial, rows: usize, length: usize, run: impl Fn(MaskedBatch)) -> f64 {
    trial.straight(rows, |rows| {
        trial.curved(length, |length| {
            let tokens = Array2::zeros((rows, length));
            let targets = Array2::from_shape_fn((rows, length), |(_, s)| if s % 6 == 0 { 0 } else { IGNORE });
            let batch = MaskedBatch { sentences: Sources { tokens, lengths: vec![length; rows] }, targets };
            taken(|| run(batch.clone()))
        })
    })
}

/// What `run` takes for a batch of pairs.
fn of_pairs(trial: Trial, rows: usize, [source, target]: [usize; 2], run: impl Fn(PairBatch)) -> f64 {
    let longest = source.max(target).max(1);
    trial.straight(rows, |rows| {
        trial.curved(longest, |length| {
            let [source, target] = [source.max(1), target].map(|whole| vec![START; part(whole, length, longest)]);
            let batch = PairBatch::new(&vec![(&source[..], &target[..]); rows]);
            taken(|| run(batch.clone()))
        })
    })
}

/// As much of `whole` as `length` is of the longest, rounded up.
fn part(whole: usize, length: usize, longest: usize) -> usize {
    (whole * length).div_ceil(longest)
}

/// Refuses what the machine cannot hold; says what all of it takes, as in `0.32 GB`.
///
/// # Errors
/// A sentence with what is needed, what there is, and `way_out`, if `bytes` beside those in use are more than are free.
pub fn check(what: &str, bytes: f64, way_out: &str) -> anyhow::Result<String> {
    let (free, used) = (free() as f64, (now() + PROGRAM) as f64);
    let [needed, there] = [bytes, free].map(|more| format!("{} GB", format::number((more + used) / 1e9, 2)));
    if bytes > free {
        bail!("{what} takes about {needed} of memory, and {there} are free: {way_out}");
    }
    Ok(needed)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_no_machine_holds_is_refused() {
        let said = check("such a run", 1e18, "give a smaller --batch").unwrap_err().to_string();
        assert!(said.starts_with("such a run takes about 1×10⁹ GB of memory, and "), "{said}");
        assert!(said.ends_with(" GB are free: give a smaller --batch"), "{said}");
        assert!(check("such a run", 1.0, "").is_ok());
    }
}
