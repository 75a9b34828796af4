//! The commands: from arguments to a loaded workspace, and to the exit code.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;
use retask_transforms::Rule;

use crate::analysed::Beside;
use crate::args::{AddAllow, Change, Cli, Color, Command, Outputs, Report, Shared};
use crate::config::Config;
use crate::exit::{code, count, fail};
use crate::load::{self, LoadError, Loader, Store};
use crate::plan::{self, Plan};
use crate::progress::Progress;
use crate::report::{formats, terminal};
use crate::scope::Scope;
use crate::session::Session;
use crate::write::{RealDisk, Recovered};
use crate::{explain, generate, supervise, timings, watching, write};
use retask_engine::watch::stage;

/// Reads the arguments; gives the exit code where there is nothing to run.
pub fn parse(args: &[OsString]) -> Result<Command, u8> {
    Cli::try_parse_from(args).map(|it| it.command).map_err(|error| {
        let _ = error.print();
        if error.use_stderr() { code::USAGE } else { 0 }
    })
}

/// Runs a command; gives the exit code.
pub fn run(command: Command) -> u8 {
    match command {
        Command::Explain { name } => explain::run(&name),
        Command::Completions { shell } => generate::completions(shell, generate::program()),
        Command::Man { dir } => generate::man(&dir),
        Command::Check { watch, shared, report, baseline, outputs } => {
            let check = |it: &Session<'_>| it.check(&report, &baseline, &outputs);
            match unprintable("check", &shared, &outputs) {
                Some(message) => fail(&message, code::USAGE),
                None if watch => watching::again_and_again(&shared, &report.change, check),
                None => with_session(&shared, &report.change, |it| check(&it)),
            }
        }
        Command::Diff { shared, report, add, split, outputs } => match unprintable("diff", &shared, &outputs)
        {
            Some(message) => fail(&message, code::USAGE),
            None => with_session(&shared, &report.change, |it| {
                Session { add_allow: add.add_allow, ..it }.diff(&report, &outputs, &split)
            }),
        },
        Command::Map { shared, outputs } => match unprintable("map", &shared, &outputs) {
            Some(message) => fail(&message, code::USAGE),
            None => with_session(&shared, &Change::default(), |it| it.map(&outputs)),
        },
        Command::Fix { review, shared, report, add, allow, verify } => {
            match formats::refusal("fix", shared.format) {
                Some(message) => fail(&message, code::USAGE),
                None => fix(&shared, &report, add, write::How { allow, verify }, review),
            }
        }
        Command::Plan { shard, shared, report } => {
            with_session(&shared, &report.change, |it| Session { shard, ..it }.plan(&report))
        }
        Command::Apply { plan, shared, report, allow, verify } => {
            let how = write::How { allow, verify };
            writing(&shared, &report, |session| write::apply(&session, &plan, &report, how))
        }
        Command::Merge { plans } => merge(&plans),
        Command::Undo { path, color, quiet } => undo(&path, color, quiet),
    }
}

/// Why a command cannot print what is asked for.
fn unprintable(command: &str, shared: &Shared, outputs: &Outputs) -> Option<String> {
    let mut asked = std::iter::once(shared.format).chain(outputs.outputs.iter().map(|it| it.format));
    let refused = asked.find_map(|it| formats::refusal(command, it));
    refused.or_else(|| formats::twice(&outputs.outputs))
}

fn set_color(color: Color) {
    let color = match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    color.write_global();
}

/// Loads the workspace, runs a command on it, and says how long things took where that was asked for.
fn with_session(shared: &Shared, change: &Change, run: impl FnOnce(Session<'_>) -> u8) -> u8 {
    match open(shared, change) {
        Ok(session) => {
            warn_of_interrupted(&session);
            let root = PathBuf::from(&session.workspace.root);
            let code = run(session);
            timings::print(&root);
            code
        }
        Err(code) => code,
    }
}

/// Says so where an earlier `fix` was cut off.
pub fn warn_of_interrupted(session: &Session<'_>) {
    if write::is_interrupted(&session.folders(), &RealDisk) {
        terminal::error(
            "retask: a `retask fix` was cut off, and what it wrote is not verified: `retask undo` takes it back",
        );
    }
}

/// Loads the workspace; gives the exit code where that cannot be.
pub fn open<'s>(shared: &'s Shared, change: &Change) -> Result<Session<'s>, u8> {
    set_color(shared.color);
    let rules = chosen(shared).map_err(|message| fail(&message, code::USAGE))?;
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
            let config = config.map_err(|message| fail(&message, code::USAGE))?;
            config.settle(&mut workspace);
            let rules = config.chosen(&rules, &shared.rules);
            let scope = Scope::of(change, supervise::input().as_deref(), &workspace)
                .map_err(|message| fail(&message, code::USAGE))?;
            let (store, progress) = (Store::new(loader), Progress::new(shared.quiet));
            Ok(Session {
                shared,
                config,
                store,
                workspace,
                rules,
                scope,
                progress,
                add_allow: None,
                shard: None,
                beside: Beside::Nothing,
            })
        }
        Err(error) => Err(unloadable(&error)),
    }
}

fn unloadable(error: &LoadError) -> u8 {
    match error {
        LoadError::Usage(message) => fail(message, code::USAGE),
        LoadError::Unreadable(message) => fail(message, code::INCOMPLETE),
    }
}

/// One plan of several; gives the exit code.
fn merge(paths: &[PathBuf]) -> u8 {
    let plans: Result<Vec<Plan>, String> = paths.iter().map(|it| Plan::read(it)).collect();
    match plans.map(|it| plan::merge(&it)) {
        Ok(Ok(merged)) => {
            terminal::raw(&merged.text());
            0
        }
        Ok(Err(conflict)) => fail(&conflict, code::CONFLICT),
        Err(message) => fail(&message, code::USAGE),
    }
}

fn fix(shared: &Shared, report: &Report, add: AddAllow, how: write::How, review: bool) -> u8 {
    writing(shared, report, |session| {
        write::fix(&Session { add_allow: add.add_allow, ..session }, report, how, review)
    })
}

/// Runs a command that writes. The way back of a run that was cut off comes first: the workspace is read after it.
fn writing(shared: &Shared, report: &Report, run: impl FnOnce(Session<'_>) -> u8) -> u8 {
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
    let code = run(session);
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
            fail(&message, code::USAGE)
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
