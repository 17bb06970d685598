//! The comparison: experiments one after another, and the report on them.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    time::{Duration, Instant, SystemTime},
};

use clap::Args;
use data::Text;

use report::{
    Table,
    figure::Figure,
    folder::{Destination, PAGE},
    format,
    progress::Progress,
};

use crate::{
    budget::Budget,
    error::Error,
    experiments::SHORTEST_TEXT,
    finding::{Experiment, Finding, Input},
    lab::Lab,
    machine::Machine,
    page,
};

/// What to compare, on what, and where to put the report.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// How much is trained; planned to take 3, 20 or 120 minutes on two free cores [default: quick]
    #[arg(long, value_enum)]
    pub budget: Option<Budget>,
    /// UTF-8 text for C10, C12 and C16 to read instead of the built-in book
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    /// Folder of the report; the previous report is kept as DIR.previous
    #[arg(long, value_name = "DIR", default_value = "report")]
    pub out: PathBuf,
    /// Number of seeds; each training that is judged is repeated with every seed [default: 3, of thorough 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000), allow_negative_numbers = true)]
    pub seeds: Option<u16>,
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
        Ok(select(experiments, &self.only)?.iter().map(of).fold(0.0, f64::max))
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
            Some((flag, ..)) => {
                let claims: Vec<&str> = chosen.iter().map(|experiment| experiment.id).collect();
                Err(Error::Idle { flag, claims: claims.join(", ") })
            }
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
    /// How long it took, without what an earlier experiment had trained.
    pub elapsed: Duration,
    /// How long that took, if there was any.
    pub shared: Option<Duration>,
}

/// Everything that a report tells.
pub struct Comparison {
    /// In the order of the curriculum.
    pub sections: Vec<Section>,
    /// As asked for.
    pub options: Options,
    /// The seeds used.
    pub seeds: Vec<u64>,
    /// Threads used.
    pub threads: usize,
    /// The text that was read.
    pub text: Text,
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
    let chosen = select(experiments, &options.only)?;
    options.act(&chosen, first_seed)?;
    let seeds = options.seeds.map_or(options.budget().seeds(), usize::from);
    let text = match &options.text {
        Some(path) => Text::read(path)?,
        None => data::corpus::book(),
    };
    let lab = Lab::new(options.budget(), (first_seed.unwrap_or(1)..).take(seeds).collect(), text, progress);
    let read = &lab.alphabet.text;
    read.varies()?;
    let characters = read.as_str().chars().count();
    if characters < SHORTEST_TEXT {
        return Err(Error::ShortText { name: read.name().to_owned(), characters, least: SHORTEST_TEXT });
    }
    let destination = Destination::prepare(&options.out)?;

    let began = Instant::now();
    let mut sections = Vec::with_capacity(chosen.len());
    for (i, experiment) in chosen.iter().enumerate() {
        progress.say(&format!("[{}/{}] {}: {}", i + 1, chosen.len(), experiment.id, experiment.claim()));
        let start = Instant::now();
        let mut finding =
            (experiment.run)(&lab).map_err(|e| Error::Experiment { id: experiment.id, reason: format!("{e:#}") })?;
        Figure::share_colours(&mut finding.figures);
        progress.say(&format!("      {}, after {}", finding.verdict, format::duration(start.elapsed())));
        sections.push(Section {
            experiment: *experiment,
            finding,
            elapsed: start.elapsed(),
            shared: lab.take_shared(),
        });
    }
    let comparison = Comparison {
        sections,
        options: options.clone(),
        threads: lab.threads,
        trained: lab.times(),
        seeds: lab.seeds,
        text: lab.text,
        machine: Machine::this(),
        finished: SystemTime::now(),
        elapsed: began.elapsed(),
    };
    for kept in destination.publish(&comparison.files()?)? {
        progress.say(&format!("a file of yours had the name of one of the report, so it is now {}", kept.display()));
    }
    Ok(comparison)
}

impl Comparison {
    /// The command that repeats this comparison for `only` these claims, all if empty.
    pub fn command(&self, only: &str) -> String {
        let Options { text, seeds, .. } = &self.options;
        let asked = |id: &str| only.is_empty() || only.split(',').any(|name| names(name, id));
        let asked: Vec<_> = self.sections.iter().filter(|section| asked(section.experiment.id)).collect();
        let reads = |input| asked.iter().any(|section| section.experiment.reads.contains(&input));
        let mut command = "cargo run --release -- compare".to_owned();
        if reads(Input::Budget) {
            command += &format!(" --budget {}", self.options.budget());
        }
        if let Some(seeds) = seeds.filter(|_| reads(Input::Seeds)) {
            command += &format!(" --seeds {seeds}");
        }
        if let [first @ (0 | 2..), ..] = self.seeds[..]
            && reads(Input::Seeds)
        {
            command += &format!(" --seed {first}");
        }
        if let Some(text) = text.as_ref().filter(|_| reads(Input::Text)) {
            command += &format!(" --text {}", format::shell_word(&text.display().to_string()));
        }
        if !only.is_empty() {
            command += &format!(" --only {only}");
        }
        command
    }

