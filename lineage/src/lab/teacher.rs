//! What a teacher does.

use std::path::Path;
use std::time::Instant;

use clap::Args;
use data::counted;
use labs::{Lab, Learned, Mutation, Record, Whole};

use super::{Desk, print};
use crate::Ending;

/// How labs are proven.
#[derive(Args)]
pub(super) struct Proof {
    /// How many seeds to draw questions from
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// Edit the right versions in many small ways too, and show what passes nevertheless
    #[arg(long)]
    mutants: bool,
    /// Keep the result in the folder of each lab that is certified, as certificate.json
    #[arg(long)]
    keep: bool,
}

/// What answers a signal.
const INTERRUPTION: &str = "interrupted: the labs above are proven";
/// A whole lab is trained with no more seeds than this: each takes half a minute for each right version.
const TRAININGS: u64 = 3;

impl Desk<'_> {
    pub(super) fn certify(&self, dir: Option<&Path>, proof: &Proof) -> anyhow::Result<Ending> {
        let course = self.course(dir)?;
        let mut faults = 0;
        for lab in course.labs() {
            let began = Instant::now();
            let certificate = self.with_engine(INTERRUPTION, |engine| Ok(engine.certify(lab, 1..=proof.seeds)?))?;
            let found = certificate.faults();
            let (versions, [second, named]) = (certificate.rows.len(), certificate.second());
            let verdict = if found.is_empty() { "certified" } else { "not certified" };
            print(&format!("{:<28} {verdict}: {}", lab.name, counted(versions, "version")))?;
            if second > 0 {
                print(&format!(", {named} of {second} second versions named rightly"))?;
            }
            print("\n")?;
            for fault in &found {
                print(&format!("  {fault}\n"))?;
            }
            let trainings = match &lab.manifest.whole {
                Some(whole) => self.learn(lab, whole, proof.seeds.min(TRAININGS))?,
                None => Vec::new(),
            };
            let too_high = trainings.iter().filter(|training| !training.is_enough()).count();
            faults += found.len() + too_high;
            let mutation = match proof.mutants {
                true => Some(self.with_engine(INTERRUPTION, |engine| Ok(engine.mutate(lab, 1)?))?),
                false => None,
            };
            if let Some(Mutation { edits, equivalent, survivors }) = &mutation {
                let passed = survivors.len();
                print(&format!(
                    "  of {edits} edits of right versions {equivalent} are known to change nothing, and {passed} others pass\n"
                ))?;
                for survivor in survivors {
                    print(&format!("    {survivor}\n"))?;
                }
            }
            if proof.keep && found.is_empty() && too_high == 0 {
                Record::of(lab, certificate, mutation.as_ref(), trainings, began.elapsed().as_secs())?.keep(lab)?;
            }
        }
        Ok(if faults == 0 { Ending::Done } else { Ending::Different })
    }

    /// Trains the right versions of a whole lab, with so many seeds.
    fn learn(&self, lab: &Lab, whole: &Whole, seeds: u64) -> anyhow::Result<Vec<Learned>> {
        let mut trainings = Vec::new();
        for seed in 1..=seeds {
            let learned =
                self.with_engine(INTERRUPTION, |engine| Ok(engine.learn(lab, whole, seed, whole.steps)?))?;
            for (version, training) in learned {
                let (held_out, bound) = (training.held_out, training.bound);
                print(&format!("  {version}, seed {seed}: {held_out:.3}, and {bound} is asked\n"))?;
                trainings.push(Learned { version, seed, held_out, bound });
            }
        }
        Ok(trainings)
    }
}
