//! Where a translator looked, by words, as a table and as a drawing.

use data::pairs::Vocabulary;
use data::{Token, visible};
use ndarray::{Array2, ArrayView2};
use report::figure::{Figure, Heat, Labels, Plot, Scale};
use report::format::{columns, printable};
use tensor::Real;

/// Of every token of a sentence the number of its word, as a [`Vocabulary`] counts them; a space has none.
pub type Words = [Option<usize>];

/// How much each word of the translation looked at each word of the source. A word of several tokens got what all of them
/// got, and looked as they did in the mean.
///
/// # Shapes
/// - `weights`: (T, S), in tokens, the end may follow; returns (words of the translation, words of the source)
pub fn of_words(source: &Words, target: &Words, weights: ArrayView2<'_, Real>) -> Array2<f64> {
    let count = |words: &Words| words.iter().flatten().max().map_or(0, |last| last + 1);
    let mut found = Array2::zeros((count(target), count(source)));
    let mut tokens = vec![0.0; found.nrows()];
    for (row, looked) in target.iter().zip(weights.outer_iter()) {
        let Some(row) = *row else { continue };
        tokens[row] += 1.0;
        for (column, &weight) in source.iter().zip(looked) {
            if let Some(column) = *column {
                found[[row, column]] += f64::from(weight);
            }
        }
    }
    for (mut row, tokens) in found.outer_iter_mut().zip(tokens) {
        row /= tokens;
    }
    found
}

/// A translation with what its words looked at.
pub struct Aligned {
    /// The words of the source, as labels.
    pub source: Vec<String>,
    /// The words of the translation, as labels.
    pub target: Vec<String>,
    /// A row for each word of the translation.
    pub weights: Array2<f64>,
}

impl Aligned {
    /// The words of both sides, and where they looked. What stands for an unknown token is told by its place.
    ///
    /// # Shapes
    /// - `weights`: (tokens said, tokens read)
    pub fn new(
        [source, target]: [&Vocabulary; 2],
        sentence: &str,
        said: &[Token],
        weights: ArrayView2<'_, Real>,
        unknown: impl Fn(usize) -> String,
    ) -> Self {
        let labels = |words: Vec<String>| words.iter().map(|word| printable(&visible(word)).into_owned()).collect();
        Aligned {
            source: labels(source.words(sentence)),
            target: labels(target.said_words(said, unknown)),
            weights: of_words(&source.words_read(sentence), &target.words_said(said), weights),
        }
    }

    /// A line for each word of the translation, a column for each of the source.
    pub fn table(&self) -> String {
        let Aligned { source, target, .. } = self;
        let left = target.iter().map(|word| columns(word)).max().unwrap_or(0);
        let widths: Vec<usize> = source.iter().map(|word| columns(word).max(4)).collect();
        let mut table = " ".repeat(left);
        for (word, width) in source.iter().zip(&widths) {
            table += &format!("  {}{word}", " ".repeat(width - columns(word)));
        }
        for (word, looked) in target.iter().zip(self.weights.outer_iter()) {
            table += &format!("\n{word}{}", " ".repeat(left - columns(word)));
            for (weight, column) in looked.iter().zip(&widths) {
                table += &format!("  {weight:column$.2}");
            }
        }
        table
    }

    /// The same as shades.
    pub fn figure(&self) -> Figure {
        let heat = Heat {
            x: "word of the source".to_owned(),
            y: "word of the translation".to_owned(),
            value: "how much the translation looked at the source, of 1".to_owned(),
            scale: Scale::Linear,
            columns: Labels::Names(self.source.clone()),
            rows: Labels::Names(self.target.clone()),
            values: self.weights.outer_iter().map(|row| row.to_vec()).collect(),
        };
        let title = format!("{}: {}", self.source.join(" "), self.target.join(" "));
        Figure::new("alignment", title, "Where each word of the translation looked.", Plot::Heat(heat))
    }
}

#[cfg(test)]
mod tests {
    use data::pairs::{Level, UNKNOWN, Vocabulary};
    use ndarray::{arr2, array, s};
    use report::figure::Size;
    use tensor::Real;

    use super::{Aligned, of_words};

    #[test]
    fn tokens_of_a_word_are_taken_together() {
        let vocabulary = Vocabulary::new(Level::Word, false, 10, ["any"]);
        let source = vocabulary.words_read("10:30 now"); // of 10, :, 30, now the first two are one word
        let target = vocabulary.words_read("ahora mismo");
        // The third row is that of the end, which no word has.
        let weights = arr2(&[[0.5 as Real, 0.25, 0.125, 0.125], [0.0, 0.0, 0.25, 0.75], [0.0, 0.0, 0.0, 1.0]]);
        assert_eq!(of_words(&source, &target, weights.view()), array![[0.75, 0.125, 0.125], [0.0, 0.25, 0.75]]);
        let mean = of_words(&[Some(0), Some(1)], &[Some(0), Some(0)], weights.slice(s![..2, ..2]));
        assert_eq!(mean, array![[0.25, 0.125]]);
    }

    #[test]
    fn spaces_between_characters_belong_to_no_word() {
        let vocabulary = Vocabulary::new(Level::Character, false, 10, ["ab c"]);
        assert_eq!(vocabulary.words_read("ab  c"), [Some(0), Some(0), None, Some(1)]);
        assert_eq!(vocabulary.words_said(&vocabulary.encode("ab c")), [Some(0), Some(0), None, Some(1)]);
    }

    #[test]
    fn an_unknown_word_that_was_said_is_one_word() {
        let vocabulary = Vocabulary::new(Level::Word, false, 10, ["¿sí?"]);
        let said = [vocabulary.encode("¿sí")[0], UNKNOWN, vocabulary.encode("sí?")[1]];
        assert_eq!(vocabulary.decode(&said), "¿<unk>?");
        assert_eq!(vocabulary.words_said(&said), [Some(0); 3]);
        assert_eq!(vocabulary.said_words(&said, |_| "<unk>".to_owned()), ["¿<unk>?"]);
    }

    /// A change of direction would turn all that follows, and what cannot be seen would have no label.
    #[test]
    fn words_that_cannot_be_seen_have_labels() {
        let vocabulary = Vocabulary::new(Level::Word, false, 10, ["a"]);
        let sentence = "\u{202e}abc\u{202c} \u{200b} \u{301} de\u{1b}f";
        let weights = arr2(&[[0.0 as Real; 9]]);
        let said = vocabulary.encode("a");
        let aligned = Aligned::new([&vocabulary; 2], sentence, &said, weights.view(), |_| String::new());
        assert_eq!(aligned.source, ["\u{fffd}abc\u{fffd}", "U+200B", "\u{25cc}\u{301}", "de␛", "f"]);
        let drawing = aligned.figure().document(Size::Wide).unwrap();
        for word in &aligned.source {
            assert!(drawing.lines().any(|line| line == word), "{word} in {drawing}");
        }
    }

    #[test]
    fn a_table_has_a_column_for_each_word() {
        let vocabulary = Vocabulary::new(Level::Word, false, 10, ["perros sí"]);
        let weights = arr2(&[[0.75 as Real, 0.25], [0.0, 1.0]]);
        let said = vocabulary.encode("perros sí");
        let table = Aligned::new([&vocabulary; 2], "white dogs", &said, weights.view(), |_| String::new()).table();
        assert_eq!(table, "        white  dogs\nperros   0.75  0.25\nsí       0.00  1.00");
    }
}
