//! Declarations whose sync type becomes the async one: variables, parameters, results and fields, each with all its uses.

use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasGenericArgs, ast::HasVisibility,
};
use retask_engine::mentions;
use retask_engine::resolve::{CallNode, Function};
use retask_engine::usages::path_named;

use super::carried::{flow, place, visit, visit_if_kin};
use super::kin::Kin;
use super::needs::ask;
use super::{Walk, function};

/// A local or a parameter: where it comes from, and all its uses.
pub(super) fn carry_variable(walk: &mut Walk<'_, '_>, pat: &ast::IdentPat) -> Result<(), String> {
    let (file, range) = place(walk, pat.syntax())?;
    if !walk.declared.insert((file, range)) {
        return Ok(());
    }
    let outer = pat
        .syntax()
        .ancestors()
        .find(|it| !ast::Pat::can_cast(it.kind()))
        .ok_or("a variable is not complete")?;
    match outer.kind() {
        SyntaxKind::PARAM => {
            let list = outer.parent().ok_or("a parameter is not complete")?;
            let holder = list.parent();
            // What gave the value to the closure follows its uses.
            if holder.as_ref().is_some_and(|it| it.kind() == SyntaxKind::CLOSURE_EXPR) {
                return Ok(());
            }
            let function = holder.filter(|it| it.kind() == SyntaxKind::FN);
            let function = function.ok_or("a closure takes the value, whose type would change")?;
            let function = walk.sema.function_at(&function).ok_or("a function is not known")?;
            let index = ast::ParamList::cast(list).and_then(|it| {
                let has_self = usize::from(it.self_param().is_some());
                it.params().position(|it| *it.syntax() == outer).map(|at| at + has_self)
            });
            carry_parameter(walk, function, index.ok_or("a parameter is not complete")?)?;
        }
        SyntaxKind::LET_STMT => {
            let statement = ast::LetStmt::cast(outer.clone()).ok_or("a variable is not complete")?;
            statement.ty().map_or(Ok(()), |it| declared_type(walk, &it))?;
            statement.initializer().map_or(Ok(()), |it| flow(walk, &it))?;
        }
        SyntaxKind::LET_EXPR => {
            let matched = ast::LetExpr::cast(outer.clone()).and_then(|it| it.expr());
            flow(walk, &matched.ok_or("a condition is not complete")?)?;
        }
        SyntaxKind::MATCH_ARM => {
            let matched = outer.ancestors().find_map(ast::MatchExpr::cast).and_then(|it| it.expr());
            flow(walk, &matched.ok_or("a `match` is not complete")?)?;
        }
        _ => return Err("a value is bound in a way that is not followed".to_owned()),
    }
    let scope =
        outer.ancestors().find(|it| it.kind() == SyntaxKind::FN).ok_or("a variable stands in no function")?;
    let uses = mentions::uses(walk.sema, &scope, pat)?;
    uses.into_iter().try_for_each(|it| visit(walk, &it.into()))
}

/// A parameter by its index, `self` counted: its type, its uses, and what every caller gives.
pub(super) fn carry_parameter(
    walk: &mut Walk<'_, '_>,
    function: Function,
    index: usize,
) -> Result<(), String> {
    let label = walk.sema.label(function);
    let (_, declared) = walk.sema.declaration(function).ok_or("a function has no source")?;
    let list = declared.param_list().ok_or("a function has no parameters")?;
    let has_self = usize::from(list.self_param().is_some());
    let param = index.checked_sub(has_self).and_then(|it| list.params().nth(it));
    let param = param.ok_or_else(|| format!("`{label}` takes a value in a way that is not followed"))?;
    let (file, range) = place(walk, param.syntax())?;
    if !walk.declared.insert((file, range)) {
        return Ok(());
    }
    let ty = param.ty().ok_or("a parameter has no type")?;
    declared_type(walk, &ty).map_err(|_| {
        format!("`{label}` takes any `{}`, and other callers rely on that", ty.syntax().text())
    })?;
    function::api(walk, function)?;
    match param.pat() {
        Some(ast::Pat::IdentPat(pat)) => carry_variable(walk, &pat)?,
        Some(ast::Pat::WildcardPat(_)) => {}
        _ => return Err("a parameter is taken apart".to_owned()),
    }
    for call in calls_of(walk, function)? {
        let (receiver, args) = walk.sema.operands(&call);
        let given = receiver.into_iter().chain(args).nth(index);
        visit(walk, &given.ok_or("a call gives too little")?)?;
    }
    Ok(())
}

