//! A loaded workspace and what is asked of it: one analysis, and the ways to show what it found.

use std::path::Path;

use retask_engine::finding::{Fix, Way, prefer};
use retask_engine::watch::stage;
use retask_engine::{Basis, Index, Workspace};
use retask_transforms::Rule;

use crate::analysed::{Analysed, Beside, analyse};
use crate::args::{Baseline, Fixes, Format, Outputs, Prefer, Report, Shared, Split};
use crate::cache::Slot;
use crate::config::Config;
use crate::exit::{code, count, fail, found, incomplete, worst};
use crate::load::Store;
use crate::patch::{Choice, Level, Patch, Planner, Rustfmt, Written, tidy};
use crate::plan::{Plan, Shard};
use crate::progress::Progress;
use crate::report::shown::Shown;
use crate::report::{formats, terminal};
use crate::scope::Scope;
use crate::split::Splitter;
use crate::write::TakenBack;
use crate::{allow, patch, report, standing, write};

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
    /// The share of the rewrites that is worked out.
    pub shard: Option<Shard>,
    /// What is asked of the analysis beside its findings.
    pub beside: Beside,
}

impl Session<'_> {
    fn analyse(&self, beside: Beside) -> Analysed {
        self.progress.step(&format!("analysing {}", count(self.workspace.files.len(), "file")));
        let analysed = self.analysed(&self.workspace, &Written::new(), beside);
        self.progress.end();
        analysed
    }

    /// What an analysis gives, or gave where nothing changed since.
    fn analysed(&self, workspace: &Workspace, written: &Written, beside: Beside) -> Analysed {
        stage("cache");
        let rules: Vec<&str> = self.rules.iter().map(|it| it.name).collect();
        let asked = format!("{rules:?} {beside:?}");
        let slot = || Slot::of_answer(&self.folders().cache, &asked, workspace, &self.store);
        let slot = (self.is_kept() && written.is_empty()).then(slot).flatten();
        let kept = slot.as_ref().and_then(Slot::get);
        let mut analysed = kept.unwrap_or_else(|| {
            let analysed =
                self.standing_or_anew(workspace, written, beside, slot.is_some().then_some(&asked));
            stage("keep");
            slot.iter().for_each(|it| it.put(&analysed));
            analysed
        });
        stage("report");
        self.config.level(workspace, &mut analysed.findings, &self.shared.rules);
        let analysed = allow::apply(workspace, &self.rules, analysed, self.config.require_reason);
        match &self.add_allow {
            Some(reason) => allow::offered(workspace, reason, analysed),
            None => self.preferred(analysed),
        }
    }

    /// An answer that stands after what changed since, else what an analysis gives; `asked` says what was asked, where that is kept.
    fn standing_or_anew(
        &self,
        workspace: &Workspace,
        written: &Written,
        beside: Beside,
        asked: Option<&String>,
    ) -> Analysed {
        stage("index");
        let index = Index::build(workspace);
        let asked = asked.filter(|_| beside == Beside::Nothing && index.wanted().is_some());
        let slot = asked.and_then(|it| Slot::of_basis(&self.folders().cache, it, workspace, &self.store));
        if let Some(standing) = slot.as_ref().and_then(|it| standing::answer(it, workspace, &index)) {
            return standing;
        }
        let analysed = self.analysed_anew(workspace, &index, written, beside);
        stage("keep");
        slot.iter().for_each(|it| it.put(&(Basis::of(workspace, &index), &analysed)));
        analysed
    }

    /// What an analysis gives that resolves those calls which no earlier one did.
    fn analysed_anew(
        &self,
        workspace: &Workspace,
        index: &Index,
        written: &Written,
        beside: Beside,
    ) -> Analysed {
        let slot = || Slot::of_calls(&self.folders().cache, workspace, &self.store);
        let calls = self.is_kept().then(slot).flatten();
        let is_first = self.store.calls().borrow().is_empty();
        if let Some(memo) = calls.as_ref().filter(|_| is_first).and_then(Slot::get) {
            self.store.calls().replace(memo);
        }
        let analysed = analyse(workspace, index, written, &self.rules, beside, &self.store);
        // A rewrite in memory is no state that a later run meets.
        calls.iter().filter(|_| written.is_empty()).for_each(|it| it.put(&*self.store.calls().borrow()));
        analysed
    }

    /// Loads the types that the next answer may take, where this one took none.
    pub fn load_ahead(&self) {
        if !self.store.is_loaded() {
            let index = Index::build(&self.workspace);
            self.analysed_anew(&self.workspace, &index, &Written::new(), Beside::Nothing);
        }
    }

    fn is_kept(&self) -> bool {
        !self.shared.no_cache && !self.store.is_loose()
    }

    /// `retask check`; gives the exit code.
    pub fn check(&self, report: &Report, baseline: &Baseline, outputs: &Outputs) -> u8 {
        let mut analysed = self.analyse(Beside::Nothing);
        // The baseline counts all of the workspace, and not a change of it.
        if let Err(message) = self.quieten(baseline, &mut analysed) {
            return fail(&message, code::USAGE);
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

    /// `retask plan`; gives the exit code.
    pub fn plan(self, report: &Report) -> u8 {
        let planner = self.planner();
        let patch = self.tidy(planner.plan(&Choice::All));
        self.say_outside(planner.outside());
        self.progress.end();
        terminal::raw(&Plan::of(&patch).text());
        self.report_patch(&patch, &[]);
        let found = if patch.files.is_empty() { 0 } else { code::FOUND };
        let written = self.report(report, "plan", &patch.first, Some(&patch), &[]);
        worst([found, incomplete(&patch.first), written])
    }

    /// What formats show of an analysis.
    fn shown<'s>(&'s self, analysed: &'s Analysed) -> Shown<'s> {
        Shown::new(&self.workspace, analysed, self.store.members(), &self.rules, self.shared.verbose)
    }

    /// `retask map`; gives the exit code.
    pub fn map(self, outputs: &Outputs) -> u8 {
        let mut formats = outputs.outputs.iter().map(|it| it.format).chain([self.shared.format]);
        match formats.any(|it| it == Format::Html) {
            true => Session { beside: Beside::Picture, ..self }.picture(outputs),
            false => {
                let analysed = self.analyse(Beside::Units);
                self.units(&analysed, outputs, String::new)
            }
        }
    }

    /// The map with its page. That shows diffs, and so those rewrites alone that pass the checks.
    fn picture(self, outputs: &Outputs) -> u8 {
        let planner = self.planner();
        let patch = planner.plan(&Choice::All);
        self.progress.end();
        let diff = |fix: &Fix| patch::diff::unified(&planner.preview(fix).files, &self.workspace);
        let shown = self.shown(&patch.first);
        self.units(&patch.first, outputs, || report::page::page(&shown, &patch, &diff))
    }

    /// Shows units in each format that was asked for; gives the exit code.
    fn units(&self, analysed: &Analysed, outputs: &Outputs, page: impl Fn() -> String) -> u8 {
        let text = |format| match format {
            Format::Json => report::json::units(&self.workspace, analysed) + "\n",
            Format::Html => page(),
            _ => report::map::text(&analysed.units),
        };
        terminal::raw(&text(self.shared.format));
        report::human::print_skipped(analysed);
        worst([incomplete(analysed), formats::write(&outputs.outputs, text)])
    }

    /// The diff, or the list of its patches, or the findings that it began with in a format of findings.
    pub fn diff(self, report: &Report, outputs: &Outputs, split: &Split) -> u8 {
        let splitter = match Splitter::of(split, &self.workspace) {
            Ok(splitter) => splitter,
            Err(message) => return fail(&message, code::USAGE),
        };
        let planner = self.planner();
        let patch = self.tidy(planner.plan(&Choice::All));
        self.say_outside(planner.outside());
        let made = splitter.as_ref().map(|it| {
            it.problems().iter().for_each(|it| self.progress(it));
            it.write(&patch, self.add_allow.is_some(), |choice| self.tidy(planner.plan(choice)))
        });
        self.progress.end();
        let (list, split) = match made {
            Some(Err(message)) => (Some(String::new()), fail(&message, code::USAGE)),
            made => (made.and_then(Result::ok), 0),
        };
        let shown = self.shown(&patch.first);
        let text = |format| match format {
            Format::Human => patch::diff::unified(&patch.files, &self.workspace),
            format => formats::text(format, &shown),
        };
        let list = list.filter(|_| self.shared.format == Format::Human);
        terminal::raw(&list.unwrap_or_else(|| text(self.shared.format)));
        self.report_patch(&patch, &[]);
        let found = if patch.files.is_empty() { 0 } else { code::FOUND };
        let reported = self.report(report, "diff", &patch.first, Some(&patch), &[]);
        let written = formats::write(&outputs.outputs, text);
        worst([found, incomplete(&patch.first), reported, written, split])
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
                fail(&format!("the report `{}` cannot be written: {error}", path.display()), code::USAGE)
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
            self.analysed(workspace, written, if written.is_empty() { self.beside } else { Beside::Nothing })
        })
        .within(self.scope.as_ref())
        .shard(self.shard)
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
            report::causes::print(&analysed.findings, self.shared.verbose);
        }
    }
}
