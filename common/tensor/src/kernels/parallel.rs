//! When work is worth sharing among threads.
//!
//! Kernels split their output into rows or chunks whose size does not depend on the number of threads, each computed
//! by one thread from start to end; so the bits do not depend on it either.

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
