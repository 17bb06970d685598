//! What the tape promises.

use ndarray::{ArrayD, array};
use safetensors::tensor::{Dtype, TensorView};
use sha2::{Digest, Sha256};
use tensor::{
    Array, Backward, Checkpoint, Context, Cost, Error, Init, Initializer, Inputs, Meter, Outputs, ParameterId,
    Parameters, Real, Tensor, record,
};

fn one_parameter(values: &[Real]) -> (Parameters, ParameterId) {
    let mut parameters = Parameters::new();
    let id = Init::new(&mut parameters, 1).child("layer").param("weight", &[values.len()], Initializer::Constant(0.0));
    parameters.set(id, array_of(values));
    (parameters, id)
}

fn array_of(values: &[Real]) -> Array {
    ArrayD::from_shape_vec(vec![values.len()], values.to_vec()).unwrap().into_shared()
}

#[test]
fn a_chain_of_half_a_million_steps_runs_forward_backward_and_is_dropped() {
    let (parameters, w) = one_parameter(&[1.0]);
    let cx = Context::train(&parameters, 1, 0);
    let mut y = cx.get(w);
    for _ in 0..500_000 {
        y = y.affine(1.0, 0.0);
    }
    assert_eq!(y.span(), 500_000);
    assert_eq!(y.backward().get(w).unwrap()[0], 1.0);
    let dropped_unused = Context::train(&parameters, 1, 0);
    let mut y = dropped_unused.get(w);
    for _ in 0..500_000 {
        y = y.affine(1.0, 0.0);
    }
}

#[test]
fn the_gradients_of_a_parameter_used_twice_add_up() {
    let (parameters, w) = one_parameter(&[2.0, 3.0]);
    let cx = Context::train(&parameters, 1, 0);
    let gradients = (&cx.get(w) * &cx.get(w).scale(5.0)).sum().backward();
    assert_eq!(gradients.get(w).unwrap().as_slice().unwrap(), [20.0, 30.0]);
}

#[test]
fn an_eval_pass_tracks_nothing_and_a_frozen_parameter_gets_no_gradient() {
    let (mut parameters, w) = one_parameter(&[2.0]);
    assert!(!Context::eval(&parameters).get(w).tanh().is_tracked());
    assert_eq!(parameters.freeze("layer", true), 1);
    let cx = Context::train(&parameters, 1, 0);
    assert!(!cx.get(w).is_tracked());
    let x = cx.leaf(array![1.0]);
    let gradients = (&cx.get(w) * &x).sum().backward();
    assert!(gradients.get(w).is_none());
    assert_eq!(gradients.missing(&parameters).count(), 0, "a frozen parameter is not missed");
    assert_eq!(gradients.of(&x).unwrap()[0], 2.0);
}

#[test]
fn trainable_parameters_without_gradient_are_named() {
    let (mut parameters, w) = one_parameter(&[2.0]);
    Init::new(&mut parameters, 1).child("head").param("bias", &[3], Initializer::Constant(0.0));
    let cx = Context::train(&parameters, 1, 0);
    let gradients = cx.get(w).sum().backward();
    assert_eq!(gradients.missing(&parameters).collect::<Vec<_>>(), ["head.bias"]);
}

#[test]
fn watched_intermediates_keep_their_gradient() {
    let (parameters, w) = one_parameter(&[2.0]);
    let cx = Context::train(&parameters, 1, 0);
    let inner = cx.get(w).scale(3.0);
    inner.watch();
    let unwatched = inner.scale(1.0);
    let gradients = (&unwatched * &unwatched).sum().backward();
    assert_eq!(gradients.of(&inner).unwrap()[0], 12.0);
    assert!(gradients.of(&unwatched).is_none());
}

/// Two outputs, x and 10·x, to see what backward receives when one is not used.
struct Pair;

