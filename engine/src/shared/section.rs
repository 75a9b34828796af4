//! A critical section: from a call that takes a lock to where its guard ends, and what it waits for meanwhile.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};

use super::{Gather, REACH};
use crate::analysis::Entered;
use crate::catalogue::waits::Waits;
use crate::catalogue::{Cost, Entry, Family};
use crate::context::Context;
use crate::guards::Keeper;
use crate::index::Site;
use crate::resolve::Callee;

/// How a lock is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Beside other readers.
    Read,
    /// Alone.
    Write,
}

/// One critical section.
pub struct Section {
    pub site: Site,
    /// The name of what is called.
    pub name: TextRange,
    pub call: ast::MethodCallExpr,
    pub access: Access,
    pub context: Context,
    /// What keeps the guard.
    pub keepers: Vec<Keeper>,
    /// The awaits at which the guard is alive.
    pub awaits: Vec<SyntaxNode>,
    /// The calls that are made while the guard is alive.
    pub calls: Vec<SyntaxNode>,
    /// What it waits for while the lock is held.
    pub waits: Vec<Waiting>,
    /// A loop of the same body stands around it.
    pub in_loop: bool,
    /// It looks whether a value is there, and else waits for it and keeps it.
    pub fills: bool,
}

/// What a section waits for, and where.
pub struct Waiting {
    pub file: u32,
    pub range: TextRange,
    /// What is called.
    pub label: String,
    pub what: &'static str,
}

impl Gather<'_, '_> {
    /// The section that a call begins.
    pub(super) fn section(&self, call: &ast::MethodCallExpr) -> Option<Section> {
        let name = call.name_ref()?;
        let (file, range) = self.sema.source_range(name.syntax())?;
        let edition = self.analysis.workspace.files[file as usize].edition;
        let is_read = name.text().contains("read");
        let expr = ast::Expr::from(call.clone());
        let value = match call.syntax().parent().and_then(ast::AwaitExpr::cast) {
            Some(it) => it.into(),
            None => expr,
        };
        let kept = self.sema.kept(&value, edition);
        let mut section = Section {
            site: Site { file, offset: range.start().into() },
            name: range,
            call: call.clone(),
            access: if is_read { Access::Read } else { Access::Write },
            context: self.contexts.of(call.syntax()),
            keepers: kept.iter().map(|it| it.keeper.clone()).collect(),
            awaits: kept.iter().flat_map(|it| it.awaits.clone()).collect(),
            calls: kept.iter().flat_map(|it| it.calls.clone()).collect(),
            waits: Vec::new(),
            in_loop: crate::site::is_in_loop(self.sema, call.syntax()),
            fills: false,
        };
        let is_awaited = ast::AwaitExpr::can_cast(value.syntax().kind());
        // The guard of a sync lock over an await is another rule's.
        if is_awaited {
            section.waits.extend(section.awaits.iter().filter_map(|it| self.awaited(it)));
        }
        if section.access == Access::Write || is_awaited {
            let calls = kept.iter().flat_map(|it| &it.calls);
            section.waits.extend(calls.filter_map(|it| self.blocking(it, &section.context)));
        }
        section.waits.sort_by_key(|it| (it.file, it.range.start()));
        section.waits.dedup_by_key(|it| (it.file, it.range));
        // Who waits for a sync lock holds up its worker, whatever the lock is held for.
        section.fills = is_awaited && self.fills(&section);
        Some(section)
    }

    fn awaited(&self, awaited: &SyntaxNode) -> Option<Waiting> {
        let (waits, label) = self.sema.waits_at(awaited)?;
        let (file, range) = self.sema.place_of_await(awaited)?;
        Some(Waiting { file, range, label, what: waits.words() })
    }

    /// A sync call that blocks, under the lock.
    fn blocking(&self, call: &SyntaxNode, context: &Context) -> Option<Waiting> {
        let name = match call.kind() {
            SyntaxKind::METHOD_CALL_EXPR => {
                ast::MethodCallExpr::cast(call.clone())?.name_ref()?.syntax().clone()
            }
            _ => match ast::CallExpr::cast(call.clone())?.expr()? {
                ast::Expr::PathExpr(it) => it.path()?.segment()?.name_ref()?.syntax().clone(),
                _ => return None,
            },
        };
        let (file, range) = self.sema.source_range(&name)?;
        let site = Site { file, offset: range.start().into() };
        let entered = self.analysis.entered();
        let (label, entry) = match entered.binary_search_by_key(&site, |it| it.site) {
            Ok(at) => dear(&entered[at])?,
            Err(_) => self.in_chain(site, context)?,
        };
        Some(Waiting { file, range, label, what: waits_of(entry)?.words() })
    }

    /// A call in a sync function that async code leads to.
    fn in_chain(&self, site: Site, context: &Context) -> Option<(String, &'static Entry)> {
        let Context::Sync(function) = context else { return None };
        if !self.is_reached(*function, REACH) {
            return None;
        }
        let call = self.analysis.blocking_in(*function).find(|it| it.site == site)?;
        self.dear_work(&call.callee, 6).map(|it| (call.label.clone(), it))
    }

