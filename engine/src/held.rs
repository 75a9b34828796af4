//! The awaits at which a guard is alive: its scope is walked in the order in which it runs, through branches, loops and macros.

use ra_ap_syntax::{AstNode, Edition, SyntaxKind, SyntaxNode, T, TextRange, ast, ast::HasName};

use crate::analysis::Analysis;
use crate::context::{Context, Contexts};
use crate::guards::Keeper;
use crate::index::Site;
use crate::loops::{has_await, is_awaiting_macro, is_loop, is_run_later, may_await};
use crate::resolve::Sema;
use crate::workspace::Workspace;

/// A call that takes a lock whose guard is alive over an await.
#[derive(Clone, Debug)]
pub struct Lock {
    pub site: Site,
    /// The name of what is called.
    pub name: TextRange,
    /// What is called, for messages.
    pub label: String,
    pub awaits: Vec<(u32, TextRange)>,
}

/// The locks whose guards are alive over an await, by file and offset.
pub fn locks(analysis: &Analysis<'_>) -> Vec<Lock> {
    let workspace = analysis.workspace;
    let sites: Vec<Site> = analysis.index.locks().into_iter().collect();
    let found = analysis.par_map(sites, |sema, site| workspace.at(site, || lock_at(sema, workspace, site)));
    found.into_iter().flatten().collect()
}

fn lock_at(sema: &Sema<'_>, workspace: &Workspace, site: Site) -> Option<Lock> {
    let token = sema.token(site)?;
    let call = sema.call_at(site)?;
    let expr = call.expr()?;
    if sema.is_left_out(&token.parent()?) || !sema.ty(&expr).is_some_and(|it| sema.is_lock_guard(&it)) {
        return None;
    }
    let mut awaits: Vec<_> = sema
        .held(&expr, workspace.files[site.file as usize].edition)
        .into_iter()
        .flat_map(|it| it.awaits)
        .collect();
    awaits.sort_by_key(|(file, range)| (*file, range.start()));
    awaits.dedup();
    let contexts = Contexts::new(sema, workspace.include.tests);
    if awaits.is_empty() || !matches!(contexts.of_call(&call), Context::Async(_)) {
        return None;
    }
    let function = sema.function(&call)?;
    let label =
        sema.world.entry(sema.db, function).map_or_else(|| sema.label(function), |it| it.path.to_owned());
    Some(Lock { site, name: token.text_range(), label, awaits })
}

/// Where a guard that a keeper holds is awaited over.
#[derive(Clone, Debug)]
pub struct Held {
    pub keeper: Keeper,
    /// The awaits in the file as it is written; of one that a macro writes, the macro.
    pub awaits: Vec<(u32, TextRange)>,
}

/// What is done while a guard is alive, as nodes.
pub(crate) struct Kept {
    pub keeper: Keeper,
    pub awaits: Vec<SyntaxNode>,
    /// The calls, in the order in which they are met.
    pub calls: Vec<SyntaxNode>,
}

/// How deep macros are looked into: `select!` takes its arms one by one.
const DEPTH: usize = 24;

impl Sema<'_> {
    /// The guards of a call that are alive over an await.
    pub fn held(&self, call: &ast::Expr, edition: Edition) -> Vec<Held> {
        let keepers = self.keepers(call, edition);
        let held = keepers.into_iter().filter_map(|keeper| {
            let mut walk = Walk::new(self, &keeper);
            walk.run(&keeper);
            let mut awaits = Vec::new();
            for place in walk.awaits.iter().filter_map(|it| self.place_of_await(it)) {
                if !awaits.contains(&place) {
                    awaits.push(place);
                }
            }
            (!awaits.is_empty()).then_some(Held { keeper, awaits })
        });
        held.collect()
    }

    /// The guards of a call with what is done while they are alive.
    pub(crate) fn kept(&self, call: &ast::Expr, edition: Edition) -> Vec<Kept> {
        let kept = self.keepers(call, edition).into_iter().map(|keeper| {
            let mut walk = Walk { follows: true, ..Walk::new(self, &keeper) };
            walk.run(&keeper);
            Kept { keeper, awaits: walk.awaits, calls: walk.calls }
        });
        kept.collect()
    }
}