impl Backward for Pair {
    fn name(&self) -> &'static str {
        "pair"
    }
    fn cost(&self) -> Cost {
        Cost::elementwise(1, 3)
    }
    fn saved_bytes(&self) -> usize {
        0
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let first = dy.get(0).map_or(0.0, |dy| dy[0]);
        let second = dy.get(1).map_or(0.0, |dy| dy[0]);
        dx.accumulate(0, |mut dst, beta| dst[0] = beta * dst[0] + first + 10.0 * second);
    }
}

fn pair(x: &Tensor) -> [Tensor; 2] {
    let value = x.value()[0];
    record(&[x], || ([array_of(&[value]), array_of(&[10.0 * value])], Pair))
}

#[test]
fn an_unused_output_is_none_and_an_operation_nobody_used_is_skipped() {
    let (parameters, w) = one_parameter(&[2.0]);
    let gradient = |use_it: fn([Tensor; 2], &Tensor) -> Tensor| {
        let cx = Context::train(&parameters, 1, 0);
        let x = cx.get(w);
        let meter = Meter::start();
        let gradients = use_it(pair(&x), &x).backward();
        let ran_backward = !meter.finish()["pair"].backward.is_zero();
        (gradients.get(w).unwrap()[0], ran_backward)
    };
    assert_eq!(gradient(|[a, b], _| &a + &b), (11.0, true));
    assert_eq!(gradient(|[a, _], _| a), (1.0, true));
    assert_eq!(gradient(|[_, b], _| b), (10.0, true));
    assert_eq!(gradient(|_, x| x.scale(7.0)), (7.0, false));
}

#[test]
fn span_is_the_longest_chain_and_work_is_counted_in_evaluation_too() {
    let meter = Meter::start();
    let x = Tensor::constant(array![[1.0, 2.0], [3.0, 4.0]]);
    let branch = x.matmul(&x).tanh();
    let both = &branch + &x;
    let usage = meter.finish();
    assert_eq!((x.span(), branch.span(), both.span()), (0, 2, 3));
    assert_eq!(usage["matmul"].cost.work, 16);
    assert_eq!((usage["tanh"].calls, usage["add"].calls), (1, 1));
}

#[test]
#[should_panic(expected = "backward has already run on this tape: begin a new Context")]
fn a_tape_is_walked_once() {
    let (parameters, w) = one_parameter(&[2.0]);
    let cx = Context::train(&parameters, 1, 0);
    let y = cx.get(w).sum();
    y.backward();
    y.backward();
}

#[test]
#[should_panic(expected = "recording on a tape whose backward pass has run: begin a new Context")]
fn a_spent_tape_records_nothing() {
    let (parameters, w) = one_parameter(&[2.0]);
    let cx = Context::train(&parameters, 1, 0);
    let x = cx.get(w);
    x.sum().backward();
    x.tanh();
}

#[test]
#[should_panic(expected = "the inputs of one operation belong to different contexts")]
fn contexts_do_not_mix() {
    let (parameters, w) = one_parameter(&[2.0]);
    let (a, b) = (Context::train(&parameters, 1, 0), Context::train(&parameters, 1, 0));
    let _ = &a.get(w) + &b.get(w);
}

#[test]
fn a_shape_mistake_panics_at_the_callers_line_with_all_shapes() {
    let result = std::panic::catch_unwind(|| {
        let x = Tensor::constant(ndarray::Array2::<Real>::zeros((2, 3)));
        x.matmul(&x)
    });
    let message = *result.unwrap_err().downcast::<String>().unwrap();
    assert_eq!(message, "matmul: (.., M, K) times (.., K, N) does not fit shapes [2, 3] and [2, 3]");
}

#[test]
fn what_one_step_carries_the_next_one_finds_as_a_constant() {
    let (parameters, w) = one_parameter(&[2.0]);
    let first = Context::train(&parameters, 1, 0);
    assert!(first.carried("state").is_none());
    first.carry("state", &first.get(w).scale(2.0));
    let second = Context::train(&parameters, 1, 1).carrying(first.into_carried());
    let state = second.carried("state").unwrap();
    assert_eq!((state.item(), state.is_tracked()), (4.0, false));
}

