//! Writing in such a way that every file has its old or its new bytes at any time, and that there is always a way back.
//!
//! The journal is on the device before the first file changes. New bytes are made ready beside all files, so that a full disk is met
//! before anything changed; then each file is replaced by a rename.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Failure;
use super::disk::Disk;
use super::journal::{Entry, Folders, Hash, Record, State, backup, hash, staged};

/// A run that writes.
pub struct Writer<'d> {
    root: PathBuf,
    folders: Folders,
    disk: &'d dyn Disk,
    record: Record,
    /// What each file of the record holds by now, as far as this run wrote it.
    now: Vec<Option<Hash>>,
}

const LOCKFILE: &str = "Cargo.lock";

impl<'d> Writer<'d> {
    /// Begins a journal. `lockfile` is what `Cargo.lock` held before Cargo was called: what Cargo makes of it belongs to the run.
    pub fn begin(
        root: &Path,
        folders: Folders,
        disk: &'d dyn Disk,
        lockfile: Option<&[u8]>,
    ) -> Result<Writer<'d>, Failure> {
        let mut record = Record::new(root);
        let draft = &folders.draft;
        discard(draft, disk)?;
        disk.create_dir(draft).map_err(|error| Failure::io(draft, &error))?;
        record.files.push(Entry {
            path: LOCKFILE.to_owned(),
            old: lockfile.map(hash),
            new: Vec::new(),
            by_cargo: true,
        });
        if let Some(bytes) = lockfile {
            let path = backup(draft, 0);
            disk.create(&path, bytes, None).map_err(|error| Failure::io(&path, &error))?;
        }
        record.write(draft, disk)?;
        put(draft, &folders.journal, disk)?;
        let now = vec![record.files[0].old.clone()];
        Ok(Writer { root: root.to_path_buf(), folders, disk, record, now })
    }

    /// Brings the workspace from what this run wrote last to some new texts; files that have none get their old bytes. `files` gives the
    /// bytes before and after, by path.
    pub fn apply(&mut self, files: &BTreeMap<String, (Vec<u8>, Vec<u8>)>) -> Result<(), Failure> {
        self.enter(files)?;
        let mut steps: Vec<(usize, Vec<u8>)> = Vec::new();
        for (index, entry) in self.record.files.iter().enumerate().filter(|(_, it)| !it.by_cargo) {
            let bytes = match files.get(&entry.path) {
                Some((_, after)) => after.clone(),
                None => old_bytes(&self.folders.journal, index, entry, self.disk)?,
            };
            if self.now[index].as_ref() != Some(&hash(&bytes)) {
                steps.push((index, bytes));
            }
        }
        let expected = |index: &usize| self.now[*index].clone().into_iter().collect();
        let replaced = replace(&self.root, &self.record, &steps, expected, self.disk);
        // A rename that fails leaves some files new: what they hold is read again.
        for (index, _) in &steps {
            self.now[*index] =
                self.disk.read(&self.root.join(&self.record.files[*index].path)).ok().map(|it| hash(&it));
        }
        replaced
    }

    /// Enters files and their next bytes in the journal, before any of them changes.
    fn enter(&mut self, files: &BTreeMap<String, (Vec<u8>, Vec<u8>)>) -> Result<(), Failure> {
        let mut record = self.record.clone();
        for (path, (before, after)) in files {
            let index = match record.files.iter().position(|it| it.path == *path && !it.by_cargo) {
                Some(index) => index,
                None => {
                    expect(&self.root, path, &[hash(before)].into(), self.disk)?;
                    let copy = backup(&self.folders.journal, record.files.len());
                    self.disk.create(&copy, before, None).map_err(|error| Failure::io(&copy, &error))?;
                    let old = Some(hash(before));
                    record.files.push(Entry { path: path.clone(), old, new: Vec::new(), by_cargo: false });
                    record.files.len() - 1
                }
            };
            let new = hash(after);
            if !record.files[index].new.contains(&new) {
                record.files[index].new.push(new);
            }
        }
        record.write(&self.folders.journal, self.disk)?;
        self.now.extend(record.files[self.now.len()..].iter().map(|it| it.old.clone()));
        self.record = record;
        Ok(())
    }

    /// What was written stays: the journal becomes the record of `undo`.
    pub fn finish(mut self) -> Result<(), Failure> {
        for (index, entry) in self.record.files.iter_mut().enumerate() {
            let held = match entry.by_cargo {
                true => self.disk.read(&self.root.join(&entry.path)).ok().map(|it| hash(&it)),
                false => self.now[index].clone(),
            };
            entry.new = held.into_iter().collect();
        }
        self.record.state = State::Done;
        self.record.write(&self.folders.journal, self.disk)?;
        keep(&self.folders, self.disk)
    }

    /// Nothing that was written stays.
    pub fn abandon(self) -> Result<(), Failure> {
        way_back(&self.root, &self.folders.journal, &self.folders, self.disk).map(|_| ())
    }
}

