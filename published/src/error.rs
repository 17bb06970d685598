//! What can be wrong with a published model. Each error is one sentence: the file, the place, the way out.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use data::{TokenizeError, one_line};
use files::{is_out_of_files, way_out};
use tensor::Real;
use transformer::ConfigError;

/// Why a model is not read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be opened or read.
    #[error("cannot read {}: {source}; {}", path.display(), readable(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file cannot be written; what stood there before is untouched.
    #[error(transparent)]
    Write(#[from] files::WriteError),
    /// Something stands where a file is to be written.
    #[error("{} is there already, and nothing is written over it; choose another folder, or ask for it to be replaced", path.display())]
    Exists {
        /// What stands there.
        path: PathBuf,
    },
    /// What is there is of a kind that is not read here, or cannot be told from others.
    #[error("{} {what}; {way_out}", path.display())]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// What it is or holds.
        what: String,
        /// What helps.
        way_out: String,
    },
    /// A file is not what it has to be.
    #[error("{} is damaged or no {kind}: {reason}; get it again from where it was published", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What it has to be.
        kind: &'static str,
        /// What is wrong with it, and where.
        reason: String,
    },
    /// A weight is infinite or no number.
    #[error(
        "{}: {tensor} holds {value} at {place:?}, and every weight has to be a finite number; use weights of a training that \
         did not diverge",
        path.display()
    )]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// The place of the first such weight.
        place: Vec<usize>,
        /// What stands there.
        value: f64,
    },
    /// The tensors are not those of the model that the configuration describes.
    #[error(transparent)]
    Mismatch(#[from] Box<Mismatch>),
    /// A setting is of another kind or beyond its limits.
    #[error("`{name}` in {} is {found}; it must be {wanted}", path.display())]
    Setting {
        /// The file.
        path: PathBuf,
        /// The setting.
        name: String,
        /// What it is.
        found: String,
        /// What it could be.
        wanted: String,
    },
    /// A setting is missing that has no default.
    #[error("{} has no {names}; use the file that the model was published with", path.display())]
    NoSetting {
        /// The file.
        path: PathBuf,
        /// Under which names it was looked for.
        names: String,
    },
    /// One setting stands under two names and is different.
    #[error("{} contradicts itself: `{}` is {} and `{}` is {}, which are two names of one setting; correct or remove one", path.display(), one.0, one.1, other.0, other.1)]
    Contradiction {
        /// The file.
        path: PathBuf,
        /// A name and what it is.
        one: (String, String),
        /// Another and what it is.
        other: (String, String),
    },
    /// The model is of a family that is not known here.
    #[error("{}, and the families that are known here are {known}; use a model of one of them", match found {
        Some(found) => format!("the model of {} is of the family {found}", path.display()),
        None => format!("{} does not say by `model_type` of which family its model is", path.display()),
    })]
    Family {
        /// The file.
        path: PathBuf,
        /// What it names.
        found: Option<String>,
        /// Those that are known.
        known: String,
    },
    /// The tokenizer is not one that can be used.
    #[error("{}: {source}", path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: TokenizeError,
    },
}

impl Error {
    /// Of a configuration that no model can have.
    pub(crate) fn unbuildable(path: &Path, error: &ConfigError) -> Self {
        Error::Refused {
            path: path.into(),
            what: format!("describes a model that cannot be built: {error}"),
            way_out: "use the files that the model was published with".to_owned(),
        }
    }

    /// Of a number in a tensor of this shape.
    pub(crate) fn not_finite(path: &Path, tensor: &str, shape: &[usize], number: usize, value: Real) -> Self {
        let place = place(shape, number);
        Error::NotFinite { path: path.into(), tensor: brief(tensor), place, value: value.into() }
    }
}

/// The indices of a number in a tensor of this shape.
fn place(shape: &[usize], mut number: usize) -> Vec<usize> {
    let mut place = vec![0; shape.len()];
    for (index, length) in place.iter_mut().zip(shape).rev() {
        (*index, number) = (number % length, number / length);
    }
    place
}

