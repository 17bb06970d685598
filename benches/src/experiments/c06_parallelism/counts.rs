//! What C6 counts: work, chains and ways of each kind of layer, over lengths and over widths.

use super::layers::{Counts, Kind, Layer};
use report::{Table, format, statistics::range};

use crate::verdict::Verdict;

/// D where lengths are compared, and of the layers that are timed.
pub const WIDTH: usize = 128;
/// T where widths are compared.
const LENGTH: usize = 64;

/// What was counted of one kind of layer.
pub struct Counted {
    /// Which.
    pub kind: Kind,
    /// By T.
    pub by_length: Vec<(usize, Counts)>,
    /// By D.
    pub by_width: Vec<(usize, Counts)>,
    /// By T: operations on the way from the first input to the last output, if there is a way.
    pub ways: Vec<(usize, Option<u64>)>,
}

impl Counted {
    /// Counts.
    pub fn of(kind: Kind) -> Self {
        let layer = Layer::new(kind, WIDTH);
        Self {
            kind,
            by_length: [16, 32, 64, 128, 256, 512].map(|length| (length, layer.count(length, WIDTH))).into(),
            by_width: [32, 64, 128, 256].map(|width| (width, Layer::new(kind, width).count(LENGTH, width))).into(),
            ways: [16, 32, 64].map(|length| (length, layer.way(length, WIDTH))).into(),
        }
    }

    /// How many operations a further token adds to the chain: the least and the most between neighbouring lengths.
    pub fn chain_growth(&self) -> (f64, f64) {
        growth(self.by_length.iter().map(|(length, counts)| (*length, counts.span)))
    }

    /// Likewise to the way; none if there is no way.
    fn way_growth(&self) -> Option<(f64, f64)> {
        let ways: Option<Vec<(usize, u64)>> = self.ways.iter().map(|(length, way)| Some((*length, (*way)?))).collect();
        ways.map(|ways| growth(ways.into_iter()))
    }

    /// x in work ~ Tˣ and in work ~ Dˣ.
    fn exponents(&self) -> [f64; 2] {
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

/// The part of C6 that is about layers, and all of C5.
pub fn verdict(counted: &[Counted]) -> Verdict {
    let part = |c: &Counted| {
        let recurrent = c.kind.is_recurrent();
        let fits = |(least, most): (f64, f64)| if recurrent { least >= 1.0 } else { (least, most) == (0.0, 0.0) };
        // A feed-forward layer leads from no token to another, so it has no way that could grow.
        Verdict::exact(fits(c.chain_growth()) && c.way_growth().map_or(!recurrent, fits))
    };
    Verdict::all(&counted.iter().map(part).collect::<Vec<_>>())
}

/// Counted beside what table 1 of Vaswani et al. 2017 says.
pub fn table(counted: &[Counted]) -> Table {
    let columns = [
        "layer",
        "work, paper",
        "#exponent of T",
        "#exponent of D",
        "chain, paper",
        "#chain, T = 16",
        "#chain, T = 512",
        "longest way, paper",
        "#way, T = 16",
        "#way, T = 64",
    ];
    let caption = format!(
        "Counted, beside the orders in table 1 of Vaswani et al. 2017 (its n is T, its d is D). Exponents: least-squares slopes \
         of the logarithm of the work, for T from 16 to 512 at D = {WIDTH} and for D from 32 to 256 at T = {LENGTH}. The way \
         leads from the first token to the last"
    );
    let mut table = Table::new("c06-counts", caption, &columns);
    for c in counted {
        let [work, chain, way] = match c.kind {
            Kind::Rnn | Kind::Lstm => ["O(n·d²)", "O(n)", "O(n)"],
            Kind::ScaledDotProduct => ["O(n²·d)", "O(1)", "O(1)"],
            _ => ["–"; 3],
        };
        let [by_length, by_width] = c.exponents().map(|exponent| format::number(exponent, 3));
        let chain_at = |at: Option<&(usize, Counts)>| at.map_or(0, |(_, counts)| counts.span);
        let way_at = |at: Option<&(usize, Option<u64>)>| at.and_then(|at| at.1).map_or("none".into(), format::count);
        table.row([
            c.kind.name().to_owned(),
            work.to_owned(),
            by_length,
            by_width,
            chain.to_owned(),
            format::count(chain_at(c.by_length.first())),
            format::count(chain_at(c.by_length.last())),
            way.to_owned(),
            way_at(c.ways.first()),
            way_at(c.ways.last()),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(kind: Kind, chain: [u64; 2], way: [Option<u64>; 2]) -> Counted {
        let counts = |span| Counts { work: 1, span };
        Counted {
            kind,
            by_length: vec![(16, counts(chain[0])), (32, counts(chain[1]))],
            by_width: vec![(16, counts(1)), (32, counts(1))],
            ways: vec![(16, way[0]), (32, way[1])],
        }
    }

    #[test]
    fn step_01_the_criterion_can_fail() {
        let rnn = |chain, way| counted(Kind::Rnn, chain, way);
        let block = |chain, way| counted(Kind::Block, chain, way);
        let good = || rnn([48, 96], [Some(48), Some(96)]);
        assert_eq!(verdict(&[good(), block([20, 20], [Some(20), Some(20)])]), Verdict::Shown);
        assert_eq!(verdict(&[good(), block([20, 21], [Some(20), Some(20)])]), Verdict::NotShown);
        assert_eq!(verdict(&[good(), block([20, 20], [Some(20), Some(36)])]), Verdict::NotShown);
        assert_eq!(verdict(&[rnn([48, 48], [Some(48), Some(96)])]), Verdict::NotShown);
        assert_eq!(verdict(&[rnn([48, 96], [Some(48), None])]), Verdict::NotShown);
    }

    #[test]
    fn step_02_slopes_by_hand() {
        let cubic = [1.0, 2.0, 5.0].map(|x: f64| (x, 7.0 * x.powi(3)));
        assert!((exponent(cubic.into_iter()) - 3.0).abs() < 1e-12);
        assert_eq!(growth([(1, 5), (2, 6), (4, 12)].into_iter()), (1.0, 3.0));
    }

    /// The paper's table, on what was counted here.
    #[test]
    fn step_03_the_layers_of_this_project() {
        let counted: Vec<Counted> = [Kind::Rnn, Kind::FeedForward, Kind::ScaledDotProduct].map(Counted::of).into();
        assert_eq!(verdict(&counted), Verdict::Shown);
        let [[rnn_t, rnn_d], _, [attention_t, attention_d]] = [0, 1, 2].map(|i: usize| counted[i].exponents());
        assert!((rnn_t - 1.0).abs() < 1e-9 && (attention_t - 2.0).abs() < 1e-9, "{rnn_t} {attention_t}");
        // Biases, tanh and the softmax do not grow with the square of D, or not with D.
        assert!((1.9..2.0).contains(&rnn_d) && (0.85..1.0).contains(&attention_d), "{rnn_d} {attention_d}");
    }

    /// What the captions say: widths do not lengthen a chain, and one curve of the work hides another.
    #[test]
    fn step_04_chains_do_not_depend_on_the_width_and_two_curves_of_work_coincide() {
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
