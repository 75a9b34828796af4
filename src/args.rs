//! The command line, in Cargo's words where Cargo has one.

mod outputs;
mod split;

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use retask_engine::workspace::Include;

use crate::help;
use crate::load::Options;
use crate::plan::Shard;

pub use outputs::{Format, Output, Outputs};
pub use split::{By, Split};

/// Classifies the work in a Tokio workspace, finds work on the wrong primitive, and rewrites it.
#[derive(Debug, Parser)]
#[command(name = "retask", version, propagate_version = true, after_help = help::CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prints the findings
    #[command(after_help = help::CHECK)]
    Check {
        /// Stay, and print the findings again whenever a file changes
        #[arg(long, conflicts_with_all = ["in_diff", "update_baseline"])]
        watch: bool,
        #[command(flatten)]
        shared: Shared,
        #[command(flatten)]
        report: Report,
        #[command(flatten)]
        baseline: Baseline,
        #[command(flatten)]
        outputs: Outputs,
    },
    /// Prints the rewrites as a unified diff
    #[command(after_help = help::DIFF)]
    Diff {
        #[command(flatten)]
        shared: Shared,
        #[command(flatten)]
        report: Report,
        #[command(flatten)]
        add: AddAllow,
        #[command(flatten)]
        split: Split,
        #[command(flatten)]
        outputs: Outputs,
    },
    /// Applies the rewrites, compiles the workspace, and keeps what compiles
    #[command(after_help = help::FIX)]
    Fix {
        /// Ask for each rewrite, with its evidence and its diff; what was refused is not asked again
        #[arg(long)]
        review: bool,
        #[command(flatten)]
        shared: Shared,
        #[command(flatten)]
        report: Report,
        #[command(flatten)]
        add: AddAllow,
        #[command(flatten)]
        allow: Allow,
        /// How rewrites are verified before they stay: not at all, by `cargo check`, or also by `cargo test`
        #[arg(long, value_enum, default_value_t = Verify::Check)]
        verify: Verify,
    },
    /// Prints the rewrites as a plan, which `apply` takes on this machine or another
    #[command(after_help = help::PLAN)]
    Plan {
        /// Work out the share K, from 0, of N alone, such as `0/4`; `merge` puts the shares together
        #[arg(long, value_name = "K/N")]
        shard: Option<Shard>,
        #[command(flatten)]
        shared: Shared,
        #[command(flatten)]
        report: Report,
    },
    /// Applies a plan, compiles the workspace, and keeps it where that compiles
    #[command(after_help = help::APPLY)]
    Apply {
        /// What `plan` or `merge` printed
        plan: PathBuf,
        #[command(flatten)]
        shared: Shared,
        #[command(flatten)]
        report: Report,
        #[command(flatten)]
        allow: Allow,
        /// How the plan is verified before it stays
        #[arg(long, value_enum, default_value_t = Verify::Check)]
        verify: Verify,
    },
    /// Prints one plan of several
    #[command(after_help = help::MERGE)]
    Merge {
        /// Plans of the same workspace
        #[arg(required = true)]
        plans: Vec<PathBuf>,
    },
    /// Takes back the last `fix` or `apply`
    #[command(after_help = help::UNDO)]
    Undo {
        /// A Cargo workspace, a package, or a file or folder inside one
        #[arg(default_value = ".")]
        path: PathBuf,
        #[arg(long, value_enum, default_value_t = Color::Auto)]
        color: Color,
        /// Print errors only
        #[arg(short, long)]
        quiet: bool,
    },
    /// Prints every unit of work with its primitive, its bucket and its four answers
    #[command(after_help = help::MAP)]
    Map {
        #[command(flatten)]
        shared: Shared,
        #[command(flatten)]
        outputs: Outputs,
    },
    /// Explains a rule or a bucket
    #[command(after_help = help::EXPLAIN)]
    Explain {
        /// A rule such as `blocking-sleep`, or a bucket from 1 to 5
        name: String,
    },
    /// Prints the completions of a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions { shell: Shell },
    /// Writes a manual page for each command
    #[command(after_help = help::MAN)]
    Man {
        /// The folder that the pages are written into, such as a `man1`
        dir: PathBuf,
    },
}

impl Command {
    /// Whether it analyses code, which can go wrong in more ways than others.
    pub fn analyses(&self) -> bool {
        matches!(
            self,
            Command::Check { .. }
                | Command::Diff { .. }
                | Command::Fix { .. }
                | Command::Map { .. }
                | Command::Plan { .. }
        )
    }

    /// Whether it reads standard input.
    pub fn reads_input(&self) -> bool {
        let change = match self {
            Command::Check { report, .. }
            | Command::Diff { report, .. }
            | Command::Fix { report, .. }
            | Command::Plan { report, .. } => &report.change,
            _ => return false,
        };
        change.in_diff.as_deref() == Some(Path::new("-"))
    }
}

/// What is reported, and where.
#[derive(Clone, Debug, Default, Args)]
pub struct Report {
    /// Write a report in Markdown: each finding with its bucket, and what became of it
    #[arg(long, value_name = "FILE.md")]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub change: Change,
}

/// The change that findings must touch.
#[derive(Clone, Debug, Default, Args)]
pub struct Change {
    /// Only findings that a change touches: what differs in the work tree since it parted from this commit, as git tells
    #[arg(long, value_name = "REV", conflicts_with = "in_diff")]
    pub since: Option<String>,
    /// Only findings that this unified diff touches; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub in_diff: Option<PathBuf>,
}

