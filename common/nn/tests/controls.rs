//! The controls of generation, against `transformers` (`fixtures/controls.py`) and against what they promise.

use data::{TextBatch, Token};
use ndarray::{Array1, Array2, Array3, ArrayView2, arr1};
use nn::{
    Control, Controls, Generator, LanguageModel, MinP, Order, RepetitionPenalty, Rows, Scores, Stops, Temperature,
    TopK, TopP, Trace, Trainable, UntilStop,
};
use proptest::prelude::*;
use serde::Deserialize;
use tensor::{Context, Parameters, Real, Tensor};

#[path = "../../../labs/course/24-temperature-and-top-k/solutions/whole_arrays.rs"]
mod lab_top_k;
#[path = "../../../labs/course/25-top-p/solutions/from_the_likeliest.rs"]
mod lab_top_p;

#[derive(Deserialize)]
struct Case {
    scores: Vec<Option<f64>>,
    text: Vec<Token>,
    chain: Vec<(String, f64)>,
    probabilities: Vec<f64>,
}

fn control(kind: &str, setting: f64) -> Box<dyn Control> {
    match kind {
        "repetition" => Box::new(RepetitionPenalty::new(setting).unwrap()),
        "top_k" => Box::new(TopK::new(setting as usize).unwrap()),
        "top_p" => Box::new(TopP::new(setting).unwrap()),
        "min_p" => Box::new(MinP::new(setting).unwrap()),
        "temperature" => Box::new(Temperature::new(setting).unwrap()),
        other => panic!("no control {other}"),
    }
}

#[test]
fn every_control_and_every_chain_leaves_what_transformers_leaves() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("fixtures/controls.json")).unwrap();
    assert!(cases.len() > 100);
    for Case { scores, text, chain, probabilities } in cases {
        let logits: Array1<Real> = scores.iter().map(|z| z.map_or(Real::NEG_INFINITY, |z| z as Real)).collect();
        let mut found = Scores::new(logits.view()).unwrap();
        for (kind, setting) in &chain {
            control(kind, *setting).apply(&mut found, &text);
        }
        for ((token, found_one), expected) in (0..).zip(found.probabilities()).zip(probabilities) {
            assert_eq!(found.has(token), expected > 0.0, "{chain:?} on {scores:?}: token {token}");
            assert!((found_one - expected).abs() < 1e-6, "{chain:?} on {scores:?}: {found_one} instead of {expected}");
        }
    }
}

/// Every next token has the same scores, whatever stands before it.
struct Always(Array1<Real>);

#[derive(Clone)]
struct Nothing;

impl Rows for Nothing {
    fn rows(&self, _: &[usize]) -> Self {
        Nothing
    }
}

impl Always {
    fn rows(&self, rows: usize) -> Array2<Real> {
        self.0.broadcast((rows, self.0.len())).unwrap().to_owned()
    }
}

