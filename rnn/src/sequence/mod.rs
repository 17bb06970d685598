//! What the fused recurrent operations share.
//!
//! All of them work in three passes: one large product for the inputs of all time steps, a tight loop over the steps,
//! and, backwards, one large product for the gradients of the weights. Between the passes arrays are *steps first*,
//! (T, B, N) in the order in which the steps are read, so a step of several rows is contiguous and (T·B, N) is a matrix.
//!
//! The loop is split over blocks of batch rows. A block goes through the whole sequence on one thread, so threads
//! never wait for each other within it, and since the size of a block is fixed, so are the bits.

mod ends;
mod read;

use ndarray::{Array1, Array2, Array3, ArrayView2, ArrayView3, ArrayViewMut2, ArrayViewMut3, Axis, Slice, s};
use rayon::prelude::*;
use tensor::kernels::{PackedWeights, Threads, matmul_into};
use tensor::{Array, Cost, Inputs, Outputs, Real};

use crate::Direction;

pub use ends::{Ends, clear, keep, put_back};
pub use read::Read;

/// Batch rows that go through a sequence together: twice what the packed product holds in registers, so that its
/// weights are read half as often, and half of a usual batch, so that two threads share it.
pub const ROWS: usize = 16;

/// Does `work` for every block, on the threads of the pool.
pub fn for_blocks<T: Send>(blocks: impl Iterator<Item = T>, work: impl Fn(T) + Sync + Send) {
    let blocks: Vec<T> = blocks.collect();
    match blocks.len() {
        1 => blocks.into_iter().for_each(work),
        _ => blocks.into_par_iter().for_each(work),
    }
}

/// The blocks of an array (T, B, N), each (T, at most [`ROWS`], N).
pub fn blocks_mut(x: &mut Array3<Real>) -> impl Iterator<Item = ArrayViewMut3<'_, Real>> {
    x.axis_chunks_iter_mut(Axis(1), ROWS)
}

/// The blocks of a matrix (B, N), each (at most [`ROWS`], N).
pub fn rows_mut(x: &mut Array2<Real>) -> impl Iterator<Item = ArrayViewMut2<'_, Real>> {
    x.axis_chunks_iter_mut(Axis(0), ROWS)
}

/// What iterators of the same length give, side by side.
pub fn together<I: Iterator, const N: usize>(mut iterators: [I; N]) -> impl Iterator<Item = [I::Item; N]> {
    std::iter::from_fn(move || {
        let next = iterators.each_mut().map(Iterator::next);
        next.iter().all(Option::is_some).then(|| next.map(|item| item.expect("all have one")))
    })
}

/// One block of an array (T, B, N).
pub fn block_of(x: ArrayView3<'_, Real>, block: usize) -> ArrayView3<'_, Real> {
    let rows = rows(x.dim().1, block);
    x.slice_axis_move(Axis(1), rows)
}

/// One block at one time step of an array (B, T, N).
pub fn step_of_block(x: ArrayView3<'_, Real>, t: usize, block: usize) -> ArrayView2<'_, Real> {
    let rows = rows(x.dim().0, block);
    x.slice_axis_move(Axis(0), rows).index_axis_move(Axis(1), t)
}

fn rows(batch: usize, block: usize) -> Slice {
    Slice::from(block * ROWS..batch.min((block + 1) * ROWS))
}

/// Bytes of arrays with these numbers of elements.
pub fn bytes(elements: &[usize]) -> usize {
    elements.iter().sum::<usize>() * size_of::<Real>()
}

/// An array (T + 1, B, H) that begins with `first`, (B, H); zero behind it.
pub fn beginning_with(first: ArrayView2<'_, Real>, steps: usize) -> Array3<Real> {
    let (batch, hidden) = first.dim();
    let mut states = Array3::zeros((steps + 1, batch, hidden));
    states.index_axis_mut(Axis(0), 0).assign(&first);
    states
}

/// The states before and after step s of a block that [begins with](beginning_with) h_0.
pub fn around<'a>(
    states: &'a mut ArrayViewMut3<'_, Real>,
    s: usize,
) -> (ArrayViewMut2<'a, Real>, ArrayViewMut2<'a, Real>) {
    states.multi_slice_mut((s![s, .., ..], s![s + 1, .., ..]))
}

/// Likewise, as the numbers of the block, row after row.
pub fn steps_around(states: ArrayView3<'_, Real>, s: usize) -> [&[Real]; 2] {
    [s, s + 1].map(|s| states.index_axis_move(Axis(0), s).to_slice().expect("a step of a block is contiguous"))
}

/// The gradient of a last state, output i: zero if nobody used it.
pub fn state_gradient(dy: &mut Outputs<'_>, i: usize, shape: (usize, usize)) -> Array2<Real> {
    match dy.take(i) {
        Some(gradient) => gradient.into_dimensionality().expect("a state is (B, H)"),
        None => Array2::zeros(shape),
    }
}

/// The gradient of ys, output 0, (B, T, H); none if nobody used them.
pub fn ys_gradient<'a>(dy: &'a Outputs<'_>) -> Option<ArrayView3<'a, Real>> {
    dy.get(0).map(|dys| dys.into_dimensionality().expect("ys are (B, T, H)"))
}

/// A saved weight as a matrix.
pub fn weight(w: &Array) -> ArrayView2<'_, Real> {
    w.view().into_dimensionality().expect("weights are matrices")
}

/// The numbers of a block at one step, row after row.
pub fn numbers<'a>(step: &'a mut ArrayViewMut2<'_, Real>) -> &'a mut [Real] {
    step.as_slice_mut().expect("a step of a block is contiguous")
}

