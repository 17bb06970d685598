//! What a teacher does.

use std::path::Path;

use data::counted;

use super::{Desk, print};
use crate::Ending;

impl Desk<'_> {
    pub(super) fn certify(&self, dir: Option<&Path>, seeds: u64, mutants: bool) -> anyhow::Result<Ending> {
        let course = self.course(dir)?;
        let mut faults = 0;
        for lab in course.labs() {
            let certificate = self.with_engine(|engine| Ok(engine.certify(lab, 1..=seeds)?))?;
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
            faults += found.len();
            if mutants {
                let mutation = self.with_engine(|engine| Ok(engine.mutate(lab, 1)?))?;
                let passed = mutation.survivors.len();
                print(&format!("  {passed} of {} edits of right versions pass\n", mutation.edits))?;
                for survivor in mutation.survivors {
                    print(&format!("    {survivor}\n"))?;
                }
            }
        }
        Ok(if faults == 0 { Ending::Done } else { Ending::Different })
    }
}
