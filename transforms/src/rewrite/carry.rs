//! Carrying a value over: where a sync type has an async counterpart with the same methods, the constructor is replaced and
//! the calls that wait are awaited, along the whole way of the value through the body.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast};
use retask_engine::alive::obstacle_to_await;
use retask_engine::mentions;
use retask_engine::resolve::CallNode;

use super::carriers::Carrier;
use super::draft::Draft;
use super::{layout, runtime, short};
use crate::case::Case;

/// Methods of `Result` and `Option` that hand the value on, or only ask whether it is there.
pub(crate) const HANDED_ON: &[&str] = &[
    "unwrap",
    "expect",
    "map_err",
    "ok",
    "ok_or",
    "ok_or_else",
    "context",
    "with_context",
    "unwrap_or_else",
    "wrap_err",
    "is_ok",
    "is_err",
    "is_some",
    "is_none",
    "inspect_err",
];

/// Carries the value that a call works on; `None` where the call is none of this family.
pub(crate) fn rewrite(case: &Case<'_, '_>, carrier: &'static Carrier) -> Option<Result<Draft, String>> {
    let belongs = case.entered.through.is_none() && case.entered.reached.entry.path.starts_with(carrier.sync);
    belongs.then(|| Way::walk(case, carrier)?.into_draft())
}

/// The way of a value: what to replace, and what to await.
struct Way<'t, 'c, 'a> {
    case: &'t Case<'c, 'a>,
    carrier: &'static Carrier,
    name: String,
    makers: Vec<(ast::CallExpr, &'static str)>,
    awaits: Vec<SyntaxNode>,
    /// The called functions and methods, with their types.
    called: Vec<String>,
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
        let mut way = Way { case, carrier, name, makers: Vec::new(), awaits: Vec::new(), called: Vec::new() };
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
                let made = self.case.sema.local_declaration(it).and_then(|it| source_of(it.syntax()));
                let shown = it.syntax().text().to_string();
                let made = made.ok_or_else(|| {
                    format!("`{shown}` comes from outside this body, and its type would change")
                })?;
                self.root(&made, depth + 1)
            }
            other => Err(format!("the value comes from `{}`, and its type would change", short(other))),
        }
    }

    fn maker(&mut self, call: &ast::CallExpr) -> Result<(), String> {
        let sema = self.case.sema;
        let name = sema.function(&CallNode::Path(call.clone())).map(|it| sema.label(it)).unwrap_or_default();
        let ty = sema.ty(&call.clone().into());
        let is_sync = ty.is_some_and(|it| sema.mentions(&it, self.carrier.sync));
        let known = self.carrier.makers.iter().find(|(maker, _)| is_sync && name == *maker);
        let Some((maker, awaited)) = known else {
            let callee = call.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
            return Err(format!("the value comes from `{callee}`, and its type would change"));
        };
        self.makers.push((call.clone(), maker));
        if *awaited {
            self.awaits.push(call.syntax().clone());
        }
        self.called.push(name);
        self.flow(&call.clone().into())
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
            SyntaxKind::LET_STMT => {
                let statement = ast::LetStmt::cast(parent).ok_or("no binding")?;
                match statement.ty() {
                    Some(_) => Err("the value's sync type is written out".to_owned()),
                    None => self.pattern(statement.pat()),
                }
            }
            SyntaxKind::LET_EXPR => self.pattern(ast::LetExpr::cast(parent).and_then(|it| it.pat())),
            SyntaxKind::MATCH_EXPR => {
                let arms = ast::MatchExpr::cast(parent).and_then(|it| it.match_arm_list());
                arms.into_iter().flat_map(|it| it.arms()).try_for_each(|it| self.pattern(it.pat()))
            }
            SyntaxKind::EXPR_STMT => Ok(()),
            _ => Err(format!("`{}` is used where its sync type is needed", expr.syntax().text())),
        }
    }

    fn method(&mut self, call: &ast::MethodCallExpr, receiver: &ast::Expr) -> Result<(), String> {
        if call.receiver().is_none_or(|it| it.syntax() != receiver.syntax()) {
            return Err(format!("`{}` is passed on with its sync type", receiver.syntax().text()));
        }
        let name = call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
        let method = self.case.sema.function(&CallNode::Method(call.clone()));
        let label = method.map(|it| self.case.sema.label(it)).unwrap_or_default();
        if self.carrier.awaited.contains(&label.as_str()) {
            self.awaits.push(call.syntax().clone());
        } else if !self.carrier.same.contains(&name.as_str()) && !HANDED_ON.contains(&name.as_str()) {
            return Err(format!("`{name}` has no async form"));
        }
        self.called.push(label);
        self.flow(&call.clone().into())
    }

    /// Whether a call does without what only the sync side has by default.
    fn loses(&self) -> bool {
        let count = |wanted: &dyn Fn(&str) -> bool| self.called.iter().filter(|it| wanted(it)).count();
        let (for_all, for_one) = self.carrier.sets;
        let requests = count(&|it| matches!(it, "get" | "RequestBuilder::send" | "Client::execute"));
        !self.carrier.lost.is_empty()
            && count(&|it| it == for_all) == 0
            && count(&|it| it == for_one) < requests
    }

    /// Follows a value into the variable that a pattern binds, be it the value of a `Result` or `Option`.
    fn pattern(&mut self, pat: Option<ast::Pat>) -> Result<(), String> {
        match pat {
            Some(ast::Pat::IdentPat(it)) if it.pat().is_none() => self.variable(&it),
            Some(ast::Pat::WildcardPat(_)) => Ok(()),
            Some(ast::Pat::TupleStructPat(it)) => {
                let name = it.path().and_then(|it| it.segment()).map(|it| it.syntax().text().to_string());
                match name.as_deref() {
                    Some("Ok" | "Some") => it.fields().try_for_each(|it| self.pattern(Some(it))),
                    Some("Err") => Ok(()),
                    _ => Err("the value is taken apart".to_owned()),
                }
            }
            _ => Err("the value is taken apart".to_owned()),
        }
    }

    fn variable(&mut self, pat: &ast::IdentPat) -> Result<(), String> {
        let uses = mentions::uses(self.case.sema, &self.case.body_of_call(), pat)?;
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
        if self.loses() {
            draft.caveat(self.carrier.lost);
        }
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

/// The expression whose value a pattern's variable gets, be it out of an `Ok` or `Some`.
fn source_of(pat: &SyntaxNode) -> Option<ast::Expr> {
    let holder = pat.ancestors().find(|it| !ast::Pat::can_cast(it.kind()))?;
    match holder.kind() {
        SyntaxKind::LET_STMT => {
            ast::LetStmt::cast(holder).filter(|it| it.ty().is_none()).and_then(|it| it.initializer())
        }
        SyntaxKind::LET_EXPR => ast::LetExpr::cast(holder)?.expr(),
        SyntaxKind::MATCH_ARM => holder.ancestors().find_map(ast::MatchExpr::cast)?.expr(),
        _ => None,
    }
}
