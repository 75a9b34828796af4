//! Whole workspaces of `fixtures/workspaces`, in copies that tests rewrite and compile.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An empty folder that is the same in each run, so that what Cargo builds of it does not pile up.
pub fn fresh_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the folder of the last run is removed");
    }
    folder
}

/// A copy under version control, as `fix` wants it.
pub fn copy_of(workspace: &Path, to: &Path) -> PathBuf {
    for entry in walkdir::WalkDir::new(workspace).into_iter().filter_entry(|it| it.file_name() != "target") {
        let entry = entry.expect("the workspace can be read");
        let path = to.join(entry.path().strip_prefix(workspace).expect("it lies in the workspace"));
        match entry.file_type().is_dir() {
            true => std::fs::create_dir_all(path).expect("the folder is made"),
            false => std::fs::copy(entry.path(), path).map(drop).expect("the file is copied"),
        }
    }
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
        succeeds(Command::new("git").args(who).args(args).current_dir(to));
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "as it was"]);
    to.to_path_buf()
}

pub fn retask(args: &[&str], path: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_retask"))
        .args(args)
        .arg(path)
        .env("CARGO_TARGET_DIR", target())
        .output()
        .expect("retask runs")
}

#[track_caller]
pub fn succeeds(command: &mut Command) -> Output {
    let output = command.output().expect("the command runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    output
}

/// One target directory for all workspaces that tests compile.
pub fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures")
}

pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What the programs of a package in a copy say, one after the other; it stands in the folder `rewritten`.
pub fn programs(copy: &Path, package: &str, folder: &Path) -> String {
    let build = ["build", "--quiet", "--locked", "-p", package];
    let target = target();
    succeeds(Command::new("cargo").args(build).current_dir(copy).env("CARGO_TARGET_DIR", &target));
    let mut names: Vec<String> = std::fs::read_dir(copy.join("rewritten/src/bin"))
        .expect("the programs are there")
        .map(|it| it.expect("a program").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.len() >= 20);
    let mut said = String::new();
    for name in names {
        let program = target.join("debug").join(&name);
        let output: Output = succeeds(Command::new(program).current_dir(folder).env("TMPDIR", folder));
        let _ = write!(said, "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
    said
}
