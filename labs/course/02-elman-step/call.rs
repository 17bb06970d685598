use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let (w_xh, w_hh, b) = (inputs.array("w_xh"), inputs.array("w_hh"), inputs.array("b"));
    match exercise {
        "elman_step" => {
            let h = lab::elman_step(&inputs.array("x"), &inputs.array("h"), &w_xh, &w_hh, &b);
            Values::new().with("new h", h)
        }
        _ => {
            let states = lab::elman_sequence(&inputs.array("xs"), &inputs.array("h0"), &w_xh, &w_hh, &b);
            Values::new().with("states", states)
        }
    }
}
