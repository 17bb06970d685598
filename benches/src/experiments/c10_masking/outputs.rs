//! The outputs of all stages, and how they depend on later inputs: what needs no mask, what has one, and what sees the
//! future.

use attention::{RnnSearch, RnnSearchConfig};
use data::{Token, pairs::PairBatch, pairs::Sources};
use gpt::Gpt;
use lstm::Lstm;
use ndarray::{Array2, ArrayView2, Axis, Ix3};
use nn::{LanguageModel, Translator};
use stages::{Sizes, Stage, TranslatorSizes, TranslatorStage};
use tensor::{Context, Init, Parameters, Real, Tensor};
use transformer::{EncoderConfig, Form, MaskedLanguageModel, Transformer, TransformerConfig};

use super::jacobian::Jacobian;

/// L and N of the gpt that is trained.
pub const GPT_LAYERS: usize = 2;
pub const GPT_HEADS: usize = 4;

/// T.
const POSITIONS: usize = 8;
/// V on both sides.
const VOCABULARY: usize = 12;
/// E, H and D.
const WIDTH: usize = 12;
/// L and N of the transformer.
const LAYERS: usize = 2;
const HEADS: usize = 3;

/// Outputs in a row whose inputs stand in a row. Layers and heads count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outputs {
    /// The scores of the next token.
    Language(Stage),
    /// What a head of gpt gathers.
    GptHead { layer: usize, head: usize },
    /// The scores of the next token of a translation, by the tokens of the translation so far.
    Decoder(TranslatorStage),
    /// What a head of the transformer's decoder gathers when it looks at the translation so far.
    DecoderHead { layer: usize, head: usize },
    /// The states of attention's encoder that reads from both ends, by the tokens of the source.
    BothEnds,
    /// The vectors of the transformer's encoder, by the tokens of the source.
    Encoder,
}

/// One kind of outputs, every seed.
pub struct Sight {
    pub outputs: Outputs,
    /// Literal and fused.
    pub seeds: Vec<[Jacobian; 2]>,
}

impl Sight {
    /// The outputs of untrained models of all stages but gpt, those that hide the future first. Untrained weights are as good
    /// as any.
    pub fn of_others(seeds: &[u64]) -> anyhow::Result<Vec<Self>> {
        let language = Stage::ALL.into_iter().filter(|stage| *stage != Stage::Gpt).map(Outputs::Language);
        let decoders = TranslatorStage::ALL.map(Outputs::Decoder);
        let heads = (0..LAYERS).flat_map(|layer| (0..HEADS).map(move |head| Outputs::DecoderHead { layer, head }));
        let all = language.chain(decoders).chain(heads).chain([Outputs::BothEnds, Outputs::Encoder]);
        let measure = |outputs: Outputs| {
            let of_seed = |&seed| Ok([outputs.measure(Form::Literal, seed)?, outputs.measure(Form::Fused, seed)?]);
            Ok(Self { outputs, seeds: seeds.iter().map(of_seed).collect::<anyhow::Result<_>>()? })
        };
        all.map(measure).collect()
    }

    pub fn jacobians(&self) -> impl Iterator<Item = &Jacobian> {
        self.seeds.iter().flatten()
    }
}

impl Outputs {
    /// Every head of gpt, and its scores.
    pub fn of_gpt() -> Vec<Self> {
        let heads = |layer| (0..GPT_HEADS).map(move |head| Self::GptHead { layer, head });
        (0..GPT_LAYERS).flat_map(heads).chain([Self::Language(Stage::Gpt)]).collect()
    }

    /// Whether an output must not know what comes after it. An encoder may: its whole text is there from the beginning.
    pub fn hide_the_future(self) -> bool {
        !matches!(self, Self::BothEnds | Self::Encoder)
    }

    pub fn name(self) -> String {
        let of_head = |of: Self, layer, head| format!("{}, layer {}, head {}", of.name(), layer + 1, head + 1);
        match self {
            Self::Language(stage) => stage.about().title.to_owned(),
            Self::GptHead { layer, head } => of_head(Self::Language(Stage::Gpt), layer, head),
            Self::Decoder(stage) => format!("{}, decoder", stage.about().title),
            Self::DecoderHead { layer, head } => of_head(Self::Decoder(TranslatorStage::Transformer), layer, head),
            Self::BothEnds => format!("{}, encoder in both directions", TranslatorStage::Attention.about().title),
            Self::Encoder => format!("{}, encoder", TranslatorStage::Transformer.about().title),
        }
    }

