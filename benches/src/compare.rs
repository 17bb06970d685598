//! The comparison: experiments one after another, and the report on them.

pub(crate) mod page;
mod record;
#[cfg(test)]
mod tests;
mod written;

use std::{
    cell::RefCell,
    fs,
    path::PathBuf,
    time::{Duration, Instant, SystemTime},
};

use clap::Args;
use data::Text;
use files::{report_folder::Destination, sha256};

use report::{figure::Figure, format, progress::Progress};

use crate::{
    budget::Budget,
    clock::Clock,
    error::Error,
    experiments::SHORTEST_TEXT,
    finding::{Experiment, Finding, Input, Seeds},
    kept::Kept,
    machine::Machine,
    reference::ReferenceRun,
    session::Session,
};

/// What to compare, on what, and where to put the report.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// How much is trained; planned to take 3, 20 or 120 minutes on two free cores [default: quick, which has no time for some claims
    /// and shows what the reference run found of them]
    #[arg(long, value_enum)]
    pub budget: Option<Budget>,
    /// UTF-8 text for C10, C12, C16, C17, C20 and C22 to read instead of the built-in book
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    /// Folder of the report; the previous report is kept as DIR.previous
    #[arg(long, value_name = "DIR", default_value = "report")]
    pub out: PathBuf,
    /// Number of seeds; each training that is judged is repeated with every seed [default: 3, of thorough 5; C2 more]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000), allow_negative_numbers = true)]
    pub seeds: Option<u16>,
    /// Folder of trainings that have finished: a comparison that is stopped goes on from them; comparisons may share it
    /// [default: the folder of the report with .trainings at its end]
    #[arg(long, value_name = "DIR")]
    pub trainings: Option<PathBuf>,
    /// Train everything anew, whatever is kept in --trainings
    #[arg(long)]
    pub fresh: bool,
    /// Folder of claims.json files that this comparison is held against, for example another report [default: the reference
    /// run that the program carries]
    #[arg(long, value_name = "DIR")]
    pub reference: Option<PathBuf>,
    /// Only these claims, for example C2,C6
    #[arg(long, value_name = "CLAIMS", value_delimiter = ',')]
    pub only: Vec<String>,
}

impl Options {
    /// How much is trained.
    pub fn budget(&self) -> Budget {
        self.budget.unwrap_or(Budget::Quick)
    }

    /// Bytes of memory that the largest of the chosen experiments takes with the threads of the current rayon pool.
    ///
    /// # Errors
    /// If there is no such claim.
    pub fn memory(&self, experiments: &[Experiment]) -> Result<f64, Error> {
        // That it cannot be read is told where it is read.
        let given = self.text.as_ref().and_then(|path| Some(fs::metadata(path).ok()?.len()));
        let text = given.unwrap_or(data::corpus::BOOK.len() as u64);
        let of = |experiment: &Experiment| {
            let read = if experiment.reads.contains(&Input::Text) { text } else { 0 };
            experiment.memory.bytes(self.budget(), rayon::current_num_threads(), read)
        };
        Ok(self.select(experiments)?.iter().filter(|e| self.measures(e)).map(of).fold(0.0, f64::max))
    }

    /// Whether the budget has time for an experiment.
    fn measures(&self, experiment: &Experiment) -> bool {
        experiment.planned(self.budget()).is_some()
    }

    /// The experiments that `--only` names, in the order of the curriculum; all if it names none. Of all, those for which the budget
    /// has no time are shown from the reference run; whoever names one wants it measured.
    fn select(&self, experiments: &[Experiment]) -> Result<Vec<Experiment>, Error> {
        let Options { only, .. } = self;
        let unknown: Vec<&str> =
            only.iter().map(String::as_str).filter(|w| !experiments.iter().any(|e| names(w, e.id))).collect();
        if !unknown.is_empty() {
            return Err(Error::UnknownClaims {
                unknown: unknown.iter().map(|word| data::quoted(word)).collect::<Vec<_>>().join(" or "),
                known: ids(experiments),
            });
        }
        let wanted = |e: &&Experiment| only.is_empty() || only.iter().any(|w| names(w, e.id));
        let chosen: Vec<Experiment> = experiments.iter().filter(wanted).copied().collect();
        let no_time: Vec<Experiment> = chosen.iter().filter(|e| !self.measures(e)).copied().collect();
        match no_time.iter().map(Experiment::shortest).max() {
            Some(longer) if !only.is_empty() => {
                Err(Error::NoTime { claims: ids(&no_time), budget: self.budget(), longer })
            }
            _ => Ok(chosen),
        }
    }

