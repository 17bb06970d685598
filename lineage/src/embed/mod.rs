//! `lineage embed`.

mod reader;
mod similarities;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, ValueEnum};
use data::is_blank;

use crate::lines::{Line, Lines};
use crate::{Common, Ending, idle};
use reader::Reader;

/// Make a vector of each text
///
/// Texts whose vectors point in about the same direction are alike: the cosine of the angle between two is 1 for the same
/// direction and about 0 for texts that have nothing to do with each other. How well that works depends on what the model was
/// trained for; sentence encoders such as MiniLM were trained for nothing else.
///
/// Of each text a line is printed, its numbers with spaces between them; every vector has length 1. Without texts and without a
/// file, lines are read from standard input. For models of bert, gpt and t5; of t5 the encoder makes the vectors.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Embed {
    /// Folder that training or `lineage import` wrote
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// Texts, each an argument
    #[arg(value_name = "TEXT")]
    texts: Vec<String>,
    /// UTF-8 text with a text on each line
    #[arg(long, alias = "text-file", value_name = "FILE", conflicts_with = "texts")]
    file: Option<PathBuf>,
    /// What of the model's vectors, one for each token, makes the one of the text [default: mean]
    #[arg(long, value_enum)]
    pooling: Option<Pooling>,
    /// Print how alike the texts are, the cosine of every two, and not the vectors
    #[arg(long)]
    similarities: bool,
}

/// How the vectors of tokens become one.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Pooling {
    /// Their mean
    Mean,
    /// The first of them, that of `[CLS]`; for encoders that were trained so
    First,
}

const EXAMPLES: &str = "\
Examples:
  lineage embed --model runs/minilm 'The weather is lovely today.'
  lineage embed --model runs/minilm --similarities 'A cat sleeps.' 'A kitten naps.' 'Shares fell.'
  lineage embed --model runs/minilm --file sentences.txt > vectors.txt";

/// Lines that are read together, at most.
const TOGETHER: usize = 1024;

impl Embed {
    /// Prints vectors or cosines.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        idle::refuse(&[("seed", common.seed.is_some(), "nothing is drawn at random: leave it out")])?;
        let mut reader = Reader::load(&self.model, self.pooling.unwrap_or(Pooling::Mean), common)?;
        let lines: Box<dyn Iterator<Item = anyhow::Result<Vec<Line>>>> = match &self.file {
            Some(path) => Box::new(Lines::of_file(path)?),
            None if self.texts.is_empty() => Box::new(Lines::of_standard_input()?),
            None => {
                let line =
                    |(text, number): (&String, usize)| Line { place: format!("text {number}"), content: text.clone() };
                Box::new(std::iter::once(Ok(self.texts.iter().zip(1..).map(line).collect())))
            }
        };
        let mut all = Vec::new();
        for lines in lines {
            for lines in lines?.chunks(TOGETHER) {
                if let Some(Line { place, .. }) = lines.iter().find(|line| is_blank(&line.content)) {
                    bail!("{place} is blank: give a text that says something");
                }
                let vectors = reader.vectors(lines)?;
                match self.similarities {
                    true => all.extend(lines.iter().map(|line| line.content.clone()).zip(vectors)),
                    false => print(&vectors)?,
                }
            }
        }
        if self.similarities {
            if all.len() < 2 {
                bail!("--similarities compares texts, and one is given: give two or more");
            }
            writeln!(io::stdout().lock(), "{}", similarities::table(&all))?;
        }
        Ok(Ending::Done)
    }
}

fn print(vectors: &[Vec<tensor::Real>]) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for vector in vectors {
        let numbers: Vec<String> = vector.iter().map(ToString::to_string).collect();
        writeln!(out, "{}", numbers.join(" "))?;
    }
    out.flush()
}
