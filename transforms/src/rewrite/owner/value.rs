//! What a critical section gives back: its value, the variables that are used after it, and a `return` or `?` that leaves it.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasName};
use retask_engine::again::is_used_after;
use retask_engine::capture::Capture;
use retask_engine::change::may_change;
use retask_engine::mentions;
use retask_engine::shared::says_static;
use retask_engine::types::Type;

use super::super::offload::{AN_AWAIT, leaves};
use super::cut::Cutting;
use super::region::{Guard, Leaves, Region, bound_by};

impl<'a> Cutting<'_, 'a> {
    /// What the section gives back, and what stands around the call for it.
    pub(super) fn value(&self, region: &Region, guard: &Guard, leaves: Leaves) -> Result<Value, String> {
        if region.ends_body() && leaves != Leaves::Never {
            let function = self.sema.holder_of(region.node()).ok_or("what a section returns is not known")?;
            let is_block = self.body_around(region.node()).is_none_or(|it| it.kind() != SyntaxKind::FN);
            if is_block {
                return Err("a section returns from an async block, whose type is not written".to_owned());
            }
            let ty = self.named(&self.sema.result_of(function))?;
            return Ok(Value { ty: Some(ty).filter(|it| it != "()"), ..Value::nothing() });
        }
        let mut value = match region {
            Region::Expr(it) => self.value_of_expr(it)?,
            Region::Rows { list, rows } => self.value_of_rows(list, rows, guard)?,
        };
        match leaves {
            Leaves::Tries => self.tries(region, &mut value)?,
            Leaves::Returns => self.returns(region, &mut value)?,
            Leaves::Never => {}
        }
        Ok(value)
    }

    pub(super) fn value_of_expr(&self, expr: &ast::Expr) -> Result<Value, String> {
        let ty = self.sema.ty(expr).ok_or("what a section gives is not known")?;
        let statement = expr.syntax().parent().filter(|it| it.kind() == SyntaxKind::EXPR_STMT);
        let has_end = statement.as_ref().is_some_and(|it| it.text().to_string().trim_end().ends_with(';'));
        let after = if statement.is_some() && !has_end { ";" } else { "" };
        if ty.is_unit() || ty.is_never() || statement.is_some() {
            let is_dropped = statement.is_some();
            return Ok(Value { after, is_dropped, ..Value::nothing() });
        }
        Ok(Value { ty: Some(self.named(&ty)?), ..Value::nothing() })
    }

    /// The variables that are used after the rows, and their value where they end a block.
    pub(super) fn value_of_rows(
        &self,
        list: &SyntaxNode,
        rows: &[SyntaxNode],
        guard: &Guard,
    ) -> Result<Value, String> {
        let last = rows.last().ok_or("a section is empty")?;
        if let Some(tail) = ast::Expr::cast(last.clone()) {
            let ty = self.sema.ty(&tail).ok_or("what a section gives is not known")?;
            let is_tail = list.last_child().as_ref() == Some(last);
            if is_tail && !ty.is_unit() {
                return Ok(Value { ty: Some(self.named(&ty)?), ..Value::nothing() });
            }
        }
        let end = last.text_range().end();
        let is_guard = |it: &ast::IdentPat| guard.variable.as_ref() == Some(it);
        let used = bound_by(rows).filter(|it| !is_guard(it) && is_used_after(self.sema, it, list, end));
        let used: Vec<ast::IdentPat> = used.collect();
        let mut types = Vec::new();
        for pat in &used {
            let ty = self.sema.type_of_binding(pat).ok_or("the type of a variable is not known")?;
            types.push(self.named(&ty)?);
        }
        let name = |it: &ast::IdentPat| it.name().map(|it| it.text().to_string()).unwrap_or_default();
        let names: Vec<String> = used.iter().map(name).collect();
        let mutable = |it: &ast::IdentPat| match self.is_changed_after(it, list, end) {
            true => format!("mut {}", name(it)),
            false => name(it),
        };
        let bound: Vec<String> = used.iter().map(mutable).collect();
        let after = ";";
        Ok(match names.as_slice() {
            [] => Value { after, ..Value::nothing() },
            [one] => Value {
                ty: Some(types.remove(0)),
                before: format!("let {} = ", bound[0]),
                after,
                outs: one.clone(),
                ..Value::nothing()
            },
            _ => Value {
                ty: Some(format!("({})", types.join(", "))),
                before: format!("let ({}) = ", bound.join(", ")),
                after,
                outs: format!("({})", names.join(", ")),
                ..Value::nothing()
            },
        })
    }

    /// Whether code after a place changes a variable.
    pub(super) fn is_changed_after(
        &self,
        pat: &ast::IdentPat,
        list: &SyntaxNode,
        end: ra_ap_syntax::TextSize,
    ) -> bool {
        let uses = mentions::uses(self.sema, list, pat).unwrap_or_default();
        pat.mut_token().is_some()
            && uses.iter().any(|it| it.syntax().text_range().start() >= end && may_change(self.sema, it))
    }

    /// A `?` leaves the method, and the caller repeats it.
    pub(super) fn tries(&self, region: &Region, value: &mut Value) -> Result<(), String> {
        let function = self.sema.holder_of(region.node()).ok_or("what a `?` leaves is not known")?;
        let of_block = self.body_around(region.node()).is_none_or(|it| it.kind() != SyntaxKind::FN);
        let inner = value.ty.clone().unwrap_or_else(|| "()".to_owned());
        let result = self.sema.result_of(function);
        let (ty, wrap) = match self.sema.error_of(&result) {
            _ if of_block => {
                return Err("a `?` of a section leaves an async block, whose type is not written".to_owned());
            }
            Some(None) => (format!("Option<{inner}>"), "Some"),
            Some(Some(error)) => {
                let error = self.named(&error)?;
                (format!("{}<{inner}, {error}>", self.sema.std_result(region.node())), "Ok")
            }
            None => return Err("a `?` of a section leaves a function of another type".to_owned()),
        };
        value.ty = Some(ty);
        value.wrap = Some(wrap);
        value.after = match value.after {
            ";" => "?;",
            _ => "?",
        };
        Ok(())
    }

    /// A `return` leaves the method with what is to be returned; a section that goes on gives nothing.
    pub(super) fn returns(&self, region: &Region, value: &mut Value) -> Result<(), String> {
        let refused = "a section returns from the middle of its function";
        let tries = region.descendants().any(|it| {
            matches!(it.kind(), SyntaxKind::TRY_EXPR | SyntaxKind::MACRO_CALL) && leaves_by_other(&it, region)
        });
        let is_fn = self.body_around(region.node()).is_some_and(|it| it.kind() == SyntaxKind::FN);
        if value.ty.is_some() || tries || !is_fn {
            return Err(refused.to_owned());
        }
        let function = self.sema.holder_of(region.node()).ok_or(refused)?;
        let ty = self.named(&self.sema.result_of(function))?;
        *value = Value {
            ty: Some(format!("Option<{ty}>")),
            before: "if let Some(value) = ".to_owned(),
            after: " { return value; }",
            outs: "None".to_owned(),
            returns: true,
            ..Value::nothing()
        };
        Ok(())
    }

    /// A type that goes through the channel, as the module of the owner writes it.
    pub(super) fn named(&self, ty: &Type<'a>) -> Result<String, String> {
        if ty.contains_unknown() {
            return Err("the type of what a section gives back is not known".to_owned());
        }
        let shown = self.sema.source_code(ty, &self.home);
        let shown = shown.filter(|it| !it.contains("impl ") && !it.contains('{'));
        let shown = shown.ok_or("the type of what a section gives back cannot be named")?;
        if !self.sema.is_static_but_for_parameters(ty) && !says_static(&shown) {
            return Err(format!("a section gives back a `{shown}`, which borrows"));
        }
        if !self.sema.is_send(ty) {
            return Err(format!("a section gives back a `{shown}`, which is not `Send`"));
        }
        Ok(shown)
    }
}

