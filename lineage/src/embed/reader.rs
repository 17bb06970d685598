//! A model that makes vectors of texts.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use bert::Bert;
use data::masked::Marks;
use data::pairs::Sources;
use data::{Token, Tokenizer};
use gpt::Gpt;
use ndarray::Ix2;
use nn::Translator;
use report::format::counted;
use report::progress::Progress;
use stages::{Model, StageName};
use t5::T5;
use tensor::{Context, Parameters, Real, Tensor};

use super::Pooling;
use crate::generate::briefly;
use crate::kind::encoding::Encoding;
use crate::kind::language::Language;
use crate::kind::refused;
use crate::kind::text_to_text::TextToText;
use crate::lines::Line;
use crate::memory::rows::rows;
use crate::run::trained::{self, Trained};
use crate::{Common, memory};

/// A model with what it needs to read texts.
pub struct Reader {
    folder: PathBuf,
    network: Network,
    parameters: Parameters,
    tokenizer: Box<dyn Tokenizer>,
    /// The most tokens of a text.
    longest: usize,
    /// The longest for which memory is known to have room.
    room_for: usize,
    progress: Progress,
}

enum Network {
    /// Reads a text between its marks, from both sides.
    Encoder { bert: Box<Bert>, marks: Marks, pooling: Pooling },
    /// Reads it from its beginning.
    Decoder(Model),
    /// Reads a text and its end from both sides, and would write another.
    EncoderDecoder(Box<T5>),
}

impl Reader {
    /// The model in a folder.
    ///
    /// # Errors
    /// If there is none, or it makes no vectors.
    pub fn load(folder: &Path, pooling: Pooling, common: &Common) -> anyhow::Result<Self> {
        let (stage, progress) = (trained::stage(folder)?, common.progress());
        let shown = folder.display();
        let (network, parameters, mut tokenizers, longest, said) = match stage {
            StageName::Encoder(_) => {
                let Trained { config, model, parameters, tokenizers } = Trained::<Encoding>::load(folder, progress)?;
                let marks = Marks::of(tokenizers[0].as_ref())?;
                let said = match pooling {
                    Pooling::Mean => "the mean of the vectors of all tokens",
                    Pooling::First => "the vector of the first token",
                };
                let network = Network::Encoder { bert: Box::new(model), marks, pooling };
                (network, parameters, tokenizers, config.settings.context, said)
            }
            StageName::Language(_) => {
                let Trained { config, model, parameters, tokenizers } = Trained::<Language>::load(folder, progress)?;
                let Some(longest) = config.model.longest().filter(|_| model.downcast::<Gpt>().is_some()) else {
                    bail!(
                        "the model in {shown} is of {stage}, of whose states no vector of a text is made: use a model of bert, \
                         gpt or t5, such as `lineage import` takes"
                    );
                };
                if pooling == Pooling::First {
                    bail!(
                        "the model in {shown} is of {stage}, whose first token has seen no other: leave --pooling first out"
                    );
                }
                let said = "the mean of the last vectors of all tokens";
                (Network::Decoder(model), parameters, tokenizers, longest, said)
            }
            StageName::TextToText(_) => {
                let Trained { model, parameters, tokenizers, .. } = Trained::<TextToText>::load(folder, progress)?;
                if pooling == Pooling::First {
                    bail!(
                        "the model in {shown} is of {stage}, whose first token is as any other: leave --pooling first out"
                    );
                }
                let said = "the mean of the vectors that the encoder makes of all tokens";
                (Network::EncoderDecoder(Box::new(model)), parameters, tokenizers, usize::MAX, said)
            }
            StageName::Translation(_) => return Err(refused(stage, folder)),
        };
        progress.say(&format!("pooling: {said}, of length 1"));
        let tokenizer = tokenizers.remove(0);
        let folder = folder.to_owned();
        Ok(Reader { folder, network, parameters, tokenizer, longest, room_for: 0, progress })
    }