impl Trainable for Always {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        nn::cross_entropy(&self.logits(cx, batch.inputs.view()), batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

impl LanguageModel for Always {
    type State = Nothing;

    fn vocabulary(&self) -> usize {
        self.0.len()
    }

    fn logits(&self, _: &Context<'_>, inputs: ArrayView2<'_, Token>) -> Tensor {
        let shape = (inputs.nrows(), inputs.ncols(), self.0.len());
        Tensor::constant(Array3::from_shape_fn(shape, |(_, _, v)| self.0[v]))
    }

    fn start(&self, _: &Context<'_>, prompts: &[impl AsRef<[Token]>]) -> (Nothing, Array2<Real>) {
        (Nothing, self.rows(prompts.len()))
    }

    fn next(&self, _: &Context<'_>, _: &mut Nothing, tokens: &[Token]) -> Array2<Real> {
        self.rows(tokens.len())
    }
}

fn temperature(temperature: f64) -> Temperature {
    Temperature::new(temperature).unwrap()
}

/// Σ (count - expected)²/expected over the tokens that may come, which in one of a thousand samples is above the bound
/// (tables of the χ² distribution). The bounds are for 7, 3 and 4 degrees of freedom: tokens that may come, less one.
#[test]
fn samples_follow_the_distribution_that_the_trace_states() {
    let logits = arr1(&[8.0, 5.0, 30.0, 2.0, 20.0, 12.0, 10.0, 13.0]).mapv(Real::ln); // of a hundred
    let one = Controls::from(temperature(1.0));
    let filtered = Controls { top_p: Some(TopP::new(0.7).unwrap()), ..Controls::from(temperature(0.6)) };
    let hot =
        Controls { top_p: Some(TopP::new(0.7).unwrap()), order: Order::TemperatureFirst, ..temperature(2.0).into() };
    for (controls, left, bound) in [(one, 8, 24.322), (filtered, 4, 16.266), (hot, 5, 18.467)] {
        let (model, parameters, prompts) = (Always(logits.clone()), Parameters::new(), Array2::zeros((1, 1)));
        let draws = 20_000;
        let mut counts = [0; 8];
        for tokens in Generator::new(&model, &parameters, prompts.view(), controls, 3).take(draws) {
            counts[tokens.unwrap()[0] as usize] += 1;
        }
        let trace = controls.trace(logits.view(), &[]).unwrap();
        assert_eq!(trace.after().iter().filter(|&&p| p > 0.0).count(), left, "{controls:?}");
        let mut statistic = 0.0;
        for (&count, &p) in counts.iter().zip(trace.after()) {
            match p {
                0.0 => assert_eq!(count, 0, "what is removed never comes"),
                p => statistic += (f64::from(count) - draws as f64 * p).powi(2) / (draws as f64 * p),
            }
        }
        assert!(statistic < bound, "{statistic} with {controls:?}");
    }
}

#[test]
fn the_order_decides_what_a_temperature_leaves() {
    let logits = arr1(&[50.0, 30.0, 15.0, 5.0]).mapv(Real::ln);
    let left = |order, degrees: f64| {
        let controls = Controls { top_p: Some(TopP::new(0.8).unwrap()), order, ..temperature(degrees).into() };
        controls.trace(logits.view(), &[]).unwrap().after().iter().filter(|&&p| p > 0.0).count()
    };
    assert_eq!([0.5, 1.0, 4.0].map(|degrees| left(Order::FiltersFirst, degrees)), [2, 2, 2]);
    assert_eq!([0.5, 1.0, 4.0].map(|degrees| left(Order::TemperatureFirst, degrees)), [2, 2, 3]);
}

#[test]
fn greedy_choice_has_no_filters_and_heeds_the_penalty() {
    let logits = arr1(&[1.0, 2.0, 2.0]);
    let controls = Controls { top_p: Some(TopP::new(0.1).unwrap()), ..Temperature::GREEDY.into() };
    assert_eq!(controls.choose(logits.view(), &[], 0.99), Ok(1), "the first of equals");
    let penalised = Controls { repetition: Some(RepetitionPenalty::new(1.5).unwrap()), ..controls };
    assert_eq!(penalised.choose(logits.view(), &[1], 0.99), Ok(2));
}

#[test]
fn a_trace_tells_what_each_control_did() {
    let controls = Controls {
        repetition: Some(RepetitionPenalty::new(2.0).unwrap()),
        top_k: Some(TopK::new(3).unwrap()),
        top_p: Some(TopP::new(0.8).unwrap()),
        ..temperature(0.5).into()
    };
    let logits = arr1(&[0.0, 2.0, 1.0, 3.0, -1.0]);
    let trace = controls.trace(logits.view(), &[3]).unwrap();
    // The penalty makes 1.5 of 3; top-k leaves 2, 1.5 and 1; top-p those two that have e^0.5 and 1 of e^0.5 + 1 + e^-0.5.
    assert_eq!(
        [0, 1, 2, 3, 4].map(|token| trace.removed_by(token)),
        [Some("top-k 3"), None, Some("top-p 0.8"), None, Some("top-k 3")]
    );
    let expected = 1.0 / (1.0 + (-1.0_f64).exp()); // 2 and 1.5, each divided by 0.5
    assert!((trace.after()[1] - expected).abs() < 1e-6, "{:?}", trace.after());
    let name = |token: Token| format!("{:?}", ["a", "b", "c", "d", "e"][token as usize]);
    assert_eq!(
        trace.table(4, name),
        "\
repetition penalty 2    removes none; the likeliest has 0.6364, then 0.4631
top-k 3                 removes 2 of 5 tokens, 0.0857 of the probability
top-p 0.8               removes 1 of 3 tokens, 0.1863 of the probability
temperature 0.5         removes none; the likeliest has 0.6225, then 0.7311
  before     after  removed by              token
  0.6364    0.2689                          \"d\"
  0.2341    0.7311                          \"b\"
  0.0861    0.0000  top-p 0.8               \"c\"
  0.0317    0.0000  top-k 3                 \"a\"
  0.0117    0.0000                          1 more
"
    );
}

#[test]
fn a_generator_tells_what_its_last_token_was_drawn_from() {
    let logits = arr1(&[1.0, 2.0, 3.0]);
    let (model, parameters, prompts) = (Always(logits.clone()), Parameters::new(), Array2::ones((2, 1)));
    let controls = Controls { repetition: Some(RepetitionPenalty::new(2.0).unwrap()), ..temperature(1.0).into() };
    let mut generator = Generator::new(&model, &parameters, prompts.view(), controls, 1);
    assert_eq!(generator.trace(0), None);
    let first = generator.next().unwrap().unwrap();
    assert_eq!(generator.trace(1), Some(controls.trace(logits.view(), &[1]).unwrap()));
    generator.next().unwrap().unwrap();
    assert_eq!(generator.trace(1), Some(controls.trace(logits.view(), &[1, first[1]]).unwrap()));
}

#[test]
fn impossible_controls_are_refused_in_one_sentence() {
    assert_eq!(
        TopK::new(0).unwrap_err().to_string(),
        "0 is not a top-k, since no token would be left: give a number of at least 1"
    );
    for p in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert_eq!(
            TopP::new(p).unwrap_err().to_string(),
            format!("{p} is not a top-p: give a number from 0 to 1, where 1 leaves every token")
        );
        assert_eq!(
            MinP::new(p).unwrap_err().to_string(),
            format!("{p} is not a min-p: give a number from 0 to 1, where 0 leaves every token")
        );
    }
    for penalty in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-60] {
        let message = format!(
            "{penalty} is not a repetition penalty: give a number above 0, where 1 changes nothing and more makes repetitions less likely"
        );
        // In double precision 10⁻⁶⁰ is a number like others.
        assert!(penalty == 1e-60 || RepetitionPenalty::new(penalty).is_err());
        if let Err(error) = RepetitionPenalty::new(penalty) {
            assert_eq!(error.to_string(), message);
        }
    }
    let empty = Stops::new(["a", ""]).unwrap_err().to_string();
    assert_eq!(empty, "an empty text to stop at would stop before the first token: give at least one character");
}

