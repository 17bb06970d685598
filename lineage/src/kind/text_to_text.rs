//! Models that read a text and write one: what they learn from, and their tokenizers.

use std::path::Path;

use anyhow::{anyhow, bail};
use data::pairs::{Ends, PairBatch, PairBatches, TokenPair, Vocabulary, in_order_between};
use data::{NormalForm, Token, Tokenizer, WordRule, tokenize};
use nn::{Batches, evaluate_pairs};
use stages::{ConfigError, TextToTextConfig, TextToTextStage};
use t5::{SpanBatches, SpanCorruption, SpanWindows, T5, T5Config};
use tensor::Parameters;

use super::encoding::JUDGE;
use super::language::{Corpus, Language};
use super::pairs::{Pair, Pairs, ReadsPairs, Translates, divide};
use super::text::TextId;
use super::translation::{ASKED, longest_sides};
use super::validation::Validation;
use super::{Kind, Material};
use crate::memory;
use crate::memory::rows::{rows, rows_of_pairs};
use crate::settings::{Flags, Learns, Preset, TextToTextSettings, Tokens, Training, dropping, fewer};
use crate::system::interrupt;

/// Models of text in and text out.
pub struct TextToText;

/// What they learn from and are judged by.
pub enum Exercises {
    /// A text, in which gaps are made.
    Text(Corpus),
    /// A text and what is to be written, many times.
    Pairs(Pairs),
}

impl Kind for TextToText {
    type Stage = TextToTextStage;
    type Model = T5;
    type Architecture = TextToTextConfig;
    type Settings = TextToTextSettings;
    type Tokenizer = Box<dyn Tokenizer>;
    type Data = Exercises;
    type Batches = ExerciseBatches;