/// What an interrupted run left, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    Nothing,
    /// It was cut off after it ended: what it wrote stays.
    Kept,
    /// These files have their old bytes again.
    TakenBack(Vec<String>),
}

/// Whether a run was cut off before it ended.
pub fn is_interrupted(folders: &Folders, disk: &dyn Disk) -> bool {
    !matches!(Record::read(&folders.journal, disk), Ok(None))
}

/// Does the way back of a run that was cut off.
pub fn recover(root: &Path, folders: &Folders, disk: &dyn Disk) -> Result<Recovered, Failure> {
    match Record::read(&folders.journal, disk)? {
        None => Ok(Recovered::Nothing),
        Some(record) if record.state == State::Done => keep(folders, disk).map(|()| Recovered::Kept),
        Some(_) => way_back(root, &folders.journal, folders, disk).map(Recovered::TakenBack),
    }
}

/// Takes the last run back; `None` where there is none. From the first file on it is a journal, so that it goes on after a crash.
pub fn undo(root: &Path, folders: &Folders, disk: &dyn Disk) -> Result<Option<Vec<String>>, Failure> {
    let Some(mut record) = Record::read(&folders.undo, disk)? else { return Ok(None) };
    steps_back(root, &folders.undo, &record, disk)?;
    record.state = State::Undone;
    record.write(&folders.undo, disk)?;
    put(&folders.undo, &folders.journal, disk)?;
    way_back(root, &folders.journal, folders, disk).map(Some)
}

fn keep(folders: &Folders, disk: &dyn Disk) -> Result<(), Failure> {
    if folders.undo.exists() {
        discard(&folders.draft, disk)?;
        put(&folders.undo, &folders.draft, disk)?;
    }
    put(&folders.journal, &folders.undo, disk)?;
    discard(&folders.draft, disk)
}

/// Gives all files of a record their old bytes, and takes the record away. Done a second time, it goes on where it stopped.
fn way_back(root: &Path, folder: &Path, folders: &Folders, disk: &dyn Disk) -> Result<Vec<String>, Failure> {
    let Some(record) = Record::read(folder, disk)? else { return Ok(Vec::new()) };
    let Back { steps, removals } = steps_back(root, folder, &record, disk)?;
    for index in removals {
        remove(&root.join(&record.files[index].path), disk)?;
    }
    let allowed = |index: &usize| {
        let entry = &record.files[*index];
        entry.new.iter().chain(&entry.old).cloned().collect()
    };
    replace(root, &record, &steps, allowed, disk)?;
    for (index, entry) in record.files.iter().enumerate() {
        remove(&staged(&root.join(&entry.path), index), disk)?;
    }
    discard(&folders.draft, disk)?;
    put(folder, &folders.draft, disk)?;
    discard(&folders.draft, disk)?;
    Ok(steps.into_iter().map(|(index, _)| record.files[index].path.clone()).collect())
}

/// What the way back consists of.
struct Back {
    /// Files that get bytes.
    steps: Vec<(usize, Vec<u8>)>,
    /// Files that were not there before.
    removals: Vec<usize>,
}

