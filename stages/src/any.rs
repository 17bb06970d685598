//! A stage of either of the kinds that say something.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::{About, ModelConfig, Stage, TranslatorConfig, TranslatorStage};

/// A stage that says one token after another. These are compared with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AnyStage {
    /// One that continues a text.
    Language(Stage),
    /// One that translates.
    Translation(TranslatorStage),
}

impl AnyStage {
    /// All, in the order of history.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<AnyStage>> = LazyLock::new(|| {
            let language = Stage::ALL.map(AnyStage::Language);
            let mut all: Vec<_> = language.into_iter().chain(TranslatorStage::ALL.map(AnyStage::Translation)).collect();
            all.sort_by_key(|stage| stage.about().year);
            all
        });
        &ALL
    }

    /// What is known of it without a model of it.
    pub fn about(self) -> About {
        match self {
            AnyStage::Language(stage) => stage.about(),
            AnyStage::Translation(stage) => stage.about(),
        }
    }
}

/// The sizes of a model of either kind.
#[derive(Clone, Debug)]
pub enum AnyConfig {
    /// Of one that continues a text.
    Language(ModelConfig),
    /// Of one that translates.
    Translation(TranslatorConfig),
}

impl AnyConfig {
    /// How many numbers a model of these sizes has.
    pub fn parameter_count(&self) -> u128 {
        match self {
            AnyConfig::Language(config) => config.parameter_count(),
            AnyConfig::Translation(config) => config.parameter_count(),
        }
    }
}

impl From<Stage> for AnyStage {
    fn from(stage: Stage) -> Self {
        AnyStage::Language(stage)
    }
}

impl From<TranslatorStage> for AnyStage {
    fn from(stage: TranslatorStage) -> Self {
        AnyStage::Translation(stage)
    }
}

impl fmt::Display for AnyStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.about().name)
    }
}

#[cfg(test)]
mod tests {
    use super::{AnyStage, Stage, TranslatorStage};

    #[test]
    fn stages_stand_in_the_order_of_history() {
        assert!(AnyStage::all().is_sorted_by_key(|stage| stage.about().year));
        assert_eq!(AnyStage::all().len(), Stage::ALL.len() + TranslatorStage::ALL.len());
    }
}
