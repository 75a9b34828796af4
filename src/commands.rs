//! The commands: each is loading, analysis and one way to show or apply what was found.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use borsh::{BorshDeserialize, BorshSerialize};
use clap::Parser;
use retask_engine::finding::{Finding, Fix, Place, Severity, Unit, Way, prefer};
use retask_engine::watch::stage;
use retask_engine::workspace::{Skipped, Wanted};
use retask_engine::{Analysis, Index, Workspace};
use retask_transforms::Rule;

use crate::allow::Allowed;
use crate::args::{
    AddAllow, Baseline, Change, Cli, Color, Command, Fixes, Format, Outputs, Prefer, Report, Shared,
};
use crate::baseline::Outcome;
use crate::cache::Slot;
use crate::config::Config;
use crate::load::{self, LoadError, Loader, Source, Store};
use crate::patch::{Choice, Level, Patch, Planner, Rustfmt, Written, tidy};
use crate::progress::Progress;
use crate::report::shown::Shown;
use crate::report::{formats, terminal};
use crate::scope::Scope;
use crate::write::{RealDisk, Recovered, TakenBack};
use crate::{allow, explain, generate, patch, report, supervise, timings, write};

/// Exit codes of the contract; where several hold, the highest counts.
pub mod exit {
    pub const FOUND: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const INCOMPLETE: u8 = 3;
    pub const TAKEN_BACK: u8 = 4;
    pub const CONFLICT: u8 = 5;
}

/// What an analysis gives.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Analysed {
    pub findings: Vec<Finding>,
    pub units: Vec<Unit>,
    /// What could not be read or resolved.
    pub skipped: Vec<Skipped>,
    /// How many calls in question stayed unknown.
    pub unknown: usize,
    /// Names in the text of rewrites that lead nowhere, each with its file.
    pub unresolved: Vec<(String, String)>,
    /// The comments that silence findings. They are read anew each time.
    #[borsh(skip)]
    pub allows: Vec<Allowed>,
    /// What a baseline keeps quiet, where there is one.
    #[borsh(skip)]
    pub baseline: Option<Outcome>,
}