/// Works the way back out; files that somebody else changed stand in it.
fn steps_back(root: &Path, folder: &Path, record: &Record, disk: &dyn Disk) -> Result<Back, Failure> {
    let mut back = Back { steps: Vec::new(), removals: Vec::new() };
    let mut changed: Vec<String> = Vec::new();
    for (index, entry) in record.files.iter().enumerate() {
        let held = disk.read(&root.join(&entry.path)).ok().map(|it| hash(&it));
        if held == entry.old {
            continue;
        }
        let is_ours = held.is_some_and(|it| entry.new.contains(&it));
        match is_ours || (entry.by_cargo && record.state == State::Open) {
            true if entry.old.is_some() => back.steps.push((index, old_bytes(folder, index, entry, disk)?)),
            true => back.removals.push(index),
            false => changed.push(entry.path.clone()),
        }
    }
    if changed.is_empty() { Ok(back) } else { Err(Failure::Changed(changed)) }
}

fn old_bytes(folder: &Path, index: usize, entry: &Entry, disk: &dyn Disk) -> Result<Vec<u8>, Failure> {
    let path = backup(folder, index);
    let bytes = disk.read(&path).map_err(|error| Failure::io(&path, &error))?;
    if Some(hash(&bytes)) != entry.old {
        return Err(Failure::Broken(format!("`{}` is not the copy that retask made", path.display())));
    }
    Ok(bytes)
}

/// Makes all new bytes ready, and then puts them in place. Each file must hold what is expected until the last moment.
fn replace(
    root: &Path,
    record: &Record,
    steps: &[(usize, Vec<u8>)],
    expected: impl Fn(&usize) -> BTreeSet<Hash>,
    disk: &dyn Disk,
) -> Result<(), Failure> {
    let entry = |index: &usize| &record.files[*index];
    let check = |index: &usize| match entry(index).by_cargo {
        true => Ok(()),
        false => expect(root, &entry(index).path, &expected(index), disk),
    };
    for (index, _) in steps {
        check(index)?;
    }
    for (index, bytes) in steps {
        let path = root.join(&entry(index).path);
        let like = Some(path.as_path()).filter(|it| it.exists());
        if let Err(error) = disk.create(&staged(&path, *index), bytes, like) {
            for (index, _) in steps {
                let _ = disk.remove(&staged(&root.join(&entry(index).path), *index));
            }
            return Err(Failure::io(Path::new(&entry(index).path), &error));
        }
    }
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for (index, _) in steps {
        check(index)?;
        let path = root.join(&entry(index).path);
        let put = disk.rename(&staged(&path, *index), &path);
        put.map_err(|error| Failure::io(Path::new(&entry(index).path), &error))?;
        folders.extend(path.parent().map(Path::to_path_buf));
    }
    for folder in folders {
        disk.flush_dir(&folder).map_err(|error| Failure::io(&folder, &error))?;
    }
    Ok(())
}

/// Nothing is put in the place of a file that somebody changed, of a symlink, or of a file that a symlink leads out of the workspace to.
fn expect(root: &Path, path: &str, expected: &BTreeSet<Hash>, disk: &dyn Disk) -> Result<(), Failure> {
    let full = root.join(path);
    let is_own = std::fs::symlink_metadata(&full).is_ok_and(|it| it.is_file())
        && full.canonicalize().is_ok_and(|it| root.canonicalize().is_ok_and(|root| it.starts_with(root)));
    let held = disk.read(&full).map_err(|error| Failure::io(Path::new(path), &error))?;
    match is_own && expected.contains(&hash(&held)) {
        true => Ok(()),
        false => Err(Failure::Changed(vec![path.to_owned()])),
    }
}

/// Renames a folder, for good.
fn put(from: &Path, to: &Path, disk: &dyn Disk) -> Result<(), Failure> {
    let parent = to.parent().unwrap_or(to);
    let renamed = disk.rename(from, to).and_then(|()| disk.flush_dir(parent));
    renamed.map_err(|error| Failure::io(to, &error))
}

fn discard(folder: &Path, disk: &dyn Disk) -> Result<(), Failure> {
    ignore_missing(disk.remove_dir(folder)).map_err(|error| Failure::io(folder, &error))
}

fn remove(path: &Path, disk: &dyn Disk) -> Result<(), Failure> {
    ignore_missing(disk.remove(path)).map_err(|error| Failure::io(path, &error))
}

fn ignore_missing(result: std::io::Result<()>) -> std::io::Result<()> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
