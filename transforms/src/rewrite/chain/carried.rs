//! Values of sync types, carried over whole: from where they are made, through variables, parameters, results and fields, to
//! every use. Declarations get the async type, and calls that wait are awaited.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, TextSize, ast, ast::HasArgList};
use retask_engine::context::{Body, Context, Contexts};
use retask_engine::mentions;
use retask_engine::resolve::{CallNode, Function};
use retask_engine::types::Type;

use super::declared::{
    carry_declared, carry_field, carry_parameter, carry_result, carry_variable, declared_type, new_type,
};
use super::kin::{FUNCTIONS, GIVEN_ON, HANDED_ON_TOO, Kin, WRAPPERS};
use super::needs::crate_name;
use super::{Walk, call};
use super::{lines, renamed};
use crate::rewrite::carry::HANDED_ON;
use crate::rewrite::short;

/// An await that a carried value asks for.
pub(super) struct Wait {
    pub file: u32,
    /// The whole call, and the name of its method.
    pub whole: TextRange,
    pub name: TextRange,
    pub node: SyntaxNode,
    pub body: Body,
}

/// The type of an expression that is carried.
pub(super) fn kin_of<'a>(walk: &Walk<'_, 'a>, ty: &Type<'a>) -> Option<&'static Kin> {
    // A buffer is none by itself: it is carried with the file that it reads.
    let mut kin = walk.kin().filter(|it| it.module != "std::io");
    kin.find(|it| walk.sema.mentions_named(ty, it.module, it.name))
}

/// Carries the value that a call works on, and all that hangs together with it.
pub(super) fn from_call(walk: &mut Walk<'_, '_>, call: &CallNode) -> Option<Result<(), String>> {
    let expr = call.expr()?;
    if walk.analysis.workspace.settings.keeps_http_client && is_of_http_client(walk, call) {
        return Some(Err("the configuration keeps the sync HTTP client".to_owned()));
    }
    let of = |it: &ast::Expr| walk.sema.ty(it).and_then(|ty| kin_of(walk, &ty));
    if let Some(value) = renamed::value_of(walk, call) {
        return of(&value).is_some().then(|| visit(walk, &value));
    }
    let is_carried = match call.receiver() {
        Some(receiver) => of(&receiver).is_some(),
        None => of(&expr).is_some() && maker(walk, call).is_some() || function_of(walk, call).is_some(),
    };
    if !is_carried {
        return None;
    }
    Some(match call.receiver() {
        Some(receiver) => visit(walk, &receiver),
        None => visit(walk, &expr),
    })
}

fn is_of_http_client(walk: &Walk<'_, '_>, call: &CallNode) -> bool {
    let path = walk.sema.function(call).map(|it| walk.sema.path_of(it));
    path.is_some_and(|it| it.starts_with("reqwest::blocking::"))
}

fn function_of(
    walk: &Walk<'_, '_>,
    call: &CallNode,
) -> Option<&'static (&'static str, &'static str, (&'static str, &'static str), bool)> {
    let function = walk.sema.function(call)?;
    let path = walk.sema.path_of(function);
    FUNCTIONS.iter().find(|it| it.0 == path)
}

/// The maker that a call is, with its type.
fn maker(walk: &Walk<'_, '_>, call: &CallNode) -> Option<(&'static Kin, bool)> {
    let CallNode::Path(path) = call else { return None };
    let function = walk.sema.function(call)?;
    let label = walk.sema.label(function);
    let ty = walk.sema.ty(&path.clone().into())?;
    let made = |kin: &'static Kin| {
        let is_it = walk.sema.mentions_named(&ty, kin.module, kin.name);
        let name = label.strip_prefix(kin.name)?.strip_prefix("::")?;
        let (_, awaited) = kin.makers.iter().find(|(it, _)| *it == name)?;
        (is_it || name == "builder" || name == "options").then_some((kin, *awaited))
    };
    walk.kin().find_map(made)
}

