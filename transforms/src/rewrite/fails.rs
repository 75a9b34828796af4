//! Work that ends early: a `?` in it leaves the closure that it moves into, and is repeated outside.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast};
use retask_engine::capture::Work;
use retask_engine::types::Type;

use super::offload::{A_TRY, leaves};
use crate::case::Case;

/// What the `?`s in work fail with.
pub(crate) struct Fails<'a> {
    /// The type that a `?` is applied to: a `Result` or an `Option`.
    tried: Type<'a>,
    /// The closure's type, as `std::io::Result<_>`.
    pub result: String,
    /// How a plain value is made into that type: `Ok` or `Some`.
    pub wrap: &'static str,
}

impl<'a> Fails<'a> {
    /// `None` where nothing in the work ends it early. What cannot leave a closure is refused.
    pub fn of(case: &Case<'_, 'a>, work: &Work) -> Result<Option<Fails<'a>>, String> {
        let mut fails: Option<Fails<'a>> = None;
        for node in work.descendants() {
            match leaves(&node, &work.node) {
                Some(A_TRY) => {
                    let tried = ast::TryExpr::cast(node).and_then(|it| it.expr());
                    Fails::meet(&mut fails, case, work, tried)?;
                }
                Some(word) => return Err(format!("the work holds {word}, which cannot leave a closure")),
                None => Fails::of_macro(&mut fails, case, work, &node)?,
            }
        }
        Ok(fails)
    }

    /// The same for work whose last expression is the value of the whole body: each `?` makes its error into that of the body, in the
    /// closure as before.
    pub fn of_whole(case: &Case<'_, 'a>, work: &Work, value: Type<'a>) -> Result<Option<Fails<'a>>, String> {
        let leaving: Vec<&str> = work.descendants().filter_map(|it| leaves(&it, &work.node)).collect();
        match leaving.iter().find(|it| **it != A_TRY) {
            Some(word) => Err(format!("the work holds {word}, which cannot leave a closure")),
            None if leaving.is_empty() => Ok(None),
            None => {
                let fails = Fails::with(case, work, value)?;
                let result = written_result(&work.node).unwrap_or(fails.result);
                Ok(Some(Fails { result, ..fails }))
            }
        }
    }

    /// What a macro makes of its arguments can end the work as well: `bail!(..)` returns an error.
    fn of_macro(
        fails: &mut Option<Fails<'a>>,
        case: &Case<'_, 'a>,
        work: &Work,
        node: &SyntaxNode,
    ) -> Result<(), String> {
        let mut around = node.ancestors().take_while(|it| *it != work.node);
        let call = ast::MacroCall::cast(node.clone()).filter(|_| !around.any(|it| is_body(&it)));
        let Some(expanded) = call.and_then(|it| case.sema.expansion(&it)) else { return Ok(()) };
        for node in expanded.descendants() {
            match (leaves(&node, &expanded), ast::ReturnExpr::cast(node.clone())) {
                (Some(A_TRY), _) => {
                    let tried = ast::TryExpr::cast(node).and_then(|it| it.expr());
                    Fails::meet(fails, case, work, tried)?;
                }
                (_, Some(it)) if is_error(&it) => Fails::meet(fails, case, work, it.expr())?,
                (Some(word), _) => {
                    return Err(format!("a macro in the work holds {word}, which cannot leave a closure"));
                }
                (None, _) => Fails::of_macro(fails, case, work, &node)?,
            }
        }
        Ok(())
    }

    /// All that ends the work early fails with the same type of error.
    fn meet(
        fails: &mut Option<Fails<'a>>,
        case: &Case<'_, 'a>,
        work: &Work,
        tried: Option<ast::Expr>,
    ) -> Result<(), String> {
        let ty = tried.and_then(|it| case.sema.ty(&it)).ok_or("the type of a `?` is not known")?;
        match fails {
            Some(known) if known.is_same(case, &ty) => {}
            Some(_) => return Err("the work holds `?` on errors of several types".to_owned()),
            None => *fails = Some(Fails::with(case, work, ty)?),
        }
        Ok(())
    }

    fn with(case: &Case<'_, 'a>, work: &Work, tried: Type<'a>) -> Result<Fails<'a>, String> {
        if tried.is_unknown() {
            return Err("the type of a `?` is not known".to_owned());
        }
        let (wrap, result) = match case.sema.error_of(&tried) {
            Some(None) => ("Some", "Option<_>".to_owned()),
            Some(Some(_)) if case.sema.is_io_result(&tried) => ("Ok", "std::io::Result<_>".to_owned()),
            Some(Some(error)) => {
                let known = !error.contains_unknown() && case.sema.is_static(&error);
                if !(known && case.sema.is_send(&error)) {
                    return Err(
                        "the error of a `?` in the work cannot come back from another thread".to_owned()
                    );
                }
                let shown = case.sema.source_code(&error, &work.node);
                let shown = shown.ok_or("the error of a `?` in the work has no name here")?;
                ("Ok", format!("{}<_, {shown}>", case.sema.std_result(&work.node)))
            }
            None => return Err("the work holds a `?` on neither a `Result` nor an `Option`".to_owned()),
        };
        Ok(Fails { tried, result, wrap })
    }

    /// Whether a value of a type fails as the work does.
    pub fn is_same(&self, case: &Case<'_, 'a>, ty: &Type<'a>) -> bool {
        match (case.sema.error_of(&self.tried), case.sema.error_of(ty)) {
            (Some(Some(one)), Some(Some(other))) => one == other,
            (Some(None), Some(None)) => true,
            _ => false,
        }
    }
}

/// The type that the function around a node says it gives, where a closure can say the same.
fn written_result(node: &SyntaxNode) -> Option<String> {
    let is_async_block =
        |it: &SyntaxNode| ast::BlockExpr::cast(it.clone()).is_some_and(|it| it.async_token().is_some());
    let function = node.ancestors().take_while(|it| !is_async_block(it)).find_map(ast::Fn::cast)?;
    let written = function.ret_type()?.ty()?.syntax().text().to_string();
    let is_plain = !["impl ", "'", "&"].iter().any(|it| written.contains(it));
    is_plain.then_some(written)
}

/// Whether code is left by a `return` in it for itself.
fn is_body(node: &SyntaxNode) -> bool {
    matches!(node.kind(), SyntaxKind::CLOSURE_EXPR | SyntaxKind::FN)
        || ast::BlockExpr::cast(node.clone()).is_some_and(|it| it.async_token().is_some())
}

/// `return Err(..)`, by whichever path.
fn is_error(it: &ast::ReturnExpr) -> bool {
    let Some(ast::Expr::CallExpr(call)) = it.expr() else { return false };
    call.expr().is_some_and(|it| it.syntax().text().to_string().rsplit("::").next() == Some("Err"))
}
