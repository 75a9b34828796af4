//! How many items an iteration has, by what the code shows.

use ra_ap_hir::HasCrate;
use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, ast,
    ast::{HasArgList, HasName},
};

use crate::loops::is_loop;
use crate::mentions;
use crate::resolve::{CallNode, Sema};

/// How many items there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// A number that the code or its configuration chooses.
    Fixed,
    /// As many as a collection holds.
    Unknown,
    /// As many as clients connect.
    Connections,
    /// As many as messages come in.
    Messages,
    /// One for each tick of a clock or a rate limiter.
    Paced,
    /// Nothing is known of it.
    NotKnown,
}

/// The largest constant count that is small.
const SMALL: u64 = 1000;

/// How far locals and adaptors are followed.
const DEPTH: usize = 12;

impl Sema<'_> {
    /// How many items iterating an expression has.
    pub fn items(&self, expr: &ast::Expr) -> Items {
        self.items_within(expr, DEPTH)
    }

    fn items_within(&self, expr: &ast::Expr, depth: usize) -> Items {
        let Some(depth) = depth.checked_sub(1) else { return Items::NotKnown };
        if self.ty(expr).is_some_and(|it| self.is_short(&it.strip_references())) {
            return Items::Fixed;
        }
        self.of_list(expr, depth)
    }

    /// How many items a list has that an expression is, or gives in an `Option`, a `Result` or a future.
    fn of_list(&self, expr: &ast::Expr, depth: usize) -> Items {
        match expr {
            ast::Expr::ParenExpr(it) => it.expr().map_or(Items::NotKnown, |it| self.items_within(&it, depth)),
            ast::Expr::RefExpr(it) => it.expr().map_or(Items::NotKnown, |it| self.items_within(&it, depth)),
            ast::Expr::TryExpr(it) => it.expr().map_or(Items::NotKnown, |it| self.of_list(&it, depth)),
            ast::Expr::RangeExpr(it) => self.of_range(it, depth),
            ast::Expr::ArrayExpr(_) => Items::Fixed,
            ast::Expr::MacroExpr(it) => self.of_vec_macro(it),
            ast::Expr::MethodCallExpr(it) => self.of_method(it, depth),
            ast::Expr::PathExpr(it) => self.of_path(it, expr, depth),
            ast::Expr::CallExpr(it) => self.of_call(it, depth),
            // A field, the result of an await, an element: a value that comes from elsewhere.
            _ if self.ty(expr).is_some_and(|it| !it.is_unknown()) => Items::Unknown,
            _ => Items::NotKnown,
        }
    }

    /// Arrays, options and results have few items whatever they hold.
    fn is_short(&self, ty: &ra_ap_hir::Type<'_>) -> bool {
        ty.is_array() || ty.as_adt().is_some_and(|it| self.is_std_adt(it, &["Option", "Result"]))
    }

    fn is_path(&self, expr: &ast::Expr) -> bool {
        let is_path = |it: ra_ap_hir::Type<'_>| it.as_adt().is_some_and(|it| self.is_std_adt(it, &["Path"]));
        self.ty(expr).is_some_and(|it| it.autoderef(self.db).any(is_path))
    }

    /// Whether a type is one of std that goes by one of some names.
    pub(crate) fn is_std_adt(&self, adt: ra_ap_hir::Adt, names: &[&str]) -> bool {
        adt.krate(self.db).is_builtin(self.db) && names.contains(&adt.name(self.db).as_str())
    }

    fn of_range(&self, range: &ast::RangeExpr, depth: usize) -> Items {
        use ast::RangeItem;
        let Some(end) = range.end() else { return Items::NotKnown };
        match self.number(&end) {
            Some(count) if count <= SMALL => Items::Fixed,
            Some(_) => Items::Unknown,
            None => self.of_count(&end, depth),
        }
    }

    /// How large a number is that is no constant: the length of a collection is as large as that.
    fn of_count(&self, count: &ast::Expr, depth: usize) -> Items {
        let Some(depth) = depth.checked_sub(1) else { return Items::NotKnown };
        match count {
            ast::Expr::MethodCallExpr(it) => {
                let name = it.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
                match (name.as_str(), it.receiver()) {
                    ("len" | "count", Some(receiver)) => self.items_within(&receiver, depth),
                    ("min" | "clamp", _) => Items::Fixed,
                    (_, Some(receiver)) if self.is_configuration(&receiver) => Items::Fixed,
                    (_, Some(receiver)) => self.of_count(&receiver, depth),
                    _ => Items::NotKnown,
                }
            }
            ast::Expr::BinExpr(it) => {
                let sides = [it.lhs(), it.rhs()].into_iter().flatten().filter(|it| self.number(it).is_none());
                let sides = sides.map(|it| self.of_count(&it, depth));
                sides.reduce(larger).unwrap_or(Items::Fixed)
            }
            ast::Expr::CastExpr(it) => it.expr().map_or(Items::NotKnown, |it| self.of_count(&it, depth)),
            ast::Expr::ParenExpr(it) => it.expr().map_or(Items::NotKnown, |it| self.of_count(&it, depth)),
            ast::Expr::PathExpr(path) => match self.local_declaration(path) {
                Some(local) if is_param(&local) => Items::Unknown,
                Some(_) => self.bound_once(count).map_or(Items::NotKnown, |it| self.of_count(&it, depth)),
                // A constant of a library, or a static.
                None => Items::Fixed,
            },
            // What is configured, or counted by the system, is chosen.
            ast::Expr::FieldExpr(_) | ast::Expr::CallExpr(_) | ast::Expr::Literal(_) => Items::Fixed,
            _ => Items::NotKnown,
        }
    }

    /// Whether a value is, by the name of its type, what somebody sets: what it is asked for is as a field of it.
    fn is_configuration(&self, expr: &ast::Expr) -> bool {
        const SETS: &[&str] = &["Args", "Config", "Configuration", "Options", "Opts", "Settings"];
        let adt = self.ty(expr).and_then(|it| it.strip_references().as_adt());
        adt.is_some_and(|it| SETS.iter().any(|name| it.name(self.db).as_str().ends_with(name)))
    }

    /// Whether a function of the workspace gives a list of a fixed number of items.
    fn gives_fixed(&self, call: &CallNode, depth: usize) -> bool {
        let declared = self.function(call).and_then(|it| self.declaration(it));
        let result = declared.and_then(|(_, it)| it.body()?.tail_expr());
        result.is_some_and(|it| depth > 0 && self.of_list(&it, depth - 1) == Items::Fixed)
    }

    /// `vec![a, b]` holds what stands in it; `vec![x; n]` holds n.
    fn of_vec_macro(&self, it: &ast::MacroExpr) -> Items {
        let text = it.syntax().text().to_string();
        let is_vec = text.trim_start().starts_with("vec!");
        if is_vec && !text.contains(';') { Items::Fixed } else { Items::NotKnown }
    }

    fn of_method(&self, call: &ast::MethodCallExpr, depth: usize) -> Items {
        let name = call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
        let Some(receiver) = call.receiver() else { return Items::NotKnown };
        let arg = call.arg_list().and_then(|it| it.args().next());
        match name.as_str() {
            "take" => match arg.and_then(|it| self.number(&it)) {
                Some(count) if count > SMALL => self.items_within(&receiver, depth),
                _ => Items::Fixed,
            },
            "chunks" | "chunks_exact" | "chunks_mut" | "array_chunks" | "rchunks" | "ready_chunks" => {
                Items::Fixed
            }
            "zip" => {
                let other = arg.map_or(Items::NotKnown, |it| self.items_within(&it, depth));
                let own = self.items_within(&receiver, depth);
                if [own, other].contains(&Items::Fixed) { Items::Fixed } else { own }
            }
            "chain" => {
                let other = arg.map_or(Items::NotKnown, |it| self.items_within(&it, depth));
                larger(self.items_within(&receiver, depth), other)
            }
            "flat_map" | "flatten" => Items::Unknown,
            "unwrap" | "expect" | "unwrap_or_default" | "unwrap_or_else" => self.of_list(&receiver, depth),
            // What adapts, views, copies or collects has no more items than what it comes from.
            "map" | "filter" | "filter_map" | "enumerate" | "iter" | "iter_mut" | "into_iter" | "cloned"
            | "copied" | "rev" | "skip" | "step_by" | "inspect" | "peekable" | "by_ref" | "drain"
            | "take_while" | "skip_while" | "map_while" | "fuse" | "clone" | "to_vec" | "as_slice"
            | "as_ref" | "as_mut" | "keys" | "values" | "values_mut" | "into_values" | "into_keys"
            | "collect" | "split_off" | "to_owned" | "sorted" | "dedup" | "unique" | "then" | "boxed" => {
                self.items_within(&receiver, depth)
            }
            // A path has a few parts.
            "ancestors" | "components" if self.is_path(&receiver) => Items::Fixed,
            _ if self.gives_fixed(&CallNode::Method(call.clone()), depth) => Items::Fixed,
            _ if self.ty(&call.clone().into()).is_some_and(|it| !it.is_unknown()) => Items::Unknown,
            _ => Items::NotKnown,
        }
    }

    fn of_path(&self, path: &ast::PathExpr, expr: &ast::Expr, depth: usize) -> Items {
        if let Some(value) = self.constant(expr) {
            return self.items_within(&value, depth);
        }
        let Some(local) = self.local_declaration(path) else {
            // A static, or a constant of a library.
            return Items::Fixed;
        };
        if self.is_cut(&local) || is_measured(&local) || self.is_chunk(&local) || self.is_written_out(&local)
        {
            return Items::Fixed;
        }
        match self.bound_once(expr) {
            Some(value) => self.items_within(&value, depth),
            None if self.ty(expr).is_some_and(|it| !it.is_unknown()) => Items::Unknown,
            None => Items::NotKnown,
        }
    }

    /// `stream::iter(x)` and its kin have the items of what they are given, and so have `Ok(x)` and `Some(x)`.
    fn of_call(&self, call: &ast::CallExpr, depth: usize) -> Items {
        let name = call.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
        let arg = call.arg_list().and_then(|it| it.args().next());
        if let (Some(arg), "Ok" | "Some") = (&arg, name.as_str()) {
            return self.items_within(arg, depth);
        }
        let passes =
            ["iter", "from", "from_iter", "new"].iter().any(|it| name.rsplit("::").next() == Some(it));
        match arg.filter(|_| passes && name.contains("::")) {
            Some(arg) => self.items_within(&arg, depth),
            None if self.gives_fixed(&CallNode::Path(call.clone()), depth) => Items::Fixed,
            None if self.ty(&call.clone().into()).is_some_and(|it| !it.is_unknown()) => Items::Unknown,
            None => Items::NotKnown,
        }
    }

    /// Whether a local begins empty, and all that is put into it is put there one by one, outside of loops and closures.
    fn is_written_out(&self, local: &ast::IdentPat) -> bool {
        let Some(statement) = local.syntax().parent().and_then(ast::LetStmt::cast) else { return false };
        let is_body = |it: &SyntaxNode| matches!(it.kind(), SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR);
        let body = statement.syntax().ancestors().find(is_body);
        let is_empty = statement.initializer().is_some_and(|it| is_empty(&it));
        let uses = body.filter(|_| is_empty).and_then(|it| mentions::uses(self, &it, local).ok());
        let Some(uses) = uses else { return false };
        let block = statement.syntax().parent();
        let is_repeated = |it: &ast::PathExpr| {
            let mut around = self.ancestors(it.syntax()).take_while(|it| Some(it) != block.as_ref());
            around.any(|it| is_loop(&it) || it.kind() == SyntaxKind::CLOSURE_EXPR)
        };
        uses.iter().all(|it| match mentions::method_on(it).as_deref() {
            Some("push" | "push_back" | "push_front" | "insert") => !is_repeated(it),
            Some("is_empty" | "len" | "iter" | "into_iter") => true,
            Some(_) => false,
            None => only_takes(it),
        })
    }

    /// Whether a local is cut to a length somewhere in its function.
    fn is_cut(&self, local: &ast::IdentPat) -> bool {
        let Some(name) = local.name().map(|it| it.text().to_string()) else { return false };
        let holder = local.syntax().ancestors().find(|it| it.kind() == SyntaxKind::FN);
        let calls = holder.into_iter().flat_map(|it| it.descendants().filter_map(ast::MethodCallExpr::cast));
        calls.into_iter().any(|it| {
            let cuts = it.name_ref().is_some_and(|it| it.text() == "truncate");
            cuts && it.receiver().is_some_and(|it| it.syntax().text() == name.as_str())
        })
    }
}

