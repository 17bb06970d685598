//! Random streams that depend on nothing but seed, step and the name of the place that draws.

use ndarray_rand::rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The random numbers that one place in the program draws at one `step` of a run with one `seed`.
///
/// `site` names the place. Equal (seed, step, site) give equal numbers, so each place needs a name of its own, and a name that
/// changes changes every run. Streams that differ in any of the three are unrelated: a new draw in one place changes no number
/// elsewhere, streams can be used in any order and on any thread, and a run resumes from its step number alone.
///
/// ChaCha's key is 256 bits: four 64-bit words, little-endian: the seed, the step, the FNV-1a hash of the site, and zero.
/// As a cipher it makes unrelated streams even of keys that differ in one bit, so no further mixing is needed.
///
/// ```
/// use data::random::stream;
/// use ndarray_rand::rand::RngCore;
///
/// let first = |seed, step, site| stream(seed, step, site).next_u32();
/// assert_eq!(first(1, 0, "batch"), first(1, 0, "batch"));
/// assert_ne!(first(1, 0, "batch"), first(1, 1, "batch"));
/// assert_ne!(first(1, 0, "batch"), first(0, 1, "batch"));
/// assert_ne!(first(1, 0, "batch"), first(1, 0, "dropout"));
/// ```
pub fn stream(seed: u64, step: u64, site: &str) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (bytes, word) in key.chunks_exact_mut(8).zip([seed, step, fnv1a(site), 0]) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// FNV-1a, 64 bits (Fowler, Noll and Vo), since the standard library's hasher may change from one release to the next.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray_rand::rand::RngCore;

    #[test]
    fn the_hash_is_fnv1a() {
        // The published test vectors.
        assert_eq!(fnv1a(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a("foobar"), 0x8594_4171_f739_67e8);
    }

    /// Expected: the first words of ChaCha with 8 rounds under this key, from an independent implementation that follows
    /// RFC 8439, section 2.3. If this fails, runs of earlier versions cannot be repeated.
    #[test]
    fn the_first_numbers_of_a_stream_never_change() {
        let mut rng = stream(1, 2, "batch");
        let first = [(); 4].map(|()| rng.next_u32());
        assert_eq!(first, [0x056b_e8f3, 0xd022_c286, 0x969f_8e7a, 0x7776_2fe6]);
    }
}
