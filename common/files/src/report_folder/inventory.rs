//! What this program wrote into the folder of a report; everything else there is the reader's.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Component, Path},
};

use super::{MARK, PAGE};
use crate::{hash::sha256, write_atomically};

/// The inventory's own file, which `sha256sum --check` can read.
pub const FILE: &str = ".lineage-report";

/// The files of a report, by name and SHA-256. A file that was changed since is no longer ours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory(BTreeSet<(String, String)>);

impl Inventory {
    /// Of files that are about to be written: names and contents.
    pub fn of(files: &[(String, Vec<u8>)]) -> Self {
        Inventory(files.iter().map(|(name, content)| (name.clone(), sha256(content))).collect())
    }

    /// Of the report that stands in a folder; `None` if none does.
    ///
    /// # Errors
    /// If that cannot be found out.
    pub fn read(folder: &Path) -> io::Result<Option<Self>> {
        if let Some(found) = Inventory::read_from(&folder.join(FILE))? {
            return Ok(Some(found));
        }
        let Some(page) = read_if_there(&folder.join(PAGE))? else { return Ok(None) };
        if !page.windows(MARK.len()).take(4096).any(|window| window == MARK.as_bytes()) {
            return Ok(None);
        }
        // Earlier versions left no inventory: theirs is the page, and what it links.
        let mut found = BTreeSet::from([(PAGE.to_owned(), sha256(&page))]);
        for name in linked(&String::from_utf8_lossy(&page)) {
            if let Some(content) = read_if_there(&folder.join(&name))? {
                found.insert((name, sha256(&content)));
            }
        }
        Ok(Some(Inventory(found)))
    }

    /// As a file says it; `None` if there is no such file.
    ///
    /// # Errors
    /// If that cannot be found out; [`io::ErrorKind::InvalidData`] if it is no inventory, or was cut short.
    pub fn read_from(path: &Path) -> io::Result<Option<Self>> {
        let foreign = || io::Error::new(io::ErrorKind::InvalidData, "it is no inventory of a report");
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
            Ok(found) if !found.is_file() => return Err(foreign()),
            Ok(_) => {}
        }
        let text = fs::read_to_string(path)?;
        let lines = text.strip_suffix('\n').ok_or_else(foreign)?.split('\n');
        let files: Option<_> = lines.map(|line| line.split_once("  ").filter(is_entry)).collect();
        let files: BTreeSet<(&str, &str)> = files.ok_or_else(foreign)?;
        Ok(Some(Inventory(files.into_iter().map(|(hash, name)| (name.to_owned(), hash.to_owned())).collect())))
    }

    /// Writes it into a folder.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        self.write_as(FILE, folder)
    }

    /// Writes it into a folder under another name.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn write_as(&self, file: &str, folder: &Path) -> io::Result<()> {
        let text: String = self.0.iter().map(|(name, hash)| format!("{hash}  {name}\n")).collect();
        write_atomically(&folder.join(file), text.as_bytes()).map_err(|error| error.source)
    }

    /// What is in either.
    pub fn and(&self, other: &Self) -> Self {
        Inventory(self.0.union(&other.0).cloned().collect())
    }

    /// The names, the page last: whoever sees it finds what it links.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        names.sort_by_key(|&name| name == PAGE);
        names
    }

    /// Whether the file of this name in a folder is one of these, unchanged.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn owns(&self, folder: &Path, name: &str) -> io::Result<bool> {
        let content = read_if_there(&folder.join(name))?;
        Ok(content.is_some_and(|content| self.0.contains(&(name.to_owned(), sha256(&content)))))
    }
}

/// Whether these are a SHA-256 and the name of a file in the same folder.
fn is_entry((hash, name): &(&str, &str)) -> bool {
    let is_plain = matches!(Path::new(name).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
    is_plain && hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// The content of what is a file, and no link or folder; `None` if there is no such file.
pub fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => fs::read(path).map(Some),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The data that a page links.
fn linked(page: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1).filter_map(|link| link.split_once("\">Data (CSV)"));
    links.map(|(name, _)| name.to_owned()).filter(|name| !name.contains(['"', '/', '\\'])).collect()
}
