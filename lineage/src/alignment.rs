//! Where a translator looked, by words, as a table and as a drawing.

use benches::figure::{Figure, Heat, Plot, Scale};
use data::Token;
use data::pairs::{Level, Vocabulary};
use ndarray::{Array2, ArrayView2};
use tensor::Real;

/// Of every token of a sentence the word that it belongs to, where words are what stands between spaces. A space between
/// characters belongs to none.
pub type Words = Vec<Option<usize>>;

/// The words of a sentence that was read.
pub fn words_read(level: Level, sentence: &str) -> Words {
    let mut words = Vec::new();
    for (number, word) in sentence.split_whitespace().enumerate() {
        if number > 0 && level == Level::Character {
            words.push(None);
        }
        words.extend(std::iter::repeat_n(Some(number), level.pieces(word).len()));
    }
    words
}

/// The words of a translation that was said.
fn words_said(vocabulary: &Vocabulary, tokens: &[Token]) -> Words {
    let word = |end: usize| {
        let so_far = vocabulary.decode(&tokens[..end]);
        let words = so_far.split_whitespace().count();
        if so_far.ends_with(char::is_whitespace) { None } else { words.checked_sub(1) }
    };
    (1..=tokens.len()).map(word).collect()
}

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
    /// The words of the source.
    pub source: Vec<String>,
    /// The words of the translation.
    pub target: Vec<String>,
    /// A row for each word of the translation.
    pub weights: Array2<f64>,
}

impl Aligned {
    /// The words of both sides, and where they looked.
    ///
    /// # Shapes
    /// - `weights`: (tokens said, tokens read)
    pub fn new(
        level: Level,
        sentence: &str,
        vocabulary: &Vocabulary,
        said: &[Token],
        weights: ArrayView2<'_, Real>,
    ) -> Self {
        let words = |sentence: &str| sentence.split_whitespace().map(str::to_owned).collect();
        Aligned {
            source: words(sentence),
            target: words(&vocabulary.decode(said)),
            weights: of_words(&words_read(level, sentence), &words_said(vocabulary, said), weights),
        }
    }

    /// A line for each word of the translation, a column for each of the source.
    pub fn table(&self) -> String {
        let width = |word: &String| word.chars().count();
        let left = self.target.iter().map(width).max().unwrap_or(0);
        let columns: Vec<usize> = self.source.iter().map(|word| width(word).max(4)).collect();
        let mut table = " ".repeat(left);
        for (word, column) in self.source.iter().zip(&columns) {
            table += &format!("  {word:>column$}");
        }
        for (word, looked) in self.target.iter().zip(self.weights.outer_iter()) {
            table += &format!("\n{word:left$}");
            for (weight, column) in looked.iter().zip(&columns) {
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
            columns: self.source.clone(),
            rows: self.target.clone(),
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
    use tensor::Real;

    use super::{Aligned, of_words, words_read, words_said};

    #[test]
    fn tokens_of_a_word_are_taken_together() {
        let source = words_read(Level::Word, "10:30 now"); // 10, :, 30, now
        let target = words_read(Level::Word, "ahora mismo");
        // The third row is that of the end, which no word has.
        let weights = arr2(&[[0.5 as Real, 0.25, 0.125, 0.125], [0.0, 0.0, 0.25, 0.75], [0.0, 0.0, 0.0, 1.0]]);
        assert_eq!(of_words(&source, &target, weights.view()), array![[0.875, 0.125], [0.25, 0.75]]);
        let mean = of_words(&vec![Some(0), Some(1)], &vec![Some(0), Some(0)], weights.slice(s![..2, ..2]));
        assert_eq!(mean, array![[0.25, 0.125]]);
    }

    #[test]
    fn spaces_between_characters_belong_to_no_word() {
        assert_eq!(words_read(Level::Character, "ab  c"), [Some(0), Some(0), None, Some(1)]);
        let vocabulary = Vocabulary::new(Level::Character, false, 10, ["ab c"]);
        assert_eq!(words_said(&vocabulary, &vocabulary.encode("ab c")), [Some(0), Some(0), None, Some(1)]);
    }

    #[test]
    fn an_unknown_word_that_was_said_is_one_word() {
        let vocabulary = Vocabulary::new(Level::Word, false, 10, ["¿sí?"]);
        let said = [vocabulary.encode("¿sí")[0], UNKNOWN, vocabulary.encode("sí?")[1]];
        assert_eq!(vocabulary.decode(&said), "¿<unk>?");
        assert_eq!(words_said(&vocabulary, &said), [Some(0); 3]);
    }

    #[test]
    fn a_table_has_a_column_for_each_word() {
        let vocabulary = Vocabulary::new(Level::Word, false, 10, ["perros sí"]);
        let weights = arr2(&[[0.75 as Real, 0.25], [0.0, 1.0]]);
        let said = vocabulary.encode("perros sí");
        let table = Aligned::new(Level::Word, "white dogs", &vocabulary, &said, weights.view()).table();
        assert_eq!(table, "        white  dogs\nperros   0.75  0.25\nsí       0.00  1.00");
    }
}
