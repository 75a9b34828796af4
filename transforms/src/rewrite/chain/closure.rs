//! Closures that run where they stand, opened so that their code can be awaited: those of `Option` and `Result` become a
//! `match`, those of an iterator that is used up at once a loop.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasArgList};
use retask_engine::alive::guard_in_arguments;
use retask_engine::context::Body;

use super::Walk;

/// The arms of the `match` that a method with a closure stands for. `{p}` is the closure's parameter, `{b}` its body.
struct Arms {
    name: &'static str,
    option: [&'static str; 2],
    result: [&'static str; 2],
}

const ARMS: &[Arms] = &[
    Arms {
        name: "map",
        option: ["Some({p}) => Some({b})", "None => None"],
        result: ["Ok({p}) => Ok({b})", "Err(error) => Err(error)"],
    },
    Arms {
        name: "and_then",
        option: ["Some({p}) => {b}", "None => None"],
        result: ["Ok({p}) => {b}", "Err(error) => Err(error)"],
    },
    Arms {
        name: "unwrap_or_else",
        option: ["None => {b}", "Some(value) => value"],
        result: ["Err({p}) => {b}", "Ok(value) => value"],
    },
    Arms {
        name: "or_else",
        option: ["None => {b}", "Some(value) => Some(value)"],
        result: ["Err({p}) => {b}", "Ok(value) => Ok(value)"],
    },
    Arms { name: "is_some_and", option: ["Some({p}) => {b}", "None => false"], result: ["", ""] },
    Arms { name: "is_ok_and", option: ["", ""], result: ["Ok({p}) => {b}", "Err(_) => false"] },
];

/// Opens the closure between a node and its body.
pub(super) fn open(walk: &mut Walk<'_, '_>, node: &SyntaxNode, body: &Body) -> Result<(), String> {
    let is_body = |it: &SyntaxNode| walk.sema.source_range(it) == Some((body.file, body.range));
    let inside: Vec<SyntaxNode> = walk.sema.ancestors(node).skip(1).take_while(|it| !is_body(it)).collect();
    let closures: Vec<ast::ClosureExpr> = inside.into_iter().filter_map(ast::ClosureExpr::cast).collect();
    let refused = "a call stands in a sync closure, where nothing can be awaited";
    let [closure] = closures.as_slice() else { return Err(refused.to_owned()) };
    let list = closure.syntax().parent().filter(|it| it.kind() == SyntaxKind::ARG_LIST);
    let call = list.and_then(|it| it.parent()).and_then(ast::MethodCallExpr::cast).ok_or(refused)?;
    let (file, range) = place(walk, closure.syntax())?;
    if !walk.opened.insert((file, range)) {
        return Ok(());
    }
    let inner = closure.body().ok_or(refused)?;
    if let Some(leaves) = leaves_closure(inner.syntax()) {
        return Err(format!(
            "a call stands in a closure that {leaves} leaves, which a `match` or a loop in its place would not do alike"
        ));
    }
    let opened = Opened::of(walk, &call, closure)?;
    let receiver = call.receiver().ok_or(refused)?;
    let ty = walk.sema.ty(&receiver).filter(|it| !it.contains_unknown()).ok_or(refused)?;
    if let Some(guard) = guard_in_arguments(walk.sema, receiver.syntax()) {
        return Err(guard);
    }
    if walk.sema.is_iterator(&ty) {
        if !walk.sema.is_send(&ty) {
            return Err("an iterator that is not `Send` would live over the new await".to_owned());
        }
        return over_items(walk, &call, &opened);
    }
    let arms = ARMS.iter().find(|it| it.name == opened.method).ok_or(refused)?;
    let arms = match () {
        () if walk.sema.is_named(&ty, "Option") => arms.option,
        () if walk.sema.is_named(&ty, "Result") => arms.result,
        () => [""; 2],
    };
    if arms[0].is_empty() {
        return Err(refused.to_owned());
    }
    opened.matched(walk, &call, arms)
}

/// A method call with one closure, as ranges of the file.
pub(super) struct Opened {
    file: u32,
    /// From the dot of the method to the closure's body, and from that body's end to the end of the call.
    before: TextRange,
    after: TextRange,
    whole: TextRange,
    method: String,
    parameter: String,
    /// The body is a block already.
    is_block: bool,
}

impl Opened {
    fn of(
        walk: &mut Walk<'_, '_>,
        call: &ast::MethodCallExpr,
        closure: &ast::ClosureExpr,
    ) -> Result<Opened, String> {
        let args = call.arg_list().map_or(0, |it| it.args().count());
        let method = call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
        let params: Vec<ast::Param> = closure.param_list().into_iter().flat_map(|it| it.params()).collect();
        if args != 1 || params.len() > 1 || params.iter().any(|it| it.ty().is_some()) {
            return Err(format!("a call stands in the closure of `{method}`, which is not taken apart"));
        }
        let (file, whole) = place(walk, call.syntax())?;
        let receiver = call.receiver().ok_or("a method has no receiver")?;
        let inner_receiver = receiver.clone();
        let (_, receiver) = place(walk, receiver.syntax())?;
        let (_, body) = place(walk, closure.body().ok_or("a closure has no body")?.syntax())?;
        // `(0..n).for_each(…)`: a loop over a range needs no parentheses.
        let parens = walk.sema.ty(&inner_receiver).is_some_and(|it| walk.sema.is_iterator(&it))
            && matches!(inner_receiver, ast::Expr::ParenExpr(_));
        let one = ra_ap_syntax::TextSize::of('(');
        if parens {
            walk.draft.replace(walk.analysis, file, TextRange::at(receiver.start(), one), "");
        }
        let receiver = if parens { TextRange::new(receiver.start(), receiver.end() - one) } else { receiver };
        let parameter = params.first().map_or("_".to_owned(), |it| it.syntax().text().to_string());
        Ok(Opened {
            file,
            before: TextRange::new(receiver.end(), body.start()),
            after: TextRange::new(body.end(), whole.end()),
            whole,
            method,
            parameter,
            is_block: matches!(closure.body(), Some(ast::Expr::BlockExpr(_))),
        })
    }

    /// Asks for the `match`, in parentheses where more follows it.
    fn matched(
        self,
        walk: &mut Walk<'_, '_>,
        call: &ast::MethodCallExpr,
        arms: [&'static str; 2],
    ) -> Result<(), String> {
        const ENDS: &[SyntaxKind] = &[
            SyntaxKind::LET_STMT,
            SyntaxKind::STMT_LIST,
            SyntaxKind::ARG_LIST,
            SyntaxKind::EXPR_STMT,
            SyntaxKind::RETURN_EXPR,
            SyntaxKind::RECORD_EXPR_FIELD,
            SyntaxKind::MATCH_EXPR,
            SyntaxKind::MATCH_ARM,
            SyntaxKind::LET_EXPR,
            SyntaxKind::IF_EXPR,
            SyntaxKind::WHILE_EXPR,
            SyntaxKind::FOR_EXPR,
            SyntaxKind::BREAK_EXPR,
            SyntaxKind::PAREN_EXPR,
        ];
        let assigns = |it: &SyntaxNode| {
            let op = ast::BinExpr::cast(it.clone()).and_then(|it| it.op_kind());
            matches!(op, Some(ast::BinaryOp::Assignment { .. }))
        };
        let parent = call.syntax().parent().filter(|it| !ENDS.contains(&it.kind()) && !assigns(it));
        let goes_on = parent.map(|it| place(walk, &it)).transpose()?.map(|it| it.1);
        walk.matches.push(Match { opened: self, arms, goes_on });
        Ok(())
    }
}

/// A `match` to write, once it is known what else is opened.
pub(super) struct Match {
    opened: Opened,
    arms: [&'static str; 2],
    /// What the value is used in.
    goes_on: Option<TextRange>,
}

/// Writes the `match`es. One that is what another matches on needs no parentheses.
fn write_matches(walk: &mut Walk<'_, '_>) -> Result<(), String> {
    let matches = std::mem::take(&mut walk.matches);
    for it in &matches {
        let opened = &it.opened;
        let (head, tail) = it.arms[0].split_once("{b}").ok_or("an arm has no body")?;
        let is_matched = |range: TextRange| {
            matches.iter().any(|it| it.opened.file == opened.file && it.opened.whole == range)
        };
        let parens = it.goes_on.is_some_and(|it| !is_matched(it));
        let (open, close) = if parens { ("(match ", "})") } else { ("match ", "}") };
        let head = head.replace("{p}", &opened.parameter);
        walk.heads.push((opened.file, opened.whole, open.to_owned()));
        walk.draft.replace(walk.analysis, opened.file, opened.before, format!(" {{ {head}"));
        walk.draft.replace(
            walk.analysis,
            opened.file,
            opened.after,
            format!("{tail}, {} {close}", it.arms[1]),
        );
    }
    Ok(())
}

/// An iterator whose items are used up in the same expression becomes a loop.
fn over_items(walk: &mut Walk<'_, '_>, call: &ast::MethodCallExpr, opened: &Opened) -> Result<(), String> {
    let file = opened.file;
    let parameter = &opened.parameter;
    walk.per_item = true;
    if opened.method == "for_each" {
        let statement = call.syntax().parent().filter(|it| it.kind() == SyntaxKind::EXPR_STMT);
        let statement = statement.ok_or("a call stands in the closure of `for_each`, whose value is used")?;
        let end = place(walk, &statement)?.1.end();
        walk.heads.push((file, opened.whole, format!("for {parameter} in ")));
        let after = TextRange::new(opened.after.start(), end);
        let (open, close) = if opened.is_block { (" ", "") } else { (" { ", "; }") };
        walk.draft.replace(walk.analysis, file, opened.before, open);
        walk.draft.replace(walk.analysis, file, after, close);
        return Ok(());
    }
    let refused = || {
        format!(
            "a call stands in the closure of `{}` of an iterator, which is not used up in the same place",
            opened.method
        )
    };
    if matches!(opened.method.as_str(), "any" | "all") {
        let (at_first, condition, then) =
            if opened.method == "any" { ("false", "", "true") } else { ("true", "!", "false") };
        let head = format!("{{ let mut found = {at_first}; for {parameter} in ");
        walk.heads.push((file, opened.whole, head));
        let (open, close) = if condition.is_empty() { ("", "") } else { ("(", ")") };
        walk.draft.replace(walk.analysis, file, opened.before, format!(" {{ if {condition}{open}"));
        walk.draft.replace(
            walk.analysis,
            file,
            opened.after,
            format!("{close} {{ found = {then}; break; }} }} found }}"),
        );
        return Ok(());
    }
    let collect = call.syntax().parent().and_then(ast::MethodCallExpr::cast).ok_or_else(refused)?;
    let is_collect = collect.name_ref().is_some_and(|it| it.text() == "collect");
    if !is_collect || !matches!(opened.method.as_str(), "map" | "filter_map") {
        return Err(refused());
    }
    let (_, collected) = place(walk, collect.syntax())?;
    let ty = walk.sema.ty(&collect.clone().into()).ok_or_else(refused)?;
    let fails = walk.sema.is_named(&ty, "Result") || walk.sema.is_named(&ty, "Option");
    if !walk.sema.mentions_named(&ty, "alloc", "Vec") || !(fails || walk.sema.is_named(&ty, "Vec")) {
        return Err("a call stands in the closure of an iterator that is collected into another collection than a `Vec`".to_owned());
    }
    let tried = collect.syntax().parent().filter(|it| it.kind() == SyntaxKind::TRY_EXPR);
    let (end, push_end) = match (fails, tried) {
        (false, _) => (collected.end(), ""),
        (true, Some(tried)) => (place(walk, &tried)?.1.end(), "?"),
        (true, None) => {
            return Err(
                "a call stands in the closure of an iterator whose first error is kept as a value".to_owned()
            );
        }
    };
    let (push, close) = match opened.method.as_str() {
        "map" => ("items.push(", ");"),
        _ => ("items.extend(", ");"),
    };
    walk.heads.push((file, opened.whole, format!("{{ let mut items = Vec::new(); for {parameter} in ")));
    walk.draft.replace(walk.analysis, file, opened.before, format!(" {{ {push}"));
    walk.draft.replace(
        walk.analysis,
        file,
        TextRange::new(opened.after.start(), end),
        format!("{push_end}{close} }} items }}"),
    );
    Ok(())
}

/// What makes code leave a closure before its end, in words.
fn leaves_closure(body: &SyntaxNode) -> Option<&'static str> {
    body.descendants().find_map(|it| match it.kind() {
        SyntaxKind::TRY_EXPR => Some("a `?`"),
        SyntaxKind::RETURN_EXPR => Some("a `return`"),
        _ => None,
    })
}

fn place(walk: &Walk<'_, '_>, node: &SyntaxNode) -> Result<(u32, TextRange), String> {
    walk.sema.source_range(node).ok_or_else(|| "a macro holds the closure".to_owned())
}

/// Writes the `match`es, and what stands before the opened calls: where several begin at one place, the outermost first.
pub(super) fn write(walk: &mut Walk<'_, '_>) -> Result<(), String> {
    write_matches(walk)?;
    let mut heads = std::mem::take(&mut walk.heads);
    heads.sort_by_key(|(file, whole, _)| (*file, whole.start(), std::cmp::Reverse(whole.end())));
    let mut rest = heads.as_slice();
    while let Some((file, whole, _)) = rest.first() {
        let same = rest.iter().take_while(|it| it.0 == *file && it.1.start() == whole.start()).count();
        let text: String = rest[..same].iter().map(|it| it.2.as_str()).collect();
        walk.draft.insert(walk.analysis, *file, whole.start(), &text);
        rest = &rest[same..];
    }
    Ok(())
}
