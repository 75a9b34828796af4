//! A sync lock that becomes an async one, carried through all its uses: its type, its constructor and each call that takes it.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasArgList, ast::HasGenericArgs};
use retask_engine::Analysis;
use retask_engine::alive::obstacle_to_await;
use retask_engine::catalogue::Pool;
use retask_engine::context::{Context, Contexts};
use retask_engine::held::Lock;
use retask_engine::mentions;
use retask_engine::resolve::{CallNode, Sema};
use retask_engine::usages::path_named;

use super::draft::Draft;
use super::runtime::tokio_of;

/// Puts an async lock in the place of a sync one, or says which use stands against it.
pub(crate) fn rewrite(
    (sema, analysis): (&Sema<'_>, &Analysis<'_>),
    lock: &Lock,
    call: &CallNode,
) -> Result<Draft, String> {
    let name = match lock.label.rsplit("::").nth(1) {
        Some(name @ ("Mutex" | "RwLock")) => name.to_owned(),
        _ => return Err(format!("`{}` has no async counterpart", lock.label)),
    };
    let package = analysis.workspace.files[lock.site.file as usize].package;
    let tokio = tokio_of(analysis, package)?;
    let mut draft = Draft::new(format!("make the lock a `{tokio}::sync::{name}`"));
    draft.need(package, "tokio", "sync");
    if lock.label.starts_with("std::") {
        draft.caveat(
            "the lock is never poisoned: after a panic its next holder finds the value as it was left",
        );
    }
    let contexts = Contexts::new(sema, analysis.workspace.include.tests);
    let mut carried = Carried { sema, analysis, contexts, name, tokio, draft, depth: 32 };
    match call.receiver().map(plain) {
        Some(ast::Expr::FieldExpr(it)) => carried.field(&it)?,
        Some(ast::Expr::PathExpr(it)) => carried.local(&it)?,
        _ => return Err("the lock is no variable or field that could be followed".to_owned()),
    }
    Ok(carried.draft)
}

struct Carried<'c, 'a> {
    sema: &'c Sema<'a>,
    analysis: &'c Analysis<'c>,
    contexts: Contexts<'c, 'a>,
    /// `Mutex` or `RwLock`.
    name: String,
    tokio: String,
    draft: Draft,
    /// How many more variables and clones are followed.
    depth: usize,
}

impl Carried<'_, '_> {
    fn place(&self, node: &SyntaxNode) -> Result<(u32, TextRange), String> {
        self.sema.source_range(node).ok_or_else(|| "a macro writes a use of the lock".to_owned())
    }

    fn field(&mut self, place: &ast::FieldExpr) -> Result<(), String> {
        let declared =
            self.sema.declared_field(place).ok_or("the lock is no field of a struct of the workspace")?;
        let ty = declared.ty().ok_or("the field has no type")?;
        self.ty(&ty)?;
        let (file, at) = self.place(ty.syntax())?;
        self.draft.group(format!("lock {file} {:?}", at.start()));
        for name in self.sema.uses_of_field(place).ok_or("the uses of the field are not known")? {
            let parent = name.parent().ok_or("a use of the field is not known")?;
            match parent.kind() {
                SyntaxKind::FIELD_EXPR => self.usage(&parent)?,
                SyntaxKind::RECORD_EXPR_FIELD => {
                    let value = ast::RecordExprField::cast(parent).and_then(|it| it.expr());
                    self.made(&value.ok_or("the field is given no value")?)?;
                }
                // A short field `S { total }` is a use of the variable of that name.
                SyntaxKind::PATH_SEGMENT => {
                    let value = parent.ancestors().find_map(ast::PathExpr::cast);
                    self.made(&value.ok_or("a use of the field is not known")?.into())?;
                }
                _ => return Err("a pattern takes the lock out of its struct".to_owned()),
            }
        }
        Ok(())
    }

