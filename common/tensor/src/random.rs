//! Random streams keyed by what they are for.
//!
//! A stream is a function of (seed, step, site), never of what was drawn before it: dropout masks do not depend on
//! the order in which layers run, and a resumed run draws what the interrupted one would have drawn.

use ndarray_rand::rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The random stream for one site (a parameter, a dropout layer) at one step.
pub fn stream(seed: u64, step: u64, site: &str) -> ChaCha8Rng {
    // FNV-1a over the site, then over the two numbers (Fowler, Noll, Vo 1991): stable on every platform and version.
    let bytes = site.bytes().chain(seed.to_le_bytes()).chain(step.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ byte as u64).wrapping_mul(0x100_0000_01b3));
    ChaCha8Rng::seed_from_u64(hash)
}

#[cfg(test)]
mod tests {
    use super::stream;
    use ndarray_rand::rand::RngCore;

    #[test]
    fn streams_are_the_same_everywhere_and_differ_by_seed_step_and_site() {
        let first = |seed, step, site| stream(seed, step, site).next_u64();
        assert_eq!(first(1, 2, "dropout"), first(1, 2, "dropout"));
        assert_ne!(first(1, 2, "dropout"), first(2, 1, "dropout"));
        assert_ne!(first(1, 2, "dropout"), first(1, 2, "dropout.1"));
        assert_eq!(first(1, 2, "dropout"), 6_875_568_591_711_809_597);
    }
}
