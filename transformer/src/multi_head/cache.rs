//! What a decoder keeps while it speaks, so that the next token costs one position instead of all of them.

use ndarray::{Array3, ArrayView3, Axis, Ix3, s};
use nn::Rows;
use tensor::{Real, Tensor, aligned_zeros};

use crate::scaled_dot_product::one::KEYS;

/// The keys and values of the positions read so far, in one layer.
#[derive(Clone, Debug)]
pub struct KeyValueCache {
    /// (B, D, room): each position is a column, as [`one`](crate::scaled_dot_product::one) reads them.
    keys: Array3<Real>,
    /// (B, room, D).
    values: Array3<Real>,
    length: usize,
}

impl KeyValueCache {
    /// An empty cache for B = `batch` sequences of width D = `width`, with room for `context` positions at first; it
    /// doubles when it is full.
    pub fn new(batch: usize, context: usize, width: usize) -> Self {
        let room = context.next_multiple_of(KEYS);
        // Zeros take no memory until they are written to; a copy of them would.
        KeyValueCache {
            keys: aligned_zeros((batch, width, room)),
            values: aligned_zeros((batch, room, width)),
            length: 0,
        }
    }

    /// Forgets all positions and keeps the room for them.
    pub fn clear(&mut self) {
        self.length = 0;
    }

    /// The number of positions in it.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing has been read.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Makes room for positions up to `end`.
    fn reserve(&mut self, end: usize) {
        let (batch, room, width) = self.values.dim();
        if end <= room {
            return;
        }
        let mut larger = KeyValueCache::new(batch, end.max(2 * room), width);
        larger.append(self.keys(), self.values());
        *self = larger;
    }

    /// Adds positions, (B, T, D) each.
    pub(super) fn append(&mut self, keys: ArrayView3<'_, Real>, values: ArrayView3<'_, Real>) {
        let new = self.length..self.length + keys.len_of(Axis(1));
        self.reserve(new.end);
        self.keys.slice_mut(s![.., .., new.clone()]).assign(&keys.permuted_axes([0, 2, 1]));
        self.values.slice_mut(s![.., new.clone(), ..]).assign(&values);
        self.length = new.end;
    }

    /// [`append`](Self::append) of one position to the only row, (D) each.
    #[track_caller]
    pub(super) fn push(&mut self, key: &[Real], value: &[Real]) {
        let at = self.length;
        self.reserve(at + 1);
        let (batch, room, width) = self.values.dim();
        assert_eq!(batch, 1, "attention: a cache of one row");
        let [keys, values] = [&mut self.keys, &mut self.values].map(|all| all.as_slice_mut().expect("standard layout"));
        keys.chunks_exact_mut(room).zip(key).for_each(|(row, &key)| row[at] = key);
        values[at * width..][..width].copy_from_slice(value);
        self.length = at + 1;
    }

    /// Keys (D, room) and values (room, D) of the only row, of which the first [`len`](Self::len) are those of positions.
    #[track_caller]
    pub(super) fn of_one(&self) -> [&[Real]; 2] {
        assert_eq!(self.keys.len_of(Axis(0)), 1, "attention: a cache of one row");
        [&self.keys, &self.values].map(|all| all.as_slice().expect("standard layout"))
    }

    /// (B, S, D), S the number of positions.
    pub fn keys(&self) -> ArrayView3<'_, Real> {
        self.keys.slice(s![.., .., ..self.length]).permuted_axes([0, 2, 1])
    }

    /// (B, S, D), S the number of positions.
    pub fn values(&self) -> ArrayView3<'_, Real> {
        self.values.slice(s![.., ..self.length, ..])
    }
}

impl Rows for KeyValueCache {
    fn rows(&self, rows: &[usize]) -> Self {
        let of = |all: &Array3<Real>| all.select(Axis(0), rows);
        KeyValueCache { keys: of(&self.keys), values: of(&self.values), length: self.length }
    }
}

/// The keys and values that one layer's cross-attention makes of a memory, computed once for all tokens to come.
#[derive(Clone, Debug)]
pub struct CrossKeyValues {
    /// Keys and values side by side, (B, S, 2·D).
    kv: Tensor,
    /// How many positions of each row are real.
    lengths: Vec<usize>,
}

impl CrossKeyValues {
    pub(super) fn new(kv: &Tensor, lengths: Option<&[usize]>) -> Self {
        let [batch, positions, _] = *kv.shape() else { unreachable!("a product of (B, S, D)") };
        CrossKeyValues { kv: kv.detach(), lengths: lengths.map_or_else(|| vec![positions; batch], <[usize]>::to_vec) }
    }

    /// How many positions of each row are real.
    pub(super) fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// (B, S, D).
    pub(super) fn keys(&self) -> ArrayView3<'_, Real> {
        let kv = self.kv.view::<Ix3>("memory");
        kv.split_at(Axis(2), kv.len_of(Axis(2)) / 2).0
    }

    /// (B, S, D).
    pub(super) fn values(&self) -> ArrayView3<'_, Real> {
        let kv = self.kv.view::<Ix3>("memory");
        kv.split_at(Axis(2), kv.len_of(Axis(2)) / 2).1
    }
}

impl Rows for CrossKeyValues {
    fn rows(&self, rows: &[usize]) -> Self {
        CrossKeyValues { kv: self.kv.rows(rows), lengths: rows.iter().map(|&row| self.lengths[row]).collect() }
    }
}