/// Whether a `?`, or a macro that may return, leaves a section.
fn leaves_by_other(node: &SyntaxNode, region: &Region) -> bool {
    leaves(node, region.node()).is_some_and(|it| it != AN_AWAIT)
}

/// What a section gives back.
pub(super) struct Value {
    pub(super) ty: Option<String>,
    pub(super) before: String,
    pub(super) after: &'static str,
    /// `Ok` or `Some`, where a `?` leaves the method.
    pub(super) wrap: Option<&'static str>,
    /// The variables that are used afterwards.
    pub(super) outs: String,
    /// A `return` in it leaves the function around it.
    pub(super) returns: bool,
    /// It is a statement whose value nobody wants.
    pub(super) is_dropped: bool,
}

impl Value {
    pub(super) fn nothing() -> Value {
        Value {
            ty: None,
            before: String::new(),
            after: "",
            wrap: None,
            outs: String::new(),
            returns: false,
            is_dropped: false,
        }
    }
}

/// What a section changes of the variables around it comes back.
pub(super) fn give_back(region: &Region, captures: &[Capture], value: &mut Value) -> Result<(), String> {
    let changed: Vec<&Capture> = captures.iter().filter(|it| it.is_changed).collect();
    if changed.is_empty() || region.ends_body() {
        return Ok(());
    }
    if value.ty.is_some() || value.wrap.is_some() || value.returns {
        return Err(format!("a section changes `{}`, and gives back more than that", changed[0].place));
    }
    let names: Vec<String> = changed.iter().map(|it| it.name.clone()).collect();
    let types: Option<Vec<String>> = changed.iter().map(|it| it.ty.clone()).collect();
    let types = types.ok_or("the type of a value that a section changes cannot be named")?;
    let joined = |it: &[String]| match it {
        [one] => one.clone(),
        many => format!("({})", many.join(", ")),
    };
    *value = Value {
        ty: Some(joined(&types)),
        before: format!("{} = ", joined(&names)),
        after: value.after,
        outs: joined(&names),
        ..Value::nothing()
    };
    Ok(())
}
