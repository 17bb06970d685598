use labkit::Values;

use super::lab::{self, Moments, Settings};

pub fn call(_: &str, inputs: &Values) -> Values {
    let settings = Settings {
        learning_rate: inputs.number("learning_rate"),
        beta1: inputs.number("beta1"),
        beta2: inputs.number("beta2"),
        epsilon: inputs.number("epsilon"),
        weight_decay: inputs.number("weight_decay"),
    };
    let mut w = inputs.array("w");
    let mut state = Moments { m: inputs.array("m"), v: inputs.array("v"), steps: inputs.count("steps") as i32 };
    lab::adamw_step(&mut w, &inputs.array("g"), &mut state, inputs.count("decays") == 1, &settings);
    let steps = usize::try_from(state.steps).unwrap_or(usize::MAX);
    Values::new().with("steps after", steps).with("m after", state.m).with("v after", state.v).with("w after", w)
}
