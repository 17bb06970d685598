//! The criterion of C13: nobody is better than the model named for a task, and none does for all.

use grammar::tasks::Task;
use report::statistics::Summary;
use transformer::families::Family;

use super::{MARGIN, Measurements, training::TaskOutcome};
use crate::{
    study::grid,
    verdict::{Verdict, exceeds},
};

/// The claim's, by the task that courses name it for.
fn named(task: Task) -> Family {
    match task {
        Task::Fill | Task::Classify => Family::EncoderOnly,
        Task::Translate => Family::EncoderDecoder,
        Task::Continue => Family::DecoderOnly,
    }
}

/// The families of the claim, with this encoder-decoder.
pub fn families(both: Family) -> [Family; 3] {
    [Family::EncoderOnly, both, Family::DecoderOnly]
}

impl Measurements {
    #[track_caller]
    pub fn each<T>(&self, task: Task, family: Family, value: impl Fn(&TaskOutcome) -> T) -> Vec<T> {
        grid::find(&self.cells, &family).outcomes.iter().map(|tasks| value(&tasks[task as usize])).collect()
    }

    /// By how much one family is ahead of another on a task.
    pub fn ahead(&self, task: Task, family: Family, other: Family) -> Summary {
        let [family, other] = [family, other].map(|family| self.each(task, family, |outcome| outcome.right));
        Summary::of_differences_right(&family, &other, self.sizes.held_out)
    }

    /// Every task, who is named for it (the encoder-decoder being `both`), and every rival there.
    pub fn rivals(both: Family) -> impl Iterator<Item = (Task, Family, Family)> {
        Task::ALL.into_iter().flat_map(move |task| {
            let named = if named(task) == Family::EncoderDecoder { both } else { named(task) };
            families(both).into_iter().filter(move |family| *family != named).map(move |rival| (task, named, rival))
        })
    }

    /// Whether a rival is at most the margin ahead of who is named for a task.
    pub fn not_behind(&self, (task, named, rival): (Task, Family, Family)) -> Verdict {
        let ahead = self.ahead(task, named, rival);
        match ahead.reach {
            Some(_) if ahead.low() > -MARGIN => Verdict::Shown,
            Some(_) if ahead.high() < -MARGIN => Verdict::NotShown,
            _ => Verdict::Undecided,
        }
    }

    /// Whether a family is more than the margin behind on some task that it is not named for. Any will do, so the intervals
    /// are those of several effects.
    pub fn not_for_all(&self, both: Family, family: Family) -> Verdict {
        let elsewhere: Vec<_> = Self::rivals(both).filter(|&(.., rival)| rival == family).collect();
        let behind = elsewhere
            .iter()
            .map(|&(task, named, rival)| exceeds(&self.ahead(task, named, rival).of_several(elsewhere.len()), MARGIN));
        any(&behind.collect::<Vec<_>>())
    }

    /// By the criterion, with this encoder-decoder.
    pub fn verdict(&self, both: Family) -> Verdict {
        let not_behind = Self::rivals(both).map(|rival| self.not_behind(rival));
        let not_for_all = families(both).into_iter().map(|family| self.not_for_all(both, family));
        Verdict::all(&not_behind.chain(not_for_all).collect::<Vec<_>>())
    }
}

/// The verdict of what holds if one of its parts does.
fn any(parts: &[Verdict]) -> Verdict {
    [Verdict::Shown, Verdict::Undecided].into_iter().find(|one| parts.contains(one)).unwrap_or(Verdict::NotShown)
}