    /// Where trainings are kept.
    pub fn trainings(&self) -> PathBuf {
        self.trainings.clone().unwrap_or_else(|| {
            let mut beside = std::path::absolute(&self.out).unwrap_or_else(|_| self.out.clone()).into_os_string();
            beside.push(".trainings");
            beside.into()
        })
    }

    /// How many seeds an experiment is repeated with.
    fn seeds_of(&self, experiment: &Experiment) -> usize {
        self.seeds.map_or(experiment.seeds.of(self.budget()), usize::from)
    }

    /// Refuses what is given though none of the chosen experiments reads it.
    fn act(&self, chosen: &[Experiment], first_seed: Option<u64>) -> Result<(), Error> {
        let given = [
            ("budget", self.budget.is_some(), Input::Budget),
            ("seeds", self.seeds.is_some(), Input::Seeds),
            ("seed", first_seed.is_some(), Input::Seeds),
            ("text", self.text.is_some(), Input::Text),
        ];
        let reads = |input| chosen.iter().any(|experiment| experiment.reads.contains(&input));
        match given.into_iter().find(|&(_, given, input)| given && !reads(input)) {
            Some((flag, ..)) => Err(Error::Idle { flag, claims: ids(chosen) }),
            None => Ok(()),
        }
    }
}

/// One experiment that was carried out.
pub struct Section {
    /// What was asked.
    pub experiment: Experiment,
    /// What was found.
    pub finding: Finding,
    /// The seeds it was repeated with.
    pub seeds: Vec<u64>,
    /// So many of its trainings had been kept by an earlier comparison.
    pub kept: usize,
    /// How long it took, without what an earlier experiment had trained.
    pub elapsed: Duration,
    /// How long that took, if there was any.
    pub shared: Option<Duration>,
}

/// Everything that a report tells.
pub struct Comparison {
    /// What was asked, in the order of the curriculum: also that for which the budget has no time.
    pub shown: Vec<Experiment>,
    /// What was measured, in the order of the curriculum.
    pub sections: Vec<Section>,
    /// What it is held against.
    pub reference: ReferenceRun,
    /// As asked for.
    pub options: Options,
    /// The first seed; every experiment has its own number of them.
    pub first_seed: u64,
    /// Threads used.
    pub threads: usize,
    /// The text that was read.
    pub text: Text,
    /// Its SHA-256.
    pub text_hash: String,
    /// What it was read on.
    pub machine: Machine,
    /// When it was finished.
    pub finished: SystemTime,
    /// From the first experiment to the last.
    pub elapsed: Duration,
    /// What was trained for several experiments, and how long that took.
    pub trained: Vec<(String, Duration)>,
}

