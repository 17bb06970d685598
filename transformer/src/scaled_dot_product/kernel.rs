//! Attention and its gradient over plain arrays, one head of one sequence at a time.
//!
//! Heads are independent, so they are the unit of parallel work: B·N of them, each computed by one thread from start to
//! end (on the way back, those that share keys and values are computed by one thread one after the other). Within a head the queries go in blocks of [`ROWS`]; a block's scores against the keys that it may see are all
//! that is ever held of the T×S weights. The masked triangle right of a block and the padding are not computed at all.
//!
//! Per head, with `scale` = 1/√d_k, or another:
//! - `q`, `y`, `dq`, `dy`: (T, d_k), `k`, `v`, `dk`, `dv`: (S, d_k); rows may be apart, as in slices of the width
//! - `lse`: (T), the logarithm of the sum of each query's exponentials. It is saved; the weights are recomputed from it
//!   as exp(score - lse), already normalised (Dao et al. 2022, appendix B.2), the largest score apart from the rest.

use std::iter::{repeat_n, repeat_with};
use std::ops::Range;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, ArrayViewMut2, ArrayViewMut3, Axis, s};
use rayon::prelude::*;
use tensor::Real;
use tensor::kernels::elementwise::exp;
use tensor::kernels::{LogSumExp, Threads, matmul_into, softmax_backward_row, softmax_row};

use super::Sizes;
use super::bias::{BiasValues, HeadBias};
use super::pairs::{Head, gather, heads_of, spread};

/// Queries whose scores are held at a time.
const ROWS: usize = 64;

/// Blocks of queries whose parts of the gradients of keys and values are one running sum. Of a hundred thousand equal
/// terms the error is 6e-6 of the sum of magnitudes then, most of it from the 64 rows of a block; as one running sum it
/// would be 1.4e-4, and grow. Up to 512 queries nothing is added to the work.
const BLOCKS: usize = 8;

/// What is added to scores, apart from the causal mask: that which hides padding, and what a bias holds.
#[derive(Clone, Copy)]
pub(crate) struct Added<'a> {
    pub lengths: Option<&'a [usize]>,
    pub bias: Option<&'a BiasValues>,
}

impl Added<'_> {
    /// Nothing.
    pub const NONE: Added<'static> = Added { lengths: None, bias: None };

    fn of_head(&self, sizes: Sizes, i: usize) -> Option<HeadBias<'_>> {
        self.bias.map(|bias| bias.head(i % sizes.heads))
    }
}

/// y = softmax(q·kᵀ/√d_k + mask)·v and each row's logarithm of the sum of exponentials.
///
/// # Shapes
/// - `q`: (B, T, D), `k` and `v`: (B, S, D), of which `lengths[b]` keys are real; returns y (B, T, D) and lse (B·N, T).
pub(crate) fn forward(
    sizes: Sizes,
    added: Added<'_>,
    q: ArrayView3<'_, Real>,
    k: ArrayView3<'_, Real>,
    v: ArrayView3<'_, Real>,
) -> (Array3<Real>, Array2<LogSumExp>) {
    let Sizes { batch, queries, heads, width, .. } = sizes;
    let mut y = Array3::zeros((batch, queries, heads * width));
    let mut lse = Array2::default((batch * heads, queries));
    let shared = |x| split_heads(x, width).into_iter().flat_map(|x| repeat_n(x, sizes.group()));
    let inputs = zip3(split_heads(q, width), shared(k), shared(v));
    let outputs = split_heads_mut(y.view_mut(), width).into_iter().zip(lse.outer_iter_mut());
    let biases = (0..batch * heads).map(|i| added.of_head(sizes, i));
    let tasks: Vec<_> = inputs.zip(outputs).zip(heads_of(sizes, added.lengths).zip(biases)).collect();
    in_parallel(sizes, tasks, |(((q, k, v), (y, mut lse)), (head, bias)), [scores, _]| {
        forward_head(head, bias, [q, k, v], y, lse.as_slice_mut().expect("rows of a new array"), scores);
    });
    (y, lse)
}