    const TOKENIZERS: &'static [&'static str] = Language::TOKENIZERS;

    fn flag(settings: &TextToTextSettings) -> &'static str {
        match settings.learns {
            Learns::Text => "text",
            Learns::Pairs => "pairs",
        }
    }

    fn usage(settings: &TextToTextSettings) -> (&'static str, &'static str) {
        match settings.learns {
            Learns::Text => ("fill", "'A text with <extra_id_0>.'"),
            Learns::Pairs => ("translate", "SENTENCE"),
        }
    }

    fn settings(
        stage: TextToTextStage,
        seed: u64,
        flags: &Flags,
        preset: Option<Preset>,
    ) -> anyhow::Result<(TextToTextSettings, Training)> {
        if preset.is_some() {
            bail!("the presets are of language models: leave --preset out, or train one of them");
        }
        TextToTextSettings::new(stage, seed, flags)
    }

    fn read(settings: &TextToTextSettings, path: Option<&Path>) -> anyhow::Result<Exercises> {
        Ok(match settings.learns {
            Learns::Text => Exercises::Text(Corpus::read(path)?),
            Learns::Pairs => Exercises::Pairs(Pairs::read(path)?),
        })
    }

    fn judged_by(exercises: Exercises, validation: Validation<Exercises>) -> anyhow::Result<Exercises> {
        use Exercises::{Pairs, Text};
        use Validation::{File, Share};
        Ok(match (exercises, validation) {
            (Text(corpus), Share(share)) => Text(Language::judged_by(corpus, Share(share))?),
            (Text(corpus), File(Text(other))) => Text(Language::judged_by(corpus, File(other))?),
            (Pairs(pairs), Share(share)) => Pairs(pairs.judged_by(Share(share))?),
            (Pairs(pairs), File(Pairs(other))) => Pairs(pairs.judged_by(File(other))?),
            _ => bail!("a text is judged by a text and pairs by pairs: give --validation the other"),
        })
    }

    fn id(exercises: &Exercises) -> TextId {
        match exercises {
            Exercises::Text(corpus) => Language::id(corpus),
            Exercises::Pairs(pairs) => pairs.id(),
        }
    }

    fn read_alike(settings: &TextToTextSettings, one: &Exercises, other: &Exercises) -> bool {
        match (one, other) {
            (Exercises::Text(one), Exercises::Text(other)) => one.reads_as(other, settings.normal_form),
            (Exercises::Pairs(one), Exercises::Pairs(other)) => one.reads_as(other, settings.normal_form),
            _ => false,
        }
    }

    fn tokenizers(settings: &TextToTextSettings, exercises: &Exercises) -> anyhow::Result<Vec<Box<dyn Tokenizer>>> {
        let form = settings.normal_form;
        Ok(vec![match exercises {
            Exercises::Text(corpus) => corpus.tokenizer(form, |learned_from, _| settings.tokenizer([learned_from]))?,
            Exercises::Pairs(pairs) => match pairs.in_form(form) {
                Pairs::File { whole, validation, .. } => {
                    let train = divide(&whole, &validation)?.train;
                    let read = train.sources().flat_map(|source| [&*settings.prefix, source]);
                    settings.tokenizer(read.chain(train.targets()))?
                }
                Pairs::Generated(_) => return Err(needs_pairs()),
            },
        }])
    }

    fn remark(settings: &TextToTextSettings, tokenizers: &[Box<dyn Tokenizer>]) -> Option<String> {
        fewer(tokenizers[0].vocabulary_size(), settings.vocab_size)
    }

    fn architecture(
        stage: TextToTextStage,
        settings: &TextToTextSettings,
        _: &Training,
        vocabularies: &[usize],
    ) -> anyhow::Result<TextToTextConfig> {
        settings.model(stage, vocabularies[0])
    }

    fn further(architecture: &TextToTextConfig, settings: &TextToTextSettings) -> TextToTextConfig {
        dropping(architecture, settings.dropout())
    }

    fn stage(architecture: &TextToTextConfig) -> TextToTextStage {
        architecture.stage()
    }

    fn parameter_count(architecture: &TextToTextConfig) -> u128 {
        architecture.parameter_count()
    }

    fn build(architecture: &TextToTextConfig, seed: u64) -> Result<(T5, Parameters), ConfigError> {
        architecture.build(seed)
    }

    fn unset(architecture: &TextToTextConfig) -> Result<(T5, Parameters), ConfigError> {
        architecture.unset()
    }

    fn tokenizer(json: &str) -> anyhow::Result<Box<dyn Tokenizer>> {
        Ok(tokenize::from_json(json)?)
    }

    fn suits(settings: &TextToTextSettings, tokenizer: &Box<dyn Tokenizer>) -> Result<(), &'static str> {
        match () {
            () if Tokens::of(tokenizer.as_ref()) != settings.tokens => Err("tokens"),
            () if tokenizer.normal_form() != settings.normal_form => Err("normal-form"),
            () if settings.vocab_size.is_some_and(|most| tokenizer.vocabulary_size() > most) => Err("vocab-size"),
            () => Ok(()),
        }
    }

    fn word_rule(_: &[Box<dyn Tokenizer>]) -> Option<WordRule> {
        None
    }

    fn to_json(tokenizer: &Box<dyn Tokenizer>) -> String {
        tokenizer.to_json()
    }

    fn size(tokenizer: &Box<dyn Tokenizer>) -> usize {
        tokenizer.vocabulary_size()
    }

    fn vocabularies(architecture: &TextToTextConfig) -> Vec<usize> {
        vec![architecture.vocabulary()]
    }

    fn material(
        architecture: &TextToTextConfig,
        settings: &TextToTextSettings,
        training: &Training,
        tokenizers: Vec<Box<dyn Tokenizer>>,
        exercises: &Exercises,
    ) -> anyhow::Result<Material<TextToText>> {
        let tokenizer = tokenizers[0].as_ref();
        match exercises {
            Exercises::Text(corpus) => of_text(architecture, settings.context, training, tokenizer, corpus),
            Exercises::Pairs(pairs) => {
                let reading = Reading { tokenizer, prefix: &settings.prefix, ends: ends(architecture) };
                of_pairs(training, &reading, &pairs.in_form(settings.normal_form))
            }
        }
    }
}

