//! The crash matrix: a run that ends at each of its steps on disk, or meets a full disk there.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Failure;
use super::disk::{self, Disk, RealDisk};
use super::journal::Folders;
use super::writer::{Recovered, Writer, recover, undo};

/// A disk that goes wrong at one step.
struct Faulty {
    /// Steps that go well before.
    left: Cell<usize>,
    fault: Fault,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The process is killed in the middle of the step.
    Kill,
    /// No space is left from this step on.
    Full,
    /// This one step fails.
    Once,
}

impl Faulty {
    fn new(steps: usize, fault: Fault) -> Faulty {
        Faulty { left: Cell::new(steps), fault }
    }

    /// Whether this is the step.
    fn is_now(&self) -> bool {
        match self.left.get() {
            0 => {
                if self.fault == Fault::Once {
                    self.left.set(usize::MAX);
                }
                true
            }
            left => {
                self.left.set(left - 1);
                false
            }
        }
    }

    /// Does a step that needs no space.
    fn small(&self, step: impl Fn() -> io::Result<()>) -> io::Result<()> {
        match self.is_now() {
            true if self.fault == Fault::Kill => kill(),
            true if self.fault == Fault::Once => Err(io::Error::other("injected")),
            _ => step(),
        }
    }
}

impl Disk for Faulty {
    fn create(&self, path: &Path, bytes: &[u8], like: Option<&Path>) -> io::Result<()> {
        if !self.is_now() {
            return disk::create(path, bytes, like);
        }
        // A step that goes wrong leaves half a file.
        disk::create(path, &bytes[..bytes.len() / 2], None)?;
        match self.fault {
            Fault::Kill => kill(),
            _ => Err(io::ErrorKind::StorageFull.into()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.small(|| RealDisk.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.small(|| RealDisk.remove(path))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.small(|| RealDisk.create_dir(path))
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.small(|| RealDisk.remove_dir(path))
    }

    fn flush_dir(&self, path: &Path) -> io::Result<()> {
        self.small(|| RealDisk.flush_dir(path))
    }
}

/// Ends this process as a power cut would: nothing is dropped, nothing is cleaned up.
fn kill() -> ! {
    let _ = Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
    std::process::abort()
}

const OLD: [(&str, &str); 3] = [("a.rs", "old a\n"), ("src/b.rs", "old b\r\n"), ("src/c.rs", "")];
const FIRST: [(&str, &str); 3] =
    [("a.rs", "first a\n"), ("src/b.rs", "first b\r\n"), ("src/c.rs", "first c")];
const LAST: [(&str, &str); 3] = [("a.rs", "last a\n"), ("src/b.rs", "old b\r\n"), ("src/c.rs", "first c")];

type Texts = [(&'static str, &'static str); 3];

fn patch(texts: Texts) -> BTreeMap<String, (Vec<u8>, Vec<u8>)> {
    let changed = OLD.iter().zip(texts).filter(|((_, old), (_, new))| old != new);
    changed
        .map(|((path, old), (_, new))| ((*path).to_owned(), (old.as_bytes().into(), new.as_bytes().into())))
        .collect()
}

struct Place {
    folder: tempfile::TempDir,
    root: PathBuf,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("ws");
        std::fs::create_dir_all(root.join("src")).expect("the folder is made");
        for (path, text) in OLD {
            std::fs::write(root.join(path), text).expect("the file is written");
        }
        Place { folder, root }
    }

    fn folders(&self) -> Folders {
        Folders::new(&self.folder.path().join("target"), &self.root)
    }

    fn holds(&self, texts: Texts) -> bool {
        texts.iter().all(|(path, text)| self.read(path) == *text)
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path)).expect("the file is there and whole")
    }

    /// Every file has bytes that it was meant to have.
    fn check_whole(&self) {
        for index in 0..OLD.len() {
            let text = self.read(OLD[index].0);
            let meant = [OLD[index].1, FIRST[index].1, LAST[index].1];
            assert!(meant.contains(&text.as_str()), "{} holds {text:?}", OLD[index].0);
        }
    }

    /// The next start does what is left to do, and nothing but all old or all new files remains.
    fn check_way_back(&self) {
        self.check_whole();
        let recovered = recover(&self.root, &self.folders(), &RealDisk).expect("there is a way back");
        match recovered {
            Recovered::TakenBack(_) => assert!(self.holds(OLD), "all old"),
            Recovered::Kept => assert!(self.holds(LAST), "all new"),
            Recovered::Nothing => assert!(self.holds(OLD) || self.holds(LAST), "all old or all new"),
        }
        if self.holds(LAST) {
            assert!(undo(&self.root, &self.folders(), &RealDisk).expect("it can be undone").is_some());
            assert!(self.holds(OLD), "all old after undo");
        }
        self.check_clean();
    }