/// Whether the guard is alive; `None` where the code is not reached.
type State = Option<bool>;

fn join(a: State, b: State) -> State {
    match (a, b) {
        (Some(a), Some(b)) => Some(a || b),
        (a, b) => a.or(b),
    }
}

struct Walk<'w, 'a> {
    sema: &'w Sema<'a>,
    /// Names that hold the guard by now, with the places of their declarations.
    names: Vec<(String, Option<(u32, TextRange)>)>,
    /// From where on the guard is alive.
    from: SyntaxNode,
    awaits: Vec<SyntaxNode>,
    /// Whether it is followed into the async blocks that take it along.
    follows: bool,
    calls: Vec<SyntaxNode>,
    /// The states at the `break`s of the loops around.
    breaks: Vec<State>,
    depth: usize,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(sema: &'w Sema<'a>, keeper: &Keeper) -> Walk<'w, 'a> {
        let (names, from) = match keeper {
            Keeper::Variable { pat, from, .. } => {
                let name = pat.name().map(|it| it.text().to_string()).unwrap_or_default();
                (vec![(name, sema.source_range(pat.syntax()))], from.clone())
            }
            Keeper::Temporary { made, .. } => (Vec::new(), made.clone()),
        };
        Walk {
            sema,
            names,
            from,
            awaits: Vec::new(),
            follows: false,
            calls: Vec::new(),
            breaks: Vec::new(),
            depth: DEPTH,
        }
    }

    fn run(&mut self, keeper: &Keeper) {
        match keeper {
            Keeper::Variable { scope, .. } => {
                let state = Some(*scope == self.from);
                match is_run_later(scope) {
                    true => self.children(scope, state),
                    false => self.node(scope, state),
                };
            }
            // A loop makes its temporaries anew in each turn.
            Keeper::Temporary { scope, without_else, .. } => {
                let skipped = otherwise(scope).filter(|_| *without_else);
                let within = scope.children().filter(|it| Some(it) != skipped.as_ref());
                match is_run_later(scope) || is_loop(scope) || skipped.is_some() {
                    true => self.all(within, Some(false)),
                    false => self.node(scope, Some(false)),
                };
            }
        }
    }

    fn node(&mut self, node: &SyntaxNode, state: State) -> State {
        let state = self.inside(node, state);
        if *node == self.from { state.map(|_| true) } else { state }
    }

    fn inside(&mut self, node: &SyntaxNode, state: State) -> State {
        use SyntaxKind::*;
        match node.kind() {
            _ if is_run_later(node) => {
                if self.takes_along(node) {
                    self.in_block(node, state);
                    state.map(|_| false)
                } else {
                    state
                }
            }
            FN | IMPL | MODULE | CONST | STATIC | STRUCT | ENUM | TRAIT | USE => state,
            AWAIT_EXPR => {
                let state = self.children(node, state);
                self.at_await(node, state);
                state
            }
            CALL_EXPR | METHOD_CALL_EXPR => {
                let state = self.children(node, state);
                if state == Some(true) && !self.calls.contains(node) {
                    self.calls.push(node.clone());
                }
                state
            }
            MACRO_CALL => self.in_macro(node, state),
            PATH_EXPR => {
                if self.is_given_away(node) {
                    state.map(|_| false)
                } else {
                    state
                }
            }
            IF_EXPR => self.branches(node, state),
            MATCH_EXPR => self.arms(node, state),
            LOOP_EXPR | WHILE_EXPR | FOR_EXPR => self.turns(node, state),
            LET_STMT => self.in_let(node, state),
            BIN_EXPR if self.is_value_first(node) => {
                let sides: Vec<SyntaxNode> = node.children().collect();
                self.all(sides.into_iter().rev(), state)
            }
            RETURN_EXPR | CONTINUE_EXPR => {
                self.children(node, state);
                None
            }
            BREAK_EXPR => {
                let state = self.children(node, state);
                self.breaks.iter_mut().for_each(|it| *it = join(*it, state));
                None
            }
            _ => self.children(node, state),
        }
    }

