//! The stages that translate.

use std::fmt;

use attention::{RnnSearch, RnnSearchConfig, Score};
use clap::ValueEnum;
use lstm::{Gru, GruStart, Lstm, LstmStart};
use nn::ScheduledSampling;
use seq2seq::{Seq2Seq, Seq2SeqConfig};
use serde::{Deserialize, Serialize};
use tensor::{Init, Parameters};
use transformer::{BlockConfig, Norm, Positions, Sharing, Transformer, TransformerConfig};

use crate::count::{count_attention, count_seq2seq, count_transformer};
use crate::dynamic::TranslatorModel;
use crate::{ConfigError, buildable, closest_width};

/// The stages that turn one sequence into another, in the order of history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TranslatorStage {
    /// The encoder-decoder, 2014
    #[value(name = "seq2seq")]
    Seq2Seq,
    /// The encoder-decoder that looks back, 2014
    Attention,
    /// Attention only, 2017
    Transformer,
}

impl TranslatorStage {
    /// Whether its decoder looks at the source again at every step, so that there are weights to show.
    pub fn looks_back(self) -> bool {
        self != TranslatorStage::Seq2Seq
    }
}

/// The name that the command line takes.
impl fmt::Display for TranslatorStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TranslatorStage::Seq2Seq => "seq2seq",
            TranslatorStage::Attention => "attention",
            TranslatorStage::Transformer => "transformer",
        })
    }
}

/// What a recurrent translator reads with, and [`TranslatorStage::Seq2Seq`] writes with; the decoder that looks back is
/// an LSTM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// Long short-term memory
    #[default]
    Lstm,
    /// The gated recurrent unit
    Gru,
}

/// The sizes and switches that translators are usually compared by; a stage reads those that it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TranslatorSizes {
    /// How many different tokens a source can have.
    pub source_vocabulary: usize,
    /// How many different tokens a translation can have, V.
    pub target_vocabulary: usize,
    /// L on each side; the decoder that looks back has one.
    pub layers: usize,
    /// H of recurrent layers, A of an additive score, D of a transformer.
    pub width: usize,
    /// E of a recurrent translator; a transformer's embedding is as wide as its layers.
    pub embedding: usize,
    /// N, the heads of a transformer.
    pub heads: usize,
    /// The part of the activations that is dropped in training.
    pub dropout: f64,
    /// The part of each target that is spread over all tokens in training.
    pub smoothing: f64,
    /// How often, in training, a recurrent decoder reads what it said itself; never without.
    pub sampling: Option<ScheduledSampling>,
    /// The recurrent cell.
    pub cell: Cell,
    /// The width of the vector that passes, of seq2seq.
    pub bottleneck: Option<usize>,
    /// Whether seq2seq's decoder reads that vector at every step.
    pub peeking: bool,
    /// Whether seq2seq reads the source from its end.
    pub reversed: bool,
    /// Whether the encoder of attention reads the source from both ends.
    pub bidirectional: bool,
    /// How attention compares states.
    pub score: Score,
    /// Whether attention's decoder reads its attentional vector of the step before.
    pub input_feeding: bool,
    /// Where a transformer's normalisations stand.
    pub norm: Norm,
    /// How a transformer tells positions apart.
    pub positions: Positions,
    /// Whether a transformer has one table for source, target and output, which takes one vocabulary.
    pub shared_embeddings: bool,
}

impl TranslatorSizes {
    /// One layer of this width on embeddings of half of it, four heads, and the defaults of the stages for the rest.
    pub fn new(source_vocabulary: usize, target_vocabulary: usize, width: usize) -> Self {
        TranslatorSizes {
            source_vocabulary,
            target_vocabulary,
            layers: 1,
            width,
            embedding: width.div_ceil(2),
            heads: 4,
            dropout: 0.0,
            smoothing: 0.0,
            sampling: None,
            cell: Cell::Lstm,
            bottleneck: None,
            peeking: false,
            reversed: false,
            bidirectional: false,
            score: Score::Additive,
            input_feeding: false,
            norm: Norm::Pre,
            positions: Positions::Sinusoidal,
            shared_embeddings: false,
        }
    }

