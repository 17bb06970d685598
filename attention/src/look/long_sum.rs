//! Sums of many rows that would be too long for single precision.

use tensor::Real;

/// Terms that are added up in single precision. Sums of no more keep their order and their bits.
pub(crate) const BLOCK: usize = 64;

/// A sum whose blocks of [`BLOCK`] terms are formed in single precision, in the place of the result, and added up in
/// double precision: of any number of terms its error stays below 64·2⁻²⁴ = 3.9e-6 of the sum of magnitudes. It costs nothing where one block is all.
#[derive(Default)]
pub(crate) struct LongSum {
    blocks: Vec<f64>,
}

impl LongSum {
    /// Takes the sum of a block out of `sum`, which is 0 then.
    pub(crate) fn take(&mut self, sum: &mut [Real]) {
        self.blocks.resize(sum.len(), 0.0);
        for (total, sum) in self.blocks.iter_mut().zip(sum) {
            *total += f64::from(std::mem::take(sum));
        }
    }

    /// Adds all blocks to that in `sum`.
    pub(crate) fn finish(self, sum: &mut [Real]) {
        for (sum, total) in sum.iter_mut().zip(self.blocks) {
            *sum = (total + f64::from(*sum)) as Real;
        }
    }
}
