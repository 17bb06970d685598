use ndarray::{Array1, Array2, s};

/// A decoder that has read a sentence. It is told a token and says the one that it thinks comes next.
pub type Decoder<'a> = &'a mut dyn FnMut(usize) -> usize;

pub fn shifted(tokens: &Array2<usize>) -> (Array2<usize>, Array2<usize>) {
    let steps = tokens.ncols();
    (tokens.slice(s![.., ..steps - 1]).to_owned(), tokens.slice(s![.., 1..]).to_owned())
}

pub fn teacher_forced(sentence: &Array1<usize>, start: usize, end: usize) -> (Array1<usize>, Array1<usize>) {
    let inputs = [start].into_iter().chain(sentence.iter().copied()).collect();
    let targets = sentence.iter().copied().chain([end]).collect();
    (inputs, targets)
}

pub fn translate(decoder: Decoder, reference: &Array1<usize>, start: usize, end: usize) -> Array1<usize> {
    let mut said = Vec::new();
    let mut token;
    while said.len() < 2 * reference.len() {
        token = decoder(start);
        if token == end {
            break;
        }
        said.push(token);
    }
    Array1::from_vec(said)
}
