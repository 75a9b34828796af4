//! What is read while the compiler and Cargo are asked what the members are: first the files that are likely theirs, then std.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rayon::prelude::*;

use super::files::{Read, is_hidden, read};
use super::{Sources, Toolchain};

/// What was read of Rust files, by path; `None` where a file is gone.
pub type Known = HashMap<PathBuf, Option<Read>>;

/// A thread that reads ahead until it is told that Cargo has answered. From then on the members are read, on all threads.
pub struct Ahead {
    has_answered: Arc<AtomicBool>,
    members: Receiver<Known>,
    std: Sender<(Toolchain, bool)>,
    thread: JoinHandle<Option<Sources>>,
}

impl Ahead {
    /// Begins with the Rust files of a folder. Most belong to a member; the others are read for nothing, while nothing else can be done.
    pub fn begin(folder: &Path) -> Ahead {
        let has_answered = Arc::new(AtomicBool::new(false));
        let (folder, stop) = (folder.to_path_buf(), has_answered.clone());
        let (send, members) = channel();
        let (std, wanted) = channel::<(Toolchain, bool)>();
        let thread = std::thread::spawn(move || {
            let files = rust_files(&folder, &stop);
            let known = files.par_bridge().map(|path| (path.clone(), read(&path))).collect();
            send.send(known).ok()?;
            let (toolchain, is_full) = wanted.recv().ok().filter(|_| !stop.load(Relaxed))?;
            let std = Sources::of_std(&toolchain, is_full);
            Some(if is_full { std } else { std.loaded(&stop) })
        });
        Ahead { has_answered, members, std, thread }
    }

    /// Goes on with std, in full or as an outline, and with its names.
    pub fn read_std(&self, toolchain: &Toolchain, is_full: bool) {
        // The thread waits for this, but where a file made it panic; then that file is read again, and tells.
        let _ = self.std.send((toolchain.clone(), is_full));
    }

    /// Cargo has answered: what was read of the members' files, and the thread that may have read std.
    pub fn stop(self) -> (Known, JoinHandle<Option<Sources>>) {
        self.has_answered.store(true, Relaxed);
        (self.members.recv().unwrap_or_default(), self.thread)
    }
}

/// The Rust files of a folder, but what Cargo writes and what is hidden, until it is told to stop.
fn rust_files(folder: &Path, stop: &AtomicBool) -> impl Iterator<Item = PathBuf> + Send {
    let is_left_out = |it: &walkdir::DirEntry| is_hidden(it) || it.file_name() == "target";
    let entries =
        walkdir::WalkDir::new(folder).into_iter().filter_entry(move |it| it.depth() == 0 || !is_left_out(it));
    // There can be many files that are none of Rust.
    let entries = entries.take_while(|_| !stop.load(Relaxed));
    let files = entries.flatten().filter(|it| it.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files.filter(|it| it.extension().is_some_and(|it| it == "rs"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::AtomicBool;

    use super::{Ahead, rust_files};

    #[test]
    fn no_folder_is_walked_once_it_is_told_to_stop() {
        assert_eq!(rust_files(Path::new(env!("CARGO_MANIFEST_DIR")), &AtomicBool::new(true)).next(), None);
    }

    #[test]
    fn the_files_of_a_folder_are_read_but_what_cargo_writes() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for path in ["src/a.rs", "target/b.rs", ".git/c.rs", "src/d.txt"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
            std::fs::write(path, "fn f() {}").expect("it is written");
        }
        let known = Ahead::begin(folder.path()).members.recv().expect("all is read");
        let read: Vec<_> = known.keys().filter_map(|it| it.strip_prefix(folder.path()).ok()).collect();
        assert_eq!(read, [Path::new("src/a.rs")]);
    }
}
