//! All that a model computes between a text and the scores of its next token.

use data::Token;
use ndarray::{Array1, Array2, Array3, ArrayView2, Axis, Ix1, Ix2, Ix3, Ix4, s};
use tensor::{Context, Real, Tensor};

use crate::{GenerationState, Gpt};

/// The way from tokens to the scores of the token that follows them.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Each token's row of W, (T, D).
    pub embedded: Array2<Real>,
    /// The vector of each place, (T, D), in architectures that have such vectors.
    pub positions: Option<Array2<Real>>,
    /// The stream before the first block and behind each of the L: L + 1 of (T, D).
    pub stream: Vec<Array2<Real>>,
    /// Where each place looks, in every block and head: L of (N, T, T), each row summing to one.
    pub attention: Vec<Array3<Real>>,
    /// The last place of the stream behind all blocks, normalised, (D).
    pub output: Array1<Real>,
    /// The scores of the next token if the model had ended before its first block, and behind each, (L + 1, V). The last
    /// row are the model's own; the others are what nostalgebraist ("interpreting GPT: the logit lens", 2020) reads out of
    /// the layers between.
    pub logits: Array2<Real>,
    /// What is remembered of the text, to go on from.
    pub state: GenerationState,
}

impl Gpt {
    /// What the model makes of a text, step by step.
    ///
    /// ```
    /// use gpt::{Gpt, GptConfig};
    /// use tensor::{Context, Init, Parameters};
    ///
    /// let mut parameters = Parameters::new();
    /// let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(65, 64, 4, 128, 4))?;
    /// let explanation = model.explain(&Context::eval(&parameters), &[1, 2, 3]);
    /// assert_eq!(explanation.stream[0], &explanation.embedded + explanation.positions.as_ref().unwrap());
    /// assert_eq!(explanation.attention[3].dim(), (4, 3, 3));
    /// assert_eq!(explanation.logits.dim(), (5, 65));
    /// # Ok::<(), transformer::ConfigError>(())
    /// ```
    ///
    /// # Panics
    /// If there are no tokens or more than the context holds, or one is not below V.
    #[track_caller]
    pub fn explain(&self, cx: &Context<'_>, tokens: &[Token]) -> Explanation {
        assert!(!tokens.is_empty(), "explain: no tokens to go on from");
        let last = tokens.len() - 1;
        let (window, mut caches) = (tokens.to_vec(), self.no_caches());
        let tokens = ArrayView2::from_shape((1, tokens.len()), tokens).expect("one row"); // (1, T)
        let mut depths = vec![self.embed(cx, tokens, 0)]; // each (1, T, D)
        for (block, cache) in self.blocks().iter().zip(&mut caches) {
            depths.push(block.forward_cached(cx, &depths[depths.len() - 1], cache));
        }
        let attention = self.stack().weights(cx, &depths, None);
        let scores = |x: &Tensor| self.unembed(cx, &x.index(1, last)).view::<Ix2>("scores").row(0).to_owned();
        let scores: Vec<Array1<Real>> = depths.iter().map(scores).collect();
        let scores: Vec<_> = scores.iter().map(|scores| scores.view()).collect();
        let (embedded, positions) = self.vectors(cx, tokens, 0);
        Explanation {
            embedded: embedded.view::<Ix3>("embedded").index_axis(Axis(0), 0).to_owned(),
            positions: positions.map(|positions| positions.view::<Ix2>("positions").to_owned()),
            stream: depths.iter().map(|x| x.view::<Ix3>("stream").index_axis(Axis(0), 0).to_owned()).collect(),
            attention: attention.iter().map(|w| w.view::<Ix4>("weights").slice(s![0, .., .., ..]).to_owned()).collect(),
            output: self
                .stack()
                .normalised(cx, &depths[depths.len() - 1].index(1, last).index(0, 0))
                .view::<Ix1>("output")
                .to_owned(),
            logits: ndarray::stack(Axis(0), &scores).expect("rows of one width"),
            state: GenerationState::of(window, caches),
        }
    }
}
