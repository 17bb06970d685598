//! `lineage lab grade`: what a class has handed in.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use data::{counted, one_line};
use files::write_atomically;
use labs::{Count, Course, Grade, Tally, submissions, tally};
use serde::Serialize;

use super::{Desk, Place, print};
use crate::Ending;

#[derive(Args)]
pub(super) struct Grading {
    /// Folder of submissions, with a folder for each learner
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The lab, where the names of files do not say it; submissions to other labs are left out
    #[arg(long, value_name = "NAME")]
    lab: Option<String>,
    /// Folder for grades.csv, mistakes.csv and grades.json, and, in `told`, what each learner should read
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Desk<'_> {
    pub(super) fn grade(&self, grading: &Grading) -> anyhow::Result<Ending> {
        let own = grading.place.course.as_deref().map(Course::open).transpose()?;
        let courses: Vec<Course> = own.into_iter().chain([self.course(None)?]).collect();
        let only = match &grading.lab {
            None => None,
            Some(name) => match courses[0].lab(name) {
                Err(_) if courses.len() > 1 => Some(courses[1].lab(name)?),
                lab => Some(lab?),
            },
        };
        let found = submissions(&grading.dir, &courses, only)?;
        let out = grading.out.as_deref().map(|out| Out::new(out, &grading.dir)).transpose()?;
        super::say_what_is_not_isolated("submissions run");
        let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
        let learner = widest(&mut found.iter().map(|submission| submission.learner.chars().count()));
        let lab = widest(&mut found.iter().filter_map(|submission| Some(submission.lab()?.name.len())));

        let mut grades = Vec::new();
        let interruption = "interrupted: what was graded so far is kept";
        let graded = self.with_engine(interruption, |engine| {
            engine.grade(&grading.dir, &found, self.common.seed(), |grade| {
                print(&row(&grade, learner, lab))?;
                grades.push(grade);
                out.as_ref().map_or(Ok(()), |out| out.write(self.common.seed(), &grades))
            })
        });
        print(&tally(&grades).iter().map(told).collect::<String>())?;
        graded.map(|()| Ending::Done)
    }
}

/// A line of the table.
fn row(grade: &Grade, learner: usize, lab: usize) -> String {
    let said = match (&grade.about, grade.result) {
        (Some(why), "not graded") => format!("not graded: {}: {why}", grade.submission),
        _ => format!("{:<28} {:>5.1} s", grade.short(), grade.seconds),
    };
    let name = grade.lab.as_deref().unwrap_or("-");
    format!("{}\n", one_line(&format!("{:<learner$}  {name:<lab$}  {said}", grade.learner)))
}

/// The statistics of a lab.
fn told(lab: &Tally) -> String {
    let mut text = format!("\n{}: {} of {} passed\n", lab.lab, lab.passed, counted(lab.graded, "submission"));
    for other in &lab.others {
        let about = other.about.as_ref().map_or(String::new(), |about| format!(": {about}"));
        text += &format!("{:>4}  {}{about}\n", other.count, other.result);
    }
    text
}

/// The folder of grades.
struct Out<'a>(&'a Path);

/// `grades.json`.
#[derive(Serialize)]
struct Grades<'a> {
    /// With which questions were drawn.
    seed: u64,
    grades: &'a [Grade],
    labs: &'a [Tally],
}

/// A line of `mistakes.csv`.
#[derive(Serialize)]
struct Line<'a> {
    lab: &'a str,
    result: &'a str,
    count: usize,
    graded: usize,
    about: Option<&'a str>,
}

impl<'a> Out<'a> {
    /// A folder that is new, empty, or holds grades, and is not among the submissions.
    fn new(out: &'a Path, submissions: &Path) -> anyhow::Result<Self> {
        let submissions = submissions.canonicalize()?;
        let absolute = std::path::absolute(out)?;
        let there = absolute.ancestors().find_map(|folder| folder.canonicalize().ok());
        if there.is_some_and(|there| there.starts_with(&submissions)) {
            bail!("{} is among the submissions: give another folder for the grades with --out", out.display());
        }
        let is_used = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
        if is_used && !out.join("grades.json").is_file() {
            bail!("{} is not empty and holds no grades: give another folder with --out", out.display());
        }
        fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
        Ok(Out(out))
    }

    /// Writes all grades so far; of the last also what the learner should read.
    fn write(&self, seed: u64, grades: &[Grade]) -> anyhow::Result<()> {
        let labs = tally(grades);
        write_atomically(&self.0.join("grades.csv"), &csv(grades)?)?;
        write_atomically(&self.0.join("mistakes.csv"), &csv(lines(&labs))?)?;
        let json = serde_json::to_vec_pretty(&Grades { seed, grades, labs: &labs })?;
        write_atomically(&self.0.join("grades.json"), &json)?;
        if let Some(last) = grades.last().filter(|last| !last.told.is_empty()) {
            let path = self.0.join("told").join(format!("{}.txt", last.submission));
            let folder = path.parent().unwrap_or(self.0);
            fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
            write_atomically(&path, last.told.as_bytes())?;
        }
        Ok(())
    }
}

/// How often what came, passes first.
fn lines(labs: &[Tally]) -> impl Iterator<Item = Line<'_>> {
    labs.iter().flat_map(|Tally { lab, graded, passed, others }| {
        let passed = Line { lab, result: "passed", count: *passed, graded: *graded, about: None };
        let others = others.iter().map(|Count { result, about, count }| Line {
            lab,
            result,
            count: *count,
            graded: *graded,
            about: about.as_deref(),
        });
        [passed].into_iter().chain(others)
    })
}

fn csv<R: Serialize>(rows: impl IntoIterator<Item = R>) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.into_iter().try_for_each(|row| writer.serialize(row))?;
    Ok(writer.into_inner()?)
}