    /// What was claimed, and what was found.
    fn claims(&self) -> Table {
        let mut claims = Table::new("claims", "The claims and their verdicts", &["number", "claim", "verdict"]);
        for Section { experiment, finding, .. } in &self.sections {
            claims.row([experiment.id.to_owned(), experiment.claim(), finding.verdict.to_string()]);
        }
        claims
    }

    /// The page and the data beside it: names and contents.
    ///
    /// # Errors
    /// If a figure cannot be drawn or written as CSV.
    ///
    /// # Panics
    /// If two figures or tables have the same name.
    pub fn files(&self) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let mut files = vec![(PAGE.to_owned(), page::render(self)?.into_bytes())];
        for Section { finding, .. } in &self.sections {
            for figure in &finding.figures {
                files.push((format!("{}.csv", figure.name), figure.csv()?));
            }
            for table in &finding.tables {
                files.push((format!("{}.csv", table.name), table.csv()?));
            }
        }
        files.push(("claims.csv".to_owned(), self.claims().csv()?));
        let names: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), files.len(), "two figures or tables of the report have the same name");
        Ok(files)
    }
}

/// The experiments that `only` names, in the order of the curriculum; all if it names none.
fn select(experiments: &[Experiment], only: &[String]) -> Result<Vec<Experiment>, Error> {
    let unknown: Vec<&str> =
        only.iter().map(String::as_str).filter(|w| !experiments.iter().any(|e| names(w, e.id))).collect();
    if !unknown.is_empty() {
        let known: Vec<&str> = experiments.iter().map(|e| e.id).collect();
        return Err(Error::UnknownClaims {
            unknown: unknown.iter().map(|word| data::quoted(word)).collect::<Vec<_>>().join(" or "),
            known: known.join(", "),
        });
    }
    let wanted = |e: &&Experiment| only.is_empty() || only.iter().any(|w| names(w, e.id));
    Ok(experiments.iter().filter(wanted).copied().collect())
}

