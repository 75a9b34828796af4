//! A join with a limit: a stream of the same futures that runs some of them at once.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast};
use retask_engine::analysis::Marked;
use retask_engine::place::indent_at;
use retask_engine::resolve::{CallNode, Sema};
use retask_engine::{Analysis, mentions};

use super::constant::Constant;
use super::draft::Draft;
use super::imports::Imports;
use super::meeting::meets;

const LIMIT: Constant<'_> = Constant {
    name: "MAX_CONCURRENT",
    value: 16,
    docs: &[
        "How many of these futures run at once. Choose it by what they share: the connections of a pool, the",
        "requests that a server answers at once, the memory that each holds.",
    ],
};

/// Gives the join a limit.
pub(crate) fn rewrite(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    join: &Marked,
    call: &CallNode,
) -> Result<Draft, String> {
    if let Some((name, ty)) = makers(sema, call).iter().find_map(|it| meets(sema, it)) {
        return Err(format!("`{name}` is a `{ty}`: a future could wait for one that has not begun"));
    }
    let mut draft = Draft::new("run some of the futures at once");
    draft.caveat("the futures run some at a time: none may wait for one that has not begun");
    match join.entry.name() {
        "new" => {
            Err("the futures are pushed one by one: where to wait for some of them is a choice".to_owned())
        }
        "join_all" | "try_join_all" => {
            as_stream(sema, analysis, join, call, &mut draft)?;
            Ok(draft)
        }
        name => {
            let (_, args) = sema.operands(call);
            let limit = args.first().ok_or("the call has no limit")?;
            let (file, range) = sema.source_range(limit.syntax()).ok_or("a macro writes the call")?;
            let constant = LIMIT.insert((sema, analysis), &mut draft, call.syntax())?;
            let takes_option = name.contains("for_each");
            draft.replace(
                analysis,
                file,
                range,
                if takes_option { format!("Some({constant})") } else { constant },
            );
            Ok(draft)
        }
    }
}

/// The code that makes the futures: the arguments of the join, and what is put into the list that is one.
fn makers(sema: &Sema<'_>, call: &CallNode) -> Vec<SyntaxNode> {
    let (receiver, args) = sema.operands(call);
    let given: Vec<ast::Expr> = receiver.into_iter().chain(args).collect();
    let mut makers: Vec<SyntaxNode> = given.iter().map(|it| it.syntax().clone()).collect();
    let body = call.syntax().ancestors().find(|it| it.kind() == SyntaxKind::FN);
    let lists = given.iter().filter_map(|it| match it {
        ast::Expr::PathExpr(path) => sema.local_declaration(path),
        _ => None,
    });
    for list in lists {
        makers.extend(list.syntax().parent().filter(|it| ast::LetStmt::can_cast(it.kind())));
        let uses = body.as_ref().and_then(|it| mentions::uses(sema, it, &list).ok()).unwrap_or_default();
        makers.extend(uses.iter().filter_map(|it| it.syntax().parent()));
    }
    makers
}

/// `join_all(futures).await` becomes a stream with a limit. It gives the results in the same order.
fn as_stream(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    join: &Marked,
    call: &CallNode,
    draft: &mut Draft,
) -> Result<(), String> {
    let refused = "the join is not awaited where it is made";
    let awaited = call.syntax().parent().and_then(ast::AwaitExpr::cast).ok_or(refused)?;
    let futures = call.args().into_iter().next().ok_or("the call has no futures")?;
    let (file, range) = sema.source_range(awaited.syntax()).ok_or("a macro writes the call")?;
    let (_, given) = sema.source_range(futures.syntax()).ok_or("a macro writes the futures")?;
    let krate = crate_of(analysis, file)?;
    let given_text = analysis.workspace.text(file, given);
    // All futures are made first, as before: a closure that makes them need not live in the stream.
    let is_lazy = sema.ty(&futures).is_some_and(|it| sema.is_iterator(&it));
    let given_text =
        if is_lazy { format!("{given_text}.collect::<Vec<_>>()") } else { given_text.to_owned() };
    let is_try = join.entry.name() == "try_join_all";
    let mut imports = Imports::default();
    for name in if is_try { &["StreamExt as _", "TryStreamExt as _"][..] } else { &["StreamExt as _"] } {
        imports.add((sema, analysis), call.syntax(), &krate, name)?;
    }
    imports.write(analysis, draft);
    let limit = LIMIT.insert((sema, analysis), draft, call.syntax())?;
    let collect = if is_try { "try_collect" } else { "collect" };
    let unused = awaited.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::EXPR_STMT);
    let buffered = if unused && !is_try { "buffer_unordered" } else { "buffered" };
    let text = &analysis.workspace.files[file as usize].text;
    let indent = indent_at(text, range.start().into());
    let step = format!("\n{indent}    ");
    let stream = format!(
        "{krate}::stream::iter({given_text}){step}.{buffered}({limit}){step}.{collect}::<Vec<_>>(){step}.await"
    );
    draft.replace(analysis, file, range, stream);
    if is_try {
        draft.caveat("an error shows when its turn comes, and not at once");
    }
    Ok(())
}

/// The name of the crate with streams, as the package of a file calls it.
fn crate_of(analysis: &Analysis<'_>, file: u32) -> Result<String, String> {
    let package = &analysis.workspace.packages[analysis.workspace.files[file as usize].package];
    let named = |wanted: &str| package.dependencies.iter().find(|(_, it)| it.package == wanted);
    let found = named("futures").or_else(|| named("futures-util"));
    let refused = || format!("the package `{}` depends on neither futures nor futures-util", package.name);
    found.map(|(name, _)| name.clone()).ok_or_else(refused)
}