    fn seq2seq<O: Default>(self) -> Seq2SeqConfig<O> {
        let TranslatorSizes { source_vocabulary, target_vocabulary, layers, width, embedding, .. } = self;
        let TranslatorSizes { dropout, smoothing, sampling, bottleneck, peeking, reversed, .. } = self;
        Seq2SeqConfig {
            source_vocabulary,
            layers,
            dropout,
            smoothing,
            sampling,
            bottleneck,
            context: peeking,
            reversed,
            ..Seq2SeqConfig::new(target_vocabulary, embedding, width)
        }
    }

    fn attention<O: Default>(self) -> RnnSearchConfig<O> {
        let TranslatorSizes { source_vocabulary, target_vocabulary, layers, width, embedding, .. } = self;
        let TranslatorSizes { dropout, smoothing, sampling, bidirectional, score, input_feeding, .. } = self;
        RnnSearchConfig {
            source_vocabulary,
            layers,
            bidirectional,
            score,
            input_feeding,
            dropout,
            smoothing,
            sampling,
            ..RnnSearchConfig::new(target_vocabulary, embedding, width)
        }
    }

    fn transformer(self) -> TransformerConfig {
        let TranslatorSizes { source_vocabulary, target_vocabulary, layers, width, heads, .. } = self;
        let TranslatorSizes { dropout, smoothing, norm, positions, shared_embeddings, .. } = self;
        let new = TransformerConfig::new(source_vocabulary, target_vocabulary, layers, width, heads);
        TransformerConfig {
            block: BlockConfig { dropout, norm, ..new.block },
            // A normalisation behind the last block is what pre-norm lacks.
            final_norm: norm == Norm::Pre,
            positions,
            sharing: if shared_embeddings { Sharing::All } else { new.sharing },
            label_smoothing: smoothing,
            ..new
        }
    }
}

impl TranslatorStage {
    /// A model of this stage with these sizes, and the stage's defaults for everything else.
    pub fn configure(self, sizes: TranslatorSizes) -> TranslatorConfig {
        match (self, sizes.cell) {
            (TranslatorStage::Seq2Seq, Cell::Lstm) => TranslatorConfig::Seq2Seq(ByCell::Lstm(sizes.seq2seq())),
            (TranslatorStage::Seq2Seq, Cell::Gru) => TranslatorConfig::Seq2Seq(ByCell::Gru(sizes.seq2seq())),
            (TranslatorStage::Attention, Cell::Lstm) => TranslatorConfig::Attention(ByCell::Lstm(sizes.attention())),
            (TranslatorStage::Attention, Cell::Gru) => TranslatorConfig::Attention(ByCell::Gru(sizes.attention())),
            (TranslatorStage::Transformer, _) => TranslatorConfig::Transformer(sizes.transformer()),
        }
    }

    /// The width with which this stage comes closest to so many parameters, all other sizes being as they are.
    ///
    /// For a transformer only multiples of the heads will do, and even ones where the source is read from both ends.
    pub fn width_for(self, parameters: u128, sizes: TranslatorSizes) -> usize {
        let unit = match self {
            TranslatorStage::Transformer => sizes.heads,
            TranslatorStage::Attention if sizes.bidirectional => 2,
            _ => 1,
        };
        closest_width(parameters, unit, |width| self.configure(TranslatorSizes { width, ..sizes }).parameter_count())
    }
}

/// The architecture of a translator of some stage, as configuration files hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "lowercase")]
pub enum TranslatorConfig {
    /// [`TranslatorStage::Seq2Seq`].
    Seq2Seq(ByCell<Seq2SeqConfig<LstmStart>, Seq2SeqConfig<GruStart>>),
    /// [`TranslatorStage::Attention`].
    Attention(ByCell<RnnSearchConfig<LstmStart>, RnnSearchConfig<GruStart>>),
    /// [`TranslatorStage::Transformer`].
    Transformer(TransformerConfig),
}

/// A configuration with layers of one cell or of another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "cell", rename_all = "lowercase")]
pub enum ByCell<L, G> {
    /// [`Cell::Lstm`].
    Lstm(L),
    /// [`Cell::Gru`].
    Gru(G),
}

