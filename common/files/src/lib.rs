//! Files that other programs, crashes and full disks cannot spoil: one takes the place of another at once
//! ([`write_atomically`]), a folder is locked while somebody works in it ([`lock`]), what was made in vain is undone
//! ([`Made`]), and a report takes the place of the one before ([`report_folder`]).

mod beside;
mod error;
mod hash;
pub mod lock;
mod made;
mod replace;
pub mod report_folder;

pub use beside::Beside;
pub use error::{WriteError, is_out_of_files, way_out};
pub use hash::{sha256, sha256_of_file};
pub use made::Made;
pub use replace::{Staged, partials, stream_atomically, write_atomically};