    /// A vector of each line.
    ///
    /// # Errors
    /// If one cannot be read, there is no memory for it, or the model makes no numbers of it.
    pub fn vectors(&mut self, lines: &[Line]) -> anyhow::Result<Vec<Vec<Real>>> {
        let texts = lines.iter().map(|line| self.tokens(line)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&line| texts[line].len());
        let mut vectors = vec![Vec::new(); texts.len()];
        let alike = |a: &usize, b: &usize| match self.network {
            Network::Encoder { .. } | Network::EncoderDecoder(_) => true,
            // Some decoders measure positions by the length of what is read together.
            Network::Decoder(_) => texts[*a].len() == texts[*b].len(),
        };
        let groups: Vec<&[usize]> = order.chunk_by(alike).collect();
        for group in groups {
            let longest = group.iter().map(|&line| texts[line].len()).max().unwrap_or(0);
            for batch in group.chunks(rows(longest, 1)) {
                let read: Vec<&[Token]> = batch.iter().map(|&line| &texts[line][..]).collect();
                self.make_room(&read, &lines[batch[0]])?;
                let found = self.read(&Sources::new(&read));
                for (&line, vector) in batch.iter().zip(found.view::<Ix2>("vectors").outer_iter()) {
                    if !vector.iter().all(|number| number.is_finite()) {
                        bail!(
                            "the model in {} gives a vector that is no number for {}: its training diverged; train it again with \
                             a smaller --lr",
                            self.folder.display(),
                            lines[line].place
                        );
                    }
                    vectors[line] = vector.to_vec();
                }
            }
        }
        Ok(vectors)
    }

    /// What the model reads of a line.
    fn tokens(&self, Line { place, content }: &Line) -> anyhow::Result<Vec<Token>> {
        let text = content.trim_start_matches('\u{FEFF}');
        let tokens = self.tokenizer.encode(text).map_err(|error| anyhow!("{place}: {error}"))?;
        if tokens.is_empty() {
            bail!("{place} has nothing that the model reads: give a text with words");
        }
        let most = match self.network {
            Network::Encoder { .. } => self.longest - Marks::AROUND,
            Network::Decoder(_) | Network::EncoderDecoder(_) => self.longest,
        };
        if tokens.len() > most {
            self.progress.say(&format!(
                "{place} has {}, and the model reads the first {most}: it does not see {}",
                counted(tokens.len(), "token"),
                briefly(&self.tokenizer.decode(&tokens[most..]))
            ));
        }
        Ok(match &self.network {
            Network::Encoder { marks, .. } => marks.framed(&tokens, self.longest),
            Network::Decoder(_) => tokens[..tokens.len().min(most)].to_vec(),
            Network::EncoderDecoder(model) => [&tokens[..], &[model.ends().end]].concat(),
        })
    }

    fn read(&self, texts: &Sources) -> Tensor {
        let cx = Context::eval(&self.parameters);
        match &self.network {
            Network::Encoder { bert, pooling: Pooling::Mean, .. } => bert.sentence_vectors(&cx, texts),
            Network::Encoder { bert, pooling: Pooling::First, .. } => bert.first_vectors(&cx, texts),
            Network::Decoder(model) => model.downcast::<Gpt>().expect("it was one").sentence_vectors(&cx, texts),
            Network::EncoderDecoder(model) => model.sentence_vectors(&cx, texts),
        }
    }

    /// Refuses texts that are longer than those before, if memory has no room for them.
    fn make_room(&mut self, texts: &[&[Token]], first: &Line) -> anyhow::Result<()> {
        let longest = texts.iter().map(|text| text.len()).max().unwrap_or(0);
        if longest > self.room_for {
            let rows = rows(longest, 1);
            let bytes = match &self.network {
                Network::Encoder { bert, .. } => memory::reading(bert, &self.parameters, rows, longest),
                Network::Decoder(model) => memory::evaluation(model, &self.parameters, rows, longest),
                Network::EncoderDecoder(model) => memory::reading_sources(&**model, &self.parameters, rows, longest),
            };
            memory::check(&format!("reading {}", first.place), bytes, "give shorter texts, or close other programs")?;
            self.room_for = longest;
        }
        Ok(())
    }
}
