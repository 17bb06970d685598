//! Operations that move numbers and change none: reshape, permute, slice, concatenate, stack.

use std::ops::Range;

use ndarray::{ArrayViewD, Axis, IxDyn, Slice};

use super::standard;
use crate::operation::{Backward, Cost, Inputs, Outputs};
use crate::tape::record;
use crate::{Real, Tensor, shared};

/// Moving numbers is no work and no step of a computation.
fn moved(elements: usize) -> Cost {
    Cost { work: 0, bytes: (2 * elements * size_of::<Real>()) as u64, span: 0 }
}

struct Reshape {
    from: IxDyn,
}

impl Backward for Reshape {
    fn name(&self) -> &'static str {
        "reshape"
    }
    fn cost(&self) -> Cost {
        moved(0)
    }
    fn saved_bytes(&self) -> usize {
        0
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        dx.add(0, dy.only().into_shape_with_order(self.from).expect("a reshape keeps the number of elements"));
    }
}

struct Permute {
    inverse: Vec<usize>,
}

impl Backward for Permute {
    fn name(&self) -> &'static str {
        "permute"
    }
    fn cost(&self) -> Cost {
        moved(0)
    }
    fn saved_bytes(&self) -> usize {
        0
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        dx.add(0, dy.only().permuted_axes(self.inverse));
    }
}

struct SliceAxis {
    axis: usize,
    range: Range<usize>,
    elements: usize,
}

impl Backward for SliceAxis {
    fn name(&self) -> &'static str {
        "slice"
    }
    fn cost(&self) -> Cost {
        moved(self.elements)
    }
    fn saved_bytes(&self) -> usize {
        0
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dy = dy.only();
        dx.accumulate(0, |mut dst, _| {
            let mut part = dst.slice_axis_mut(Axis(self.axis), Slice::from(self.range));
            part += &dy;
        });
    }
}

/// Fills what stands behind the ends of the rows of (B, T, ..) with zeros, whatever it was.
fn clear_behind(x: &mut ndarray::ArrayD<Real>, lengths: &[usize]) {
    for (mut row, &length) in x.outer_iter_mut().zip(lengths) {
        row.slice_axis_mut(Axis(0), Slice::from(length..)).fill(0.0);
    }
}

struct Within {
    lengths: Vec<usize>,
    elements: usize,
}

impl Backward for Within {
    fn name(&self) -> &'static str {
        "within"
    }
    fn cost(&self) -> Cost {
        moved(self.elements)
    }
    fn saved_bytes(&self) -> usize {
        self.lengths.len() * size_of::<usize>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let mut dy = dy.only();
        clear_behind(&mut dy, &self.lengths);
        dx.add(0, dy);
    }
}

struct Concat {
    axis: usize,
    lengths: Vec<usize>,
    elements: usize,
}

impl Backward for Concat {
    fn name(&self) -> &'static str {
        "concat"
    }
    fn cost(&self) -> Cost {
        moved(self.elements)
    }
    fn saved_bytes(&self) -> usize {
        0
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dy = dy.only();
        let mut start = 0;
        for (i, length) in self.lengths.into_iter().enumerate() {
            if dx.wants(i) {
                let part = Slice::from(start..start + length);
                dx.add(i, dy.slice_axis(Axis(self.axis), part).as_standard_layout().into_owned());
            }
            start += length;
        }
    }
}

impl Tensor {
    /// The same numbers, in row-major order, under another shape.
    ///
    /// # Shapes
    /// - `self`: any; returns `shape`, of as many elements.
    ///
    /// # Panics
    /// If the number of elements differs.
    #[track_caller]
    pub fn reshape(&self, shape: &[usize]) -> Tensor {
        let count: usize = shape.iter().product();
        assert_eq!(count, self.value().len(), "reshape: {:?} does not become {shape:?}", self.shape());
        let [y] = record(&[self], || {
            let y = standard(self.value()).into_shape_with_order(shape).expect("the number of elements was checked");
            ([y], Reshape { from: self.value().raw_dim() })
        });
        y
    }

    /// The axes in another order: axis i of the result is axis `axes[i]` of `self`. Copies no numbers.
    ///
    /// # Shapes
    /// - `self`: any; returns the same lengths in the order of `axes`: (B, T, D) becomes (D, B, T) by `[2, 0, 1]`.
    ///
    /// # Panics
    /// If `axes` is not a permutation.
    #[track_caller]
    pub fn permute(&self, axes: &[usize]) -> Tensor {
        let mut inverse = vec![usize::MAX; axes.len()];
        for (to, &from) in axes.iter().enumerate() {
            if let Some(place) = inverse.get_mut(from) {
                *place = to;
            }
        }
        let valid = axes.len() == self.shape().len() && !inverse.contains(&usize::MAX);
        assert!(valid, "permute: {axes:?} does not order the axes of shape {:?}", self.shape());
        let [y] = record(&[self], || ([self.value().clone().permuted_axes(axes)], Permute { inverse }));
        y
    }