fn any_controls() -> impl Strategy<Value = Controls> {
    let filters = (
        proptest::option::of((1_usize..12).prop_map(|k| TopK::new(k).unwrap())),
        proptest::option::of((0.0..=1.0).prop_map(|p| TopP::new(p).unwrap())),
        proptest::option::of((0.0..=1.0).prop_map(|p| MinP::new(p).unwrap())),
    );
    let penalty = proptest::option::of((1e-3..1e3).prop_map(|penalty| RepetitionPenalty::new(penalty).unwrap()));
    (filters, penalty, prop_oneof![Just(0.0), 1e-3..1e3], any::<bool>()).prop_map(
        |(filters, repetition, degrees, first)| {
            let order = if first { Order::TemperatureFirst } else { Order::FiltersFirst };
            let (top_k, top_p, min_p) = filters;
            Controls { repetition, top_k, top_p, min_p, temperature: temperature(degrees), order }
        },
    )
}

/// Scores with ties, huge ones, and tokens that are impossible from the beginning.
fn any_scores() -> impl Strategy<Value = Array1<Real>> {
    let score = prop_oneof![
        -5.0..5.0_f64,
        (-3..3_i32).prop_map(f64::from),
        Just(f64::NEG_INFINITY),
        Just(f64::from(f32::MAX)),
        Just(f64::from(f32::MIN)),
    ];
    proptest::collection::vec(score, 1..10)
        .prop_filter("a token must be possible", |scores| scores.iter().any(|z| z.is_finite()))
        .prop_map(|scores| scores.into_iter().map(|z| z as Real).collect())
}

