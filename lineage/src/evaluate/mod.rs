//! `lineage evaluate`.

mod alignment;
mod gaps;
mod hidden;
pub mod loss;
mod scores;
mod translation;

use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;
use data::Windows;
use nn::evaluate;
use report::format::{self, counted};
use stages::StageName;

use crate::kind::Kind;
use crate::kind::language::{Corpus, Language};
use crate::kind::text::{self, TextId};
use crate::kind::text_to_text::TextToText;
use crate::kind::validation::Split;
use crate::memory;
use crate::memory::rows::rows;
use crate::run::trained::{self, Trained};
use crate::search::Search;
use crate::settings::{Learns, not_negative};
use crate::{Common, Ending, idle};
use loss::{finite, write_loss};
use scores::{BleuTokens, References};
use translation::Asked;

/// Measure how well a model predicts a text, guesses its hidden words, or translates
///
/// A text is cut into consecutive windows as long as the model's context, and each is predicted from its own tokens
/// alone; a rest shorter than a window is left out. Every predicted token counts the same. Bits per byte are the same loss
/// for each byte of the text in its normal form, so that models with different tokens can be compared. A word that the
/// vocabulary lacks counts as the unknown token, and a text with a character that it lacks is refused.
///
/// Of an encoder it is measured how well it guesses: 15 in 100 tokens of each window are hidden, by --seed, and only these count.
/// Of t5 as many are taken, in spans of 3 in the mean, and it writes them; with pairs, and if it was trained on pairs, it translates.
///
/// The loss of a translator is that of predicting every token of the right translation, and its end; if there are several
/// right ones, of the first. The translator also translates by itself: those scores have 95 % intervals, and a table shows
/// them by the length of the sentences. A score
/// that is undefined is a dash: BLEU counts runs of up to four words, and where no translation has four, it is 0/0. BLEU
/// of a single shorter sentence stops at its length, sacreBLEU's effective order. Japanese, which sacreBLEU cuts with a
/// dictionary, is cut into characters.
///
/// For generated sentences it is known which word translates which. The alignment error of a translator that looks back is
/// shown beside those of chance, of the diagonal and of IBM Model 1 (trained on 10,000 sentences of the training part), and
/// beside the least that is possible with one link for each word, all on the same sentences; then once more on those with
/// inverted word order, where two links cross.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Evaluate {
    /// Folder that training wrote
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// UTF-8 text to predict [default: the one that the model was trained on]
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// Pairs to translate, on each line a sentence, a tab and its translation [default: those that the model was trained
    /// on, a file or generated sentences]
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    pairs: Option<PathBuf>,
    /// Which part, divided as in training: the first nine tenths of a text and about nine in ten sentences of pairs are
    /// learned from, unless --validation or --validation-share said otherwise [default: all of a text, of pairs what is
    /// judged by]
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// Sentences to translate, the first of the part [default: 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000), allow_negative_numbers = true)]
    count: Option<u32>,
    /// Take only sentences of so many words, both ends included, for example 10..12. Words end as the model's do and have a
    /// letter or a digit; in generated sentences a question mark is a word too
    #[arg(long, value_name = "FROM..TO", value_parser = words)]
    words: Option<RangeInclusive<usize>>,
    /// Which translations of a generated sentence are right; of a file's, all that it has are [default: one]
    #[arg(long, value_enum)]
    references: Option<References>,
    /// Translations that are followed at once; 1 always takes the likeliest token [default: 1]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(..=1000), allow_negative_numbers = true)]
    beam: Option<u32>,
    /// How much a beam prefers longer translations; 0 mostly ends with shorter ones [default: 0.6]
    #[arg(long, value_name = "A", allow_negative_numbers = true, value_parser = not_negative)]
    length_penalty: Option<f64>,
    /// What BLEU takes for a word, as sacreBLEU names it [default: by the script of the right translations; zh if they are
    /// Chinese, char if spaces do not part their words, else 13a]
    #[arg(long, value_name = "RULE", value_enum)]
    bleu_tokens: Option<BleuTokens>,
    /// What a model of t5 reads before each source of pairs [default: what it was trained with]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    prefix: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  lineage evaluate --model runs/gpt --split val              the book's last tenth, which training did not learn from
  lineage evaluate --model runs/mine --text other.txt        a text of another author
  lineage evaluate --model runs/attention                    1,000 sentences that training held out
  lineage evaluate --model runs/attention --words 10..12     1,000 such sentences of 10 to 12 words
  lineage evaluate --model runs/spanish --pairs spa.tsv --count 200 --beam 4";

