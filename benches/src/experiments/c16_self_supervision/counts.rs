//! What counting alone predicts: the losses to compare models with.

use data::Token;

/// The mean loss of the tokens of `held_out` but its first, in nats, if the probability of each is its frequency in
/// `train` after the `order` tokens before it. One is added to every count (Laplace), so that none is zero.
///
/// # Panics
/// If a token is not below `vocabulary`, or `order` is above 1.
#[track_caller]
pub fn loss_of_counts(train: &[Token], held_out: &[Token], vocabulary: usize, order: usize) -> f64 {
    assert!(order <= 1, "loss_of_counts: order {order}");
    let context = |before: Token| if order == 0 { 0 } else { before as usize };
    let contexts = vocabulary.pow(order as u32);
    let mut counts = vec![vec![1.0; vocabulary]; contexts];
    for pair in train.windows(2) {
        counts[context(pair[0])][pair[1] as usize] += 1.0;
    }
    let totals: Vec<f64> = counts.iter().map(|row| row.iter().sum()).collect();
    let losses = held_out.windows(2).map(|pair| {
        let context = context(pair[0]);
        -(counts[context][pair[1] as usize] / totals[context]).ln()
    });
    losses.sum::<f64>() / (held_out.len() - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_hand() {
        // After 0: 1 twice, so (1, 3)/4; after 1: 0 once, so (2, 1)/3. Of single tokens: 1, 0, 1, so (2, 3)/5.
        let train = [0, 1, 0, 1];
        let pairs = loss_of_counts(&train, &[0, 1, 1], 2, 1);
        assert!((pairs - 0.5 * ((4.0_f64 / 3.0).ln() + 3.0_f64.ln())).abs() < 1e-12);
        let single = loss_of_counts(&train, &[0, 1, 0], 2, 0);
        assert!((single - 0.5 * ((5.0_f64 / 3.0).ln() + 2.5_f64.ln())).abs() < 1e-12);
    }
}