/// Analyses a workspace, with rewrites in it or not. The source is asked for a database only where types are needed.
pub fn analyse(
    workspace: &Workspace,
    written: &Written,
    rules: &[&'static Rule],
    with_units: bool,
    source: &impl Source,
) -> Analysed {
    stage("index");
    let index = Index::build(workspace);
    let mut skipped: Vec<Skipped> = workspace.skipped.iter().chain(index.skipped()).cloned().collect();
    let nothing = Wanted::default();
    let Some(wanted) = index.wanted().or((!written.is_empty()).then_some(&nothing)) else {
        skipped.sort();
        skipped.dedup();
        return Analysed { skipped, ..Analysed::default() };
    };
    stage("load");
    let database = source.database(workspace, wanted);
    let analysis = Analysis::new(workspace, &index, database, source.memo());
    let missing = |name: &String| Skipped {
        path: name.clone(),
        reason: "the sources of this dependency are not there: run `cargo fetch`".to_owned(),
    };
    skipped.extend(analysis.missing().iter().map(missing));
    skipped.sort();
    skipped.dedup();
    let mut findings = retask_transforms::check(&analysis, rules);
    findings.iter_mut().for_each(|it| guard(workspace, &index, it));
    let units = if with_units { judged(analysis.units(), &findings) } else { Vec::new() };
    let unknown = analysis.unknown();
    let unresolved = unresolved(&analysis, written);
    if timings::is_on() {
        timings::bodies(analysis.inferred(), index.functions());
    }
    let (database, memo) = analysis.into_parts();
    source.keep(workspace, database, memo);
    Analysed { findings, units, skipped, unknown, unresolved, allows: Vec::new(), baseline: None }
}

/// A rewrite of a file that must not be changed is refused.
fn guard(workspace: &Workspace, index: &Index, finding: &mut Finding) {
    let is_broken = |path: &str| index.skipped().iter().any(|it| it.path == path);
    let guarded = |fix: &Fix| {
        fix.edits.iter().find_map(|it| {
            let path = &it.place.path;
            let broken = is_broken(path).then_some("does not parse, so that no rewrite of it can be checked");
            workspace
                .guards
                .get(path)
                .map(String::as_str)
                .or(broken)
                .map(|reason| format!("`{path}` {reason}"))
        })
    };
    finding.alternatives.retain(|it| guarded(it).is_none());
    if let Some(reason) = finding.fix.as_ref().and_then(guarded) {
        finding.fix = (!finding.alternatives.is_empty()).then(|| finding.alternatives.remove(0));
        finding.refused = finding.fix.is_none().then_some(reason);
    }
}

/// Units with the rule that each breaks: the worst of the findings that stand on it.
fn judged(mut units: Vec<Unit>, findings: &[Finding]) -> Vec<Unit> {
    let key = |place: &Place| (place.path.clone(), place.start.offset);
    let mut rules: BTreeMap<(String, u32), (Severity, &'static str)> = BTreeMap::new();
    for finding in findings {
        let it = (finding.severity, finding.rule);
        rules.entry(key(&finding.place)).and_modify(|worst| *worst = it.min(*worst)).or_insert(it);
    }
    for unit in &mut units {
        unit.rule = rules.get(&key(&unit.place)).map(|(_, rule)| *rule);
    }
    units
}

fn unresolved(analysis: &Analysis<'_>, written: &Written) -> Vec<(String, String)> {
    let files = analysis.workspace.files.iter().enumerate();
    let new = files.filter_map(|(index, file)| Some((index as u32, &file.path, written.get(&file.path)?)));
    new.flat_map(|(index, path, ranges)| {
        analysis.unresolved(index, ranges).into_iter().map(|name| (path.clone(), name))
    })
    .collect()
}

/// Reads the arguments; gives the exit code where there is nothing to run.
pub fn parse(args: &[OsString]) -> Result<Command, u8> {
    Cli::try_parse_from(args).map(|it| it.command).map_err(|error| {
        let _ = error.print();
        if error.use_stderr() { exit::USAGE } else { 0 }
    })
}

/// Runs a command; gives the exit code.
pub fn run(command: Command) -> u8 {
    match command {
        Command::Explain { name } => explain::run(&name),
        Command::Completions { shell } => generate::completions(shell, generate::program()),
        Command::Man { dir } => generate::man(&dir),
        Command::Check { shared, report, baseline, outputs } => match formats::twice(&outputs.outputs) {
            Some(message) => fail(&message, exit::USAGE),
            None => with_session(&shared, &report.change, |it| it.check(&report, &baseline, &outputs)),
        },
        Command::Diff { shared, report, add, outputs } => match formats::twice(&outputs.outputs) {
            Some(message) => fail(&message, exit::USAGE),
            None => with_session(&shared, &report.change, |it| {
                Session { add_allow: add.add_allow, ..it }.diff(&report, &outputs)
            }),
        },
        Command::Map(shared) => match formats::refusal("map", shared.format) {
            Some(message) => fail(&message, exit::USAGE),
            None => with_session(&shared, &Change::default(), |it| it.map()),
        },
        Command::Fix { review, shared, report, add, allow, verify } => {
            match formats::refusal("fix", shared.format) {
                Some(message) => fail(&message, exit::USAGE),
                None => fix(&shared, &report, add, write::How { review, allow, verify }),
            }
        }
        Command::Undo { path, color, quiet } => undo(&path, color, quiet),
    }
}

/// A loaded workspace and what is asked of it.
pub struct Session<'s> {
    pub shared: &'s Shared,
    pub config: Config,
    pub store: Store,
    pub workspace: Workspace,
    pub rules: Vec<&'static Rule>,
    /// The change that findings must touch, where one was named.
    pub scope: Option<Scope>,
    pub progress: Progress,
    /// `--add-allow`: the reason of the comments that are written in the place of rewrites.
    pub add_allow: Option<String>,
}

fn set_color(color: Color) {
    let color = match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    color.write_global();
}

/// Loads the workspace, says how long things took where that was asked for, and says so where an earlier `fix` was cut off.
fn with_session(shared: &Shared, change: &Change, run: impl FnOnce(Session<'_>) -> u8) -> u8 {
    open(shared, change).map_or_else(
        |code| code,
        |session| {
            let folders = session.folders();
            if write::is_interrupted(&folders, &RealDisk) {
                terminal::error(
                    "retask: a `retask fix` was cut off, and what it wrote is not verified: `retask undo` takes it back",
                );
            }
            let root = PathBuf::from(&session.workspace.root);
            let code = run(session);
            timings::print(&root);
            code
        },
    )
}

fn open<'s>(shared: &'s Shared, change: &Change) -> Result<Session<'s>, u8> {
    set_color(shared.color);
    let rules = chosen(shared).map_err(|message| fail(&message, exit::USAGE))?;
    if shared.timings {
        timings::start();
    }
    stage("read");
    match Loader::open(&shared.path, &shared.load_options()) {
        Ok((loader, mut workspace)) => {
            let config = match shared.no_config {
                true => Ok(Config::default()),
                false => Config::read(&workspace, shared.config.as_deref()),
            };
            let config = config.map_err(|message| fail(&message, exit::USAGE))?;
            config.settle(&mut workspace);
            let rules = config.chosen(&rules, &shared.rules);
            let scope = Scope::of(change, supervise::input().as_deref(), &workspace)
                .map_err(|message| fail(&message, exit::USAGE))?;
            let (store, progress) = (Store::new(loader), Progress::new(shared.quiet));
            Ok(Session { shared, config, store, workspace, rules, scope, progress, add_allow: None })
        }
        Err(error) => Err(unloadable(&error)),
    }
}