    /// The guard lives on in an async block that takes it along.
    fn in_block(&mut self, node: &SyntaxNode, state: State) {
        if self.follows && node.kind() == SyntaxKind::BLOCK_EXPR {
            self.children(node, state);
        }
    }

    /// An assignment evaluates its value first; one that adds to a plain number as well.
    fn is_value_first(&self, node: &SyntaxNode) -> bool {
        let Some(assigned) = ast::BinExpr::cast(node.clone()) else { return false };
        match assigned.op_kind() {
            Some(ast::BinaryOp::Assignment { op: None }) => true,
            Some(ast::BinaryOp::Assignment { op: Some(_) }) => {
                let ty = assigned.lhs().and_then(|it| self.sema.ty(&it));
                ty.is_some_and(|it| it.as_builtin().is_some())
            }
            _ => false,
        }
    }

    fn children(&mut self, node: &SyntaxNode, state: State) -> State {
        self.all(node.children(), state)
    }

    fn all(&mut self, nodes: impl Iterator<Item = SyntaxNode>, mut state: State) -> State {
        for node in nodes {
            state = self.node(&node, state);
        }
        state
    }

    fn at_await(&mut self, node: &SyntaxNode, state: State) {
        if state == Some(true) && !self.awaits.contains(node) {
            self.awaits.push(node.clone());
        }
    }

    /// A macro that is not expanded awaits where its arguments do, or where it is known to.
    fn in_macro(&mut self, node: &SyntaxNode, state: State) -> State {
        const LEAVING: &[&str] = &["panic", "unreachable", "todo", "unimplemented", "bail"];
        let Some(call) = ast::MacroCall::cast(node.clone()) else { return state };
        let name = call.path().and_then(|it| it.segment()?.name_ref()).map(|it| it.text().to_string());
        if name.is_some_and(|it| LEAVING.contains(&it.as_str())) {
            return None;
        }
        let mut tokens = node.descendants_with_tokens().filter_map(|it| it.into_token());
        if !may_await(node) && !tokens.any(|it| self.names.iter().any(|name| name.0 == it.text())) {
            return state;
        }
        let before = self.awaits.len();
        let expanded = self.sema.expansion(&call).filter(|_| self.depth > 0);
        let after = expanded.as_ref().map_or(state, |expanded| {
            self.depth -= 1;
            let after = self.node(expanded, state);
            self.depth += 1;
            after
        });
        let is_hidden = is_awaiting_macro(node) && self.awaits.len() == before;
        if is_hidden || expanded.is_none() && has_await(node) {
            self.at_await(node, state);
        }
        after
    }

    fn branches(&mut self, node: &SyntaxNode, state: State) -> State {
        let mut children = node.children();
        let state = children.next().map_or(state, |it| self.node(&it, state));
        let then = children.next().map_or(state, |it| self.node(&it, state));
        let otherwise = children.next().map_or(state, |it| self.node(&it, state));
        join(then, otherwise)
    }

    fn arms(&mut self, node: &SyntaxNode, state: State) -> State {
        let mut children = node.children().filter(|it| it.kind() != SyntaxKind::MATCH_ARM_LIST);
        let state = children.next().map_or(state, |it| self.node(&it, state));
        let list = node.children().find(|it| it.kind() == SyntaxKind::MATCH_ARM_LIST);
        let arms = list.into_iter().flat_map(|it| it.children());
        arms.fold(None, |joined, arm| join(joined, self.node(&arm, state)))
    }

    /// A turn can begin with what the one before left.
    fn turns(&mut self, node: &SyntaxNode, state: State) -> State {
        self.breaks.push(None);
        let first = self.children(node, state);
        let again = join(state, first);
        let end = self.children(node, again);
        let left = self.breaks.pop().flatten();
        match node.kind() {
            SyntaxKind::LOOP_EXPR => left,
            _ => join(join(left, end), again),
        }
    }

