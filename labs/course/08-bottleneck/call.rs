use labkit::Values;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let cell = |name: &str| lab::Cell {
        w_xh: inputs.array(&format!("{name} w_xh")),
        w_hh: inputs.array(&format!("{name} w_hh")),
        b: inputs.array(&format!("{name} b")),
    };
    let model = lab::Model {
        encoder: cell("encoder"),
        decoder: cell("decoder"),
        w_down: inputs.array("w_down"),
        b_down: inputs.array("b_down"),
        w_up: inputs.array("w_up"),
        b_up: inputs.array("b_up"),
    };
    match exercise {
        "encode" => Values::new().with("v", lab::encode(&model, &inputs.array("xs"))),
        _ => Values::new().with("states", lab::decode(&model, &inputs.array("v"), &inputs.array("ys"))),
    }
}
