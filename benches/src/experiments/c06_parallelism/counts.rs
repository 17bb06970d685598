//! What C5 and C6 count: work, chains and ways of each kind of layer, over lengths and over widths.

use super::layers::{Layer, LayerKind};
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
        let ways = [16, 32, 64].into_iter().map(|length| Some((length, layer.way(length)?)));
        Self {
            kind,
            by_length: lengths.map(|length| (length, layer.count(length))).collect(),
            by_width: widths.map(|width| (width, Layer::new(kind, width).count(LENGTH))).collect(),
            ways: ways.collect(),
        }
    }

    /// Whether chain and way grow with the length, as those of a recurrent layer do, or stay as they are, as those of any
    /// other do. A feed-forward layer leads from no token to another, so it has no way that could grow.
    pub fn is_as_claimed(&self) -> bool {
        let recurrent = self.kind.is_recurrent();
        let way = self.ways.as_ref().map_or(!recurrent, |ways| ways.grows_if(recurrent));
        way && self.by_length.spans().grows_if(recurrent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paper's table, on what was counted here.
    #[test]
    fn step_01_the_layers_of_this_project() {
        let counted = [LayerKind::Rnn, LayerKind::FeedForward, LayerKind::ScaledDotProduct].map(LayerCounts::of);
        assert!(counted.iter().all(LayerCounts::is_as_claimed));
        let [[rnn_t, rnn_d], _, [attention_t, attention_d]] =
            counted.map(|c| [c.by_length, c.by_width].map(|curve| curve.exponent_of_work()));
        assert!((rnn_t - 1.0).abs() < 1e-9 && (attention_t - 2.0).abs() < 1e-9, "{rnn_t} {attention_t}");
        // Biases, tanh and the softmax do not grow with the square of D, or not with D.
        assert!((1.9..2.0).contains(&rnn_d) && (0.85..1.0).contains(&attention_d), "{rnn_d} {attention_d}");
    }

    /// What the captions say: widths do not lengthen a chain, and one curve of the work hides another.
    #[test]
    fn step_02_chains_do_not_depend_on_the_width_and_two_curves_of_work_coincide() {
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
