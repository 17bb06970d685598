//! The lab on the key-value cache keeps what a block keeps, and gathers what it gathers.

use ndarray::{Array2, Axis, Ix2, Ix3, s};
use tensor::check::{assert_close, random_tensor};
use tensor::{Array, Context, Init, Parameters, Real, Tensor, shared};
use transformer::{Block, BlockConfig, KeyValueCache};

#[path = "../../../labs/course/26-key-value-cache/solutions/whole_arrays.rs"]
mod lab;

const WIDTH: usize = 6;

fn random(rows: usize, name: &str) -> Array2<Real> {
    random_tensor(&[rows, WIDTH], 1, name).into_dimensionality::<Ix2>().unwrap()
}

/// What attention reads of a position: layer norm (ε = 1e-5) makes the vector so.
fn normalised(x: &Array2<f64>) -> Array2<f64> {
    let mean = x.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1));
    let deviation = (x.var_axis(Axis(1), 0.0) + 1e-5).sqrt().insert_axis(Axis(1));
    (x - &mean) / &deviation
}

/// A block of one head whose output is its input and, added to it, what the head gathers.
fn block(parameters: &mut Parameters, w: &Array2<Real>) -> Block {
    let block = Block::new(&mut Init::new(parameters, 1), &BlockConfig::new(WIDTH, 1), 0, 1);
    let silent = Array2::zeros((WIDTH, 4 * WIDTH));
    let matrices = [("attn.c_attn", w), ("attn.c_proj", &Array2::eye(WIDTH)), ("mlp.c_proj", &silent)];
    for (name, matrix) in matrices {
        let id = parameters.find(&format!("{name}.weight")).unwrap();
        parameters.set(id, shared(matrix.clone()));
    }
    block
}

#[test]
fn the_lab_asks_for_the_cache_of_a_block() {
    let (w, x) = (random(3 * WIDTH, "weights"), random(9, "x"));
    let mut parameters = Parameters::new();
    let block = block(&mut parameters, &w);
    let cx = Context::eval(&parameters);
    let mut cache = KeyValueCache::new(1, 4, WIDTH);

    let double = |array: &Array2<Real>| array.mapv(f64::from);
    let part = |index| double(&w.slice(s![index * WIDTH..(index + 1) * WIDTH, ..]).to_owned());
    let nothing = || Array2::zeros((0, WIDTH));
    let model = lab::Model {
        table: nothing(),
        places: Array2::zeros((9, WIDTH)), // a block knows of no places
        w_q: part(0),
        w_k: part(1),
        w_v: part(2),
        w_o: nothing(),
    };
    let mut asked = lab::KeyValueCache { keys: nothing(), values: nothing() };

    // A prompt, one token after another, and several at once.
    let mut begin = 0;
    for length in [3, 1, 1, 4] {
        let new = x.slice(s![begin..begin + length, ..]).to_owned();
        begin += length;
        let y = block.forward_cached(&cx, &Tensor::constant(new.clone().insert_axis(Axis(0))), &mut cache);
        let gathered = &y.view::<Ix3>("y").index_axis(Axis(0), 0) - &new;
        let expected = lab::read(&normalised(&double(&new)), &model, &mut asked);

        let close = |name: &str, found: Array2<Real>, expected: &Array2<f64>| {
            let expected: Array = expected.mapv(|x| x as Real).into_dyn().into_shared();
            assert_close(&format!("{name} after {begin}"), &found.into_dyn(), &expected, 1e-5);
        };
        assert_eq!(cache.len(), begin);
        close("keys", cache.keys().index_axis(Axis(0), 0).to_owned(), &asked.keys);
        close("values", cache.values().index_axis(Axis(0), 0).to_owned(), &asked.values);
        close("what the head gathers", gathered, &expected);
    }
}

/// The learner's function for a whole text, which the test above does not use.
#[test]
fn the_lab_generates_what_reading_everything_again_generates() {
    let table = random(7, "table").mapv(f64::from);
    let [w_q, w_k, w_v] = ["q", "k", "v"].map(|name| random(WIDTH, name).mapv(f64::from));
    let (places, w_o) = (random(9, "places").mapv(f64::from), random(7, "out").mapv(f64::from));
    let model = lab::Model { table, places, w_q, w_k, w_v, w_o };
    let prompts = ndarray::array![[1, 5, 2], [6, 0, 3]];
    let (said, _) = lab::generate(&prompts, &model, 6);
    for (prompt, said) in prompts.outer_iter().zip(said.outer_iter()) {
        let mut text = prompt.to_vec();
        for &token in said {
            let mut cache = lab::KeyValueCache { keys: Array2::zeros((0, WIDTH)), values: Array2::zeros((0, WIDTH)) };
            let y = lab::read(&model.table.select(Axis(0), &text), &model, &mut cache);
            let scores = model.w_o.dot(&y.row(text.len() - 1));
            assert!(scores.iter().all(|&score| score <= scores[token]), "{token} of {scores}");
            text.push(token);
        }
    }
}
