//! Arrays that begin where a line of the processor's cache does.

use ndarray::{Array, Array1, Dimension, IntoDimension, s};

use crate::Real;

/// Numbers in a line of the cache, 64 bytes.
const LINE: usize = 64 / size_of::<Real>();

/// Zeros whose first number begins a line of the processor's cache.
///
/// A vector of 64 bytes that lies across two lines is read as two, and as allocators give memory, every vector of a matrix
/// would.
pub fn aligned_zeros<D: Dimension>(shape: impl IntoDimension<Dim = D>) -> Array<Real, D> {
    let shape = shape.into_dimension();
    let numbers: Array1<Real> = Array1::zeros(shape.size() + LINE - 1);
    let address = numbers.as_ptr().addr() / size_of::<Real>();
    let first = address.next_multiple_of(LINE) - address;
    let numbers = numbers.slice_move(s![first..first + shape.size()]);
    numbers.into_shape_with_order(shape).expect("as many numbers as the shape has")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_begin_at_a_line_of_the_cache() {
        for shape in [&[][..], &[1], &[7, 3], &[100, 1000], &[0, 4]] {
            let zeros = aligned_zeros(shape);
            assert_eq!((zeros.shape(), zeros.is_standard_layout()), (shape, true));
            assert!(zeros.is_empty() || zeros.as_ptr().addr().is_multiple_of(64), "{shape:?}");
            assert!(
                zeros.into_shared().into_owned().as_ptr().addr().is_multiple_of(64) || shape.contains(&0),
                "{shape:?}"
            );
        }
    }
}