/// The recurrent weights, laid out for a product at every step.
///
/// Of (16, 256)·(256, 1024) a step takes 300 µs with the weights as they are and 80 µs with packed ones, which cost
/// 130 µs once; of (1, 256)·(256, 1024) it takes 16 µs and 40 µs (one core of an EPYC with AVX-512, best of 60).
pub enum StepWeights<'a> {
    /// Copied once into the order in which the product reads them.
    Packed(PackedWeights),
    /// As they are: for one row alone, the product reads each weight once in any order.
    Plain(ArrayView2<'a, Real>),
}

impl<'a> StepWeights<'a> {
    /// For products of `batch` rows with `w`, (K, N).
    pub fn new(w: ArrayView2<'a, Real>, batch: usize) -> Self {
        if batch == 1 { StepWeights::Plain(w) } else { StepWeights::Packed(PackedWeights::new(w)) }
    }

    /// `dst = beta · dst + a · w` on the calling thread.
    ///
    /// # Shapes
    /// - `dst`: (rows, N), `a`: (rows, K)
    pub fn multiply_into(&self, dst: ArrayViewMut2<'_, Real>, beta: Real, a: ArrayView2<'_, Real>) {
        match self {
            StepWeights::Packed(w) => w.multiply_into(dst, beta, a),
            StepWeights::Plain(w) => matmul_into(dst, beta, 1.0, a, *w, Threads::One),
        }
    }
}

/// The (B, T, N) array `x` with its steps first, in the order of reading: (T, B, N).
pub fn steps_first(x: ArrayView3<'_, Real>, direction: Direction) -> Array3<Real> {
    let mut view = x.permuted_axes([1, 0, 2]);
    if direction == Direction::Backward {
        view.invert_axis(Axis(0));
    }
    contiguous(view)
}

/// The inverse of [`steps_first`]: (T, B, N) in the order of reading becomes (B, T, N) in the order of time.
pub fn batch_first(x: ArrayView3<'_, Real>, direction: Direction) -> Array3<Real> {
    let mut view = x.permuted_axes([1, 0, 2]);
    if direction == Direction::Backward {
        view.invert_axis(Axis(1));
    }
    contiguous(view)
}

fn contiguous(x: ArrayView3<'_, Real>) -> Array3<Real> {
    let mut numbers = Vec::with_capacity(x.len());
    for row in x.rows() {
        match row.to_slice() {
            Some(row) => numbers.extend_from_slice(row),
            None => numbers.extend(row),
        }
    }
    Array3::from_shape_vec(x.dim(), numbers).expect("one number for each element")
}

/// A contiguous (T, B, N) as the matrix (T·B, N).
pub fn matrix(x: ArrayView3<'_, Real>) -> ArrayView2<'_, Real> {
    let (steps, batch, width) = x.dim();
    x.into_shape_with_order((steps * batch, width)).expect("steps-first arrays are contiguous")
}

/// Likewise, to be written.
pub fn matrix_mut(x: ArrayViewMut3<'_, Real>) -> ArrayViewMut2<'_, Real> {
    let (steps, batch, width) = x.dim();
    x.into_shape_with_order((steps * batch, width)).expect("steps-first arrays are contiguous")
}

/// What a forward pass costs.
///
/// `chain` lists the elementwise operations of one step that wait for each other between h_{t-1}·W_hhᵀ and h_t, each
/// with its work in multiples of B·H; zeros are left out. The product with W_ih runs beside that of the first step.
pub fn cost(read: &Read, [gates, hidden]: [usize; 2], chain: &[usize], saved_bytes: usize) -> Cost {
    let ((steps, batch), (rows, width)) = (read.dim(), read.rows());
    let product = Cost::product(batch, hidden, gates * hidden);
    let chain = chain.iter().filter(|&&work| work > 0).map(|work| Cost::elementwise(work * batch * hidden, 0));
    let step = chain.fold(product, Cost::then);
    Cost {
        work: Cost::product(rows, width, gates * hidden).work + step.work * steps as u64,
        bytes: (saved_bytes + bytes(&[steps * batch * hidden])) as u64, // what is kept, and ys
        span: step.span * steps as u64 + u64::from(read.is_looked_up()),
    }
}

/// The places of a recurrent operation's inputs; the states follow, and the probe comes last.
pub mod input {
    /// x, (B, T, I), or the table it is looked up in, (V, I).
    pub const X: usize = 0;
    /// W_ih, (G·H, I).
    pub const W_IH: usize = 1;
    /// W_hh, (G·H, H).
    pub const W_HH: usize = 2;
    /// b_ih, (G·H).
    pub const B_IH: usize = 3;
    /// b_hh, (G·H).
    pub const B_HH: usize = 4;
    /// h_0, (B, H).
    pub const H0: usize = 5;
    /// The first of what follows h_0: c_0 of an LSTM, the probe of cells without one.
    pub const NEXT: usize = 6;
}

/// The gradients of W_hh and of the two biases, from those of the sums a_t = .. + W_hh h_{t-1} + b_hh.
///
/// # Shapes
/// - `da`: (T·B, G·H); `before`: (T·B, H), every h_{t-1}; `db`: (G·H), for b_ih and b_hh
pub fn state_gradients(
    dx: &mut Inputs<'_>,
    da: ArrayView2<'_, Real>,
    before: ArrayView2<'_, Real>,
    db: [Array1<Real>; 2],
) {
    // a = h·W_hhᵀ, so dW_hh = daᵀ·h: one product for all steps
    dx.accumulate(input::W_HH, |dst, beta| {
        let dst = dst.into_dimensionality().expect("weights are matrices");
        matmul_into(dst, beta, 1.0, da.t(), before, Threads::Pool);
    });
    let [db_ih, db_hh] = db;
    dx.add(input::B_IH, db_ih.into_dyn());
    dx.add(input::B_HH, db_hh.into_dyn());
}
