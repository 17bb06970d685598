//! `lineage translate`.

mod request;
mod text_to_text;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use data::Token;
use data::pairs::{UNKNOWN, Vocabulary};
use ndarray::ArrayView1;
use report::figure::Size;
use stages::{StageName, TranslatorModel, TranslatorStage};
use tensor::{Parameters, Real};

use crate::alignment::Aligned;
use crate::evaluate::loss::finite;
use crate::kind::refused;
use crate::kind::translation::{Translation, both};
use crate::lines::{Line, Lines};
use crate::memory;
use crate::memory::rows::rows;
use crate::run::trained::{self, Trained};
use crate::search::Search;
use crate::settings::not_negative;
use crate::{Common, Ending, idle, output_file};
use request::{Notices, Request};

/// Translate sentences with a model
///
/// Every sentence becomes one line, and a blank line a blank one. Without sentences and without a file, lines are read from
/// standard input. Lines are translated as they come, up to the first that cannot be. Capital letters, quotes and the signs
/// that open and close a sentence are fitted to the sentences that the model was trained on. Standard error tells, once,
/// that something was fitted, and of each sentence which words the model does not know and whether its translation was cut
/// off because it came to no end. A model of t5 reads sentences as they stand.
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
    /// What a model of t5 reads before each sentence, for example 'translate English to German: ' [default: what it was trained
    /// with]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    prefix: Option<String>,
    /// Write for each unknown word of the translation what it looked at most in the source
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
    /// Prints the translations, of lines as they come.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let search = Search::new(self.beam as usize, self.length_penalty)?;
        let shown = self.model.display();
        let stage = match trained::stage(&self.model)? {
            StageName::Translation(stage) => stage,
            StageName::Language(stage) => bail!(
                "the model in {shown} is of {stage}, which does not translate: use `lineage generate --model {shown}`, or \
                 train {}",
                any_of(TranslatorStage::ALL)
            ),
            StageName::TextToText(_) => return text_to_text::run(self, search, common),
            stage @ StageName::Encoder(_) => return Err(refused(stage, &self.model)),
        };
        let blind = !stage.looks_back();
        let no_weights = format!(
            "the model in {shown} is of {stage}, which does not look back at the source: leave it out, or use a model of {}",
            any_of(TranslatorStage::ALL.into_iter().filter(|stage| stage.looks_back()))
        );
        idle::refuse(&[
            ("seed", common.seed.is_some(), "nothing is drawn at random: leave it out"),
            ("prefix", self.prefix.is_some(), "only t5 reads something before a sentence: leave it out"),
            ("alignment", self.alignment && blind, &no_weights),
            ("heat-map", self.heat_map.is_some() && blind, &no_weights),
            ("copy-unknown", self.copy_unknown && blind, &no_weights),
        ])?;
        let Trained { config, model, parameters, tokenizers } =
            Trained::<Translation>::load(&self.model, common.progress())?;
        let [source, target] = both(tokenizers)?;
        let notices = Notices::new(&config.text, common.progress());
        let longest = config.model.longest();
        let mut interpreter =
            Interpreter { asked: self, search, model, parameters, source, target, longest, room_for: 0, notices };
        let lines = match &self.file {
            Some(path) => Lines::of_file(path)?,
            None if self.sentences.is_empty() => Lines::of_standard_input()?,
            None => {
                let sentence = |(sentence, number): (&String, usize)| {
                    Request::new(format!("sentence {number}"), sentence, &interpreter.source, longest)
                };
                let requests: Vec<_> = self.sentences.iter().zip(1..).map(sentence).collect::<Result<_, _>>()?;
                self.check_heat_map(&requests)?;
                interpreter.answer(&requests)?;
                return Ok(Ending::Done);
            }
        };
        if self.heat_map.is_some() {
            let mut requests = Vec::new();
            for lines in lines {
                for line in lines? {
                    requests.push(interpreter.request(line)?);
                }
            }
            self.check_heat_map(&requests)?;
            interpreter.answer(&requests)?;
            return Ok(Ending::Done);
        }
        for lines in lines {
            let mut refused = None;
            let request = |line| interpreter.request(line).map_err(|error| refused = Some(error)).ok();
            let requests: Vec<_> = lines?.into_iter().map_while(request).collect();
            interpreter.answer(&requests)?;
            if let Some(error) = refused {
                return Err(error);
            }
        }
        Ok(Ending::Done)
    }

    /// Refuses a drawing of more or less than one sentence, and where it must not go.
    fn check_heat_map(&self, requests: &[Request]) -> anyhow::Result<()> {
        let Some(path) = &self.heat_map else { return Ok(()) };
        let sentences = requests.iter().filter(|request| !request.is_blank()).count();
        if sentences != 1 {
            bail!("--heat-map draws one sentence, and {sentences} are given: give one");
        }
        output_file::check(path, "heat-map", "svg")
    }
}

