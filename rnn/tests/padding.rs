//! Rows of different lengths are read as if each stood alone.

#[path = "support/padding.rs"]
mod padding;

use rnn::Elman;

#[test]
fn padding_does_not_matter_to_the_simple_network() {
    padding::assert_padding_does_not_matter::<Elman>();
}

#[test]
#[should_panic(expected = "and lengths Some([4, 2]) do not fit")]
fn a_row_cannot_be_longer_than_the_batch() {
    use rnn::{Recurrent, Run};
    use tensor::{Context, Init, Parameters, Tensor};

    let mut parameters = Parameters::new();
    let layer = Elman::new(&mut Init::new(&mut parameters, 1), "l0", 1, 2, Default::default());
    let x = Tensor::constant(ndarray::Array3::zeros((2, 3, 1)));
    let run = Run { lengths: Some(&[4, 2]), ..Run::default() };
    layer.forward(&Context::eval(&parameters), &x, &layer.empty(2), run);
}
