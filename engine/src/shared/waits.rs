//! What an `.await` waits for, through the async functions of the workspace.

use ra_ap_hir::{AsAssocItem, HasCrate};
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};

use crate::catalogue::waits::{self, Waits};
use crate::facts::implementations;
use crate::loops::is_run_later;
use crate::resolve::{CallNode, Function, Sema};
use crate::types::Type;

/// How many functions an await is followed through.
const DEPTH: usize = 5;

impl<'a> Sema<'a> {
    /// What an await, or a macro that awaits, waits for and by which call; nothing where that is short, or not known.
    pub(crate) fn waits_at(&self, awaited: &SyntaxNode) -> Option<(Waits, String)> {
        if let Some(it) = ast::AwaitExpr::cast(awaited.clone()) {
            return self.future(&it.expr()?, DEPTH);
        }
        let expanded = self.expansion(&ast::MacroCall::cast(awaited.clone())?)?;
        let calls = expanded.descendants().filter_map(ast::Expr::cast);
        calls.into_iter().find_map(|it| self.future(&it, DEPTH))
    }

    /// The word `await` in the file as it is written, else the macro that writes it.
    pub(crate) fn place_of_await(&self, awaited: &SyntaxNode) -> Option<(u32, TextRange)> {
        let word = ast::AwaitExpr::cast(awaited.clone()).and_then(|it| it.await_token());
        if let (Some(word), Some((file, whole))) = (word, self.source_range(awaited)) {
            let length = word.text_range().len();
            return Some((file, TextRange::at(whole.end() - length, length)));
        }
        self.place_of(awaited)
    }

    fn future(&self, future: &ast::Expr, depth: usize) -> Option<(Waits, String)> {
        let call = match future {
            ast::Expr::ParenExpr(it) => return self.future(&it.expr()?, depth),
            ast::Expr::PathExpr(_) => return self.of_variable(future, depth),
            ast::Expr::MethodCallExpr(it) => CallNode::Method(it.clone()),
            ast::Expr::CallExpr(it) => CallNode::Path(it.clone()),
            _ => return None,
        };
        let Some(function) = self.function(&call) else { return self.of_unknown(&call) };
        let label = self.label(function);
        if self.is_of_workspace(function) {
            return Some((self.of_function(function, depth)?, label));
        }
        if matches!(label.as_str(), "timeout" | "timeout_at" | "Box::pin") {
            return call.args().iter().find_map(|it| self.future(it, depth));
        }
        let module = self.module_path(function.module(self.db));
        let name = function.name(self.db).as_str().to_owned();
        let waits = waits::of(&module, &name)?;
        let is_client = waits == Waits::Network;
        if is_client && call.receiver().and_then(|it| self.ty(&it)).is_some_and(|it| self.is_memory(&it)) {
            return None;
        }
        // What only plans work, as a client's `get` does, is not awaited; what is awaited waits.
        let waits = self.of_handle(&call).filter(|_| is_client).unwrap_or(waits);
        Some((waits, label))
    }

    /// A future in a variable: what made it, or the handle of a task.
    fn of_variable(&self, variable: &ast::Expr, depth: usize) -> Option<(Waits, String)> {
        if self.ty(variable).is_some_and(|it| self.is_handle(&it)) {
            return Some((Waits::Task, variable.syntax().text().to_string()));
        }
        let ast::Expr::PathExpr(path) = variable else { return None };
        let declared = self.local_declaration(path)?;
        let made = declared.syntax().parent().and_then(ast::LetStmt::cast)?.initializer()?;
        let is_call = matches!(made, ast::Expr::MethodCallExpr(_) | ast::Expr::CallExpr(_));
        if is_call { self.future(&made, depth) } else { None }
    }

    /// What an async function of the workspace waits for.
    fn of_function(&self, function: Function, depth: usize) -> Option<Waits> {
        let depth = depth.checked_sub(1)?;
        let (_, declared) = self.declaration(function)?;
        let Some(body) = declared.body() else {
            function.as_assoc_item(self.db)?;
            let written = implementations(self.db, function).into_iter().filter(|it| *it != function);
            // Any of them can be meant: the one that waits longest counts.
            return written.take(8).filter_map(|it| self.of_function(it, depth)).min();
        };
        self.awaits_of(body.syntax()).find_map(|it| {
            let expr = ast::AwaitExpr::cast(it)?.expr()?;
            Some(self.future(&expr, depth)?.0)
        })
    }

    /// The awaits of a body, but for those of what it starts.
    fn awaits_of(&self, body: &SyntaxNode) -> impl Iterator<Item = SyntaxNode> {
        let body = body.clone();
        let boxed = |it: &SyntaxNode| {
            let pinned = it.ancestors().nth(2).and_then(ast::CallExpr::cast).and_then(|it| it.expr());
            pinned.is_some_and(|it| it.syntax().text() == "Box::pin")
        };
        body.clone().descendants().filter(|it| it.kind() == SyntaxKind::AWAIT_EXPR).filter(move |it| {
            let mut around = it.ancestors().skip(1).take_while(|it| *it != body);
            !around.any(|it| is_run_later(&it) && !boxed(&it))
        })
    }

