//! The recurrent layers that stages are made of.

use lstm::{Gru, GruInit, Lstm, LstmInit};
use rnn::{Elman, ElmanOptions, Recurrent};

/// The options of a recurrent layer, as they stand in a configuration, and the layer they are of.
pub(crate) trait LayerOptions: Copy + Default {
    /// The layer.
    type Layer: Recurrent<Options = Self> + 'static;

    /// How many vectors of width H a step computes from input and state.
    const GATES: u128;

    /// How many vectors of width H the state has.
    const VECTORS: u128 = Self::Layer::STATE.len() as u128;
}

impl LayerOptions for ElmanOptions {
    type Layer = Elman;
    const GATES: u128 = 1;
}

impl LayerOptions for LstmInit {
    type Layer = Lstm;
    const GATES: u128 = 4;
}

impl LayerOptions for GruInit {
    type Layer = Gru;
    const GATES: u128 = 3;
}
