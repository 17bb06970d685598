//! Softmax, log-sum-exp and cross-entropy in every form that the project has, each told the same scores: a large maximum
//! takes no digits from a log-probability, and what is not finite follows the one rule of `tensor::kernels`' softmax.

use std::f64::consts::LN_2;

use attention::{Attention, Score, Scoring};
use data::Token;
use data::pairs::{END, PairBatch, Sources};
use ndarray::{Array1, Array2, Array3, arr1, arr2};
use nn::{BeamSearch, Form, Rows, Step, Temperature, Trainable, Translator, cross_entropy, translate};
use tensor::{Context, Init, Parameters, Real, Tensor, kernels};
use transformer::scaled_dot_product::{Mask, fused, literal};

/// The log-probability of each of three scores, as far as a form tells it.
type LogProbabilities = [Option<f64>; 3];
type Normaliser = fn([Real; 3]) -> LogProbabilities;

const INF: Real = Real::INFINITY;

fn known(probabilities: impl IntoIterator<Item = Real>, ln: bool) -> LogProbabilities {
    let all: Vec<f64> = probabilities.into_iter().map(f64::from).map(|p| if ln { p } else { p.ln() }).collect();
    [0, 1, 2].map(|i| Some(all[i]))
}

fn row(scores: [Real; 3]) -> Tensor {
    Tensor::constant(arr2(&[scores]))
}

fn targets(target: usize) -> Array1<Token> {
    arr1(&[target as Token])
}

/// Attention of one query whose scores are these, over values of which each stands in a column of its own: what is
/// gathered are the weights. Behind the three keys stands one more, which the mask hides if there is one to hide.
fn attended(scores: [Real; 3], form: Form, mask: Mask, padded: bool) -> LogProbabilities {
    let keys = 3 + usize::from(padded);
    let q = Array3::from_shape_fn((1, 1, 4), |(_, _, d)| if d == 0 { 2.0 } else { 0.0 }); // 2 = √d_k
    let score = |s: usize| scores.get(s).copied().unwrap_or(7e4);
    let k = Array3::from_shape_fn((1, keys, 4), |(_, s, d)| if d == 0 { score(s) } else { 0.0 });
    let v = Array3::from_shape_fn((1, keys, 4), |(_, s, d)| if s == d { 1.0 } else { 0.0 });
    let [q, k, v] = [q, k, v].map(Tensor::constant);
    let visible = mask.within(padded.then_some(&[3][..]));
    let y = match form {
        Form::Literal => literal::attention(&q, &k, &v, 1, visible),
        Form::Fused => fused::attention(&q, &k, &v, 1, visible),
    };
    known(y.value().iter().copied().take(3), false)
}

/// The alignment of attention over the states of an encoder, of which the third is the last real one.
fn aligned(scores: [Real; 3], form: Form) -> LogProbabilities {
    let parameters = Parameters::new();
    let cx = Context::eval(&parameters);
    let states = Array3::from_shape_fn((1, 4, 1), |(_, s, _)| scores.get(s).copied().unwrap_or(7e4));
    let attention = Attention::new(&mut Init::new(&mut Parameters::new(), 1), Score::Dot, 1, 1, 1);
    let memory = attention.memory(&cx, Tensor::constant(states), vec![3]);
    let [_, alignment] = attention.scoring(&cx).attend(&Tensor::constant(Array3::ones((1, 1, 1))), &memory, form);
    known(alignment.value().iter().copied().take(3), false)
}

/// The probabilities with which tokens are drawn: where the uniform number goes from one token to the next.
fn sampled(scores: [Real; 3]) -> LogProbabilities {
    let choose = |uniform: f64| Temperature::ONE.choose(arr1(&scores).view(), uniform);
    if choose(0.5).is_err() {
        return [Some(f64::NAN); 3];
    }
    let up_to = |token: Token| {
        let [mut low, mut high] = [0.0, 1.0];
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            *(if choose(middle).unwrap() <= token { &mut low } else { &mut high }) = middle;
        }
        low
    };
    let ends = [0.0, up_to(0), up_to(1), 1.0];
    // A bisection from below never arrives at 0.
    [0, 1, 2].map(|i| Some(ends[i + 1] - ends[i])).map(|p| p.map(|p| if p < 1e-15 { 0.0 } else { p }.ln()))
}

/// Says one word, by these scores of END and two words.
struct OneWord([Real; 3]);

struct Nothing;

impl Rows for Nothing {
    fn rows(&self, _: &[usize]) -> Self {
        Nothing
    }
}