/// Gaps to fill.
fn of_text(
    architecture: &TextToTextConfig,
    context: usize,
    training: &Training,
    tokenizer: &dyn Tokenizer,
    corpus: &Corpus,
) -> anyhow::Result<Material<TextToText>> {
    let (corruption, ends) = (gaps(tokenizer)?, ends(architecture));
    let &Training { batch, seed, .. } = training;
    check_context(context)?;
    let dataset = corpus.dataset(tokenizer)?;
    dataset.train.varies(tokenizer)?;
    let windows = SpanWindows::new(&dataset.validation, context, corruption.clone(), ends, JUDGE)?;
    let batches = SpanBatches::new(&dataset.train, batch, context, corruption, ends, seed)?;
    // All pieces have as many gaps, and lose as much.
    let lengths = lengths_of_gaps(Some(&batches.at(0)));
    let rows = rows_of_gaps(lengths, tokenizer);
    let held_out = move |model: &T5, parameters: &Parameters| loss(model, parameters, windows.batches(rows));
    let peaks = move |model: &T5, parameters: &Parameters| {
        [
            memory::step_of_pairs(model, parameters, batch, lengths),
            memory::evaluation_of_pairs(model, parameters, rows, lengths),
        ]
    };
    Ok(Material { batches: ExerciseBatches::Gaps(batches), held_out: Box::new(held_out), peaks: Box::new(peaks) })
}

/// Texts to write.
fn of_pairs(training: &Training, reading: &Reading<'_>, pairs: &Pairs) -> anyhow::Result<Material<TextToText>> {
    let &Training { batch, seed, .. } = training;
    let Pairs::File { whole, validation, .. } = pairs else { return Err(needs_pairs()) };
    let asked = pairs.held_out(ASKED)?.iter().map(|pair| reading.encode(pair)).collect::<anyhow::Result<Vec<_>>>()?;
    let train = divide(whole, validation)?.train;
    let learned = train.pairs().iter().map(|(source, target)| reading.pair(source, target));
    let batches = PairBatches::new(learned.collect::<anyhow::Result<_>>()?, batch, seed).between(reading.ends);
    let (learned, longest) = (batches.largest(), longest_sides(&asked));
    let (rows, ends) = (rows_of_pairs(&asked, reading.tokenizer.vocabulary_size()), reading.ends);
    let held_out =
        move |model: &T5, parameters: &Parameters| loss(model, parameters, in_order_between(ends, &asked, rows));
    let peaks = move |model: &T5, parameters: &Parameters| {
        [
            memory::step_of_pairs(model, parameters, batch, learned),
            memory::evaluation_of_pairs(model, parameters, rows, longest),
        ]
    };
    Ok(Material { batches: ExerciseBatches::Pairs(batches), held_out: Box::new(held_out), peaks: Box::new(peaks) })
}

/// The loss of these exercises; `None` if a signal interrupts it.
fn loss(model: &T5, parameters: &Parameters, batches: impl Iterator<Item = PairBatch>) -> Option<f64> {
    let found = evaluate_pairs(model, parameters, batches.take_while(|_| !interrupt::asked()));
    (!interrupt::asked()).then(|| found.map_or(f64::NAN, |evaluation| evaluation.nats))
}

/// How long what is read of a piece is, and what is written: of all pieces the same, if they lose as much.
pub fn lengths_of_gaps(batch: Option<&PairBatch>) -> [usize; 2] {
    batch.map_or([0; 2], |batch| [batch.sources.tokens.ncols(), batch.targets.ncols() - 1])
}

/// How many pieces with gaps an evaluation reads at once, whose sources and targets have these lengths.
pub fn rows_of_gaps([source, target]: [usize; 2], tokenizer: &dyn Tokenizer) -> usize {
    rows(source.max(target + 1), tokenizer.vocabulary_size())
}

