//! Limits as named constants, so that a reader finds the number and what it means.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasName};
use retask_engine::Analysis;
use retask_engine::place::indent_at;
use retask_engine::resolve::Sema;

use super::draft::Draft;
use super::layout::words;

/// A constant that a rewrite brings.
pub(crate) struct Constant<'t> {
    /// Its name where that is free.
    pub name: &'t str,
    pub value: usize,
    /// How to choose it: lines of a doc comment.
    pub docs: &'t [&'t str],
}

impl Constant<'_> {
    /// Puts the constant before the first item of the module around a node that is no import, where the module has none of that meaning
    /// yet; gives the name to use. All constants of a module go to one place, so that two rewrites never bring the same one at once.
    pub fn insert(
        &self,
        (sema, analysis): (&Sema<'_>, &Analysis<'_>),
        draft: &mut Draft,
        node: &SyntaxNode,
    ) -> Result<String, String> {
        let refused = "a macro writes the code";
        let module = item_of_module(sema, node).and_then(|it| it.parent()).ok_or(refused)?;
        let is_import = |it: &ast::Item| matches!(it, ast::Item::Use(_) | ast::Item::ExternCrate(_));
        let first = module.children().filter_map(ast::Item::cast).find(|it| !is_import(it)).ok_or(refused)?;
        let (file, range) = sema.source_range(first.syntax()).ok_or(refused)?;
        let text = &analysis.workspace.files[file as usize].text;
        if let Some(known) = self.known(&module) {
            return Ok(known);
        }
        let name = free_name(text, self.name);
        let indent = indent_at(text, range.start().into());
        let docs: String = self.docs.iter().map(|it| format!("/// {it}\n{indent}")).collect();
        let settled = analysis.workspace.settings.limits.get(&self.key()).copied();
        let value = settled.unwrap_or(self.value);
        let constant = format!("{docs}const {name}: usize = {value};\n\n{indent}");
        draft.insert(analysis, file, range.start(), &constant);
        Ok(name)
    }

    /// Its name in a configuration.
    fn key(&self) -> String {
        self.name.to_lowercase().replace('_', "-")
    }

    /// The constant of an earlier rewrite of the same module.
    fn known(&self, module: &SyntaxNode) -> Option<String> {
        let siblings = module.children().filter_map(ast::Const::cast);
        let mut same = siblings.filter(|it| {
            let docs = ast::HasDocComments::doc_comments(it).map(|it| it.to_string()).collect::<String>();
            self.docs.iter().all(|line| docs.contains(line))
        });
        same.find_map(|it| Some(it.name()?.text().to_string()))
    }
}

/// The item of a module that holds a node: a function, or the `impl` around it.
pub(crate) fn item_of_module(sema: &Sema<'_>, node: &SyntaxNode) -> Option<SyntaxNode> {
    let at_module = |it: &SyntaxNode| {
        it.parent().is_some_and(|it| matches!(it.kind(), SyntaxKind::SOURCE_FILE | SyntaxKind::ITEM_LIST))
    };
    sema.ancestors(node).find(|it| ast::Item::can_cast(it.kind()) && at_module(it))
}

/// A name that the text does not hold.
pub(crate) fn free_name(text: &str, name: &str) -> String {
    let is_taken = |name: &str| words(text).any(|it| it == name);
    let numbered = (2..).map(|it| format!("{name}_{it}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|it| !is_taken(it)).unwrap_or_default()
}