impl TranslatorConfig {
    /// The model and its first parameters, drawn with `seed`.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn build(&self, seed: u64) -> Result<(TranslatorModel, Parameters), ConfigError> {
        self.validate()?;
        let mut parameters = Parameters::new();
        let init = &mut Init::new(&mut parameters, seed);
        let model = match self {
            Self::Seq2Seq(ByCell::Lstm(config)) => TranslatorModel::new(Seq2Seq::<Lstm>::new(init, *config)?),
            Self::Seq2Seq(ByCell::Gru(config)) => TranslatorModel::new(Seq2Seq::<Gru>::new(init, *config)?),
            Self::Attention(ByCell::Lstm(config)) => TranslatorModel::new(RnnSearch::<Lstm>::new(init, *config)?),
            Self::Attention(ByCell::Gru(config)) => TranslatorModel::new(RnnSearch::<Gru>::new(init, *config)?),
            Self::Transformer(config) => TranslatorModel::new(Transformer::new(init, config.clone())?),
        };
        Ok((model, parameters))
    }

    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        match self {
            Self::Seq2Seq(ByCell::Lstm(config)) => config.validate()?,
            Self::Seq2Seq(ByCell::Gru(config)) => config.validate()?,
            Self::Attention(ByCell::Lstm(config)) => config.validate()?,
            Self::Attention(ByCell::Gru(config)) => config.validate()?,
            Self::Transformer(config) => config.validate()?,
        }
        buildable(self.parameter_count())
    }

    /// How many numbers training will find, without building the model.
    pub fn parameter_count(&self) -> u128 {
        match self {
            Self::Seq2Seq(ByCell::Lstm(config)) => count_seq2seq(config, 4, 2),
            Self::Seq2Seq(ByCell::Gru(config)) => count_seq2seq(config, 3, 1),
            Self::Attention(ByCell::Lstm(config)) => count_attention(config, 4),
            Self::Attention(ByCell::Gru(config)) => count_attention(config, 3),
            Self::Transformer(config) => count_transformer(config),
        }
    }

    /// The stage.
    pub fn stage(&self) -> TranslatorStage {
        match self {
            Self::Seq2Seq(_) => TranslatorStage::Seq2Seq,
            Self::Attention(_) => TranslatorStage::Attention,
            Self::Transformer(_) => TranslatorStage::Transformer,
        }
    }

    /// How many different tokens a source and a translation can have.
    pub fn vocabularies(&self) -> [usize; 2] {
        match self {
            Self::Seq2Seq(ByCell::Lstm(config)) => [config.source_vocabulary, config.target_vocabulary],
            Self::Seq2Seq(ByCell::Gru(config)) => [config.source_vocabulary, config.target_vocabulary],
            Self::Attention(ByCell::Lstm(config)) => [config.source_vocabulary, config.target_vocabulary],
            Self::Attention(ByCell::Gru(config)) => [config.source_vocabulary, config.target_vocabulary],
            Self::Transformer(config) => [config.source_vocabulary, config.target_vocabulary],
        }
    }

    /// The longest source, and the longest translation with the token that begins it, if there is a limit.
    pub fn longest(&self) -> Option<usize> {
        match self {
            Self::Transformer(TransformerConfig { positions: Positions::Learned { context }, .. }) => Some(*context),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use attention::Score;
    use clap::ValueEnum;
    use data::pairs::PairBatch;
    use ndarray::{Axis, s};
    use nn::{BeamSearch, ScheduledSampling, Translator, translate};
    use tensor::Context;
    use transformer::{Norm, Positions};

    use super::{Cell, TranslatorConfig, TranslatorSizes, TranslatorStage};

    /// All stages, with every setting at its default and away from it.
    fn all() -> Vec<TranslatorConfig> {
        let plain = TranslatorSizes { layers: 2, embedding: 5, heads: 2, ..TranslatorSizes::new(7, 9, 10) };
        let other = TranslatorSizes {
            cell: Cell::Gru,
            bottleneck: Some(3),
            peeking: true,
            sampling: Some(ScheduledSampling { least: 0.5, steps: 10 }),
            reversed: true,
            bidirectional: true,
            score: Score::General,
            input_feeding: true,
            norm: Norm::Post,
            positions: Positions::Learned { context: 11 },
            ..plain
        };
        let stages = TranslatorStage::value_variants().iter();
        let two_tables = stages.flat_map(|stage| [plain, other].map(|sizes| stage.configure(sizes)));
        let one_table = TranslatorSizes { source_vocabulary: 9, shared_embeddings: true, ..plain };
        two_tables.chain([TranslatorStage::Transformer.configure(one_table)]).collect()
    }

    #[test]
    fn step_01_the_count_is_that_of_the_model() {
        for config in all() {
            let (_, parameters) = config.build(1).unwrap();
            assert_eq!(config.parameter_count(), parameters.count() as u128, "{config:?}");
        }
        let vocabularies: Vec<[usize; 2]> = all().iter().map(TranslatorConfig::vocabularies).collect();
        assert_eq!(vocabularies, [&[[7, 9]; 6][..], &[[9, 9]]].concat());
    }

    #[test]
    fn step_02_a_configuration_survives_its_file() {
        for config in all() {
            let json = serde_json::to_string(&config).unwrap();
            assert!(json.starts_with(&format!("{{\"stage\":\"{}\",", config.stage())), "{json}");
            assert_eq!(serde_json::from_str::<TranslatorConfig>(&json).unwrap(), config);
        }
    }

    #[test]
    fn step_03_a_model_without_its_type_translates_as_before() {
        for config in all() {
            let (model, parameters) = config.build(1).unwrap();
            let cx = Context::eval(&parameters);
            let batch = PairBatch::new(&[(&[4, 5, 6], &[7, 8]), (&[5], &[4])]);
            let all = model.logits(&cx, &batch); // (B, T, V)
            let (memory, mut state) = model.encode(&cx, &batch.sources);
            for (t, tokens) in batch.inputs.axis_iter(Axis(1)).take(2).enumerate() {
                let step = model.next(&cx, &memory, &mut state, &tokens.to_vec());
                let told = all.value().slice(s![.., t, ..]).to_owned();
                tensor::check::assert_close("logits", &step.logits, &told, 1e-5);
            }
            let greedy = translate(&model, &parameters, &batch.sources, 6);
            let narrow = BeamSearch::new(1, 0.6, 6).unwrap().translate(&model, &parameters, &batch.sources);
            let words = |said: &[nn::Translation]| said.iter().map(|said| said.words().to_vec()).collect::<Vec<_>>();
            assert_eq!(words(&greedy), words(&narrow), "{config:?}");
            assert_eq!(model.vocabulary(), 9);
        }
    }

    #[test]
    fn step_04_the_width_for_a_number_of_parameters_is_the_closest() {
        let sizes = TranslatorSizes { bidirectional: true, ..TranslatorSizes::new(30, 40, 64) };
        for &stage in TranslatorStage::value_variants() {
            let width = stage.width_for(100_000, sizes);
            let off = |width| stage.configure(TranslatorSizes { width, ..sizes }).parameter_count().abs_diff(100_000);
            let unit = [1, 2, 4][stage as usize];
            assert_eq!(width % unit, 0);
            assert!(off(width) <= off(width - unit) && off(width) <= off(width + unit), "{stage}: {width}");
        }
    }

    #[test]
    fn step_05_impossible_configurations_are_told() {
        let sizes = TranslatorSizes::new(7, 9, 10);
        let said = |stage: TranslatorStage, sizes| stage.configure(sizes).build(1).err().unwrap().to_string();
        assert_eq!(
            said(TranslatorStage::Attention, TranslatorSizes { width: 9, bidirectional: true, ..sizes }),
            "a width of 9 cannot be divided among the two directions of the encoder; choose an even width"
        );
        for stage in [TranslatorStage::Seq2Seq, TranslatorStage::Attention] {
            assert_eq!(
                said(stage, TranslatorSizes { smoothing: 1.0, ..sizes }),
                "a label smoothing of 1 is not possible; it must be at least 0 and below 1"
            );
            let sampling = Some(ScheduledSampling { least: 1.5, steps: 10 });
            assert_eq!(
                said(stage, TranslatorSizes { sampling, ..sizes }),
                "a probability of 1.5 for the right token is not possible; it must be at least 0 and at most 1"
            );
        }
        assert_eq!(
            said(TranslatorStage::Seq2Seq, TranslatorSizes { bottleneck: Some(0), ..sizes }),
            "the width of the vector that passes is 0; it must be at least 1"
        );
        assert_eq!(
            said(TranslatorStage::Transformer, sizes),
            "a width of 10 cannot be divided among 4 heads; choose a width that is a multiple of the heads"
        );
        let one_table = TranslatorSizes { shared_embeddings: true, heads: 2, ..sizes };
        assert_eq!(
            said(TranslatorStage::Transformer, one_table),
            "7 source tokens and 9 target tokens cannot share one table of embeddings; use one vocabulary for both or \
             share less"
        );
    }
}
