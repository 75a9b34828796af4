//! Whether a function may become async, and its new head.

use ra_ap_syntax::{AstNode, SyntaxNode, T, TextRange, ast, ast::HasAttrs};
use retask_engine::context::is_main;
use retask_engine::functions::{Home, Method};
use retask_engine::resolve::Function;

use super::Walk;
use crate::rewrite::runtime::tokio_of;

/// Attributes that mean the same on an async function.
const SAME: &[&str] = &[
    "doc",
    "inline",
    "must_use",
    "allow",
    "expect",
    "warn",
    "deny",
    "forbid",
    "cfg",
    "deprecated",
    "cold",
    "instrument",
    "test",
    "ignore",
    "should_panic",
    "rustfmt::skip",
    "allow_internal_unstable",
];

/// Refuses a function that cannot become async.
pub(super) fn accept(walk: &Walk<'_, '_>, function: Function) -> Result<(), String> {
    let label = walk.sema.label(function);
    let (file, declared) = walk
        .sema
        .declaration(function)
        .ok_or_else(|| format!("`{label}` is not declared in this workspace"))?;
    let place = || walk.place(file, declared.syntax().text_range());
    walk.body_of(function)?;
    if is_main(&declared) {
        return Err(format!("`main` leads to it as well ({}), and stays sync", place()));
    }
    if declared.const_token().is_some() {
        return Err(format!("`{label}` is a `const fn` ({})", place()));
    }
    if declared.abi().is_some() {
        return Err(format!("`{label}` is an `extern fn` ({}), which other languages call", place()));
    }
    match walk.sema.home(function) {
        Home::Own => {}
        Home::Library(of) if of == "Drop" => {
            return Err(format!("`{label}` is a destructor ({}), where nothing can be awaited", place()));
        }
        Home::Library(of) => {
            return Err(format!(
                "`{label}` is a method of the trait `{of}` of a library ({}), and stays sync",
                place()
            ));
        }
        Home::Trait(method) => of_trait(walk, &method, &label)?,
    }
    attributes(&declared, &label)?;
    parameters(walk, function, &label)?;
    api(walk, function)
}

/// Refuses a change of what others may call.
pub(super) fn api(walk: &Walk<'_, '_>, function: Function) -> Result<(), String> {
    let label = walk.sema.label(function);
    let (file, declared) = walk.sema.declaration(function).ok_or("a function has no source")?;
    let place = || walk.place(file, declared.syntax().text_range());
    let workspace = walk.analysis.workspace;
    let package = walk.package(file);
    let root = walk.sema.root_file(function).map(|it| workspace.files[it as usize].path.as_str());
    let is_api =
        package.library.is_some() && package.library.as_deref() == root && walk.sema.is_exported(function);
    if is_api && !workspace.may_change_api {
        return Err(format!(
            "`{label}` is public API of the library `{}` ({}), which others may call: `--public` allows the change",
            package.name,
            place()
        ));
    }
    Ok(())
}

fn attributes(declared: &ast::Fn, label: &str) -> Result<(), String> {
    let is_known = |name: &String| {
        let last = name.rsplit("::").next().unwrap_or_default();
        (SAME.contains(&name.as_str()) || SAME.contains(&last)) && !name.ends_with("::test")
    };
    match attributes_of(declared.syntax()).into_iter().find(|it| !is_known(it)) {
        Some(name) => Err(format!(
            "what the attribute `#[{name}]` of `{label}` does with an async function is not known"
        )),
        None => Ok(()),
    }
}

/// A parameter lives over every await of an async function, and its future may be spawned.
fn parameters(walk: &Walk<'_, '_>, function: Function, label: &str) -> Result<(), String> {
    match walk.sema.parameter_not_send(function) {
        Some(ty) => {
            Err(format!("`{label}` takes `{ty}`, which is not `Send`, and would live over the new await"))
        }
        None => Ok(()),
    }
}

fn of_trait(walk: &Walk<'_, '_>, method: &Method, label: &str) -> Result<(), String> {
    let blocks = walk.sema.blocks_of(method);
    let written = |it: &SyntaxNode| has_attribute(it, "async_trait");
    let all = blocks.iter().all(written);
    if blocks.iter().any(written) && !all {
        return Err(format!("`#[async_trait]` stands on a part of what makes `{}`", method.of));
    }
    if !all {
        least_rust(walk, method.declared, 75, "async methods of traits need")?;
    }
    if !all && let Some((file, range)) = walk.sema.as_dyn(method) {
        let place = walk.place(file, range);
        return Err(format!(
            "`dyn {}` is used ({place}), and async methods need `#[async_trait]` for that",
            method.of
        ));
    }
    let strange = blocks.iter().flat_map(attributes_of).find(|it| {
        let known = [
            "doc",
            "allow",
            "expect",
            "warn",
            "cfg",
            "async_trait",
            "async_trait::async_trait",
            "diagnostic::on_unimplemented",
        ];
        !known.contains(&it.as_str())
    });
    match strange {
        Some(name) => Err(format!("what `#[{name}]` makes of `{label}` is not known")),
        None => Ok(()),
    }
}