    fn local(&mut self, place: &ast::PathExpr) -> Result<(), String> {
        let declared =
            self.sema.local_declaration(place).ok_or("the lock is no variable that could be followed")?;
        let statement = declared.syntax().parent().and_then(ast::LetStmt::cast);
        let statement = statement.ok_or_else(|| {
            let is_given = declared.syntax().ancestors().any(|it| it.kind() == SyntaxKind::PARAM);
            match is_given {
                true => "the lock is a parameter, whose type others rely on",
                false => "a pattern takes the lock out of what holds it",
            }
        })?;
        let (file, at) = self.place(declared.syntax())?;
        self.draft.group(format!("lock {file} {:?}", at.start()));
        if let Some(ty) = statement.ty() {
            self.ty(&ty)?;
        }
        match statement.initializer().and_then(|it| cloned(&it)) {
            Some(ast::Expr::PathExpr(original)) => return self.again(|it| it.local(&original)),
            Some(ast::Expr::FieldExpr(original)) => return self.again(|it| it.field(&original)),
            _ => {}
        }
        self.made(&statement.initializer().ok_or("the lock is made later than its variable")?)?;
        self.uses(&declared)
    }

    fn uses(&mut self, declared: &ast::IdentPat) -> Result<(), String> {
        let block = declared.syntax().ancestors().find(|it| it.kind() == SyntaxKind::STMT_LIST);
        for path in mentions::uses(self.sema, &block.ok_or("the lock is no variable of a block")?, declared)?
        {
            self.usage(path.syntax())?;
        }
        Ok(())
    }

    fn again(&mut self, walk: impl FnOnce(&mut Self) -> Result<(), String>) -> Result<(), String> {
        self.depth = self.depth.checked_sub(1).ok_or("the lock is passed on too often")?;
        walk(self)
    }

    fn ty(&mut self, ty: &ast::Type) -> Result<(), String> {
        let path = path_named(ty, &self.name).ok_or("the type of the lock is written by another name")?;
        let (file, range) = self.place(path.syntax())?;
        let arguments = path.segment().and_then(|it| it.generic_arg_list());
        let end = arguments.map_or(Ok(range.end()), |it| self.place(it.syntax()).map(|it| it.1.start()))?;
        let new = format!("{}::sync::{}", self.tokio, self.name);
        self.draft.replace(self.analysis, file, TextRange::new(range.start(), end), new);
        Ok(())
    }

    /// `Mutex::new(…)`, be it in an `Arc`.
    fn made(&mut self, value: &ast::Expr) -> Result<(), String> {
        let refused = "the lock is not made where it is seen";
        match value {
            ast::Expr::PathExpr(path) => {
                let declared = self.sema.local_declaration(path).ok_or(refused)?;
                let statement = declared.syntax().parent().and_then(ast::LetStmt::cast).ok_or(refused)?;
                if let Some(ty) = statement.ty() {
                    self.ty(&ty)?;
                }
                let made = statement.initializer().ok_or(refused)?;
                self.again(|it| it.made(&made))
            }
            ast::Expr::CallExpr(call) => {
                let Some(ast::Expr::PathExpr(path)) = call.expr() else { return Err(refused.to_owned()) };
                let path = path.path().ok_or(refused)?;
                let owner = path.qualifier().ok_or(refused)?;
                let named = |it: &str| {
                    owner.segment().and_then(|it| it.name_ref()).is_some_and(|name| name.text() == it)
                };
                let is_new = path.segment().and_then(|it| it.name_ref()).is_some_and(|it| it.text() == "new");
                if is_new && (named("Arc") || named("Rc")) {
                    let inner = call.arg_list().and_then(|it| it.args().next()).ok_or(refused)?;
                    return self.made(&inner);
                }
                if !named(&self.name) || !(is_new || path.syntax().text().to_string().ends_with("::default"))
                {
                    return Err(refused.to_owned());
                }
                let (file, range) = self.place(owner.syntax())?;
                let new = format!("{}::sync::{}", self.tokio, self.name);
                self.draft.replace(self.analysis, file, range, new);
                Ok(())
            }
            _ => Err(refused.to_owned()),
        }
    }

    /// One use of the lock: it is taken, or an owner of it is cloned.
    fn usage(&mut self, place: &SyntaxNode) -> Result<(), String> {
        let other = "the lock is used in a way that an async one does not allow";
        let parent = place.parent().ok_or(other)?;
        match parent.kind() {
            SyntaxKind::REF_EXPR | SyntaxKind::PAREN_EXPR => self.usage(&parent),
            SyntaxKind::RECORD_EXPR_FIELD => Ok(()),
            SyntaxKind::ARG_LIST => {
                let call = parent.parent().and_then(ast::CallExpr::cast).ok_or("the lock is passed on")?;
                let called = call.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
                match called.as_str() {
                    "Arc::clone" | "Rc::clone" | "std::sync::Arc::clone" => self.clone_of(call.syntax()),
                    "drop" => Ok(()),
                    _ => Err(format!("the lock is passed on to `{called}`, whose type would change")),
                }
            }
            SyntaxKind::METHOD_CALL_EXPR => {
                let call = ast::MethodCallExpr::cast(parent.clone()).ok_or(other)?;
                let name = call.name_ref().ok_or(other)?;
                match name.text() {
                    "clone" => self.clone_of(&parent),
                    "lock" | "read" | "write" => self.taken(&call, &name),
                    name => Err(format!("`{name}` on the lock has no async form that is the same")),
                }
            }
            _ => Err(other.to_owned()),
        }
    }

