//! The translators of C3 and C4, all with the same number of parameters.

use stages::{TranslatorConfig, TranslatorSizes, TranslatorStage};

/// How a sentence gets from the encoder to the decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TranslatorKind {
    Plain {
        /// Its width, if it is not the whole state of the encoder.
        vector: Option<usize>,
        /// Whether the source is read from its end.
        reversed: bool,
    },
    /// As one state for each word, looked at again before each word of the translation.
    Attention {
        /// Whether the encoder reads from both ends, as in Bahdanau et al. 2015.
        both_ends: bool,
        /// Whether words are scored with what was read and the state together, as in both papers (and the decoder reads
        /// the two together at its next step, as in Luong et al. 2015), or with the state alone.
        spoken: bool,
    },
    Transformer,
}

impl TranslatorKind {
    /// The encoder-decoder whose whole state passes.
    pub const PLAIN: Self = Self::Plain { vector: None, reversed: false };
    /// The same that reads from the end.
    pub const REVERSED: Self = Self::Plain { vector: None, reversed: true };
    /// Bahdanau et al.'s encoder, Luong et al.'s decoder.
    pub const ATTENTION: Self = Self::Attention { both_ends: true, spoken: true };
    /// The same that reads the source like the encoder-decoder.
    pub const FORWARDS: Self = Self::Attention { both_ends: false, spoken: true };
    /// The same where what was read reaches the words only by way of the state.
    pub const STATE_ALONE: Self = Self::Attention { both_ends: true, spoken: false };

    /// How wide the narrowest vector is.
    pub const NARROW: usize = 16;
    /// And the next, which differs from it in nothing else.
    pub const WIDER: usize = 64;

    pub const STAGES: [Self; 3] = [Self::PLAIN, Self::ATTENTION, Self::Transformer];
    /// The stages, and the first with the source read from its end.
    pub const EITHER_END: [Self; 4] = [Self::PLAIN, Self::REVERSED, Self::ATTENTION, Self::Transformer];
    /// Vectors from the narrowest to the whole state, and none.
    pub const WIDTHS: [Self; 4] =
        [Self::with_vector(Self::NARROW), Self::with_vector(Self::WIDER), Self::PLAIN, Self::ATTENTION];

    /// The encoder-decoder with a vector of this width.
    pub const fn with_vector(width: usize) -> Self {
        Self::Plain { vector: Some(width), reversed: false }
    }

    /// As figures and tables call it.
    pub fn name(self) -> String {
        match self {
            Self::Plain { vector: None, reversed: false } => "encoder-decoder".into(),
            Self::Plain { vector: None, reversed: true } => "encoder-decoder, source reversed".into(),
            Self::Plain { vector: Some(width), .. } => format!("encoder-decoder, {width} numbers"),
            Self::Attention { both_ends, spoken } => {
                let ends = if both_ends { "" } else { ", read forwards only" };
                format!("attention{ends}{}", if spoken { "" } else { ", words from the state only" })
            }
            Self::Transformer => "Transformer".into(),
        }
    }

    /// Whether it can say where it looks.
    pub fn looks_back(self) -> bool {
        !matches!(self, Self::Plain { .. })
    }
}

/// The sizes that all translators of a study share.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// V of English and of Spanish.
    pub vocabularies: [usize; 2],
    /// D of the Transformer and E of the others.
    pub width: usize,
}

/// A translator that can be built.
#[derive(Clone, Debug)]
pub struct Design {
    pub kind: TranslatorKind,
    /// H, or D.
    pub width: usize,
    pub config: TranslatorConfig,
}

/// A translator, and how long it is trained.
#[derive(Clone, Debug)]
pub struct TranslatorCase {
    pub design: Design,
    pub steps: u64,
}

impl Design {
    /// A translator with as many parameters as the Transformer of this shape, as nearly as a whole width allows.
    pub fn new(kind: TranslatorKind, Shape { vocabularies: [english, spanish], width }: Shape) -> Self {
        let sizes = TranslatorSizes { embedding: width, ..TranslatorSizes::new(english, spanish, width) };
        let transformer = TranslatorStage::Transformer.configure(sizes);
        let (stage, sizes) = match kind {
            TranslatorKind::Transformer => return Self { kind, width, config: transformer },
            TranslatorKind::Plain { vector: bottleneck, reversed } => {
                (TranslatorStage::Seq2Seq, TranslatorSizes { bottleneck, reversed, ..sizes })
            }
            TranslatorKind::Attention { both_ends: bidirectional, spoken: input_feeding } => {
                (TranslatorStage::Attention, TranslatorSizes { bidirectional, input_feeding, ..sizes })
            }
        };
        let width = stage.width_for(transformer.parameter_count(), sizes);
        Self { kind, width, config: stage.configure(TranslatorSizes { width, ..sizes }) }
    }
}
