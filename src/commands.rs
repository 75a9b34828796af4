//! The commands: each is loading, analysis and one way to show or apply what was found.

use std::ffi::OsString;
use std::path::Path;

use clap::Parser;
use retask_engine::finding::{Finding, Severity, Unit};
use retask_engine::workspace::Skipped;
use retask_engine::{Analysis, Index, Workspace};
use retask_transforms::Rule;

use crate::args::{Allow, Cli, Color, Command, Fixes, Format, Shared};
use crate::load::{LoadError, Loader, Source, Store};
use crate::patch::{Level, Patch, Rustfmt, rounds, tidy};
use crate::{explain, patch, report, write};

/// Exit codes of the contract; where several hold, the highest counts.
pub mod exit {
    pub const FOUND: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const INCOMPLETE: u8 = 3;
    pub const TAKEN_BACK: u8 = 4;
    pub const CONFLICT: u8 = 5;
}

/// What an analysis gives.
#[derive(Clone, Debug, Default)]
pub struct Analysed {
    pub findings: Vec<Finding>,
    pub units: Vec<Unit>,
    /// What could not be read or resolved.
    pub skipped: Vec<Skipped>,
    /// How many calls in question stayed unknown.
    pub unknown: usize,
}

/// Analyses a workspace. The source is asked for a database only where types are needed.
pub fn analyse(
    workspace: &Workspace,
    rules: &[&'static Rule],
    with_units: bool,
    source: &impl Source,
) -> Analysed {
    let index = Index::build(workspace);
    let mut skipped: Vec<Skipped> = workspace.skipped.iter().chain(index.skipped()).cloned().collect();
    let Some(wanted) = index.wanted() else {
        skipped.sort();
        skipped.dedup();
        return Analysed { skipped, ..Analysed::default() };
    };
    let analysis = Analysis::new(workspace, &index, source.database(workspace, wanted));
    let missing = |name: &String| Skipped {
        path: name.clone(),
        reason: "the sources of this dependency are not there: run `cargo fetch`".to_owned(),
    };
    skipped.extend(analysis.missing().iter().map(missing));
    skipped.sort();
    skipped.dedup();
    let findings = retask_transforms::check(&analysis, rules);
    let units = if with_units { analysis.units() } else { Vec::new() };
    let unknown = analysis.unknown();
    source.keep(workspace, analysis.into_database());
    Analysed { findings, units, skipped, unknown }
}

/// Runs the command that the arguments name; gives the exit code.
pub fn run(args: Vec<OsString>) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { exit::USAGE } else { 0 };
        }
    };
    match cli.command {
        Command::Explain { name } => explain::run(&name),
        Command::Check(shared) => with_session(&shared, |it| it.check()),
        Command::Diff(shared) => with_session(&shared, |it| it.diff()),
        Command::Map(shared) => with_session(&shared, |it| it.map()),
        Command::Fix { shared, allow } => with_session(&shared, |it| it.fix(allow)),
    }
}

/// A loaded workspace and what is asked of it.
pub struct Session<'s> {
    pub shared: &'s Shared,
    pub store: Store,
    pub workspace: Workspace,
    pub rules: Vec<&'static Rule>,
}

fn with_session(shared: &Shared, run: impl FnOnce(Session<'_>) -> u8) -> u8 {
    let color = match shared.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    color.write_global();
    let rules = match chosen(shared) {
        Ok(rules) => rules,
        Err(message) => return fail(&message, exit::USAGE),
    };
    match Loader::open(&shared.path, &shared.load_options()) {
        Ok((loader, workspace)) => run(Session { shared, store: Store::new(loader), workspace, rules }),
        Err(LoadError::Usage(message)) => fail(&message, exit::USAGE),
        Err(LoadError::Unreadable(message)) => fail(&message, exit::INCOMPLETE),
    }
}

fn fail(message: &str, code: u8) -> u8 {
    anstream::eprintln!("error: {message}");
    code
}

/// The rules that `--rule` and `--skip` leave.
fn chosen(shared: &Shared) -> Result<Vec<&'static Rule>, String> {
    let all = retask_transforms::rules();
    for name in shared.rules.iter().chain(&shared.skip) {
        if !all.iter().any(|it| it.name == *name) {
            let known: Vec<&str> = all.iter().map(|it| it.name).collect();
            return Err(format!(
                "no rule is named `{name}`{}; the rules are {}",
                explain::nearest(name, &known),
                known.join(", ")
            ));
        }
    }
    let wanted = |it: &&Rule| {
        let named = |names: &[String]| names.iter().any(|name| name == it.name);
        (shared.rules.is_empty() || named(&shared.rules)) && !named(&shared.skip)
    };
    Ok(all.iter().filter(wanted).collect())
}

