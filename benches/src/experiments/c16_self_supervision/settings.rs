//! What is varied, one factor at a time.

use report::format;
use stages::{ModelConfig, Sizes, Stage};

use super::languages::{self, SYMBOLS};

/// Tokens that are read at a step, whatever the context: nanoGPT's 12 rows of 64.
pub const TOKENS: usize = 768;

/// T; that of the preset stands in the middle.
pub const CONTEXTS: [usize; 3] = [16, 64, 256];

/// In what a recurrent model is equal to a gpt of the same number of layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Equal {
    /// About equal, as near as a whole width comes.
    Parameters,
    /// The state of a layer, and with it the embedding.
    Width,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// The first 1/part of the training text.
    Text { part: usize },
    /// A generated language, another one for each seed.
    Language { order: usize },
}

/// Everything that a training depends on but its stage, learning rate and seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    pub steps: u64,
    /// T.
    pub context: usize,
    /// D of gpt.
    pub width: usize,
    pub equal: Equal,
    pub source: Source,
}

impl Setting {
    /// What the others differ from in one factor.
    pub fn preset(steps: u64) -> Self {
        Self { steps, context: CONTEXTS[1], width: 48, equal: Equal::Parameters, source: Source::Text { part: 1 } }
    }

    /// Whether the text and the context are those of another setting.
    pub fn reads_the_same(self, other: Self) -> bool {
        (self.context, self.source) == (other.context, other.source)
    }

    /// How languages of an order are learned.
    pub fn language(order: usize, steps: u64) -> Self {
        let source = Source::Language { order };
        Self { steps, context: languages::CONTEXT, width: 32, equal: Equal::Parameters, source }
    }

    /// The first 1/part of the training text is read; all of a language.
    pub fn part(self) -> usize {
        if let Source::Text { part } = self.source { part } else { 1 }
    }

    /// B.
    pub fn rows(&self) -> usize {
        TOKENS / self.context
    }

    /// Two layers of a stage; a text has so many different characters.
    pub fn model(&self, stage: Stage, characters: usize) -> ModelConfig {
        let vocabulary = if matches!(self.source, Source::Text { .. }) { characters } else { SYMBOLS };
        let sizes = Sizes { layers: 2, embedding: self.width, ..Sizes::new(vocabulary, self.context, self.width) };
        if stage == Stage::Gpt || self.equal == Equal::Width {
            return stage.configure(sizes);
        }
        let parameters = Stage::Gpt.configure(sizes).parameter_count();
        stage.configure(Sizes { width: stage.width_for(parameters, sizes), ..sizes })
    }
}

/// What differs from the preset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Factor {
    Steps,
    Context,
    Size,
    Text,
    State,
}

impl Factor {
    pub const ALL: [Self; 5] = [Self::Steps, Self::Context, Self::Size, Self::Text, Self::State];

    /// The preset and its neighbours, the least first.
    pub fn around(self, preset: Setting) -> Vec<Setting> {
        let Setting { steps, width, .. } = preset;
        match self {
            Self::Steps => [steps.div_ceil(4), steps, 4 * steps].map(|steps| Setting { steps, ..preset }).into(),
            Self::Context => CONTEXTS.map(|context| Setting { context, ..preset }).into(),
            Self::Size => [width / 2, width, 2 * width].map(|width| Setting { width, ..preset }).into(),
            Self::Text => [64, 8, 1].map(|part| Setting { source: Source::Text { part }, ..preset }).into(),
            Self::State => [Equal::Width, Equal::Parameters].map(|equal| Setting { equal, ..preset }).into(),
        }
    }

    /// Its value at a setting, in words.
    pub fn value(self, setting: Setting) -> String {
        match self {
            Self::Steps => format!("{} steps", format::count(setting.steps)),
            Self::Context => format!("context {}", setting.context),
            Self::Size => format!("GPT {} wide", setting.width),
            Self::Text if setting.part() == 1 => "all of the text".to_owned(),
            Self::Text => format!("1/{} of the text", setting.part()),
            Self::State if setting.equal == Equal::Width => "equal width".to_owned(),
            Self::State => "equal parameters".to_owned(),
        }
    }
}
