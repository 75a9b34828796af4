//! What code runs on: the context of a node, decided by the bodies around it.
//!
//! A closure takes its context from the callee that receives it. The catalogue knows offloads and adaptors of libraries;
//! for all others the callee's own body says what becomes of the closure.

use std::cell::RefCell;
use std::collections::HashMap;

use ra_ap_hir::Function;
use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, T, TextRange, ast,
    ast::{HasArgList, HasAttrs, HasName},
};

use crate::catalogue::{Effect, Pool};
use crate::resolve::{CallNode, Sema};

/// What code runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Context {
    /// An async body: whoever polls it is blocked.
    Async(Body),
    /// A pool or thread that the code was handed to.
    Pool(Pool),
    /// A sync function: whoever calls it decides.
    Sync(Function),
    /// A test or bench.
    Test,
    /// Not known; nothing is said of it.
    Unknown,
}

/// An async fn, block or closure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    pub file: u32,
    /// The range of the fn, block or closure in the file as it is written.
    pub range: TextRange,
    /// A sync closure stands between the code and the body, so that nothing can be awaited where the code is.
    pub in_closure: bool,
    /// The body is that of `main`, or the block that a sync `main` drives.
    pub is_main: bool,
}

/// What becomes of a closure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is called where it is written, or while the value that holds it is used in place.
    Here,
    /// It is called on an async worker, from inside a `poll`.
    Async,
    /// It is called on a pool or thread.
    Pool(Pool),
    /// Not known.
    Unknown,
}

/// The contexts of nodes, with what was learnt of functions that take closures.
pub struct Contexts<'s, 'a> {
    pub sema: &'s Sema<'a>,
    /// What becomes of the closure in a function's parameter.
    params: RefCell<HashMap<(Function, usize), Role>>,
    include_tests: bool,
}

/// How many functions a closure is followed through.
const DEPTH: usize = 6;

impl<'s, 'a> Contexts<'s, 'a> {
    pub fn new(sema: &'s Sema<'a>, include_tests: bool) -> Contexts<'s, 'a> {
        Contexts { sema, params: RefCell::default(), include_tests }
    }

    /// The context of a call.
    pub fn of_call(&self, call: &CallNode) -> Context {
        match call {
            CallNode::Tokens(name, _) if is_nested_in_tokens(name) => Context::Unknown,
            CallNode::Value(path) => match self.role_of_value(path.syntax(), DEPTH) {
                Role::Here => self.of(path.syntax()),
                Role::Async => self.polled(path.syntax()),
                Role::Pool(pool) => Context::Pool(pool),
                Role::Unknown => Context::Unknown,
            },
            _ => self.of(call.syntax()),
        }
    }

    /// The context of a node.
    pub fn of(&self, node: &SyntaxNode) -> Context {
        self.climb(node, DEPTH)
    }

    fn climb(&self, node: &SyntaxNode, depth: usize) -> Context {
        let mut in_closure = false;
        for node in self.sema.sema.ancestors_with_macros(node.clone()).skip(1) {
            match node.kind() {
                SyntaxKind::BLOCK_EXPR => {
                    let block = ast::BlockExpr::cast(node.clone());
                    if block.is_some_and(|it| it.async_token().is_some()) {
                        return self.body(&node, in_closure);
                    }
                }
                SyntaxKind::CLOSURE_EXPR => {
                    let closure = ast::ClosureExpr::cast(node.clone());
                    if closure.is_some_and(|it| it.async_token().is_some()) {
                        return self.body(&node, in_closure);
                    }
                    match self.role_of_value(&node, depth) {
                        Role::Here => in_closure = true,
                        Role::Async => return self.polled(&node),
                        Role::Pool(pool) => return Context::Pool(pool),
                        Role::Unknown => return Context::Unknown,
                    }
                }
                SyntaxKind::FN => return self.function(&node, in_closure),
                SyntaxKind::CONST | SyntaxKind::STATIC | SyntaxKind::ENUM => return Context::Unknown,
                _ => {}
            }
        }
        Context::Unknown
    }

    fn function(&self, node: &SyntaxNode, in_closure: bool) -> Context {
        let Some(function) = ast::Fn::cast(node.clone()) else { return Context::Unknown };
        if is_test(&function) && !self.include_tests {
            return Context::Test;
        }
        if function.async_token().is_some() {
            return self.body(node, in_closure);
        }
        self.sema.sema.to_def(&function).map_or(Context::Unknown, Context::Sync)
    }