fn unloadable(error: &LoadError) -> u8 {
    match error {
        LoadError::Usage(message) => fail(message, exit::USAGE),
        LoadError::Unreadable(message) => fail(message, exit::INCOMPLETE),
    }
}

/// The way back of a run that was cut off comes first: the workspace is read after it.
fn fix(shared: &Shared, report: &Report, add: AddAllow, how: write::How) -> u8 {
    let mut session = match open(shared, &report.change) {
        Ok(session) => session,
        Err(code) => return code,
    };
    let _lock = match write::Lock::take(&session.folders()) {
        Ok(lock) => lock,
        Err(failure) => return fail(&failure.to_string(), failure.code()),
    };
    let root = PathBuf::from(&session.workspace.root);
    match write::recover(&root, &session.folders(), &RealDisk) {
        Ok(Recovered::Nothing | Recovered::Kept) => {}
        Ok(Recovered::TakenBack(paths)) => {
            print_back("an earlier run was cut off; ", &paths, shared.quiet);
            session = match open(shared, &report.change) {
                Ok(session) => session,
                Err(code) => return code,
            };
        }
        Err(failure) => return cannot_go_back(&failure),
    }
    session.add_allow = add.add_allow;
    let code = write::fix(&session, report, how);
    timings::print(&root);
    code
}

fn undo(path: &Path, color: Color, quiet: bool) -> u8 {
    set_color(color);
    let (root, target_dir) = match load::locate(path) {
        Ok(found) => found,
        Err(error) => return unloadable(&error),
    };
    let folders = write::Folders::new(&target_dir, &root);
    let _lock = match write::Lock::take(&folders) {
        Ok(lock) => lock,
        Err(failure) => return fail(&failure.to_string(), failure.code()),
    };
    let back = match write::recover(&root, &folders, &RealDisk) {
        Ok(Recovered::TakenBack(paths)) => Ok(Some(paths)),
        Ok(Recovered::Nothing | Recovered::Kept) => write::undo(&root, &folders, &RealDisk),
        Err(failure) => Err(failure),
    };
    match back {
        Ok(Some(paths)) => {
            print_back("", &paths, quiet);
            0
        }
        Ok(None) => {
            let message = format!(
                "there is no `retask fix` to take back in `{}`: none is recorded under `{}`",
                root.display(),
                target_dir.join("retask").display()
            );
            fail(&message, exit::USAGE)
        }
        Err(failure) => cannot_go_back(&failure),
    }
}

fn print_back(why: &str, paths: &[String], quiet: bool) {
    if !quiet {
        terminal::error(&format!("retask: {why}{} as before the run", count(paths.len(), "file")));
        paths.iter().for_each(|it| terminal::error(&format!("retask: brought back `{it}`")));
    }
}

fn cannot_go_back(failure: &write::Failure) -> u8 {
    let then = match failure {
        write::Failure::Changed(_) => {
            "nothing was brought back: set your own changes aside (`git stash` does), and run `retask undo` again"
        }
        _ => "what is left to bring back stays recorded: `retask undo` tries again",
    };
    fail(&format!("{failure}\n{then}"), failure.code())
}

