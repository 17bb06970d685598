//! What the translator promises.

use attention::{ConfigError, Engine, Memory, RnnSearch, RnnSearchConfig, Score};
use data::IGNORE;
use data::pairs::{END, PAD, PairBatch, START, Sources};
use lstm::{Gru, Lstm};
use nn::{Rows, Trainable, Translator, translate};
use rnn::Recurrent;
use tensor::check::assert_close;
use tensor::{Context, Init, Parameters, Real};

/// What two orders of summation may differ by, relative to the largest element.
const ROUNDING: f64 = if size_of::<Real>() == 8 { 1e-12 } else { 1e-5 };

fn build<R: Recurrent>(config: RnnSearchConfig<R::Options>) -> (Parameters, RnnSearch<R>) {
    let mut parameters = Parameters::new();
    let model = RnnSearch::<R>::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    (parameters, model)
}

/// Every score, one direction and both, with and without input feeding; two layers.
fn configurations<O: Default + Copy>() -> Vec<RnnSearchConfig<O>> {
    let scores = [Score::Additive, Score::Dot, Score::General, Score::Scaled];
    let switches = [(false, false), (true, false), (false, true), (true, true)];
    let all = scores.into_iter().flat_map(|score| switches.map(|switches| (score, switches)));
    all.map(|(score, (bidirectional, input_feeding))| RnnSearchConfig {
        layers: 2,
        width: 5,
        score,
        bidirectional,
        input_feeding,
        ..RnnSearchConfig::new(9, 4, 6)
    })
    .collect()
}

fn pairs() -> PairBatch {
    PairBatch::new(&[(&[5, 6, 7, 8], &[3, 4]), (&[4], &[8, 7, 6]), (&[3, 3, 8], &[5])])
}

fn check_all(check: impl Fn(&dyn Fn() -> String, &Parameters, &dyn AnyTranslator)) {
    for config in configurations() {
        let (parameters, model) = build::<Lstm>(config);
        check(&|| format!("{config:?}"), &parameters, &model);
    }
    for config in configurations() {
        let (parameters, model) = build::<Gru>(config);
        check(&|| format!("{config:?}"), &parameters, &model);
    }
}

/// A translator whose encoder may be of either kind.
trait AnyTranslator {
    fn logits(&self, cx: &Context<'_>, batch: &PairBatch) -> tensor::Tensor;
    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> tensor::Tensor;
    fn alignment(&self, cx: &Context<'_>, batch: &PairBatch) -> tensor::Tensor;
    fn encode(&self, cx: &Context<'_>, sources: &Sources) -> (Memory, attention::DecoderState);
    fn next(
        &self,
        cx: &Context<'_>,
        memory: &Memory,
        state: &mut attention::DecoderState,
        tokens: &[data::Token],
    ) -> nn::Step;
}