    fn body(&self, node: &SyntaxNode, in_closure: bool) -> Context {
        // A body inside a test's async block belongs to the test.
        let holder = self.sema.sema.ancestors_with_macros(node.clone()).find_map(ast::Fn::cast);
        if !self.include_tests && holder.as_ref().is_some_and(is_test) {
            return Context::Test;
        }
        // A block that a macro writes stands where the macro is called.
        let Some((file, range)) = self.sema.place_of(node) else {
            return Context::Unknown;
        };
        let is_fn = node.kind() == SyntaxKind::FN;
        let is_main = holder.as_ref().is_some_and(is_main) && (is_fn || self.is_driven(node));
        Context::Async(Body { file, range, in_closure, is_main })
    }

    /// A closure that is polled runs on a worker, whatever function it is written in.
    fn polled(&self, node: &SyntaxNode) -> Context {
        match self.of(node) {
            Context::Async(body) => Context::Async(Body { in_closure: true, ..body }),
            Context::Test => Context::Test,
            _ => match self.body(node, true) {
                Context::Async(body) => Context::Async(Body { is_main: false, ..body }),
                other => other,
            },
        }
    }

    /// Whether an async block is what a `block_on` drives.
    fn is_driven(&self, block: &SyntaxNode) -> bool {
        let call = block.parent().and_then(|list| list.parent()).and_then(as_call);
        let callee = call.and_then(|it| self.sema.function(&it));
        let entry = callee.and_then(|it| self.sema.world.entry(self.sema.db, it));
        entry.is_some_and(|it| matches!(it.effect, Effect::Drives))
    }

    /// What becomes of a closure, or of a function that is used as a value.
    pub fn role_of_value(&self, value: &SyntaxNode, depth: usize) -> Role {
        let Some(parent) = value.parent() else { return Role::Unknown };
        match parent.kind() {
            SyntaxKind::PAREN_EXPR | SyntaxKind::REF_EXPR => self.role_of_value(&parent, depth),
            SyntaxKind::CALL_EXPR => Role::Here,
            SyntaxKind::STMT_LIST => match parent.parent().and_then(ast::BlockExpr::cast) {
                Some(block)
                    if is_plain(&block) && block.tail_expr().is_some_and(|it| it.syntax() == value) =>
                {
                    self.role_of_value(block.syntax(), depth)
                }
                _ => Role::Unknown,
            },
            SyntaxKind::ARG_LIST => {
                let index = ast::ArgList::cast(parent.clone())
                    .and_then(|list| list.args().position(|it| it.syntax() == value));
                match (parent.parent().and_then(as_call), index) {
                    (Some(call), Some(index)) => self.role_of_argument(&call, index, depth),
                    _ => Role::Unknown,
                }
            }
            SyntaxKind::LET_STMT => self.role_of_local(&parent, depth),
            _ => Role::Unknown,
        }
    }

    fn role_of_argument(&self, call: &CallNode, index: usize, depth: usize) -> Role {
        if depth == 0 {
            return Role::Unknown;
        }
        let Some(function) = self.sema.function(call) else { return Role::Unknown };
        if let Some(entry) = self.sema.world.entry(self.sema.db, function) {
            match entry.effect {
                Effect::Offloads(pool) => return Role::Pool(pool),
                Effect::CallsInPlace => return Role::Here,
                Effect::CallsInPoll => return Role::Async,
                Effect::Spawns => return Role::Unknown,
                _ => {}
            }
        }
        if self.sema.is_of_std(function) {
            return match self.sema.label(function).as_str() {
                "Box::new" | "Arc::new" | "Rc::new" | "Box::pin" => self.role_of_value(call.syntax(), depth),
                label if is_deferred(label) => Role::Unknown,
                _ if self.takes_function(call, function, index) => Role::Here,
                _ => Role::Unknown,
            };
        }
        match self.index_of_param(call, function, index) {
            Some(index) => self.role_of_param(function, index, depth - 1),
            None => Role::Unknown,
        }
    }

    /// Which parameter an argument of a call goes to, where `self` does not count.
    fn index_of_param(&self, call: &CallNode, function: Function, index: usize) -> Option<usize> {
        let has_receiver = matches!(call, CallNode::Method(_)) || !function.has_self_param(self.sema.db);
        if has_receiver { Some(index) } else { index.checked_sub(1) }
    }

