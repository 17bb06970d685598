//! The sizes that translators are compared by, and each stage's configuration with them.

use attention::{RnnSearchConfig, Score};
use nn::ScheduledSampling;
use seq2seq::Seq2SeqConfig;
use transformer::{BlockConfig, Norm, Positions, Sharing, TransformerConfig};

use super::Cell;

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

    pub(super) fn seq2seq<O: Default>(self) -> Seq2SeqConfig<O> {
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

    pub(super) fn attention<O: Default>(self) -> RnnSearchConfig<O> {
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

    pub(super) fn transformer(self) -> TransformerConfig {
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