/// The result of a function: its type, each expression that gives it, and what callers do with it.
pub(super) fn carry_result(walk: &mut Walk<'_, '_>, function: Function) -> Result<(), String> {
    let label = walk.sema.label(function);
    let (_, declared) = walk.sema.declaration(function).ok_or("a function has no source")?;
    let ret =
        declared.ret_type().and_then(|it| it.ty()).ok_or_else(|| format!("`{label}` gives nothing back"))?;
    let (file, range) = place(walk, ret.syntax())?;
    if !walk.declared.insert((file, range)) {
        return Ok(());
    }
    declared_type(walk, &ret)?;
    function::api(walk, function)?;
    let body = declared.body().ok_or_else(|| format!("`{label}` has no body"))?;
    if let Some(tail) = body.tail_expr() {
        visit_if_kin(walk, &tail)?;
    }
    for it in body.syntax().descendants().filter_map(ast::ReturnExpr::cast) {
        let is_own =
            it.syntax().ancestors().find(|it| matches!(it.kind(), SyntaxKind::CLOSURE_EXPR | SyntaxKind::FN));
        if is_own.is_some_and(|it| it == *declared.syntax())
            && let Some(expr) = it.expr()
        {
            visit_if_kin(walk, &expr)?;
        }
    }
    for call in calls_of(walk, function)? {
        visit(walk, &call.expr().ok_or("a function is passed on as a value")?)?;
    }
    Ok(())
}

pub(super) fn carry_field(walk: &mut Walk<'_, '_>, field: &ast::FieldExpr) -> Result<(), String> {
    let declared = walk.sema.declared_field(field);
    carry_declared(walk, &declared.ok_or("a value is a field of no struct of the workspace")?)
}

pub(super) fn carry_declared(walk: &mut Walk<'_, '_>, declared: &ast::RecordField) -> Result<(), String> {
    let (file, range) = place(walk, declared.syntax())?;
    if !walk.declared.insert((file, range)) {
        return Ok(());
    }
    declared_type(walk, &declared.ty().ok_or("a field has no type")?)?;
    let package = walk.package(file);
    let is_public = declared.visibility().is_some_and(|it| it.syntax().text() == "pub");
    if is_public && package.library.is_some() && !walk.analysis.workspace.may_change_api {
        let place = walk.place(file, range);
        return Err(format!(
            "a value is a public field in the library `{}` ({place}): `--public` allows the change",
            package.name
        ));
    }
    let uses = walk.sema.uses_of_declared(declared).ok_or("the uses of a field are not known")?;
    for name in uses {
        let parent = name.parent().ok_or("a use of a field is not known")?;
        let expr = match parent.kind() {
            SyntaxKind::FIELD_EXPR => ast::Expr::cast(parent),
            SyntaxKind::RECORD_EXPR_FIELD => ast::RecordExprField::cast(parent).and_then(|it| it.expr()),
            SyntaxKind::PATH_SEGMENT => parent.ancestors().find_map(ast::PathExpr::cast).map(Into::into),
            _ => None,
        };
        visit(walk, &expr.ok_or("a pattern takes a value out of its struct")?)?;
    }
    Ok(())
}

/// The calls of a function, wherever it is used.
fn calls_of(walk: &Walk<'_, '_>, function: Function) -> Result<Vec<CallNode>, String> {
    let label = walk.sema.label(function);
    let uses = walk
        .sema
        .uses_of_function(walk.analysis.workspace, walk.analysis.index, function)
        .ok_or_else(|| format!("the calls of `{label}` are not known"))?;
    let call = |name: SyntaxNode| {
        let in_use = name.ancestors().any(|it| it.kind() == SyntaxKind::USE);
        let token = name.first_token().filter(|_| !in_use)?;
        Some(retask_engine::resolve::call_of(&token).filter(|it| it.expr().is_some()))
    };
    let calls: Option<Vec<CallNode>> = uses.into_iter().filter_map(call).collect();
    calls.ok_or_else(|| format!("`{label}` is passed on as a value"))
}

/// Writes the async type into a type.
pub(super) fn declared_type(walk: &mut Walk<'_, '_>, ty: &ast::Type) -> Result<(), String> {
    let named = |it: &'static Kin| path_named(ty, it.name).map(|path| (path, it));
    // `BufReader<File>` names two of them.
    let found: Vec<(ast::Path, &Kin)> = walk.kin().filter_map(named).collect();
    if found.iter().all(|it| it.1.module == "std::io") {
        return Err(format!("`{}` stands for a sync type by another name", ty.syntax().text()));
    }
    found.iter().try_for_each(|(path, kin)| new_type(walk, path, kin))
}

/// Replaces the path of a sync type.
pub(super) fn new_type(walk: &mut Walk<'_, '_>, path: &ast::Path, kin: &'static Kin) -> Result<(), String> {
    let (file, range) = place(walk, path.syntax())?;
    let end = path.segment().and_then(|it| it.generic_arg_list());
    let end = end.map_or(Ok(range.end()), |it| place(walk, it.syntax()).map(|it| it.1.start()))?;
    let name = ask(walk, file, kin)?;
    walk.draft.replace(
        walk.analysis,
        file,
        TextRange::new(range.start(), end),
        format!("{name}::{}", kin.to),
    );
    Ok(())
}
