//! How the work names what it has taken along.

use ra_ap_syntax::{AstNode, SyntaxKind, TextRange, ast};

use super::{Capture, How};
use crate::loops::call_and_name;
use crate::resolve::{CallNode, Sema};
use crate::types::Owning;

/// The whole field of a literal where it would be written `path: path`.
pub(super) fn named_field(sema: &Sema<'_>, place: &ast::Expr, replacement: &str) -> Option<TextRange> {
    let field = ast::RecordExprField::cast(place.syntax().parent()?)?;
    let is_same = field.name_ref().is_some_and(|it| it.text() == replacement);
    Some(sema.source_range(field.syntax()).filter(|_| is_same)?.1)
}

/// An owned value as the reference that it was made from. Where a value is passed on, a plain `&` becomes that reference by itself.
fn lent(capture: &Capture, parent: Option<SyntaxKind>) -> String {
    let name = &capture.name;
    if parent == Some(SyntaxKind::FORMAT_ARGS_ARG) {
        return name.clone();
    }
    match capture.how {
        How::Owned(Owning::ToOwned) if parent != Some(SyntaxKind::ARG_LIST) => format!("{name}.as_str()"),
        How::Owned(Owning::ToPathBuf) if parent != Some(SyntaxKind::ARG_LIST) => format!("{name}.as_path()"),
        How::Owned(Owning::ToOsString) if parent != Some(SyntaxKind::ARG_LIST) => {
            format!("{name}.as_os_str()")
        }
        How::Owned(Owning::ToVec) if parent != Some(SyntaxKind::ARG_LIST) => format!("{name}.as_slice()"),
        _ => format!("&{name}"),
    }
}

/// A text that is borrowed for a parameter of any type must be a `str` again where its trait asks for that very type, as `Borrow` does.
pub(super) fn exactly(sema: &Sema<'_>, place: &ast::Expr, text: String, capture: &Capture) -> String {
    const ANY_TEXT: &[&str] = &["AsRef", "Display", "ToString", "Into", "Debug"];
    let is_text = sema.ty(place).is_some_and(|it| it.strip_references().is_str());
    if !is_text || text != format!("&{}", capture.name) {
        return text;
    }
    let bounds = bounds_of_argument(sema, place).unwrap_or_default();
    let is_exact = !bounds.is_empty() && !bounds.iter().any(|it| ANY_TEXT.contains(&it.as_str()));
    if is_exact { format!("{}.as_str()", capture.name) } else { text }
}

/// The traits that a function asks of the argument which an expression is, where its type is free.
fn bounds_of_argument(sema: &Sema<'_>, argument: &ast::Expr) -> Option<Vec<String>> {
    let list = ast::ArgList::cast(argument.syntax().parent()?)?;
    let index = list.args().position(|it| it == *argument)?;
    let (call, _) = call_and_name(&list.syntax().parent()?)?;
    let function = sema.function(&call)?;
    let index = index + usize::from(matches!(call, CallNode::Method(_)));
    let param = function.assoc_fn_params(sema.db).into_iter().nth(index)?.ty().as_type_param(sema.db)?;
    let name = |it: ra_ap_hir::Trait| it.name(sema.db).as_str().to_owned();
    Some(param.trait_bounds(sema.db).into_iter().map(name).collect())
}

/// The text for a use of a place whose owned value goes by a name. A value that was borrowed is borrowed again where it is
/// passed on.
pub(super) fn replacement(place: &ast::Expr, capture: &Capture, text: &str) -> Result<String, String> {
    if capture.how == How::Moved {
        return Ok(text.to_owned());
    }
    let parent = place.syntax().parent().map(|it| it.kind());
    let is_receiver = matches!(
        parent,
        Some(
            SyntaxKind::REF_EXPR
                | SyntaxKind::FIELD_EXPR
                | SyntaxKind::INDEX_EXPR
                | SyntaxKind::METHOD_CALL_EXPR
        )
    );
    match parent {
        Some(SyntaxKind::PREFIX_EXPR) if capture.borrowed => {
            Err(format!("`{text}` is dereferenced in the work"))
        }
        _ if capture.borrowed && !is_receiver => Ok(lent(capture, parent)),
        _ => Ok(capture.name.clone()),
    }
}
