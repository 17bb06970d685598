//! The models that C26 asks: every stage with about as many parameters.

use data::tasks::{AssociativeRecall, TokenTask};
use report::format::counted;
use stages::{AnyConfig, AnyStage, Sizes, Stage, TranslatorSizes, TranslatorStage};

/// H of the recurrent translators.
const TRANSLATOR_WIDTH: usize = 32;

/// A stage and what of its size is chosen; parameters decide the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reader {
    pub stage: AnyStage,
    pub layers: usize,
    /// H, where the stage is recurrent.
    pub width: usize,
}

impl Reader {
    /// Every stage; recurrent language models with each of the widths, from narrow to wide, gpt with one layer and with two.
    pub fn all(widths: &[usize]) -> Vec<Self> {
        let of = |stage: AnyStage| match stage {
            AnyStage::Language(Stage::Gpt) => [1, 2].map(|layers| Reader { stage, layers, width: 0 }).to_vec(),
            AnyStage::Language(_) => widths.iter().map(|&width| Reader { stage, layers: 1, width }).collect(),
            AnyStage::Translation(_) => vec![Reader { stage, layers: 1, width: TRANSLATOR_WIDTH }],
        };
        AnyStage::all().iter().flat_map(|&stage| of(stage)).collect()
    }

    /// As a legend names it.
    pub fn name(self) -> String {
        let title = self.stage.about().title;
        match self.state() {
            Some(numbers) => format!("{title}, state of {numbers}"),
            None => format!("{title}, {}", counted(self.layers, "layer")),
        }
    }

    /// How many numbers carry all that was read; none where they grow with what was read.
    pub fn state(self) -> Option<usize> {
        match self.stage {
            AnyStage::Language(Stage::Rnn | Stage::Gru) => Some(self.width),
            AnyStage::Language(Stage::Lstm) | AnyStage::Translation(TranslatorStage::Seq2Seq) => Some(2 * self.width),
            AnyStage::Language(Stage::Gpt) | AnyStage::Translation(_) => None,
        }
    }

    /// The configuration that comes closest to the parameters of GPT with two layers
    /// of width `gpt_width`, for a task.
    pub fn config(self, task: AssociativeRecall, gpt_width: usize) -> AnyConfig {
        let gpt = Reader { stage: Stage::Gpt.into(), layers: 2, width: 0 };
        let wanted = gpt.sized(task, gpt_width).parameter_count();
        let sizes = (1..=task.vocabulary_size()).map(|size| self.sized(task, size));
        sizes.min_by_key(|config| config.parameter_count().abs_diff(wanted)).expect("there are tokens")
    }

    /// A recurrent stage keeps its width, and `size` is that of its embedding; of other stages it is the width.
    fn sized(self, task: AssociativeRecall, size: usize) -> AnyConfig {
        let (layers, vocabulary) = (self.layers, task.vocabulary_size());
        let [width, embedding] = if self.stage.about().recurrent { [self.width, size] } else { [size; 2] };
        match self.stage {
            AnyStage::Language(stage) => {
                let sizes = Sizes::new(vocabulary, task.length(), width);
                AnyConfig::Language(stage.configure(Sizes { layers, embedding, heads: 1, ..sizes }))
            }
            AnyStage::Translation(stage) => {
                let sizes = TranslatorSizes::new(vocabulary, vocabulary, width);
                AnyConfig::Translation(stage.configure(TranslatorSizes { layers, embedding, heads: 1, ..sizes }))
            }
        }
    }
}