/// Takes an expression whose value is of a sync type, and follows it both ways.
pub(super) fn visit(walk: &mut Walk<'_, '_>, expr: &ast::Expr) -> Result<(), String> {
    let Some(place) = walk.sema.source_range(expr.syntax()) else {
        return Err(format!("a macro holds `{}`, whose type would change", expr.syntax().text()));
    };
    if !walk.visited.insert((place.0, place.1, expr.syntax().kind())) {
        return Ok(());
    }
    let ty = walk.sema.ty(expr).filter(|it| !it.contains_unknown());
    let ty = ty.ok_or_else(|| format!("the type of `{}` is not known", short(expr)))?;
    if kin_of(walk, &ty).is_none() {
        return Ok(());
    }
    origin(walk, expr)?;
    sink(walk, expr)
}

/// Follows a value into what it is a part of, or out of that. Where that hides its type, as `Box<dyn Write>` and tuples do, other code
/// relies on it.
pub(super) fn flow(walk: &mut Walk<'_, '_>, outer: &ast::Expr) -> Result<(), String> {
    let ty = walk.sema.ty(outer).filter(|it| !it.contains_unknown());
    let ty = ty.ok_or_else(|| format!("the type of `{}` is not known", short(outer)))?;
    if kin_of(walk, &ty).is_none() {
        return Err(format!("`{}` hides the type of the value in it", short(outer)));
    }
    visit(walk, outer)
}

/// Where a value comes from.
fn origin(walk: &mut Walk<'_, '_>, expr: &ast::Expr) -> Result<(), String> {
    use ast::Expr::*;
    match expr {
        CallExpr(call) => made(walk, call),
        MethodCallExpr(call) => given_by_method(walk, call),
        FieldExpr(field) => carry_field(walk, field),
        PathExpr(path) => match walk.sema.local_declaration(path) {
            Some(pat) => carry_variable(walk, &pat),
            None => Err(format!("`{}` is no variable of a function", short(expr))),
        },
        TryExpr(it) => inner(walk, it.expr()),
        ParenExpr(it) => inner(walk, it.expr()),
        RefExpr(it) => inner(walk, it.expr()),
        PrefixExpr(it) => inner(walk, it.expr()),
        BlockExpr(it) if it.async_token().is_none() => inner(walk, it.tail_expr()),
        MatchExpr(it) => {
            let arms = it.match_arm_list().into_iter().flat_map(|it| it.arms()).filter_map(|it| it.expr());
            arms.collect::<Vec<_>>().iter().try_for_each(|it| visit_if_kin(walk, it))
        }
        IfExpr(it) => {
            let then = it.then_branch().and_then(|it| it.tail_expr());
            then.map_or(Ok(()), |it| visit_if_kin(walk, &it))?;
            match it.else_branch() {
                Some(ast::ElseBranch::Block(it)) => {
                    it.tail_expr().map_or(Ok(()), |it| visit_if_kin(walk, &it))
                }
                Some(ast::ElseBranch::IfExpr(it)) => visit(walk, &it.into()),
                None => Ok(()),
            }
        }
        _ => Err(format!("the value comes from `{}`, and its type would change", short(expr))),
    }
}

pub(super) fn inner(walk: &mut Walk<'_, '_>, expr: Option<ast::Expr>) -> Result<(), String> {
    visit(walk, &expr.ok_or("an expression is not complete")?)
}

pub(super) fn visit_if_kin(walk: &mut Walk<'_, '_>, expr: &ast::Expr) -> Result<(), String> {
    let is_kin = walk.sema.ty(expr).is_some_and(|it| kin_of(walk, &it).is_some());
    if is_kin { visit(walk, expr) } else { Ok(()) }
}

