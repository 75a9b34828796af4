//! Files on disk: each is written beside itself and renamed, and can be brought back.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::patch::{Change, Patch};

/// One run at a time for each target directory.
pub struct Lock(File);

impl Lock {
    /// Takes the lock, or says that another run holds it.
    pub fn take(target_dir: &Path) -> Result<Lock, String> {
        let folder = target_dir.join("retask");
        fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot create `{}`: {error}", folder.display()))?;
        let path = folder.join("lock");
        let file =
            File::create(&path).map_err(|error| format!("cannot create `{}`: {error}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(format!(
                "another run of retask is at work on this workspace and holds `{}`: wait for it to end",
                path.display()
            )),
            Err(TryLockError::Error(error)) => Err(format!("cannot lock `{}`: {error}", path.display())),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Refuses files that are not the workspace's own: outside its root, behind a symlink, or generated.
pub fn check_writable(root: &Path, patch: &Patch) -> Result<(), String> {
    for (path, change) in &patch.files {
        if path.starts_with("..") || Path::new(path).is_absolute() {
            return Err(format!(
                "`{path}` lies outside the workspace: run retask there, or use `-p` to leave it out"
            ));
        }
        let full = root.join(path);
        let is_link = fs::symlink_metadata(&full).is_ok_and(|it| it.file_type().is_symlink());
        if is_link {
            return Err(format!(
                "`{path}` is a symlink, which is never replaced: run retask where it points to"
            ));
        }
        let head: String = change.before.chars().take(1024).collect();
        if head.contains("@generated") {
            return Err(format!("`{path}` is marked `@generated`: change what generates it"));
        }
    }
    Ok(())
}

/// Writes all files, or none: what is on disk must still be what was read.
pub fn write(root: &Path, patch: &Patch) -> Result<(), String> {
    for (path, change) in &patch.files {
        expect(&root.join(path), path, &bytes(change, &change.before))?;
    }
    let mut written: Vec<(&String, &Change)> = Vec::new();
    for (path, change) in &patch.files {
        if let Err(error) = replace(&root.join(path), &bytes(change, &change.after)) {
            for (path, change) in written {
                // The way back is the same way; an error here was one there before.
                let _ = replace(&root.join(path), &bytes(change, &change.before));
            }
            return Err(format!("`{path}` cannot be written, nothing was changed: {error}"));
        }
        written.push((path, change));
    }
    Ok(())
}

/// Brings all files back.
pub fn restore(root: &Path, patch: &Patch) -> Result<(), String> {
    for (path, change) in &patch.files {
        expect(&root.join(path), path, &bytes(change, &change.after))?;
        replace(&root.join(path), &bytes(change, &change.before))
            .map_err(|error| format!("`{path}` cannot be brought back: {error}"))?;
    }
    Ok(())
}

fn bytes(change: &Change, text: &str) -> Vec<u8> {
    let bom: &[u8] = if change.bom { b"\xef\xbb\xbf" } else { b"" };
    [bom, text.as_bytes()].concat()
}

fn expect(full: &Path, path: &str, expected: &[u8]) -> Result<(), String> {
    let found = fs::read(full).map_err(|error| format!("`{path}` cannot be read: {error}"))?;
    if found != expected {
        return Err(format!("`{path}` changed meanwhile, nothing was written: run retask again"));
    }
    Ok(())
}

/// A temporary file in the same folder, with the permissions of the old one, flushed and renamed over it.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder: PathBuf = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let permissions = fs::metadata(path)?.permissions();
    let mut file = tempfile::Builder::new().prefix(".retask-").tempfile_in(&folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(permissions)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check_writable, restore, write};
    use crate::patch::{Change, Patch};

    fn patch(path: &str, before: &str, after: &str) -> Patch {
        let change = Change { before: before.to_owned(), after: after.to_owned(), bom: false };
        Patch { files: [(path.to_owned(), change)].into(), ..Patch::default() }
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left() {
        let root = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(root.path().join("a.rs"), "other").expect("the file is written");
        assert!(write(root.path(), &patch("a.rs", "old", "new")).is_err());
        assert_eq!(std::fs::read_to_string(root.path().join("a.rs")).expect("the file is there"), "other");
    }

    #[test]
    fn files_are_written_and_brought_back() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let read = || std::fs::read_to_string(root.path().join("a.rs")).expect("the file is there");
        std::fs::write(root.path().join("a.rs"), "old").expect("the file is written");
        let patch = patch("a.rs", "old", "new");
        assert_eq!(write(root.path(), &patch), Ok(()));
        assert_eq!(read(), "new");
        assert_eq!(restore(root.path(), &patch), Ok(()));
        assert_eq!(read(), "old");
    }

    #[test]
    fn foreign_and_generated_files_are_refused() {
        let root = tempfile::tempdir().expect("a temporary folder");
        assert!(check_writable(root.path(), &patch("../a.rs", "", "x")).is_err());
        assert!(check_writable(root.path(), &patch("a.rs", "// @generated\n", "x")).is_err());
    }
}