fn names(wanted: &str, id: &str) -> bool {
    wanted.trim().eq_ignore_ascii_case(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{finding::Memory, verdict::Verdict};
    use report::{
        figure::{Axis, BarSeries, Bars, Heat, Labels, Lines, Plot, Reference, Scale, Series},
        statistics::Summary,
    };

    const MEMORY: Memory = Memory { alone: [5, 10, 20], thread: [1, 2, 3] };

    const EXPERIMENTS: &[Experiment] = &[
        Experiment {
            id: "C1",
            text: "# Claim\none & one\n\n# Criterion\nshown if <two>",
            thresholds: &[],
            reads: &[Input::Budget, Input::Seeds],
            memory: MEMORY,
            run,
        },
        Experiment {
            id: "C2",
            text: "# Claim\nfails\n\n# Criterion\nnever",
            thresholds: &[],
            reads: &[Input::Seeds, Input::Text],
            memory: MEMORY,
            run: |_| anyhow::bail!("the loss is not a number"),
        },
    ];

    fn run(lab: &Lab) -> anyhow::Result<Finding> {
        let summary = Summary::of(&lab.seeds.iter().map(|s| *s as f64).collect::<Vec<_>>());
        let lines = Lines::new(
            Axis::log2("x"),
            Axis::log10("y"),
            vec![Series::new("measured", [(1.0, summary), (2.0, summary)]), Series::exact("zero", [(1.0, 0.0)])],
        );
        let lines = lines.with(Reference::Level { label: "limit".into(), y: 9.0 });
        let names = || vec!["a".to_owned(), "b".to_owned()];
        let bars =
            Bars::stacked(Axis::linear("share, %"), names(), [BarSeries::new("part", [1.0, 2.0].map(Summary::exact))]);
        let heat = Heat {
            x: "to".into(),
            y: "from".into(),
            value: "weight".into(),
            scale: Scale::Linear,
            columns: Labels::Names(names()),
            rows: Labels::Names(names()),
            values: vec![vec![0.5, -1.0], vec![0.0, f64::NAN]],
        };
        let plots = [("lines", Plot::Lines(lines)), ("bars", Plot::Bars(bars)), ("heat", Plot::Heat(heat))];
        let mut table = Table::new("table", "A table", &["model", "#n"]);
        table.row(["rnn", "3"]);
        Ok(Finding {
            verdict: Verdict::Shown,
            answer: format!("mean {summary}"),
            figures: plots.into_iter().map(|(name, plot)| Figure::new(name, name, "How to read it.", plot)).collect(),
            tables: vec![table],
            notice: vec!["this".into()],
            limits: Vec::new(),
        })
    }

    fn options(out: PathBuf, only: &str) -> Options {
        let only = if only.is_empty() { Vec::new() } else { only.split(',').map(String::from).collect() };
        Options { budget: None, text: None, out, seeds: Some(2), only }
    }

    #[test]
    fn step_01_a_report_is_complete_and_needs_nothing_else() {
        let dir = tempfile::TempDir::new().unwrap();
        let out = dir.path().join("report");
        compare(EXPERIMENTS, &options(out.clone(), "c1"), Some(3), Progress::Quiet).unwrap();
        let page = std::fs::read_to_string(out.join("index.html")).unwrap();
        for part in
            ["one &amp; one", "shown if &lt;two&gt;", "✓ shown", data::corpus::BOOK_SHA256, "370,872 characters"]
        {
            assert!(page.contains(part), "{part} is missing");
        }
        assert!(page.contains("cargo run --release -- compare --budget quick --seeds 2 --seed 3 --only C1"));
        assert!(
            page.contains("planned for 3 minutes") && !page.contains("at most 3 minutes"),
            "nothing ends a comparison"
        );
        for foreign in ["<script", "src=", "url(", "@import", "stylesheet"] {
            assert!(!page.contains(foreign), "the page asks for {foreign}");
        }
        let literal = |attribute: &str| page.contains(&format!("{attribute}=\"#"));
        assert!(!literal("fill") && !literal("stroke"), "a colour does not follow the theme");
        for name in ["lines", "bars", "heat", "table"] {
            assert!(page.contains(&format!("href=\"{name}.csv\"")));
            assert!(out.join(format!("{name}.csv")).is_file());
        }
        let lines = std::fs::read_to_string(out.join("lines.csv")).unwrap();
        assert!(lines.starts_with("series,x,y,95 % low,95 % high,n\nmeasured,1,3.5,"), "{lines}");
        assert!(lines.ends_with("zero,1,0,,,1\nlimit,,9,,,\n"), "{lines}");
        let heat = std::fs::read_to_string(out.join("heat.csv")).unwrap();
        assert_eq!(heat, "from,to,weight\na,a,0.5\na,b,-1\nb,a,0\nb,b,NaN\n");
    }

    #[test]
    fn step_02_mistakes_are_told_before_anything_runs() {
        let dir = tempfile::TempDir::new().unwrap();
        let out = dir.path().join("report");
        let message =
            |options: Options| compare(EXPERIMENTS, &options, None, Progress::Quiet).err().unwrap().to_string();
        assert_eq!(
            message(options(out.clone(), "C1,C99,x")),
            "there is no claim called \"C99\" or \"x\": the claims with an experiment are C1, C2"
        );
        let short = dir.path().join("short.txt");
        std::fs::write(&short, "never trained on").unwrap();
        let short = Options { text: Some(short), ..options(out.clone(), "") };
        let expected = "short.txt has 16 characters in normal form C, and a comparison needs at least 4,686: give a longer text with --text";
        assert!(message(short).ends_with(expected));
        let odd = dir.path().join("odd.txt");
        for (content, expected) in [
            ("", "is empty; choose a file with text in it"),
            (" \n\u{3000}\n", "has nothing but white space; choose a file with text in it"),
            ("a", "is \"a\" over and over, so there is nothing to learn from it; choose another text"),
            (
                "one line\n",
                "odd.txt has 9 characters in normal form C, and a comparison needs at least 4,686: give a longer text with \
                 --text",
            ),
            ("a\u{308}", "is \"ä\" over and over, so there is nothing to learn from it; choose another text"),
            (
                &"e\u{323}\u{302}\u{301}o".repeat(1_000), // one letter in three signs
                "odd.txt has 3,000 characters in normal form C, and a comparison needs at least 4,686: give a longer text \
                 with --text",
            ),
        ] {
            std::fs::write(&odd, content.repeat(if content.len() == 1 { 9_000 } else { 1 })).unwrap();
            let said = message(Options { text: Some(odd.clone()), ..options(out.clone(), "") });
            assert!(said.ends_with(expected), "{said}");
        }
        std::fs::remove_file(odd).unwrap();
        let missing = Options { text: Some(dir.path().join("missing.txt")), ..options(out, "") };
        assert!(message(missing).contains("missing.txt"));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "the short text alone");
    }

    #[test]
    fn step_03_a_failed_experiment_leaves_no_trace() {
        let dir = tempfile::TempDir::new().unwrap();
        let error = compare(EXPERIMENTS, &options(dir.path().join("report"), ""), None, Progress::Quiet).err().unwrap();
        assert_eq!(error.to_string(), "the experiment on C2 failed: the loss is not a number");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