fn made(walk: &mut Walk<'_, '_>, call: &ast::CallExpr) -> Result<(), String> {
    let node = CallNode::Path(call.clone());
    let callee = call.expr().ok_or("a call names no function")?;
    let shown = callee.syntax().text().to_string();
    if let Some((kin, awaited)) = maker(walk, &node) {
        let function =
            callee.syntax().children().find_map(ast::Path::cast).ok_or("a call names no function")?;
        let owner = function.qualifier().ok_or("a constructor is named without its type")?;
        new_type(walk, &owner, kin)?;
        if awaited {
            wait(walk, &call.clone().into())?;
        }
        let args = call.arg_list().into_iter().flat_map(|it| it.args()).collect::<Vec<_>>();
        return args.iter().try_for_each(|it| visit_if_kin(walk, it));
    }
    if let Some((_, to, (krate, feature), awaited)) = function_of(walk, &node) {
        let (file, range) = place(walk, callee.syntax())?;
        let name = crate_name(walk, file, krate)?;
        walk.draft.replace(walk.analysis, file, range, format!("{name}::{to}"));
        walk.draft.need(walk.analysis.workspace.files[file as usize].package, krate, feature);
        return if *awaited { wait(walk, &call.clone().into()) } else { Ok(()) };
    }
    if WRAPPERS.contains(&shown.trim_start_matches("std::sync::")) {
        let args = call.arg_list().into_iter().flat_map(|it| it.args()).collect::<Vec<_>>();
        return args.iter().try_for_each(|it| visit_if_kin(walk, it));
    }
    match walk.sema.function(&node).filter(|it| walk.sema.is_of_workspace(*it)) {
        Some(function) => carry_result(walk, function),
        None => Err(format!("the value comes from `{shown}`, and its type would change")),
    }
}

fn given_by_method(walk: &mut Walk<'_, '_>, call: &ast::MethodCallExpr) -> Result<(), String> {
    let receiver = call.receiver().ok_or("a method has no receiver")?;
    let is_kin = walk.sema.ty(&receiver).is_some_and(|it| kin_of(walk, &it).is_some());
    if is_kin {
        // The receiver's own sink says what becomes of the method.
        return visit(walk, &receiver);
    }
    if let Some(maker) = renamed::maker(walk, call) {
        return renamed::write(walk, call, maker);
    }
    match walk.sema.function(&CallNode::Method(call.clone())).filter(|it| walk.sema.is_of_workspace(*it)) {
        Some(function) => carry_result(walk, function),
        None => {
            Err(format!("the value comes from `{}`, and its type would change", short(&call.clone().into())))
        }
    }
}

/// What becomes of a value.
fn sink(walk: &mut Walk<'_, '_>, expr: &ast::Expr) -> Result<(), String> {
    let Some(parent) = expr.syntax().parent() else { return Ok(()) };
    let other = || format!("`{}` is used where its sync type is needed", short(expr));
    match parent.kind() {
        SyntaxKind::TRY_EXPR | SyntaxKind::PAREN_EXPR | SyntaxKind::REF_EXPR | SyntaxKind::PREFIX_EXPR => {
            ast::Expr::cast(parent).map_or(Ok(()), |it| flow(walk, &it))
        }
        SyntaxKind::METHOD_CALL_EXPR => {
            method(walk, &ast::MethodCallExpr::cast(parent).ok_or_else(other)?, expr)
        }
        SyntaxKind::LET_STMT => {
            let statement = ast::LetStmt::cast(parent).ok_or_else(other)?;
            statement.ty().map_or(Ok(()), |it| declared_type(walk, &it))?;
            pattern(walk, statement.pat())
        }
        SyntaxKind::LET_EXPR => pattern(walk, ast::LetExpr::cast(parent).and_then(|it| it.pat())),
        SyntaxKind::MATCH_EXPR => {
            let arms = ast::MatchExpr::cast(parent).and_then(|it| it.match_arm_list());
            let pats: Vec<_> = arms.into_iter().flat_map(|it| it.arms()).map(|it| it.pat()).collect();
            pats.into_iter().try_for_each(|it| pattern(walk, it))
        }
        SyntaxKind::MATCH_ARM => {
            let whole = parent.ancestors().find_map(ast::MatchExpr::cast).ok_or_else(other)?;
            flow(walk, &whole.into())
        }
        SyntaxKind::EXPR_STMT => Ok(()),
        SyntaxKind::STMT_LIST => tail(walk, &parent),
        SyntaxKind::RETURN_EXPR => {
            let function = holder(walk, expr.syntax()).ok_or_else(other)?;
            carry_result(walk, function)
        }
        SyntaxKind::ARG_LIST => argument(walk, &parent, expr),
        SyntaxKind::RECORD_EXPR_FIELD => {
            let field = ast::RecordExprField::cast(parent).ok_or_else(other)?;
            let declared = walk.sema.declared_record_field(&field).ok_or_else(other)?;
            carry_declared(walk, &declared)
        }
        SyntaxKind::BIN_EXPR => {
            let it = ast::BinExpr::cast(parent).ok_or_else(other)?;
            let assigns = it.op_kind() == Some(ast::BinaryOp::Assignment { op: None });
            let sides = it.lhs().zip(it.rhs()).filter(|_| assigns).ok_or_else(other)?;
            visit(walk, &sides.0)?;
            visit(walk, &sides.1)
        }
        _ => Err(other()),
    }
}