impl Evaluate {
    /// Prints the loss, and of a translator the scores.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let shown = self.model.display();
        match trained::stage(&self.model)? {
            StageName::Encoder(stage) => {
                self.refuse_pairs(stage.into())?;
                hidden::run(&self.model, self.text.as_deref(), self.split.unwrap_or(Split::All), common)
            }
            StageName::Language(stage) => {
                self.refuse_pairs(stage.into())?;
                idle::refuse(&[("seed", common.seed.is_some(), "nothing is drawn at random: leave it out")])?;
                self.predict(common)
            }
            StageName::TextToText(stage) => {
                let trained = Trained::<TextToText>::load(&self.model, common.progress())?;
                let learned = trained.config.settings.learns;
                if self.pairs.is_some() || (self.text.is_none() && learned == Learns::Pairs) {
                    let prefix = self.prefix.as_ref().unwrap_or(&trained.config.settings.prefix);
                    return translation::run_text_to_text(&self.model, &trained, prefix, &self.asked()?, common);
                }
                self.refuse_pairs(stage.into())?;
                gaps::run(&self.model, trained, self.text.as_deref(), self.split.unwrap_or(Split::All), common)
            }
            StageName::Translation(stage) => {
                if self.text.is_some() {
                    bail!("the model in {shown} is of {stage}, which translates: give --pairs, not --text");
                }
                self.refuse_prefix(stage.into())?;
                translation::run(&self.model, &self.asked()?, common)
            }
        }
    }

    /// What a model that translates is asked.
    fn asked(&self) -> anyhow::Result<Asked<'_>> {
        Ok(Asked {
            pairs: self.pairs.as_deref(),
            split: self.split,
            words: self.words.as_ref(),
            references: self.references,
            count: self.count.unwrap_or(1000) as usize,
            search: Search::new(self.beam.unwrap_or(1) as usize, self.length_penalty)?,
            bleu_tokens: self.bleu_tokens,
        })
    }

    /// Refuses what only a model is asked that reads a text and writes one.
    fn refuse_prefix(&self, stage: StageName) -> anyhow::Result<()> {
        if self.prefix.is_some() {
            bail!(
                "the model in {} is of {stage}, which reads nothing before a sentence: leave --prefix out",
                self.model.display()
            );
        }
        Ok(())
    }

    /// Refuses what only a translator is asked.
    fn refuse_pairs(&self, stage: StageName) -> anyhow::Result<()> {
        let given = [
            ("pairs", self.pairs.is_some()),
            ("count", self.count.is_some()),
            ("words", self.words.is_some()),
            ("references", self.references.is_some()),
            ("beam", self.beam.is_some()),
            ("length-penalty", self.length_penalty.is_some()),
            ("bleu-tokens", self.bleu_tokens.is_some()),
            ("prefix", self.prefix.is_some()),
        ];
        let shown = self.model.display();
        match (given.into_iter().find(|(_, given)| *given), stage) {
            (Some((flag, _)), StageName::TextToText(_)) => {
                bail!(
                    "--{flag} is for translations, and the model in {shown} fills gaps of a text: give --pairs, or leave it out"
                )
            }
            (Some((flag, _)), _) => {
                bail!("the model in {shown} is of {stage}, which does not translate: leave --{flag} out")
            }
            (None, _) => Ok(()),
        }
    }

    fn predict(&self, common: &Common) -> anyhow::Result<Ending> {
        let Trained { config, model, parameters, tokenizers } =
            Trained::<Language>::load(&self.model, common.progress())?;
        let [tokenizer] = &tokenizers[..] else { unreachable!("one file, one tokenizer") };
        let part = self.split.unwrap_or(Split::All);
        let corpus = match &self.text {
            Some(path) => {
                let validation = config.validation_of_other(part, &self.model)?;
                Language::judged_by(Corpus::read(Some(path))?, validation)?
            }
            None => trained::trained_on::<Language>(&self.model, &config, common.progress())?.0,
        };
        let (split, text) = corpus.part(part, tokenizer.as_ref())?;
        let context = config.settings.context;
        let windows = Windows::new(&split, context)?;
        text::announce("text", &TextId::of(text), common.progress());

        let predicted = &split.tokens()[1..=windows.len() * context];
        let unknown = tokenizer.unknown().map(|unknown| predicted.iter().filter(|&&token| token == unknown).count());
        if unknown == Some(predicted.len()) {
            bail!(
                "nothing in {} is known to the model in {}: give a text like the one it was trained on",
                split.name(),
                self.model.display()
            );
        }

        let rows = rows(context, tokenizer.vocabulary_size());
        let bytes = memory::evaluation(&model, &parameters, rows, context);
        memory::check("this evaluation", bytes, "evaluate on another machine, or train with a shorter --context")?;
        let task = common.progress().task("evaluate", windows.len().div_ceil(rows) as u64);
        let batches = windows.batches(rows).inspect(|batch| task.advance(1, batch.inputs.len() as u64, ""));
        let found = evaluate(&model, &parameters, batches);
        drop(task);
        let found = found.ok_or_else(|| anyhow!("{} has nothing to predict; choose a longer text", split.name()))?;
        finite(found.nats, &self.model, split.name())?;

        let mut out = io::stdout().lock();
        writeln!(out, "{}: {} of {}", split.name(), counted(windows.len(), "window"), counted(context, "token"))?;
        write_loss(&mut out, &found)?;
        let bytes = tokenizer.decode_bytes(predicted).len();
        match unknown {
            // How they are spelt is not predicted.
            Some(1..) => writeln!(out, "bits per byte   - (unknown tokens have no bytes)")?,
            _ => writeln!(out, "bits per byte   {:.4}", found.bits() * found.tokens as f64 / bytes as f64)?,
        }
        if let Some(unknown) = unknown {
            let (unknown, all) = (format::count(unknown as u64), format::count(found.tokens as u64));
            writeln!(out, "unknown tokens  {unknown} of {all}")?;
        }
        Ok(Ending::Done)
    }
}

/// Reads `10..12`, or `10` for that alone.
fn words(text: &str) -> Result<RangeInclusive<usize>, String> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if 1 <= from && from <= to => Ok(from..=to),
        _ => Err("give a number of words of at least 1, or the smallest and the largest as 10..12".to_owned()),
    }
}