    /// A guard that goes to another variable lives on under that name; `let _ = guard` moves nothing.
    fn in_let(&mut self, node: &SyntaxNode, state: State) -> State {
        let statement = ast::LetStmt::cast(node.clone());
        let value = statement.as_ref().and_then(|it| it.initializer());
        let moved = value.filter(|it| matches!(it, ast::Expr::PathExpr(_)) && self.is_guard(it.syntax()));
        match (moved, statement.and_then(|it| it.pat())) {
            (Some(_), Some(ast::Pat::IdentPat(pat))) => {
                let name = pat.name().map(|it| it.text().to_string()).unwrap_or_default();
                self.names.push((name, self.sema.source_range(pat.syntax())));
                state
            }
            (Some(_), _) => state,
            _ => {
                let otherwise = otherwise(node);
                let within = node.children().filter(|it| Some(it) != otherwise.as_ref());
                let state = self.all(within, state);
                if let Some(otherwise) = otherwise {
                    self.node(&otherwise, state);
                }
                state
            }
        }
    }

    /// Whether a path names the guard.
    fn is_guard(&self, path: &SyntaxNode) -> bool {
        let Some(path) = ast::PathExpr::cast(path.clone()) else { return false };
        let text = path.syntax().text();
        let Some(known) = self.names.iter().find(|it| text == it.0.as_str()) else { return false };
        let local = self.sema.local_declaration(&path);
        local.is_some_and(|it| {
            let place = self.sema.source_range(it.syntax());
            place == known.1 || self.names.iter().any(|other| other.0 == known.0 && other.1 == place)
        })
    }

    /// Whether a path gives the guard away by value; a method works on what it guards.
    fn is_given_away(&self, path: &SyntaxNode) -> bool {
        use SyntaxKind::*;
        let Some(parent) = path.parent() else { return false };
        let by_value = match parent.kind() {
            ARG_LIST | RETURN_EXPR | BREAK_EXPR | TUPLE_EXPR | ARRAY_EXPR | RECORD_EXPR_FIELD | STMT_LIST
            | EXPR_STMT | MATCH_ARM => true,
            BIN_EXPR => {
                let assigned = ast::BinExpr::cast(parent.clone());
                assigned.is_some_and(|it| {
                    it.op_token().is_some_and(|it| it.kind() == T![=])
                        && it.lhs().is_some_and(|it| it.syntax() == path)
                        && *it.syntax() != self.from
                        && !it.rhs().is_some_and(|it| self.is_mentioned(it.syntax()))
                })
            }
            _ => false,
        };
        by_value && self.is_guard(path) && !self.comes_back(&parent)
    }

    /// `guard = condvar.wait(guard).unwrap()`: given away and taken back in one expression.
    fn comes_back(&self, arguments: &SyntaxNode) -> bool {
        let call = arguments.parent().and_then(ast::Expr::cast);
        let gives = call.and_then(|it| self.sema.ty(&it)).is_some_and(|it| self.sema.is_lock_guard(&it));
        arguments.kind() == SyntaxKind::ARG_LIST && gives
    }

    fn is_mentioned(&self, node: &SyntaxNode) -> bool {
        node.descendants().any(|it| self.is_guard(&it))
    }

    /// Whether a closure or async block takes the guard along.
    fn takes_along(&self, node: &SyntaxNode) -> bool {
        let moves = match ast::Expr::cast(node.clone()) {
            Some(ast::Expr::ClosureExpr(it)) => it.move_token().is_some(),
            Some(ast::Expr::BlockExpr(it)) => it.move_token().is_some(),
            _ => false,
        };
        moves && self.is_mentioned(node)
    }
}

/// The `else` of an `if` or a `let`.
fn otherwise(node: &SyntaxNode) -> Option<SyntaxNode> {
    match node.kind() {
        SyntaxKind::IF_EXPR => node.children().filter(|it| ast::Expr::can_cast(it.kind())).nth(2),
        SyntaxKind::LET_STMT => Some(ast::LetStmt::cast(node.clone())?.let_else()?.syntax().clone()),
        _ => None,
    }
}
