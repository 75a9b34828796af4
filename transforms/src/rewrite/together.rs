//! Awaits that run at once: `join!`, or `try_join!` where all of them fail in the same way.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};
use retask_engine::Analysis;
use retask_engine::independent::{Step, borrows_temporary};
use retask_engine::place::indent_at;
use retask_engine::resolve::Sema;

use super::draft::Draft;
use super::layout::WIDTH;
use super::runtime::tokio_of;

const WRITTEN: &str = "a macro writes a part of it";

/// Awaits the futures of some statements together.
pub(crate) fn rewrite((sema, analysis): (&Sema<'_>, &Analysis<'_>), steps: &[Step]) -> Result<Draft, String> {
    let (Some(first), Some(last)) = (steps.first(), steps.last()) else { return Err(WRITTEN.to_owned()) };
    let (file, start) = sema.source_range(first.statement.syntax()).ok_or(WRITTEN)?;
    let (_, end) = sema.source_range(last.statement.syntax()).ok_or(WRITTEN)?;
    let package = analysis.workspace.files[file as usize].package;
    let tokio = tokio_of(analysis, package)?;
    let has_comment =
        |it: SyntaxNode| it.descendants_with_tokens().any(|it| it.kind() == SyntaxKind::COMMENT);
    let text = &analysis.workspace.files[file as usize].text;
    let whole = TextRange::new(start.start(), end.end());
    let between = first
        .statement
        .syntax()
        .parent()
        .into_iter()
        .flat_map(|it| it.children_with_tokens().collect::<Vec<_>>());
    let is_between = |it: TextRange| whole.contains_range(it);
    let comments =
        between.into_iter().any(|it| it.kind() == SyntaxKind::COMMENT && is_between(it.text_range()));
    if comments || steps.iter().any(|it| has_comment(it.statement.syntax().clone())) {
        return Err("a comment stands between the awaits, and would lose its place".to_owned());
    }
    let together = Together { sema, analysis, steps };
    let is_try = together.fail_alike();
    let name = if is_try { "try_join" } else { "join" };
    let mut draft = Draft::new(format!("await them together with `{tokio}::{name}!`"));
    draft.need(package, "tokio", "macros");
    draft.caveat("all of them are begun before the first has ended, also where that fails");
    let indent = indent_at(text, start.start().into());
    let new = together.text(&format!("{tokio}::{name}!"), is_try, indent)?;
    draft.replace(analysis, file, whole, new);
    Ok(draft)
}

struct Together<'t, 'a> {
    sema: &'t Sema<'a>,
    analysis: &'t Analysis<'t>,
    steps: &'t [Step],
}

impl Together<'_, '_> {
    fn source(&self, node: &SyntaxNode) -> Result<String, String> {
        let (file, range) = self.sema.source_range(node).ok_or(WRITTEN)?;
        Ok(self.analysis.workspace.text(file, range).to_owned())
    }

    /// Whether all end in a `?` that fails with one and the same type.
    fn fail_alike(&self) -> bool {
        let error = |it: &Step| {
            let is_try = matches!(it.rest, Some(ast::Expr::TryExpr(_)));
            let ty = self.sema.ty(&it.awaited.clone().into()).filter(|_| is_try)?;
            self.sema.error_of(&ty)?
        };
        let mut errors = self.steps.iter().map(error);
        let Some(Some(first)) = errors.next() else { return false };
        !first.contains_unknown()
            && errors.all(|it| it.is_some_and(|it| it == first))
            && self.steps.iter().all(|it| it.statement.ty().is_none())
    }

    fn text(&self, macro_name: &str, is_try: bool, indent: &str) -> Result<String, String> {
        let futures = self.steps.iter().map(|it| self.future(it)).collect::<Result<Vec<_>, _>>()?;
        let mut names = Vec::new();
        let mut after = String::new();
        for step in self.steps {
            let pat = step.statement.pat().ok_or(WRITTEN)?;
            let name = self.source(pat.syntax())?;
            match &step.rest {
                Some(rest) if !is_try => {
                    let ast::Pat::IdentPat(plain) = &pat else {
                        return Err("a pattern takes apart what can fail".to_owned());
                    };
                    let plain = ast::HasName::name(plain).map(|it| it.text().to_string()).unwrap_or_default();
                    after += &format!(
                        "\n{indent}let {name}{} = {plain}{};",
                        self.ty(step)?,
                        self.rest(step, rest)?
                    );
                    names.push(plain);
                }
                None if step.statement.ty().is_some() => {
                    after += &format!("\n{indent}let {name}{} = {name};", self.ty(step)?);
                    names.push(name);
                }
                _ => names.push(name),
            }
        }
        let end = if is_try { "?" } else { "" };
        let line = format!("let ({}) = {macro_name}({}){end};", names.join(", "), futures.join(", "));
        let fits = indent.len() + line.len() <= WIDTH && !line.contains('\n');
        let text = if fits {
            line
        } else {
            // rustfmt lets a block that comes last hang over, and a comma behind it stay.
            let end_of_last = if futures.iter().any(|it| it.starts_with("async ")) { "" } else { "," };
            let inner = futures.join(&format!(",\n{indent}    "));
            format!(
                "let ({}) = {macro_name}(\n{indent}    {inner}{end_of_last}\n{indent}){end};",
                names.join(", ")
            )
        };
        Ok(text + &after)
    }

    fn ty(&self, step: &Step) -> Result<String, String> {
        let ty = step.statement.ty().map(|it| self.source(it.syntax())).transpose()?;
        Ok(ty.map(|it| format!(": {it}")).unwrap_or_default())
    }

    /// What followed the await.
    fn rest(&self, step: &Step, rest: &ast::Expr) -> Result<String, String> {
        let whole = self.source(rest.syntax())?;
        let awaited = self.source(step.awaited.syntax())?;
        let rest = whole.strip_prefix(&awaited).ok_or(WRITTEN)?;
        Ok(rest.trim().to_owned())
    }

    /// The future of a step: what is awaited, or a block of it where that awaits more than once or borrows what it makes.
    fn future(&self, step: &Step) -> Result<String, String> {
        let future = step.awaited.expr().ok_or(WRITTEN)?;
        let awaits = future.syntax().descendants().any(|it| it.kind() == SyntaxKind::AWAIT_EXPR);
        if !awaits && !borrows_temporary(&future) {
            return self.source(future.syntax());
        }
        let tries = future.syntax().descendants().filter_map(ast::TryExpr::cast);
        let own = self.sema.ty(&step.awaited.clone().into()).and_then(|it| self.sema.error_of(&it)).flatten();
        for it in tries {
            let inner =
                it.expr().and_then(|it| self.sema.ty(&it)).and_then(|it| self.sema.error_of(&it)).flatten();
            if inner.is_none() || inner != own {
                return Err("the steps of one future fail in different ways".to_owned());
            }
        }
        let text = self.source(step.awaited.syntax())?;
        Ok(format!("async {{ {text} }}"))
    }
}