/// Streams a text in pieces of so many characters.
fn shown(text: &str, size: usize, stops: &Stops) -> (String, bool) {
    let mut until = UntilStop::new(stops);
    let pieces: Vec<char> = text.chars().collect();
    let mut shown: String = pieces.chunks(size).map(|piece| until.push(&String::from_iter(piece))).collect();
    shown += &until.finish();
    (shown, until.stopped())
}

proptest! {
    #[test]
    fn no_chain_removes_everything_or_lets_what_is_removed_through(
        controls in any_controls(), logits in any_scores(), said in proptest::collection::vec(any::<prop::sample::Index>(), 0..5),
        uniform in 0.0..1.0,
    ) {
        let text: Vec<Token> = said.iter().map(|index| index.index(logits.len()) as Token).collect();
        let Trace { before, links } = controls.trace(logits.view(), &text).unwrap();
        let names: Vec<String> = links.iter().map(|link| link.control.clone()).collect();
        prop_assert_eq!(names, controls.chain().iter().map(|control| control.to_string()).collect::<Vec<_>>());
        let mut present: Vec<bool> = logits.iter().map(|&z| z > Real::NEG_INFINITY).collect();
        prop_assert!(before.iter().zip(&present).all(|(&p, &is)| is || p == 0.0));
        for link in &links {
            link.removed.iter().for_each(|&token| present[token as usize] = false);
            prop_assert!(present.iter().any(|&is| is), "{} leaves nothing", link.control);
            prop_assert!((link.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(link.probabilities.iter().zip(&present).all(|(&p, &is)| is || p == 0.0));
        }
        let chosen = controls.choose(logits.view(), &text, uniform).unwrap();
        prop_assert!(present[chosen as usize], "{} was removed", chosen);
    }

    #[test]
    fn which_tokens_filters_leave_does_not_depend_on_a_temperature_behind_them(
        controls in any_controls(), logits in any_scores(), degrees in 1e-2..1e2,
    ) {
        let before = Controls { order: Order::FiltersFirst, temperature: Temperature::ONE, ..controls };
        let removed = |controls: Controls| {
            let links = controls.trace(logits.view(), &[]).unwrap().links;
            links.into_iter().flat_map(|link| link.removed).collect::<Vec<_>>()
        };
        prop_assert_eq!(removed(before), removed(Controls { temperature: temperature(degrees), ..before }));
    }

    #[test]
    fn a_text_is_shown_up_to_the_first_stop_in_pieces_of_any_size(
        text in "[abé]{0,20}", stops in proptest::collection::vec("[abé]{1,4}", 0..3), size in 1_usize..6,
    ) {
        let known = Stops::new(stops.clone()).unwrap();
        let (said, stopped) = shown(&text, size, &known);
        prop_assert_eq!(stopped, stops.iter().any(|stop| text.contains(stop)));
        prop_assert!(stops.iter().all(|stop| !said.contains(stop)), "{} in {:?}", said, stops);
        match stopped {
            true => prop_assert!(stops.iter().any(|stop| text[said.len()..].starts_with(stop)) && text.starts_with(&said)),
            false => prop_assert_eq!(said, text),
        }
    }

    /// With a p that no sum of equal probabilities is, where rounding would decide.
    #[test]
    fn the_labs_ask_for_what_the_controls_leave(
        scores in proptest::collection::vec(-3_i8..4, 1..12), k in 1_usize..14, half in 0_u32..1000, degrees in 0.2..3.0,
    ) {
        let logits: Array1<f64> = scores.iter().map(|&z| f64::from(z)).collect();
        let p = (f64::from(half) + 0.5) / 1000.0;
        let is_left = |controls: Controls, expected: Array1<f64>| {
            let trace = controls.trace(logits.mapv(|z| z as Real).view(), &[]).unwrap();
            trace.after().iter().zip(&expected).all(|(found, expected)| (found - expected).abs() < 1e-6)
        };
        for degrees in [0.0, degrees] {
            let controls = Controls { top_k: Some(TopK::new(k).unwrap()), ..temperature(degrees).into() };
            prop_assert!(is_left(controls, lab_top_k::probabilities(&logits, k, degrees)));
        }
        let controls = Controls { top_p: Some(TopP::new(p).unwrap()), ..temperature(degrees).into() };
        prop_assert!(is_left(controls, lab_top_p::probabilities(&logits, p, degrees)));
    }
}
