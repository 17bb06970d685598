//! `config.json`: settings by name, each of a kind that is asked for.
//!
//! What a setting means, each family says for itself; how one is read is the same for all. A setting may have several
//! names, of which older and newer files use one; `null` is as good as nothing; and what is not as it must be is told with
//! its name, the file and what it could be.
//!
//! ```
//! use published::json::Config;
//!
//! let config = Config::parse("config.json".as_ref(), br#"{"n_embd": 768, "n_inner": null, "rope": {"theta": 1e4}}"#)?;
//! assert_eq!(config.required(&["hidden_size", "n_embd"], Config::size)?, 768);
//! assert_eq!(config.size(&["n_inner"])?, None);
//! let rope = config.required(&["rope"], Config::object)?;
//! assert_eq!(rope.positive(&["theta"])?, Some(1e4));
//! let error = rope.required(&["factor"], Config::positive).unwrap_err();
//! assert_eq!(error.to_string(), "config.json has no `rope.factor`; use the file that the model was published with");
//! # Ok::<(), published::Error>(())
//! ```

use std::path::{Path, PathBuf};

use data::quoted;
use serde_json::{Map, Value};

use crate::error::{Error, brief};
use crate::source::{Source, from_json};

/// The name of the file.
pub const CONFIG: &str = "config.json";

/// The kind of the file, as errors call it.
const KIND: &str = "configuration in JSON";

/// The largest in bytes; the names of a classifier's classes are in it too.
const LARGEST: u64 = 1 << 24;

/// The largest size: products of two are far from overflowing.
const LARGEST_SIZE: usize = 1_000_000_000;

/// Settings in a file, or in an object within it.
#[derive(Clone, Debug)]
pub struct Config {
    path: PathBuf,
    /// What stands before the names here, such as `rope_scaling.`.
    within: String,
    settings: Map<String, Value>,
}

impl Config {
    /// Reads the `config.json` of a folder.
    ///
    /// # Errors
    /// [`Error::Read`], or [`Error::Damaged`] if it is too large, not UTF-8, not JSON or no object.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        Config::read_file(&folder.join(CONFIG))
    }

    /// Reads a file of such settings, whatever its name.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_file(path: &Path) -> Result<Self, Error> {
        Config::parse(path, &Source::open(path, KIND)?.read_all(LARGEST)?)
    }

    /// The settings of a file with this content, in the name of `path`.
    ///
    /// # Errors
    /// [`Error::Damaged`].
    pub fn parse(path: &Path, json: &[u8]) -> Result<Self, Error> {
        Ok(Config { path: path.into(), within: String::new(), settings: from_json(path, KIND, json)? })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The family of the model, of those that are known.
    ///
    /// # Errors
    /// [`Error::Family`] if it is of another or does not say so.
    pub fn family<T: Copy>(&self, known: &[(&str, T)]) -> Result<T, Error> {
        let found = self.text(&["model_type"])?;
        let family = known.iter().find(|(name, _)| found == Some(*name));
        family.map(|&(_, family)| family).ok_or_else(|| {
            let known: Vec<&str> = known.iter().map(|&(name, _)| name).collect();
            Error::Family {
                path: self.path.clone(),
                found: found.map(|found| quoted(&brief(found))),
                known: known.join(", "),
            }
        })
    }

    /// What `get` finds under the first of these names that is there.
    ///
    /// # Errors
    /// [`Error::NoSetting`] if none is, or as `get`.
    pub fn required<'c, T>(
        &'c self,
        names: &[&str],
        get: impl FnOnce(&'c Self, &[&str]) -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        get(self, names)?.ok_or_else(|| Error::NoSetting {
            path: self.path.clone(),
            names: names.iter().map(|name| format!("`{}{name}`", self.within)).collect::<Vec<_>>().join(" or "),
        })
    }

    /// A whole number of at least 1, such as a width.
    ///
    /// # Errors
    /// [`Error::Setting`], [`Error::Contradiction`].
    pub fn size(&self, names: &[&str]) -> Result<Option<usize>, Error> {
        self.get(names, "a whole number from 1 to 1000000000", |value| {
            whole(value).filter(|size| (1..=LARGEST_SIZE).contains(size))
        })
    }

    /// A whole number of at least 0, such as a token.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    pub fn whole(&self, names: &[&str]) -> Result<Option<usize>, Error> {
        self.get(names, "a whole number from 0 to 1000000000", |value| {
            whole(value).filter(|&number| number <= LARGEST_SIZE)
        })
    }

    /// A number above 0.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    pub fn positive(&self, names: &[&str]) -> Result<Option<f64>, Error> {
        self.get(names, "a number above 0", |value| value.as_f64().filter(|&number| number > 0.0))
    }

    /// A number of at least 0.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    pub fn not_negative(&self, names: &[&str]) -> Result<Option<f64>, Error> {
        self.get(names, "a number of at least 0", |value| value.as_f64().filter(|&number| number >= 0.0))
    }

    /// A number from 0 to 1.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    pub fn share(&self, names: &[&str]) -> Result<Option<f64>, Error> {
        self.get(names, "a number from 0 to 1", |value| value.as_f64().filter(|number| (0.0..=1.0).contains(number)))
    }

    /// True or false.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    pub fn flag(&self, names: &[&str]) -> Result<Option<bool>, Error> {
        self.get(names, "true or false", Value::as_bool)
    }

    /// A text.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    pub fn text<'c>(&'c self, names: &[&str]) -> Result<Option<&'c str>, Error> {
        self.get(names, "a text in quotation marks", |value: &'c Value| value.as_str())
    }

    /// One of these words.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    pub fn choice<T: Copy>(&self, names: &[&str], known: &[(&str, T)]) -> Result<Option<T>, Error> {
        let words: Vec<String> = known.iter().map(|(word, _)| quoted(word)).collect();
        self.get(names, &format!("one of {}", words.join(", ")), |value| {
            let word = value.as_str()?;
            known.iter().find(|(other, _)| *other == word).map(|&(_, meaning)| meaning)
        })
    }

    /// Settings of their own.
    ///
    /// # Errors
    /// As [`size`](Self::size).
    pub fn object(&self, names: &[&str]) -> Result<Option<Config>, Error> {
        let found = self.get(names, "an object", Value::as_object)?;
        let name = names.iter().find(|name| self.value(name).is_some());
        Ok(found.zip(name).map(|(settings, name)| Config {
            path: self.path.clone(),
            within: format!("{}{name}.", self.within),
            settings: settings.clone(),
        }))
    }

    /// What stands under a name, if anything does.
    fn value(&self, name: &str) -> Option<&Value> {
        self.settings.get(name).filter(|value| !value.is_null())
    }

    /// What stands under the first of several names of one setting.
    fn get<'c, T>(
        &'c self,
        names: &[&str],
        wanted: &str,
        meaning: impl FnOnce(&'c Value) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let mut found = names.iter().filter_map(|name| Some((name, self.value(name)?)));
        let Some((name, value)) = found.next() else { return Ok(None) };
        let said = |name: &str, value: &Value| (format!("{}{name}", self.within), brief(&value.to_string()));
        if let Some((other, different)) = found.find(|(_, other)| *other != value) {
            let [one, other] = [said(name, value), said(other, different)];
            return Err(Error::Contradiction { path: self.path.clone(), one, other });
        }
        let (name, found) = said(name, value);
        let wanted = wanted.to_owned();
        meaning(value).map(Some).ok_or_else(|| Error::Setting { path: self.path.clone(), name, found, wanted })
    }
}

fn whole(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|number| usize::try_from(number).ok())
}
