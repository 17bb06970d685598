//! Flags that are given and cannot act.

use anyhow::bail;
use benches::stages::{Stage, TranslatorStage};
use serde::Serialize;
use serde_json::Value;

use super::training::Fall;
use super::{Flags, Training, TranslationFlags};
use crate::kind::AnyStage;

impl Flags {
    /// Refuses flags that change nothing in a run with these settings, at its beginning and when it goes on.
    ///
    /// # Errors
    /// A sentence that names the first of them and the way out.
    pub fn act(&self, stage: AnyStage, settings: &impl Serialize, training: &Training) -> anyhow::Result<()> {
        if let Some((name, _)) = self.given()?.into_iter().find(|(name, _)| !reads(stage, name)) {
            bail!("{stage} has no --{name}: leave it out, or train a stage that has one");
        }
        let settings = serde_json::to_value(settings)?;
        let positions = settings.get("positions").and_then(Value::as_str);
        if self.model.context.is_some() && positions.is_some_and(|positions| positions != "learned") {
            bail!(
                "--context is the number of learned positions, and there are none: give --positions learned, or leave \
                 --context out"
            );
        }
        let flags = &self.training;
        if flags.min_lr.is_some() && training.schedule == Fall::InverseSqrt {
            bail!(
                "--min-lr is where the cosine ends, and --schedule inverse-sqrt has no such end: leave one of the two out"
            );
        }
        let Training { steps, eval_every, .. } = *training;
        if let Some(warmup) = flags.warmup.filter(|&warmup| warmup > steps) {
            bail!(
                "--warmup {warmup} is longer than the run, which has {steps} steps and would end before its highest \
                 learning rate: give a shorter one, or more --steps"
            );
        }
        if let Some(patience) = flags.patience.filter(|_| eval_every >= steps) {
            bail!(
                "--patience {patience} cannot act, since this run is evaluated at its last step alone: give an \
                 --eval-every below its {steps} steps, or leave --patience out"
            );
        }
        Ok(())
    }
}

/// Whether a stage reads the flag of this name.
fn reads(stage: AnyStage, name: &str) -> bool {
    let not: &[&str] = match stage {
        AnyStage::Language(stage) => {
            let of_translators =
                serde_json::to_value(TranslationFlags::default()).is_ok_and(|all| all.get(name).is_some());
            return !of_translators && name != if stage == Stage::Gpt { "embedding" } else { "heads" };
        }
        AnyStage::Translation(TranslatorStage::Seq2Seq) => &[
            "carry",
            "heads",
            "context",
            "bidirectional",
            "score",
            "input-feeding",
            "norm",
            "positions",
            "shared-embeddings",
        ],
        AnyStage::Translation(TranslatorStage::Attention) => &[
            "carry",
            "heads",
            "context",
            "bottleneck",
            "peeking",
            "reversed",
            "norm",
            "positions",
            "shared-embeddings",
        ],
        AnyStage::Translation(TranslatorStage::Transformer) => &[
            "carry",
            "embedding",
            "cell",
            "bottleneck",
            "peeking",
            "reversed",
            "bidirectional",
            "score",
            "input-feeding",
            "sampling",
        ],
    };
    !not.contains(&name)
}
