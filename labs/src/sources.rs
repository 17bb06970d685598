//! The clone whose crates the labs stand on.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::home::Home;

/// The folder of a clone of this project.
#[derive(Clone, Debug)]
pub struct Sources(PathBuf);

impl Sources {
    /// The clone in a folder.
    ///
    /// # Errors
    /// If there is none.
    pub fn at(folder: &Path) -> Result<Self, Error> {
        let root = dunce::canonicalize(folder).map_err(Error::read(folder))?;
        let files = ["Cargo.toml", "Cargo.lock", "labs/kit/Cargo.toml", "labs/course"];
        match files.iter().all(|file| root.join(file).exists()) {
            true => Ok(Sources(root)),
            false => Err(Error::NotSources(folder.to_owned())),
        }
    }

    /// The clone that was given before, or else the one that this program was built from.
    ///
    /// # Errors
    /// If neither is there.
    pub fn find(home: Option<&Home>) -> Result<Self, Error> {
        let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned);
        let known = home.and_then(Home::sources).into_iter().chain(built_from);
        known.filter_map(|folder| Sources::at(&folder).ok()).next().ok_or(Error::NoSources)
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.0
    }

    /// Where its labs are.
    pub fn course(&self) -> PathBuf {
        self.0.join("labs/course")
    }

    /// Where the programs of labs are built.
    pub(crate) fn target(&self) -> PathBuf {
        self.0.join("target/labs")
    }

    /// The versions of all crates, so that cargo takes those that are there already.
    pub(crate) fn lock(&self) -> PathBuf {
        self.0.join("Cargo.lock")
    }

    /// What a manifest elsewhere must say of crates that the workspace knows, by name.
    ///
    /// # Errors
    /// If the workspace does not know one.
    pub(crate) fn dependencies<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<toml::Table, Error> {
        let path = self.0.join("Cargo.toml");
        let broken = |what: String| Error::Manifest { path: path.clone(), what };
        let text = fs::read_to_string(&path).map_err(Error::read(&path))?;
        let manifest: toml::Table =
            text.parse().map_err(|error: toml::de::Error| broken(error.message().to_owned()))?;
        let known = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies"));
        let mut dependencies = toml::Table::new();
        for name in names {
            let unknown = || broken(format!("it has no dependency {}, which a lab asks for", data::quoted(name)));
            let mut dependency = known.and_then(|known| known.get(name)).ok_or_else(unknown)?.clone();
            if let Some(path) = dependency.get_mut("path")
                && let Some(relative) = path.as_str()
            {
                *path = self.0.join(relative).to_string_lossy().into_owned().into();
            }
            dependencies.insert(name.to_owned(), dependency);
        }
        Ok(dependencies)
    }
}