impl Trainable for OneWord {
    type Batch = PairBatch;

    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        cross_entropy(&self.logits(cx, batch), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &PairBatch) -> usize {
        batch.answers()
    }
}

impl Translator for OneWord {
    type Memory = Nothing;
    type State = Nothing;

    fn vocabulary(&self) -> usize {
        6
    }

    fn logits(&self, _: &Context<'_>, batch: &PairBatch) -> Tensor {
        let (rows, length) = batch.targets.dim();
        let scores = self.scores();
        Tensor::constant(Array3::from_shape_fn((rows, length, 6), |(_, _, v)| scores[v]))
    }

    fn encode(&self, _: &Context<'_>, _: &Sources) -> (Nothing, Nothing) {
        (Nothing, Nothing)
    }

    fn next(&self, _: &Context<'_>, _: &Nothing, _: &mut Nothing, tokens: &[Token]) -> Step {
        let scores = self.scores();
        Step { logits: Array2::from_shape_fn((tokens.len(), 6), |(_, v)| scores[v]), alignment: None }
    }
}

impl OneWord {
    fn scores(&self) -> [Real; 6] {
        let mut scores = [-INF; 6];
        [END, 4, 5].into_iter().zip(self.0).for_each(|(token, score)| scores[token as usize] = score);
        scores
    }

    /// What a search says of the word that it takes, or of none that there is no distribution.
    fn searched(self, search: impl Fn(&Self, &Parameters, &Sources) -> Vec<nn::Translation>) -> LogProbabilities {
        let said = search(&self, &Parameters::new(), &Sources::new(&[&[4]])).swap_remove(0);
        if said.log_probability.is_nan() {
            assert!(said.tokens.is_empty(), "{said:?}");
            return [Some(f64::NAN); 3];
        }
        [END, 4, 5].map(|token| (said.tokens == [token]).then_some(said.log_probability))
    }
}

const FORMS: [(&str, Normaliser); 20] = [
    ("softmax", |x| known(row(x).softmax().value().iter().copied(), false)),
    ("log_softmax", |x| known(row(x).log_softmax().value().iter().copied(), true)),
    ("kernels::softmax", |x| {
        let mut p = arr2(&[x]);
        kernels::softmax(p.view_mut());
        known(p, false)
    }),
    ("kernels::softmax_row", |mut x| {
        kernels::softmax_row(&mut x);
        known(x, false)
    }),
    ("what kernels::softmax_row returns", |x| {
        let sum = kernels::softmax_row(&mut x.clone());
        known(x.map(|x| sum.log_probability(x)), true)
    }),
    ("kernels::log_sum_exp", |x| {
        let sums = kernels::log_sum_exp(arr2(&[x]).view());
        known(x.map(|x| sums[0].log_probability(x)), true)
    }),
    ("kernels::cross_entropy", |x| {
        known([0, 1, 2].map(|y| -kernels::cross_entropy(arr2(&[x]).view_mut(), targets(y).view(), 0.0)), true)
    }),
    ("cross_entropy", |x| known([0, 1, 2].map(|y| -cross_entropy(&row(x), targets(y).view().into_dyn()).item()), true)),
    ("token_losses", |x| {
        known([0, 1, 2].map(|y| -nn::token_losses(row(x).value(), targets(y).view().into_dyn())[0]), true)
    }),
    ("literal attention", |x| attended(x, Form::Literal, Mask::Bidirectional, false)),
    ("fused attention", |x| attended(x, Form::Fused, Mask::Bidirectional, false)),
    ("literal attention, padded", |x| attended(x, Form::Literal, Mask::Bidirectional, true)),
    ("fused attention, padded", |x| attended(x, Form::Fused, Mask::Bidirectional, true)),
    ("literal attention, causal", |x| attended(x, Form::Literal, Mask::Causal, true)),
    ("fused attention, causal", |x| attended(x, Form::Fused, Mask::Causal, true)),
    ("literal alignment", |x| aligned(x, Form::Literal)),
    ("fused alignment", |x| aligned(x, Form::Fused)),
    ("sampling", sampled),
    ("greedy search", |x| OneWord(x).searched(|model, parameters, sources| translate(model, parameters, sources, 1))),
    ("beam search", |x| {
        let beam = BeamSearch::new(2, 0.6, 1).unwrap();
        OneWord(x).searched(|model, parameters, sources| beam.translate(model, parameters, sources))
    }),
];

fn exact(scores: [Real; 3]) -> [f64; 3] {
    let scores = scores.map(f64::from);
    let max = scores.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let ln_sum = scores.iter().map(|x| (x - max).exp()).sum::<f64>().ln();
    scores.map(|x| (x - max) - ln_sum)
}