/// What helps if a file cannot be read.
fn readable(error: &io::Error) -> &'static str {
    if is_out_of_files(error) { way_out(error) } else { "check the path and its permissions" }
}

/// All in which the tensors of a model differ from those that its configuration asks for.
#[derive(Debug, Default)]
pub struct Mismatch {
    /// The folder or file.
    pub path: PathBuf,
    /// Tensors that are not there.
    pub missing: Vec<String>,
    /// Tensors that no part of the model has.
    pub unused: Vec<String>,
    /// Tensors of another shape: name, shape, the shape that was asked for.
    pub misshapen: Vec<(String, Vec<usize>, Vec<usize>)>,
    /// Tensors of numbers that are not read here: name, element type.
    pub unread: Vec<(String, String)>,
}

impl Mismatch {
    /// Whether there is no difference.
    pub fn is_empty(&self) -> bool {
        let Mismatch { path: _, missing, unused, misshapen, unread } = self;
        missing.is_empty() && unused.is_empty() && misshapen.is_empty() && unread.is_empty()
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let misshapen = |(name, found, wanted): &(String, Vec<usize>, Vec<usize>)| {
            format!("{} ({found:?} instead of {wanted:?})", brief(name))
        };
        let name = |name: &String| brief(name);
        let parts = [
            ("it lacks ", listed(&self.missing, name)),
            ("no part of the model has ", listed(&self.unused, name)),
            ("of another shape are ", listed(&self.misshapen, misshapen)),
            ("not of F32, F16 or BF16 are ", listed(&self.unread, |(name, kind)| format!("{} ({kind})", brief(name)))),
        ];
        let parts: Vec<String> =
            parts.into_iter().filter_map(|(what, names)| Some(format!("{what}{}", names?))).collect();
        let shown = self.path.display();
        write!(
            f,
            "the weights in {shown} are not those of the model that its configuration describes: {}; use weights and \
             configuration of one model",
            parts.join(", and ")
        )
    }
}

impl std::error::Error for Mismatch {}

/// How many names a sentence has room for.
const MOST: usize = 10;

/// Names, of which the first are shown and the others counted.
fn listed<T>(all: &[T], show: impl Fn(&T) -> String) -> Option<String> {
    let shown: Vec<String> = all.iter().take(MOST).map(show).collect();
    match all.len() - shown.len() {
        0 => several(&shown),
        more => Some(format!("{} and {more} more", shown.join(", "))),
    }
}

/// Words as an enumeration: `a, b and c`.
pub(crate) fn several(words: &[String]) -> Option<String> {
    let (last, others) = words.split_last()?;
    Some(if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) })
}

/// A text of a stranger's on one line, of which only the beginning is shown if it is long.
pub(crate) fn brief(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", one_line(&text[..end])),
        None => one_line(text).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_names_are_shown_and_the_others_counted() {
        let names: Vec<String> = (0..13).map(|n| n.to_string()).collect();
        let show = |name: &String| name.clone();
        assert_eq!(listed(&names[..0], show), None);
        assert_eq!(listed(&names[..1], show).unwrap(), "0");
        assert_eq!(listed(&names[..3], show).unwrap(), "0, 1 and 2");
        assert_eq!(listed(&names[..10], show).unwrap(), "0, 1, 2, 3, 4, 5, 6, 7, 8 and 9");
        assert_eq!(listed(&names, show).unwrap(), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 3 more");
    }

    #[test]
    fn a_number_has_its_indices() {
        assert_eq!(place(&[2, 3, 4], 0), [0, 0, 0]);
        assert_eq!(place(&[2, 3, 4], 23), [1, 2, 3]);
        assert_eq!(place(&[2, 3, 4], 6), [0, 1, 2]);
        assert_eq!(place(&[], 0), [] as [usize; 0]);
    }

    #[test]
    fn what_strangers_wrote_stays_on_one_line_and_is_short() {
        assert_eq!(brief("a\nb"), "a\\nb");
        assert_eq!(brief(&"x".repeat(1000)), "x".repeat(120) + "…");
    }
}
