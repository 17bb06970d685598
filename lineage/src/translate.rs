//! `lineage translate`.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use benches::figure::Size;
use benches::progress::Progress;
use clap::Args;
use data::pairs::{MOST_CHARACTERS, MOST_WORDS, UNKNOWN, Vocabulary};
use data::{Text, Token};
use tensor::write_atomically;

use crate::alignment::Aligned;
use crate::evaluate::rows;
use crate::folder::{self, Trained};
use crate::kind::AnyStage;
use crate::pairs::Generated;
use crate::search::Search;
use crate::settings::not_negative;
use crate::translation::{Translation, both};
use crate::{Common, Ending};

/// Translate sentences with a model
///
/// Every sentence becomes one line. Without sentences and without a file, lines are read from standard input. Words that
/// the model does not know, and translations that were cut off since it came to no end, are told on standard error.
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
}

const EXAMPLES: &str = "\
Examples:
  lineage translate --model runs/attention 'the white dogs are old'
  lineage translate --model runs/attention --beam 4 --file sentences.txt
  lineage translate --model runs/attention --alignment --heat-map dogs.svg 'the white dogs are old'
  echo 'the white dogs are old' | lineage translate --model runs/transformer";

/// A sentence, and what to call it in messages.
struct Request {
    place: String,
    sentence: String,
}

impl Translate {
    /// Prints the translations.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let search = Search::new(self.beam as usize, self.length_penalty)?;
        let shown = self.model.display();
        let stage = folder::stage(&self.model)?;
        if let AnyStage::Language(stage) = stage {
            bail!(
                "the model in {shown} is of {stage}, which does not translate: use `lineage generate --model {shown}`, or \
                 train seq2seq, attention or transformer"
            );
        }
        let Trained { config, model, parameters, tokenizers } = Trained::<Translation>::load(&self.model)?;
        let [source, target] = both(tokenizers)?;
        let longest = config.model.longest();
        let requests = self.requests()?;
        if let Some(path) = &self.heat_map {
            if requests.len() != 1 {
                bail!("--heat-map draws one sentence, and {} are given: give one", requests.len());
            }
            check_name(path)?;
        }
        let encoded: Vec<Vec<Token>> =
            requests.iter().map(|request| request.encode(&source, longest)).collect::<Result<_, _>>()?;
        let progress = common.progress();
        tell_unknown_words(&requests, &encoded, &source, &config.text.name, progress);

        let mut out = io::stdout().lock();
        let longest_source = encoded.iter().map(Vec::len).max().unwrap_or(0);
        let rows = search.sources(rows(longest_source, target.size()));
        for (requests, sources) in requests.chunks(rows).zip(encoded.chunks(rows)) {
            let sources: Vec<&[Token]> = sources.iter().map(Vec::as_slice).collect();
            for (request, said) in requests.iter().zip(search.translate(&model, &parameters, &sources, longest)) {
                let translation = target.decode(said.words());
                if !self.alignment && self.heat_map.is_none() {
                    writeln!(out, "{translation}")?;
                    tell_cut_off(request, &said, progress);
                    continue;
                }
                let Some(weights) = &said.alignment else {
                    bail!(
                        "the model in {shown} is of {stage}, which does not look back at the source: leave --alignment \
                         and --heat-map out, or use a model of attention or transformer"
                    );
                };
                let aligned = Aligned::new([&source, &target], &request.sentence, said.words(), weights.view());
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
                writeln!(out, "{translation}")?;
                if self.alignment {
                    writeln!(out, "{}\n", aligned.table())?;
                }
                tell_cut_off(request, &said, progress);
            }
        }
        Ok(Ending::Done)
    }

    /// The sentences, from wherever they come.
    fn requests(&self) -> anyhow::Result<Vec<Request>> {
        let lines = |name: &str, text: &str| {
            let line = |(number, line): (usize, &str)| Request {
                place: format!("line {} of {name}", number + 1),
                sentence: line.to_owned(),
            };
            text.lines().enumerate().map(line).collect()
        };
        if let Some(path) = &self.file {
            let text = Text::read(path)?;
            return Ok(lines(text.name(), text.as_str()));
        }
        if self.sentences.is_empty() {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map_err(|error| {
                anyhow!("standard input cannot be read: {error}; give sentences as arguments, or a file with --file")
            })?;
            let text = Text::from_bytes("standard input", &bytes)?;
            return Ok(lines(text.name(), text.as_str()));
        }
        let argument = |(number, sentence): (usize, &String)| Request {
            place: format!("sentence {}", number + 1),
            sentence: sentence.clone(),
        };
        Ok(self.sentences.iter().enumerate().map(argument).collect())
    }
}

impl Request {
    /// Its tokens.
    ///
    /// # Errors
    /// If the model knows nothing of it, or it is too long.
    fn encode(&self, vocabulary: &Vocabulary, longest: Option<usize>) -> anyhow::Result<Vec<Token>> {
        let Request { place, sentence } = self;
        if sentence.trim().contains('\t') {
            bail!(
                "{place} has a tab, as pairs have between a sentence and its translation: give the sentence alone, or \
                 judge the pairs by `lineage evaluate --pairs`"
            );
        }
        let words = sentence.split_whitespace().count();
        let characters = sentence.chars().count();
        for (length, unit, limit) in [(words, "words", MOST_WORDS), (characters, "characters", MOST_CHARACTERS)] {
            if length > limit {
                bail!("{place} has {length} {unit}, and at most {limit} are taken: shorten it or cut it in two");
            }
        }
        let tokens = vocabulary.encode_request(sentence).map_err(|error| anyhow!("{place}: {error}"))?;
        if let Some(most) = longest.filter(|&most| tokens.len() > most) {
            bail!(
                "{place} has {} tokens, and the model has {most} learned positions: shorten it, or train with a larger \
                 --context",
                tokens.len()
            );
        }
        Ok(tokens)
    }

    /// The words, as spaces part them, of which the model does not know a piece; each once.
    fn unknown_words(&self, vocabulary: &Vocabulary, tokens: &[Token]) -> Vec<String> {
        let words = vocabulary.words(&self.sentence);
        let mut unknown = Vec::new();
        for (word, &token) in vocabulary.words_read(&self.sentence).into_iter().zip(tokens) {
            if let Some(word) = word.map(|word| &words[word])
                && token == UNKNOWN
                && !unknown.contains(word)
            {
                unknown.push(word.clone());
            }
        }
        unknown
    }
}

/// Says which words the model cannot read, and then once what can be done.
fn tell_unknown_words(
    requests: &[Request],
    encoded: &[Vec<Token>],
    vocabulary: &Vocabulary,
    learned_from: &str,
    progress: Progress,
) {
    let mut all_known = true;
    for (request, tokens) in requests.iter().zip(encoded) {
        let unknown = request.unknown_words(vocabulary, tokens);
        if !unknown.is_empty() {
            let unknown: Vec<String> = unknown.into_iter().map(|word| format!("{word:?}")).collect();
            progress.say(&format!("{}: the model does not know {}", request.place, unknown.join(", ")));
            all_known = false;
        }
    }
    if !all_known {
        progress.say(if learned_from == Generated::NAME {
            "write as generated sentences do: in small letters, with ? and 's as words, without other marks, and in their words"
        } else {
            "write in other words, or train with a larger --vocabulary or more pairs"
        });
    }
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
