//! `retask fix` and `retask undo`: guards, writing, compiling, taking back, and the way back.

mod apply;
mod cargo;
#[cfg(all(test, unix))]
mod crash;
mod disk;
mod fix;
mod git;
mod journal;
mod lock;
#[cfg(test)]
mod properties;
mod search;
mod trial;
mod writer;

use std::path::Path;

pub use apply::apply;
pub use disk::RealDisk;
pub use fix::{How, fix};
pub use journal::{Folders, hash};
pub use lock::Lock;
pub use trial::TakenBack;
pub use writer::{Recovered, is_interrupted, recover, undo};

use crate::exit::code;

/// Why nothing can be written, in words with the file and the next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// These files are not what they were.
    Changed(Vec<String>),
    /// Another run is at work.
    Busy(String),
    /// The system does not let it.
    Io { path: String, error: String },
    /// What retask keeps is not whole.
    Broken(String),
}

impl Failure {
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Failure {
        Failure::Io { path: path.to_string_lossy().into_owned(), error: error.to_string() }
    }

    /// The exit code of the contract.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Changed(_) | Failure::Busy(_) => code::CONFLICT,
            Failure::Io { .. } | Failure::Broken(_) => code::USAGE,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Changed(paths) => {
                write!(f, "files changed meanwhile:")?;
                paths.iter().try_for_each(|it| write!(f, "\n  * {it}"))
            }
            Failure::Busy(message) | Failure::Broken(message) => write!(f, "{message}"),
            Failure::Io { path, error } => write!(f, "`{path}` cannot be written: {error}"),
        }
    }
}