/// Refuses pieces of a text in which no gap can be.
///
/// # Errors
/// If they have less than two tokens.
pub fn check_context(context: usize) -> anyhow::Result<()> {
    if context < 2 {
        bail!("a context of {context} has no place for a gap and for what is left: give a larger --context");
    }
    Ok(())
}

fn needs_pairs() -> anyhow::Error {
    anyhow!("t5 learns from pairs in a file: give it with --pairs, or leave it out and learn from a text")
}

/// How gaps are made with a tokenizer.
///
/// # Errors
/// If it has no tokens that stand for gaps.
pub fn gaps(tokenizer: &dyn Tokenizer) -> anyhow::Result<SpanCorruption> {
    let corruption = SpanCorruption::of(tokenizer);
    if corruption.sentinels.len() < 2 {
        bail!(
            "the tokenizer has no tokens <extra_id_0>, <extra_id_1> and so on, which stand for gaps: use the tokenizer that the \
             model was published with"
        );
    }
    Ok(corruption)
}

/// What stands around what a model writes.
pub fn ends(&TextToTextConfig::T5(T5Config { start, end, .. }): &TextToTextConfig) -> Ends {
    Ends { padding: start, start, end }
}

/// How a model reads sentences and writes others.
pub struct Reading<'t> {
    pub tokenizer: &'t dyn Tokenizer,
    /// What stands before each source.
    pub prefix: &'t str,
    pub ends: Ends,
}

impl Reading<'_> {
    /// A sentence with what stands before and behind it.
    ///
    /// # Errors
    /// If the tokenizer lacks a character of it.
    pub fn source(&self, sentence: &str) -> anyhow::Result<Vec<Token>> {
        let mut tokens = self.tokenizer.encode(&format!("{}{sentence}", self.prefix))?;
        tokens.push(self.ends.end);
        Ok(tokens)
    }

    /// A sentence and what is to be written.
    ///
    /// # Errors
    /// As [`source`](Self::source).
    pub fn pair(&self, source: &str, target: &str) -> anyhow::Result<TokenPair> {
        Ok((self.source(source)?, self.tokenizer.encode(target)?))
    }
}

impl ReadsPairs for Reading<'_> {
    fn encode(&self, pair: &Pair) -> anyhow::Result<TokenPair> {
        self.pair(&pair.source, &pair.references[0])
    }

    fn count_words(&self, source: &str) -> usize {
        WordRule::Unicode.count(source)
    }

    fn decode(&self, said: &[Token]) -> String {
        self.tokenizer.decode(said)
    }

    fn vocabulary(&self) -> usize {
        self.tokenizer.vocabulary_size()
    }

    fn unknown(&self) -> Option<Token> {
        self.tokenizer.unknown()
    }

    /// Words are not parted as pieces are.
    fn of_words(&self) -> Option<&[Vocabulary; 2]> {
        None
    }
}

impl Translates for TextToText {
    fn learned_from_pairs(settings: &TextToTextSettings) -> bool {
        settings.learns == Learns::Pairs
    }

    #[track_caller]
    fn pairs(exercises: Exercises) -> Pairs {
        match exercises {
            Exercises::Pairs(pairs) => pairs,
            Exercises::Text(_) => panic!("the model learned from a text"),
        }
    }

    fn normal_form(settings: &TextToTextSettings) -> NormalForm {
        settings.normal_form
    }
}

/// Exercises, one batch after another.
pub enum ExerciseBatches {
    /// Pieces of a text with gaps.
    Gaps(SpanBatches),
    /// Pairs of a file.
    Pairs(PairBatches),
}

impl Batches for ExerciseBatches {
    type Batch = PairBatch;

    fn at(&self, index: u64) -> PairBatch {
        match self {
            ExerciseBatches::Gaps(batches) => batches.at(index),
            ExerciseBatches::Pairs(batches) => batches.at(index),
        }
    }
}
