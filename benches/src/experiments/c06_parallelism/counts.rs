//! What C6 counts: work, chains and ways of each kind of layer, over lengths and over widths.

use super::layers::{Counts, Kind, Layer};
use report::statistics::range;

/// D where lengths are compared, and of the layers that are timed.
pub const WIDTH: usize = 128;
/// T where widths are compared.
pub const LENGTH: usize = 64;

/// What was counted of one kind of layer.
pub struct Counted {
    pub kind: Kind,
    /// By T.
    pub by_length: Vec<(usize, Counts)>,
    /// By D.
    pub by_width: Vec<(usize, Counts)>,
    /// By T: operations on the way from the first input to the last output, if there is a way.
    pub ways: Vec<(usize, Option<u64>)>,
}

impl Counted {
    pub fn of(kind: Kind) -> Self {
        let layer = Layer::new(kind, WIDTH);
        Self {
            kind,
            by_length: [16, 32, 64, 128, 256, 512].map(|length| (length, layer.count(length, WIDTH))).into(),
            by_width: [32, 64, 128, 256].map(|width| (width, Layer::new(kind, width).count(LENGTH, width))).into(),
            ways: [16, 32, 64].map(|length| (length, layer.way(length, WIDTH))).into(),
        }
    }

    /// At the largest T.
    pub fn longest(&self) -> (usize, Counts) {
        *self.by_length.last().expect("it is counted at several lengths")
    }

    /// How many operations a further token adds to the chain: the least and the most between neighbouring lengths.
    pub fn chain_growth(&self) -> (f64, f64) {
        growth(self.by_length.iter().map(|(length, counts)| (*length, counts.span)))
    }

    /// Likewise to the way; none if there is no way.
    pub fn way_growth(&self) -> Option<(f64, f64)> {
        let ways: Option<Vec<(usize, u64)>> = self.ways.iter().map(|(length, way)| Some((*length, (*way)?))).collect();
        ways.map(|ways| growth(ways.into_iter()))
    }

    /// x in work ~ Tˣ and in work ~ Dˣ.
    pub fn exponents(&self) -> [f64; 2] {
        [&self.by_length, &self.by_width]
            .map(|counts| exponent(counts.iter().map(|(n, counts)| (*n as f64, counts.work as f64))))
    }
}

/// The least and the largest slope between neighbours.
pub fn growth(points: impl Iterator<Item = (usize, u64)>) -> (f64, f64) {
    let points: Vec<_> = points.collect();
    let slopes = points.windows(2).map(|pair| (pair[1].1 as f64 - pair[0].1 as f64) / (pair[1].0 - pair[0].0) as f64);
    range(slopes).into()
}

/// The slope of the least-squares line through the logarithms.
fn exponent(points: impl Iterator<Item = (f64, f64)>) -> f64 {
    let points: Vec<_> = points.map(|(x, y)| (x.ln(), y.ln())).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
    let (mean_x, mean_y) = (mean(|p| p.0), mean(|p| p.1));
    let covariance: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    covariance / points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{experiments::c06_parallelism::verdict, verdict::Verdict};

    #[test]
    fn step_01_slopes_by_hand() {
        let cubic = [1.0, 2.0, 5.0].map(|x: f64| (x, 7.0 * x.powi(3)));
        assert!((exponent(cubic.into_iter()) - 3.0).abs() < 1e-12);
        assert_eq!(growth([(1, 5), (2, 6), (4, 12)].into_iter()), (1.0, 3.0));
    }

    /// The paper's table, on what was counted here.
    #[test]
    fn step_02_the_layers_of_this_project() {
        let counted: Vec<Counted> = [Kind::Rnn, Kind::FeedForward, Kind::ScaledDotProduct].map(Counted::of).into();
        assert_eq!(verdict(&counted), Verdict::Shown);
        let [[rnn_t, rnn_d], _, [attention_t, attention_d]] = [0, 1, 2].map(|i: usize| counted[i].exponents());
        assert!((rnn_t - 1.0).abs() < 1e-9 && (attention_t - 2.0).abs() < 1e-9, "{rnn_t} {attention_t}");
        // Biases, tanh and the softmax do not grow with the square of D, or not with D.
        assert!((1.9..2.0).contains(&rnn_d) && (0.85..1.0).contains(&attention_d), "{rnn_d} {attention_d}");
    }

    /// What the captions say: widths do not lengthen a chain, and one curve of the work hides another.
    #[test]
    fn step_03_chains_do_not_depend_on_the_width_and_two_curves_of_work_coincide() {
        let [lstm, feed_forward] = [Kind::Lstm, Kind::FeedForward].map(Counted::of);
        for counted in [&lstm, &feed_forward, &Counted::of(Kind::Block)] {
            let chains = counted.by_width.iter().map(|(_, counts)| counts.span);
            assert!(chains.collect::<Vec<_>>().windows(2).all(|pair| pair[0] == pair[1]), "{}", counted.kind.name());
        }
        for ((_, a), (_, b)) in lstm.by_length.iter().zip(&feed_forward.by_length) {
            assert!((a.work as f64 / b.work as f64 - 1.0).abs() < 0.02, "{a:?} {b:?}");
        }
    }
}
