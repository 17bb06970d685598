//! The keys on the controls of generation.

use gpt::{Gpt, GptConfig};
use ndarray::{Array1, arr1};
use nn::{Controls, LanguageModel, MinP, Order, RepetitionPenalty, Rows, Temperature, TopK, TopP};
use tensor::{Context, Init, Parameters, Real};

use crate::{Computed, number, shape};

const FOUR: [f64; 4] = [0.5, 0.3, 0.15, 0.05];

fn after(probabilities: &[f64], controls: Controls) -> Vec<f64> {
    let logits: Array1<Real> = probabilities.iter().map(|p| p.ln() as Real).collect();
    controls.trace(logits.view(), &[]).unwrap().after().to_vec()
}

fn left(controls: Controls) -> String {
    let left = after(&FOUR, controls).iter().filter(|&&p| p > 0.0).count();
    left.to_string()
}

/// How far apart 2 and -2 are behind a penalty of 2: the logarithm of how much likelier the first is.
fn penalised() -> f64 {
    let controls = Controls { repetition: Some(RepetitionPenalty::new(2.0).unwrap()), ..Temperature::ONE.into() };
    let trace = controls.trace(arr1(&[2.0, -2.0]).view(), &[0, 1]).unwrap();
    (trace.after()[0] / trace.after()[1]).ln().round()
}

/// The scores of the next step where the one row of a prompt has become three.
fn beams() -> String {
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(11, 8, 1, 6, 2)).unwrap();
    let cx = Context::eval(&parameters);
    let (state, _) = model.start(&cx, &[[1, 2]]);
    shape(model.next(&cx, &mut state.rows(&[0, 0, 0]), &[3, 4, 5]).shape())
}

pub fn computed() -> Computed {
    let one = Controls::from(Temperature::ONE);
    let hot = Controls { order: Order::TemperatureFirst, ..Temperature::new(2.0).unwrap().into() };
    let top_p = |p| Some(TopP::new(p).unwrap());
    let top_k = Controls { top_k: Some(TopK::new(2).unwrap()), ..one };
    vec![
        ("top-k", number(after(&FOUR, top_k)[0])),
        ("top-p", left(Controls { top_p: top_p(0.85), ..one })),
        ("min-p", left(Controls { min_p: Some(MinP::new(0.4).unwrap()), ..one })),
        ("temperature", number(after(&[0.5, 0.3, 0.2], Temperature::new(0.5).unwrap().into())[0])),
        ("order", left(Controls { top_p: top_p(0.75), ..hot })),
        ("penalty", number(penalised())),
        ("beams", beams()),
    ]
}
