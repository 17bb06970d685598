//! Settings with which no model can be built.

/// Settings with which no model can be built.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A size is zero.
    #[error("the {what} is 0; it must be at least 1")]
    Zero {
        /// Which size.
        what: &'static str,
    },
    /// The heads cannot share the width.
    #[error("a width of {width} cannot be divided among {heads} heads; choose a width that is a multiple of the heads")]
    Heads {
        /// D.
        width: usize,
        /// N.
        heads: usize,
    },
    /// The dropout is no probability below one.
    #[error("a dropout of {dropout} is not possible; it must be at least 0 and below 1")]
    Dropout {
        /// What was asked for.
        dropout: f64,
    },
    /// The heads of queries cannot share those of keys and values.
    #[error(
        "{heads} heads of queries cannot share {shared} heads of keys and values; choose a number of heads that is a multiple of {shared}"
    )]
    KeyValueHeads {
        /// N.
        heads: usize,
        /// The heads of keys and values.
        shared: usize,
    },
    /// The factor of the scores is no positive number.
    #[error("scores cannot be multiplied by {scale}; it must be a number above 0")]
    ScoreScale {
        /// What was asked for.
        scale: f64,
    },
    /// A normalisation's ε is no positive number.
    #[error("an epsilon of {epsilon} is not possible; it must be a number above 0 and below 1")]
    Epsilon {
        /// What was asked for.
        epsilon: f64,
    },
    /// Rotary positions turn pairs of numbers.
    #[error(
        "of the {width} numbers of a head {dimensions} cannot be rotated; it must be an even number from 2 to {width}"
    )]
    Rotated {
        /// How many were to be rotated.
        dimensions: usize,
        /// d_k.
        width: usize,
    },
    /// A setting of positions is not possible.
    #[error("positions with {what} of {value} are not possible; it must be {possible}")]
    Positions {
        /// Which setting.
        what: &'static str,
        /// Its value.
        value: f64,
        /// What it may be.
        possible: &'static str,
    },
    /// Settings that exclude each other, or that no published model has together.
    #[error("no model has {what}; choose one of the two")]
    Nobody {
        /// Both.
        what: &'static str,
    },
    /// A token that a model cannot do without is none of its vocabulary.
    #[error(
        "the {what} is {token}, and the {vocabulary} tokens of the vocabulary are counted from 0; it must be one of them"
    )]
    Token {
        /// What the token is for.
        what: &'static str,
        /// Its number.
        token: u32,
        /// V.
        vocabulary: usize,
    },
    /// The label smoothing is no probability below one.
    #[error("a label smoothing of {smoothing} is not possible; it must be at least 0 and below 1")]
    LabelSmoothing {
        /// What was asked for.
        smoothing: f64,
    },
    /// Two vocabularies cannot share one table.
    #[error(
        "{source_tokens} source tokens and {target_tokens} target tokens cannot share one table of embeddings; use one vocabulary for both or share less"
    )]
    Vocabularies {
        /// V of the source.
        source_tokens: usize,
        /// V of the target.
        target_tokens: usize,
    },
}
