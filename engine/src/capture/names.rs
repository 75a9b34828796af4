//! The names of owned values: none that something else goes by.

use ra_ap_syntax::{AstNode, SyntaxNode, ast, ast::HasName};

use super::taking::Taking;
use super::{Capture, How, in_one_line};
use crate::own::is_owning;

impl Taking<'_, '_> {
    pub(super) fn name(&self, place: &ast::Expr) -> String {
        if let ast::Expr::MethodCallExpr(call) = place
            && !is_owning(call)
            && let Some(name) = call.name_ref()
        {
            let whole = place.syntax().text().to_string();
            let name = name.text().trim_start_matches("get_").to_owned();
            let is_taken = self.is_taken(place, &name);
            return if is_taken { whole.replace("()", "").replace('.', "_") } else { name };
        }
        let receiver = match place {
            ast::Expr::MethodCallExpr(it) => it.receiver(),
            ast::Expr::PrefixExpr(it) => it.expr(),
            _ => None,
        };
        let place = receiver.as_ref().unwrap_or(place);
        let text = &place.syntax().text().to_string();
        let name = match place {
            ast::Expr::FieldExpr(field) => {
                field.name_ref().map(|it| it.text().to_string()).filter(|it| !self.is_taken(place, it))
            }
            _ if self.base == "self" => Some("this".to_owned()),
            _ => Some(self.base.to_owned()),
        };
        let is_name = |it: &String| !it.starts_with(|c: char| c.is_ascii_digit());
        // A field that cannot give its name gives its whole place, as `self_root`.
        name.filter(is_name).unwrap_or_else(|| text.replace('.', "_"))
    }

    /// Whether a local goes by a name already, or a function that the work calls.
    fn is_taken(&self, place: &ast::Expr, name: &str) -> bool {
        let is_callee = |it: &ast::CallExpr| it.expr().is_some_and(|it| it.syntax().text() == name);
        let mut found = self.work.descendants().filter_map(ast::CallExpr::cast).any(|it| is_callee(&it));
        found |= self.is_hidden(place, name);
        if let Some(scope) = self.sema.sema.scope(place.syntax()) {
            scope.process_all_names(&mut |it, def| {
                found |= matches!(def, ra_ap_hir::ScopeDef::Local(_)) && it.as_str() == name;
            });
        }
        found
    }

    /// Whether the work binds a name itself before a use of a place, which could not go by that name there.
    fn is_hidden(&self, place: &ast::Expr, name: &str) -> bool {
        let bindings = self.work.descendants().filter_map(ast::IdentPat::cast);
        let ends = bindings.filter(|it| it.name().is_some_and(|it| it.text() == name)).map(|it| {
            let is_binding =
                |it: &SyntaxNode| ast::LetStmt::can_cast(it.kind()) || ast::LetExpr::can_cast(it.kind());
            let whole = it.syntax().ancestors().find(is_binding);
            whole.unwrap_or_else(|| it.syntax().clone()).text_range().end()
        });
        let Some(end) = ends.min() else { return false };
        let text = in_one_line(place);
        let places = self.work.descendants().filter_map(ast::Expr::cast);
        let mut after = places.filter(|it| it.syntax().text_range().start() >= end);
        after.any(|it| it.syntax().kind() == place.syntax().kind() && in_one_line(&it) == text)
    }
}

/// Gives a capture a name of its own among the others: two fields of one name go by their places.
pub(super) fn tell_apart(capture: &mut Capture, others: &[Capture]) -> Result<(), String> {
    let taken = |name: &str| {
        let binds = |it: &&Capture| it.how != How::Moved || capture.how != How::Moved;
        others.iter().filter(binds).any(|it| it.name == name)
    };
    if !taken(&capture.name) {
        return Ok(());
    }
    let whole = capture.place.replace('.', "_");
    let is_field = capture.place.contains('.') && whole.chars().all(|it| it.is_alphanumeric() || it == '_');
    if !is_field || taken(&whole) {
        return Err(format!("`{}` is used in several ways", capture.name));
    }
    capture.name = whole;
    Ok(())
}