    /// An owner that is cloned to a variable is followed there.
    fn clone_of(&mut self, clone: &SyntaxNode) -> Result<(), String> {
        let statement = clone.parent().and_then(ast::LetStmt::cast);
        let Some(ast::Pat::IdentPat(declared)) = statement.and_then(|it| it.pat()) else {
            return Err("a clone of the lock is passed on, and its type would change".to_owned());
        };
        self.again(|it| it.uses(&declared))
    }

    fn taken(&mut self, call: &ast::MethodCallExpr, name: &ast::NameRef) -> Result<(), String> {
        let (file, range) = self.place(call.syntax())?;
        let whole = match self.unpoisoned(call)? {
            Some(outer) => self.place(outer.syntax())?.1,
            None => range,
        };
        let rest = TextRange::new(range.end(), whole.end());
        match self.contexts.of(call.syntax()) {
            Context::Async(body) if !body.in_closure => {
                // The guard itself may live over the await: it is an async one by then.
                let in_list =
                    |it: &SyntaxNode| it.parent().is_some_and(|it| it.kind() == SyntaxKind::STMT_LIST);
                let statement = call.syntax().ancestors().find(in_list).unwrap_or(call.syntax().clone());
                if let Some(reason) = obstacle_to_await(self.sema, &statement, &body) {
                    return Err(reason);
                }
                self.draft.replace(self.analysis, file, rest, ".await");
                Ok(())
            }
            Context::Pool(Pool::Blocking | Pool::Thread) => {
                let (_, at) = self.place(name.syntax())?;
                let blocking = format!("blocking_{}", name.text());
                self.draft.replace(self.analysis, file, at, blocking);
                self.draft.replace(self.analysis, file, rest, "");
                Ok(())
            }
            Context::Sync(function) => Err(format!(
                "`{}` takes the lock in sync code, which cannot await it",
                self.sema.label(function)
            )),
            _ => Err("the lock is taken where nothing can be awaited".to_owned()),
        }
    }

    /// What unwraps the error of a poisoned lock of std; a lock of parking_lot has none.
    fn unpoisoned(&self, call: &ast::MethodCallExpr) -> Result<Option<ast::MethodCallExpr>, String> {
        let ty = self.sema.ty(&call.clone().into()).ok_or("the type of the guard is not known")?;
        if !self.sema.mentions_named(&ty, "core", "Result") {
            return Ok(None);
        }
        let outer = call.syntax().parent().and_then(ast::MethodCallExpr::cast);
        let unwraps = outer.filter(|it| {
            let name = it.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
            let argument = it.arg_list().map(|it| it.syntax().text().to_string()).unwrap_or_default();
            matches!(name.as_str(), "unwrap" | "expect")
                || name == "unwrap_or_else" && argument.contains("into_inner")
        });
        unwraps.map(Some).ok_or_else(|| "the error of a poisoned lock is looked into".to_owned())
    }
}

/// An expression without the parentheses and borrows around it.
fn plain(expr: ast::Expr) -> ast::Expr {
    match &expr {
        ast::Expr::ParenExpr(it) => it.expr().map_or(expr.clone(), plain),
        ast::Expr::RefExpr(it) => it.expr().map_or(expr.clone(), plain),
        _ => expr,
    }
}

/// What an expression clones: `x.clone()` or `Arc::clone(&x)`.
fn cloned(value: &ast::Expr) -> Option<ast::Expr> {
    match value {
        ast::Expr::MethodCallExpr(it) => {
            it.name_ref().filter(|it| it.text() == "clone")?;
            it.receiver().map(plain)
        }
        ast::Expr::CallExpr(it) => {
            let called = it.expr()?.syntax().text().to_string();
            ["Arc::clone", "std::sync::Arc::clone"].contains(&called.as_str()).then_some(())?;
            it.arg_list()?.args().next().map(plain)
        }
        _ => None,
    }
}
