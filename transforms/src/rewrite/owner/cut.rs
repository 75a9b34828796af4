//! A critical section as a method of the task that owns the state: its code, what it is given, and what it gives back.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasArgList, ast::HasName};
use retask_engine::Analysis;
use retask_engine::again::is_used_after;
use retask_engine::capture::{self, Capture, How, Work};
use retask_engine::catalogue::Pool;
use retask_engine::change::may_change;
use retask_engine::context::Context;
use retask_engine::mentions;
use retask_engine::place::indent_at;
use retask_engine::resolve::{Function, Sema};
use retask_engine::shared::{Section, says_static};
use retask_engine::types::Type;

use super::super::closure::splice;
use super::super::layout::shifted;
use super::super::offload::leaves;
use super::region::{Guard, Leaves, Region, bound_by, is_drop_of};

/// How many values a method is given at most: Clippy allows seven parameters, `self` among them.
const ARGUMENTS: usize = 6;

/// A critical section on its way to the task that owns the state.
pub(super) struct Cut {
    pub file: u32,
    /// What the call takes the place of.
    pub range: TextRange,
    /// What stands before and after the call, as `let count = ` and `;`.
    pub around: (String, &'static str),
    /// What is called, as it is written.
    pub receiver: String,
    pub arguments: Vec<String>,
    pub method: Method,
    /// It stands on a thread that may block.
    pub blocks: bool,
    /// Names for the method, the better first.
    pub names: Vec<String>,
    /// The function around it, for the docs.
    pub holder: Option<Function>,
    /// The nodes whose names the code of the method uses.
    pub code: Vec<SyntaxNode>,
    /// The parts of them that stay with the caller.
    pub stays: Vec<TextRange>,
}

/// What a method does, apart from its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Method {
    /// Names and types.
    pub parameters: Vec<(String, String)>,
    pub result: Option<String>,
    /// Its code; several lines where they are statements.
    pub body: String,
    pub is_async: bool,
    /// Whether it can change the state.
    pub mutates: bool,
    pub blocks: bool,
}

pub(super) struct Cutting<'c, 'a> {
    pub sema: &'c Sema<'a>,
    pub analysis: &'c Analysis<'c>,
    /// How a method names the state, as `self.users`.
    pub state: String,
    /// Code of the module that the methods move to.
    pub home: SyntaxNode,
}

