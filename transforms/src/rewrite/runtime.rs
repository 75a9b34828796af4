//! What runs the code in question, and what it offers to a rewrite.

use ra_ap_syntax::AstNode;
use retask_engine::Analysis;
use retask_engine::analysis::HandedTo;
use retask_engine::workspace::Dependency;

use super::draft::Draft;
use crate::case::Case;

/// How a closure gets to a pool, and its value back.
pub(crate) struct Pool {
    /// The path of the function.
    pub function: String,
    /// What follows the closing parenthesis of the call, without a `?`.
    pub suffix: &'static str,
    /// The function that makes a channel for one value, where the pool gives nothing back.
    pub channel: Option<String>,
}

/// The way to a pool in the package of a case; what it needs goes into the draft.
pub(crate) type ToPool = fn(&Case<'_, '_>, &mut Draft) -> Result<Pool, String>;

impl Pool {
    fn awaited(function: String, suffix: &'static str) -> Pool {
        Pool { function, suffix, channel: None }
    }
}

/// The name that code of a package uses for a crate, and the dependency.
pub(crate) fn dependency<'c>(case: &'c Case<'_, '_>, krate: &str) -> Option<(&'c str, &'c Dependency)> {
    let package = &case.analysis.workspace.packages[case.package()];
    let named = package.dependencies.iter().find(|(_, it)| it.package.replace('-', "_") == krate);
    named.map(|(name, dependency)| (name.as_str(), dependency))
}

/// The name that code uses for Tokio 1, or why Tokio cannot be used.
pub(crate) fn tokio<'c>(case: &'c Case<'_, '_>) -> Result<&'c str, String> {
    let package = &case.analysis.workspace.packages[case.package()];
    let Some((name, dependency)) = dependency(case, "tokio") else {
        return Err(format!("the package `{}` does not depend on tokio", package.name));
    };
    if !dependency.version.is_empty() && !dependency.version.starts_with("1.") {
        return Err(format!(
            "the package `{}` uses tokio {}, and only tokio 1 is known",
            package.name, dependency.version
        ));
    }
    if is_shadowed(case, name) {
        return Err(format!("`{name}` names something else here than the crate tokio"));
    }
    Ok(name)
}

/// The name that code of a package uses for Tokio 1, or why Tokio cannot be used.
pub(crate) fn tokio_of(analysis: &Analysis<'_>, package: usize) -> Result<String, String> {
    let package = &analysis.workspace.packages[package];
    let named = package.dependencies.iter().find(|(_, it)| it.package == "tokio");
    let (name, dependency) =
        named.ok_or_else(|| format!("the package `{}` does not depend on tokio", package.name))?;
    let is_one = dependency.version.is_empty() || dependency.version.starts_with("1.");
    is_one.then(|| name.clone()).ok_or_else(|| "only tokio 1 is known".to_owned())
}

fn is_shadowed(case: &Case<'_, '_>, name: &str) -> bool {
    let tree = case.sema.tree(case.entered.site.file);
    tree.syntax().descendants().filter_map(ra_ap_syntax::ast::Module::cast).any(|it| {
        use ra_ap_syntax::ast::HasName;
        it.name().is_some_and(|it| it.text() == name)
    })
}

/// Refuses what needs a Tokio runtime in a package whose code another one may run.
pub(crate) fn may_run_on_tokio(analysis: &Analysis<'_>, package: usize) -> Result<(), String> {
    match analysis.workspace.other_runtime(package) {
        Some((name, other)) => Err(format!(
            "the package `{name}` depends on the runtime `{other}`, on whose threads all that needs Tokio panics"
        )),
        None => Ok(()),
    }
}

/// Refuses what needs a Tokio runtime in a body that another executor runs, or may run: what spawns it tells, else the package.
pub(crate) fn runs_on_tokio(case: &Case<'_, '_>) -> Result<(), String> {
    const TOKIO: &[&str] =
        &["tokio", "tokio_util", "actix_rt", "actix_web", "actix", "tauri", "axum", "warp", "deno_core"];
    let body = &case.entered.body;
    let spawns =
        case.analysis.handovers().iter().filter(|it| it.to == HandedTo::Task && it.site.file == body.file);
    let mut is_spawned = false;
    for spawn in spawns {
        let Some(krate) = spawn.entry.map(|it| it.krate()) else { continue };
        let argument = case.sema.call_at(spawn.site).and_then(|it| it.args().into_iter().nth(spawn.argument));
        let range = argument.and_then(|it| case.sema.source_range(it.syntax()));
        if !range.is_some_and(|(_, range)| range.contains_range(body.range)) {
            continue;
        }
        if !TOKIO.contains(&krate) {
            return Err(format!(
                "`{}` runs this code, which is not a Tokio runtime (`{krate}`)",
                spawn.label
            ));
        }
        is_spawned = true;
    }
    if is_spawned { Ok(()) } else { may_run_on_tokio(case.analysis, case.package()) }
}

/// The way to the blocking pool in the package of a case; what it needs goes into the draft.
pub(crate) fn pool(case: &Case<'_, '_>, draft: &mut Draft) -> Result<Pool, String> {
    let refused = match tokio(case).and_then(|name| runs_on_tokio(case).map(|()| name)) {
        Ok(name) => {
            draft.need(case.package(), "tokio", "rt");
            let function = format!("{name}::task::spawn_blocking");
            return Ok(Pool::awaited(function, ".await.expect(\"the blocking task panicked\")"));
        }
        Err(reason) => reason,
    };
    const OTHERS: &[(&str, &str, &str)] = &[
        ("actix_web", "web::block", ".await.expect(\"the blocking task panicked\")"),
        ("async_std", "task::spawn_blocking", ".await"),
        ("smol", "unblock", ".await"),
        ("blocking", "unblock", ".await"),
    ];
    let known =
        OTHERS.iter().find_map(|(krate, path, suffix)| Some((dependency(case, krate)?.0, path, suffix)));
    match known {
        Some((name, path, suffix)) if dependency(case, "tokio").is_none() => {
            Ok(Pool::awaited(format!("{name}::{path}"), suffix))
        }
        _ => Err(refused),
    }
}

/// Whether the package of a case can use rayon.
pub(crate) fn has_rayon(case: &Case<'_, '_>) -> bool {
    dependency(case, "rayon").is_some_and(|(name, _)| !is_shadowed(case, name)) && tokio(case).is_ok()
}

/// The way to rayon's pool: a job answers over a oneshot, and a panic in it goes on where the answer is awaited.
pub(crate) fn rayon(case: &Case<'_, '_>, draft: &mut Draft) -> Result<Pool, String> {
    let tokio = tokio(case)?;
    let (name, _) = dependency(case, "rayon").ok_or("the package does not depend on rayon")?;
    draft.need(case.package(), "tokio", "sync");
    draft.title("run the work on rayon's pool and await its answer");
    Ok(Pool {
        function: format!("{name}::spawn"),
        suffix: "",
        channel: Some(format!("{tokio}::sync::oneshot::channel")),
    })
}