    /// The blocking work that a call leads to, but for what is cheap.
    fn dear_work(&self, callee: &Callee, depth: usize) -> Option<&'static Entry> {
        let depth = depth.checked_sub(1)?;
        match callee {
            Callee::Entry(entry) => (entry.family().is_some() && is_dear(entry.cost, entry)).then_some(entry),
            Callee::Workspace(function) => {
                self.analysis.blocking_in(*function).find_map(|it| self.dear_work(&it.callee, depth))
            }
            Callee::Library(_) => None,
        }
    }

    /// Whether a section only fills a cache: it leaves early, or branches, on what the guard holds, and what it waits for is then kept
    /// in the guard. Waits on the guarded value itself are none of that.
    fn fills(&self, section: &Section) -> bool {
        let [Keeper::Variable { pat, scope, .. }] = section.keepers.as_slice() else { return false };
        let Some(first) = section.waits.first() else { return false };
        let Ok(uses) = crate::mentions::uses(self.sema, scope, pat) else { return false };
        let start = |it: &ast::PathExpr| self.sema.source_range(it.syntax()).map(|it| it.1);
        let is_in_condition = |it: &ast::PathExpr| {
            it.syntax().ancestors().take_while(|it| it != scope).any(|it| {
                let parent = it.parent();
                let of_if = parent.clone().and_then(ast::IfExpr::cast).and_then(|it| it.condition());
                let of_match = parent.clone().and_then(ast::MatchExpr::cast).and_then(|it| it.expr());
                let of_let = parent.and_then(ast::LetStmt::cast).filter(|it| it.let_else().is_some());
                let of_let = of_let.and_then(|it| it.initializer());
                of_if.or(of_match).or(of_let).is_some_and(|of| of.syntax() == &it)
            })
        };
        let kept = uses.iter().filter_map(|it| self.kept_by(it, scope)).map(|it| it.end()).max();
        let before = |it: &&ast::PathExpr| start(it).is_some_and(|it| it.start() < first.range.start());
        let asks = uses.iter().filter(before).any(is_in_condition);
        let keeps = kept.is_some_and(|end| section.waits.iter().all(|it| it.range.start() < end));
        asks && keeps && !section.awaits.iter().any(|it| self.waits_on_guard(it, &uses))
    }

    /// What keeps a value in the guard by a use of it: an assignment, or a call as `insert`.
    fn kept_by(&self, path: &ast::PathExpr, scope: &SyntaxNode) -> Option<TextRange> {
        const KEEPS: &[&str] = &["insert", "replace", "put", "set", "get_or_insert", "update", "extend"];
        let mut around = path.syntax().ancestors().take_while(|it| it != scope);
        let keeps = around.find(|it| match ast::BinExpr::cast(it.clone()) {
            Some(assigned) => {
                let is_left =
                    |it: ast::Expr| it.syntax().text_range().contains_range(path.syntax().text_range());
                assigned.op_kind() == Some(ast::BinaryOp::Assignment { op: None })
                    && assigned.lhs().is_some_and(is_left)
            }
            None => ast::MethodCallExpr::cast(it.clone()).is_some_and(|it| {
                let is_receiver = it
                    .receiver()
                    .is_some_and(|it| it.syntax().text_range().contains_range(path.syntax().text_range()));
                is_receiver && it.name_ref().is_some_and(|it| KEEPS.contains(&it.text()))
            }),
        })?;
        Some(self.sema.source_range(&keeps)?.1)
    }

    /// Whether what is awaited is a call on the guarded value.
    fn waits_on_guard(&self, awaited: &SyntaxNode, uses: &[ast::PathExpr]) -> bool {
        let place = self.sema.source_range(awaited);
        let mut within = uses.iter().filter(|it| {
            let at = self.sema.source_range(it.syntax());
            place.zip(at).is_some_and(|(outer, it)| outer.0 == it.0 && outer.1.contains_range(it.1))
        });
        within.any(|it| {
            it.syntax()
                .parent()
                .is_some_and(|it| matches!(it.kind(), SyntaxKind::METHOD_CALL_EXPR | SyntaxKind::FIELD_EXPR))
        })
    }
}

fn dear(entered: &Entered) -> Option<(String, &'static Entry)> {
    let reached = &entered.reached;
    let counts = is_dear(reached.cost, reached.entry) && !entered.at_startup;
    counts.then(|| (entered.label.clone(), reached.entry))
}

/// To start a process is a single call, and no cheap one.
fn is_dear(cost: Cost, entry: &Entry) -> bool {
    cost == Cost::Dear || is_of_processes(entry)
}

fn is_of_processes(entry: &Entry) -> bool {
    entry.path.starts_with("std::process")
}

fn waits_of(entry: &Entry) -> Option<Waits> {
    match entry.family()? {
        Family::Io if is_of_processes(entry) => Some(Waits::Process),
        Family::Http => Some(Waits::Network),
        Family::Db => Some(Waits::Database),
        Family::Io => Some(Waits::File),
        Family::Sleep => Some(Waits::Timer),
        Family::BlockOn => Some(Waits::Task),
        Family::Wait | Family::Cpu => None,
    }
}
