//! `lineage lab`.

mod grade;
mod learner;
mod overview;
mod quiz;
mod teacher;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use labs::{Course, Engine, Home, Sources};
use report::notice;

use crate::system::interrupt;
use crate::{Common, Ending, idle};

/// Learn by writing the mechanisms yourself
///
/// A lab is a small cargo package in a folder of yours, with functions whose bodies are missing. `check` says what is right,
/// and of what is wrong which mistake it is and the smallest numbers on which it shows. Labs are compiled with cargo, and
/// stand on the crates of this project, so its sources must be there.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Lab {
    #[command(subcommand)]
    action: Action,
    /// Folder of the clone of this project, if it is no longer where the program was built; remembered
    #[arg(long, global = true, value_name = "DIR")]
    sources: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Action {
    /// Show all labs
    List(Place),
    /// Write a lab into a new folder
    Start {
        /// Its name, its number, or a part of its name
        #[arg(value_name = "NAME")]
        name: String,
        /// Folder to write it into [default: the name of the lab]
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// Say what is right and what is not
    ///
    /// Exits with 1 if something is not right. Another --seed asks with other numbers.
    Check(Here),
    /// Check whenever the file is saved, until it is right
    Watch(Here),
    /// Give a hint, and each time one more
    Hint {
        #[command(flatten)]
        here: Here,
        /// Only those that were seen
        #[arg(long)]
        seen: bool,
    },
    /// Show a solution
    Solution {
        #[command(flatten)]
        here: Here,
        /// Even though the lab is not passed
        #[arg(long)]
        anyway: bool,
    },
    /// Begin anew; what was written is kept beside it
    Reset(Here),
    /// Show how far you have come
    Progress(Place),
    /// Ask the questions on a chapter of the book
    Quiz(quiz::Ask),
    /// Grade a folder of submissions
    ///
    /// DIR has a folder for each learner, and in it any number of folders of labs, as `lineage lab start` writes them, or
    /// files named after their lab, as causal-mask.rs. Shows who has passed what, or the mistake by name, and how often each mistake
    /// was made. Nothing in DIR is changed; a submission that is broken does not stop the others.
    Grade(grade::Grading),
    /// Prove labs: each right version must pass, each wrong one must be refused under its own name
    Certify {
        /// Folder of labs, or of one lab [default: those of this project]
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
        #[command(flatten)]
        proof: teacher::Proof,
    },
}

/// Where a lab was started.
#[derive(Args)]
struct Here {
    /// Folder of the lab
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

/// Where labs come from.
#[derive(Args)]
struct Place {
    /// Folder of labs of your own [default: those of this project]
    #[arg(long, value_name = "DIR")]
    course: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  lineage lab list                                           all labs, and which you have passed
  lineage lab start causal-mask                              write one into the folder 13-causal-mask
  lineage lab watch 13-causal-mask                           check it whenever you save
  lineage lab grade submissions --out grades                 what a class has handed in, with files for a spreadsheet";

/// What the actions share.
struct Desk<'a> {
    home: Option<Home>,
    sources: Sources,
    common: &'a Common,
}

impl Lab {
    /// Does what was asked for.
    pub fn run(&self, common: &Common) -> anyhow::Result<Ending> {
        let draws = matches!(self.action, Action::Check(_) | Action::Watch(_) | Action::Grade(_));
        idle::refuse(&[("seed", common.seed.is_some() && !draws, "nothing is drawn at random: leave it out")])?;
        if let Action::Quiz(ask) = &self.action {
            return ask.run();
        }
        let home = Home::of_user();
        let sources = match &self.sources {
            Some(given) => {
                let sources = Sources::at(given)?;
                home.as_ref().map_or(Ok(()), |home| home.remember_sources(sources.root()))?;
                sources
            }
            None => Sources::find(home.as_ref())?,
        };
        let desk = Desk { home, sources, common };
        let done = match &self.action {
            Action::List(place) => desk.list(place.course.as_deref()),
            Action::Start { name, dir, place } => desk.start(name, dir.as_deref(), place.course.as_deref()),
            Action::Check(here) => desk.check(&here.dir),
            Action::Watch(here) => desk.watch(&here.dir),
            Action::Hint { here, seen } => desk.hint(&here.dir, *seen),
            Action::Solution { here, anyway } => desk.solution(&here.dir, *anyway),
            Action::Reset(here) => desk.reset(&here.dir),
            Action::Progress(place) => desk.progress(place.course.as_deref()),
            Action::Grade(grading) => desk.grade(grading),
            Action::Certify { dir, proof } => desk.certify(dir.as_deref(), proof),
            Action::Quiz(ask) => ask.run(),
        };
        match done {
            // Said when the signal came.
            Err(error) if matches!(error.downcast_ref(), Some(labs::Error::Interrupted)) => Ok(Ending::Interrupted),
            done => done,
        }
    }
}

impl Desk<'_> {
    fn course(&self, given: Option<&Path>) -> anyhow::Result<Course> {
        Ok(Course::open(given.unwrap_or(&self.sources.course()))?)
    }

    /// With an engine that a signal stops, which is answered with this sentence.
    fn with_engine<T>(
        &self,
        interruption: &'static str,
        work: impl FnOnce(&Engine<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        interrupt::flag(interruption);
        let progress = self.common.progress();
        let engine = Engine {
            sources: self.sources.clone(),
            colours: io::IsTerminal::is_terminal(&io::stdout()),
            stop: &interrupt::asked,
            say: &|sentence| progress.say(sentence),
        };
        work(&engine)
    }

    /// Changes what is remembered of a lab; that it cannot be remembered is said, and no reason to stop.
    fn note(&self, lab: &labs::Lab, change: impl FnOnce(&mut labs::Progress)) {
        if let Some(home) = &self.home
            && let Err(error) = home.note(&lab.name, change)
        {
            notice::say(&format!("your progress is not remembered: {error}"));
        }
    }
}

/// Says what this system does not keep programs from, if there is anything.
fn say_what_is_not_isolated(who: &str) {
    let missing = labs::not_isolated();
    if !missing.is_empty() {
        notice::say(&format!(
            "{who} with your rights: this system does not keep a program from {} (docs/src/class.md says what to do about it)",
            missing.join(", nor from ")
        ));
    }
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(write!(io::stdout().lock(), "{text}")?)
}
