//! `lineage translate`.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use benches::figure::Size;
use benches::progress::Progress;
use clap::Args;
use data::pairs::{UNKNOWN, Vocabulary};
use data::{Text, Token};
use ndarray::ArrayView1;
use tensor::{Real, write_atomically};

use crate::alignment::Aligned;
use crate::evaluate::{finite, rows};
use crate::kind::AnyStage;
use crate::request::{Request, tell_fitted, tell_unknown_words};
use crate::search::Search;
use crate::settings::not_negative;
use crate::system;
use crate::trained::{self, Trained};
use crate::translation::{Translation, both};
use crate::{Common, Ending};

/// Translate sentences with a model
///
/// Every sentence becomes one line, and a blank line a blank one. Without sentences and without a file, lines are read from
/// standard input. Capital letters and signs are fitted to the sentences that the model was trained on. That, words that the
/// model does not know, and translations that were cut off since it came to no end, are told on standard error.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Translate {
    /// Folder that training wrote
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// Sentences to translate, each an argument
    #[arg(value_name = "SENTENCE")]
    sentences: Vec<String>,
    /// UTF-8 text with a sentence on each line
    #[arg(long, value_name = "FILE", conflicts_with = "sentences")]
    file: Option<PathBuf>,
    /// Translations that are followed at once; 1 always takes the likeliest token
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(..=1000),
          allow_negative_numbers = true)]
    beam: u32,
    /// How much a beam prefers longer translations; 0 mostly ends with shorter ones [default: 0.6]
    #[arg(long, value_name = "A", allow_negative_numbers = true, value_parser = not_negative)]
    length_penalty: Option<f64>,
    /// Print under each translation how much each of its words looked at each word of the source
    #[arg(long)]
    alignment: bool,
    /// Draw the same of one sentence
    #[arg(long, value_name = "FILE.svg")]
    heat_map: Option<PathBuf>,
    /// Write for an unknown word of the translation (<unk>) what it looked at most in the source
    #[arg(long)]
    copy_unknown: bool,
}

const EXAMPLES: &str = "\
Examples:
  lineage translate --model runs/attention 'the white dogs are old'
  lineage translate --model runs/attention --beam 4 --file sentences.txt
  lineage translate --model runs/attention --alignment --heat-map dogs.svg 'the white dogs are old'
  echo 'the white dogs are old' | lineage translate --model runs/transformer";

impl Translate {
    /// Prints the translations.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let search = Search::new(self.beam as usize, self.length_penalty)?;
        let shown = self.model.display();
        let stage = trained::stage(&self.model)?;
        if let AnyStage::Language(stage) = stage {
            bail!(
                "the model in {shown} is of {stage}, which does not translate: use `lineage generate --model {shown}`, or \
                 train seq2seq, attention or transformer"
            );
        }
        let Trained { config, model, parameters, tokenizers } =
            Trained::<Translation>::load(&self.model, common.progress())?;
        let [source, target] = both(tokenizers)?;
        let longest = config.model.longest();
        let requests = self.requests(&source, longest)?;
        if let Some(path) = &self.heat_map {
            let sentences = requests.iter().filter(|request| !request.is_blank()).count();
            if sentences != 1 {
                bail!("--heat-map draws one sentence, and {sentences} are given: give one");
            }
            check_name(path)?;
        }
        let progress = common.progress();
        tell_fitted(&requests, progress);
        tell_unknown_words(&requests, &source, &config.text.name, progress);

