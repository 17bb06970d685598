//! Labs in a folder: of this project, or of a teacher.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::manifest::{Manifest, Misconception};

/// A lab: a folder with a `lab.toml` and the files that the crate's documentation lists.
#[derive(Clone, Debug)]
pub struct Lab {
    /// Name of its folder, as `13-causal-mask`.
    pub name: String,
    /// What it says about itself.
    pub manifest: Manifest,
    folder: PathBuf,
}

/// What a version of a lab's functions is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind<'l> {
    /// It is right.
    Right,
    /// It makes this mistake.
    Wrong(&'l Misconception),
    /// The same, written by somebody who knows its description alone: `second/NAME.rs`.
    Second(&'l Misconception),
    /// What the learner begins with.
    Skeleton,
}

/// A file that has all of a lab's functions.
#[derive(Clone, Debug)]
pub struct Version<'l> {
    /// What it is.
    pub kind: Kind<'l>,
    /// The file.
    pub path: PathBuf,
}

impl Version<'_> {
    /// Folder and name of the file, as `wrong/unscaled`.
    pub fn name(&self) -> String {
        let names: Vec<_> =
            self.path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
        match self.kind {
            Kind::Skeleton => "skeleton".to_owned(),
            _ => names[names.len() - 2..].join("/"),
        }
    }
}

impl Lab {
    /// Reads the lab in a folder.
    ///
    /// # Errors
    /// If its manifest is not one, or files are missing.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let folder = dunce::canonicalize(folder).map_err(Error::read(folder))?;
        let manifest = Manifest::read(&folder.join("lab.toml"))?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let lab = Lab { name, manifest, folder };
        let train = lab.manifest.whole.as_ref().map(|_| lab.file("train"));
        let needed: Vec<_> = [lab.file("cases"), lab.file("call")].into_iter().chain(train).collect();
        let versions = lab.versions();
        let missing = needed.iter().chain(versions.iter().map(|version| &version.path)).find(|path| !path.is_file());
        match missing {
            Some(path) => Err(Error::Manifest {
                path: lab.folder.join("lab.toml"),
                what: format!("{} is missing: write it, or take its name out", path.display()),
            }),
            None => Ok(lab),
        }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file of the lab, by its name without ending.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.rs"))
    }

    /// All versions of the lab's functions; the first is the one that says what is right.
    pub fn versions(&self) -> Vec<Version<'_>> {
        let version = |kind, folder: &str, name: &str| Version { kind, path: self.file(&format!("{folder}{name}")) };
        let Manifest { solution, wrong, .. } = &self.manifest;
        let right = solution.iter().map(|solution| version(Kind::Right, "solutions/", &solution.name));
        let wrong_ones = wrong.iter().flat_map(|wrong| {
            let names = [&wrong.name].into_iter().chain(&wrong.variants);
            names.map(move |name| version(Kind::Wrong(wrong), "wrong/", name))
        });
        let second = wrong.iter().map(|wrong| version(Kind::Second(wrong), "second/", &wrong.name));
        let second = second.filter(|version| version.path.is_file());
        right.chain(wrong_ones).chain(second).chain([version(Kind::Skeleton, "", "skeleton")]).collect()
    }

    /// What the learner begins with.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn skeleton(&self) -> Result<String, Error> {
        let path = self.file("skeleton");
        fs::read_to_string(&path).map_err(Error::read(&path))
    }

    /// The solution that is shown: the first.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn solution(&self) -> Result<String, Error> {
        let path = self.file(&format!("solutions/{}", self.manifest.solution[0].name));
        fs::read_to_string(&path).map_err(Error::read(&path))
    }
}

/// All labs of a folder, by name.
#[derive(Clone, Debug)]
pub struct Course {
    folder: PathBuf,
    labs: Vec<Lab>,
}

impl Course {
    /// Reads a folder of labs, or that of one lab.
    ///
    /// # Errors
    /// If there is no lab, or one is not as it must be.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        if folder.join("lab.toml").is_file() {
            return Ok(Course { folder: folder.to_owned(), labs: vec![Lab::open(folder)?] });
        }
        let mut labs = Vec::new();
        for entry in fs::read_dir(folder).map_err(Error::read(folder))? {
            let path = entry.map_err(Error::read(folder))?.path();
            if path.join("lab.toml").is_file() {
                labs.push(Lab::open(&path)?);
            }
        }
        labs.sort_by(|a, b| a.name.cmp(&b.name));
        match labs.is_empty() {
            true => Err(Error::NoCourse(folder.to_owned())),
            false => Ok(Course { folder: folder.to_owned(), labs }),
        }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The labs in order.
    pub fn labs(&self) -> &[Lab] {
        &self.labs
    }

    /// The lab of a name, which may be shortened to its number or to a part that no other has.
    ///
    /// # Errors
    /// If none or several have it.
    pub fn lab(&self, name: &str) -> Result<&Lab, Error> {
        let number = |lab: &Lab| lab.name.split('-').next().map(str::to_owned);
        let exact = self.labs.iter().find(|lab| lab.name == name || number(lab).as_deref() == Some(name));
        let part: Vec<_> = self.labs.iter().filter(|lab| lab.name.contains(name)).collect();
        match (exact, &part[..]) {
            (Some(lab), _) => Ok(lab),
            (None, [lab]) => Ok(lab),
            (None, []) => Err(Error::NoLab(name.to_owned())),
            (None, several) => {
                Err(Error::SeveralLabs(name.to_owned(), several.iter().map(|lab| lab.name.clone()).collect()))
            }
        }
    }
}
