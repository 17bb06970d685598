//! How many parameters a configuration has; tests hold every count against the model.

use attention::{RnnSearchConfig, Score};
use bert::BertConfig;
use gpt::{GptConfig, Head};
use rnn::RecurrentConfig;
use seq2seq::Seq2SeqConfig;
use t5::T5Config;
use transformer::{Biases, BlockConfig, Positions, Residuals, Sharing, TransformerConfig};

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

/// A self-attention: W_Q, W_K, W_V and W_O, 4D² where heads share nothing and have the width D/N, and their biases.
fn self_attention(config: &BlockConfig) -> u128 {
    let Biases { queries_keys_values, attention_output, .. } = config.bias;
    let d = size(config.width);
    let heads = size(config.head_width.unwrap_or(config.width / config.heads.max(1)));
    let (asking, looked_at) =
        (size(config.heads) * heads, size(config.key_value_heads.unwrap_or(config.heads)) * heads);
    let rows = asking + 2 * looked_at;
    rows * d + asking * d + if queries_keys_values { rows } else { 0 } + if attention_output { d } else { 0 }
}

/// 2DF, or 3DF if it is gated, and the biases.
fn feed_forward(config: &BlockConfig) -> u128 {
    let [d, f] = [config.width, config.feed_forward].map(size);
    let first = if config.gated { 2 * f } else { f };
    first * d + d * f + if config.bias.feed_forward { first + d } else { 0 }
}

/// D, and the bias.
fn normalisation(config: &BlockConfig) -> u128 {
    size(config.width) * if config.bias.norm { 2 } else { 1 }
}

/// (V + T)D + L(4D² + 2DF + 2D) + D, and the biases, in GPT-2's architecture.
pub(crate) fn count_gpt(config: &GptConfig) -> u128 {
    let block = &config.block;
    let [v, t, layers, d] = [config.vocabulary, config.context, config.layers, block.width].map(size);
    let norms = if block.residual == Residuals::Parallel { 1 } else { 2 };
    let blocks = layers * (self_attention(block) + feed_forward(block) + norms * normalisation(block));
    let positions = if config.learned_positions { t * d } else { 0 };
    let head = match config.head {
        Head::Tied => 0,
        Head::Own => v * d,
        Head::OwnWithBias => v * (d + 1),
    };
    let outer_norms = if config.embedding_norm { 2 } else { 1 };
    v * d + positions + blocks + outer_norms * normalisation(block) + head
}

/// (V + C + types)D + 2D + L(4D² + 2DF + 4D), and the biases; D² + 3D + V of the head, D² + D of the pooler.
pub(crate) fn count_bert(config: &BertConfig) -> u128 {
    let block = &config.block;
    let [v, c, types, layers, d] =
        [config.vocabulary, config.context, config.token_types, config.layers, block.width].map(size);
    let norm = normalisation(block);
    let blocks = layers * (self_attention(block) + feed_forward(block) + 2 * norm);
    let head = if config.masked_words { d * (d + 1) + norm + v } else { 0 };
    let pooler = if config.pooler { d * (d + 1) } else { 0 };
    (v + c + types) * d + norm + blocks + head + pooler
}

/// The table, two tables of distances, 4·D·N·d_k in each block of the encoder and 8·D·N·d_k in each of the decoder, with their
/// feed-forward layers and normalisations, one more at the end of each side, and the head.
pub(crate) fn count_t5(config: &T5Config) -> u128 {
    let block = &config.block;
    let [v, d, buckets, heads] = [config.vocabulary, block.width, config.buckets, block.heads].map(size);
    let [encoders, decoders] = [config.encoder_layers, config.decoder_layers].map(size);
    let (norm, attention, feed_forward) = (normalisation(block), self_attention(block), feed_forward(block));
    let encoder = encoders * (attention + feed_forward + 2 * norm);
    let decoder = decoders * (2 * attention + feed_forward + 3 * norm);
    let tables = if config.tied_head { v * d } else { 2 * v * d };
    tables + encoder + decoder + 2 * (norm + buckets * heads)
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
    let block = &config.block;
    let [s, v, d] = [config.source_vocabulary, config.target_vocabulary, block.width].map(size);
    let [encoders, decoders] = [config.encoder_layers, config.decoder_layers].map(size);
    let (norm, attention, feed_forward) = (normalisation(block), self_attention(block), feed_forward(block));
    let output = v * d + if block.bias.feed_forward { v } else { 0 };
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
