//! The translators of C3 and C4, all with the same number of parameters.

use attention::{RnnSearch, RnnSearchConfig};
use lstm::{Lstm, LstmStart};
use nn::Translator;
use seq2seq::{Seq2Seq, Seq2SeqConfig};
use tensor::{Init, Parameters};
use transformer::{Transformer, TransformerConfig};

/// N of the Transformer.
const HEADS: usize = 4;

/// How a sentence gets from the encoder to the decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As one vector.
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
    /// Likewise, without recurrence.
    Transformer,
}

impl Kind {
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
                let ends = if both_ends { "" } else { ", read forwards" };
                format!("attention{ends}{}", if spoken { "" } else { ", words from the state alone" })
            }
            Self::Transformer => "transformer".into(),
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
    /// L of the Transformer's encoder and of its decoder; the others have one.
    pub layers: usize,
}

/// A translator that can be built.
#[derive(Clone, Copy, Debug)]
pub struct Design {
    /// What it is.
    pub kind: Kind,
    /// What it shares with the others.
    pub shape: Shape,
    /// H, or D.
    pub hidden: usize,
}

/// What can be done with a translator of whatever type.
pub trait Use {
    /// What comes of it.
    type Output;

    /// Does it.
    fn translator<M: Translator>(self, model: &M, parameters: Parameters) -> Self::Output;
}

/// Counts the parameters.
struct Count;

impl Use for Count {
    type Output = usize;

    fn translator<M: Translator>(self, _: &M, parameters: Parameters) -> usize {
        parameters.count()
    }
}

impl Design {
    /// A translator with as many parameters as the Transformer of this shape, as nearly as a whole width allows.
    ///
    /// # Errors
    /// If there is no Transformer of this shape.
    pub fn new(kind: Kind, shape: Shape) -> anyhow::Result<Self> {
        let transformer = Self { kind: Kind::Transformer, shape, hidden: shape.width };
        if kind == Kind::Transformer {
            return Ok(transformer);
        }
        let wanted = transformer.parameters()?;
        // Both directions of an encoder need a half.
        let unit = if matches!(kind, Kind::Attention { both_ends: true, .. }) { 2 } else { 1 };
        let of = |units: usize| Self { hidden: units * unit, ..transformer }.with(kind);
        let (mut below, mut above) = (1, 1);
        while of(above).parameters()? < wanted {
            (below, above) = (above, 2 * above);
        }
        while above - below > 1 {
            let middle = (below + above) / 2;
            if of(middle).parameters()? < wanted { below = middle } else { above = middle }
        }
        let off = |units: usize| anyhow::Ok(of(units).parameters()?.abs_diff(wanted));
        Ok(of(if off(below)? < off(above)? { below } else { above }))
    }

    fn with(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// How many numbers training finds.
    ///
    /// # Errors
    /// If there is no such model.
    pub fn parameters(&self) -> anyhow::Result<usize> {
        self.build(0, Count)
    }

    /// Builds the model with its first parameters and hands it over.
    ///
    /// # Errors
    /// If there is no such model.
    pub fn build<U: Use>(&self, seed: u64, with: U) -> anyhow::Result<U::Output> {
        let Self { kind, shape: Shape { vocabularies: [english, spanish], width, layers }, hidden } = *self;
        let mut parameters = Parameters::new();
        let init = &mut Init::new(&mut parameters, seed);
        Ok(match kind {
            Kind::Plain { vector, reversed } => {
                let config = Seq2SeqConfig::<LstmStart>::new(spanish, width, hidden);
                let config = Seq2SeqConfig { source_vocabulary: english, bottleneck: vector, reversed, ..config };
                let model = Seq2Seq::<Lstm>::new(init, config)?;
                with.translator(&model, parameters)
            }
            Kind::Attention { both_ends, spoken } => {
                let config = RnnSearchConfig::<LstmStart>::new(spanish, width, hidden);
                let config = RnnSearchConfig {
                    source_vocabulary: english,
                    bidirectional: both_ends,
                    input_feeding: spoken,
                    ..config
                };
                let model = RnnSearch::<Lstm>::new(init, config)?;
                with.translator(&model, parameters)
            }
            Kind::Transformer => {
                let model = Transformer::new(init, TransformerConfig::new(english, spanish, layers, hidden, HEADS))?;
                with.translator(&model, parameters)
            }
        })
    }
}
