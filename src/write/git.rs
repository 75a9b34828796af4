//! The guards of `cargo fix`: nothing is written over work that git cannot bring back.

use std::path::Path;
use std::process::Command;

use crate::args::Allow;

/// Refuses to write where changes are not committed or staged, or where there is no version control.
pub fn guard(root: &Path, target_dir: &Path, allow: Allow) -> Result<(), String> {
    let Some(status) = status(root, target_dir) else {
        if allow.allow_no_vcs {
            return Ok(());
        }
        return Err(format!(
            "no git work tree around `{}`: nothing could bring the files back; `--allow-no-vcs` writes all the same, `retask diff` shows the changes",
            root.display()
        ));
    };
    let (staged, dirty) = changes(&status);
    let list = |paths: &[String]| paths.iter().map(|it| format!("\n  * {it}")).collect::<String>();
    if !dirty.is_empty() && !allow.allow_dirty {
        return Err(format!(
            "the working directory has changes that are not committed; commit or stash them, or pass `--allow-dirty`:{}",
            list(&dirty)
        ));
    }
    if !staged.is_empty() && !allow.allow_staged && !allow.allow_dirty {
        return Err(format!("changes are staged; commit them, or pass `--allow-staged`:{}", list(&staged)));
    }
    Ok(())
}

/// `git status` in its form for programs, without what is built; `None` outside a work tree or without git.
fn status(root: &Path, target_dir: &Path) -> Option<String> {
    let mut command = Command::new("git");
    command.args(["status", "--porcelain", "-z", "--", "."]).current_dir(root);
    if let Ok(built) = target_dir.strip_prefix(root) {
        command.arg(format!(":(exclude,literal){}", built.display()));
    }
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Staged and other changes.
fn changes(status: &str) -> (Vec<String>, Vec<String>) {
    let (mut staged, mut dirty) = (Vec::new(), Vec::new());
    let mut entries = status.split('\0').filter(|it| it.len() > 3);
    while let Some(entry) = entries.next() {
        let (code, path) = entry.split_at(3);
        let mut codes = code.chars();
        let (index, tree) = (codes.next().unwrap_or(' '), codes.next().unwrap_or(' '));
        // A renamed file is followed by its old name.
        if index == 'R' || index == 'C' {
            entries.next();
        }
        if tree != ' ' {
            dirty.push(path.to_owned());
        } else if index != ' ' {
            staged.push(path.to_owned());
        }
    }
    (staged, dirty)
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn staged_and_dirty_are_told_apart() {
        let (staged, dirty) = changes("M  a.rs\0 M b.rs\0R  c.rs\0old.rs\0?? d.rs\0");
        assert_eq!(staged, ["a.rs", "c.rs"]);
        assert_eq!(dirty, ["b.rs", "d.rs"]);
    }
}
