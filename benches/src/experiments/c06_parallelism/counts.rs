//! What C5 and C6 count: work, chains and ways of each kind of layer, over lengths and over widths.

use ndarray::Array3;
use stages::{Layer, LayerKind};
use tensor::{Context, Tensor};
use transformer::Form;

use crate::study::operations::{Curve, Operations};

/// D where lengths are compared, and of the layers that are timed.
pub const WIDTH: usize = 128;
/// T where widths are compared.
pub const LENGTH: usize = 64;

/// What was counted of one kind of layer.
pub struct LayerCounts {
    pub kind: LayerKind,
    /// By T.
    pub by_length: Curve<Operations>,
    /// By D.
    pub by_width: Curve<Operations>,
    /// By T: operations on the way from the first input to the last output, if there is a way.
    pub ways: Option<Curve<u64>>,
}

impl LayerCounts {
    pub fn of(kind: LayerKind) -> Self {
        let layer = Layer::new(kind, WIDTH);
        let lengths = [16, 32, 64, 128, 256, 512].into_iter();
        let widths = [32, 64, 128, 256].into_iter();
        let ways = [16, 32, 64].into_iter().map(|length| Some((length, way(&layer, length, WIDTH)?)));
        Self {
            kind,
            by_length: lengths.map(|length| (length, count(&layer, length, WIDTH))).collect(),
            by_width: widths.map(|width| (width, count(&Layer::new(kind, width), LENGTH, width))).collect(),
            ways: ways.collect(),
        }
    }

    /// Its name, and whether chain and way grow with the length, as those of a recurrent layer do, or stay as they are, as
    /// those of any other do. A feed-forward layer leads from no token to another, so it has no way that could grow.
    pub fn is_as_claimed(&self) -> (String, bool) {
        let recurrent = self.kind.is_recurrent();
        let way = self.ways.as_ref().map_or(!recurrent, |ways| ways.grows_if(recurrent));
        (self.kind.name().to_owned(), way && self.by_length.spans().grows_if(recurrent))
    }
}

/// One pass over a sequence of T = `length` inputs, in small operations.
fn count(layer: &Layer, length: usize, width: usize) -> Operations {
    let x = Tensor::constant(Array3::ones((1, length, width)));
    Operations::count(|| layer.forward(&Context::eval(layer.parameters()), &x, Form::Literal)).1
}

/// The number of operations on the way from the first input to the last output, or `None` if no way leads there.
///
/// The first input is held up by more operations than the layer has; by how much longer the last output has to wait is the
/// length of the way.
fn way(layer: &Layer, length: usize, width: usize) -> Option<u64> {
    const HELD_UP: u64 = 4_096;
    let on_time = Tensor::constant(Array3::ones((1, 1, width)));
    let late = (0..HELD_UP).fold(on_time.clone(), |x, _| x.scale(1.0));
    let mut inputs = vec![on_time; length];
    inputs[0] = late;
    layer.last_output(&Context::eval(layer.parameters()), &inputs).span().checked_sub(HELD_UP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_layers_by_hand() {
        let [rnn, feed_forward, attention] =
            [LayerKind::Rnn, LayerKind::FeedForward, LayerKind::Attention].map(|kind| Layer::new(kind, 8));
        // Two products of 8 × 8, their sum and tanh at each of 5 positions.
        assert_eq!(count(&rnn, 5, 8), Operations { work: 5 * (2 * 2 * 64 + 8 + 8), span: 15 });
        // 8 → 32 → 8 and GELU. Nothing leads from one position to another.
        assert_eq!(count(&feed_forward, 5, 8), Operations { work: 5 * (2 * 2 * 256 + 32), span: 3 });
        assert_eq!((way(&rnn, 5, 8), way(&feed_forward, 5, 8)), (Some(15), None));
        assert_eq!(way(&attention, 5, 8), Some(count(&attention, 5, 8).span));
    }

    /// The paper's table, on what was counted here.
    #[test]
    fn step_02_the_layers_of_this_project() {
        let counted = [LayerKind::Rnn, LayerKind::FeedForward, LayerKind::ScaledDotProduct].map(LayerCounts::of);
        assert!(counted.iter().all(|counted| counted.is_as_claimed().1));
        let [[rnn_t, rnn_d], _, [attention_t, attention_d]] =
            counted.map(|c| [c.by_length, c.by_width].map(|curve| curve.exponent_of_work()));
        assert!((rnn_t - 1.0).abs() < 1e-9 && (attention_t - 2.0).abs() < 1e-9, "{rnn_t} {attention_t}");
        // Biases, tanh and the softmax do not grow with the square of D, or not with D.
        assert!((1.9..2.0).contains(&rnn_d) && (0.85..1.0).contains(&attention_d), "{rnn_d} {attention_d}");
    }

    /// What the captions say: widths do not lengthen a chain, and one curve of the work hides another.
    #[test]
    fn step_03_chains_do_not_depend_on_the_width_and_two_curves_of_work_coincide() {
        let [lstm, feed_forward, block] =
            [LayerKind::Lstm, LayerKind::FeedForward, LayerKind::Block].map(LayerCounts::of);
        for counted in [&lstm, &feed_forward, &block] {
            assert_eq!(counted.by_width.spans().growth(), [0.0, 0.0], "{}", counted.kind.name());
        }
        for ((_, a), (_, b)) in lstm.by_length.points().zip(feed_forward.by_length.points()) {
            assert!((a.work as f64 / b.work as f64 - 1.0).abs() < 0.02, "{a:?} {b:?}");
        }
    }
}
