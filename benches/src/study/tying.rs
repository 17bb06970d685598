//! A GPT whose scores are made with the table of its embeddings, or with a table of its own.

use data::{TextBatch, Token};
use gpt::{Gpt, GptConfig};
use ndarray::{ArrayView2, Ix2};
use nn::{Linear, Trainable, cross_entropy};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Initializer, ParameterId, Parameters, Real, Tensor};
use transformer::{ConfigError, Form};

/// Which table makes the scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tying {
    /// That of the embeddings, as in GPT.
    Tied,
    /// One of its own, which begins as that of the embeddings does.
    Untied,
}

/// A language model with one table or two.
pub struct TyingGpt {
    gpt: Gpt,
    /// The tables of the embeddings and of the output, (V, D): the same one if they are tied.
    tables: [ParameterId; 2],
    tying: Tying,
}

impl TyingGpt {
    /// A model and the parameters that it begins with.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn build(config: GptConfig, tying: Tying, seed: u64) -> Result<(Self, Parameters), ConfigError> {
        let (vocabulary, width) = (config.vocabulary, config.block.width);
        let mut parameters = Parameters::new();
        let mut init = Init::new(&mut parameters, seed);
        let gpt = Gpt::new(&mut init, config)?;
        let own = (tying == Tying::Untied).then(|| {
            let normal = Initializer::Normal { std: 0.02 };
            Linear::with(&mut init.child("lm_head"), width, vocabulary, normal, None).weight()
        });
        let embeddings = parameters.find("wte.weight").expect("a GPT has embeddings");
        Ok((Self { gpt, tables: [embeddings, own.unwrap_or(embeddings)], tying }, parameters))
    }

    /// The vectors that the scores are made of: what the last block returns, normalised.
    ///
    /// # Shapes
    /// - `tokens`: (B, T); returns (B, T, D).
    pub fn output_vectors(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>) -> Tensor {
        let stack = self.gpt.stack();
        stack.normalised(cx, &stack.forward(cx, &self.gpt.embed(cx, tokens, 0), None, Form::default()))
    }

    /// The scores of every next token; of a tied model those of [`Gpt`].
    ///
    /// # Shapes
    /// - `tokens`: (B, T); returns (B, T, V).
    pub fn logits(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>) -> Tensor {
        match self.tying {
            Tying::Tied => self.gpt.logits_of_embedded(cx, &self.gpt.embed(cx, tokens, 0)),
            Tying::Untied => Linear::of(self.tables[1], None).forward(cx, &self.output_vectors(cx, tokens)),
        }
    }

    /// The tables of the embeddings and of the output, (V, D).
    pub fn tables<'p>(&self, parameters: &'p Parameters) -> [ArrayView2<'p, Real>; 2] {
        let table = |id| parameters.get(id).value().view().into_dimensionality::<Ix2>();
        self.tables.map(|id| table(id).expect("a table has two axes"))
    }

    /// The mean loss in nats of all that the batches ask.
    pub fn held_out_loss(&self, parameters: &Parameters, batches: &[TextBatch]) -> f64 {
        let cx = Context::eval(parameters);
        let nats = batches.iter().map(|batch| batch.answers() as f64 * f64::from(self.loss(&cx, batch).item()));
        nats.sum::<f64>() / batches.iter().map(TextBatch::answers).sum::<usize>() as f64
    }
}

impl Trainable for TyingGpt {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        cross_entropy(&self.logits(cx, batch.inputs.view()), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use nn::LanguageModel;

    use super::*;

    #[test]
    fn tied_it_is_gpt_and_untied_it_has_one_table_more() {
        let config = GptConfig::new(7, 6, 1, 12, 3);
        let tokens = array![[1, 2, 3, 4, 5], [6, 0, 6, 1, 2]];
        let [(tied, one), (untied, two)] =
            [Tying::Tied, Tying::Untied].map(|tying| TyingGpt::build(config.clone(), tying, 3).unwrap());
        assert_eq!(two.count(), one.count() + 7 * 12);
        let gpt = &tied.gpt;
        let logits = |model: &TyingGpt, parameters| model.logits(&Context::eval(parameters), tokens.view());
        assert_eq!(logits(&tied, &one).value(), gpt.logits(&Context::eval(&one), tokens.view()).value());
        assert_eq!(tied.tables(&one)[0], tied.tables(&one)[1]);
        assert_eq!(untied.tables(&two)[0], tied.tables(&one)[0], "both begin alike");
        assert_ne!(untied.tables(&two)[1], tied.tables(&one)[1]);
        assert_ne!(logits(&untied, &two).value(), logits(&tied, &one).value());
    }
}
