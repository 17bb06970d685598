//! The time of a training step of each stage, at the shapes of the PyTorch script beside which it is to be run.
//!
//! Prints one line a stage: name, parameters, milliseconds per training step (median and minimum), tokens per second.

use std::num::NonZeroUsize;

use benches::peers::Peer;
use clap::Parser;

/// Time a training step of each stage: forward, loss, backward, clipping, AdamW
#[derive(Parser)]
struct Arguments {
    /// Threads to compute on
    #[arg(long, value_name = "N", default_value = "2")]
    threads: NonZeroUsize,
    /// Steps to time, after five that are not
    #[arg(long, value_name = "N", default_value = "30")]
    steps: NonZeroUsize,
    /// Which ones: rnn, lstm, seq2seq, attention, transformer, gpt, gpt-256 [default: all]
    #[arg(value_name = "STAGE")]
    stages: Vec<String>,
}

const WARM_UP: usize = 5;

fn main() -> anyhow::Result<()> {
    let Arguments { threads, steps, stages } = Arguments::parse();
    rayon::ThreadPoolBuilder::new().num_threads(threads.get()).use_current_thread().build_global()?;
    let peers = Peer::all();
    let known: Vec<_> = peers.iter().map(|peer| peer.name).collect();
    if let Some(unknown) = stages.iter().find(|stage| !known.contains(&stage.as_str())) {
        anyhow::bail!("there is no stage {unknown}: choose among {}", known.join(", "));
    }
    let asked = |peer: &&Peer| stages.is_empty() || stages.iter().any(|stage| stage == peer.name);
    for peer in peers.iter().filter(asked) {
        time(peer, steps.get())?;
    }
    Ok(())
}

fn time(peer: &Peer, steps: usize) -> anyhow::Result<()> {
    let (count, mut seconds) = peer.with_step(|count, step| -> Result<_, nn::TrainingError> {
        let mut seconds = Vec::with_capacity(steps);
        for index in 0..WARM_UP + steps {
            let report = step()?;
            if index >= WARM_UP {
                seconds.push(report.duration.as_secs_f64());
            }
        }
        Ok((count, seconds))
    })?;
    seconds.sort_by(f64::total_cmp);
    let (median, min) = (seconds[steps / 2], seconds[0]);
    println!(
        "{:12} params {count:8}  ms/step median {:8.2}  min {:8.2}  tokens/s {:10.0}",
        peer.name,
        median * 1e3,
        min * 1e3,
        (peer.batch * peer.context) as f64 / median
    );
    Ok(())
}
