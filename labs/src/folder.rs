//! The folder in which a learner works.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use files::lock::{Lock, LockError};
use files::{Made, write_atomically};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::course::{Course, Lab};
use crate::package;
use crate::source::{self, SOURCE};
use crate::sources::Sources;

/// What belongs to the engine in the learner's folder.
const OURS: &str = ".lineage";

/// A lab that was started.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    about: About,
}

/// What the folder says about itself, `.lineage/lab.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct About {
    lab: String,
    version: u32,
    /// The folder of labs, if it is not that of the project.
    course: Option<PathBuf>,
    /// How many hints were seen.
    hints: usize,
}

impl Folder {
    /// Writes a lab into a new folder, or an empty one. `course` is the teacher's folder of labs, if it is from one.
    ///
    /// # Errors
    /// If something is there, or it cannot be written; nothing is left then.
    pub fn start(lab: &Lab, sources: &Sources, course: Option<&Path>, path: &Path) -> Result<Self, Error> {
        match fs::read_dir(path).map(Iterator::count) {
            Ok(1..) => return Err(Error::NotEmpty(path.to_owned())),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::read(path)(error)),
            _ => {}
        }
        let mut content = package::learner(sources, lab)?;
        content.push(("README.md", readme(lab)));
        content.push((SOURCE, lab.skeleton()?));
        let course = course.map(|course| dunce::canonicalize(course).map_err(Error::read(course))).transpose()?;
        let about = About { lab: lab.name.clone(), version: lab.manifest.version, course, hints: 0 };
        let made = Made::make(&path.join("src")).map_err(Error::make(path))?;
        let write = || -> Result<Self, Error> {
            let ours = path.join(OURS);
            fs::create_dir(&ours).map_err(Error::make(&ours))?;
            for (name, text) in &content {
                write_atomically(&path.join(name), text.as_bytes())?;
            }
            let folder = Folder { path: path.to_owned(), about };
            folder.keep()?;
            Ok(folder)
        };
        write().inspect_err(|_| {
            for (name, _) in &content {
                let _ = fs::remove_file(path.join(name));
            }
            let _ = fs::remove_dir(path.join(OURS));
            made.undo();
        })
    }

    /// Whether a lab was started in a folder.
    pub(crate) fn is_one(path: &Path) -> bool {
        path.join(OURS).join("lab.json").is_file()
    }

    /// The lab in a folder.
    ///
    /// # Errors
    /// If there is none.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let about = path.join(OURS).join("lab.json");
        let text = match fs::read_to_string(&about) {
            Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) => {
                return Err(Error::NotALab(path.to_owned()));
            }
            read => read.map_err(Error::read(&about))?,
        };
        let read = serde_json::from_str(&text);
        let about = read.map_err(|error| Error::Damaged { path: about, what: error.to_string() })?;
        Ok(Folder { path: dunce::canonicalize(path).map_err(Error::read(path))?, about })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Name of the lab.
    pub(crate) fn name(&self) -> &str {
        &self.about.lab
    }

    /// The labs that it is from.
    ///
    /// # Errors
    /// If they are not there.
    pub fn course(&self, sources: &Sources) -> Result<Course, Error> {
        Course::open(self.about.course.as_deref().unwrap_or(&sources.course()))
    }

    /// The lab that it is, as the course has it now.
    ///
    /// # Errors
    /// If the course does not have it, or another version of it.
    pub fn lab<'c>(&self, course: &'c Course) -> Result<&'c Lab, Error> {
        let lab = self.any_version(course)?;
        let (started, now) = (self.about.version, lab.manifest.version);
        match started == now {
            true => Ok(lab),
            false => Err(Error::OtherVersion { lab: lab.name.clone(), started, now }),
        }
    }

    /// The lab that it is, even if the course has another version of it.
    ///
    /// # Errors
    /// If the course does not have it.
    pub fn any_version<'c>(&self, course: &'c Course) -> Result<&'c Lab, Error> {
        let named = course.labs().iter().find(|lab| lab.name == self.about.lab);
        named.ok_or_else(|| Error::NoLab(self.about.lab.clone()))
    }

    /// Keeps others from checking here until it is dropped.
    ///
    /// # Errors
    /// If another check is running.
    pub fn lock(&self) -> Result<Lock, Error> {
        let folder = self.path.join(OURS);
        Lock::take(&folder).map_err(|error| match error {
            LockError::Held => Error::Busy(self.path.clone()),
            LockError::Foreign { path } => Error::Damaged { path, what: "it is not a file".to_owned() },
            LockError::Refused { path, source } => Error::Make { path, source },
        })
    }

    /// What the learner wrote.
    ///
    /// # Errors
    /// If it is missing or no text.
    pub fn source(&self) -> Result<String, Error> {
        source::read(&self.path.join(SOURCE))
    }

    /// The hints that were seen and one more.
    ///
    /// # Errors
    /// If there are no more, or it cannot be written.
    pub fn next_hint<'l>(&mut self, lab: &'l Lab) -> Result<&'l [String], Error> {
        let hints = &lab.manifest.hints;
        if self.about.hints >= hints.len() {
            return Err(Error::NoMoreHints(hints.len()));
        }
        self.about.hints += 1;
        self.keep()?;
        Ok(&hints[..self.about.hints])
    }

    /// The hints that were seen.
    pub fn hints<'l>(&self, lab: &'l Lab) -> &'l [String] {
        &lab.manifest.hints[..self.about.hints.min(lab.manifest.hints.len())]
    }

    /// Puts the skeleton in place of what the learner wrote, which is kept beside it; returns where.
    ///
    /// # Errors
    /// If that cannot be written; the learner's file is then as it was.
    pub fn reset(&mut self, lab: &Lab, sources: &Sources) -> Result<Option<PathBuf>, Error> {
        let path = self.path.join(SOURCE);
        let skeleton = lab.skeleton()?;
        let kept = match fs::read(&path) {
            Ok(bytes) if bytes == skeleton.as_bytes() => None,
            Ok(bytes) => {
                let names = (1..).map(|number| self.path.join(format!("src/before-reset-{number}.rs")));
                let free = names.into_iter().find(|path| !path.exists()).expect("one of all numbers is free");
                write_atomically(&free, &bytes)?;
                Some(free)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Error::read(&path)(error)),
        };
        for (name, text) in package::learner(sources, lab)? {
            write_atomically(&self.path.join(name), text.as_bytes())?;
        }
        write_atomically(&path, skeleton.as_bytes())?;
        self.about.version = lab.manifest.version;
        self.keep()?;
        Ok(kept)
    }

    fn keep(&self) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(&self.about).expect("words and numbers are JSON");
        Ok(write_atomically(&self.path.join(OURS).join("lab.json"), text.as_bytes())?)
    }
}

fn readme(lab: &Lab) -> String {
    let manifest = &lab.manifest;
    format!(
        "# {}\n\n{}, about {} minutes. {}\n\nEdit `{SOURCE}`, nothing else: the other files are for your editor, and `lineage` \
         does not look at them.\n\n\
         | | |\n|---|---|\n\
         | `lineage lab check` | tells what is right and what is not |\n\
         | `lineage lab watch` | does so whenever you save |\n\
         | `lineage lab hint` | gives a hint, and each time one more |\n\
         | `lineage lab reset` | begins anew and keeps a copy |\n\n{}\n",
        manifest.title,
        manifest.paper,
        manifest.minutes,
        manifest.task,
        crate::words::read_on(lab),
    )
}