/// `Vec::new()`, `Vec::with_capacity(2)`, `vec![]`, `FuturesUnordered::new()`.
fn is_empty(made: &ast::Expr) -> bool {
    match made {
        ast::Expr::CallExpr(it) => {
            let name = it.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
            matches!(name.rsplit("::").next(), Some("new" | "with_capacity" | "default"))
        }
        ast::Expr::MacroExpr(it) => {
            it.syntax().text().to_string().split_whitespace().collect::<String>() == "vec![]"
        }
        _ => false,
    }
}

/// Whether what stands around a variable takes its items as they are, and neither lends it to what could add some nor gives it others.
fn only_takes(path: &ast::PathExpr) -> bool {
    let Some(parent) = path.syntax().parent() else { return false };
    match ast::RefExpr::cast(parent.clone()) {
        Some(it) => it.mut_token().is_none(),
        None => matches!(parent.kind(), SyntaxKind::ARG_LIST | SyntaxKind::FOR_EXPR),
    }
}

fn larger(a: Items, b: Items) -> Items {
    match (a, b) {
        (Items::Unknown, _) | (_, Items::Unknown) => Items::Unknown,
        (Items::Fixed, other) => other,
        (other, _) => other,
    }
}

fn is_param(local: &ast::IdentPat) -> bool {
    local.syntax().ancestors().any(|it| it.kind() == SyntaxKind::PARAM)
}