    /// The part `range` of one axis.
    ///
    /// # Shapes
    /// - `self`: any; returns its shape with `range.len()` for the length of `axis`.
    ///
    /// # Panics
    /// If there is no such axis, or the range leaves it.
    #[track_caller]
    pub fn slice(&self, axis: usize, range: Range<usize>) -> Tensor {
        let valid = self.shape().get(axis).is_some_and(|&n| range.start <= range.end && range.end <= n);
        assert!(valid, "slice: shape {:?} has no part {range:?} on axis {axis}", self.shape());
        let [y] = record(&[self], || {
            let part = self.value().slice_axis(Axis(axis), Slice::from(range.clone())).to_owned();
            let elements = part.len();
            ([part.into_shared()], SliceAxis { axis, range, elements })
        });
        y
    }

    /// The rows of a padded batch with zeros in the padding, whatever stands there: what is not a number too. No
    /// gradient reaches it.
    ///
    /// # Shapes
    /// - `self`: (B, T, ..), `lengths`: B, each at most T; returns the same shape.
    ///
    /// # Panics
    /// If the lengths do not fit.
    #[track_caller]
    pub fn within(&self, lengths: &[usize]) -> Tensor {
        let fits = matches!(self.shape(), &[batch, steps, ..]
            if lengths.len() == batch && lengths.iter().all(|&length| length <= steps));
        assert!(fits, "within: lengths {lengths:?} do not fit (B, T, ..) {:?}", self.shape());
        let [y] = record(&[self], || {
            let mut y = self.value().as_standard_layout().into_owned();
            clear_behind(&mut y, lengths);
            let elements = y.len();
            ([shared(y)], Within { lengths: lengths.to_vec(), elements })
        });
        y
    }

    /// The rows of a padded batch themselves; where something in the padding is not finite, [`within`](Self::within) the
    /// lengths: the padding's gradient may be 0, but a product's way back to its weights would multiply it with what
    /// stands there.
    ///
    /// # Shapes
    /// - `self`: (B, T, ..), `lengths`: B, each at most T; returns the same shape.
    ///
    /// # Panics
    /// If the lengths do not fit.
    #[track_caller]
    pub fn finite_within(&self, lengths: Option<&[usize]>) -> Tensor {
        let Some(lengths) = lengths else { return self.clone() };
        let finite = |(row, &length): (ArrayViewD<'_, Real>, &usize)| {
            row.slice_axis(Axis(0), Slice::from(length.min(row.len_of(Axis(0)))..)).iter().all(|x| x.is_finite())
        };
        if self.value().outer_iter().zip(lengths).all(finite) { self.clone() } else { self.within(lengths) }
    }

    /// Position `i` of one axis, which disappears.
    ///
    /// # Shapes
    /// - `self`: any; returns its shape without `axis`.
    ///
    /// # Panics
    /// If there is no such position.
    #[track_caller]
    pub fn index(&self, axis: usize, i: usize) -> Tensor {
        let part = self.slice(axis, i..i + 1);
        let mut shape = part.shape().to_vec();
        shape.remove(axis);
        part.reshape(&shape)
    }
}

/// Tensors end to end along an axis they have.
///
/// # Shapes
/// - `parts`: equal but for the length of `axis`; returns their shape with the sum of these lengths.
///
/// # Panics
/// If there are none, or their other axes differ.
#[track_caller]
pub fn concat(axis: usize, parts: &[&Tensor]) -> Tensor {
    let others =
        |x: &Tensor| x.shape().iter().enumerate().filter(|&(i, _)| i != axis).map(|(_, &n)| n).collect::<Vec<_>>();
    let fits = parts.iter().all(|part| axis < part.shape().len() && others(part) == others(parts[0]));
    assert!(fits && !parts.is_empty(), "concat: shapes {:?} along axis {axis}", shapes(parts));
    let [y] = record(parts, || {
        let views: Vec<_> = parts.iter().map(|part| part.value().view()).collect();
        let y = ndarray::concatenate(Axis(axis), &views).expect("the shapes were checked");
        let lengths = parts.iter().map(|part| part.shape()[axis]).collect();
        let elements = y.len();
        ([shared(y)], Concat { axis, lengths, elements })
    });
    y
}

/// Tensors of one shape side by side along a new axis.
///
/// # Shapes
/// - `parts`: n of one shape; returns that shape with an axis of length n inserted as number `axis`.
///
/// # Panics
/// If there are none, or their shapes differ.
#[track_caller]
pub fn stack(axis: usize, parts: &[&Tensor]) -> Tensor {
    let Some(first) = parts.first() else { panic!("stack: no tensors") };
    assert!(parts.iter().all(|part| part.shape() == first.shape()), "stack: shapes {:?} differ", shapes(parts));
    let mut shape = first.shape().to_vec();
    shape.insert(axis, 1);
    let parts: Vec<Tensor> = parts.iter().map(|part| part.reshape(&shape)).collect();
    concat(axis, &parts.iter().collect::<Vec<_>>())
}

fn shapes<'a>(parts: &[&'a Tensor]) -> Vec<&'a [usize]> {
    parts.iter().map(|part| part.shape()).collect()
}