/// Carries out those of `experiments` that the options select, and writes the report.
///
/// Seeds are `first_seed`, 1 if none is given, and those that follow it; numbers are computed on the current rayon pool.
/// Nothing is trained before it is sure that the claims exist, the text is long enough and the report can be written.
///
/// # Errors
/// A sentence on what was wrong with the options, or what failed on the way; no report is touched then.
pub fn compare(
    experiments: &[Experiment],
    options: &Options,
    first_seed: Option<u64>,
    progress: Progress,
) -> Result<Comparison, Error> {
    let shown = options.select(experiments)?;
    let chosen: Vec<Experiment> = shown.iter().filter(|e| options.measures(e)).copied().collect();
    options.act(&chosen, first_seed)?;
    let text = match &options.text {
        Some(path) => Text::read(path)?,
        None => data::corpus::book(),
    };
    let reference = match &options.reference {
        Some(folder) => ReferenceRun::read(folder)?
            .on(&shown)
            .ok_or_else(|| Error::Foreign { folder: folder.display().to_string(), claims: ids(&shown) })?,
        None => ReferenceRun::built_in(),
    };
    let first_seed = first_seed.unwrap_or(1);
    let mut session = Session::new(options.budget(), vec![first_seed], text, progress);
    let read = &session.alphabet.text;
    read.varies()?;
    let characters = read.as_str().chars().count();
    if characters < SHORTEST_TEXT {
        return Err(Error::ShortText { name: read.name().to_owned(), characters, least: SHORTEST_TEXT });
    }
    let destination = Destination::prepare(&options.out)?;
    let text_hash = sha256(session.text.as_str());
    let circumstances = format!("{} {text_hash}", options.budget());
    session.kept = Kept::open(&options.trainings(), options.fresh, &circumstances, progress);
    let planned = chosen.iter().filter_map(|experiment| experiment.planned(options.budget()));
    session.clock = RefCell::new(Clock::new(planned.map(f64::from).collect()));

    let began = Instant::now();
    let mut sections = Vec::with_capacity(chosen.len());
    for (i, experiment) in chosen.iter().enumerate() {
        let left = session.clock.borrow().left();
        let left =
            if left.as_secs() > 0 { format!(" (comparison: {} left)", format::duration(left)) } else { String::new() };
        progress.say(&format!("[{}/{}] {}: {}{left}", i + 1, chosen.len(), experiment.id, experiment.claim()));
        let start = Instant::now();
        session.seeds = (first_seed..).take(options.seeds_of(experiment)).collect();
        if let Some(sentence) = too_few_seeds(experiment, session.seeds.len()) {
            progress.say(&format!("      {sentence}"));
        }
        let mut finding = (experiment.run)(&session)
            .map_err(|e| Error::Experiment { id: experiment.id, reason: format!("{e:#}") })?;
        Figure::share_colours(&mut finding.figures);
        finding.limits.extend(session.take_remarks());
        let verdict = finding.verdict.words(experiment.basis);
        let kept = session.kept.take_found();
        let found = if kept > 0 { format!(", {}", with_kept(kept)) } else { String::new() };
        progress.say(&format!("      {verdict}, after {}{found}", format::duration(start.elapsed())));
        session.clock.borrow_mut().next(kept > 0);
        sections.push(Section {
            experiment: *experiment,
            finding,
            seeds: session.seeds.clone(),
            kept,
            elapsed: start.elapsed(),
            shared: session.take_shared(),
        });
    }
    let comparison = Comparison {
        shown,
        sections,
        reference,
        options: options.clone(),
        threads: session.threads,
        trained: session.times(),
        first_seed,
        text: session.text,
        text_hash,
        machine: Machine::this(),
        finished: SystemTime::now(),
        elapsed: began.elapsed(),
    };
    for kept in destination.publish(&written::files(&comparison)?)? {
        progress.say(&format!("a file of yours had the name of one of the report, so it is now {}", kept.display()));
    }
    Ok(comparison)
}

impl Comparison {
    /// What was measured of a claim, if it was.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.experiment.id == id)
    }

    /// The command that repeats this comparison for `only` these claims, all if empty.
    pub fn command(&self, only: &str) -> String {
        self.command_with(self.options.budget(), only)
    }

    /// The same with another budget.
    pub fn command_with(&self, budget: Budget, only: &str) -> String {
        let Options { text, seeds, .. } = &self.options;
        let asked = |id: &str| only.is_empty() || only.split(',').any(|name| names(name, id));
        let asked: Vec<_> = self.shown.iter().filter(|experiment| asked(experiment.id)).collect();
        let reads = |input| asked.iter().any(|experiment| experiment.reads.contains(&input));
        let mut command = "cargo run --release -- compare".to_owned();
        if reads(Input::Budget) {
            command += &format!(" --budget {budget}");
        }
        if let Some(seeds) = seeds.filter(|_| reads(Input::Seeds)) {
            command += &format!(" --seeds {seeds}");
        }
        if self.first_seed != 1 && reads(Input::Seeds) {
            command += &format!(" --seed {}", self.first_seed);
        }
        if let Some(text) = text.as_ref().filter(|_| reads(Input::Text)) {
            command += &format!(" --text {}", format::shell_word(&text.display().to_string()));
        }
        if !only.is_empty() {
            command += &format!(" --only {only}");
        }
        command
    }
}

/// What is said of an experiment for which not all was trained now.
fn with_kept(trainings: usize) -> String {
    format!("with {} from an earlier comparison", format::counted(trainings, "training"))
}

/// What is said of an experiment that is repeated so seldom that its criterion can be neither met nor refuted.
fn too_few_seeds(experiment: &Experiment, seeds: usize) -> Option<String> {
    let Experiment { id, seeds: Seeds { least, .. }, .. } = experiment;
    let seeds_here = format::counted(seeds, "seed");
    (seeds < *least).then(|| format!("{id} stays undecided with {seeds_here}: its test needs --seeds {least} or more"))
}

fn ids(experiments: &[Experiment]) -> String {
    experiments.iter().map(|experiment| experiment.id).collect::<Vec<_>>().join(", ")
}

fn names(wanted: &str, id: &str) -> bool {
    wanted.trim().eq_ignore_ascii_case(id)
}
