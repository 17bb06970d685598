//! The criterion of C13: nobody is better than the model named for a task, and none does for all.

use grammar::tasks::Task;
use report::statistics::{Summary, by_size};
use report::table::Cell;
use transformer::families::Family;

use super::{MARGIN, Measurements, training::TaskOutcome};
use crate::{
    study::{
        grid,
        parts::{self, Bound, Part},
        text::semicolons,
    },
    verdict::{Basis, Verdict, exceeds},
};

/// The claim's, by the task that courses name it for.
pub fn named(task: Task) -> Family {
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

    /// Of the models named for a task over any other there: the one with the smallest mean.
    pub fn smallest_lead(&self, both: Family) -> Summary {
        let leads = Self::rivals(both).map(|(task, named, rival)| self.ahead(task, named, rival));
        leads.min_by(|a, b| by_size(&a.mean, &b.mean)).expect("every task has rivals")
    }

    /// The criterion, with this encoder-decoder.
    pub fn parts(&self, both: Family) -> [Part; 2] {
        let not_behind: Vec<Verdict> = Self::rivals(both).map(|rival| self.not_behind(rival)).collect();
        let not_for_all = families(both).map(|family| self.not_for_all(both, family));
        let behind = semicolons(families(both).iter().zip(not_for_all), |(family, verdict)| {
            Some(format!("{}: {}", family.name(), verdict.words(Basis::Counted)))
        });
        [
            Part {
                claim: "no model is clearly better at a task than the one named for it",
                found: self.smallest_lead(both).into(),
                unit: "smallest lead of a named model".to_owned(),
                needed: format!("{} everywhere", Bound::More(-MARGIN)),
                verdict: Verdict::all(&not_behind),
            },
            Part {
                claim: "each model is clearly behind at some task",
                found: Cell::Nothing,
                unit: behind,
                needed: format!("each, by more than {MARGIN}"),
                verdict: Verdict::all(&not_for_all),
            },
        ]
    }

    pub fn verdict(&self, both: Family) -> Verdict {
        parts::verdict(&self.parts(both))
    }
}

/// The verdict of what holds if one of its parts does.
fn any(parts: &[Verdict]) -> Verdict {
    [Verdict::Shown, Verdict::Undecided].into_iter().find(|one| parts.contains(one)).unwrap_or(Verdict::NotShown)
}