    /// A call that does not resolve, on a value of a crate that is not loaded: the crate is known by how its type is written.
    fn of_unknown(&self, call: &CallNode) -> Option<(Waits, String)> {
        let (root, label) = match call {
            CallNode::Path(it) => (it.expr()?, it.expr()?.syntax().text().to_string()),
            CallNode::Method(it) => (root_of(it.receiver()?), it.name_ref()?.text().to_string()),
            _ => return None,
        };
        let krate = match &root {
            ast::Expr::PathExpr(it) => match self.local_declaration(it) {
                Some(local) => self.crate_of_local(&local)?,
                None => self.written_crate(&it.path()?)?,
            },
            ast::Expr::FieldExpr(it) => self.crate_of_type(&self.declared_field(it)?.ty()?)?,
            _ => return None,
        };
        Some((waits::of_crate(&krate)?, label))
    }

    fn crate_of_local(&self, local: &ast::IdentPat) -> Option<String> {
        let outer = local.syntax().parent()?;
        let statement = ast::LetStmt::cast(outer.clone());
        let ty = statement.as_ref().and_then(|it| it.ty()).or_else(|| ast::Param::cast(outer)?.ty());
        if let Some(ty) = ty {
            return self.crate_of_type(&ty);
        }
        // The guard of a lock: what the lock is of.
        let mut value = statement?.initializer()?;
        loop {
            value = match value {
                ast::Expr::AwaitExpr(it) => it.expr()?,
                ast::Expr::TryExpr(it) => it.expr()?,
                ast::Expr::RefExpr(it) => it.expr()?,
                ast::Expr::MethodCallExpr(it) => it.receiver()?,
                ast::Expr::FieldExpr(it) => return self.crate_of_type(&self.declared_field(&it)?.ty()?),
                ast::Expr::PathExpr(it) => {
                    let declared = self.local_declaration(&it).filter(|it| it != local)?;
                    return self.crate_of_local(&declared);
                }
                ast::Expr::CallExpr(it) => {
                    let ast::Expr::PathExpr(path) = it.expr()? else { return None };
                    return self.written_crate(&path.path()?);
                }
                _ => return None,
            }
        }
    }

    /// The crate of the innermost type of a written one that is not known here, as `redis` of `Arc<Mutex<redis::aio::Connection>>`.
    pub(crate) fn crate_of_type(&self, ty: &ast::Type) -> Option<String> {
        let paths = ty.syntax().descendants().filter_map(ast::PathType::cast).filter_map(|it| it.path());
        paths.into_iter().filter_map(|it| self.written_crate(&it)).last()
    }

    /// The crate that a path leads to, where that is a dependency which is not loaded: by its first name, or by an import.
    fn written_crate(&self, path: &ast::Path) -> Option<String> {
        let scope = self.sema.scope(path.syntax())?;
        let first = path.first_segment()?.name_ref()?.text().to_string();
        let tree = path.syntax().ancestors().last()?;
        let imported = tree
            .descendants()
            .filter_map(ast::UseTree::cast)
            .filter(|it| it.use_tree_list().is_none() && it.rename().is_none() && it.path().is_some());
        let imported = imported.map(|it| crate::imports::path_of(&it));
        let mut imported = imported.filter(|it| it.rsplit("::").next() == Some(first.as_str()));
        let written = imported.next().unwrap_or(first);
        let krate = written.split("::").next()?.to_owned();
        let known = crate::resolve::parse_path(&krate).and_then(|it| scope.speculative_resolve(&it));
        known.is_none().then_some(krate)
    }

    /// Where reads and writes go to: a file and a process are not the network.
    fn of_handle(&self, call: &CallNode) -> Option<Waits> {
        let ty = self.ty(&call.receiver()?)?;
        let handles = [("tokio::fs", Waits::File), ("tokio::process", Waits::Process)];
        handles.into_iter().find(|(module, _)| self.mentions(&ty, module)).map(|it| it.1)
    }

    /// Whether reads and writes on a type stay in memory.
    fn is_memory(&self, ty: &Type<'a>) -> bool {
        let ty = ty.strip_references();
        if ty.as_slice().is_some() {
            return true;
        }
        let Some((adt, args)) = ty.as_adt_with_args() else { return false };
        let name = adt.name(self.db);
        let is_std = adt.krate(self.db).is_builtin(self.db);
        match name.as_str() {
            "Vec" | "VecDeque" | "String" | "Cursor" if is_std => true,
            "BytesMut" | "Bytes" | "Sink" | "Empty" | "UnboundedSender" => true,
            "BufReader" | "BufWriter" | "BufStream" => args.iter().flatten().any(|it| self.is_memory(it)),
            _ => false,
        }
    }
}

fn root_of(expr: ast::Expr) -> ast::Expr {
    let inner = match &expr {
        ast::Expr::MethodCallExpr(it) => it.receiver(),
        ast::Expr::TryExpr(it) => it.expr(),
        ast::Expr::AwaitExpr(it) => it.expr(),
        ast::Expr::RefExpr(it) => it.expr(),
        ast::Expr::ParenExpr(it) => it.expr(),
        ast::Expr::PrefixExpr(it) => it.expr(),
        ast::Expr::CallExpr(it) => it.expr(),
        _ => None,
    };
    inner.map_or(expr, root_of)
}
