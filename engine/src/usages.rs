//! Where the workspace names a field.

use ra_ap_hir::{Field, FieldSource};
use ra_ap_ide_db::defs::Definition;
use ra_ap_syntax::{AstNode, SyntaxNode, ast};

use crate::resolve::Sema;

impl Sema<'_> {
    /// The declaration of the field of a workspace struct that an expression names.
    pub fn declared_field(&self, place: &ast::FieldExpr) -> Option<ast::RecordField> {
        let field = self.field(place)?;
        match self.sema.source(field)?.value {
            FieldSource::Named(it) => Some(it),
            FieldSource::Pos(_) => None,
        }
    }

    /// The names in the workspace that stand for the field which an expression names: in expressions, patterns and literals.
    pub fn uses_of_field(&self, place: &ast::FieldExpr) -> Option<Vec<SyntaxNode>> {
        let found = Definition::Field(self.field(place)?).usages(&self.sema).all();
        let mut files: Vec<_> =
            found.iter().map(|(file, uses)| (self.world.file(file.file_id(self.db)), uses)).collect();
        files.sort_by_key(|it| it.0);
        let nodes =
            files.into_iter().flat_map(|(_, uses)| uses).map(|it| it.name.syntax().as_node().cloned());
        nodes.collect()
    }

    fn field(&self, place: &ast::FieldExpr) -> Option<Field> {
        let field = self.sema.resolve_field(place)?.left()?;
        self.world.is_member(field.parent_def(self.db).module(self.db).krate(self.db)).then_some(field)
    }
}

/// The type of a declaration, as a path with its last segment: `std::sync::Mutex<u64>`, through `Arc<…>` and its kin.
pub fn path_named(ty: &ast::Type, name: &str) -> Option<ast::Path> {
    let paths = ty.syntax().descendants().filter_map(ast::PathType::cast).filter_map(|it| it.path());
    paths.into_iter().find(|it| it.segment().and_then(|it| it.name_ref()).is_some_and(|it| it.text() == name))
}
