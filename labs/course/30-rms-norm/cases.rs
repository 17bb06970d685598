use labkit::{Draw, Values};

/// Rows of different means and sizes. In every third question the epsilon is large, so that its place can be seen; in every fifth
/// one row is zero, as that of a padding token.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [rows, width] = draw.sizes();
    let (size, shift) = (draw.between((rows, 1), 0.1, 3.0), draw.normal((rows, 1)) * 2.0);
    let x = draw.normal((rows, width)) * &size + shift * size;
    let mut x = x.mapv(|element| (element * 100.0).round() / 100.0);
    if draw.number() % 5 == 2 {
        x.row_mut(rows - 1).fill(0.0);
    }
    let epsilon = if draw.number() % 3 == 1 { 0.5 } else { 1e-5 };
    Values::new().with("x", x).with("gain", draw.normal(width)).with("epsilon", epsilon)
}
