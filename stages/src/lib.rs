//! The stages by name: the one place that knows which there are, and of which type a model of each is.
//!
//! A stage that continues a text is a [`Stage`] with a [`ModelConfig`], one that translates a [`TranslatorStage`] with a
//! [`TranslatorConfig`], one that reads a text as a whole an [`EncoderStage`] with an [`EncoderConfig`], one that reads a text and
//! writes one a [`TextToTextStage`] with a [`TextToTextConfig`]. A [`StageName`] is any of these. Who needs to know something
//! of a stage asks it here, and nobody else names all of them.
//! A [`Layer`] is one of those that stages are built of. [`Parts`] says where the parameters of a Transformer are.
//! `tests` holds the rules that all stages keep.

mod about;
mod any;
mod architecture;
mod cell;
mod count;
mod dynamic;
mod encoders;
mod error;
mod language;
mod layers;
mod name;
mod parts;
mod text_to_text;
mod translators;

pub use about::{About, Defaults};
pub use any::{AnyConfig, AnyStage};
pub use dynamic::{Model, Remembered, State, TranslatorModel};
pub use encoders::{EncoderConfig, EncoderStage};
pub use error::ConfigError;
pub use language::{ModelConfig, Sizes, Stage};
pub use layers::{Layer, LayerKind};
pub use name::StageName;
pub use parts::Parts;
pub use text_to_text::{TextToTextConfig, TextToTextStage};
pub use translators::{ByCell, Cell, TranslatorConfig, TranslatorSizes, TranslatorStage};