/// Old findings that stay quiet.
#[derive(Clone, Debug, Default, Args)]
pub struct Baseline {
    /// Keep quiet of the findings that this file counts, by file and rule; where there are more of them, all are shown
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write the baseline where there is none, and bring its counts down to what is found where there is one
    #[arg(long)]
    pub update_baseline: bool,
}

/// Comments in the place of rewrites.
#[derive(Clone, Debug, Default, Args)]
pub struct AddAllow {
    /// In the place of rewrites, write a comment with this reason above each error and warning, which silences it
    #[arg(long, value_name = "REASON", value_parser = reason)]
    pub add_allow: Option<String>,
}

/// A reason stands in one line.
fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("the reason is empty: say why the findings stay".to_owned()),
        it if it.contains(['\n', '\r']) => Err("the reason has more than one line".to_owned()),
        it => Ok(it.to_owned()),
    }
}

/// What `fix` may write over.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Allow {
    /// Write although files have changes that are not committed
    #[arg(long)]
    pub allow_dirty: bool,
    /// Write although changes are staged
    #[arg(long)]
    pub allow_staged: bool,
    /// Write although there is no version control
    #[arg(long)]
    pub allow_no_vcs: bool,
}

#[derive(Debug, Args)]
pub struct Shared {
    /// A Cargo workspace, a package, or a file or folder inside one
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Only this rule (repeatable)
    #[arg(long = "rule", value_name = "NAME")]
    pub rules: Vec<String>,
    /// All rules but this one (repeatable)
    #[arg(long = "skip", value_name = "NAME")]
    pub skip: Vec<String>,
    /// Report on this package (repeatable)
    #[arg(short, long = "package", value_name = "NAME")]
    pub packages: Vec<String>,
    /// How findings are printed; `fix` knows `human` and `json` alone, `map` also `html`
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Which rewrites to take: `safe` those that are machine-applicable, `all` also those that are maybe-incorrect
    #[arg(long, value_enum, default_value_t = Fixes::Safe)]
    pub fixes: Fixes,
    /// Which rewrite comes first where both hold: the async form of a whole chain of calls, or one trip to the blocking pool
    #[arg(long, value_enum)]
    pub prefer: Option<Prefer>,
    /// Let rewrites change the public API of libraries
    #[arg(long)]
    pub public: bool,
    /// Targets to include on top of libraries and programs (repeatable)
    #[arg(long = "include", value_enum, value_delimiter = ',')]
    pub include: Vec<Target>,
    /// Features to activate, as for cargo
    #[arg(short = 'F', long, value_delimiter = ',')]
    pub features: Vec<String>,
    #[arg(long)]
    pub all_features: bool,
    #[arg(long)]
    pub no_default_features: bool,
    /// The target triple to read the code for
    #[arg(long, value_name = "TRIPLE")]
    pub target: Option<String>,
    /// Fail where `Cargo.lock` would change
    #[arg(long)]
    pub locked: bool,
    /// Use no network
    #[arg(long)]
    pub offline: bool,
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Which dependencies to read: those that the questions need, or all of them as they are, which takes long
    #[arg(long, value_enum, default_value_t = Load::Needed)]
    pub load: Load,
    /// Read this configuration in place of the workspace's own
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
    /// Neither read nor write what is kept between runs, in `retask` under Cargo's target directory
    #[arg(long)]
    pub no_cache: bool,
    /// Print how long each stage took, and which files and functions cost most
    #[arg(long)]
    pub timings: bool,
    /// Print no progress and no summary
    #[arg(short, long)]
    pub quiet: bool,
    /// Print notes as well, and more on what was refused
    #[arg(short, long)]
    pub verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fixes {
    Safe,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Prefer {
    Async,
    Offload,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Load {
    Needed,
    Full,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Verify {
    None,
    Check,
    Test,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    Tests,
    Benches,
    Examples,
    Build,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

impl Shared {
    /// What loading needs of it.
    pub fn load_options(&self) -> Options {
        let includes = |target| self.include.contains(&target);
        Options {
            packages: self.packages.clone(),
            include: Include {
                tests: includes(Target::Tests),
                benches: includes(Target::Benches),
                examples: includes(Target::Examples),
                build: includes(Target::Build),
            },
            may_change_api: self.public,
            all_dependencies: self.load == Load::Full,
            features: self.features.clone(),
            all_features: self.all_features,
            no_default_features: self.no_default_features,
            target: self.target.clone(),
            locked: self.locked,
            offline: self.offline,
            is_kept: !self.no_cache,
        }
    }

    /// The flags of `cargo check` for targets on top of libraries and programs.
    pub fn cargo_targets(&self) -> Vec<String> {
        let flags =
            [(Target::Tests, "--tests"), (Target::Benches, "--benches"), (Target::Examples, "--examples")];
        let included = flags.into_iter().filter(|(target, _)| self.include.contains(target));
        included.map(|(_, flag)| flag.to_owned()).collect()
    }

    /// The same flags for `cargo check`.
    pub fn cargo_flags(&self) -> Vec<String> {
        let mut flags: Vec<String> = Vec::new();
        for feature in &self.features {
            flags.extend(["--features".to_owned(), feature.clone()]);
        }
        for (set, flag) in [
            (self.all_features, "--all-features"),
            (self.no_default_features, "--no-default-features"),
            (self.locked, "--locked"),
            (self.offline, "--offline"),
        ] {
            flags.extend(set.then(|| flag.to_owned()));
        }
        flags.extend(self.target.iter().flat_map(|it| ["--target".to_owned(), it.clone()]));
        flags
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
