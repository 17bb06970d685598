//! Trainings that finished, kept so that a comparison which was stopped goes on where it was.
//!
//! One file for each training, `FOLDER/PROGRAM/KEY.cbor`: a line of text that says what it is, then its outcome in CBOR,
//! in which every number comes back bit for bit. The key is the hash of all that decides about the outcome: the program
//! itself, the text, the budget, and the training with its seed. So a file never has to be made invalid, and two
//! comparisons may share a folder. Times are not kept: they belong to the run that measured them.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use files::{WriteError, sha256, sha256_of_file, write_atomically};
use report::{format, progress::Progress};
use serde::{Serialize, de::DeserializeOwned};

/// What stands in the folder for whoever finds it.
const README: &str = "\
Trainings that `lineage compare` has finished. A comparison that is stopped goes on from here; what belongs to another
version of the program, another text, budget or seed is not used. Everything in this folder may be deleted at any time.
";

/// A folder of trainings, or none.
pub struct Kept {
    folder: Option<PathBuf>,
    /// What all keys of this comparison begin with.
    circumstances: String,
    /// Whether what is there already is used.
    reads: bool,
    progress: Progress,
    writes: AtomicBool,
    found: AtomicUsize,
}

impl Kept {
    /// Nothing is kept.
    pub fn nowhere() -> Self {
        Self {
            folder: None,
            circumstances: String::new(),
            reads: false,
            progress: Progress::Quiet,
            writes: AtomicBool::new(false),
            found: AtomicUsize::new(0),
        }
    }

    /// Keeps trainings in `folder`, which is made with the first of them. What is there is used unless the comparison is to
    /// be `fresh`. `circumstances` are what all trainings depend on but the program.
    pub fn open(folder: &Path, fresh: bool, circumstances: &str, progress: Progress) -> Self {
        let program = match env::current_exe().and_then(|program| sha256_of_file(&program)) {
            Ok(hash) => hash,
            Err(error) => {
                progress.say(&format!("trainings are not kept, because the program cannot read itself: {error}"));
                return Self::nowhere();
            }
        };
        let own = folder.join(&program[..16]);
        let others = fs::read_dir(folder).into_iter().flatten().flatten();
        let others = others.filter(|entry| entry.path().is_dir() && entry.path() != own).count();
        if others > 0 {
            let versions = format::counted(others, "other version");
            progress.say(&format!(
                "{} also holds trainings of {versions} of the program, which are not used and may be deleted",
                folder.display()
            ));
        }
        Self {
            folder: Some(own),
            circumstances: format!("{program}\n{circumstances}\n"),
            reads: !fresh,
            progress,
            writes: AtomicBool::new(true),
            ..Self::nowhere()
        }
    }

    /// How many trainings were found since this was last asked.
    pub fn take_found(&self) -> usize {
        self.found.swap(0, Ordering::Relaxed)
    }

    /// The outcome of a training, if it was kept. A file that is damaged is as good as none, and that is said.
    pub fn find<T: DeserializeOwned>(&self, training: &str) -> Option<T> {
        let path = self.path(training).filter(|_| self.reads)?;
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => return self.made_anew(&path, &error.to_string()),
        };
        let Some(outcome) = unpack(&content) else {
            return self.made_anew(&path, "it was cut off or changed");
        };
        self.found.fetch_add(1, Ordering::Relaxed);
        Some(outcome)
    }

    /// Keeps the outcome of a training. If that fails it is said once, and no more are kept.
    pub fn keep<T: Serialize>(&self, training: &str, outcome: &T) {
        let Some(path) = self.path(training).filter(|_| self.writes.load(Ordering::Relaxed)) else { return };
        let kept = pack(training, outcome).and_then(|content| {
            make_folder(&path)?;
            Ok(write_atomically(&path, &content)?)
        });
        if let Err(reason) = kept
            && self.writes.swap(false, Ordering::Relaxed)
        {
            self.progress.say(&format!(
                "no more trainings are kept: {reason}. The comparison goes on; if it is stopped, those that follow are lost"
            ));
        }
    }

    fn made_anew<T>(&self, path: &Path, reason: &str) -> Option<T> {
        self.progress.say(&format!("{} cannot be used: {reason}; the training is made anew", path.display()));
        None
    }

    fn path(&self, training: &str) -> Option<PathBuf> {
        let key = || sha256(format!("{}{training}", self.circumstances));
        self.folder.as_ref().map(|folder| folder.join(format!("{}.cbor", &key()[..32])))
    }
}

