//! From the recurrent network to GPT: the command-line program `lineage`, and the way into the code.
//!
//! The stages, in the order in which they were found, each a crate to be read from top to bottom:
//!
//! 1. [`rnn`](../rnn/index.html), 1990: a state fed back
//! 2. [`lstm`](../lstm/index.html), 1997: gates that keep the state alive, and the GRU of 2014
//! 3. [`seq2seq`](../seq2seq/index.html), 2014: encoder and decoder, and the one vector between them
//! 4. [`attention`](../attention/index.html), 2014: look back instead of remembering
//! 5. [`transformer`](../transformer/index.html), 2017: attention only
//! 6. [`gpt`](../gpt/index.html), 2018: blocks on top of each other, predicting the next token
//! 7. [`bert`](../bert/index.html), 2018: blocks that see both sides, guessing hidden words
//! 8. [`t5`](../t5/index.html), 2019: text in, text out
//!
//! Below them are [`tensor`](../tensor/index.html), numbers that remember how they were computed,
//! [`data`](../data/index.html), [`grammar`](../grammar/index.html) and [`nn`](../nn/index.html); above them
//! [`stages`](../stages/index.html), each of them by name, and [`benches`](../benches/index.html), the experiments, shown with [`report`](../report/index.html).
//!
//! Of the program: one file or folder for each command. Results go to standard output, everything else to standard error. A mistake is
//! told in one sentence, and the exit code is decided here.

mod adopt;
mod alignment;
mod compare;
mod embed;
mod evaluate;
mod explain;
mod export;
mod fill;
mod generate;
mod idle;
mod import;
mod kind;
mod lab;
mod likeliest;
mod lines;
mod memory;
mod output_file;
mod reports;
mod run;
mod search;
mod settings;
mod standard_input;
mod system;
mod tokenize;
mod train;
mod translate;

use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::{Args, Parser, Subcommand};
use report::format::counted;
use report::notice;
use report::progress::Progress;
use system::{interrupt, processor};

#[global_allocator]
static ALLOCATOR: memory::counted::Counted = memory::counted::Counted;

/// From the recurrent network to GPT: train each stage, ask it, and measure the claims made about it.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  lineage compare                                            measure the claims, write report/index.html
  lineage train lstm --steps 500 --out runs/verne            train on the built-in book
  lineage train gpt --text my.txt --preset nanogpt-cpu       train on a text of your own
  lineage train --resume runs/verne                          go on with a run that was interrupted
  lineage evaluate --model runs/verne --split val            how well it predicts what it did not learn from
  lineage generate --model runs/verne --prompt 'Mr. Fogg '   let it speak
  lineage explain --model runs/gpt 'Mr. Fogg '               show how GPT gets to the next token
  lineage tokenize --model runs/verne 'Mr. Fogg'             show the tokens of a text
  lineage train attention --out runs/spanish                 train a translator on generated sentences
  lineage translate --model runs/spanish 'I like red houses' let it translate
  lineage train bert --out runs/bert                         train a model of hidden words
  lineage fill --model runs/bert 'Mr. [MASK] slept.'         let it guess
  lineage train t5 --out runs/t5                             train a model that writes what gaps lack
  lineage embed --model runs/minilm --similarities 'A cat.' 'A kitten.'
                                                             how alike texts are
  lineage import ~/models/pythia-70m                         use a model that others have published
  lineage lab start causal-mask                              write a mechanism yourself, and have it checked

`lineage COMMAND --help` says more about each.";

#[derive(Args)]
struct Common {
    /// Threads to compute on; losses, weights and scores do not depend on it, measured times do [default: all cores]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024),
          allow_negative_numbers = true, help_heading = "Everywhere")]
    threads: Option<u16>,
    /// Seed of all random numbers; on one machine, one build of the program gives the same bits for the same seed; refused
    /// where nothing is random [default: 1]
    #[arg(long, global = true, value_name = "N", value_parser = settings::seed(),
          allow_negative_numbers = true, help_heading = "Everywhere")]
    seed: Option<u64>,
    /// Say nothing but results, errors and that a run was interrupted
    #[arg(long, global = true, help_heading = "Everywhere")]
    quiet: bool,
}

impl Common {
    fn seed(&self) -> u64 {
        self.seed.unwrap_or(1)
    }

    fn progress(&self) -> Progress {
        Progress::detect(self.quiet)
    }
}

