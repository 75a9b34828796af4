//! One run at a time for each target directory.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::Failure;

pub struct Lock(File);

impl Lock {
    /// Takes the lock, or says that another run holds it. The system gives it back when the process ends, however it ends.
    pub fn take(target_dir: &Path) -> Result<Lock, Failure> {
        let folder = target_dir.join("retask");
        fs::create_dir_all(&folder).map_err(|error| Failure::io(&folder, &error))?;
        let path = folder.join("lock");
        let file = File::create(&path).map_err(|error| Failure::io(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(Failure::Busy(format!(
                "another run of retask is at work on this workspace and holds `{}`: wait for it to end",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(Failure::io(&path, &error)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
