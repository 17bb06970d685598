//! When work is worth sharing among threads.
//!
//! Kernels split their output into rows or chunks whose size does not depend on the number of threads, each computed
//! by one thread from start to end; so the bits do not depend on it either.

use ndarray::ArrayViewMut2;
use rayon::prelude::*;

use crate::Real;

/// Elements in one chunk of work on a slice: 16 KiB of `f32`, half a first-level cache.
pub(crate) const CHUNK: usize = 4096;

/// Elements of simple work (an exponential, a comparison, a multiply-add on each) below which a second thread does
/// not pay.
const GRAIN: usize = 32 * 1024;

/// The least number of items that a thread should take at once, if each is worth the work on `elements` elements: to
/// be given to rayon's `with_min_len`. Few items then stay on the calling thread.
pub(crate) fn grain(elements: usize) -> usize {
    (GRAIN / elements.max(1)).max(1)
}

/// Calls `f(i, row)` for every row of `x`, which it may change, shared among threads if `x` is large.
pub(crate) fn for_each_row(mut x: ArrayViewMut2<'_, Real>, f: impl Fn(usize, &mut [Real]) + Sync + Send) {
    if x.is_empty() {
        return;
    }
    if x.as_slice().is_none() {
        let mut copy = x.as_standard_layout().into_owned();
        for_each_row(copy.view_mut(), f);
        x.assign(&copy);
        return;
    }
    let width = x.ncols();
    let rows = x.as_slice_mut().expect("the layout was just checked").par_chunks_mut(width).enumerate();
    rows.with_min_len(grain(width)).for_each(|(i, row)| f(i, row));
}