#[test]
fn step_01_a_large_maximum_takes_no_digits_from_a_log_probability() {
    for scores in [[0.0, 1.0, 3.0], [1e4, 1e4 + 1.0, 1e4 + 3.0], [-1e4, 1.0 - 1e4, 3.0 - 1e4], [1e4; 3]] {
        for (name, form) in FORMS {
            let found = form(scores);
            assert!(found.iter().any(|p| p.is_some()), "{name}");
            for (found, exact) in found.into_iter().zip(exact(scores)) {
                assert!(
                    found.is_none_or(|found| (found - exact).abs() < 1e-6),
                    "{name} {scores:?}: {found:?}, {exact}"
                );
            }
        }
    }
}

#[test]
fn step_02_impossible_scores_beside_finite_ones_have_no_probability_and_the_rest_all() {
    for (scores, exact) in [
        ([-INF, 1e4, 1e4], [f64::NEG_INFINITY, -LN_2, -LN_2]),
        ([1e4, -INF, -INF], [0.0, f64::NEG_INFINITY, f64::NEG_INFINITY]),
        ([-INF, -INF, -1e4], [f64::NEG_INFINITY, f64::NEG_INFINITY, 0.0]),
    ] {
        for (name, form) in FORMS {
            for (found, exact) in form(scores).into_iter().zip(exact) {
                let near = |found: f64| found == exact || (found - exact).abs() < 1e-6;
                assert!(found.is_none_or(near), "{name} {scores:?}: {found:?}, {exact}");
            }
        }
    }
}

#[test]
fn step_03_without_a_distribution_nothing_is_a_number() {
    for scores in [
        [INF, 0.0, 1.0],
        [0.0, 1.0, INF],
        [INF, INF, 1.0],
        [INF, -INF, -INF],
        [INF; 3],
        [-INF; 3],
        [Real::NAN, 0.0, 1.0],
        [0.0, 1.0, Real::NAN],
        [-INF, Real::NAN, INF],
        [Real::NAN; 3],
    ] {
        for (name, form) in FORMS {
            let found = form(scores);
            assert!(found.iter().flatten().all(|p| p.is_nan()), "{name} {scores:?}: {found:?}");
        }
    }
}

/// The loss of the target's own class and of all classes alike: Σ_v q_v (ln Σ e^z − z_v).
#[test]
fn step_04_smoothed_losses() {
    for (smoothing, exact) in [(0.0, 3.169_846_0), (0.1, 3.036_512_7), (1.0, 1.836_512_7)] {
        let logits = row([1e4, 1e4 + 1.0, 1e4 + 3.0]);
        let loss = nn::smoothed_cross_entropy(&logits, targets(0).view().into_dyn(), smoothing).item();
        assert!((f64::from(loss) - exact).abs() < 1e-6, "{smoothing}: {loss}");
    }
    for smoothing in [0.5, 1.0] {
        let loss = nn::smoothed_cross_entropy(&row([-INF, 0.0, 1.0]), targets(0).view().into_dyn(), smoothing);
        assert_eq!(loss.item(), INF, "a share of an impossible class is infinitely wrong");
    }
}

/// v = Σ_j e_j-th score: a hidden layer that is 1 at one place for each key.
#[test]
fn step_05_additive_scores() {
    let scores = [1e4, 1e4 + 1.0, 1e4 + 3.0];
    let parameters = Parameters::new();
    let states = Array3::from_shape_fn((1, 3, 3), |(_, s, d)| if s == d { 40.0 } else { 0.0 }); // tanh 40 = 1
    let attention = Attention::new(&mut Init::new(&mut Parameters::new(), 1), Score::Dot, 3, 3, 3);
    let memory = attention.memory(&Context::eval(&parameters), Tensor::constant(states), vec![3]);
    let [w_q, v] = [Tensor::constant(Array2::zeros((3, 3))), Tensor::constant(arr1(&scores))];
    let h = Tensor::constant(Array3::zeros((1, 1, 3)));
    for form in [Form::Literal, Form::Fused] {
        let scoring = Scoring::Additive { w_q: w_q.clone(), v: v.clone() };
        let [_, alignment] = scoring.attend(&h, &memory, form);
        for (found, exact) in known(alignment.value().iter().copied(), false).into_iter().zip(exact(scores)) {
            assert!((found.unwrap() - exact).abs() < 1e-6, "{form:?}: {found:?}, {exact}");
        }
    }
}