/// A translator that is asked.
struct Interpreter<'a> {
    asked: &'a Translate,
    search: Search,
    model: TranslatorModel,
    parameters: Parameters,
    source: Vocabulary,
    target: Vocabulary,
    longest: Option<usize>,
    /// The longest source that memory is known to have room for.
    room_for: usize,
    notices: Notices,
}

impl Interpreter<'_> {
    fn request(&self, Line { place, content }: Line) -> anyhow::Result<Request> {
        Request::line(place, &content, &self.source, self.longest)
    }

    /// Prints the translations of some requests, up to the first for which there is no memory.
    fn answer(&mut self, requests: &[Request]) -> anyhow::Result<()> {
        let longest = requests.iter().max_by_key(|request| request.tokens.len());
        if longest.is_none_or(|longest| self.check_memory(longest).is_ok()) {
            return self.print(requests);
        }
        for request in requests {
            self.check_memory(request)?;
            self.print(std::slice::from_ref(request))?;
        }
        Ok(())
    }

    /// Refuses a source that is longer than those before, if memory has no room for it.
    fn check_memory(&mut self, Request { place, tokens, .. }: &Request) -> anyhow::Result<()> {
        if tokens.len() > self.room_for {
            let rows = self.rows(tokens.len());
            let bytes = self.search.memory(&self.model, &self.parameters, rows, tokens.len(), self.longest);
            memory::check(&format!("translating {place}"), bytes, "give a smaller --beam, or a shorter sentence")?;
            self.room_for = tokens.len();
        }
        Ok(())
    }

    /// How many sources of up to so many tokens are read together.
    fn rows(&self, length: usize) -> usize {
        self.search.sources(rows(length, self.target.size()))
    }

    /// Prints translations, a blank line for a blank request.
    fn print(&mut self, requests: &[Request]) -> anyhow::Result<()> {
        self.notices.tell(requests, &self.source);
        let rows = self.rows(requests.iter().map(|request| request.tokens.len()).max().unwrap_or(0));
        for requests in requests.chunks(rows) {
            let sources: Vec<&[Token]> =
                requests.iter().filter(|request| !request.is_blank()).map(|request| &request.tokens[..]).collect();
            let mut translations = match &sources[..] {
                [] => Vec::new(),
                sources => self.search.translate(&self.model, &self.parameters, sources, self.longest),
            }
            .into_iter();
            for request in requests {
                match (!request.is_blank()).then(|| translations.next()).flatten() {
                    Some(said) => {
                        // Not locked while the next ones are computed or awaited.
                        let text = self.text(request, &said)?;
                        writeln!(io::stdout().lock(), "{text}")?;
                        self.notices.tell_cut_off(request, &said);
                    }
                    None => writeln!(io::stdout().lock())?,
                }
            }
            io::stdout().flush()?;
        }
        Ok(())
    }

    /// A translation as it is printed, with its alignment if that was asked for; draws that too.
    fn text(&self, request: &Request, said: &nn::Translation) -> anyhow::Result<String> {
        let Translate { model, alignment, heat_map, copy_unknown, .. } = self.asked;
        let (shown, [source, target]) = (model.display(), [&self.source, &self.target]);
        finite(said.log_probability, model, &request.place)?;
        let is_asked = *alignment || *copy_unknown || heat_map.is_some();
        let Some(weights) = said.alignment.as_ref().filter(|_| is_asked) else {
            return Ok(target.decode(said.words()));
        };
        let pieces = source.pieces_of(&request.sentence);
        let unknown = |place: usize| match copy_unknown {
            true => copied(&pieces, weights.row(place)),
            false => target.piece(UNKNOWN).to_owned(),
        };
        let aligned = Aligned::new([source, target], &request.sentence, said.words(), weights.view(), unknown);
        if let Some(path) = heat_map {
            if aligned.target.is_empty() {
                bail!(
                    "the model in {shown} translates {} by nothing, so there is nothing to draw: leave --heat-map out, \
                     write the sentence in other words, or train longer",
                    request.place
                );
            }
            output_file::write(path, "heat-map", &aligned.figure().document(Size::Wide)?)?;
        }
        let text = target.decode_with(said.words(), unknown);
        Ok(if *alignment { format!("{text}\n{}\n", aligned.table()) } else { text })
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

/// "a, b or c".
fn any_of(stages: impl IntoIterator<Item = TranslatorStage>) -> String {
    let names: Vec<_> = stages.into_iter().map(|stage| stage.to_string()).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
