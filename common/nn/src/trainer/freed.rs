//! Memory from step to step.

use std::hint::black_box;
use std::sync::Once;

/// Has the process keep the memory that a step frees for the next step. [`Trainer`](super::Trainer) asks for it;
/// asking twice changes nothing.
///
/// glibc hands freed memory back to the system above a threshold that follows the largest block freed so far, up to
/// 32 MiB, and every step would fetch it anew, page by page. So one block of that size is taken and freed, untouched. With
/// other allocators nothing changes. Measured on two quiet cores before it was here, with and without thresholds of that
/// size in the environment (`MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=67108864`): a step of attention took
/// 52.4 and 60.7 ms, of gpt 25.4 and 27.5 ms (`cargo run --release -p benches --bin steps -- --threads 1 --steps 40
/// attention gpt`).
pub fn keep_freed_memory() {
    const LARGEST_THRESHOLD: usize = 32 << 20;
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut block = Vec::<u8>::new();
        // The block's header and the rest of its last page count too. Where there is no memory for it, nothing changes.
        let _ = block.try_reserve_exact(LARGEST_THRESHOLD - (64 << 10));
        drop(black_box(block));
    });
}