    /// Nothing lies about in the workspace.
    fn check_clean(&self) {
        let files = walkdir::WalkDir::new(&self.root).into_iter().flatten();
        let names: Vec<String> = files
            .filter(|it| it.file_type().is_file())
            .map(|it| it.file_name().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names.len(), OLD.len(), "{names:?}");
        assert!(!self.folders().journal.exists());
    }

    /// Does something in a process of its own, which is killed at a step; whether it was.
    fn killed_at(&self, step: usize, what: &str) -> bool {
        let status = Command::new(std::env::current_exe().expect("the tests run"))
            .args(["--exact", "write::crash::a_process_that_is_killed", "--nocapture"])
            .env("RETASK_TEST_CRASH", format!("{what}\n{step}\n{}", self.folder.path().display()))
            .output()
            .expect("the process starts")
            .status;
        !status.success()
    }
}

/// A whole run: rewrites are written, some are taken back and others come, and what is left stays.
fn write(root: &Path, folders: Folders, disk: &dyn Disk) -> Result<(), Failure> {
    let mut writer = Writer::begin(root, folders, disk, None)?;
    match writer.apply(&patch(FIRST)).and_then(|()| writer.apply(&patch(LAST))) {
        Ok(()) => writer.finish(),
        Err(failure) => writer.abandon().and(Err(failure)),
    }
}

/// Not a test of its own: the process that the others start.
#[test]
fn a_process_that_is_killed() {
    let Ok(told) = std::env::var("RETASK_TEST_CRASH") else { return };
    let told: Vec<&str> = told.split('\n').collect();
    let root = Path::new(told[2]).join("ws");
    let folders = Folders::new(&Path::new(told[2]).join("target"), &root);
    let disk = Faulty::new(told[1].parse().expect("a number"), Fault::Kill);
    match told[0] {
        "write" => write(&root, folders, &disk).expect("the disk is fine"),
        "recover" => drop(recover(&root, &folders, &disk).expect("there is a way back")),
        _ => drop(undo(&root, &folders, &disk).expect("there is a way back")),
    }
}

#[test]
fn a_run_that_is_killed_at_any_step_leaves_a_way_back() {
    let mut step = 0;
    loop {
        let place = Place::new();
        if !place.killed_at(step, "write") {
            assert!(place.holds(LAST), "a run that is not killed writes all");
            break;
        }
        place.check_way_back();
        step += 1;
    }
    assert!(step > 20, "only {step} steps were killed");
}

#[test]
fn the_way_back_that_is_killed_at_any_step_goes_on_the_next_time() {
    for what in ["recover", "undo"] {
        let mut step = 0;
        loop {
            let place = Place::new();
            let mut writer = Writer::begin(&place.root, place.folders(), &RealDisk, None).expect("it begins");
            writer.apply(&patch(LAST)).expect("it is written");
            if what == "undo" {
                writer.finish().expect("it stays");
            }
            let killed = place.killed_at(step, what);
            place.check_whole();
            if !killed {
                assert!(place.holds(OLD));
                break;
            }
            place.check_way_back();
            step += 1;
        }
        assert!(step > 5, "only {step} steps were killed");
    }
}

#[test]
fn a_full_disk_or_a_failure_at_any_step_changes_nothing_in_the_end() {
    for fault in [Fault::Full, Fault::Once] {
        for step in 0..200 {
            let place = Place::new();
            let disk = Faulty::new(step, fault);
            let result = write(&place.root, place.folders(), &disk);
            place.check_whole();
            if result.is_ok() && disk.left.get() > 0 && fault == Fault::Full {
                assert!(step > 20, "only {step} steps failed");
                break;
            }
            place.check_way_back();
        }
    }
}

#[test]
fn a_full_disk_is_met_before_any_file_changes() {
    let place = Place::new();
    let mut writer = Writer::begin(&place.root, place.folders(), &RealDisk, None).expect("it begins");
    writer.apply(&BTreeMap::new()).expect("there is nothing to write");
    drop(writer);
    // The journal of three files takes five steps; the second of the new files finds no space.
    let full = Faulty::new(12, Fault::Full);
    let failed = write(&place.root, place.folders(), &full).expect_err("the disk is full");
    assert!(matches!(failed, Failure::Io { .. }), "{failed:?}");
    assert!(place.holds(OLD));
}
