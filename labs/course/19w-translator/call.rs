use labkit::Values;
use ndarray::{Array1, Array2, ArrayD, IxDyn, arr0};
use tensor::{Context, Parameters, Real, Tensor};

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let lengths: Vec<usize> = inputs.whole::<ndarray::Ix1>("lengths").to_vec();
    if exercise == "teacher_forced" {
        let mark = |name: &str| inputs.count(name) as u32;
        let marks = lab::Marks { start: mark("start"), end: mark("end"), pad: mark("pad"), ignore: mark("ignore") };
        let tokens: Array2<usize> = inputs.whole("tokens");
        let sentence = |(row, &length): (Array1<usize>, &usize)| row.iter().take(length).map(|&t| t as u32).collect();
        let rows = tokens.rows().into_iter().map(|row| row.to_owned());
        let sentences: Vec<Vec<u32>> = rows.zip(&lengths).map(sentence).collect();
        let (told, asked) = lab::teacher_forced(&sentences, marks);
        return Values::new().with("inputs", told.mapv(|t| t as usize)).with("targets", asked.mapv(|t| t as usize));
    }
    let parameters = Parameters::new();
    let cx = Context::train(&parameters, 0, 0);
    let leaves = ["x", "memory", "w_q", "w_k", "w_v", "w_o"].map(|name| (name, cx.leaf(array(inputs, name))));
    let [x, memory, w_q, w_k, w_v, w_o] = leaves.each_ref().map(|(_, leaf)| leaf.clone());
    let weights = lab::Weights { w_q, w_k, w_v, w_o };
    let y = lab::cross_attention(&x, &memory, &lengths, &weights, inputs.count("heads"));
    taped(inputs, &[("y", y)], &leaves)
}

/// What came out, and what the tape says of it: the gradient by every input. If a shape is not right, there is none.
fn taped(inputs: &Values, outputs: &[(&str, Tensor)], leaves: &[(&str, Tensor)]) -> Values {
    let returned = Values::new();
    let returned = outputs.iter().fold(returned, |all, (name, y)| all.with(name, y.value().mapv(f64::from)));
    let mut loss = Tensor::constant(arr0(0.0));
    for (name, y) in outputs {
        let d_y = array(inputs, &format!("d_{name}"));
        if d_y.shape() != y.shape() {
            return returned;
        }
        loss = &loss + &(y * &Tensor::constant(d_y)).sum();
    }
    let gradients = loss.is_tracked().then(|| loss.backward());
    leaves.iter().fold(returned, |all, (name, leaf)| {
        let gradient = gradients.as_ref().and_then(|gradients| gradients.of(leaf));
        let gradient = gradient.map_or_else(|| ArrayD::zeros(leaf.shape()), |gradient| gradient.mapv(f64::from));
        all.with(&format!("gradient by {name}"), gradient)
    })
}

fn array(inputs: &Values, name: &str) -> ArrayD<Real> {
    inputs.array::<IxDyn>(name).mapv(|x| x as Real)
}
