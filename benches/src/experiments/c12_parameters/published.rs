//! The parameters of published Transformers by part, from the numbers in their configurations.
//!
//! Each function is one family; each term can be read off the configuration file and the paper. That the terms are
//! complete shows in the sums, which agree with the published totals to the last parameter.

/// How many parameters each part of a Transformer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// A vector for each token; the output layer too, where the two are tied.
    pub token_embedding: u64,
    /// Vectors or biases for positions and segments.
    pub positions: u64,
    /// Queries, keys, values and their output projection.
    pub attention: u64,
    /// The maps from D to F and back.
    pub feed_forward: u64,
    /// Gains and biases of normalisations.
    pub norms: u64,
    /// What turns the last vector into an answer, where it is not the token embedding.
    pub head: u64,
}

impl Counts {
    /// Of the parts, in the order of the figures.
    pub const NAMES: [&'static str; 6] =
        ["token embedding", "positions", "attention", "feed-forward", "normalisation", "output head"];

    /// The parts in the order of their names.
    pub fn parts(&self) -> [u64; 6] {
        let Self { token_embedding, positions, attention, feed_forward, norms, head } = *self;
        [token_embedding, positions, attention, feed_forward, norms, head]
    }

    pub fn total(&self) -> u64 {
        self.parts().iter().sum()
    }

    /// The part of all parameters that is in feed-forward layers.
    pub fn feed_forward_share(&self) -> f64 {
        self.feed_forward as f64 / self.total() as f64
    }

    /// The part of the parameters inside the blocks that is in feed-forward layers.
    pub fn feed_forward_share_of_blocks(&self) -> f64 {
        self.feed_forward as f64 / (self.attention + self.feed_forward) as f64
    }
}

/// A published model.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// As its authors call it.
    pub name: &'static str,
    /// By part, from its configuration.
    pub counts: Counts,
    /// The number of parameters in the files that were published, except for GPT-J: its model card says 6,053,381,344,
    /// which counts normalisations and biases once for each of the eight processors it was trained on.
    pub total: u64,
}

/// The published models, from the smallest to the largest.
pub fn published() -> Vec<Published> {
    [
        ("T5 small", t5(512, 2_048, 8, 6), 60_506_624),
        ("BERT base", bert(768, 12), 109_482_240),
        ("GPT-2", gpt2(768, 12), 124_439_808),
        ("GPT-2 medium", gpt2(1_024, 24), 354_823_168),
        ("BLOOM 560M", bloom(1_024, 24), 559_214_592),
        ("GPT-2 large", gpt2(1_280, 36), 774_030_080),
        ("GPT-2 XL", gpt2(1_600, 48), 1_557_611_200),
        ("GPT-J 6B", gpt_j(4_096, 28), 6_050_882_784),
        ("LLaMA 7B", llama(4_096, 11_008, 32), 6_738_415_616),
        ("Falcon 7B", falcon(4_544, 64, 32), 7_217_189_760),
        ("GPT-NeoX 20B", gpt_neox(6_144, 44), 20_554_567_680),
        ("BLOOM 176B", bloom(14_336, 70), 176_247_271_424),
    ]
    .map(|(name, counts, total)| Published { name, counts, total })
    .into()
}

/// A linear map with a bias.
fn linear(inputs: u64, outputs: u64) -> u64 {
    inputs * outputs + outputs
}

/// Queries, keys, values and output projection of width D, with biases.
fn attention(d: u64) -> u64 {
    4 * linear(d, d)
}

/// From D to 4·D and back, with biases.
fn feed_forward(d: u64) -> u64 {
    linear(d, 4 * d) + linear(4 * d, d)
}

/// A gain and a bias.
fn layer_norm(d: u64) -> u64 {
    2 * d
}

/// Radford et al. 2019: learned positions, tied output.
fn gpt2(d: u64, layers: u64) -> Counts {
    Counts {
        token_embedding: 50_257 * d,
        positions: 1_024 * d,
        attention: layers * attention(d),
        feed_forward: layers * feed_forward(d),
        norms: (2 * layers + 1) * layer_norm(d),
        head: 0,
    }
}

/// Devlin et al. 2019, `bert-base-uncased`: two segments beside 512 positions; the head is the pooler.
fn bert(d: u64, layers: u64) -> Counts {
    Counts {
        token_embedding: 30_522 * d,
        positions: (512 + 2) * d,
        attention: layers * attention(d),
        feed_forward: layers * feed_forward(d),
        norms: (2 * layers + 1) * layer_norm(d),
        head: linear(d, d),
    }
}

/// Raffel et al. 2020: as many layers in the decoder as in the encoder. A decoder layer attends twice, to itself and to the
/// encoder. No biases but one for each of 32 distances, head and stack; normalisations without a bias; tied output.
fn t5(d: u64, f: u64, heads: u64, layers: u64) -> Counts {
    Counts {
        token_embedding: 32_128 * d,
        positions: 2 * 32 * heads,
        attention: (1 + 2) * layers * 4 * d * d,
        feed_forward: 2 * layers * 2 * d * f,
        norms: ((2 + 3) * layers + 2) * d,
        head: 0,
    }
}

/// BigScience 2022: positions as a slope of the scores, which has no parameters; one normalisation more, behind the embedding;
/// tied output.
fn bloom(d: u64, layers: u64) -> Counts {
    Counts {
        token_embedding: 250_880 * d,
        positions: 0,
        attention: layers * attention(d),
        feed_forward: layers * feed_forward(d),
        norms: (2 * layers + 2) * layer_norm(d),
        head: 0,
    }
}

/// Wang & Komatsuzaki 2021: rotary positions; attention without biases; one normalisation a layer; an output layer of its own.
fn gpt_j(d: u64, layers: u64) -> Counts {
    Counts {
        token_embedding: 50_400 * d,
        positions: 0,
        attention: layers * 4 * d * d,
        feed_forward: layers * feed_forward(d),
        norms: (layers + 1) * layer_norm(d),
        head: linear(d, 50_400),
    }
}

/// Black et al. 2022: rotary positions; an output layer of its own, without a bias.
fn gpt_neox(d: u64, layers: u64) -> Counts {
    Counts {
        token_embedding: 50_432 * d,
        positions: 0,
        attention: layers * attention(d),
        feed_forward: layers * feed_forward(d),
        norms: (2 * layers + 1) * layer_norm(d),
        head: 50_432 * d,
    }
}

/// Touvron et al. 2023: no biases at all; a third map gates the feed-forward layer; an output layer of its own.
fn llama(d: u64, f: u64, layers: u64) -> Counts {
    Counts {
        token_embedding: 32_000 * d,
        positions: 0,
        attention: layers * 4 * d * d,
        feed_forward: layers * 3 * d * f,
        norms: (2 * layers + 1) * d,
        head: 32_000 * d,
    }
}

/// Almazrouei et al. 2023: all heads share one key and one value, `head` wide; no biases but the normalisations', of which a
/// layer has one. Its files hold the output layer apart from the embedding.
fn falcon(d: u64, head: u64, layers: u64) -> Counts {
    Counts {
        token_embedding: 65_024 * d,
        positions: 0,
        attention: layers * (d * (d + 2 * head) + d * d),
        feed_forward: layers * 8 * d * d,
        norms: (layers + 1) * layer_norm(d),
        head: 65_024 * d,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_to_the_published_totals() {
        for Published { name, counts, total } in published() {
            assert_eq!(counts.total(), total, "{name}");
        }
    }
}