/// Prints an error; gives the exit code.
pub fn fail(message: &str, code: u8) -> u8 {
    terminal::error(&format!("error: {message}"));
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
        self.progress.step(&format!("analysing {}", count(self.workspace.files.len(), "file")));
        let analysed = self.analysed(&self.workspace, &Written::new(), with_units);
        self.progress.end();
        analysed
    }

    /// What an analysis gives, or gave where nothing changed since.
    fn analysed(&self, workspace: &Workspace, written: &Written, with_units: bool) -> Analysed {
        stage("cache");
        let rules: Vec<&str> = self.rules.iter().map(|it| it.name).collect();
        let asked = format!("{rules:?} {with_units}");
        let slot = || Slot::of_answer(&self.folders().cache, &asked, workspace, &self.store);
        let slot = (self.is_kept() && written.is_empty()).then(slot).flatten();
        let kept = slot.as_ref().and_then(Slot::get);
        let analysed = kept.unwrap_or_else(|| {
            let analysed = self.analysed_anew(workspace, written, with_units);
            stage("keep");
            slot.iter().for_each(|it| it.put(&analysed));
            analysed
        });
        stage("report");
        let mut analysed = analysed;
        self.config.level(workspace, &mut analysed.findings, &self.shared.rules);
        let analysed = allow::apply(workspace, &self.rules, analysed, self.config.require_reason);
        match &self.add_allow {
            Some(reason) => allow::offered(workspace, reason, analysed),
            None => self.preferred(analysed),
        }
    }

    /// What an analysis gives that resolves those calls which no earlier one did.
    fn analysed_anew(&self, workspace: &Workspace, written: &Written, with_units: bool) -> Analysed {
        let slot = || Slot::of_calls(&self.folders().cache, workspace, &self.store);
        let calls = self.is_kept().then(slot).flatten();
        let is_first = self.store.calls().borrow().is_empty();
        if let Some(memo) = calls.as_ref().filter(|_| is_first).and_then(Slot::get) {
            self.store.calls().replace(memo);
        }
        let analysed = analyse(workspace, written, &self.rules, with_units, &self.store);
        // A rewrite in memory is no state that a later run meets.
        calls.iter().filter(|_| written.is_empty()).for_each(|it| it.put(&*self.store.calls().borrow()));
        analysed
    }

    fn is_kept(&self) -> bool {
        !self.shared.no_cache && !self.store.is_loose()
    }

    fn check(self, report: &Report, baseline: &Baseline, outputs: &Outputs) -> u8 {
        let mut analysed = self.analyse(false);
        // The baseline counts all of the workspace, and not a change of it.
        if let Err(message) = self.quieten(baseline, &mut analysed) {
            return fail(&message, exit::USAGE);
        }
        let analysed = self.in_scope(analysed);
        let shown = self.shown(&analysed);
        match self.shared.format {
            Format::Human => {
                report::human::print(&self.workspace, &analysed, self.shared.verbose);
                report::human::print_problems(&self.workspace, &analysed.allows);
            }
            format => terminal::raw(&formats::text(format, &shown)),
        }
        self.summary(&analysed);
        let reported = self.report(report, "check", &analysed, None, &[]);
        let written = formats::write(&outputs.outputs, |it| formats::text(it, &shown));
        worst([found(&analysed.findings), incomplete(&analysed), reported, written])
    }

    /// What formats show of an analysis.
    fn shown<'s>(&'s self, analysed: &'s Analysed) -> Shown<'s> {
        Shown::new(&self.workspace, analysed, self.store.members(), &self.rules, self.shared.verbose)
    }

    fn map(self) -> u8 {
        let analysed = self.analyse(true);
        match self.shared.format {
            Format::Json => report::json::print_units(&self.workspace, &analysed),
            _ => report::map::print(&analysed.units),
        }
        report::human::print_skipped(&analysed);
        incomplete(&analysed)
    }

    /// The diff, or the findings that it began with in a format of findings.
    fn diff(self, report: &Report, outputs: &Outputs) -> u8 {
        let planner = self.planner();
        let patch = self.tidy(planner.plan(&Choice::All));
        self.say_outside(planner.outside());
        self.progress.end();
        let shown = self.shown(&patch.first);
        let text = |format| match format {
            Format::Human => patch::diff::unified(&patch, &self.workspace),
            format => formats::text(format, &shown),
        };
        terminal::raw(&text(self.shared.format));
        self.report_patch(&patch, &[]);
        let found = if patch.files.is_empty() { 0 } else { exit::FOUND };
        let reported = self.report(report, "diff", &patch.first, Some(&patch), &[]);
        let written = formats::write(&outputs.outputs, text);
        worst([found, incomplete(&patch.first), reported, written])
    }

    /// What the change touches, where one was named.
    fn in_scope(&self, analysed: Analysed) -> Analysed {
        let Some(scope) = &self.scope else { return analysed };
        let all = analysed.findings.len();
        let analysed = scope.keep(&self.workspace, &self.workspace, analysed);
        self.say_outside(all - analysed.findings.len());
        analysed
    }

    /// Says how many findings the change does not touch, where one was named.
    pub fn say_outside(&self, findings: usize) {
        if let Some(scope) = &self.scope {
            let verb = if findings == 1 { "lies" } else { "lie" };
            self.progress(&format!("{} {verb} outside of {}", count(findings, "finding"), scope.name));
        }
    }

    /// Writes the migration report where one was asked for; gives the exit code.
    pub fn report(
        &self,
        report: &Report,
        command: &str,
        analysed: &Analysed,
        patch: Option<&Patch>,
        taken_back: &[TakenBack],
    ) -> u8 {
        let Some(path) = &report.report else { return 0 };
        let text = report::markdown::report(command, &self.workspace, analysed, patch, taken_back);
        match std::fs::write(path, text) {
            Ok(()) => 0,
            Err(error) => {
                fail(&format!("the report `{}` cannot be written: {error}", path.display()), exit::USAGE)
            }
        }
    }

    /// Puts the way that was asked for first, where a finding has it.
    fn preferred(&self, mut analysed: Analysed) -> Analysed {
        let wanted = match self.shared.prefer {
            Some(Prefer::Async) => Way::Async,
            Some(Prefer::Offload) => Way::Offload,
            None => return analysed,
        };
        prefer(&mut analysed.findings, wanted, |_| true);
        analysed
    }

    /// Where `fix` keeps what it needs for the way back.
    pub fn folders(&self) -> write::Folders {
        write::Folders::new(self.store.target_dir(), Path::new(&self.workspace.root))
    }

    /// Works patches out in memory.
    pub fn planner(&self) -> Planner<'_, impl Fn(&Workspace, &Written) -> Analysed + '_> {
        let level = match self.shared.fixes {
            Fixes::Safe => Level::Safe,
            Fixes::All
                if self.rules.iter().any(|it| {
                    it.changes_design() && self.shared.rules.iter().any(|name| name == it.name)
                }) =>
            {
                Level::Design
            }
            Fixes::All => Level::All,
        };
        Planner::new(&self.workspace, level, |workspace, written| {
            self.progress.step(&match written.len() {
                0 => format!("analysing {}", count(workspace.files.len(), "file")),
                changed => format!("checking the rewrites of {}", count(changed, "file")),
            });
            self.analysed(workspace, written, false)
        })
        .within(self.scope.as_ref())
    }

    /// Lays a patch out as rustfmt does, where the files were.
    pub fn tidy(&self, mut patch: Patch) -> Patch {
        if let Some(rustfmt) = Rustfmt::beside(self.store.rustc()) {
            let root = Path::new(&self.workspace.root);
            let folder = |path: &str| root.join(path).parent().unwrap_or(root).to_path_buf();
            tidy(&mut patch, &self.workspace, &rustfmt, folder);
        }
        patch
    }

    /// What was rewritten and what was not, on standard error.
    pub fn report_patch(&self, patch: &Patch, taken_back: &[TakenBack]) {
        self.progress.end();
        report::human::print_skipped(&patch.first);
        for it in taken_back {
            terminal::error(&format!("retask: taken back: {}: {}", it.what, it.reason));
        }
        if self.shared.quiet {
            return;
        }
        for dropped in &patch.dropped {
            terminal::error(&format!("retask: not rewritten: {}: {}", dropped.what, dropped.reason));
        }
        let findings = &patch.first.findings;
        report::human::print_refusals(findings);
        let outcomes = report::outcome::outcomes(findings, Some(patch), taken_back);
        let table = report::outcome::table(findings, &outcomes);
        let (rewrites, files) = (count(patch.applied.len(), "rewrite"), count(patch.files.len(), "file"));
        terminal::error(&format!("{table}retask: {rewrites} in {files}"));
    }

    /// A line on standard error, but where silence was asked for.
    pub fn progress(&self, line: &str) {
        self.progress.line(line);
    }

    fn summary(&self, analysed: &Analysed) {
        report::human::print_skipped(analysed);
        if !self.shared.quiet {
            if self.shared.verbose {
                report::human::print_refusals(&analysed.findings);
            }
            analysed.baseline.iter().for_each(report::human::print_baseline);
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