// ANCHOR: head
fn forward_head(
    head: Head,
    bias: Option<HeadBias<'_>>,
    [q, k, v]: [ArrayView2<'_, Real>; 3],
    mut y: ArrayViewMut2<'_, Real>,
    lse: &mut [LogSumExp],
    scores: &mut Vec<Real>,
) {
    for rows in blocks(head.sizes.queries) {
        let seen = head.visible(rows.end - 1);
        let mut p = scratch(scores, rows.len(), seen);
        matmul_into(
            p.view_mut(),
            0.0,
            head.sizes.scale,
            q.slice(s![rows.clone(), ..]),
            k.slice(s![..seen, ..]).t(),
            Threads::One,
        );
        let visible: Vec<_> = rows.clone().map(|t| head.visible(t)).collect();
        for (i, t) in rows.clone().enumerate() {
            let (p, hidden) = row_mut(&mut p, i).split_at_mut(visible[i]);
            if let Some(bias) = bias {
                bias.add_to(p, t);
            }
            lse[t] = softmax_row(p);
            hidden.fill(0.0);
        }
        gather(y.slice_mut(s![rows, ..]), 1.0, p.view(), v.slice(s![..seen, ..]), &visible);
    }
}
// ANCHOR_END: head

/// What [`forward`] was given, and of what it returned all that [`backward`] needs.
pub(crate) struct Saved<'a> {
    pub q: ArrayView3<'a, Real>,
    pub k: ArrayView3<'a, Real>,
    pub v: ArrayView3<'a, Real>,
    pub lse: ArrayView2<'a, LogSumExp>,
}

/// The gradients of `q`, `k` and `v`, which overwrite the last three arguments, and that of every score, which is added to
/// `dscores` if it is asked for: it is the gradient of what is added to them.
///
/// # Shapes
/// - `dy`, `dq`: (B, T, D), `dk` and `dv`: (B, S, D); `dscores`: (B·N, T, S)
pub(crate) fn backward(
    sizes: Sizes,
    added: Added<'_>,
    saved: Saved<'_>,
    dy: ArrayView3<'_, Real>,
    [dq, dk, dv]: [ArrayViewMut3<'_, Real>; 3],
    dscores: Option<ArrayViewMut3<'_, Real>>,
) {
    let (width, group) = (sizes.width, sizes.group());
    let asked = zip3(split_heads(saved.q, width), split_heads(dy, width), split_heads_mut(dq, width));
    let mut dscores = dscores.into_iter().flat_map(|all| outer(all)).map(Some).chain(repeat_with(|| None));
    let heads = heads_of(sizes, added.lengths).zip(saved.lse.outer_iter()).enumerate();
    let mut asking = asked.zip(heads).map(|((q, dy, dq), (i, (head, lse)))| Asking {
        head,
        bias: added.of_head(sizes, i),
        q,
        dy,
        lse: lse.to_slice().expect("rows of a standard array"),
        dq,
        dscores: dscores.next().flatten(),
    });
    let keys = split_heads(saved.k, width).into_iter().zip(split_heads(saved.v, width));
    let gradients = split_heads_mut(dk, width).into_iter().zip(split_heads_mut(dv, width));
    let tasks: Vec<_> =
        keys.zip(gradients).map(|looked_at| (looked_at, asking.by_ref().take(group).collect())).collect();
    in_parallel(sizes, tasks, |(((k, v), (dk, dv)), asking): (_, Vec<Asking<'_>>), buffers| {
        backward_heads(asking, [k, v], [dk, dv], buffers);
    });
}

/// A head of queries on the way back: what it was given, and where its gradients go.
struct Asking<'a> {
    head: Head,
    bias: Option<HeadBias<'a>>,
    q: ArrayView2<'a, Real>,
    dy: ArrayView2<'a, Real>,
    lse: &'a [LogSumExp],
    dq: ArrayViewMut2<'a, Real>,
    dscores: Option<ArrayViewMut2<'a, Real>>,
}

