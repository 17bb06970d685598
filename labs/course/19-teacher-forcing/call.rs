use labkit::Values;
use ndarray::Array1;

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let pair =
        |inputs: labkit::Value, targets: labkit::Value| Values::new().with("inputs", inputs).with("targets", targets);
    match exercise {
        "shifted" => {
            let (inputs, targets) = lab::shifted(&inputs.whole("tokens"));
            pair(inputs.into(), targets.into())
        }
        "teacher_forced" => {
            let (start, end) = (inputs.count("start"), inputs.count("end"));
            let (inputs, targets) = lab::teacher_forced(&inputs.whole("sentence"), start, end);
            pair(inputs.into(), targets.into())
        }
        _ => {
            let table: Array1<usize> = inputs.whole("decoder");
            let mut state = 0;
            let mut decoder = |token: usize| {
                state = (3 * state + token + 1) % table.len();
                table[state]
            };
            let (start, end) = (inputs.count("start"), inputs.count("end"));
            Values::new().with("said", lab::translate(&mut decoder, &inputs.whole("reference"), start, end))
        }
    }
}