#[test]
fn a_checkpoint_returns_what_was_saved_and_names_what_does_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let (parameters, w) = one_parameter(&[1.5, -2.5]);
    let mut checkpoint = Checkpoint { metadata: "{\"step\":3}".into(), ..Checkpoint::default() };
    checkpoint.insert_parameters("model.", &parameters);
    checkpoint.save(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    checkpoint.save(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "equal checkpoints are equal byte for byte");
    let numbers: Vec<u8> = [1.5, -2.5].iter().flat_map(|x: &tensor::Real| x.to_le_bytes()).collect();
    let dtype = if numbers.len() == 16 { Dtype::F64 } else { Dtype::F32 };
    let view = TensorView::new(dtype, vec![2], &numbers).unwrap();
    // The SHA-256 on its line is of (length, metadata), (length, name), (length, shape) and the numbers' bytes.
    let mut content = Vec::new();
    for text in ["{\"step\":3}", "model.layer.weight", "[2]"] {
        content.extend((text.len() as u64).to_le_bytes());
        content.extend(text.as_bytes());
    }
    content.extend(&numbers);
    let metadata = [("lineage".to_owned(), format!("{:x}\n{{\"step\":3}}", Sha256::digest(content)))].into();
    let whole = safetensors::serialize([("model.layer.weight", view)], Some(metadata)).unwrap();
    assert_eq!(bytes, whole, "the stream is what the format's own writer makes in memory");
    let none = Checkpoint::load_some(&path, |name| name.starts_with("best.")).unwrap();
    assert!(none.arrays.is_empty() && none.metadata == checkpoint.metadata);

    let loaded = Checkpoint::load(&path).unwrap();
    assert_eq!(loaded.metadata, "{\"step\":3}");
    let (mut restored, _) = one_parameter(&[0.0, 0.0]);
    loaded.restore_parameters("model.", &mut restored, &path).unwrap();
    assert_eq!(restored.get(w).value(), parameters.get(w).value());

    let (mut other, w) = one_parameter(&[0.0; 3]);
    Init::new(&mut other, 1).param("bias", &[1], Initializer::Constant(7.0));
    let error = loaded.restore_parameters("model.", &mut other, &path).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} holds another model: layer.weight has shape [2] where the model has [3], bias is missing; use the \
             checkpoint with the configuration it was trained with",
            path.display()
        )
    );
    assert_eq!(other.get(w).value().len(), 3, "nothing was changed");
}

#[test]
fn a_file_cut_short_anywhere_is_damaged_and_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let mut checkpoint = Checkpoint::default();
    checkpoint.insert_parameters("", &one_parameter(&[1.0, 2.0, 3.0]).0);
    checkpoint.save(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for length in 0..bytes.len() {
        std::fs::write(&path, &bytes[..length]).unwrap();
        assert!(matches!(Checkpoint::load(&path), Err(Error::Damaged { .. })), "cut at {length}");
    }
}

/// A bit of the hash or of its name may hide it, but then the file says that it has none.
#[test]
fn one_flipped_bit_anywhere_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let mut checkpoint = Checkpoint { metadata: "{\"step\":3}".into(), ..Checkpoint::default() };
    checkpoint.insert_parameters("", &one_parameter(&[1.0, 2.0, 3.0]).0);
    checkpoint.save(&path).unwrap();
    assert!(Checkpoint::load(&path).unwrap().sealed);
    let bytes = std::fs::read(&path).unwrap();
    for bit in 0..8 * bytes.len() {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&path, changed).unwrap();
        let Ok(found) = Checkpoint::load(&path) else { continue };
        let same = (&found.arrays, &found.metadata) == (&checkpoint.arrays, &checkpoint.metadata);
        assert!(!found.sealed || same, "bit {bit} of {}", bytes.len());
    }
}

#[test]
fn a_failed_write_leaves_the_old_file_and_no_partial_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a-folder-in-the-way");
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("kept"), "old").unwrap();
    let error = Checkpoint::default().save(&path).unwrap_err().to_string();
    assert!(error.starts_with("cannot write ") && error.contains("a-folder-in-the-way"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(std::fs::read_to_string(path.join("kept")).unwrap(), "old");
}