/// Refuses what is newer than the least version of Rust that the package of a function promises to build with.
pub(super) fn least_rust(
    walk: &Walk<'_, '_>,
    function: Function,
    needed: u64,
    what: &str,
) -> Result<(), String> {
    let (file, _) = walk.sema.declaration(function).ok_or("a function has no source")?;
    let package = walk.package(file);
    match package.least_rust.filter(|it| *it < needed) {
        Some(least) => {
            Err(format!("{what} Rust 1.{needed}, and `{}` promises to build with 1.{least}", package.name))
        }
        None => Ok(()),
    }
}

fn attributes_of(node: &SyntaxNode) -> Vec<String> {
    let attrs =
        ast::AnyHasAttrs::cast(node.clone()).map(|it| it.attrs().collect::<Vec<_>>()).unwrap_or_default();
    let name = |it: ast::Attr| {
        let text = it.syntax().text().to_string();
        let name = text.trim_start_matches(['#', '[']).trim_end_matches(']').to_owned();
        name.split(['(', '=']).next().unwrap_or_default().trim().to_owned()
    };
    attrs.into_iter().map(name).collect()
}

fn has_attribute(node: &SyntaxNode, wanted: &str) -> bool {
    attributes_of(node).iter().any(|it| it.rsplit("::").next() == Some(wanted))
}

/// A function that nothing calls is called by what is not seen: a macro, a framework, another program.
pub(super) fn is_used(walk: &Walk<'_, '_>, function: Function, is_called: bool) -> Result<(), String> {
    let (file, declared) = walk.sema.declaration(function).ok_or("a function has no source")?;
    let of_trait = matches!(walk.sema.home(function), Home::Trait(_));
    let may_be_api = walk.analysis.workspace.may_change_api && walk.sema.is_exported(function);
    if is_called || of_trait || may_be_api || has_attribute(declared.syntax(), "test") {
        return Ok(());
    }
    let label = walk.sema.label(function);
    let place = walk.place(file, declared.syntax().text_range());
    Err(format!(
        "nothing in the workspace calls `{label}` ({place}), so that who would await it is not known"
    ))
}

/// Writes `async` before a function, and makes a test one of Tokio's.
pub(super) fn head(walk: &mut Walk<'_, '_>, function: Function) -> Result<(), String> {
    let (file, declared) = walk.sema.declaration(function).ok_or("a function has no source")?;
    let range = |node: &SyntaxNode| {
        let place = walk.sema.source_range(node).filter(|(it, _)| *it == file);
        place.map(|(_, range)| range).ok_or("a macro writes a function of the chain")
    };
    let whole = range(declared.syntax())?;
    let base = declared.syntax().text_range().start();
    let tokens = declared.syntax().children_with_tokens().filter_map(|it| it.into_token());
    let first = tokens.into_iter().find(|it| matches!(it.kind(), T![unsafe] | T![fn]));
    let at = whole.start() + (first.ok_or("a function has no `fn`")?.text_range().start() - base);
    if let Some(test) = declared.attrs().find(|it| it.syntax().text() == "#[test]") {
        let package = walk.analysis.workspace.files[file as usize].package;
        let tokio = tokio_of(walk.analysis, package)?;
        let attr = range(test.syntax())?;
        walk.draft.replace(walk.analysis, file, attr, format!("#[{tokio}::test]"));
        for feature in ["macros", "rt"] {
            walk.draft.need(package, "tokio", feature);
        }
    }
    match generic_declaration(walk, function, &declared) {
        Some(returned) => {
            let (range, text) = returned?;
            walk.draft.replace(walk.analysis, file, range, text);
        }
        None => walk.draft.insert(walk.analysis, file, at, "async "),
    }
    Ok(())
}

/// How a trait declares a method that code calls through a type parameter: the future is `Send`, which an `async fn` does not say.
/// Gives the range from the parameters' end up to the semicolon, and the text there.
fn generic_declaration(
    walk: &Walk<'_, '_>,
    function: Function,
    declared: &ast::Fn,
) -> Option<Result<(TextRange, String), String>> {
    let Home::Trait(method) = walk.sema.home(function) else { return None };
    let is_declaration = method.declared == function;
    let plain = walk.sema.blocks_of(&method).iter().all(|it| !has_attribute(it, "async_trait"));
    let through_parameter = walk.analysis.callers(function).next().is_some();
    let seen = walk.sema.is_exported(function);
    if !is_declaration || !plain || !(through_parameter || seen) {
        return None;
    }
    let text = || -> Result<(TextRange, String), String> {
        if declared.body().is_some() {
            return Err(format!(
                "the trait `{}` has a body for `{}`, and whether its future is `Send` cannot be said",
                method.of,
                walk.sema.label(function)
            ));
        }
        let params = declared.param_list().ok_or("a method has no parameters")?;
        let ret = declared.ret_type();
        let output =
            ret.as_ref().and_then(|it| it.ty()).map_or("()".to_owned(), |it| it.syntax().text().to_string());
        let place = |node: &SyntaxNode| walk.sema.source_range(node).ok_or("a macro writes the trait");
        let start = place(params.syntax())?.1.end();
        let end = ret.map_or(Ok(start), |it| place(it.syntax()).map(|it| it.1.end()))?;
        let text = format!(" -> impl std::future::Future<Output = {output}> + Send");
        Ok((TextRange::new(start, end), text))
    };
    Some(text())
}