/// The last expression of a block is the block's value, that of a function its result.
fn tail(walk: &mut Walk<'_, '_>, list: &SyntaxNode) -> Result<(), String> {
    let block = list.parent().and_then(ast::BlockExpr::cast).ok_or("a block is not complete")?;
    let around = block.syntax().parent().ok_or("a block is not complete")?;
    match around.kind() {
        SyntaxKind::FN => {
            let function = walk.sema.function_at(&around).ok_or("a function is not known")?;
            carry_result(walk, function)
        }
        SyntaxKind::IF_EXPR => flow(walk, &ast::Expr::cast(around).ok_or("a block is not complete")?),
        SyntaxKind::CLOSURE_EXPR => Err("a closure gives the value back, whose type would change".to_owned()),
        _ if block.async_token().is_some() => Err("an async block gives the value back".to_owned()),
        _ => flow(walk, &block.into()),
    }
}

fn method(walk: &mut Walk<'_, '_>, call: &ast::MethodCallExpr, expr: &ast::Expr) -> Result<(), String> {
    let is_receiver = call.receiver().is_some_and(|it| it.syntax() == expr.syntax());
    let whole: ast::Expr = call.clone().into();
    let list = call.arg_list().map(|it| it.syntax().clone());
    if !is_receiver {
        return argument(walk, &list.ok_or("a call has no arguments")?, expr);
    }
    let name_ref = call.name_ref().ok_or("a method has no name")?;
    let name = name_ref.text().to_string();
    let ty = walk.sema.ty(expr).ok_or("the type of a value is not known")?;
    let kin = kin_of(walk, &ty).ok_or("the type of a value is not known")?;
    let direct = walk.kin().find(|it| walk.sema.is_named(&ty, it.name));
    if let Some(done) = direct.and_then(|it| renamed::of_trait(walk, it, call)) {
        return done;
    }
    if name == "lines" && direct.is_some_and(|it| it.name == "BufReader") {
        convert(walk, &name_ref)?;
        return lines::rewrite(walk, call);
    }
    match direct {
        // A `Result`, an `Option` or an owner around the value.
        None if HANDED_ON.contains(&name.as_str()) || HANDED_ON_TOO.contains(&name.as_str()) => {
            visit(walk, &whole)
        }
        None if GIVEN_ON.contains(&name.as_str()) => {
            given_to_closure(walk, call)?;
            visit(walk, &whole)
        }
        Some(kin) if kin.awaited.contains(&name.as_str()) => {
            wait(walk, &whole)?;
            visit_if_kin(walk, &whole)
        }
        // What a known method gives is a carried value or none, whatever is not known of its type.
        Some(kin) if kin.same.contains(&name.as_str()) => {
            convert(walk, &name_ref)?;
            visit_if_kin(walk, &whole)
        }
        _ => match direct.unwrap_or(kin).of_traits.iter().copied().flatten().find(|(it, _)| *it == name) {
            Some((_, of)) => {
                import(walk, call.syntax(), of)?;
                convert(walk, &name_ref)?;
                if name == "write_all" {
                    flush(walk, call)?;
                }
                wait(walk, &whole)
            }
            None => Err(format!(
                "`{name}` of a `{}` has no async form that is the same",
                direct.unwrap_or(kin).name
            )),
        },
    }
}