/// Whether a test of its length cuts a local short, or leaves the function where it is too long.
fn is_measured(local: &ast::IdentPat) -> bool {
    let Some(name) = local.name().map(|it| it.text().to_string()) else { return false };
    let holder = local.syntax().ancestors().find(|it| it.kind() == SyntaxKind::FN);
    let tests = holder.into_iter().flat_map(|it| it.descendants().filter_map(ast::IfExpr::cast));
    tests.into_iter().any(|test| {
        let condition: String = test.condition().map(|it| it.syntax().text().to_string()).unwrap_or_default();
        let condition: String = condition.split_whitespace().collect();
        let is_too_long = [">", ">="].iter().any(|it| condition.starts_with(&format!("{name}.len(){it}")));
        let nodes = || test.then_branch().into_iter().flat_map(|it| it.syntax().descendants());
        let is_cut = nodes().filter_map(ast::BinExpr::cast).any(|it| {
            let is_assigned = matches!(it.op_kind(), Some(ast::BinaryOp::Assignment { op: None }));
            is_assigned && it.lhs().is_some_and(|it| it.syntax().text() == name.as_str())
        });
        let leaves = nodes().any(|it| it.kind() == SyntaxKind::RETURN_EXPR)
            || nodes()
                .filter_map(ast::MacroCall::cast)
                .any(|it| it.syntax().text().to_string().starts_with("bail!"));
        is_too_long && (is_cut || leaves)
    })
}

impl Sema<'_> {
    /// Whether a local is what a loop over chunks binds.
    fn is_chunk(&self, local: &ast::IdentPat) -> bool {
        let holder = local.syntax().ancestors().find_map(ast::ForExpr::cast);
        let binds = |it: &ast::ForExpr| {
            let range = it.pat().map(|it| it.syntax().text_range());
            range.is_some_and(|it| it.contains_range(local.syntax().text_range()))
        };
        let Some(iterable) = holder.filter(binds).and_then(|it| it.iterable()) else { return false };
        let by_type = self.ty(&iterable).and_then(|it| it.strip_references().as_adt());
        let is_of_chunks = by_type.is_some_and(|it| it.name(self.db).as_str().contains("Chunks"));
        let mut calls = iterable.syntax().descendants().filter_map(ast::MethodCallExpr::cast);
        let cuts = |it: ast::MethodCallExpr| {
            it.name_ref().is_some_and(|it| it.text().starts_with("chunks") || it.text() == "rchunks")
        };
        is_of_chunks || calls.any(cuts)
    }
}
