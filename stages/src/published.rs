//! Published Transformers: the sizes in their configurations, and how many parameters each of their parts has.

use crate::Parts;

/// What a published Transformer is made of, by the paper that describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Devlin et al. 2019: an encoder. Two segments beside 512 positions; its head is the pooler.
    Bert,
    /// Radford et al. 2019: 1,024 learned positions.
    Gpt2,
    /// Raffel et al. 2020: an encoder and a decoder, half of the layers each; a decoder layer attends twice, to itself and
    /// to the encoder. No biases but one for each of 32 distances, head and stack; normalisations without a bias.
    T5,
    /// Wang & Komatsuzaki 2021: rotary positions; attention without biases; one normalisation a layer; an output layer of
    /// its own.
    GptJ,
    /// Black et al. 2022: rotary positions; an output layer of its own, without a bias.
    GptNeoX,
    /// BigScience 2022: positions as a slope of the scores, which has no parameters; one more normalisation, behind the
    /// embedding.
    Bloom,
    /// Touvron et al. 2023: no biases; a third map gates the feed-forward layer; an output layer of its own.
    Llama,
    /// Almazrouei et al. 2023: all heads share one key and one value; no biases but the normalisations', of which a layer
    /// has one.
    Falcon,
}

/// A published model. Where nothing else is said of its [`Family`], it has biases, two normalisations a layer and one at
/// the end, and its token embedding is its output layer.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// As its authors call it.
    pub name: &'static str,
    /// What it is made of.
    pub family: Family,
    /// V: the rows of the token embedding.
    pub vocabulary: u64,
    /// L, those of encoder and decoder together.
    pub layers: u64,
    /// D.
    pub width: u64,
    /// N.
    pub heads: u64,
    /// F.
    pub feed_forward: u64,
    /// The parameters in the published files. A table that stands there twice with the same numbers (Falcon's embedding,
    /// which is its output layer: vllm-project/vllm#3590) counts once. Of GPT-J the model card says 6,053,381,344, which counts
    /// normalisations and biases once for each of the eight processors it was trained on.
    pub parameters: u64,
}

impl Published {
    /// From the smallest to the largest.
    pub const ALL: [Self; 12] = [
        model("T5 small", Family::T5, 32_128, [12, 512, 8, 2_048], 60_506_624),
        model("BERT base", Family::Bert, 30_522, [12, 768, 12, 3_072], 109_482_240),
        model("GPT-2", Family::Gpt2, 50_257, [12, 768, 12, 3_072], 124_439_808),
        model("GPT-2 medium", Family::Gpt2, 50_257, [24, 1_024, 16, 4_096], 354_823_168),
        model("BLOOM 560M", Family::Bloom, 250_880, [24, 1_024, 16, 4_096], 559_214_592),
        model("GPT-2 large", Family::Gpt2, 50_257, [36, 1_280, 20, 5_120], 774_030_080),
        model("GPT-2 XL", Family::Gpt2, 50_257, [48, 1_600, 25, 6_400], 1_557_611_200),
        model("GPT-J 6B", Family::GptJ, 50_400, [28, 4_096, 16, 16_384], 6_050_882_784),
        model("LLaMA 7B", Family::Llama, 32_000, [32, 4_096, 32, 11_008], 6_738_415_616),
        model("Falcon 7B", Family::Falcon, 65_024, [32, 4_544, 71, 18_176], 6_921_720_704),
        model("GPT-NeoX 20B", Family::GptNeoX, 50_432, [44, 6_144, 64, 24_576], 20_554_567_680),
        model("BLOOM 176B", Family::Bloom, 250_880, [70, 14_336, 112, 57_344], 176_247_271_424),
    ];

    /// How many parameters each part has; together as many as were published.
    pub fn parts(&self) -> Parts {
        let Published { family, vocabulary: v, layers: l, width: d, heads, feed_forward: f, .. } = *self;
        let plain = Parts {
            token_embedding: v * d,
            positions: 0,
            attention: l * 4 * linear(d, d),
            feed_forward: l * (linear(d, f) + linear(f, d)),
            norms: (2 * l + 1) * 2 * d,
            head: 0,
        };
        match family {
            Family::Bert => Parts { positions: (512 + 2) * d, head: linear(d, d), ..plain },
            Family::Gpt2 => Parts { positions: 1_024 * d, ..plain },
            Family::T5 => Parts {
                positions: 2 * 32 * heads,
                attention: (l / 2 + l) * 4 * d * d,
                feed_forward: l * 2 * d * f,
                norms: (l / 2 * (2 + 3) + 2) * d,
                ..plain
            },
            Family::GptJ => Parts { attention: l * 4 * d * d, norms: (l + 1) * 2 * d, head: linear(d, v), ..plain },
            Family::GptNeoX => Parts { head: v * d, ..plain },
            Family::Bloom => Parts { norms: (2 * l + 2) * 2 * d, ..plain },
            Family::Llama => Parts {
                attention: l * 4 * d * d,
                feed_forward: l * 3 * d * f,
                norms: (2 * l + 1) * d,
                head: v * d,
                ..plain
            },
            Family::Falcon => Parts {
                attention: l * (2 * d * d + 2 * d * (d / heads)),
                feed_forward: l * 2 * d * f,
                norms: (l + 1) * 2 * d,
                ..plain
            },
        }
    }
}

const fn model(
    name: &'static str,
    family: Family,
    vocabulary: u64,
    [layers, width, heads, feed_forward]: [u64; 4],
    parameters: u64,
) -> Published {
    Published { name, family, vocabulary, layers, width, heads, feed_forward, parameters }
}

/// A linear map with a bias.
fn linear(inputs: u64, outputs: u64) -> u64 {
    inputs * outputs + outputs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_to_the_published_totals() {
        for model in Published::ALL {
            assert_eq!(model.parts().total(), model.parameters, "{}", model.name);
        }
    }

    #[test]
    fn models_stand_in_the_order_of_their_sizes() {
        assert!(Published::ALL.is_sorted_by_key(|model| model.parameters));
    }
}