/// A closure that gets the value out of a `Result` or `Option`.
fn given_to_closure(walk: &mut Walk<'_, '_>, call: &ast::MethodCallExpr) -> Result<(), String> {
    let refused = "a function is given the value, whose type would change";
    let argument = call.arg_list().and_then(|it| it.args().next());
    let Some(ast::Expr::ClosureExpr(closure)) = argument else { return Err(refused.to_owned()) };
    let param = closure.param_list().and_then(|it| it.params().next()).ok_or(refused)?;
    match (param.pat(), param.ty()) {
        (Some(ast::Pat::IdentPat(pat)), None) => {
            let uses = mentions::uses(walk.sema, closure.syntax(), &pat)?;
            uses.into_iter().try_for_each(|it| visit(walk, &it.into()))
        }
        (Some(ast::Pat::WildcardPat(_)), None) => Ok(()),
        _ => Err(refused.to_owned()),
    }
}

/// Notes that a method is another trait's now.
pub(super) fn convert(walk: &mut Walk<'_, '_>, name: &ast::NameRef) -> Result<(), String> {
    let at = place(walk, name.syntax())?;
    walk.converted.insert(at);
    Ok(())
}

/// What is written to an async file goes out in the background: an error of it shows only where it is flushed.
fn flush(walk: &mut Walk<'_, '_>, call: &ast::MethodCallExpr) -> Result<(), String> {
    let refused =
        "what is written may be lost where the file is dropped: nothing flushes it in the same place";
    let receiver = call.receiver().ok_or(refused)?.syntax().text().to_string();
    let statement = call.syntax().parent().and_then(ast::TryExpr::cast).and_then(|it| it.syntax().parent());
    let statement = statement.and_then(ast::ExprStmt::cast);
    let statement = statement.ok_or(refused)?;
    let later = statement.syntax().siblings(ra_ap_syntax::Direction::Next).skip(1);
    let ends = ["flush", "sync_all", "sync_data", "write_all"].map(|it| format!("{receiver}.{it}("));
    let is_flushed = later.into_iter().any(|it| {
        let text = it.text().to_string();
        ends.iter().any(|end| text.contains(end.as_str()))
    });
    if !is_flushed {
        let (file, range) = place(walk, statement.syntax())?;
        let text = &walk.analysis.workspace.files[file as usize].text;
        let indent = retask_engine::place::indent_at(text, range.start().into());
        let line = format!("\n{indent}{receiver}.flush().await?;");
        walk.draft.insert(walk.analysis, file, range.end(), &line);
    }
    Ok(())
}

/// A value that is passed on.
fn argument(walk: &mut Walk<'_, '_>, list: &SyntaxNode, expr: &ast::Expr) -> Result<(), String> {
    let call = list.parent().ok_or("a call is not complete")?;
    let index =
        ast::ArgList::cast(list.clone()).and_then(|it| it.args().position(|it| it.syntax() == expr.syntax()));
    let index = index.ok_or("a call is not complete")?;
    if let Some(call) = ast::CallExpr::cast(call.clone()) {
        let node = CallNode::Path(call.clone());
        let shown = call.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
        if maker(walk, &node).is_some() || WRAPPERS.contains(&shown.trim_start_matches("std::sync::")) {
            return flow(walk, &call.into());
        }
        if ["drop", "mem::drop", "std::mem::drop"].contains(&shown.as_str()) {
            return Ok(());
        }
        let function = walk.sema.function(&node).filter(|it| walk.sema.is_of_workspace(*it));
        let function = function.ok_or_else(|| {
            format!("`{}` is passed on to `{shown}`, which needs its sync type", short(expr))
        })?;
        return carry_parameter(walk, function, index);
    }
    let call = ast::MethodCallExpr::cast(call).ok_or("a call is not complete")?;
    if let Some(taker) = renamed::taker(walk, &call) {
        return renamed::take(walk, &call, taker);
    }
    let name = call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
    let function = walk.sema.function(&CallNode::Method(call)).filter(|it| walk.sema.is_of_workspace(*it));
    let function = function
        .ok_or_else(|| format!("`{}` is passed on to `{name}`, which needs its sync type", short(expr)))?;
    carry_parameter(walk, function, index + 1)
}

