//! The layout of rewritten files: where a file was as rustfmt leaves it, it is so again. Others keep their layout.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ra_ap_syntax::Edition;
use rayon::prelude::*;
use retask_engine::Workspace;

use super::{Change, Patch};

/// The rustfmt of a toolchain.
pub struct Rustfmt {
    program: PathBuf,
}

impl Rustfmt {
    /// That beside a compiler, where it is installed.
    pub fn beside(rustc: &Path) -> Option<Rustfmt> {
        let program = rustc.with_file_name(format!("rustfmt{}", std::env::consts::EXE_SUFFIX));
        program.is_file().then_some(Rustfmt { program })
    }

    /// A text as rustfmt leaves it with the configuration of a folder; `None` where it does not parse or rustfmt fails.
    fn format(&self, text: &str, edition: Edition, folder: &Path) -> Option<String> {
        let mut child = Command::new(&self.program)
            .args(["--quiet", "--emit", "stdout", "--edition", &edition.to_string()])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut input = child.stdin.take()?;
        let text = text.to_owned();
        let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
        let output = child.wait_with_output().ok()?;
        let written = writer.join().is_ok_and(|it| it.is_ok());
        (written && output.status.success()).then(|| String::from_utf8(output.stdout).ok())?
    }
}

/// Lays the changed files out. `folder` gives the place on disk whose configuration counts for a file.
pub fn tidy(
    patch: &mut Patch,
    workspace: &Workspace,
    rustfmt: &Rustfmt,
    folder: impl Fn(&str) -> PathBuf + Sync,
) {
    let edition = |path: &str| workspace.files.iter().find(|it| it.path == path).map(|it| it.edition);
    let mut changes: Vec<(&String, &mut Change)> = patch.files.iter_mut().collect();
    changes.par_iter_mut().for_each(|(path, change)| {
        let Some(edition) = edition(path) else { return };
        let format = |text: &str| rustfmt.format(text, edition, &folder(path));
        if format(&change.before).is_some_and(|it| it == change.before)
            && let Some(after) = format(&change.after)
        {
            change.after = after;
        }
    });
}
