//! The largest of some shares.

use data::Token;

/// The largest of these with their indices, the first of equals first.
pub fn likeliest(shares: &[f64], most: usize) -> Vec<(Token, f64)> {
    let mut order: Vec<(Token, f64)> = (0..).zip(shares.iter().copied()).collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    order.truncate(most);
    order
}
