//! How alike texts are.

use data::one_line;
use report::format::columns;
use tensor::Real;

/// The most characters of a text that are shown beside its row.
const SHOWN: usize = 60;

/// A row for each text: its number, its cosine with every text, and how it begins.
pub fn table(texts: &[(String, Vec<Real>)]) -> String {
    let digits = columns(&texts.len().to_string());
    let heading: String = (1..=texts.len()).map(|number| format!("  {number:>7}")).collect();
    let mut lines = vec![format!("{:digits$}{heading}", "")];
    for (number, (text, one)) in (1..).zip(texts) {
        let cosines: String = texts.iter().map(|(_, other)| format!("  {:>7.4}", cosine(one, other))).collect();
        lines.push(format!("{number:>digits$}{cosines}  {}", begin(text)));
    }
    lines.join("\n")
}

/// Of two vectors of length 1.
fn cosine(one: &[Real], other: &[Real]) -> f64 {
    one.iter().zip(other).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

fn begin(text: &str) -> String {
    let text = one_line(text.trim());
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_row_has_the_cosines_of_its_text() {
        let texts = [("north\n", [1.0, 0.0]), ("east", [0.0, 1.0]), ("between", [0.6, -0.8])];
        let texts = texts.map(|(text, vector)| (text.to_owned(), vector.to_vec()));
        let expected = [
            "         1        2        3",
            "1   1.0000   0.0000   0.6000  north",
            "2   0.0000   1.0000  -0.8000  east",
            "3   0.6000  -0.8000   1.0000  between",
        ];
        assert_eq!(table(&texts).lines().map(str::trim_end).collect::<Vec<_>>(), expected);
    }
}
