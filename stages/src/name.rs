//! A stage of any kind, by its name.

use std::fmt;
use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde::{Deserialize, Serialize};

use crate::{About, AnyStage, EncoderStage, Stage, TextToTextStage, TranslatorStage};

/// A stage of any kind, as the command line and files name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum StageName {
    /// One that continues a text.
    Language(Stage),
    /// One that translates.
    Translation(TranslatorStage),
    /// One that reads a text as a whole.
    Encoder(EncoderStage),
    /// One that reads a text and writes one.
    TextToText(TextToTextStage),
}

impl StageName {
    /// All, in the order of history.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<StageName>> = LazyLock::new(|| {
            let speaking = AnyStage::all().iter().map(|&stage| stage.into());
            let others = EncoderStage::ALL.map(StageName::Encoder).into_iter();
            let others = others.chain(TextToTextStage::ALL.map(StageName::TextToText));
            let mut all: Vec<_> = speaking.chain(others).collect();
            all.sort_by_key(|stage| stage.about().year);
            all
        });
        &ALL
    }

    /// What is known of it without a model of it.
    pub fn about(self) -> About {
        match self {
            StageName::Language(stage) => stage.about(),
            StageName::Translation(stage) => stage.about(),
            StageName::Encoder(stage) => stage.about(),
            StageName::TextToText(stage) => stage.about(),
        }
    }
}

impl From<AnyStage> for StageName {
    fn from(stage: AnyStage) -> Self {
        match stage {
            AnyStage::Language(stage) => StageName::Language(stage),
            AnyStage::Translation(stage) => StageName::Translation(stage),
        }
    }
}

impl From<Stage> for StageName {
    fn from(stage: Stage) -> Self {
        StageName::Language(stage)
    }
}

impl From<TranslatorStage> for StageName {
    fn from(stage: TranslatorStage) -> Self {
        StageName::Translation(stage)
    }
}

impl From<EncoderStage> for StageName {
    fn from(stage: EncoderStage) -> Self {
        StageName::Encoder(stage)
    }
}

impl From<TextToTextStage> for StageName {
    fn from(stage: TextToTextStage) -> Self {
        StageName::TextToText(stage)
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.about().name)
    }
}

impl ValueEnum for StageName {
    fn value_variants<'a>() -> &'a [Self] {
        Self::all()
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let About { name, idea, year, .. } = self.about();
        Some(PossibleValue::new(name).help(format!("{idea}, {year}")))
    }
}

#[cfg(test)]
mod tests {
    use super::{AnyStage, EncoderStage, StageName, TextToTextStage};

    #[test]
    fn stages_stand_in_the_order_of_history_and_no_two_have_one_name() {
        assert!(StageName::all().is_sorted_by_key(|stage| stage.about().year));
        let mut names: Vec<_> = StageName::all().iter().map(|stage| stage.about().name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), AnyStage::all().len() + EncoderStage::ALL.len() + TextToTextStage::ALL.len());
    }
}
