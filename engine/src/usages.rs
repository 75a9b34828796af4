//! Where the workspace names a field or a function.

use std::collections::BTreeSet;

use ra_ap_hir::{Field, FieldSource, Function, HasCrate, HasVisibility, ModuleDef, PathResolution};
use ra_ap_ide_db::defs::Definition;
use ra_ap_ide_db::search::{SearchScope, UsageSearchResult};
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast};

use crate::index::Index;
use crate::resolve::{CallNode, Sema};
use crate::target::Target;
use crate::tokens;
use crate::workspace::Workspace;

impl<'a> Sema<'a> {
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
        self.uses_of(Definition::Field(self.field(place)?))
    }

    /// The declaration of the field of a workspace struct that a literal gives a value.
    pub fn declared_record_field(&self, given: &ast::RecordExprField) -> Option<ast::RecordField> {
        let (field, _, _) = self.sema.resolve_record_field(given)?;
        if !self.world.is_member(field.parent_def(self.db).module(self.db).krate(self.db)) {
            return None;
        }
        match self.sema.source(field)?.value {
            FieldSource::Named(it) => Some(it),
            FieldSource::Pos(_) => None,
        }
    }

    /// The names in the workspace that stand for a field.
    pub fn uses_of_declared(&self, declared: &ast::RecordField) -> Option<Vec<SyntaxNode>> {
        self.uses_of(Definition::Field(self.sema.to_def(declared)?))
    }

    /// The names in the workspace that stand for a function.
    pub fn uses_of_function(
        &self,
        workspace: &Workspace,
        index: &Index,
        function: Function,
    ) -> Option<Vec<SyntaxNode>> {
        let name = function.name(self.db).as_str().to_owned();
        // Each place of its name takes types: of those that are calls the syntax tells whether it can be one of this function.
        let is_named_alone = |text: &str| {
            let mut behind = tokens::words(text, &name).map(|at| text[at + name.len()..].trim_start());
            behind.any(|it| !it.starts_with('('))
        };
        let files = (0..).zip(&workspace.files);
        let naming = files.filter(|(_, it)| is_named_alone(&it.text)).map(|(file, _)| file);
        let target = Target::of(self.db, function);
        let files = target.sites(index).map(|it| it.file).chain(naming).collect();
        self.uses_in_files(function, files)
    }

    /// The function that a node declares.
    pub fn function_at(&self, node: &SyntaxNode) -> Option<Function> {
        self.sema.to_def(&ast::Fn::cast(node.clone())?)
    }

    /// Whether a function is declared in the workspace.
    pub fn is_of_workspace(&self, function: Function) -> bool {
        self.world.is_member(function.krate(self.db))
    }

    /// The names that stand for a function in files that may call it, as far as syntax tells: where another function has its name, each
    /// place of that name takes types.
    pub(crate) fn uses_in_calls(&self, function: Function, index: &Index) -> Option<Vec<SyntaxNode>> {
        let target = Target::of(self.db, function);
        self.uses_in_files(function, target.sites(index).map(|it| it.file).collect())
    }

    fn uses_in_files(&self, function: Function, files: BTreeSet<u32>) -> Option<Vec<SyntaxNode>> {
        let file = |it: u32| self.sema.attach_first_edition(self.world.files[it as usize]);
        let files: Vec<_> = files.into_iter().map(file).collect();
        self.uses_in(Definition::Function(function), Some(&SearchScope::files(&files)))
    }

    pub(crate) fn uses_of(&self, definition: Definition<'a>) -> Option<Vec<SyntaxNode>> {
        self.uses_in(definition, None)
    }

    fn uses_in(&self, definition: Definition<'a>, scope: Option<&SearchScope>) -> Option<Vec<SyntaxNode>> {
        let found = self.usages(definition, scope);
        let mut files: Vec<_> =
            found.iter().map(|(file, uses)| (self.world.file(file.file_id(self.db)), uses)).collect();
        files.sort_by_key(|it| it.0);
        let nodes =
            files.into_iter().flat_map(|(_, uses)| uses).map(|it| it.name.syntax().as_node().cloned());
        nodes.collect()
    }

    /// What rust-analyzer finds of a definition, by its name.
    pub(crate) fn usages(
        &self,
        definition: Definition<'a>,
        scope: Option<&SearchScope>,
    ) -> UsageSearchResult {
        match definition {
            Definition::Function(it) => self.world.asked.function(&Target::of(self.db, it).look),
            other => other.name(self.db).iter().for_each(|it| self.world.asked.name(it.as_str())),
        }
        definition.usages(&self.sema).set_scope(scope).all()
    }

    /// The field of a workspace struct or variant that an argument of its constructor fills.
    pub(crate) fn constructed_field(&self, call: &CallNode, index: usize) -> Option<Field> {
        let CallNode::Path(call) = call else { return None };
        let ast::Expr::PathExpr(path) = call.expr()? else { return None };
        let fields = self.fields_of(&path.path()?)?;
        let field = fields.into_iter().nth(index)?;
        self.world.is_member(field.parent_def(self.db).module(self.db).krate(self.db)).then_some(field)
    }

    /// Whether a field goes by its position.
    pub(crate) fn is_positional(&self, field: Field) -> bool {
        field.name(self.db).as_str().starts_with(|c: char| c.is_ascii_digit())
    }

    /// Where a private field without a name is given a value, taken out by a pattern, or named: calls of the constructor, patterns and
    /// field expressions of the module that can see it. `None` where others can see it too.
    pub(crate) fn uses_of_positional(&self, field: Field) -> Option<Vec<SyntaxNode>> {
        let home = field.parent_def(self.db).module(self.db);
        if field.visibility(self.db) == ra_ap_hir::Visibility::Public {
            return None;
        }
        let position = field.index().to_string();
        let mut found = Vec::new();
        for file in 0..self.world.files.len() as u32 {
            let tree = self.tree(file);
            let module = self.sema.scope(tree.syntax()).map(|it| it.module());
            if !module.is_some_and(|it| it.path_to_root(self.db).contains(&home)) {
                continue;
            }
            self.world.asked.file(file);
            for node in tree.syntax().descendants() {
                let is_use = match node.kind() {
                    SyntaxKind::FIELD_EXPR => {
                        let named = ast::FieldExpr::cast(node.clone())
                            .filter(|it| it.index_token().is_some_and(|it| it.text() == position));
                        named.is_some_and(|it| self.field(&it) == Some(field))
                    }
                    SyntaxKind::CALL_EXPR => ast::CallExpr::cast(node.clone()).is_some_and(|it| {
                        self.constructed_field(&CallNode::Path(it), field.index()) == Some(field)
                    }),
                    SyntaxKind::TUPLE_STRUCT_PAT => {
                        let path = ast::TupleStructPat::cast(node.clone()).and_then(|it| it.path());
                        path.and_then(|it| self.fields_of(&it)).is_some_and(|it| it.contains(&field))
                    }
                    _ => false,
                };
                found.extend(is_use.then_some(node));
            }
        }
        Some(found)
    }

    /// The fields of the struct or variant that a path names.
    fn fields_of(&self, path: &ast::Path) -> Option<Vec<Field>> {
        // The scope tells without a type.
        match self.sema.scope(path.syntax())?.speculative_resolve(path)? {
            PathResolution::Def(ModuleDef::EnumVariant(it)) => Some(it.fields(self.db)),
            PathResolution::Def(ModuleDef::Adt(ra_ap_hir::Adt::Struct(it))) => Some(it.fields(self.db)),
            PathResolution::SelfType(it) => match it.self_ty(self.db).as_adt()? {
                ra_ap_hir::Adt::Struct(it) => Some(it.fields(self.db)),
                _ => None,
            },
            _ => None,
        }
    }

    pub(crate) fn field(&self, place: &ast::FieldExpr) -> Option<Field> {
        let field = self.sema.resolve_field(place)?.left()?;
        self.world.is_member(field.parent_def(self.db).module(self.db).krate(self.db)).then_some(field)
    }
}

/// The type of a declaration, as a path with its last segment: `std::sync::Mutex<u64>`, through `Arc<…>` and its kin.
pub fn path_named(ty: &ast::Type, name: &str) -> Option<ast::Path> {
    let paths = ty.syntax().descendants().filter_map(ast::PathType::cast).filter_map(|it| it.path());
    paths.into_iter().find(|it| it.segment().and_then(|it| it.name_ref()).is_some_and(|it| it.text() == name))
}
