//! One call, resolved: what it calls, on what it runs, and what stands around it.

use ra_ap_hir::Function;
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};

use crate::catalogue::{Effect, Entry, Pool};
use crate::context::{Context, Contexts, Role};
use crate::index::Site;
use crate::resolve::{CallNode, Callee, Sema};
use crate::startup::is_before_serving;

/// A call, resolved.
#[derive(Clone, Debug)]
pub struct Resolved {
    pub site: Site,
    pub name: TextRange,
    /// The whole call, as it is written; the name alone where a macro puts it together.
    pub range: TextRange,
    pub label: String,
    pub callee: Callee,
    pub context: Context,
    pub at_startup: bool,
    /// A loop of the same function or body stands around the call.
    pub in_loop: bool,
    /// For an offload: the functions around it whose closure parameter it passes on, with the parameter's index.
    pub wrapper: Option<(Function, usize, Pool)>,
    pub argument: usize,
    /// The function is passed on as a value, and not called here.
    pub is_value: bool,
    /// The name of the call, where a macro writes it.
    pub written: Option<String>,
}

/// Resolves a call; `None` where that fails or where it calls a library item that the catalogue does not know.
pub(crate) fn resolve_site(
    sema: &Sema<'_>,
    contexts: &Contexts<'_, '_>,
    site: Site,
    call: &CallNode,
) -> Option<Resolved> {
    let token = sema.token(site)?;
    if sema.is_left_out(&token.parent()?) {
        return None;
    }
    let name = token.text_range();
    let callee = sema.callee(call)?;
    if matches!(callee, Callee::Library(_)) {
        return None;
    }
    let context = contexts.of_call(call);
    let label = match callee {
        Callee::Entry(entry) => entry.path.to_owned(),
        Callee::Workspace(function) | Callee::Library(function) => sema.label(function),
    };
    let at_startup = matches!(&context, Context::Async(body) if is_before_serving(sema, site, body));
    let (wrapper, argument) = match callee {
        Callee::Entry(Entry { effect: Effect::Offloads(pool), .. }) => {
            (wrapper_around(sema, contexts, call, *pool), handed_over(call))
        }
        _ => (None, handed_over(call)),
    };
    let is_value = matches!(call, CallNode::Value(_));
    let in_loop = is_in_loop(sema, call.syntax());
    let is_written = |name: &SyntaxNode| sema.source_range(name).is_none();
    let written = call.name().filter(is_written).map(|it| it.text().to_string());
    let range = sema.source_range(call.syntax()).map_or(name, |(_, range)| range);
    Some(Resolved {
        site,
        range,
        name,
        label,
        callee,
        context,
        at_startup,
        in_loop,
        wrapper,
        argument,
        is_value,
        written,
    })
}

/// The argument that is work: the last closure, async block or path among the arguments.
fn handed_over(call: &CallNode) -> usize {
    let args = call.args();
    let is_work = |it: &ast::Expr| matches!(it, ast::Expr::ClosureExpr(_) | ast::Expr::BlockExpr(_));
    args.iter().rposition(is_work).unwrap_or(args.len().saturating_sub(1))
}

/// The function around an offload that hands over a closure which it was given.
fn wrapper_around(
    sema: &Sema<'_>,
    contexts: &Contexts<'_, '_>,
    call: &CallNode,
    pool: Pool,
) -> Option<(Function, usize, Pool)> {
    let holder = sema.sema.ancestors_with_macros(call.syntax().clone()).find_map(ast::Fn::cast)?;
    let function = sema.sema.to_def(&holder)?;
    let params = holder.param_list()?.params().count();
    let index = (0..params).find(|index| contexts.role_of_param(function, *index, 4) == Role::Pool(pool))?;
    Some((function, index, pool))
}

pub(crate) fn is_in_loop(sema: &Sema<'_>, node: &SyntaxNode) -> bool {
    sema.ancestors(node)
        .take_while(|it| !matches!(it.kind(), SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR))
        .any(|it| matches!(it.kind(), SyntaxKind::LOOP_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::FOR_EXPR))
}
