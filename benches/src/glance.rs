//! The lineage at a glance: a row for each stage, a column for each thing that matters, a claim behind each column.

use report::statistics::Summary;
use serde::{Deserialize, Serialize};
use stages::{AnyStage, TranslatorStage};

/// What matters of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Column {
    /// Array operations that wait for each other.
    SequentialOperations,
    /// Floating-point operations.
    Arithmetic,
    /// Tokens that a training step on one thread reads in a second.
    OneThread,
    /// The same on all threads.
    AllThreads,
    /// On text that was not trained on.
    Loss,
    /// Over which a symbol is remembered.
    Gap,
    /// That are recalled in context.
    Pairs,
    /// Of 3 to 5 words that are translated right.
    ShortSentences,
    /// Of 10 to 12 words that are translated right.
    LongSentences,
}

/// Which end of a column is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less is.
    Less,
    /// More is.
    More,
}

impl Column {
    /// All, from left to right.
    pub const ALL: [Self; 9] = [
        Self::SequentialOperations,
        Self::Arithmetic,
        Self::OneThread,
        Self::AllThreads,
        Self::Loss,
        Self::Gap,
        Self::Pairs,
        Self::ShortSentences,
        Self::LongSentences,
    ];

    /// Its heading, with the unit.
    pub fn heading(self) -> &'static str {
        match self {
            Self::SequentialOperations => "sequential operations for 512 tokens",
            Self::Arithmetic => "arithmetic per token, million operations",
            Self::OneThread => "training tokens a second, 1 thread",
            Self::AllThreads => "training tokens a second, all threads",
            Self::Loss => "loss on text, nats per character",
            Self::Gap => "longest gap remembered, tokens",
            Self::Pairs => "pairs recalled in context",
            Self::ShortSentences => "sentences of 3 to 5 words translated exactly",
            Self::LongSentences => "sentences of 10 to 12 words translated exactly",
        }
    }

    /// The claim that explains it.
    pub fn claim(self) -> &'static str {
        match self {
            Self::SequentialOperations | Self::Arithmetic | Self::OneThread | Self::AllThreads => "C6",
            Self::Loss => "C16",
            Self::Gap => "C2",
            Self::Pairs => "C26",
            Self::ShortSentences | Self::LongSentences => "C3",
        }
    }

    /// Which end of it is the better one.
    pub fn better(self) -> Better {
        match self {
            Self::SequentialOperations | Self::Arithmetic | Self::Loss => Better::Less,
            _ => Better::More,
        }
    }

    /// Whether it is counted, so that a number without an interval is sure.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::SequentialOperations | Self::Arithmetic)
    }

    /// Why a stage has no number here, whatever is measured.
    pub fn not_for(self, stage: AnyStage) -> Option<&'static str> {
        match (self, stage) {
            (Self::Loss, AnyStage::Translation(_)) => Some("translates"),
            (Self::ShortSentences | Self::LongSentences, AnyStage::Language(_)) => Some("continues texts"),
            (Self::Gap, AnyStage::Translation(TranslatorStage::Seq2Seq)) => Some("is made of LSTMs"),
            (Self::Gap, AnyStage::Translation(_)) | (Self::Gap, AnyStage::Language(stages::Stage::Gpt)) => {
                Some("looks back")
            }
            _ => None,
        }
    }
}

/// One number of the table.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The row.
    pub stage: AnyStage,
    /// The column.
    pub column: Column,
    /// What was measured.
    pub value: Summary,
}

/// By how much of the earlier one two numbers have to differ: the sizes of the models are not quite equal.
const APART: f64 = 0.1;

/// Whether a cell is clearly better (`true`) or clearly worse (`false`) than one before it in the same column; `None` if they
/// are too close to say.
pub fn change(column: Column, before: &Cell, after: &Cell) -> Option<bool> {
    let far = (after.value.mean - before.value.mean).abs() > APART * before.value.mean.abs();
    let tells = tells(column, before) && tells(column, after) && far;
    let verdicts = [(true, after, before), (false, before, after)];
    verdicts.into_iter().find(|(_, one, other)| tells && clears(column, one, other)).map(|(better, ..)| better)
}

