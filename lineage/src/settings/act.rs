//! Which flags act in a run: those that its stage reads, and that its settings do not make pointless.

use anyhow::bail;
use report::format::counted;
use serde::Serialize;
use serde_json::Value;
use stages::StageName;

use super::training::Fall;
use super::{Flags, Training, TrainingFlags};
use crate::idle;

impl Flags {
    /// Refuses flags that a stage does not read.
    ///
    /// # Errors
    /// A sentence that names the first of them.
    pub fn read(&self, stage: StageName) -> anyhow::Result<()> {
        if let Some((name, _)) = self.given()?.into_iter().find(|(name, _)| !reads(stage, name)) {
            bail!("{stage} has no --{name}: leave it out, or train a stage that has one");
        }
        Ok(())
    }

    /// Refuses flags that change nothing in a run with these settings, at its beginning and when it goes on.
    ///
    /// # Errors
    /// A sentence that names the first of them and the way out.
    pub fn act(&self, stage: StageName, settings: &impl Serialize, training: &Training) -> anyhow::Result<()> {
        self.read(stage)?;
        let settings = serde_json::to_value(settings)?;
        let positions = settings.get("positions").and_then(Value::as_str);
        let learns = settings.get("learns").and_then(Value::as_str);
        let in_byte_pairs = settings.get("tokens").and_then(Value::as_str) == Some("bpe");
        let (model, flags) = (&self.model, &self.training);
        let &Training { steps, warmup, eval_every, .. } = training;
        let never_falls = warmup.saturating_add(1) >= steps;
        let in_all = counted(steps as usize, "step");
        let only_rises = format!(
            "the learning rate never falls with a warm-up of {warmup} in {in_all}: give more --steps, or leave it out"
        );
        let at_the_end = format!("the run has {in_all} and does so at the last: give at most {steps}, or leave it out");
        idle::refuse(&[
            (
                "vocab-size",
                model.vocab_size.is_some() && !in_byte_pairs,
                "it is the size of a vocabulary of byte pairs: give --tokens bpe, or leave it out",
            ),
            (
                "vocabulary",
                self.translation.vocabulary.is_some() && in_byte_pairs,
                "it counts words or characters: give --vocab-size, or leave it out",
            ),
            (
                "context",
                model.context.is_some() && positions.is_some_and(|positions| positions != "learned"),
                "it is the number of learned positions, and there are none: give --positions learned, or leave it out",
            ),
            (
                "context",
                model.context.is_some() && learns == Some("pairs"),
                "it is how long pieces of a text are, and pairs are read whole: leave it out",
            ),
            (
                "prefix",
                self.text_to_text.prefix.is_some() && learns == Some("text"),
                "it stands before the source of a pair, and a text has none: give --pairs, or leave it out",
            ),
            (
                "sampling",
                self.translation.sampling.is_some_and(|part| part > 0.0) && training.last_batch() == 0,
                "it begins at 0 in the first batch, and there is no other: give more --steps, or leave it out",
            ),
            (
                "min-lr",
                flags.min_lr.is_some() && training.schedule == Fall::InverseSqrt,
                "it is where the cosine ends, and --schedule inverse-sqrt has no such end: leave one of the two out",
            ),
            (
                "warmup",
                flags.warmup.is_some_and(|warmup| warmup > steps),
                &format!(
                    "the run has {in_all} and would end before its highest learning rate: give fewer updates, or more \
                     --steps"
                ),
            ),
            ("min-lr", flags.min_lr.is_some() && never_falls, &only_rises),
            ("schedule", flags.schedule.is_some() && never_falls, &only_rises),
            ("eval-every", flags.eval_every.is_some_and(|every| every > steps), &at_the_end),
            ("save-every", flags.save_every.is_some_and(|every| every > steps), &at_the_end),
            (
                "patience",
                flags.patience.is_some() && eval_every >= steps,
                &format!(
                    "this run is evaluated at its last step alone: give an --eval-every below its {in_all}, or leave it \
                     out"
                ),
            ),
        ])
    }
}

/// Whether a stage reads the flag of this name: one of the training, of all stages of its kind, or its own.
fn reads(stage: StageName, name: &str) -> bool {
    let of_kind: &[&str] = match stage {
        StageName::Language(_) | StageName::Encoder(_) => &["context", "tokens", "vocab-size", "normal-form"],
        StageName::TextToText(_) => &["context", "tokens", "vocab-size", "normal-form", "learns", "prefix"],
        StageName::Translation(_) => &["tokens", "vocab-size", "normal-form", "vocabulary"],
    };
    let of_training = serde_json::to_value(TrainingFlags::default()).is_ok_and(|all| all.get(name).is_some());
    of_training || of_kind.contains(&name) || stage.about().reads.contains(&name)
}