        let mut out = io::stdout().lock();
        let longest_source = requests.iter().map(|request| request.tokens.len()).max().unwrap_or(0);
        let rows = search.sources(rows(longest_source, target.size()));
        for requests in requests.chunks(rows) {
            let sources: Vec<&[Token]> =
                requests.iter().filter(|request| !request.is_blank()).map(|request| &request.tokens[..]).collect();
            let mut translations = match &sources[..] {
                [] => Vec::new(),
                sources => search.translate(&model, &parameters, sources, longest),
            }
            .into_iter();
            for request in requests {
                let Some(said) = (!request.is_blank()).then(|| translations.next()).flatten() else {
                    writeln!(out)?;
                    continue;
                };
                finite(said.log_probability, &self.model, &request.place)?;
                let looks = self.alignment || self.copy_unknown || self.heat_map.is_some();
                let weights = match &said.alignment {
                    _ if !looks => {
                        writeln!(out, "{}", target.decode(said.words()))?;
                        tell_cut_off(request, &said, progress);
                        continue;
                    }
                    Some(weights) => weights.view(),
                    None => bail!(
                        "the model in {shown} is of {stage}, which does not look back at the source: leave --alignment, \
                         --heat-map and --copy-unknown out, or use a model of attention or transformer"
                    ),
                };
                let pieces = source.pieces_of(&request.sentence);
                let unknown = |place: usize| match self.copy_unknown {
                    true => copied(&pieces, weights.row(place)),
                    false => target.piece(UNKNOWN).to_owned(),
                };
                let aligned = Aligned::new([&source, &target], &request.sentence, said.words(), weights, unknown);
                if let Some(path) = &self.heat_map {
                    if aligned.target.is_empty() {
                        bail!(
                            "the model in {shown} translates {} by nothing, so there is nothing to draw: leave --heat-map \
                             out, write the sentence in other words, or train longer",
                            request.place
                        );
                    }
                    draw(&aligned, path)?;
                }
                writeln!(out, "{}", target.decode_with(said.words(), unknown))?;
                if self.alignment {
                    writeln!(out, "{}\n", aligned.table())?;
                }
                tell_cut_off(request, &said, progress);
            }
        }
        Ok(Ending::Done)
    }

    /// The sentences, from wherever they come.
    fn requests(&self, source: &Vocabulary, longest: Option<usize>) -> anyhow::Result<Vec<Request>> {
        let lines = |name: &str, text: &str| {
            let line = |(line, number): (&str, usize)| {
                Request::line(format!("line {number} of {name}"), line, source, longest)
            };
            text.lines().zip(1..).map(line).collect()
        };
        if let Some(path) = &self.file {
            let text = Text::read(path)?;
            return lines(text.name(), text.as_str());
        }
        if self.sentences.is_empty() {
            if system::stdin_is_closed() {
                bail!("standard input is closed: give sentences as arguments, or a file with --file");
            }
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map_err(|error| {
                anyhow!("standard input cannot be read: {error}; give sentences as arguments, or a file with --file")
            })?;
            let text = Text::from_bytes("standard input", &bytes)?;
            return lines(text.name(), text.as_str());
        }
        let argument = |(sentence, number): (&String, usize)| {
            Request::new(format!("sentence {number}"), sentence, source, longest)
        };
        self.sentences.iter().zip(1..).map(argument).collect()
    }
}

/// The piece of the source that a token of the translation looked at most.
fn copied(pieces: &[String], looked: ArrayView1<'_, Real>) -> String {
    let mut most = (0, Real::NEG_INFINITY);
    for (place, &weight) in looked.iter().enumerate().take(pieces.len()) {
        if weight > most.1 {
            most = (place, weight);
        }
    }
    pieces[most.0].trim().to_owned()
}

/// Says if the model had more to say.
fn tell_cut_off(Request { place, .. }: &Request, said: &nn::Translation, progress: Progress) {
    if !said.ended() {
        progress.say(&format!(
            "{place}: the translation was cut off after {} tokens, since the model came to no end: train it longer, or \
             shorten the sentence",
            said.tokens.len()
        ));
    }
}

/// Refuses a name that promises no drawing, so that nobody's file is lost and no picture has a misleading name.
fn check_name(path: &Path) -> anyhow::Result<()> {
    let promised = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
    if !promised && (path.is_file() || !path.exists()) {
        bail!("--heat-map {} does not end in .svg, and it draws SVG: give a name that does", path.display());
    }
    Ok(())
}

fn draw(aligned: &Aligned, path: &Path) -> anyhow::Result<()> {
    let svg = aligned.figure().document(Size::Wide)?;
    // What is no file, such as a device or a link, must not be replaced by one.
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return fs::write(path, svg)
            .map_err(|error| anyhow!("{} cannot be written: {error}; choose another --heat-map", path.display()));
    }
    Ok(write_atomically(path, svg.as_bytes())?)
}