/// Which cell of a column is the best, if its interval clears every other's. Nothing is best where only one stage has a number.
pub fn best<'c>(column: Column, cells: &[&'c Cell]) -> Option<&'c Cell> {
    let clears_all = |cell: &Cell| {
        let mut others = cells.iter().filter(|other| other.stage != cell.stage).peekable();
        others.peek().is_some() && others.all(|other| clears(column, cell, other))
    };
    let all_tell = cells.iter().all(|cell| tells(column, cell));
    cells.iter().copied().find(|cell| all_tell && clears_all(cell))
}

/// What is counted needs no interval; of what is estimated, a number without one says nothing about the next run.
fn tells(column: Column, cell: &Cell) -> bool {
    column.is_counted() || cell.value.reach.is_some()
}

/// Whether a cell is better than another, by their intervals.
fn clears(column: Column, cell: &Cell, other: &Cell) -> bool {
    match column.better() {
        Better::Less => end(cell, true) < end(other, false),
        Better::More => end(cell, false) > end(other, true),
    }
}

/// The upper or the lower end of a cell's interval, or its only number.
fn end(cell: &Cell, upper: bool) -> f64 {
    match (cell.value.reach, upper) {
        (None, _) => cell.value.mean,
        (Some(_), true) => cell.value.high(),
        (Some(_), false) => cell.value.low(),
    }
}

#[cfg(test)]
mod tests {
    use report::statistics::Reach;
    use stages::Stage;

    use super::*;

    fn cell(stage: Stage, mean: f64, half: Option<f64>) -> Cell {
        let value = Summary { n: 3, mean, reach: half.map(Reach::Plus) };
        Cell { stage: stage.into(), column: Column::Loss, value }
    }

    #[test]
    fn the_best_is_whoever_clears_all_others() {
        let of = |column, cells: &[Cell]| {
            best(column, &cells.iter().collect::<Vec<_>>()).map(|cell| cell.stage.about().title)
        };
        let apart = [cell(Stage::Rnn, 1.0, Some(0.1)), cell(Stage::Gpt, 2.0, Some(0.5))];
        assert_eq!(of(Column::Loss, &apart), Some("RNN"));
        assert_eq!(of(Column::Gap, &apart), Some("GPT"));
        let meeting = [cell(Stage::Rnn, 1.0, Some(0.1)), cell(Stage::Gpt, 2.0, Some(0.9))];
        assert_eq!(of(Column::Loss, &meeting), None);
        let counted = Column::Arithmetic;
        let exact = [cell(Stage::Rnn, 1.0, None), cell(Stage::Gpt, 1.0, None)];
        assert_eq!(of(counted, &exact), None);
        assert_eq!(of(counted, &exact[..1]), None);
        assert_eq!(of(counted, &[cell(Stage::Rnn, f64::NAN, None), cell(Stage::Gpt, 1.0, None)]), None);
        let single = [cell(Stage::Rnn, 1.0, None), cell(Stage::Gpt, 2.0, None)];
        assert_eq!(of(counted, &single), Some("RNN"));
        assert_eq!(of(Column::Loss, &single), None, "one training says nothing about the next");
        assert_eq!(of(Column::Loss, &[single[0].clone(), apart[1].clone()]), None);
    }

    #[test]
    fn a_step_is_better_or_worse_where_intervals_lie_apart() {
        let of = |before: Cell, after: Cell| change(Column::Loss, &before, &after);
        assert_eq!(of(cell(Stage::Rnn, 2.0, Some(0.1)), cell(Stage::Lstm, 1.0, Some(0.1))), Some(true));
        assert_eq!(of(cell(Stage::Rnn, 1.0, Some(0.1)), cell(Stage::Lstm, 2.0, Some(0.1))), Some(false));
        assert_eq!(of(cell(Stage::Rnn, 1.0, None), cell(Stage::Lstm, 2.0, None)), None);
        assert_eq!(of(cell(Stage::Rnn, 2.0, Some(0.6)), cell(Stage::Lstm, 1.0, Some(0.6))), None);
        assert_eq!(of(cell(Stage::Rnn, 2.0, None), cell(Stage::Lstm, 2.1, None)), None);
    }
}
