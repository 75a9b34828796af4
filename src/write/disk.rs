//! The few steps on disk that writing is made of, each of which can fail or be the last one before a power cut.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// A disk. Tests put one in its place that fails, or ends the process, at a step of their choice.
pub trait Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    /// Writes a new file, flushed to the device, with the permissions and the owner of another one.
    fn create(&self, path: &Path, bytes: &[u8], like: Option<&Path>) -> io::Result<()> {
        create(path, bytes, like)
    }

    /// Puts a file or folder in the place of another, at once.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    /// Makes renames in a folder outlive a power cut.
    fn flush_dir(&self, path: &Path) -> io::Result<()> {
        flush_dir(path)
    }
}

/// The disk of this machine.
pub struct RealDisk;

impl Disk for RealDisk {}

pub(super) fn create(path: &Path, bytes: &[u8], like: Option<&Path>) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(bytes)?;
    if let Some(like) = like {
        let metadata = fs::metadata(like)?;
        keep_owner(&file, &metadata)?;
        file.set_permissions(metadata.permissions())?;
    }
    file.sync_all()?;
    // A disk that is full, or a limit, can cut a file short without an error.
    if file.metadata()?.len() != bytes.len() as u64 {
        return Err(io::Error::new(io::ErrorKind::WriteZero, "the file was cut short"));
    }
    Ok(())
}

/// A rewrite by root does not take a file away from its owner.
#[cfg(unix)]
fn keep_owner(file: &File, like: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (like.uid(), like.gid()) {
        return Ok(());
    }
    fchown(file, Some(like.uid()), Some(like.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn flush_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Other systems give no handle on folders to flush.
#[cfg(not(unix))]
fn flush_dir(_: &Path) -> io::Result<()> {
    Ok(())
}
