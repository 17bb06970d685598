use ndarray::{Array1, Array2};

/// A decoder that has read a sentence. It is told a token and says the one that it thinks comes next.
pub type Decoder<'a> = &'a mut dyn FnMut(usize) -> usize;

pub fn shifted(tokens: &Array2<usize>) -> (Array2<usize>, Array2<usize>) {
    let places = (tokens.nrows(), tokens.ncols() - 1);
    let inputs = Array2::from_shape_fn(places, |(row, t)| tokens[[row, t]]);
    let targets = Array2::from_shape_fn(places, |(row, t)| tokens[[row, t + 1]]);
    (inputs, targets)
}

pub fn teacher_forced(sentence: &Array1<usize>, start: usize, end: usize) -> (Array1<usize>, Array1<usize>) {
    let mut whole = vec![start];
    whole.extend(sentence);
    whole.push(end);
    let targets = Array1::from_vec(whole[1..].to_vec());
    whole.pop();
    (Array1::from_vec(whole), targets)
}

pub fn translate(decoder: Decoder, reference: &Array1<usize>, start: usize, end: usize) -> Array1<usize> {
    let mut heard = start;
    let said = (0..2 * reference.len()).map_while(|_| {
        heard = decoder(heard);
        (heard != end).then_some(heard)
    });
    said.collect()
}
