//! What holds a lock, with all its uses: variables, fields, results of functions, statics.

use ra_ap_hir::{Field, FieldSource, Function, Static};
use ra_ap_ide_db::defs::Definition;
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasArgList, ast::HasName};

use super::flow::{Flow, Holder, Step};
use crate::mentions;

impl<'a> Flow<'_, 'a> {
    /// A variable or a parameter: its origin, and all its uses.
    pub(super) fn local(&mut self, pat: ast::IdentPat) {
        let Some(outer) = pat.syntax().ancestors().find(|it| !ast::Pat::can_cast(it.kind())) else { return };
        let ty = match outer.kind() {
            SyntaxKind::LET_STMT => ast::LetStmt::cast(outer.clone()).and_then(|it| it.ty()),
            SyntaxKind::PARAM => ast::Param::cast(outer.clone()).and_then(|it| it.ty()),
            _ => None,
        };
        self.found.holders.push(Holder::Local { pat: pat.clone(), ty });
        self.origin(&pat, &outer);
        let is_scope =
            |it: &SyntaxNode| matches!(it.kind(), SyntaxKind::FN | SyntaxKind::STATIC | SyntaxKind::CONST);
        let Some(scope) = self.sema.ancestors(pat.syntax()).find(is_scope) else {
            return self.other(pat.syntax(), "a variable stands in no function");
        };
        match mentions::uses(self.sema, &scope, &pat) {
            Ok(uses) => self.steps.extend(uses.into_iter().map(|it| Step::To(it.syntax().clone()))),
            Err(reason) => self.other(pat.syntax(), reason),
        }
    }

    pub(super) fn field(&mut self, field: Field) {
        let Some(source) = self.sema.sema.source(field) else { return };
        let (name, ty) = match source.value {
            FieldSource::Named(it) => (it.name().map(|it| it.syntax().clone()), it.ty()),
            FieldSource::Pos(it) => (it.ty().map(|it| it.syntax().clone()), it.ty()),
        };
        let (Some(name), Some(ty)) = (name, ty) else { return };
        if !self.is_new(3, &name) {
            return;
        }
        let name_of_field = name.clone();
        self.found.holders.push(Holder::Field { name, ty: ty.clone() });
        if self.sema.is_positional(field) {
            return self.positional(field, &ty);
        }
        let Some(uses) = self.sema.uses_of(Definition::Field(field)) else {
            self.other(ty.syntax(), "the uses of a field are not known");
            return;
        };
        let label = format!("{}", name_of_field.text());
        for name in uses {
            if self.is_read(&name, &label) {
                self.use_of_field(&name);
            }
        }
    }

    /// A field without a name: its uses are looked for in the module that can see it.
    pub(super) fn positional(&mut self, field: Field, ty: &ast::Type) {
        let Some(uses) = self.sema.uses_of_positional(field) else {
            return self.other(ty.syntax(), "a public field without a name holds it");
        };
        for node in uses {
            match ast::CallExpr::cast(node.clone()) {
                Some(call) => {
                    let index = field.index();
                    let given = call.arg_list().and_then(|it| it.args().nth(index));
                    self.steps.extend(given.map(Step::From));
                }
                None if node.kind() == SyntaxKind::FIELD_EXPR => self.steps.push(Step::To(node)),
                None => {
                    self.bound(ast::TupleStructPat::cast(node).and_then(|it| it.fields().nth(field.index())))
                }
            }
        }
    }

    pub(super) fn use_of_field(&mut self, name: &SyntaxNode) {
        let Some(parent) = name.parent() else { return };
        match parent.kind() {
            SyntaxKind::FIELD_EXPR => self.steps.push(Step::To(parent)),
            SyntaxKind::RECORD_EXPR_FIELD => {
                let value = ast::RecordExprField::cast(parent).and_then(|it| it.expr());
                self.steps.extend(value.map(Step::From));
            }
            // A short field `S { total }` names the variable as well.
            SyntaxKind::PATH_SEGMENT => {
                let value = parent.ancestors().find_map(ast::PathExpr::cast);
                self.steps.extend(value.map(|it| Step::From(it.into())));
            }
            SyntaxKind::RECORD_PAT_FIELD => {
                self.bound(ast::RecordPatField::cast(parent).and_then(|it| it.pat()));
            }
            SyntaxKind::IDENT_PAT => self.bound(ast::IdentPat::cast(parent).map(ast::Pat::from)),
            _ => self.other(name, "a field is used in a way that is not followed"),
        }
    }

    pub(super) fn result(&mut self, function: Function) {
        let Some((_, declared)) = self.sema.declaration(function) else { return };
        let Some(ty) = declared.ret_type().and_then(|it| it.ty()) else { return };
        if !self.is_new(4, ty.syntax()) {
            return;
        }
        self.found.holders.push(Holder::Result { function, ty });
        if let Some(body) = declared.body() {
            self.all_from(body.tail_expr().into_iter());
            let returns = body.syntax().descendants().filter_map(ast::ReturnExpr::cast);
            self.all_from(returns.filter_map(|it| it.expr()));
        }
        for call in self.calls_of(function) {
            let expr = call.expr().filter(|it| self.is_held_by(it));
            self.steps.extend(expr.map(|it| Step::To(it.syntax().clone())));
        }
    }

    pub(super) fn static_(&mut self, it: Static) {
        let Some(declared) = self.sema.sema.source(it).map(|it| it.value) else { return };
        let (Some(name), Some(ty)) = (declared.name(), declared.ty()) else { return };
        if !self.is_new(5, name.syntax()) {
            return;
        }
        self.found.holders.push(Holder::Static { name: name.syntax().clone(), ty });
        let uses = self.sema.uses_of(Definition::Static(it)).unwrap_or_default();
        let paths = uses.iter().filter(|it| !it.ancestors().any(|it| it.kind() == SyntaxKind::USE));
        let paths = paths.filter_map(|it| it.ancestors().find_map(ast::PathExpr::cast));
        self.steps.extend(paths.map(|it| Step::To(it.syntax().clone())).collect::<Vec<_>>());
    }
}
