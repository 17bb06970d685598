//! All labs, and how far the learner has come.

use std::path::Path;

use data::counted;
use labs::Progress;

use super::{Desk, print};
use crate::Ending;

impl Desk<'_> {
    pub(super) fn list(&self, course: Option<&Path>) -> anyhow::Result<Ending> {
        let (course, progress) = (self.course(course)?, self.all_progress()?);
        for lab in course.labs() {
            let passed = progress.get(&lab.name).is_some_and(|progress| progress.passed);
            let mark = if passed { "passed" } else { "" };
            let manifest = &lab.manifest;
            print(&format!("{:<28} {:>2} min  {mark:<6}  {}\n", lab.name, manifest.minutes, manifest.title))?;
        }
        Ok(Ending::Done)
    }

    pub(super) fn progress(&self, course: Option<&Path>) -> anyhow::Result<Ending> {
        let (course, progress) = (self.course(course)?, self.all_progress()?);
        let passed = course.labs().iter().filter(|lab| progress.get(&lab.name).is_some_and(|progress| progress.passed));
        print(&format!("{} of {} passed\n", passed.count(), counted(course.labs().len(), "lab")))?;
        for lab in course.labs() {
            if let Some(progress) = progress.get(&lab.name) {
                print(&format!("{:<28} {}\n", lab.name, told(progress)))?;
            }
        }
        Ok(Ending::Done)
    }

    pub(super) fn all_progress(&self) -> anyhow::Result<std::collections::BTreeMap<String, Progress>> {
        Ok(self.home.as_ref().map(|home| home.progress()).transpose()?.unwrap_or_default())
    }
}

fn told(progress: &Progress) -> String {
    let mut parts = vec![if progress.passed { "passed" } else { "started" }.to_owned()];
    parts.push(counted(progress.checks as usize, "check"));
    parts.extend((progress.hints > 0).then(|| counted(progress.hints, "hint")));
    parts.extend(progress.solution.then(|| "after seeing the solution".to_owned()));
    parts.join(", ")
}
