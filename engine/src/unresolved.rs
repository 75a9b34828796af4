//! Names that lead nowhere, and awaits of what is no future: whether a new text means what it says.

use std::ops::Range;

use ra_ap_hir::HasCrate;
use ra_ap_syntax::{AstNode, SyntaxNode, TextRange, ast};

use crate::analysis::Analysis;
use crate::index::Site;
use crate::resolve::Sema;

impl Analysis<'_> {
    /// The paths in some ranges of a file that do not resolve, each as far as it is wrong: `ghost` of `ghost::f`, and `std::ghost` whole.
    /// What lies in a dependency that is not loaded is not known, and not listed. Ranges are in bytes.
    pub fn unresolved(&self, file: u32, ranges: &[Range<usize>]) -> Vec<String> {
        let ask = |sema: &Sema<'_>| {
            let tree = sema.tree(file);
            let inside = |it: &ast::Path| is_within(it.syntax().text_range(), ranges);
            let paths = tree.syntax().descendants().filter_map(ast::Path::cast);
            let whole = paths.filter(|it| it.parent_path().is_none() && is_value_or_type(it.syntax()));
            let mut names: Vec<String> =
                whole.filter(inside).filter_map(|it| self.wrong_part(sema, file, &it)).collect();
            names.sort();
            names.dedup();
            names
        };
        self.workspace.at(Site { file, offset: 0 }, || self.with_sema(ask))
    }

    /// What is awaited in some ranges of a file and is no future: plain values and those of std. Ranges are in bytes.
    pub fn awaited_in_vain(&self, file: u32, ranges: &[Range<usize>]) -> Vec<String> {
        let ask = |sema: &Sema<'_>| {
            let tree = sema.tree(file);
            let inside =
                |it: &ast::AwaitExpr| it.await_token().is_some_and(|it| is_within(it.text_range(), ranges));
            let awaits = tree.syntax().descendants().filter_map(ast::AwaitExpr::cast).filter(inside);
            let awaited = awaits.filter_map(|it| it.expr()).filter(|it| sema.is_no_future(it));
            awaited.map(|it| it.syntax().text().to_string()).collect()
        };
        self.workspace.at(Site { file, offset: 0 }, || self.with_sema(ask))
    }

    fn wrong_part(&self, sema: &Sema<'_>, file: u32, path: &ast::Path) -> Option<String> {
        if sema.sema.resolve_path(path).is_some() {
            return None;
        }
        let head = path.first_qualifier_or_self();
        let scope = sema.sema.scope(path.syntax())?;
        if scope.speculative_resolve(&head).is_some() && head != *path {
            return Some(path.syntax().text().to_string());
        }
        let head = head.syntax().text().to_string();
        let package = &self.workspace.packages[self.workspace.files[file as usize].package];
        (!package.dependencies.contains_key(&head)).then_some(head)
    }
}

impl Sema<'_> {
    /// Whether a value is plain or of std, and of a type that is known and no future.
    fn is_no_future(&self, expr: &ast::Expr) -> bool {
        self.ty(expr).is_some_and(|ty| {
            let is_std = ty.as_adt().is_some_and(|it| it.krate(self.db).is_builtin(self.db));
            let is_plain = is_std || ty.is_scalar() || ty.is_unit();
            is_plain && !ty.contains_unknown() && ty.into_future_output(self.db).is_none()
        })
    }
}

fn is_within(range: TextRange, ranges: &[Range<usize>]) -> bool {
    let range = Range::<usize>::from(range);
    ranges.iter().any(|it| it.start <= range.start && range.end <= it.end)
}

/// Not the path of an import, of an attribute or of a macro, which other questions answer.
fn is_value_or_type(path: &SyntaxNode) -> bool {
    let parent = path.parent();
    parent.is_some_and(|it| {
        ast::PathExpr::can_cast(it.kind())
            || ast::PathType::can_cast(it.kind())
            || ast::RecordExpr::can_cast(it.kind())
    })
}
