//! One run at a time for each workspace, also where several share a target directory.

use std::fs::{self, File, TryLockError};

use super::{Failure, Folders};

pub struct Lock(File);

impl Lock {
    /// Takes the lock, or says that another run holds it. The system gives it back when the process ends, however it ends.
    pub fn take(folders: &Folders) -> Result<Lock, Failure> {
        let path = &folders.lock;
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| File::create(path));
        let file = made.map_err(|error| Failure::io(path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(Failure::Busy(format!(
                "another run of retask is at work on this workspace and holds `{}`: wait for it to end",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(Failure::io(path, &error)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
