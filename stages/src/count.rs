//! How many parameters a configuration has; tests hold every count against the model.

use attention::{RnnSearchConfig, Score};
use gpt::GptConfig;
use rnn::RecurrentConfig;
use seq2seq::Seq2SeqConfig;
use transformer::{BlockConfig, Positions, Sharing, TransformerConfig};

use crate::cell::LayerOptions;

/// A size as a factor. Twice as large as the largest model that can be trained is large enough, and the products stay
/// below 2¹²⁸ whatever a configuration's file says.
fn size(n: usize) -> u128 {
    n.min(1 << 31) as u128
}

/// Σ_l GH(I_l + H + 2) for G gates, where the first I is `input` and the others H.
fn recurrent_layers(gates: u128, layers: u128, input: u128, hidden: u128) -> u128 {
    let layer = |input: u128| gates * hidden * (input + hidden + 2);
    layer(input) + layers.saturating_sub(1) * layer(hidden)
}

/// VE + the layers + V(H + 1).
pub(crate) fn count_recurrent<O: LayerOptions>(config: &RecurrentConfig<O>) -> u128 {
    let [v, e, h, layers] = [config.vocabulary, config.embedding, config.hidden, config.layers].map(size);
    v * e + recurrent_layers(O::GATES, layers, e, h) + v * (h + 1)
}

/// (V + T)D + L(4D² + 2DF + 2D) + D, and the biases: L(5D + F + 2D) + D.
pub(crate) fn count_gpt(config: &GptConfig) -> u128 {
    let BlockConfig { width, feed_forward, bias, .. } = config.block;
    let [v, t, layers, d, f] = [config.vocabulary, config.context, config.layers, width, feed_forward].map(size);
    let biases = if bias { layers * (7 * d + f) + d } else { 0 };
    (v + t) * d + layers * (4 * d * d + 2 * d * f + 2 * d) + d + biases
}

/// Two embeddings, the layers of both sides, down to the vector and up again, V(H + 1).
pub(crate) fn count_seq2seq<O: LayerOptions>(config: &Seq2SeqConfig<O>) -> u128 {
    let [s, v, e] = [config.source_vocabulary, config.target_vocabulary, config.embedding].map(size);
    let [h, layers] = [config.hidden, config.layers].map(size);
    let state = layers * O::VECTORS * h; // W
    let bottleneck = config.bottleneck.map(size);
    let read = if config.context { e + bottleneck.unwrap_or(state) } else { e };
    let passes = bottleneck.map_or(0, |width| width * (state + 1) + state * (width + 1));
    let sides = recurrent_layers(O::GATES, layers, e, h) + recurrent_layers(O::GATES, layers, read, h);
    (s + v) * e + sides + passes + v * (h + 1)
}

/// Two embeddings, the encoder, the score, 4H(E + 2H + 2) of the decoder, V(H + 1).
pub(crate) fn count_attention<O: LayerOptions>(config: &RnnSearchConfig<O>) -> u128 {
    let [s, v, e] = [config.source_vocabulary, config.target_vocabulary, config.embedding].map(size);
    let [h, layers, a] = [config.hidden, config.layers, config.width].map(size);
    let gates = O::GATES;
    let encoder = if config.bidirectional {
        // Two directions of H/2, above the first layer on H.
        2 * recurrent_layers(gates, 1, e, h / 2) + layers.saturating_sub(1) * 2 * recurrent_layers(gates, 1, h, h / 2)
    } else {
        recurrent_layers(gates, layers, e, h)
    };
    let score = match config.score {
        Score::Additive => 2 * a * h + a,
        Score::General => h * h,
        Score::Dot | Score::Scaled => 0,
    };
    let (fed, combine) = if config.input_feeding { (h, 2 * h * h) } else { (0, 0) };
    (s + v) * e + encoder + score + recurrent_layers(4, 1, e + h + fed, h) + combine + v * (h + 1)
}

/// The tables, 4D² + 2DF in each block of the encoder and 8D² + 2DF in each of the decoder, with their biases and
/// normalisations.
pub(crate) fn count_transformer(config: &TransformerConfig) -> u128 {
    let BlockConfig { width, feed_forward, bias, .. } = config.block;
    let [s, v, d, f] = [config.source_vocabulary, config.target_vocabulary, width, feed_forward].map(size);
    let [encoders, decoders] = [config.encoder_layers, config.decoder_layers].map(size);
    let norm = if bias { 2 * d } else { d };
    let attention = 4 * d * d + if bias { 4 * d } else { 0 };
    let feed_forward = 2 * d * f + if bias { f + d } else { 0 };
    let output = v * d + if bias { v } else { 0 };
    let tables = match config.sharing {
        Sharing::All => v * d,
        Sharing::Output => (s + v) * d,
        Sharing::None => (s + v) * d + output,
    };
    let positions = match config.positions {
        Positions::Learned { context } => 2 * size(context) * d,
        Positions::None | Positions::Sinusoidal => 0,
    };
    let encoder = encoders * (attention + feed_forward + 2 * norm);
    let decoder = decoders * (2 * attention + feed_forward + 3 * norm);
    tables + positions + encoder + decoder + if config.final_norm { 2 * norm } else { 0 }
}
