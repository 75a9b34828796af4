//! Code that features, targets or `cfg` leave out of the build. It is not read.

use ra_ap_cfg::CfgExpr;
use ra_ap_syntax::{AstNode, SyntaxNode, ast, ast::HasAttrs};

use crate::resolve::Sema;

impl Sema<'_> {
    /// Whether an attribute around a node leaves it out.
    pub(crate) fn is_left_out(&self, node: &SyntaxNode) -> bool {
        let mut conditions = node
            .ancestors()
            .filter_map(ast::AnyHasAttrs::cast)
            .flat_map(|it| it.attrs().collect::<Vec<_>>())
            .filter_map(|it| match it.meta()? {
                ast::Meta::CfgMeta(it) => it.cfg_predicate(),
                _ => None,
            })
            .peekable();
        if conditions.peek().is_none() {
            return false;
        }
        let Some(scope) = self.sema.scope(node) else { return true };
        let options = scope.krate().cfg(self.db);
        conditions.any(|it| options.check(&CfgExpr::parse_from_ast(it)) == Some(false))
    }
}
