//! What a learner does in the folder of a lab.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::bail;
use labs::{Engine, Exam, Folder, SOURCE, told};
use report::notice;

use super::{Desk, print};
use crate::Ending;
use crate::system::interrupt;

/// How long a look at the file lies behind the last.
const LOOK: Duration = Duration::from_millis(150);

/// What answers a signal.
const INTERRUPTION: &str = "interrupted: the check is ended, and your file is as it was";

impl Desk<'_> {
    pub(super) fn start(&self, name: &str, dir: Option<&Path>, course: Option<&Path>) -> anyhow::Result<Ending> {
        let labs = self.course(course)?;
        let lab = labs.lab(name)?;
        let folder = dir.unwrap_or(Path::new(&lab.name));
        Folder::start(lab, &self.sources, course, folder)?;
        self.note(lab, |_| ());
        let shown = folder.display();
        print(&format!(
            "{}: {}\n\nEdit {shown}/{SOURCE}, and have it checked with `lineage lab check {shown}`, or whenever you save with \
             `lineage lab watch {shown}`.\n",
            lab.manifest.title, lab.manifest.task
        ))?;
        Ok(Ending::Done)
    }

    pub(super) fn check(&self, dir: &Path) -> anyhow::Result<Ending> {
        let folder = Folder::open(dir)?;
        let course = folder.course(&self.sources)?;
        let lab = folder.lab(&course)?;
        let _lock = folder.lock()?;
        let source = folder.source()?;
        let passed = self.with_engine(INTERRUPTION, |engine| {
            self.check_once(engine, &engine.exam(lab, self.common.seed())?, &folder, &source)
        })?;
        Ok(if passed { Ending::Done } else { Ending::Different })
    }

    pub(super) fn watch(&self, dir: &Path) -> anyhow::Result<Ending> {
        let folder = Folder::open(dir)?;
        let course = folder.course(&self.sources)?;
        let lab = folder.lab(&course)?;
        let _lock = folder.lock()?;
        self.with_engine(INTERRUPTION, |engine| {
            let exam = engine.exam(lab, self.common.seed())?;
            let mut last = None;
            loop {
                // What cannot be read now may be saved again in a moment.
                let source = folder.source().map_err(|error| error.to_string());
                if last.as_ref() != Some(&source) {
                    match &source {
                        Ok(source) if self.check_once(engine, &exam, &folder, source)? => return Ok(Ending::Done),
                        Ok(_) => self.common.progress().say(&format!("watching {dir}/{SOURCE}", dir = dir.display())),
                        Err(error) => notice::say(error),
                    }
                    last = Some(source);
                }
                if interrupt::asked() {
                    return Ok(Ending::Interrupted);
                }
                thread::sleep(LOOK);
            }
        })
    }

    fn check_once(&self, engine: &Engine<'_>, exam: &Exam<'_>, folder: &Folder, source: &str) -> anyhow::Result<bool> {
        if self.all_progress().is_ok_and(|all| all.values().all(|progress| progress.checks == 0)) {
            super::say_what_is_not_isolated("what you write runs");
        }
        let (lab, checked) = (exam.lab(), engine.judge(exam, source, folder.path())?);
        let passed = checked.has_passed();
        self.note(lab, |progress| {
            progress.checks += 1;
            progress.passed |= passed;
        });
        print(&told(lab, &checked))?;
        Ok(passed)
    }

    pub(super) fn hint(&self, dir: &Path, seen: bool) -> anyhow::Result<Ending> {
        let mut folder = Folder::open(dir)?;
        let course = folder.course(&self.sources)?;
        let lab = folder.lab(&course)?;
        let hints = if seen { folder.hints(lab) } else { folder.next_hint(lab)? };
        self.note(lab, |progress| progress.hints = progress.hints.max(hints.len()));
        for (number, hint) in (1..).zip(hints) {
            print(&format!("{number} of {}: {}\n", lab.manifest.hints.len(), hint.trim()))?;
        }
        Ok(Ending::Done)
    }

    pub(super) fn solution(&self, dir: &Path, anyway: bool) -> anyhow::Result<Ending> {
        let folder = Folder::open(dir)?;
        let course = folder.course(&self.sources)?;
        let lab = folder.lab(&course)?;
        let progress = self.home.as_ref().map(|home| home.progress()).transpose()?.unwrap_or_default();
        let passed = progress.get(&lab.name).is_some_and(|progress| progress.passed);
        if !passed && !anyway {
            bail!(
                "you have not passed this lab yet: `lineage lab hint` helps, and --anyway shows the solution nevertheless"
            );
        }
        self.note(lab, |progress| progress.solution |= !passed);
        print(&lab.solution()?)?;
        Ok(Ending::Done)
    }

    pub(super) fn reset(&self, dir: &Path) -> anyhow::Result<Ending> {
        let mut folder = Folder::open(dir)?;
        let course = folder.course(&self.sources)?;
        let _lock = folder.lock()?;
        let kept = folder.reset(folder.any_version(&course)?, &self.sources)?;
        print(&match kept {
            Some(kept) => format!("{SOURCE} is the skeleton again; what you had written is in {}\n", kept.display()),
            None => format!("{SOURCE} is the skeleton\n"),
        })?;
        Ok(Ending::Done)
    }
}