    /// What keeps the future out, if anything does.
    pub fn kept_out_by(self) -> &'static str {
        let recurrent = match self {
            Self::Language(stage) => stage.about().recurrent,
            Self::Decoder(stage) => stage.about().recurrent,
            Self::GptHead { .. } | Self::DecoderHead { .. } => false,
            Self::BothEnds | Self::Encoder => return "nothing",
        };
        if recurrent { "the order of reading" } else { "the mask" }
    }

    /// The derivatives of a gpt, by what its first block receives.
    ///
    /// # Shapes
    /// - `x`: (T, D).
    pub fn measure_gpt(self, gpt: &Gpt, form: Form, parameters: &Parameters, x: ArrayView2<'_, Real>) -> Jacobian {
        let gpt = gpt.clone().with_form(form);
        Jacobian::measure(parameters, x, |cx, x| match self {
            Self::GptHead { layer, head } => {
                let below = gpt.blocks()[..layer].iter();
                let x = below.fold(x.clone(), |x, block| block.forward(cx, &x, None, form)); // (B, T, D)
                of_head(&gpt.blocks()[layer].heads(cx, &x, None, form), head, GPT_HEADS)
            }
            _ => gpt.logits_of_embedded(cx, x), // (B, T, V)
        })
    }

    fn measure(self, form: Form, seed: u64) -> anyhow::Result<Jacobian> {
        let mut parameters = Parameters::new();
        let init = &mut Init::new(&mut parameters, seed);
        let pair = PairBatch::new(&[(&tokens(), &tokens()[1..])]);
        let told = pair.inputs.row(0).to_vec(); // START and the translation but for its last token
        let (layers, embedding, heads) = (LAYERS, WIDTH, HEADS);
        Ok(match self {
            Self::Language(stage) => {
                let sizes = Sizes { layers, embedding, heads, ..Sizes::new(VOCABULARY, POSITIONS, WIDTH) };
                let (model, parameters) = stage.configure(sizes).build_with(form, seed)?;
                let text = Array2::from_shape_vec((1, POSITIONS), tokens()).expect("one row of T tokens");
                Jacobian::by_tokens(&parameters, "emb.weight", &tokens(), |cx| model.logits(cx, text.view()))
            }
            Self::Decoder(TranslatorStage::Transformer) | Self::GptHead { .. } | Self::DecoderHead { .. } => {
                let config = TransformerConfig::new(VOCABULARY, VOCABULARY, LAYERS, WIDTH, HEADS);
                let model = Transformer::new(init, config)?.with_form(form);
                self.of_transformer(&model, &parameters, &pair, form)
            }
            Self::Decoder(stage) => {
                let sizes = TranslatorSizes::new(VOCABULARY, VOCABULARY, WIDTH);
                let layers = if stage.looks_back() { 1 } else { LAYERS }; // a decoder that looks back has one
                let (model, parameters) =
                    stage.configure(TranslatorSizes { layers, embedding, ..sizes }).build_with(form, seed)?;
                Jacobian::by_tokens(&parameters, "te.weight", &told, |cx| model.logits(cx, &pair))
            }
            Self::BothEnds => {
                let config = RnnSearchConfig::new(VOCABULARY, WIDTH, WIDTH);
                let model = RnnSearch::<Lstm>::new(init, RnnSearchConfig { form, bidirectional: true, ..config })?;
                let states = |cx: &Context<'_>| model.encode(cx, &pair.sources).0.states; // (1, S, C)
                Jacobian::by_tokens(&parameters, "se.weight", &tokens(), states)
            }
            Self::Encoder => {
                let config = EncoderConfig::new(VOCABULARY, LAYERS, WIDTH, HEADS);
                let model = MaskedLanguageModel::new(init, config)?.with_form(form);
                let sentence = Sources::new(&[&tokens()]);
                let vectors = |cx: &Context<'_>| model.backbone().read(cx, &sentence); // (1, S, D)
                Jacobian::by_tokens(&parameters, "embedding.weight", &tokens(), vectors)
            }
        })
    }

    /// The table of the transformer's target tokens is that of its output too, so what is asked for is the derivative by
    /// what the decoder's first block receives.
    fn of_transformer(self, model: &Transformer, parameters: &Parameters, pair: &PairBatch, form: Form) -> Jacobian {
        let cx = Context::eval(parameters);
        let source = model.embed_source(&cx, pair.sources.tokens.view()); // (1, S, D)
        let told = model.embed_target(&cx, pair.inputs.view(), 0); // (1, T, D)
        let told = told.view::<Ix3>("told").index_axis(Axis(0), 0).to_owned();
        Jacobian::measure(parameters, told.view(), |cx, x| {
            let source = source.view::<Ix3>("source");
            let (_, positions, width) = source.dim();
            let every_row =
                source.broadcast((x.shape()[0], positions, width)).expect("one row fits any number of rows");
            let source = Tensor::constant(every_row.to_owned()); // (B, S, D)
            match self {
                Self::DecoderHead { layer, head } => {
                    let memory = model.encoder().forward(cx, &source, None, form);
                    let blocks = model.decoder().blocks();
                    let below = blocks[..layer].iter();
                    let x = below.fold(x.clone(), |x, block| block.forward(cx, &x, &memory, None, form)); // (B, T, D)
                    of_head(&blocks[layer].heads(cx, &x, form), head, HEADS)
                }
                _ => model.logits_of_embedded(cx, &source, None, x), // (B, T, V)
            }
        })
    }
}

/// What one of the heads gathers, (B, T, d_k), of what all do, (B, T, D).
fn of_head(gathered: &Tensor, head: usize, heads: usize) -> Tensor {
    let width = gathered.shape()[2] / heads;
    gathered.slice(2, head * width..(head + 1) * width)
}

/// T different tokens.
fn tokens() -> Vec<Token> {
    (3..).take(POSITIONS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoders_alone_see_the_future() {
        for sight in Sight::of_others(&[1]).unwrap() {
            let name = sight.outputs.name();
            for jacobian in sight.jacobians() {
                assert_eq!(jacobian.future_not_zero == 0, sight.outputs.hide_the_future(), "{name}");
                assert!(jacobian.past_not_zero > 0, "{name}");
                if sight.outputs == Outputs::BothEnds {
                    // The states of the direction that begins at the end.
                    assert_eq!(2 * jacobian.future_not_zero, jacobian.future);
                }
            }
        }
    }
}