impl Session<'_> {
    fn analyse(&self, with_units: bool) -> Analysed {
        analyse(&self.workspace, &self.rules, with_units, &self.store)
    }

    fn check(self) -> u8 {
        let analysed = self.analyse(false);
        match self.shared.format {
            Format::Json => report::json::print_findings(&self.workspace, &analysed),
            Format::Human => report::human::print(&self.workspace, &analysed, self.shared.verbose),
        }
        self.summary(&analysed);
        worst([found(&analysed.findings), incomplete(&analysed)])
    }

    fn map(self) -> u8 {
        let analysed = self.analyse(true);
        match self.shared.format {
            Format::Json => report::json::print_units(&self.workspace, &analysed),
            Format::Human => report::map::print(&analysed.units),
        }
        report::human::print_skipped(&analysed);
        incomplete(&analysed)
    }

    fn diff(self) -> u8 {
        let patch = self.patch(&[]);
        match self.shared.format {
            Format::Json => report::json::print_findings(&self.workspace, &patch.first),
            Format::Human => anstream::print!("{}", patch::diff::unified(&patch, &self.workspace)),
        }
        self.report_patch(&patch);
        let found = if patch.files.is_empty() { 0 } else { exit::FOUND };
        worst([found, incomplete(&patch.first)])
    }

    fn fix(self, allow: Allow) -> u8 {
        write::fix(&self, allow)
    }

    /// The rewrites, worked out in memory, without some groups.
    pub fn patch(&self, without: &[String]) -> Patch {
        let level = match self.shared.fixes {
            Fixes::Safe => Level::Safe,
            Fixes::All => Level::All,
        };
        let mut patch = rounds(&self.workspace, level, without, |workspace| {
            analyse(workspace, &self.rules, false, &self.store)
        });
        if let Some(rustfmt) = Rustfmt::beside(self.store.rustc()) {
            let root = Path::new(&self.workspace.root);
            let folder = |path: &str| root.join(path).parent().unwrap_or(root).to_path_buf();
            tidy(&mut patch, &self.workspace, &rustfmt, folder);
        }
        patch
    }

    /// What was rewritten and what was not, on standard error.
    pub fn report_patch(&self, patch: &Patch) {
        report::human::print_skipped(&patch.first);
        if self.shared.quiet {
            return;
        }
        for (what, reason) in &patch.dropped {
            anstream::eprintln!("retask: not rewritten: {what}: {reason}");
        }
        let findings = &patch.first.findings;
        report::human::print_refusals(findings);
        let refused = findings.iter().filter(|it| it.fix.is_none()).count();
        anstream::eprintln!(
            "retask: {} in {}; {} of {} {} no rewrite",
            count(patch.applied.len(), "rewrite"),
            count(patch.files.len(), "file"),
            refused,
            count(findings.len(), "finding"),
            if refused == 1 { "has" } else { "have" },
        );
    }

    /// A line on standard error, but where silence was asked for.
    pub fn progress(&self, line: &str) {
        if !self.shared.quiet {
            anstream::eprintln!("retask: {line}");
        }
    }

    fn summary(&self, analysed: &Analysed) {
        report::human::print_skipped(analysed);
        if !self.shared.quiet {
            if self.shared.verbose {
                report::human::print_refusals(&analysed.findings);
            }
            report::human::print_summary(&self.workspace, analysed, self.shared.verbose);
        }
    }
}

/// The exit code for findings of importance.
pub fn found(findings: &[Finding]) -> u8 {
    if findings.iter().any(|it| it.severity != Severity::Note) { exit::FOUND } else { 0 }
}

/// The exit code for what could not be analysed.
pub fn incomplete(analysed: &Analysed) -> u8 {
    if analysed.skipped.is_empty() { 0 } else { exit::INCOMPLETE }
}

/// The highest of some exit codes.
pub fn worst(codes: impl IntoIterator<Item = u8>) -> u8 {
    codes.into_iter().max().unwrap_or(0)
}

/// `1 finding`, `2 findings`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
