//! What a large batch takes, from small ones that are tried.
//!
//! Memory is the largest of several phases, such as the end of the forward pass, with all that is kept for the backward
//! pass, and the end of that, with all gradients. Each takes a part that is always there and one that grows with the batch.
//! In a batch that is too small another phase is the largest than in a large one. So batches of 1, 2, 4, .. rows are tried
//! until what grows outweighs the rest, and only then two of them tell what a row takes.

use super::counted::peak_of;
use super::free::free;

/// Until what grows outweighs what the libraries keep.
const LEAST: f64 = 64e6;

/// How much is tried.
#[derive(Clone, Copy)]
pub struct Trial {
    /// Bytes after which no larger batch is tried.
    enough: f64,
}

/// What is measured of a trial, with its size.
type Tried = (usize, f64);

impl Trial {
    /// A trial in which `always` bytes may be needed whatever the size of the batch, as are the gradients of all
    /// parameters.
    pub fn beyond(always: f64) -> Self {
        Trial { enough: LEAST + 6.0 * always }
    }

    /// What `size` rows take, which is proportional to them but for a constant.
    pub fn straight(self, size: usize, bytes: impl FnMut(usize) -> f64) -> f64 {
        straight(&self.doubled(1, size, 2, bytes), size)
    }

    /// What sequences of length `size` take, which may grow with its square, as the weights of attention do.
    pub fn curved(self, size: usize, bytes: impl FnMut(usize) -> f64) -> f64 {
        curved(&self.doubled(SHORT, size, 3, bytes), size)
    }

    /// Tries `first`, twice that and so on, up to `size`, at least so many.
    fn doubled(self, first: usize, size: usize, least: usize, mut bytes: impl FnMut(usize) -> f64) -> Vec<Tried> {
        let mut tried = Vec::new();
        let mut next = first.min(size);
        loop {
            let taken = bytes(next);
            tried.push((next, taken));
            let enough = tried.len() >= least && taken > self.enough;
            // Twice the batch takes at most twice the memory, or with its square four times.
            if next == size || enough || 4.0 * taken > free() as f64 {
                return tried;
            }
            next = (2 * next).min(size);
        }
    }
}

/// Sequences up to this length are tried whole.
const SHORT: usize = 256;

/// Bytes that `run` takes, apart from what it leaves behind for the next.
pub fn taken(run: impl Fn()) -> f64 {
    peak_of(run) as f64
}

/// The line through the last two.
fn straight(tried: &[Tried], size: usize) -> f64 {
    match *tried {
        [.., (half, less), (whole, more)] => more + (more - less).max(0.0) * beyond(size, whole) / beyond(whole, half),
        [(whole, more)] => more * size as f64 / whole as f64,
        [] => 0.0,
    }
}

/// The parabola through the last three.
fn curved(tried: &[Tried], size: usize) -> f64 {
    let [.., (quarter, least), (half, less), (whole, more)] = *tried else { return straight(tried, size) };
    let slopes = [(less - least) / beyond(half, quarter), (more - less) / beyond(whole, half)];
    let bend = (slopes[1] - slopes[0]).max(0.0) / beyond(whole, quarter);
    straight(tried, size) + bend * beyond(size, whole) * beyond(size, half)
}

fn beyond(size: usize, tried: usize) -> f64 {
    (size - tried) as f64
}

#[cfg(test)]
mod tests {
    use super::Trial;

    /// Gradients of 30 MB, beside which a batch of a few rows shows nothing.
    #[test]
    fn a_batch_is_tried_until_what_grows_with_it_shows() {
        let largest_phase = |rows: usize| f64::max(30e6 + 2e3 * rows as f64, 1e6 + 1e6 * rows as f64);
        let mut tried = 0;
        let found = Trial::beyond(30e6).straight(100_000, |rows| {
            tried = rows;
            largest_phase(rows)
        });
        assert_eq!(found, largest_phase(100_000));
        assert_eq!(tried, 256, "and no larger one");
        let small = Trial::beyond(30e6).straight(5, largest_phase);
        assert_eq!(small, largest_phase(5), "a small batch is tried whole");
    }

    #[test]
    fn the_square_of_a_length_is_seen() {
        let weights = |length: usize| 1e6 + 5e3 * length as f64 + 40.0 * (length as f64).powi(2);
        let found = Trial::beyond(0.0).curved(100_000, weights);
        assert!((found / weights(100_000) - 1.0).abs() < 1e-6, "{found}");
        let straight = |length: usize| 1e6 + 5e3 * length as f64;
        assert!((Trial::beyond(0.0).curved(100_000, straight) / straight(100_000) - 1.0).abs() < 1e-6);
    }
}