    /// Whether a function of std asks for something to call. What it takes as any other value, as `Vec::push` does, it only keeps.
    fn takes_function(&self, call: &CallNode, function: Function, index: usize) -> bool {
        let db = self.sema.db;
        let index = if matches!(call, CallNode::Method(_)) { index + 1 } else { index };
        let params = function.assoc_fn_params(db);
        let param = params.get(index).and_then(|it| it.ty().as_type_param(db));
        let bounds = param.map(|it| it.trait_bounds(db)).unwrap_or_default();
        bounds.iter().any(|it| matches!(it.name(db).as_str(), "Fn" | "FnMut" | "FnOnce" | "Pattern"))
    }

    /// What a function does with the closure in a parameter; `index` does not count `self`.
    pub fn role_of_param(&self, function: Function, index: usize, depth: usize) -> Role {
        if let Some(role) = self.params.borrow().get(&(function, index)) {
            return *role;
        }
        // A function that passes its parameter to itself says nothing more by that.
        self.params.borrow_mut().insert((function, index), Role::Unknown);
        let role = self.look_into(function, index, depth);
        self.params.borrow_mut().insert((function, index), role);
        role
    }

    fn look_into(&self, function: Function, index: usize, depth: usize) -> Role {
        match self.param(function, index) {
            Some((name, body)) => self.role_of_uses(&name, &body, depth),
            None => Role::Unknown,
        }
    }

    /// The name of a parameter, and the body in which it stands for that.
    fn param(&self, function: Function, index: usize) -> Option<(ast::Name, SyntaxNode)> {
        let (_, declared) = self.sema.source(function)?;
        let param = declared.param_list()?.params().nth(index)?;
        let ast::Pat::IdentPat(pat) = param.pat()? else { return None };
        Some((pat.name()?, declared.body()?.syntax().clone()))
    }

    /// The parameter that an argument of a call goes to, with the body of the function.
    pub(crate) fn param_of(
        &self,
        call: &CallNode,
        function: Function,
        argument: &SyntaxNode,
    ) -> Option<(ast::Name, SyntaxNode)> {
        let index = arg_list(call)?.args().position(|it| it.syntax() == argument)?;
        self.param(function, self.index_of_param(call, function, index)?)
    }

    fn role_of_local(&self, statement: &SyntaxNode, depth: usize) -> Role {
        match local(statement) {
            Some((name, block)) => self.role_of_uses(&name, &block, depth),
            None => Role::Unknown,
        }
    }

    /// What all uses of a variable that holds a closure agree on.
    fn role_of_uses(&self, name: &ast::Name, scope: &SyntaxNode, depth: usize) -> Role {
        let mut agreed = None;
        for path in mentions(name, scope).into_iter().flatten() {
            let role = self.role_of_use(path.syntax(), scope, depth);
            if role == Role::Unknown || agreed.is_some_and(|it| it != role) {
                return Role::Unknown;
            }
            agreed = Some(role);
        }
        agreed.unwrap_or(Role::Unknown)
    }

    fn role_of_use(&self, path: &SyntaxNode, scope: &SyntaxNode, depth: usize) -> Role {
        let role = match path.parent() {
            Some(call) if call.kind() == SyntaxKind::CALL_EXPR => Role::Here,
            _ if depth == 0 => Role::Unknown,
            _ => self.role_of_value(path, depth - 1),
        };
        match role {
            Role::Here => self.role_between(path, scope, depth),
            role => role,
        }
    }

    /// What the code at a node runs on, seen from a scope around it.
    fn role_between(&self, node: &SyntaxNode, scope: &SyntaxNode, depth: usize) -> Role {
        for node in node.ancestors().skip(1) {
            if &node == scope {
                let holder = node.parent().and_then(ast::Fn::cast);
                let is_async = holder.is_some_and(|it| it.async_token().is_some());
                return if is_async { Role::Async } else { Role::Here };
            }
            match node.kind() {
                SyntaxKind::BLOCK_EXPR
                    if ast::BlockExpr::cast(node.clone()).is_some_and(|it| it.async_token().is_some()) =>
                {
                    return Role::Async;
                }
                SyntaxKind::CLOSURE_EXPR if depth == 0 => return Role::Unknown,
                SyntaxKind::CLOSURE_EXPR => match self.role_of_value(&node, depth - 1) {
                    Role::Here => {}
                    role => return role,
                },
                SyntaxKind::FN => return Role::Unknown,
                _ => {}
            }
        }
        Role::Unknown
    }
}

