//! Carrying a value over: where a sync type has an async counterpart with the same methods, the constructor is replaced and
//! the calls that wait are awaited, along the whole way of the value through the body.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasName};
use retask_engine::alive::obstacle_to_await;

use super::draft::Draft;
use super::{layout, runtime};
use crate::case::Case;

/// A family of sync types and their async counterparts.
pub(crate) struct Carrier {
    /// The module of the sync types.
    sync: &'static str,
    /// The module of the async types.
    to: &'static str,
    /// The registry name of the crate that holds the async types, and the feature it needs.
    needs: (&'static str, &'static str),
    /// Functions and associated functions that make such a value, by their last path segments; `true` where the async one is awaited.
    makers: &'static [(&'static str, bool)],
    /// Methods that are the same on both.
    same: &'static [&'static str],
    /// Methods that are awaited.
    awaited: &'static [&'static str],
}

/// `std::process::Command` to `tokio::process::Command`.
pub(crate) const PROCESS: Carrier = Carrier {
    sync: "std::process",
    to: "process",
    needs: ("tokio", "process"),
    makers: &[("Command::new", false)],
    same: &[
        "arg",
        "args",
        "env",
        "envs",
        "env_remove",
        "env_clear",
        "current_dir",
        "stdin",
        "stdout",
        "stderr",
        "arg0",
        "uid",
        "gid",
        "process_group",
        "creation_flags",
        "raw_arg",
    ],
    awaited: &["output", "status"],
};

/// `reqwest::blocking` to the async reqwest.
pub(crate) const REQWEST: Carrier = Carrier {
    sync: "reqwest::blocking",
    to: "",
    needs: ("reqwest", ""),
    makers: &[
        ("get", true),
        ("Client::new", false),
        ("Client::builder", false),
        ("ClientBuilder::new", false),
    ],
    same: &[
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "request",
        "header",
        "headers",
        "basic_auth",
        "bearer_auth",
        "query",
        "form",
        "body",
        "timeout",
        "user_agent",
        "default_headers",
        "build",
        "error_for_status",
        "error_for_status_ref",
        "status",
        "url",
        "clone",
        "redirect",
        "danger_accept_invalid_certs",
        "add_root_certificate",
        "identity",
        "gzip",
        "brotli",
        "deflate",
        "connect_timeout",
        "pool_max_idle_per_host",
        "pool_idle_timeout",
        "http1_only",
        "proxy",
        "no_proxy",
        "cookie_store",
        "referer",
        "tcp_nodelay",
        "version",
        "content_length",
        "remote_addr",
        "extensions",
    ],
    awaited: &["send", "execute", "text", "text_with_charset", "json", "bytes"],
};

/// Methods of `Result` and `Option` that hand the value on.
const HANDED_ON: &[&str] =
    &["unwrap", "expect", "map_err", "ok", "context", "with_context", "unwrap_or_else", "wrap_err"];

/// Carries the value that a call works on; `None` where the call is none of this family.
pub(crate) fn rewrite(case: &Case<'_, '_>, carrier: &'static Carrier) -> Option<Result<Draft, String>> {
    let belongs = case.entered.through.is_none() && case.entered.reached.entry.path.starts_with(carrier.sync);
    belongs.then(|| Way::walk(case, carrier)).map(|it| it?.into_draft())
}

/// The way of a value: what to replace, and what to await.
struct Way<'t, 'c, 'a> {
    case: &'t Case<'c, 'a>,
    carrier: &'static Carrier,
    name: String,
    makers: Vec<(ast::CallExpr, &'static str)>,
    awaits: Vec<SyntaxNode>,
}

