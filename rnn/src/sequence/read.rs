//! What a layer reads, and its products with W_ih.

use data::Token;
use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut2, Axis, CowArray, Ix2, Ix3, s};
use tensor::kernels::{Threads, add_rows_at, all_finite, matmul, matmul_into};
use tensor::{Array, Inputs, Real, shared};

use super::{batch_first, bytes, for_blocks, input, steps_first, weight};
use crate::{Direction, Input};

/// What a layer reads, as rows of a matrix, and which row each step reads.
///
/// Vectors are rows of their own, steps first: N = T·B. Rows of a table are left where they are, N = V, because a
/// product of W_ih with each of them, looked up afterwards, is the product with every step.
pub struct Read {
    /// (N, I).
    rows: Array,
    /// The row that each step reads, steps first, T·B, N for zeros; none if the rows are the steps.
    numbers: Option<Vec<Token>>,
    steps: usize,
    batch: usize,
    direction: Direction,
}

/// Rows that are looked up together.
const LOOKED_UP: usize = 64;

/// Columns that are gathered together: a table of 65 rows stays in the first-level cache.
const COLUMNS: usize = 128;

impl Read {
    /// Puts the steps first; what stands behind the `lengths` of the batch's rows is padding and becomes zeros, whatever
    /// it was. The shapes have been checked.
    ///
    /// # Panics
    /// If a number is not below V.
    #[track_caller]
    pub fn new(x: Input<'_>, direction: Direction, lengths: Option<&[usize]>) -> Self {
        let [batch, steps, width] = x.shape().expect("the shapes have been checked");
        let (rows, numbers) = match x {
            Input::Vectors(x) => {
                let mut rows = steps_first(x.view::<Ix3>("recurrent layer"), direction); // (T, B, I)
                for (s, t) in direction.order(steps).enumerate().filter(|_| lengths.is_some()) {
                    let ended = lengths.iter().flat_map(|lengths| lengths.iter().enumerate()).filter(|row| *row.1 <= t);
                    ended.for_each(|(row, _)| rows.slice_mut(s![s, row, ..]).fill(0.0));
                }
                let rows = rows.into_shape_with_order((steps * batch, width)).expect("steps first is contiguous");
                (shared(rows), None)
            }
            Input::Rows { table, numbers, ends } => {
                let none = table.shape()[0] as Token;
                if let Some(number) = numbers.iter().find(|&&number| number >= none) {
                    panic!("recurrent layer: row {number} of a table of shape {:?}", table.shape());
                }
                let padding = |b: usize, t: usize| [ends, lengths].into_iter().flatten().any(|ends| t >= ends[b]);
                let at = |(b, t)| if padding(b, t) { none } else { numbers[[b, t]] };
                let steps = direction.order(steps).flat_map(|t| (0..batch).map(move |b| (b, t))).map(at);
                (table.value().clone(), Some(steps.collect()))
            }
        };
        Read { rows, numbers, steps, batch, direction }
    }

    /// T and B.
    pub fn dim(&self) -> (usize, usize) {
        (self.steps, self.batch)
    }

    /// N and I: how many rows there are to multiply, and their width.
    pub fn rows(&self) -> (usize, usize) {
        (self.rows.shape()[0], self.rows.shape()[1])
    }

    /// Whether the rows are those of a table.
    pub fn is_looked_up(&self) -> bool {
        self.numbers.is_some()
    }

    /// Bytes kept alive.
    pub fn saved_bytes(&self) -> usize {
        bytes(&[self.rows.len()]) + self.numbers.as_ref().map_or(0, |numbers| numbers.len() * size_of::<Token>())
    }

    /// `dst = x·wᵀ + bias` for every step.
    ///
    /// # Shapes
    /// - `dst`: (T·B, G), `w`: (G, I), `bias`: (G)
    pub fn project_into(&self, mut dst: ArrayViewMut2<'_, Real>, w: ArrayView2<'_, Real>, bias: ArrayView1<'_, Real>) {
        let rows = weight(&self.rows);
        let Some(numbers) = &self.numbers else {
            dst.assign(&bias);
            matmul_into(dst, 1.0, 1.0, rows, w.t(), Threads::Pool);
            return;
        };
        let mut projected = Array2::zeros((rows.nrows() + 1, w.nrows())); // (V, G), and what zeros make
        matmul_into(projected.slice_mut(s![..rows.nrows(), ..]), 0.0, 1.0, rows, w.t(), Threads::Pool);
        projected += &bias;
        let blocks = dst.axis_chunks_iter_mut(Axis(0), LOOKED_UP).zip(numbers.chunks(LOOKED_UP));
        for_blocks(blocks, |(mut dst, numbers)| {
            for (mut dst, &number) in dst.rows_mut().into_iter().zip(numbers) {
                dst.assign(&projected.row(number as usize));
            }
        });
    }

    /// The gradients of the rows' products, from those of the steps': those of a row that was read twice add up.
    ///
    /// # Shapes
    /// - `da`: (T·B, G); returns (N, G)
    pub fn by_row<'a>(&self, da: ArrayView2<'a, Real>) -> CowArray<'a, Real, Ix2> {
        let Some(numbers) = &self.numbers else { return da.into() };
        let rows = self.rows().0;
        let mut sums = Array2::zeros((rows + 1, da.ncols())); // and those of the steps that read zeros
        for_blocks(sums.axis_chunks_iter_mut(Axis(1), COLUMNS).enumerate(), |(block, sums)| {
            let columns = block * COLUMNS..block * COLUMNS + sums.ncols();
            add_rows_at(sums, numbers.iter().copied(), da.slice(s![.., columns]));
        });
        sums.slice_move(s![..rows, ..]).into()
    }

    /// a = x·wᵀ, so dx = da·w: the gradient of what was read.
    ///
    /// # Shapes
    /// - `da`: (N, G), `w`: (G, I)
    pub fn add_gradient(&self, dx: &mut Inputs<'_>, da: ArrayView2<'_, Real>, w: ArrayView2<'_, Real>) {
        if self.is_looked_up() {
            dx.accumulate(input::X, |dst, beta| {
                let dst = dst.into_dimensionality().expect("a table is a matrix");
                matmul_into(dst, beta, 1.0, da, w, Threads::Pool);
            });
        } else if dx.wants(input::X) {
            let steps = matmul(da, w).into_shape_with_order((self.steps, self.batch, w.ncols()));
            let steps = steps.expect("one row for each step of each sequence"); // (T, B, I)
            dx.add(input::X, batch_first(steps.view(), self.direction).into_dyn());
        }
    }

    /// a = x·wᵀ, so dw = daᵀ·x: `dst = beta·dst + daᵀ·x`, one product for all steps.
    ///
    /// # Shapes
    /// - `dst`: (G, I), `da`: (N, G)
    pub fn weight_gradient_into(&self, dst: ArrayViewMut2<'_, Real>, beta: Real, da: ArrayView2<'_, Real>) {
        matmul_into(dst, beta, 1.0, da.t(), self.rows_read().view(), Threads::Pool);
    }

    /// The rows, (N, I), where those that no step reads hold nothing that zero times would be NaN.
    fn rows_read(&self) -> CowArray<'_, Real, Ix2> {
        let rows = weight(&self.rows);
        let Some(numbers) = &self.numbers else { return rows.into() };
        if all_finite(rows) {
            return rows.into();
        }
        let mut read = Array2::zeros(rows.raw_dim());
        for &number in numbers.iter().filter(|&&number| (number as usize) < rows.nrows()) {
            read.row_mut(number as usize).assign(&rows.row(number as usize));
        }
        read.into()
    }
}
