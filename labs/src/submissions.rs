//! What learners have handed in: a folder for each of them, and in it folders of labs as `lab start` writes them, or files.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::course::{Course, Lab};
use crate::folder::Folder;
use crate::source::{self, SOURCE, is_kept, is_rust};

/// Folders within a learner's that are looked into, one in another.
const DEPTH: usize = 6;

/// A source that somebody has handed in.
#[derive(Debug)]
pub struct Submission<'c> {
    /// Name of the learner's folder.
    pub learner: String,
    /// Where it is in the folder of all.
    pub path: PathBuf,
    /// The lab and what was written, or why it cannot be graded.
    pub(crate) taken: Result<(&'c Lab, String), String>,
}

impl Submission<'_> {
    /// The lab that it is to.
    pub fn lab(&self) -> Option<&Lab> {
        self.taken.as_ref().ok().map(|(lab, _)| *lab)
    }
}

/// All that was handed in, by learner and path. `only` is the lab that files are to whose names say none, and then nothing else
/// is taken.
///
/// # Errors
/// If the folder cannot be read, is that of a lab itself, or has nothing in it.
pub fn submissions<'c>(
    folder: &Path,
    courses: &'c [Course],
    only: Option<&'c Lab>,
) -> Result<Vec<Submission<'c>>, Error> {
    if Folder::is_one(folder) {
        return Err(Error::OneSubmission(folder.to_owned()));
    }
    let folder = dunce::canonicalize(folder).map_err(Error::read(folder))?;
    let reader = Reader { folder: &folder, courses, only };
    let mut all = Vec::new();
    for path in entries(&folder).map_err(Error::read(&folder))? {
        let learner = if is_rust(&path) { path.file_stem() } else { path.file_name() };
        let learner = learner.unwrap_or_default().to_string_lossy().into_owned();
        let mut found = Vec::new();
        match path.is_dir() {
            true => collect(&path, DEPTH, &mut found),
            false => found.extend(is_rust(&path).then(|| path.clone())),
        }
        if found.is_empty() && path.is_dir() {
            found.push(path);
        }
        all.extend(found.iter().filter_map(|path| reader.submission(&learner, path)));
    }
    if all.is_empty() { Err(Error::NoSubmissions(folder)) } else { Ok(all) }
}

/// Folders of labs and Rust files in a folder and below it.
fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    if Folder::is_one(folder) {
        return found.push(folder.to_owned());
    }
    for path in entries(folder).unwrap_or_default() {
        if path.is_symlink() {
        } else if path.is_dir() && depth > 0 {
            collect(&path, depth - 1, found);
        } else if is_rust(&path) && !is_kept(&path) {
            found.push(path);
        }
    }
}

/// What is in a folder, in order, without what is hidden or built.
fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !name.starts_with('.') && name != "target"
    });
    paths.sort();
    Ok(paths)
}

struct Reader<'a, 'c> {
    folder: &'a Path,
    courses: &'c [Course],
    only: Option<&'c Lab>,
}

impl<'c> Reader<'_, 'c> {
    /// What a folder of a lab, a file, or a learner's folder without either holds; nothing if it is to another lab than was asked for.
    fn submission(&self, learner: &str, path: &Path) -> Option<Submission<'c>> {
        let taken = if Folder::is_one(path) {
            self.started(path)
        } else if is_rust(path) {
            self.file(learner, path)
        } else {
            Err("nothing was handed in: there is neither a folder of a lab nor a Rust file".to_owned())
        };
        let other = |lab: &Lab| self.only.is_some_and(|only| only.folder() != lab.folder());
        let is_other = matches!(&taken, Ok((lab, _)) if other(lab));
        let path = path.strip_prefix(self.folder).unwrap_or(path).to_owned();
        (!is_other).then(|| Submission { learner: learner.to_owned(), path, taken })
    }

    fn started(&self, path: &Path) -> Result<(&'c Lab, String), String> {
        let folder = Folder::open(path).map_err(|error| match error {
            Error::Damaged { what, .. } => format!("its .lineage/lab.json is damaged: {what}"),
            error => error.to_string(),
        })?;
        let has = |course: &&Course| folder.any_version(course).is_ok();
        let course = self.courses.iter().find(has).ok_or_else(|| unknown(folder.name()))?;
        let lab = folder.lab(course).map_err(|error| match error {
            Error::OtherVersion { started, now, .. } => {
                format!("it was started as version {started} of the lab, and the course has version {now}")
            }
            error => error.to_string(),
        })?;
        Ok((lab, self.source(&path.join(SOURCE), SOURCE)?))
    }

    fn file(&self, learner: &str, path: &Path) -> Result<(&'c Lab, String), String> {
        let lab = match self.only {
            Some(only) => only,
            None => {
                let name = named(path);
                if path.parent() == Some(self.folder) || name == learner {
                    return Err("its name does not say to which lab it is: say so with --lab NAME".to_owned());
                }
                let labs = self.courses.iter().flat_map(Course::labs);
                labs.into_iter().find(|lab| is_called(lab, &name)).ok_or_else(|| unknown(&name))?
            }
        };
        Ok((lab, self.source(path, "it")?))
    }

    /// What stands in a file, which is called so in sentences, if no link leads out of the folder.
    fn source(&self, path: &Path, shown: &str) -> Result<String, String> {
        if dunce::canonicalize(path).is_ok_and(|real| !real.starts_with(self.folder)) {
            return Err(format!("{shown} is a link to another place"));
        }
        source::read(path).map_err(|error| match error {
            Error::NoSource { found: Some(other), .. } => {
                format!("{shown} is missing; {} may be meant", other.file_name().unwrap_or_default().display())
            }
            Error::NoSource { found: None, .. } => format!("{shown} is missing"),
            Error::NotText { line, .. } => format!("{shown} is not UTF-8 text (line {line})"),
            Error::TooLarge(_) => format!("{shown} is larger than 1 MiB"),
            Error::Read { source, .. } => format!("{shown} cannot be read: {source}"),
            error => error.to_string(),
        })
    }
}

fn unknown(name: &str) -> String {
    format!("there is no lab {}: `lineage lab list` shows all", data::quoted(name))
}

/// What names the lab of a file: its own name, or, if that is `lib`, that of its folder.
fn named(path: &Path) -> String {
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folders = path.ancestors().skip(1).map(|folder| folder.file_name().unwrap_or_default().to_string_lossy());
    match stem(path) {
        name if name == "lib" => folders.map(Into::into).find(|name: &String| name != "src").unwrap_or_default(),
        name => name,
    }
}

/// Whether a file may be called so: by the lab's name, its number, or its name without the number.
fn is_called(lab: &Lab, name: &str) -> bool {
    let name = name.to_lowercase().replace(['_', ' '], "-");
    let (number, rest) = lab.name.split_once('-').unwrap_or((&lab.name, &lab.name));
    [&*lab.name, number, rest].contains(&&*name)
}