/// The folders that a training stands in, and what they are for.
fn make_folder(path: &Path) -> anyhow::Result<()> {
    let refused = |path: &Path, source| WriteError { path: path.to_owned(), source };
    let Some([own, all]) = path.parent().and_then(|own| Some([own, own.parent()?])) else { return Ok(()) };
    fs::create_dir_all(own).map_err(|error| refused(own, error))?;
    let readme = all.join("README.txt");
    if !readme.exists() {
        fs::write(&readme, README).map_err(|error| refused(&readme, error))?;
    }
    Ok(())
}

/// `HASH TRAINING\n`, then CBOR; the hash is that of everything behind it.
fn pack<T: Serialize>(training: &str, outcome: &T) -> anyhow::Result<Vec<u8>> {
    let short: String = training.chars().filter(|c| *c != '\n').take(200).collect();
    let mut content = format!("{short}\n").into_bytes();
    ciborium::into_writer(outcome, &mut content)?;
    Ok([format!("{} ", sha256(&content)).as_bytes(), &content].concat())
}

fn unpack<T: DeserializeOwned>(content: &[u8]) -> Option<T> {
    let (hash, content) = content.split_at_checked(65)?;
    if hash != format!("{} ", sha256(content)).as_bytes() {
        return None;
    }
    let end = content.iter().position(|byte| *byte == b'\n')?;
    ciborium::from_reader(&content[end + 1..]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(folder: &Path, fresh: bool, circumstances: &str) -> Kept {
        Kept::open(folder, fresh, circumstances, Progress::Quiet)
    }

    fn only_file(folder: &Path) -> PathBuf {
        let own = fs::read_dir(folder).unwrap().flatten().find(|entry| entry.path().is_dir()).unwrap();
        fs::read_dir(own.path()).unwrap().next().unwrap().unwrap().path()
    }

    #[test]
    fn a_training_is_found_under_the_same_circumstances_alone_and_bit_for_bit() {
        let dir = tempfile::TempDir::new().unwrap();
        let outcome = vec![(0.1, "x".to_owned()), (f64::INFINITY, String::new()), (f64::NAN, String::new())];
        let first = kept(dir.path(), false, "text 1");
        assert_eq!(first.find::<Vec<(f64, String)>>("a"), None);
        first.keep("a", &outcome);
        let again = kept(dir.path(), false, "text 1");
        let found: Vec<(f64, String)> = again.find("a").unwrap();
        assert!(found.iter().zip(&outcome).all(|(a, b)| a.0.to_bits() == b.0.to_bits() && a.1 == b.1));
        assert_eq!([again.take_found(), again.take_found()], [1, 0]);
        assert!(again.find::<Vec<(f64, String)>>("b").is_none());
        assert!(kept(dir.path(), false, "text 2").find::<Vec<(f64, String)>>("a").is_none());
        assert!(kept(dir.path(), true, "text 1").find::<Vec<(f64, String)>>("a").is_none(), "fresh");
        assert!(dir.path().join("README.txt").is_file());
    }

    #[test]
    fn what_is_damaged_is_made_anew() {
        let dir = tempfile::TempDir::new().unwrap();
        let first = kept(dir.path(), false, "");
        first.keep("a", &[1.0, 2.0]);
        let path = only_file(dir.path());
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(first.find::<[f64; 2]>("a"), None, "cut at {at}");
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert_eq!(first.find::<[f64; 2]>("a"), None, "changed at {at}");
        }
        fs::write(&path, &whole).unwrap();
        assert_eq!(first.find::<String>("a"), None, "of another type");
        assert_eq!(first.find("a"), Some([1.0, 2.0]));
    }

    #[test]
    fn nothing_is_kept_where_no_folder_can_be() {
        let dir = tempfile::TempDir::new().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "mine").unwrap();
        let nowhere = kept(&file, false, "");
        nowhere.keep("a", &1.0);
        assert_eq!(nowhere.find::<f64>("a"), None);
        assert_eq!(fs::read(&file).unwrap(), b"mine");
    }
}
