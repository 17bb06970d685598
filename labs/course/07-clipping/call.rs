use labkit::Values;

use super::lab;

pub fn call(_: &str, inputs: &Values) -> Values {
    let names = ["first", "second", "third"];
    let (clipped, norm) = lab::clip_by_global_norm(&names.map(|name| inputs.array(name)), inputs.number("limit"));
    let values = Values::new().with("norm", norm);
    names
        .into_iter()
        .zip(clipped)
        .fold(values, |values, (name, gradient)| values.with(&format!("{name} clipped"), gradient))
}
