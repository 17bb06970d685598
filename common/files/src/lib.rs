//! Files that other programs, crashes and full disks cannot spoil: one takes the place of another at once
//! ([`write_atomically`]), a folder is locked while somebody works in it ([`lock`]), and what was made in vain is undone
//! ([`Made`]).

mod beside;
mod error;
pub mod lock;
mod made;
mod replace;

pub use beside::Beside;
pub use error::{WriteError, is_out_of_files, way_out};
pub use made::Made;
pub use replace::{partials, stream_atomically, write_atomically};
