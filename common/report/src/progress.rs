//! How far a long computation is: bars on a terminal, plain lines in a log, or nothing.
//!
//! Everything goes to standard error; standard output is for results.

use std::{
    cell::{Cell, RefCell},
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{format, notice};

/// Between two plain lines of one task.
const PAUSE: Duration = Duration::from_secs(10);

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A bar that redraws itself.
    Bars,
    /// A line now and then.
    Lines,
    /// Nothing.
    Quiet,
}

impl Progress {
    /// Bars if standard error is a terminal, lines if not, nothing if `quiet`.
    pub fn detect(quiet: bool) -> Self {
        match (quiet, std::io::stderr().is_terminal()) {
            (true, _) => Self::Quiet,
            (false, true) => Self::Bars,
            (false, false) => Self::Lines,
        }
    }

    /// A sentence between tasks: what comes next.
    pub fn say(self, sentence: &str) {
        if self != Self::Quiet {
            notice::say(sentence);
        }
    }

    /// Begins a task of `steps` steps.
    pub fn task(self, name: impl Into<String>, steps: u64) -> Task {
        let name = name.into();
        let bar = match self {
            Self::Bars => ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr_with_hz(10)),
            Self::Lines | Self::Quiet => ProgressBar::hidden(),
        };
        // The template is a constant; an error in it would show as indicatif's plain style.
        if let Ok(style) = ProgressStyle::with_template("{prefix:28!} {bar:24.blue/238} {percent:>3} %  {msg}") {
            bar.set_style(style.progress_chars("━━─"));
        }
        bar.set_prefix(data::one_line(&name).into_owned());
        let now = Instant::now();
        Task {
            mode: self,
            name,
            steps,
            bar,
            began: now,
            spoke: Cell::new(now),
            done: Cell::new(Done::default()),
            note: RefCell::default(),
        }
    }
}

/// One task under way. It disappears from a terminal when dropped.
pub struct Task {
    mode: Progress,
    name: String,
    steps: u64,
    bar: ProgressBar,
    began: Instant,
    spoke: Cell<Instant>,
    done: Cell<Done>,
    note: RefCell<String>,
}

#[derive(Clone, Copy, Default)]
struct Done {
    steps: u64,
    tokens: u64,
}

impl Task {
    /// One more step, which read `tokens` tokens and had this loss.
    pub fn step(&self, loss: f64, tokens: u64) {
        self.advance(1, tokens, &format!("loss {loss:.4}"));
    }

    /// `steps` more steps that read `tokens` tokens, with a note on how it stands.
    pub fn advance(&self, steps: u64, tokens: u64, note: &str) {
        let done = self.done.get();
        self.done.set(Done { steps: done.steps + steps, tokens: done.tokens + tokens });
        note.clone_into(&mut self.note.borrow_mut());
        self.bar.set_position(self.done.get().steps);
        self.show(&self.status());
    }

    /// How it stands, until the next step says it anew.
    pub fn show(&self, status: &str) {
        match self.mode {
            Progress::Quiet => {}
            Progress::Bars => self.bar.set_message(status.to_owned()),
            Progress::Lines => {
                let now = Instant::now();
                if now - self.spoke.get() >= PAUSE {
                    self.spoke.set(now);
                    let steps = format::counted(self.steps as usize, "step");
                    notice::say(&format!("{}: {} of {steps}  {status}", self.name, self.done.get().steps));
                }
            }
        }
    }

    /// A sentence while the task goes on, above its bar.
    pub fn say(&self, sentence: &str) {
        self.bar.suspend(|| self.mode.say(sentence));
    }

    /// `loss 1.8312  12,345 tokens/s  41.0 s left`
    fn status(&self) -> String {
        status(&self.note.borrow(), self.done.get(), self.steps, self.began.elapsed())
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        if self.mode == Progress::Lines && self.done.get().steps > 0 {
            let note = self.note.borrow();
            let separator = if note.is_empty() { "" } else { "  " };
            notice::say(&format!("{}: done in {}{separator}{note}", self.name, format::duration(self.began.elapsed())));
        }
    }
}

fn status(note: &str, done: Done, steps: u64, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(1e-9);
    let mut parts = Vec::new();
    if !note.is_empty() {
        parts.push(note.to_owned());
    }
    if done.tokens > 0 {
        parts.push(format!("{} tokens/s", format::count((done.tokens as f64 / seconds).round() as u64)));
    }
    if done.steps > 0 && done.steps < steps {
        let left = seconds / done.steps as f64 * (steps - done.steps) as f64;
        parts.push(format!("{} left", format::duration(Duration::from_secs_f64(left))));
    }
    parts.join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_says_loss_speed_and_time_left() {
        let done = Done { steps: 25, tokens: 50_000 };
        assert_eq!(
            status("loss 1.8312", done, 100, Duration::from_secs(10)),
            "loss 1.8312  5,000 tokens/s  30.0 s left"
        );
        assert_eq!(status("", Done { steps: 100, tokens: 0 }, 100, Duration::from_secs(10)), "");
    }

    #[test]
    fn quiet_wins_over_the_terminal() {
        assert_eq!(Progress::detect(true), Progress::Quiet);
        let task = Progress::Quiet.task("t", 2);
        task.step(1.0, 10);
        assert_eq!((task.done.get().steps, task.done.get().tokens), (1, 10));
    }
}