impl<'t, 'c, 'a> Way<'t, 'c, 'a> {
    fn walk(case: &'t Case<'c, 'a>, carrier: &'static Carrier) -> Result<Way<'t, 'c, 'a>, String> {
        let name = match carrier.needs.0 {
            "tokio" => {
                runtime::runs_on_tokio(case)?;
                runtime::tokio(case)?.to_owned()
            }
            krate => {
                runtime::dependency(case, krate).map(|(name, _)| name.to_owned()).unwrap_or(krate.to_owned())
            }
        };
        let mut way = Way { case, carrier, name, makers: Vec::new(), awaits: Vec::new() };
        let start = case.call.expr().ok_or("the function is passed on as a value")?;
        let root = way.root(&start, 0)?;
        way.maker(&root)?;
        Ok(way)
    }

    /// The expression that made the value which a method chain works on.
    fn root(&self, expr: &ast::Expr, depth: usize) -> Result<ast::CallExpr, String> {
        if depth > 24 {
            return Err("the value comes by a way that is too long".to_owned());
        }
        match expr {
            ast::Expr::CallExpr(it) => Ok(it.clone()),
            ast::Expr::MethodCallExpr(it) => {
                let receiver = it.receiver().ok_or("a method has no receiver")?;
                self.root(&receiver, depth + 1)
            }
            ast::Expr::TryExpr(it) => self.root(&it.expr().ok_or("a `?` has no operand")?, depth + 1),
            ast::Expr::ParenExpr(it) => self.root(&it.expr().ok_or("empty parentheses")?, depth + 1),
            ast::Expr::PathExpr(it) => {
                let declared = self.case.sema.local_declaration(it);
                let statement = declared.and_then(|it| it.syntax().parent()).and_then(ast::LetStmt::cast);
                let made = statement.filter(|it| it.ty().is_none()).and_then(|it| it.initializer());
                let shown = it.syntax().text().to_string();
                let made = made.ok_or_else(|| {
                    format!("`{shown}` comes from outside this body, and its type would change")
                })?;
                self.root(&made, depth + 1)
            }
            other => {
                Err(format!("the value comes from `{}`, and its type would change", other.syntax().text()))
            }
        }
    }

    fn maker(&mut self, call: &ast::CallExpr) -> Result<(), String> {
        let callee = call.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
        let ty = self.case.sema.ty(&call.clone().into());
        let known = self.carrier.makers.iter().find(|(maker, _)| {
            callee == *maker
                || callee.ends_with(&format!("::{maker}"))
                || maker.ends_with(&format!("::{callee}"))
        });
        match known {
            Some((maker, awaited))
                if ty.is_some_and(|it| self.case.sema.mentions(&it, self.carrier.sync)) =>
            {
                self.makers.push((call.clone(), maker));
                if *awaited {
                    self.awaits.push(call.syntax().clone());
                }
                self.flow(&call.clone().into())
            }
            _ => Err(format!("the value comes from `{callee}`, and its type would change")),
        }
    }

    /// Follows a value to where it is used.
    fn flow(&mut self, expr: &ast::Expr) -> Result<(), String> {
        let ty = self.case.sema.ty(expr);
        if !ty.is_none_or(|it| {
            it.contains_unknown()
                || self.case.sema.mentions(&it, self.carrier.sync) && !is_plain_result(self, &it)
        }) {
            return Ok(());
        }
        let Some(parent) = expr.syntax().parent() else { return Ok(()) };
        match parent.kind() {
            SyntaxKind::TRY_EXPR | SyntaxKind::PAREN_EXPR => {
                ast::Expr::cast(parent).map_or(Ok(()), |it| self.flow(&it))
            }
            SyntaxKind::METHOD_CALL_EXPR => {
                self.method(&ast::MethodCallExpr::cast(parent).ok_or("no method")?, expr)
            }
            SyntaxKind::LET_STMT => self.binding(&ast::LetStmt::cast(parent).ok_or("no binding")?),
            SyntaxKind::EXPR_STMT => Ok(()),
            _ => Err(format!("`{}` is used where its sync type is needed", expr.syntax().text())),
        }
    }

    fn method(&mut self, call: &ast::MethodCallExpr, receiver: &ast::Expr) -> Result<(), String> {
        if call.receiver().is_none_or(|it| it.syntax() != receiver.syntax()) {
            return Err(format!("`{}` is passed on with its sync type", receiver.syntax().text()));
        }
        let name = call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
        if self.carrier.awaited.contains(&name.as_str()) {
            self.awaits.push(call.syntax().clone());
        } else if !self.carrier.same.contains(&name.as_str()) && !HANDED_ON.contains(&name.as_str()) {
            return Err(format!("`{name}` has no async form"));
        }
        self.flow(&call.clone().into())
    }

    fn binding(&mut self, statement: &ast::LetStmt) -> Result<(), String> {
        let pat = match statement.pat() {
            Some(ast::Pat::IdentPat(it)) if statement.ty().is_none() => it,
            _ => return Err("the value is taken apart, or its sync type is written out".to_owned()),
        };
        let name = pat.name().map(|it| it.text().to_string()).unwrap_or_default();
        let body = self.case.body();
        let uses: Vec<ast::PathExpr> = body
            .descendants()
            .filter_map(ast::PathExpr::cast)
            .filter(|it| it.syntax().text() == name.as_str())
            .filter(|it| {
                self.case
                    .sema
                    .local_declaration(it)
                    .is_some_and(|it| it.syntax().text_range() == pat.syntax().text_range())
            })
            .collect();
        uses.into_iter().try_for_each(|it| self.flow(&it.into()))
    }

    fn into_draft(self) -> Result<Draft, String> {
        let case = self.case;
        let (krate, feature) = self.carrier.needs;
        let module = if self.carrier.to.is_empty() {
            self.name.clone()
        } else {
            format!("{}::{}", self.name, self.carrier.to)
        };
        let mut draft = Draft::new(format!("use `{module}` and await it"));
        draft.need(case.package(), krate, feature);
        let file = case.entered.site.file;
        let source = |node: &SyntaxNode| {
            let place = case.sema.source_range(node).filter(|(it, _)| *it == file);
            place.map(|(_, range)| range).ok_or_else(|| "a macro puts the call together".to_owned())
        };
        let mut first = u32::MAX;
        for (call, maker) in &self.makers {
            let callee = call.expr().ok_or("the call names no function")?;
            let range = source(callee.syntax())?;
            first = first.min(range.start().into());
            draft.replace(case.analysis, file, range, format!("{module}::{maker}"));
        }
        for node in &self.awaits {
            let closure = node.ancestors().take_while(|it| it.text_range() != case.entered.body.range);
            if closure.into_iter().any(|it| matches!(it.kind(), SyntaxKind::CLOSURE_EXPR | SyntaxKind::FN)) {
                return Err("the value is used in a closure, where nothing can be awaited".to_owned());
            }
            if let Some(obstacle) = obstacle_to_await(case.sema, node, &case.entered.body) {
                return Err(obstacle);
            }
            let whole = source(node)?;
            let name = ast::MethodCallExpr::cast(node.clone()).and_then(|it| it.name_ref());
            let name = name.map_or(Ok(whole), |it| source(it.syntax()))?;
            let text = &case.analysis.workspace.files[file as usize].text;
            let link = layout::links(".await", layout::before_link(text, name, whole));
            draft.insert(case.analysis, file, whole.end(), &link);
        }
        draft.group(format!("carry\0{file}\0{first}"));
        Ok(draft)
    }
}

/// `io::Result<Output>` and its kin mention the module of the sync types, but are the same on both sides.
fn is_plain_result<'a>(way: &Way<'_, '_, 'a>, ty: &retask_engine::types::Type<'a>) -> bool {
    ["Command", "Child", "Client", "ClientBuilder", "Request", "RequestBuilder", "Response"]
        .iter()
        .all(|it| !way.case.sema.mentions_named(ty, way.carrier.sync, it))
}