#[derive(Subcommand)]
enum Command {
    Train(Box<train::Train>),
    Evaluate(evaluate::Evaluate),
    Generate(generate::Generate),
    Explain(explain::Explain),
    Translate(translate::Translate),
    Fill(fill::Fill),
    Embed(embed::Embed),
    Tokenize(tokenize::Tokenize),
    Compare(compare::Compare),
    Report(reports::Report),
    Import(import::Import),
    Export(export::Export),
    Adopt(adopt::Adopt),
    Lab(lab::Lab),
}

/// How a command that did not fail came to its end.
enum Ending {
    Done,
    Interrupted,
    /// What was compared is not the same.
    Different,
}

fn main() -> ExitCode {
    match processor::complaint() {
        Some(complaint) => {
            let _ = writeln!(io::stderr(), "error: {complaint}");
            ExitCode::FAILURE
        }
        None => answer(),
    }
}

/// Not inlined, so that none of its instructions runs before it is known that the processor has them.
#[inline(never)]
fn answer() -> ExitCode {
    report_bugs();
    system::report_limits();
    nn::keep_freed_memory();
    match parse_and_run() {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Different) => ExitCode::FAILURE,
        Ok(Ending::Interrupted) => ExitCode::from(interrupt::code()),
        // Whoever reads our output has seen enough (`lineage generate .. | head`).
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // What cannot be read is told with its name where it is read, so this was a line of the result.
            let error = match error.downcast_ref::<io::Error>() {
                Some(error) => {
                    format!(
                        "the result cannot be written to standard output: {error}; {}, or send it to another place",
                        files::way_out(error)
                    )
                }
                None => error.to_string(),
            };
            notice::say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn parse_and_run() -> anyhow::Result<Ending> {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(mistake) if mistake.use_stderr() => mistake.exit(),
        Err(help) => {
            must_write_results()?;
            help.print()?;
            io::stdout().flush()?;
            return Ok(Ending::Done);
        }
    };
    let ending = run(cli)?;
    io::stdout().flush()?;
    Ok(ending)
}

/// Refuses to begin what has nowhere to go.
fn must_write_results() -> anyhow::Result<()> {
    if system::stdout_is_closed() {
        bail!("the result cannot be written: standard output is closed; send it to a file or to another program");
    }
    Ok(())
}

fn run(cli: Cli) -> anyhow::Result<Ending> {
    let threads = cli.common.threads.map_or(0, usize::from); // 0 lets rayon take all cores
    // Training runs on this thread: inside the pool it shares out work without waiting for another to wake up.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread().build_global();
    pool.map_err(|error| {
        anyhow!("{} cannot be started: {error}; give a smaller --threads", counted(threads, "thread"))
    })?;
    interrupt::listen(match cli.command {
        Command::Train(_) => "interrupted before the training began: nothing was changed",
        Command::Compare(_) => {
            "interrupted: the report before stays; trainings that finished are kept, so the same command goes on from there"
        }
        _ => "interrupted: what was printed so far is valid",
    })?;
    let has_results = matches!(
        cli.command,
        Command::Evaluate(_)
            | Command::Generate(_)
            | Command::Explain(_)
            | Command::Translate(_)
            | Command::Fill(_)
            | Command::Embed(_)
            | Command::Tokenize(_)
            | Command::Report(_)
            | Command::Lab(_)
    );
    if has_results {
        must_write_results()?;
    }
    match cli.command {
        Command::Train(train) => train.run(&cli.common),
        Command::Evaluate(evaluate) => evaluate.run(&cli.common),
        Command::Generate(generate) => generate.run(&cli.common),
        Command::Explain(explain) => explain.run(&cli.common),
        Command::Translate(translate) => translate.run(&cli.common),
        Command::Fill(fill) => fill.run(&cli.common),
        Command::Embed(embed) => embed.run(&cli.common),
        Command::Tokenize(tokenize) => tokenize.run(&cli.common),
        Command::Compare(compare) => compare.run(&cli.common),
        Command::Report(report) => report.run(&cli.common),
        Command::Import(import) => import.run(&cli.common),
        Command::Export(export) => export.run(&cli.common),
        Command::Adopt(adopt) => adopt.run(&cli.common),
        Command::Lab(lab) => lab.run(&cli.common),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// A panic is a mistake in this program, whatever the user did; it is told as one.
fn report_bugs() {
    panic::set_hook(Box::new(|bug| {
        let what = bug.to_string().replace('\n', " ");
        notice::say(&format!("error: a mistake in lineage itself ({what}): please report it with your command"));
    }));
}
