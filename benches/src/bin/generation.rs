//! How fast a GPT speaks, beside how fast it could: one text, token after token, from keys and values that were kept.
//!
//! Each model prints tokens per second and its bound. A token needs every weight once, so no program can be faster than the
//! weights, and the keys and values, are read; nor than the multiply-adds are done. Both rates are measured in the same run:
//! that of reading by adding up the very weights, that of arithmetic by a product of large matrices.

use std::env::{current_exe, temp_dir};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, id};
use std::time::Instant;

use anyhow::{bail, ensure};
use benches::machine::peak_memory;
use clap::Parser;
use gpt::{Gpt, GptConfig};
use ndarray::{Array2, array};
use nn::{Generator, Temperature};
use tensor::kernels::{matmul, sum};
use tensor::{Checkpoint, Init, Parameters, Real};
use transformer::{Activation, BlockConfig};

/// Time the generation of text, and print the bound beside it
#[derive(Parser)]
struct Arguments {
    /// Threads to compute on
    #[arg(long, value_name = "N", default_value = "1")]
    threads: NonZeroUsize,
    /// Tokens to generate, three times; the fastest counts
    #[arg(long, value_name = "N", default_value = "256")]
    tokens: NonZeroUsize,
    /// Which ones: nanogpt (4 layers of width 128), gpt-2 (124 million random weights, read from a file) [default: all]
    #[arg(value_name = "MODEL")]
    models: Vec<String>,
    /// Write gpt-2's random weights to a file and end
    #[arg(long, hide = true)]
    write: Option<PathBuf>,
    /// Read gpt-2's weights from a file
    #[arg(long, hide = true)]
    read: Option<PathBuf>,
}

const MODELS: [&str; 2] = ["nanogpt", "gpt-2"];

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads.get()).use_current_thread().build_global()?;
    let tokens = arguments.tokens.get();
    if let Some(path) = &arguments.write {
        return write(path);
    }
    if let Some(path) = &arguments.read {
        let (model, parameters) = read(path)?;
        return time("gpt-2", &model, &parameters, tokens);
    }
    if let Some(unknown) = arguments.models.iter().find(|model| !MODELS.contains(&model.as_str())) {
        bail!("there is no model {unknown}: choose among {}", MODELS.join(", "));
    }
    let asked = |name: &str| arguments.models.is_empty() || arguments.models.iter().any(|model| model == name);
    if asked("nanogpt") {
        let mut parameters = Parameters::new();
        let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(65, tokens + 8, 4, 128, 4))?;
        time("nanogpt", &model, &parameters, tokens)?;
    }
    if asked("gpt-2") {
        // Each in a process of its own: what one took of memory, the other has not.
        let path = temp_dir().join(format!("lineage-generation-{}.safetensors", id()));
        let run = |flag: &str| {
            let mut command = Command::new(current_exe()?);
            command.arg(flag).arg(&path).args(["--threads", &arguments.threads.to_string()]);
            ensure!(command.args(["--tokens", &tokens.to_string()]).status()?.success(), "{flag} failed");
            anyhow::Ok(())
        };
        let result = run("--write").and_then(|()| run("--read"));
        std::fs::remove_file(&path).ok();
        result?;
    }
    Ok(())
}

/// The sizes of GPT-2 (Radford et al. 2019), the smallest.
fn gpt_2() -> GptConfig {
    let block = BlockConfig { bias: true.into(), activation: Activation::GeluTanh, ..BlockConfig::new(768, 12) };
    GptConfig::of(50_257, 1024, 12, block)
}

fn write(path: &Path) -> anyhow::Result<()> {
    let mut parameters = Parameters::new();
    Gpt::new(&mut Init::new(&mut parameters, 1), gpt_2())?;
    let mut checkpoint = Checkpoint::default();
    checkpoint.insert_parameters("", &parameters);
    Ok(checkpoint.save(path)?)
}

/// Reads the weights, their hash included, and says how long that took and how much memory.
fn read(path: &Path) -> anyhow::Result<(Gpt, Parameters)> {
    let start = Instant::now();
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::unset(&mut parameters), gpt_2())?;
    Checkpoint::load(path)?.into_parameters("", &mut parameters, path)?;
    println!("gpt-2: read in {:.2} s, hash confirmed", start.elapsed().as_secs_f64());
    Ok((model, parameters))
}

/// Prints the rate at which a model speaks, and its bound.
fn time(name: &str, model: &Gpt, parameters: &Parameters, tokens: usize) -> anyhow::Result<()> {
    let say = || -> anyhow::Result<()> {
        let generator = Generator::new(model, parameters, array![[1]].view(), Temperature::ONE, 1);
        Ok(generator.take(tokens).try_for_each(|token| token.map(drop))?)
    };
    let mut seconds = f64::INFINITY;
    for _ in 0..3 {
        let start = Instant::now();
        say()?;
        seconds = seconds.min(start.elapsed().as_secs_f64() / tokens as f64);
    }
    let weights = parameters.count();
    let threads = rayon::current_num_threads();
    println!(
        "{name}: {:.1} million weights, {threads} threads, {tokens} tokens: {:.0} tokens/s",
        weights as f64 / 1e6,
        1.0 / seconds
    );
    if let Some(peak) = peak_memory() {
        println!(
            "{name}: at most {:.2} times its weights in memory",
            peak as f64 / (weights * size_of::<Real>()) as f64
        );
    }

    let config = model.config();
    let width = config.block.width;
    let read = weights - config.context * width; // of the positions' table one row is read
    let kept = 2 * config.layers * width * tokens.min(config.context) / 2; // keys and values, half of them on average
    let (bandwidth, rate) = (bandwidth(parameters), arithmetic());
    let bytes = ((read + kept) * size_of::<Real>()) as f64;
    let (reading, computing) = (bytes / bandwidth, 2.0 * (read + kept) as f64 / rate);
    println!("{name}: reading {:.1} MB at {:.1} GB/s takes {:.1} µs", bytes / 1e6, bandwidth / 1e9, reading * 1e6);
    println!("{name}: as much arithmetic at {:.0} GFLOP/s takes {:.1} µs", rate / 1e9, computing * 1e6);
    let bound = reading.max(computing);
    println!(
        "{name}: a token takes {:.1} µs, so {:.0} % of the bound are reached",
        seconds * 1e6,
        100.0 * bound / seconds
    );
    Ok(())
}

/// Bytes a second that are read when all weights are added up, the fastest of twenty times.
fn bandwidth(parameters: &Parameters) -> f64 {
    let arrays: Vec<_> = parameters.iter().map(|(_, p)| p.value().as_slice().expect("standard layout")).collect();
    let seconds = fastest(20, || arrays.iter().map(|array| sum(array)).sum::<Real>());
    (parameters.count() * size_of::<Real>()) as f64 / seconds
}

/// Floating-point operations a second of a large product.
fn arithmetic() -> f64 {
    const N: usize = 768;
    let a = Array2::from_elem((N, N), 0.5);
    (2 * N * N * N) as f64 / fastest(20, || matmul(a.view(), a.view())[[0, 0]])
}

fn fastest(times: usize, mut run: impl FnMut() -> Real) -> f64 {
    let mut seconds = f64::INFINITY;
    for _ in 0..times {
        let start = Instant::now();
        std::hint::black_box(run());
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    seconds
}
