//! The memory that one training step frees is kept for the next, instead of going back to the operating system.

use std::hint::black_box;
use std::sync::Once;

/// Makes the process keep freed memory, for good. [`Trainer`](super::Trainer) asks for it; asking twice changes nothing.
///
/// By default glibc gives memory back to the system when a large block is freed, and every step would fetch it anew, page by
/// page. When a block is freed that was larger than its threshold for that, glibc raises the threshold to the block's
/// size, as long as this is below 32 MiB. So one block just below 32 MiB is taken and freed, untouched. With other allocators
/// nothing changes.
///
/// The same thresholds can be set from outside (`MALLOC_MMAP_THRESHOLD_=33554432 MALLOC_TRIM_THRESHOLD_=67108864`). With them a
/// training step of the stage `attention` took 52.4 ms on one thread instead of 60.7, of `gpt` 25.4 instead of 27.5
/// (`cargo run --release -p benches --bin steps -- --threads 1 --steps 40 attention gpt`, before this function was written).
pub fn keep_freed_memory() {
    const LARGEST_THRESHOLD: usize = 32 << 20;
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut block = Vec::<u8>::new();
        // The block's header and the rest of its last page count too, hence a little less. Where there is no memory for it,
        // nothing changes. The black box keeps the compiler from leaving the block out.
        let _ = block.try_reserve_exact(LARGEST_THRESHOLD - (64 << 10));
        drop(black_box(block));
    });
}
