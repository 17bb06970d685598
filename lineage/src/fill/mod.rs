//! `lineage fill`.

mod spans;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;
use data::masked::Marks;
use data::pairs::Sources;
use data::{Token, Tokenizer, quoted};
use ndarray::{Array2, Ix2};
use nn::Scores;
use report::Table;
use report::format::{counted, printable};
use report::table::digits;
use stages::StageName;
use tensor::Context;

use crate::kind::encoding::{Encoding, guesses};
use crate::kind::refused;
use crate::likeliest::likeliest;
use crate::run::trained::{self, Trained};
use crate::{Common, Ending, idle, memory};

/// Guess the hidden words of a text, or write what its gaps lack
///
/// For each `[MASK]` the likeliest tokens are printed with their probabilities, and then the text with the likeliest of each. A
/// model of bert sees both sides of the gap. Several gaps are guessed at once: none knows what fills the others. A gap is one
/// token, and a rare word may have several.
///
/// A model of t5 writes as many words as it likes into each gap: `<extra_id_0>` stands for the first, `<extra_id_1>` for the second,
/// and so on. Of these the text is printed with what stands in the gaps, always by the likeliest next token.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Fill {
    /// Folder that training or `lineage import` wrote
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// Tokens to print for each `[MASK]` [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000), allow_negative_numbers = true)]
    top: Option<u16>,
    /// The text, with `[MASK]` in the place of each word to guess, or `<extra_id_0>`, `<extra_id_1>` in the place of some words
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: String,
}

const EXAMPLES: &str = "\
Examples:
  lineage fill --model runs/bert 'Mr. [MASK] looked at his watch.'
  lineage fill --model runs/bert-base-uncased --top 10 'The capital of France is [MASK].'
  lineage fill --model runs/t5 'Mr. <extra_id_0> looked at <extra_id_1> watch.'";

/// Tokens of a gap, if nothing is said.
const TOP: u16 = 5;

impl Fill {
    /// Prints the likeliest tokens.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        idle::refuse(&[("seed", common.seed.is_some(), "nothing is drawn at random: leave it out")])?;
        let (stage, shown) = (trained::stage(&self.model)?, self.model.display());
        match stage {
            StageName::Encoder(_) => {}
            StageName::TextToText(_) => {
                let idle =
                    "a gap is filled by one span of tokens, and there are no others to choose from: leave it out";
                idle::refuse(&[("top", self.top.is_some(), idle)])?;
                return spans::fill(&self.model, &self.text, common);
            }
            StageName::Language(_) | StageName::Translation(_) => return Err(refused(stage, &self.model)),
        }
        let Trained { config, model, parameters, tokenizers } =
            Trained::<Encoding>::load(&self.model, common.progress())?;
        if !guesses(&config.model) {
            bail!(
                "the model in {shown} has no head that guesses hidden words, since its publisher left it out: use `lineage embed \
                 --model {shown}`, or import one that has it"
            );
        }
        let tokenizer = tokenizers[0].as_ref();
        let marks = Marks::of(tokenizer)?;
        let text = self.tokens(tokenizer, &marks, config.settings.context)?;
        let bytes = memory::reading(&model, &parameters, 1, text.len());
        memory::check("reading such a text", bytes, "give a shorter one")?;

        let cx = Context::eval(&parameters);
        let places: Vec<Token> =
            (0..).zip(&text).filter(|&(_, &token)| token == marks.mask).map(|(place, _)| place).collect();
        let row = Array2::from_shape_vec((1, places.len()), places.clone())?;
        let vectors = model.read(&cx, &Sources::new(&[&text])).index(0, 0); // (S, D)
        let scores = model.logits_of_vectors(&cx, &vectors.gather(row.view().into_dyn())).index(0, 0); // (n, V)
        let diverged = |error| {
            anyhow!(
                "the model in {shown} cannot guess: {error}; its training diverged: train it again with a smaller --lr"
            )
        };
        let mut filled = text.clone();
        let mut out = io::stdout().lock();
        for (number, (&place, scores)) in (1..).zip(places.iter().zip(scores.view::<Ix2>("scores").outer_iter())) {
            let probabilities = Scores::new(scores).map_err(diverged)?.probabilities();
            let best = likeliest(&probabilities, usize::from(self.top.unwrap_or(TOP)));
            filled[place as usize] = best[0].0;
            let heading = if places.len() == 1 { "token".to_owned() } else { format!("token {number}") };
            let table = Table::of(best)
                .column(heading, |&(token, _)| quoted(&tokenizer.decode(&[token])))
                .column("probability", |&(_, probability)| digits(probability, 3))
                .named("fill", "The likeliest tokens");
            writeln!(out, "{}\n", printable(&table.text()))?;
        }
        writeln!(out, "{}", printable(&tokenizer.decode(&filled[1..filled.len() - 1])))?;
        Ok(Ending::Done)
    }

    /// The text between its marks.
    fn tokens(&self, tokenizer: &dyn Tokenizer, marks: &Marks, longest: usize) -> anyhow::Result<Vec<Token>> {
        let text = self.text.trim_start_matches('\u{FEFF}');
        let tokens = tokenizer.encode(text).map_err(|error| anyhow!("the text: {error}"))?;
        if !tokens.contains(&marks.mask) {
            bail!(
                "the text has no [MASK], which says where to guess: write one in the place of a word, as in 'Mr. [MASK] slept.'"
            );
        }
        if tokens.len() > longest - Marks::AROUND {
            bail!(
                "the text has {}, and the model reads at most {} at once: give a shorter one",
                counted(tokens.len(), "token"),
                longest - Marks::AROUND
            );
        }
        Ok(marks.framed(&tokens, longest))
    }
}
