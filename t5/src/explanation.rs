//! All that a model computes between a text that it has read, what it has written so far, and the scores of the next token.

use data::Token;
use data::pairs::Sources;
use ndarray::{Array1, Array2, Array3, ArrayView2, Axis, Ix1, Ix2, Ix3, Ix4, s};
use tensor::{Context, Real, Tensor};
use transformer::Form;

use crate::T5;

/// The way from two texts to the scores of the token that follows the second.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Each token's row of W: of the source (S, D), and of what was written, from the [start](crate::T5Config::start) on, (T, D).
    pub embedded: [Array2<Real>; 2],
    /// What each head adds to the score of a key at each distance, by bucket, (buckets, N): in the encoder, in the decoder.
    pub distances: [Array2<Real>; 2],
    /// The encoder's stream before the first block and behind each: L + 1 of (S, D).
    pub read: Vec<Array2<Real>>,
    /// Where each place of the source looks, in every block and head: L of (N, S, S), each row summing to one.
    pub reading: Vec<Array3<Real>>,
    /// The decoder's stream, L + 1 of (T, D).
    pub written: Vec<Array2<Real>>,
    /// Where each place of what was written looks among those up to it, L of (N, T, T).
    pub own: Vec<Array3<Real>>,
    /// Where it looks in the source, L of (N, T, S).
    pub source: Vec<Array3<Real>>,
    /// The last place of the decoder's stream, normalised, (D).
    pub output: Array1<Real>,
    /// The scores of the next token if the decoder had ended before its first block, and behind each, (L + 1, V); the last row are
    /// the model's own.
    pub logits: Array2<Real>,
}

impl T5 {
    /// What the model makes of a source and of what it has written, step by step.
    ///
    /// ```
    /// use t5::{T5, T5Config};
    /// use tensor::{Context, Init, Parameters};
    ///
    /// let mut parameters = Parameters::new();
    /// let model = T5::new(&mut Init::new(&mut parameters, 1), T5Config::v1_1(20, 2, 12, 3))?;
    /// let explanation = model.explain(&Context::eval(&parameters), &[5, 6, 7, 2], &[1, 8]);
    /// assert_eq!(explanation.reading[1].dim(), (3, 4, 4));
    /// assert_eq!(explanation.source[1].dim(), (3, 2, 4));
    /// assert_eq!(explanation.logits.dim(), (3, 20));
    /// # Ok::<(), transformer::ConfigError>(())
    /// ```
    ///
    /// # Panics
    /// If there are no tokens on one of the sides, or one is not below V.
    #[track_caller]
    pub fn explain(&self, cx: &Context<'_>, source: &[Token], written: &[Token]) -> Explanation {
        assert!(!source.is_empty() && !written.is_empty(), "explain: no tokens to go on from");
        let last = written.len() - 1;
        let source = Sources::new(&[source]);
        let written = ArrayView2::from_shape((1, written.len()), written).expect("one row"); // (1, T)
        let (x, y) = (self.embed_source(cx, source.tokens.view()), self.embed_target(cx, written));
        let (memory, reading) = self.encoder().forward_with_weights(cx, &x, None, Form::Fused);
        let looked = self.decoder().weights(cx, &y, &memory, None, Form::Fused);
        let depths = self.decoder().depths(cx, &y, &memory, None, Form::Fused); // each (1, T, D)
        let end = |x: &Tensor| self.decoder().normalised(cx, &x.index(1, last)); // (1, D)
        let scores = |x: &Tensor| self.output(cx, &end(x)).view::<Ix2>("scores").row(0).to_owned();
        let scores: Vec<Array1<Real>> = depths.iter().map(scores).collect();
        let scores: Vec<_> = scores.iter().map(|scores| scores.view()).collect();
        let heads = |weights: &Tensor| weights.view::<Ix4>("weights").slice(s![0, .., .., ..]).to_owned();
        let row = |x: &Tensor| x.view::<Ix3>("stream").index_axis(Axis(0), 0).to_owned();
        let table = |stack: &str| {
            let table = cx.parameters().find(&format!("{stack}.relative.weight")).expect("a T5 has both");
            cx.get(table).view::<Ix2>("distances").to_owned()
        };
        Explanation {
            embedded: [row(&x), row(&y)],
            distances: ["encoder", "decoder"].map(table),
            read: self.encoder().depths(cx, &x, None, Form::Fused).iter().map(row).collect(),
            reading: reading.iter().map(heads).collect(),
            own: looked.iter().map(|[own, _]| heads(own)).collect(),
            source: looked.iter().map(|[_, source]| heads(source)).collect(),
            output: end(&depths[depths.len() - 1]).index(0, 0).view::<Ix1>("output").to_owned(),
            written: depths.iter().map(row).collect(),
            logits: ndarray::stack(Axis(0), &scores).expect("rows of one width"),
        }
    }
}