/// The variable of a `let` that has a name and no other pattern, with the block that it stands in.
pub(crate) fn local(statement: &SyntaxNode) -> Option<(ast::Name, SyntaxNode)> {
    let ast::Pat::IdentPat(pat) = ast::LetStmt::cast(statement.clone())?.pat()? else { return None };
    Some((pat.name()?, statement.parent()?))
}

/// The paths in a scope that are the name of a variable; `None` where the arguments of a macro hold it.
pub(crate) fn mentions(name: &ast::Name, scope: &SyntaxNode) -> Option<Vec<ast::PathExpr>> {
    let mut found = Vec::new();
    for token in scope.descendants_with_tokens().filter_map(|it| it.into_token()) {
        if token.kind() != SyntaxKind::IDENT || *token.text() != *name.text() {
            continue;
        }
        let parent = token.parent()?;
        if parent.kind() == SyntaxKind::TOKEN_TREE {
            return None;
        }
        found.extend(parent.ancestors().take(4).find_map(ast::PathExpr::cast));
    }
    Some(found)
}

/// A node as a call.
pub(crate) fn as_call(node: SyntaxNode) -> Option<CallNode> {
    match node.kind() {
        SyntaxKind::CALL_EXPR => ast::CallExpr::cast(node).map(CallNode::Path),
        SyntaxKind::METHOD_CALL_EXPR => ast::MethodCallExpr::cast(node).map(CallNode::Method),
        _ => None,
    }
}

fn is_plain(block: &ast::BlockExpr) -> bool {
    block.async_token().is_none() && block.const_token().is_none() && block.try_block_modifier().is_none()
}

/// Functions of std that keep their closure for later, run it in another process, or run it once for the whole program.
fn is_deferred(label: &str) -> bool {
    let of_type = ["LazyLock::new", "LazyCell::new", "OnceLock::get_or_init", "Once::call_once"];
    let name = label.rsplit("::").next().unwrap_or(label);
    of_type.contains(&label)
        || matches!(name, "set_hook" | "take_hook" | "update_hook" | "pre_exec" | "before_exec")
}

/// Whether a function is a test or bench, by its attributes.
pub fn is_test(function: &ast::Fn) -> bool {
    function.attrs().filter_map(|it| it.path()?.segment()?.name_ref()).any(|name| {
        matches!(name.text(), "test" | "bench" | "rstest" | "test_case" | "quickcheck" | "proptest")
    })
}

/// Whether a function is the program's `main`, be it by name or by a runtime's attribute.
pub fn is_main(function: &ast::Fn) -> bool {
    let by_attribute =
        function.attrs().filter_map(|it| it.path()?.segment()?.name_ref()).any(|name| name.text() == "main");
    let at_root = function.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::SOURCE_FILE);
    by_attribute || at_root && function.name().is_some_and(|it| it.text() == "main")
}

impl Sema<'_> {
    /// Whether a node is an async body, in the file or in what a macro makes of it.
    pub fn is_body(&self, node: &SyntaxNode, body: &Body) -> bool {
        self.source_range(node) == Some((body.file, body.range))
    }

    /// Whether a function gives a future. One that a runtime's attribute wraps, as `#[tokio::main]` does, runs it itself.
    pub(crate) fn gives_future(&self, function: Function) -> bool {
        let declared = || self.sema.source(function).map(|it| it.value);
        function.is_async(self.db) && !declared().is_some_and(|it| is_main(&it) || is_test(&it))
    }
}

/// Whether a name in macro tokens stands behind the head of a closure or an async block, whose context is not known.
fn is_nested_in_tokens(name: &ra_ap_syntax::SyntaxToken) -> bool {
    let root = name.parent_ancestors().take_while(|it| it.kind() == SyntaxKind::TOKEN_TREE).last();
    let Some(root) = root else { return false };
    root.descendants_with_tokens()
        .filter_map(|it| it.into_token())
        .take_while(|it| it.text_range().start() < name.text_range().start())
        .any(|it| matches!(it.kind(), T![|] | T![async] | T![move] | T![fn]) || it.text() == "||")
}

/// The list of the arguments of a call node.
pub fn arg_list(call: &CallNode) -> Option<ast::ArgList> {
    match call {
        CallNode::Path(it) => it.arg_list(),
        CallNode::Method(it) => it.arg_list(),
        _ => None,
    }
}
