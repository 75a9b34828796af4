//! The journal of a run: which files it writes, and their bytes before. While a run is at work it is the way back after a crash;
//! afterwards it is what `retask undo` reads.
//!
//! ```text
//! target/retask/<workspace>/journal/record.json, 0, 1, …   a run that is at work, or was cut off
//! target/retask/<workspace>/undo/record.json, 0, 1, …      the last run
//! ```

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Failure;
use super::disk::Disk;

/// The hash of a file's bytes, in hexadecimal digits.
pub type Hash = String;

pub fn hash(bytes: &[u8]) -> Hash {
    blake3::hash(bytes).to_hex().to_string()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// A run is at work: what it wrote is not verified.
    Open,
    /// A run ended: what it wrote stays.
    Done,
    /// A run that ended is being taken back.
    Undone,
}

/// A file that a run writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Relative to the workspace root, with `/`.
    pub path: String,
    /// What it held before; `None` where there was no file.
    pub old: Option<Hash>,
    /// All that the run wrote there.
    pub new: Vec<Hash>,
    /// Written by Cargo in the course of the run, with bytes that nobody knows ahead: `Cargo.lock`.
    pub by_cargo: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub schema: u32,
    pub root: String,
    pub state: State,
    pub files: Vec<Entry>,
}

const RECORD: &str = "record.json";

impl Record {
    pub fn new(root: &Path) -> Record {
        let root = root.to_string_lossy().into_owned();
        Record { schema: 1, root, state: State::Open, files: Vec::new() }
    }

    /// Reads the record of a folder; `None` where there is none.
    pub fn read(folder: &Path, disk: &dyn Disk) -> Result<Option<Record>, Failure> {
        let path = folder.join(RECORD);
        let bytes = match disk.read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::io(&path, &error)),
        };
        let broken = |why: String| {
            Failure::Broken(format!(
                "`{}` is not what retask wrote there ({why}): the folder holds copies of the files as they were; bring back what you need, and delete it",
                path.display()
            ))
        };
        let record: Record = serde_json::from_slice(&bytes).map_err(|error| broken(error.to_string()))?;
        let is_inside =
            |it: &Entry| Path::new(&it.path).components().all(|it| matches!(it, Component::Normal(_)));
        if record.schema != 1 {
            return Err(broken(format!("version {}", record.schema)));
        }
        match record.files.iter().find(|it| !is_inside(it)) {
            Some(entry) => Err(broken(format!("it names `{}`", entry.path))),
            None => Ok(Some(record)),
        }
    }

    /// Writes the record, at once.
    pub fn write(&self, folder: &Path, disk: &dyn Disk) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(self).map_err(|error| Failure::Broken(error.to_string()))?;
        let (path, new) = (folder.join(RECORD), folder.join("record.new"));
        let written = disk
            .create(&new, &text, None)
            .and_then(|()| disk.rename(&new, &path))
            .and_then(|()| disk.flush_dir(folder));
        written.map_err(|error| Failure::io(&path, &error))
    }
}

/// Where the bytes of an entry as they were are kept.
pub fn backup(folder: &Path, index: usize) -> PathBuf {
    folder.join(index.to_string())
}

/// Where the next bytes of an entry are made ready: beside it, so that a rename can put them in place. Without the file's own name, which
/// may be as long as the file system allows.
pub fn staged(path: &Path, index: usize) -> PathBuf {
    path.with_file_name(format!(".retask-{index}"))
}

/// The folders of a workspace under Cargo's target directory, which several workspaces can share.
pub struct Folders {
    pub journal: PathBuf,
    pub undo: PathBuf,
    /// Where a journal is made, or taken apart: what lies here counts for nothing.
    pub draft: PathBuf,
    /// The file that a run holds locked while it is at work on the workspace.
    pub lock: PathBuf,
    /// What earlier runs found.
    pub cache: PathBuf,
    /// What a review leaves for the next one.
    pub review: PathBuf,
}

impl Folders {
    pub fn new(target_dir: &Path, root: &Path) -> Folders {
        let own = &hash(root.to_string_lossy().as_bytes())[..16];
        let folder = target_dir.join("retask").join(own);
        Folders {
            journal: folder.join("journal"),
            undo: folder.join("undo"),
            draft: folder.join("draft"),
            lock: folder.join("lock"),
            cache: folder.join("cache"),
            review: folder.join("review.json"),
        }
    }
}