fn pattern(walk: &mut Walk<'_, '_>, pat: Option<ast::Pat>) -> Result<(), String> {
    match pat {
        Some(ast::Pat::IdentPat(it)) if it.pat().is_none() => carry_variable(walk, &it),
        Some(ast::Pat::WildcardPat(_)) => Ok(()),
        Some(ast::Pat::RefPat(it)) => pattern(walk, it.pat()),
        Some(ast::Pat::TupleStructPat(it)) => {
            let name = it.path().and_then(|it| it.segment()).map(|it| it.syntax().text().to_string());
            match name.as_deref() {
                Some("Ok" | "Some") => {
                    it.fields().collect::<Vec<_>>().into_iter().try_for_each(|it| pattern(walk, Some(it)))
                }
                Some("Err") => Ok(()),
                _ => Err("a value is taken apart".to_owned()),
            }
        }
        Some(ast::Pat::PathPat(it)) if it.syntax().text() == "None" => Ok(()),
        _ => Err("a value is taken apart".to_owned()),
    }
}

/// Notes that a call is awaited; the function around it becomes async.
pub(super) fn wait(walk: &mut Walk<'_, '_>, call: &ast::Expr) -> Result<(), String> {
    let (file, whole) = place(walk, call.syntax())?;
    if walk.waits.iter().any(|it| it.file == file && it.whole == whole) {
        return Ok(());
    }
    let name = match call {
        ast::Expr::MethodCallExpr(it) => it.name_ref().map(|it| it.syntax().clone()),
        ast::Expr::CallExpr(it) => it.expr().map(|it| it.syntax().clone()),
        _ => None,
    };
    let (_, name) = place(walk, &name.ok_or("a call has no name")?)?;
    let body = body_around(walk, call.syntax(), name)?;
    walk.waits.push(Wait { file, whole, name, node: call.syntax().clone(), body });
    Ok(())
}

/// The body that a node waits in; the function around it becomes async.
fn body_around(walk: &mut Walk<'_, '_>, node: &SyntaxNode, name: TextRange) -> Result<Body, String> {
    let contexts = Contexts::new(walk.sema, walk.analysis.workspace.include.tests);
    match contexts.of(node) {
        Context::Async(body) => Ok(body),
        Context::Sync(function) => {
            walk.waits(function);
            walk.body_of(function)
        }
        _ => {
            let (file, _) = place(walk, node)?;
            Err(format!("a carried value waits where nothing can be awaited ({})", walk.place(file, name)))
        }
    }
}

/// Notes an await that is written already, at a node.
pub(super) fn waits_at(walk: &mut Walk<'_, '_>, node: &SyntaxNode, at: TextSize) -> Result<(), String> {
    let body = body_around(walk, node, TextRange::empty(at))?;
    call::can_await(walk, node, &body)
}

/// Brings a trait of `tokio::io` into scope where a method of it is called.
pub(super) fn import(walk: &mut Walk<'_, '_>, node: &SyntaxNode, name: &'static str) -> Result<(), String> {
    let (file, _) = place(walk, node)?;
    let tokio = crate_name(walk, file, "tokio")?;
    walk.imports.add((walk.sema, walk.analysis), node, &format!("{tokio}::io"), name)?;
    walk.draft.need(walk.analysis.workspace.files[file as usize].package, "tokio", "io-util");
    Ok(())
}

fn holder(walk: &Walk<'_, '_>, node: &SyntaxNode) -> Option<Function> {
    let around =
        node.ancestors().find(|it| matches!(it.kind(), SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR))?;
    walk.sema.function_at(&around)
}

pub(super) fn place(walk: &Walk<'_, '_>, node: &SyntaxNode) -> Result<(u32, TextRange), String> {
    walk.sema.source_range(node).ok_or_else(|| "a macro writes a use of the value".to_owned())
}
