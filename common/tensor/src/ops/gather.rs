//! Rows of a table, looked up by number: an embedding.

use ndarray::{ArrayD, ArrayViewD, Ix2, IxDyn};

use crate::kernels::add_rows_at;
use crate::operation::{Backward, Cost, Inputs, Outputs};
use crate::tape::record;
use crate::{Real, Tensor, shared};

struct Gather {
    ids: ArrayD<u32>,
    width: usize,
}

impl Backward for Gather {
    fn name(&self) -> &'static str {
        "gather"
    }
    fn cost(&self) -> Cost {
        Cost { work: 0, bytes: (2 * self.ids.len() * self.width * size_of::<Real>()) as u64, span: 1 }
    }
    fn saved_bytes(&self) -> usize {
        self.ids.len() * size_of::<u32>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dy = dy.only();
        let dy = dy.to_shape((self.ids.len(), self.width)).unwrap();
        // y[i] = table[ids[i]], so dtable[ids[i]] += dy[i]; a row that was looked up twice receives both
        dx.accumulate(0, |dst, _| {
            add_rows_at(dst.into_dimensionality::<Ix2>().unwrap(), self.ids.iter().copied(), dy.view());
        });
    }
}

impl Tensor {
    /// Looks up rows of this table.
    ///
    /// # Shapes
    /// - `self`: (V, E), `ids`: any shape, each below V; returns the shape of `ids` with an axis E appended.
    ///
    /// # Panics
    /// If the table is no matrix or an id is not below V.
    #[track_caller]
    pub fn gather(&self, ids: ArrayViewD<'_, u32>) -> Tensor {
        let table = self.view::<Ix2>("gather");
        let (rows, width) = table.dim();
        if let Some(id) = ids.iter().find(|&&id| id as usize >= rows) {
            panic!("gather: row {id} of a table of shape {:?}", self.shape());
        }
        let [y] = record(&[self], || {
            let mut y = Vec::with_capacity(ids.len() * width);
            for &id in &ids {
                y.extend(table.row(id as usize));
            }
            let shape: Vec<usize> = ids.shape().iter().copied().chain([width]).collect();
            let y = ArrayD::from_shape_vec(IxDyn(&shape), y).unwrap();
            ([shared(y)], Gather { ids: ids.to_owned(), width })
        });
        y
    }
}
