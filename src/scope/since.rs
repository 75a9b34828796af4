//! What changed since a commit, as the `git` program tells it.
//!
//! No hook and no program that a repository names is run, nothing is fetched, and the index stays as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output};

use super::lines::Lines;
use super::names::without_first;
use super::unified;

/// How diffs are written, whatever the configuration says.
const DIFF: [&str; 14] = [
    "diff",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-renames",
    "--no-relative",
    "--no-indent-heuristic",
    "--ignore-submodules",
    "--inter-hunk-context=0",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--submodule=short",
    "--text",
    "-U0",
];

/// How files are listed that are not under version control, and not ignored.
const NEW: [&str; 6] = ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--"];

/// The lines that changed, by path from the top of the work tree.
pub struct Since {
    /// The way from there to the folder that was asked about, with a `/` at its end, or empty.
    pub prefix: String,
    pub files: BTreeMap<String, Lines>,
}

impl Since {
    /// Asks for the lines of the work tree that are not those of the commit where its history and that of `rev` part.
    /// Only files with one of some endings are asked for: others may be large.
    pub fn of(rev: &str, root: &Path, endings: &BTreeSet<&str>) -> Result<Since, String> {
        let mut git = Git { root, settings: Vec::new() };
        git.settings = git.quiet_settings();
        let prefix = git.prefix()?;
        let base = git.base(rev)?;
        let paths: Vec<String> = endings.iter().map(|it| format!(":(top,glob)**/*.{it}")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let diff = git.told(&[&DIFF[..], &[base.as_str(), "--"], &paths].concat())?;
        let mut files: BTreeMap<String, Lines> = BTreeMap::new();
        let parsed = unified::parse(&diff).map_err(|it| {
            format!("git's diff since `{rev}` does not parse: line {}: {}", it.line, it.reason)
        })?;
        for file in parsed {
            files.entry(without_first(&file.path).to_owned()).or_default().extend(&file.changed);
        }
        let new = git.told(&[&NEW[..], &paths].concat())?;
        files.extend(new.split_terminator('\0').map(|it| (it.to_owned(), Lines::all())));
        Ok(Since { prefix, files })
    }
}

/// The program, in a folder.
struct Git<'r> {
    root: &'r Path,
    /// Configuration on top of what there is.
    settings: Vec<(String, String)>,
}

impl Git<'_> {
    /// What keeps git from running programs that the configuration names, and from asking a network.
    fn quiet_settings(&self) -> Vec<(String, String)> {
        let plain =
            [("core.fsmonitor", "false"), ("core.hooksPath", "/dev/null"), ("protocol.allow", "never")];
        let mut settings: Vec<(String, String)> =
            plain.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let asked =
            ["config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process|required)$"];
        let filters = self.run(&asked).ok().filter(|it| it.status.success());
        let keys = filters.map(|it| String::from_utf8_lossy(&it.stdout).into_owned()).unwrap_or_default();
        for key in keys.split_terminator('\0') {
            let value = if key.ends_with(".required") { "false" } else { "" };
            settings.push((key.to_owned(), value.to_owned()));
        }
        settings
    }

    /// The way from the top of the work tree to the folder.
    fn prefix(&self) -> Result<String, String> {
        let output = self.run(&["rev-parse", "--is-inside-work-tree", "--show-prefix"])?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let prefix = said.strip_prefix("true\n").map(|it| it.strip_suffix('\n').unwrap_or(it).to_owned());
        prefix.filter(|_| output.status.success()).ok_or_else(|| {
            format!(
                "`{}` lies in no git work tree{}: `--since` needs one, `--in-diff FILE` takes a diff from elsewhere",
                self.root.display(),
                words(&output)
            )
        })
    }

    /// The commit where the history of the work tree and that of a revision part.
    fn base(&self, rev: &str) -> Result<String, String> {
        let commit = format!("{rev}^{{commit}}");
        // A name that begins with a dash would be taken for an option.
        let found = (!rev.starts_with('-')).then(|| self.run(&["rev-parse", "--verify", "--quiet", &commit]));
        let Some(found) = found.transpose()?.filter(|it| it.status.success()) else {
            return Err(format!(
                "git knows no commit `{rev}` in `{}`: name a branch, a tag or a commit (`git log` shows them), or fetch it first, as in a clone that is shallow",
                self.root.display()
            ));
        };
        let commit = String::from_utf8_lossy(&found.stdout).trim().to_owned();
        let base = self.run(&["merge-base", &commit, "HEAD"])?;
        let name = String::from_utf8_lossy(&base.stdout).trim().to_owned();
        if !base.status.success() || name.is_empty() {
            return Err(format!(
                "`{rev}` and the checked out commit share no history{}: fetch more of it (`git fetch --unshallow`), or give the change by `--in-diff FILE`",
                words(&base)
            ));
        }
        Ok(name)
    }

    /// What a command prints, which must succeed.
    fn told(&self, args: &[&str]) -> Result<String, String> {
        let output = self.run(args)?;
        if !output.status.success() {
            return Err(format!(
                "`git {}` fails in `{}`{}: run it there to see why, or give the change by `--in-diff FILE`",
                args.first().unwrap_or(&""),
                self.root.display(),
                words(&output)
            ));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn run(&self, args: &[&str]) -> Result<Output, String> {
        let mut command = Command::new("git");
        command.args(["--no-pager", "--no-optional-locks"]).args(args).current_dir(self.root);
        command.env("GIT_NO_LAZY_FETCH", "1");
        // A hook has these set, as seen from another folder; the repository is the one around the workspace.
        command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
        // What the environment configures already, such as a folder that is safe, stays.
        let before = std::env::var("GIT_CONFIG_COUNT").ok().and_then(|it| it.parse().ok()).unwrap_or(0usize);
        for (index, (key, value)) in self.settings.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{}", before + index), key);
            command.env(format!("GIT_CONFIG_VALUE_{}", before + index), value);
        }
        command.env("GIT_CONFIG_COUNT", (before + self.settings.len()).to_string());
        command.output().map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                "`--since` asks git, and there is no program `git`: install it, or give the change by `--in-diff FILE`"
                    .to_owned()
            }
            _ => format!("git cannot be run: {error}"),
        })
    }
}

/// What git said of an error, in brackets.
fn words(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines().next().map(|it| format!(" (git: {})", it.trim_start_matches("fatal: "))).unwrap_or_default()
}