impl<'a> Cutting<'_, 'a> {
    /// The method that a section becomes, or the precondition that fails.
    pub fn cut(&self, section: &Section) -> Result<Cut, String> {
        let blocks = match &section.context {
            Context::Async(body) if !body.in_closure => false,
            Context::Pool(Pool::Blocking | Pool::Thread) => true,
            Context::Sync(function) => {
                let label = self.sema.label(*function);
                return Err(format!(
                    "`{label}` takes the lock in sync code, which cannot wait for an answer"
                ));
            }
            Context::Async(_) => {
                return Err("a closure takes the lock, and cannot await an answer".to_owned());
            }
            _ => return Err("the lock is taken where it is not known what runs the code".to_owned()),
        };
        let (mut region, guard) = Region::of(self.sema, section)?;
        let mut leaves = region.leaves()?;
        if leaves == Leaves::Returns && !region.ends_body() {
            match region.into_rest_of_body() {
                Ok(longer) => (region, leaves) = (longer, Leaves::Returns),
                Err(shorter) => region = shorter,
            }
        }
        let (file, _) = self.sema.source_range(section.call.syntax()).ok_or(MACRO)?;
        let range = self.range(&region)?;
        let captures = self.captures(&region, &guard)?;
        let mut value = self.value(&region, &guard, leaves)?;
        give_back(&region, &captures, &mut value)?;
        let is_async = region.descendants().any(|it| {
            it.kind() == SyntaxKind::AWAIT_EXPR
                && !guard.value.syntax().text_range().contains_range(it.text_range())
                && is_own(&it, region.node())
        });
        if blocks && is_async {
            return Err("a section on a thread awaits".to_owned());
        }
        let body = self.body(&region, &guard, &captures, range, &value)?;
        let parameters: Option<Vec<_>> = captures
            .iter()
            .filter(|it| !it.is_late)
            .map(|it| Some((parameter(it), it.ty.clone()?)))
            .collect();
        let method = Method {
            parameters: parameters.ok_or("the type of a value that a section uses cannot be named")?,
            result: value.ty.clone(),
            body,
            is_async,
            mutates: is_async || self.mutates(&region, &guard),
            blocks,
        };
        Ok(Cut {
            file,
            range,
            around: (value.before, value.after),
            receiver: self.receiver(section)?,
            arguments: captures.iter().filter(|it| !it.is_late).map(argument).collect(),
            method,
            blocks,
            names: self.names(&region, &guard),
            holder: self.holder(region.node()),
            stays: captures
                .iter()
                .flat_map(|it| it.uses.iter().map(|it| it.0))
                .chain(self.sema.source_range(guard.value.syntax()).map(|it| it.1))
                .collect(),
            code: match &region {
                Region::Expr(it) => vec![it.syntax().clone()],
                Region::Rows { rows, .. } => rows.clone(),
            },
        })
    }

    fn range(&self, region: &Region) -> Result<TextRange, String> {
        let place = |node: &SyntaxNode| self.sema.source_range(node).map(|it| it.1).ok_or(MACRO.to_owned());
        match region {
            Region::Expr(it) => place(it.syntax()),
            Region::Rows { rows, .. } => {
                let first = place(rows.first().ok_or("a section is empty")?)?;
                Ok(rows.last().map_or(Ok(first), place)?.cover(first))
            }
        }
    }

    /// What the section uses from around it, each with how it gets into the message.
    fn captures(&self, region: &Region, guard: &Guard) -> Result<Vec<Capture>, String> {
        let work = Work {
            node: region.node().clone(),
            range: region.range(),
            before: vec![guard.value.syntax().text_range()],
            blocking: Vec::new(),
            home: Some(self.home.clone()),
            is_generic: true,
            gives_back: true,
        };
        let body = self.body_around(region.node()).ok_or(MACRO)?;
        let captures = capture::captures(self.sema, &work, &body)?;
        if captures.iter().any(|it| it.place == "self") {
            return Err("a section works on `self`, which stays with the caller".to_owned());
        }
        if captures.len() > ARGUMENTS {
            return Err(format!("a section uses more than {ARGUMENTS} values from around it"));
        }
        Ok(captures)
    }

    /// The body around a node, in the file as it is written.
    fn body_around(&self, node: &SyntaxNode) -> Option<SyntaxNode> {
        let (file, range) = self.sema.source_range(node)?;
        let tree = self.sema.tree(file);
        let covering = match tree.syntax().covering_element(range) {
            ra_ap_syntax::NodeOrToken::Node(it) => it,
            ra_ap_syntax::NodeOrToken::Token(it) => it.parent()?,
        };
        covering.ancestors().skip(1).find(|it| {
            let is_async = ast::BlockExpr::cast(it.clone()).is_some_and(|it| it.async_token().is_some());
            is_async || matches!(it.kind(), SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR)
        })
    }

    fn holder(&self, node: &SyntaxNode) -> Option<Function> {
        let function = self.sema.ancestors(node).find_map(ast::Fn::cast)?;
        self.sema.function_at(function.syntax())
    }

    /// What the section gives back, and what stands around the call for it.
    fn value(&self, region: &Region, guard: &Guard, leaves: Leaves) -> Result<Value, String> {
        if region.ends_body() && leaves != Leaves::Never {
            let function = self.holder(region.node()).ok_or("what a section returns is not known")?;
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

    fn value_of_expr(&self, expr: &ast::Expr) -> Result<Value, String> {
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
    fn value_of_rows(&self, list: &SyntaxNode, rows: &[SyntaxNode], guard: &Guard) -> Result<Value, String> {
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
    fn is_changed_after(&self, pat: &ast::IdentPat, list: &SyntaxNode, end: ra_ap_syntax::TextSize) -> bool {
        let uses = mentions::uses(self.sema, list, pat).unwrap_or_default();
        pat.mut_token().is_some()
            && uses.iter().any(|it| it.syntax().text_range().start() >= end && may_change(self.sema, it))
    }

    /// A `?` leaves the method, and the caller repeats it.
    fn tries(&self, region: &Region, value: &mut Value) -> Result<(), String> {
        let function = self.holder(region.node()).ok_or("what a `?` leaves is not known")?;
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
    fn returns(&self, region: &Region, value: &mut Value) -> Result<(), String> {
        let refused = "a section returns from the middle of its function";
        let tries = region.descendants().any(|it| {
            matches!(it.kind(), SyntaxKind::TRY_EXPR | SyntaxKind::MACRO_CALL) && leaves_by_other(&it, region)
        });
        let is_fn = self.body_around(region.node()).is_some_and(|it| it.kind() == SyntaxKind::FN);
        if value.ty.is_some() || tries || !is_fn {
            return Err(refused.to_owned());
        }
        let function = self.holder(region.node()).ok_or(refused)?;
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
    fn named(&self, ty: &Type<'a>) -> Result<String, String> {
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

    /// The code of the method.
    fn body(
        &self,
        region: &Region,
        guard: &Guard,
        captures: &[Capture],
        range: TextRange,
        value: &Value,
    ) -> Result<String, String> {
        let place = |node: &SyntaxNode| self.sema.source_range(node).map(|it| it.1).ok_or(MACRO.to_owned());
        let (at, new) = self.instead_of_guard(guard)?;
        let mut edits: Vec<(TextRange, String)> = vec![(place(&at)?, new)];
        for capture in captures {
            let new = |text: &String| match capture.how {
                How::Moved => capture.name.clone(),
                _ => text.clone(),
            };
            let uses = capture.uses.iter().map(|(it, text)| (*it, new(text)));
            edits.extend(
                uses.filter(|(it, text)| self.text(region, *it) != *text).map(|it| self.short(region, it)),
            );
        }
        edits.extend(self.borrows_again(region, guard)?);
        if let (Some(variable), Region::Rows { rows, .. }) = (&guard.variable, region) {
            for row in rows.iter().filter(|it| is_drop_of(it, variable)) {
                edits.push((place(row)?, String::new()));
            }
        }
        if value.returns {
            for it in region
                .descendants()
                .filter_map(ast::ReturnExpr::cast)
                .filter(|it| is_own(it.syntax(), region.node()))
            {
                let given = it.expr().ok_or("a section returns from the middle of its function")?;
                let given = place(given.syntax())?;
                edits.push((TextRange::empty(given.start()), "Some(".to_owned()));
                edits.push((TextRange::empty(given.end()), ")".to_owned()));
            }
        }
        let (file, _) = self.sema.source_range(region.node()).ok_or(MACRO)?;
        let late: String = self.late(region, captures, &mut edits)?;
        let source = &self.analysis.workspace.files[file as usize].text;
        let indent = indent_at(source, range.start().into());
        let text_of = |edits: Vec<(TextRange, String)>| {
            let text =
                splice(&source[range], range, edits.iter().map(|(it, text)| (*it, text.as_str())).collect());
            shifted(text.trim_end(), indent, "")
        };
        if let Some(tail) = self.last_bound(region, guard, value, &mut edits)? {
            return Ok(format!("{late}{}{tail}", text_of(edits)));
        }
        let text = text_of(edits);
        let text = late + &text;
        let is_plain = matches!(region, Region::Expr(it) if !is_block_like(it));
        let end = if is_plain && (value.ty.is_none() || !value.outs.is_empty()) { ";" } else { "" };
        Ok(match (value.wrap, value.outs.as_str(), &value.ty) {
            (None, "", _) => format!("{text}{end}"),
            (None, outs, _) => format!("{text}{end}\n{outs}"),
            (Some(wrap), "", _) if matches!(region, Region::Expr(_)) && !value.is_dropped => {
                format!("{wrap}({text})")
            }
            (Some(wrap), "", _) if is_plain => format!("{text};\n{wrap}(())"),
            (Some(wrap), "", _) => format!("{text}\n{wrap}(())"),
            (Some(wrap), outs, _) => format!("{text}\n{wrap}({outs})"),
        })
    }

    /// Variables that get their first value in the section are declared in the method.
    fn late(
        &self,
        region: &Region,
        captures: &[Capture],
        edits: &mut Vec<(TextRange, String)>,
    ) -> Result<String, String> {
        let mut declared = String::new();
        for capture in captures.iter().filter(|it| it.is_late) {
            let begins = format!("{} =", capture.name);
            let row = match region {
                Region::Rows { rows, .. } => {
                    rows.iter().find(|it| it.text().to_string().starts_with(&begins))
                }
                Region::Expr(_) => None,
            };
            match row {
                Some(row) => {
                    let at = self.sema.source_range(row).ok_or(MACRO)?.1.start();
                    edits.push((TextRange::empty(at), "let ".to_owned()));
                }
                None => declared.push_str(&format!("let {};\n", capture.name)),
            }
        }
        Ok(declared)
    }

    /// What a section gives back as its last value, where its last statement binds just that. A variable that only later code changes
    /// is not `mut`.
    fn last_bound(
        &self,
        region: &Region,
        guard: &Guard,
        value: &Value,
        edits: &mut Vec<(TextRange, String)>,
    ) -> Result<Option<&'static str>, String> {
        let Region::Rows { list, rows } = region else { return Ok(None) };
        let end = region.range().end();
        for pat in bound_by(rows) {
            let name = pat.name().map(|it| it.text().to_string()).unwrap_or_default();
            let is_out = value.outs.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == name);
            let Some(word) = pat.mut_token().filter(|_| is_out) else { continue };
            let uses = mentions::uses(self.sema, list, &pat)?;
            let mut inside = uses.iter().filter(|it| it.syntax().text_range().start() < end);
            if inside.any(|it| may_change(self.sema, it)) {
                continue;
            }
            let at = self.sema.source_range(pat.syntax()).ok_or(MACRO)?.1.start();
            let length = word.text_range().len() + ra_ap_syntax::TextSize::of(' ');
            edits.push((TextRange::at(at, length), String::new()));
        }
        let is_drop = |it: &&SyntaxNode| guard.variable.as_ref().is_some_and(|guard| is_drop_of(it, guard));
        let last = rows.iter().rev().find(|it| !is_drop(it)).cloned();
        let last = last.and_then(ast::LetStmt::cast).filter(|it| it.let_else().is_none());
        let binds = last.as_ref().and_then(|it| it.pat()).is_some_and(|it| match it {
            ast::Pat::IdentPat(it) => it.name().is_some_and(|it| it.text() == value.outs.as_str()),
            _ => false,
        });
        let (Some(last), true) = (last.filter(|it| it.ty().is_none()), binds && value.wrap.is_none()) else {
            return Ok(None);
        };
        let initializer = last.initializer().ok_or("a section is not complete")?;
        let whole = self.sema.source_range(last.syntax()).ok_or(MACRO)?.1;
        let inner = self.sema.source_range(initializer.syntax()).ok_or(MACRO)?.1;
        edits.retain(|it| !TextRange::new(whole.start(), inner.start()).contains_range(it.0));
        edits.push((TextRange::new(whole.start(), inner.start()), String::new()));
        edits.push((TextRange::new(inner.end(), whole.end()), String::new()));
        Ok(Some(""))
    }

    /// `name: name` is written as `name`.
    fn short(&self, region: &Region, (range, new): (TextRange, String)) -> (TextRange, String) {
        let file = self.sema.source_range(region.node()).map(|it| it.0).unwrap_or_default();
        let before = &self.analysis.workspace.files[file as usize].text[..usize::from(range.start())];
        let named = before.trim_end().strip_suffix(&format!("{new}:"));
        let starts =
            named.filter(|it| !it.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':')));
        match starts {
            Some(rest) => (TextRange::new(ra_ap_syntax::TextSize::of(rest), range.end()), new),
            None => (range, new),
        }
    }

    /// Where the guard's variable is lent to a function, the borrow of the state is passed on as it is.
    fn borrows_again(&self, region: &Region, guard: &Guard) -> Result<Vec<(TextRange, String)>, String> {
        let Some(variable) = &guard.variable else { return Ok(Vec::new()) };
        let name = variable.name().map(|it| it.text().to_string()).unwrap_or_default();
        let lent = mentions::uses(self.sema, region.node(), variable)?.into_iter().filter_map(|it| {
            let borrow = it.syntax().parent().and_then(ast::RefExpr::cast)?;
            borrow.syntax().parent().filter(|it| it.kind() == SyntaxKind::ARG_LIST)?;
            Some((self.sema.source_range(borrow.syntax())?.1, name.clone()))
        });
        Ok(lent.collect())
    }

    fn text(&self, region: &Region, range: TextRange) -> &str {
        let file = self.sema.source_range(region.node()).map(|it| it.0).unwrap_or_default();
        self.analysis.workspace.text(file, range)
    }

    /// What is replaced for the guard, and by what: a variable borrows the state, a dereference is the state itself.
    fn instead_of_guard(&self, guard: &Guard) -> Result<(SyntaxNode, String), String> {
        let value = guard.value.syntax().clone();
        if let Some(variable) = &guard.variable {
            let borrow = if variable.mut_token().is_some() { "&mut " } else { "&" };
            // The variable itself is no longer changed.
            let pat = variable.syntax().clone();
            let name = variable.name().map(|it| it.text().to_string()).unwrap_or_default();
            let statement = pat.parent().ok_or("a section is not complete")?;
            return Ok((statement, format!("let {name} = {borrow}{};", self.state)));
        }
        let outer = value.parent().and_then(ast::PrefixExpr::cast);
        match outer.filter(|it| it.op_kind() == Some(ast::UnaryOp::Deref)) {
            Some(outer) => Ok((outer.syntax().clone(), self.state.clone())),
            None => {
                let given = value.parent().is_some_and(|it| it.kind() == SyntaxKind::ARG_LIST);
                if given {
                    Err("the guard of the lock is given away: it is stored, returned or passed on".to_owned())
                } else {
                    Ok((value, self.state.clone()))
                }
            }
        }
    }

    /// Whether the method needs the state mutably.
    fn mutates(&self, region: &Region, guard: &Guard) -> bool {
        if let Some(variable) = &guard.variable {
            return variable.mut_token().is_some();
        }
        let name = guard_call(&guard.value);
        if name.contains("read") {
            return false;
        }
        let mut place = guard.value.syntax().clone();
        while let Some(outer) = place.parent().filter(|it| {
            matches!(
                it.kind(),
                SyntaxKind::FIELD_EXPR
                    | SyntaxKind::INDEX_EXPR
                    | SyntaxKind::PREFIX_EXPR
                    | SyntaxKind::PAREN_EXPR
            )
        }) {
            place = outer;
        }
        let parent = place.parent();
        match parent.clone().and_then(ast::MethodCallExpr::cast) {
            Some(call) => !self.sema.reads_receiver(&call),
            None => !matches!(region, Region::Expr(it) if *it.syntax() == place && self.sema.is_copied(it)),
        }
    }

    /// What the lock is taken of; a clone of the owner is as good as the owner itself.
    fn receiver(&self, section: &Section) -> Result<String, String> {
        let mut receiver = section.call.receiver().ok_or("a section is not complete")?;
        loop {
            let inner = match &receiver {
                ast::Expr::MethodCallExpr(it) if it.name_ref().is_some_and(|it| it.text() == "clone") => {
                    it.receiver()
                }
                ast::Expr::CallExpr(it) if is_clone(it) => it.arg_list().and_then(|it| it.args().next()),
                ast::Expr::RefExpr(it) => it.expr(),
                ast::Expr::ParenExpr(it) => it.expr(),
                _ => None,
            };
            match inner {
                Some(inner) => receiver = inner,
                None => break,
            }
        }
        let (file, range) = self.sema.source_range(receiver.syntax()).ok_or(MACRO)?;
        let text = self.analysis.workspace.text(file, range);
        Ok(text.split_whitespace().collect())
    }

    /// Names for a method: what it calls on the state, and the function around it.
    fn names(&self, region: &Region, guard: &Guard) -> Vec<String> {
        const VAGUE: &[&str] =
            &["main", "run", "start", "handle", "new", "call", "process", "execute", "work"];
        let around = self.sema.ancestors(region.node()).find_map(ast::Fn::cast).and_then(|it| it.name());
        let around = around.map(|it| it.text().to_string());
        let called = match region {
            Region::Expr(it) => verb(it, guard),
            Region::Rows { .. } => None,
        };
        let first = match (&guard.variable, region) {
            (Some(variable), _) => self.first_call_on(region, variable),
            _ => None,
        };
        let telling = around.iter().filter(|it| !VAGUE.contains(&it.as_str())).cloned();
        called.into_iter().chain(telling).chain(first).chain(around.clone()).collect()
    }

    fn first_call_on(&self, region: &Region, variable: &ast::IdentPat) -> Option<String> {
        let name = variable.name()?.text().to_string();
        let calls = region.descendants().filter_map(ast::MethodCallExpr::cast);
        let mut own = calls.filter(|it| it.receiver().is_some_and(|it| it.syntax().text() == name.as_str()));
        Some(own.next()?.name_ref()?.text().to_string())
    }
}

/// Whether a `?`, or a macro that may return, leaves a section.
fn leaves_by_other(node: &SyntaxNode, region: &Region) -> bool {
    leaves(node, region.node()).is_some_and(|it| it != "an `.await`")
}

const MACRO: &str = "a macro writes a critical section";

/// What a section gives back.
struct Value {
    ty: Option<String>,
    before: String,
    after: &'static str,
    /// `Ok` or `Some`, where a `?` leaves the method.
    wrap: Option<&'static str>,
    /// The variables that are used afterwards.
    outs: String,
    /// A `return` in it leaves the function around it.
    returns: bool,
    /// It is a statement whose value nobody wants.
    is_dropped: bool,
}

impl Value {
    fn nothing() -> Value {
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
fn give_back(region: &Region, captures: &[Capture], value: &mut Value) -> Result<(), String> {
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

/// The name of a parameter as its pattern.
fn parameter(capture: &Capture) -> String {
    if capture.is_changed { format!("mut {}", capture.name) } else { capture.name.clone() }
}

fn is_own(node: &SyntaxNode, region: &SyntaxNode) -> bool {
    if node == region {
        return true;
    }
    !node.ancestors().skip(1).take_while(|it| it != region).any(|it| retask_engine::loops::is_run_later(&it))
}

/// What gets a value into the message.
fn argument(capture: &Capture) -> String {
    match capture.how {
        How::Moved | How::Copied | How::Evaluated => capture.place.clone(),
        How::Owned(owning) if capture.nested > 0 => {
            format!("({}{}){}", "*".repeat(capture.nested), capture.place, owning.call())
        }
        How::Owned(owning) => format!("{}{}", capture.place, owning.call()),
    }
}

fn guard_call(value: &ast::Expr) -> String {
    let mut calls = value.syntax().descendants().filter_map(ast::MethodCallExpr::cast);
    let taking = calls.find_map(|it| {
        it.name_ref().filter(|it| ["lock", "read", "write"].iter().any(|name| it.text().contains(name)))
    });
    taking.map(|it| it.text().to_string()).unwrap_or_default()
}

fn is_clone(call: &ast::CallExpr) -> bool {
    call.expr().is_some_and(|it| it.syntax().text().to_string().ends_with("::clone"))
}

fn is_block_like(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::IfExpr(_) | ast::Expr::MatchExpr(_) | ast::Expr::ForExpr(_))
}

/// What an expression does with the state, as a verb.
fn verb(expr: &ast::Expr, guard: &Guard) -> Option<String> {
    let called = guard.value.syntax().parent().and_then(ast::MethodCallExpr::cast);
    if let Some(call) = called {
        const SILENT: &[&str] = &[
            "iter",
            "iter_mut",
            "as_ref",
            "as_mut",
            "entry",
            "get_mut",
            "values",
            "values_mut",
            "keys",
            "clone",
            "is_some",
            "is_none",
        ];
        return Some(call.name_ref()?.text().to_string()).filter(|it| !SILENT.contains(&it.as_str()));
    }
    match expr {
        ast::Expr::BinExpr(it) => match it.op_kind()? {
            ast::BinaryOp::Assignment { op: None } => Some("set".to_owned()),
            ast::BinaryOp::Assignment { op: Some(ast::ArithOp::Add) } => Some("add".to_owned()),
            ast::BinaryOp::Assignment { op: Some(ast::ArithOp::Sub) } => Some("subtract".to_owned()),
            _ => None,
        },
        ast::Expr::PrefixExpr(_) => Some("get".to_owned()),
        ast::Expr::FieldExpr(it) => Some(it.name_ref()?.text().to_string()),
        _ => None,
    }
}