/// The heads that look at the same keys and values, whose gradients are the sum over them.
fn backward_heads(
    asking: Vec<Asking<'_>>,
    keys_values: [ArrayView2<'_, Real>; 2],
    [mut dk, mut dv]: [ArrayViewMut2<'_, Real>; 2],
    buffers: &mut [Vec<Real>; 2],
) {
    let mut beta = 0.0;
    for head in asking {
        backward_head(head, keys_values, beta, [dk.view_mut(), dv.view_mut()], buffers);
        beta = 1.0;
    }
}

fn backward_head(
    Asking { head, bias, q, dy, lse, mut dq, mut dscores }: Asking<'_>,
    [k, v]: [ArrayView2<'_, Real>; 2],
    mut beta: Real,
    [mut dk, mut dv]: [ArrayViewMut2<'_, Real>; 2],
    [weights, gradients]: &mut [Vec<Real>; 2],
) {
    let scale = head.sizes.scale;
    // From the last block back: the last queries see every key, so their contribution is the first to each of them.
    let [mut dk_sum, mut dv_sum] = [LongSum::default(), LongSum::default()];
    for (block, rows) in blocks(head.sizes.queries).rev().enumerate() {
        if block > 0 && block.is_multiple_of(BLOCKS) {
            dk_sum.take(&mut dk);
            dv_sum.take(&mut dv);
        }
        let seen = head.visible(rows.end - 1);
        let (k, v) = (k.slice(s![..seen, ..]), v.slice(s![..seen, ..]));
        let (q, dy) = (q.slice(s![rows.clone(), ..]), dy.slice(s![rows.clone(), ..]));
        let mut p = scratch(weights, rows.len(), seen);
        let mut dp = scratch(gradients, rows.len(), seen);
        // scores = scale·q·kᵀ once more, and y = p·v, so dp = dy·vᵀ
        matmul_into(p.view_mut(), 0.0, scale, q, k.t(), Threads::One);
        matmul_into(dp.view_mut(), 0.0, 1.0, dy, v.t(), Threads::One);
        // A query on whose result nothing depends, as in the padding of a target, has no part in any gradient.
        let asks = |i: usize| dy.row(i).iter().any(|&dy| dy != 0.0);
        let visible: Vec<_> =
            rows.clone().enumerate().map(|(i, t)| if asks(i) { head.visible(t) } else { 0 }).collect();
        for (i, t) in rows.clone().enumerate() {
            let (p, hidden) = row_mut(&mut p, i).split_at_mut(visible[i]);
            hidden.fill(0.0);
            let (dp, hidden) = row_mut(&mut dp, i).split_at_mut(visible[i]);
            hidden.fill(0.0);
            if let Some(bias) = bias {
                bias.add_to(p, t);
            }
            // p = softmax(scores), so dscores = p·(dp - Σ p·dp)
            for p in p.iter_mut() {
                *p = exp(lse[t].log_probability(*p));
            }
            softmax_backward_row(dp, p);
        }
        if let Some(all) = &mut dscores {
            all.slice_mut(s![rows.clone(), ..seen]).assign(&dp);
        }
        let dscores = dp;
        // y = p·v, so dv = pᵀ·dy; scores = scale·q·kᵀ, so dq = scale·dscores·k and dk = scale·dscoresᵀ·q
        spread(dv.slice_mut(s![..seen, ..]), beta, 1.0, p.view(), dy, &visible);
        gather(dq.slice_mut(s![rows, ..]), scale, dscores.view(), k, &visible);
        spread(dk.slice_mut(s![..seen, ..]), beta, scale, dscores.view(), q, &visible);
        beta = 1.0;
    }
    dk_sum.finish(&mut dk);
    dv_sum.finish(&mut dv);
}

/// A sum over queries. The blocks of many would be too long a sum for single precision: those of [`BLOCKS`] are added
/// up in it, in the place of the result, and the sums of these in double precision.
#[derive(Default)]
struct LongSum {
    total: Option<Array2<f64>>,
}

impl LongSum {
    /// Takes what has been added up out of `sum`, which is 0 then.
    fn take(&mut self, sum: &mut ArrayViewMut2<'_, Real>) {
        let total = self.total.get_or_insert_with(|| Array2::zeros(sum.raw_dim()));
        total.zip_mut_with(sum, |total, &sum| *total += f64::from(sum));
        sum.fill(0.0);
    }

    /// Adds all that was taken to the rest in `sum`.
    fn finish(self, sum: &mut ArrayViewMut2<'_, Real>) {
        if let Some(total) = self.total {
            sum.zip_mut_with(&total, |sum, total| *sum = (total + f64::from(*sum)) as Real);
        }
    }
}

fn blocks(queries: usize) -> impl DoubleEndedIterator<Item = Range<usize>> {
    (0..queries.div_ceil(ROWS)).map(move |block| block * ROWS..queries.min((block + 1) * ROWS))
}

/// A matrix in a buffer that is reused from block to block; its contents are stale.
fn scratch(buffer: &mut Vec<Real>, rows: usize, columns: usize) -> ArrayViewMut2<'_, Real> {
    if buffer.len() < rows * columns {
        buffer.resize(rows * columns, 0.0);
    }
    ArrayViewMut2::from_shape((rows, columns), &mut buffer[..rows * columns]).expect("the length is the product")
}

fn row_mut<'a>(x: &'a mut ArrayViewMut2<'_, Real>, i: usize) -> &'a mut [Real] {
    x.row_mut(i).into_slice().expect("the numbers of a row are adjacent")
}

/// Runs every task, each on one thread with buffers of its own. A few small heads stay on the calling thread.
fn in_parallel<T: Send>(sizes: Sizes, tasks: Vec<T>, run: impl Fn(T, &mut [Vec<Real>; 2]) + Sync + Send) {
    /// Multiply-adds of q·kᵀ that are worth waking a thread for.
    const GRAIN: usize = 1 << 16;
    let work = sizes.queries * sizes.keys * sizes.width;
    let tasks = tasks.into_par_iter().with_min_len((GRAIN / work.max(1)).max(1));
    tasks.for_each_init(|| [vec![], vec![]], |buffers, task| run(task, buffers));
}

/// The heads of every sequence: (B, T, N·d_k) as B·N matrices (T, d_k).
fn split_heads<'a>(x: ArrayView3<'a, Real>, width: usize) -> Vec<ArrayView2<'a, Real>> {
    let sequences = (0..x.len_of(Axis(0))).map(|b| x.index_axis_move(Axis(0), b));
    sequences
        .flat_map(|x| (0..x.ncols() / width).map(move |n| x.slice_move(s![.., n * width..(n + 1) * width])))
        .collect()
}

/// The same, to be written.
fn split_heads_mut<'a>(x: ArrayViewMut3<'a, Real>, width: usize) -> Vec<ArrayViewMut2<'a, Real>> {
    let mut heads = vec![];
    let mut sequences = x;
    while sequences.len_of(Axis(0)) > 0 {
        let (first, rest) = sequences.split_at(Axis(0), 1);
        sequences = rest;
        let mut columns = first.index_axis_move(Axis(0), 0);
        while columns.ncols() > 0 {
            let (head, right) = columns.split_at(Axis(1), width);
            heads.push(head);
            columns = right;
        }
    }
    heads
}

fn zip3<A, B, C>(
    a: impl IntoIterator<Item = A>,
    b: impl IntoIterator<Item = B>,
    c: impl IntoIterator<Item = C>,
) -> impl Iterator<Item = (A, B, C)> {
    a.into_iter().zip(b).zip(c).map(|((a, b), c)| (a, b, c))
}

/// The matrices of (B·N, T, S).
fn outer<'a>(mut all: ArrayViewMut3<'a, Real>) -> Vec<ArrayViewMut2<'a, Real>> {
    let mut matrices = vec![];
    while all.len_of(Axis(0)) > 0 {
        let (first, rest) = all.split_at(Axis(0), 1);
        matrices.push(first.index_axis_move(Axis(0), 0));
        all = rest;
    }
    matrices
}
