//! Traits that a rewrite brings into scope, and those that it leaves without a use.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize, ast};
use retask_engine::Analysis;
use retask_engine::catalogue::entries;
use retask_engine::imports::{methods_of, path_of};
use retask_engine::place::indent_at;
use retask_engine::resolve::{CallNode, Sema};

use super::constant::item_of_module;
use super::draft::Draft;

/// The imports to add, by the place where each module has its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imports {
    wanted: BTreeMap<(u32, TextSize), Place>,
}

#[derive(Clone, Debug, Default)]
struct Place {
    /// What stands between the new import and what follows.
    gap: String,
    /// By the path of the module that is imported from.
    names: BTreeMap<String, BTreeSet<String>>,
}

impl Imports {
    /// Asks for a name in the module around a node, unless that module imports one already.
    pub fn add(
        &mut self,
        (sema, analysis): (&Sema<'_>, &Analysis<'_>),
        node: &SyntaxNode,
        from: &str,
        name: &str,
    ) -> Result<(), String> {
        let written = "a macro writes the code";
        let item = item_of_module(sema, node).ok_or(written)?;
        let module = item.parent().ok_or("the item stands in no module")?;
        let uses: Vec<ast::Use> = module.children().filter_map(ast::Use::cast).collect();
        let is_there = uses.iter().any(|it| {
            let text = it.syntax().text().to_string();
            let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.any(|it| name.split(' ').next() == Some(it))
                || ["", "prelude::"].iter().any(|it| text.contains(&format!("{from}::{it}*")))
        });
        if is_there {
            return Ok(());
        }
        let first = uses.first().map(|it| it.syntax().clone());
        let has_uses = first.is_some();
        let before = first.or_else(|| module.children().find(|it| ast::Item::can_cast(it.kind())));
        let (file, range) = sema.source_range(&before.ok_or(written)?).ok_or(written)?;
        let indent = indent_at(&analysis.workspace.files[file as usize].text, range.start().into());
        let place = self.wanted.entry((file, range.start())).or_default();
        place.gap = format!("{}{indent}", if has_uses { "" } else { "\n" });
        place.names.entry(from.to_owned()).or_default().insert(name.to_owned());
        Ok(())
    }

    /// Writes the imports into a draft.
    pub fn write(&self, analysis: &Analysis<'_>, draft: &mut Draft) {
        for ((file, at), place) in &self.wanted {
            for (from, names) in &place.names {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let text = match names.as_slice() {
                    [one] => format!("use {from}::{one};\n"),
                    many => format!("use {from}::{{{}}};\n", many.join(", ")),
                };
                draft.insert(analysis, *file, *at, &format!("{text}{}", place.gap));
            }
        }
    }
}

/// Removes the imports of traits in files where no call of their methods is left but those that other traits have now: traits of
/// std, and those of libraries that are named with their file.
pub(crate) fn remove_traits(
    (sema, analysis): (&Sema<'_>, &Analysis<'_>),
    draft: &mut Draft,
    converted: &HashSet<(u32, TextRange)>,
    replaced: &BTreeSet<(u32, String)>,
) {
    let files: BTreeSet<u32> = converted.iter().map(|it| it.0).collect();
    for file in files {
        let tree = sema.tree(file);
        let leaves = tree.syntax().descendants().filter_map(ast::UseTree::cast);
        let plain = leaves.filter(|it| it.use_tree_list().is_none() && it.star_token().is_none());
        for leaf in plain {
            let methods = methods_of(&leaf);
            let is_left = |range: TextRange| !converted.contains(&(file, range));
            let path = path_of(&leaf);
            let name = path.rsplit("::").next().unwrap_or(&path);
            let is_used = match replaced.contains(&(file, path.clone())) {
                true => is_called((sema, &path), tree.syntax(), &is_left),
                false => methods.is_empty() || is_used((sema, name), tree.syntax(), methods, &is_left),
            };
            if is_used {
                continue;
            }
            draft.gone(analysis, file, path_of(&leaf));
        }
    }
}

/// Whether a call in a file may be one of a trait's methods; what stands in the arguments of macros may be.
fn is_used(
    (sema, of): (&Sema<'_>, &str),
    tree: &SyntaxNode,
    methods: &[&str],
    is_left: &dyn Fn(TextRange) -> bool,
) -> bool {
    let tokens = tree.descendants_with_tokens().filter_map(|it| it.into_token());
    let mut named = tokens.filter(|it| {
        let writes = methods.contains(&"write_fmt") && ["write", "writeln"].contains(&it.text());
        it.kind() == SyntaxKind::IDENT && (methods.contains(&it.text()) || writes) && is_left(it.text_range())
    });
    named.any(|it| {
        let parents: Vec<SyntaxNode> = it.parent_ancestors().take(2).collect();
        match parents.as_slice() {
            [tokens, ..] if tokens.kind() == SyntaxKind::TOKEN_TREE => {
                it.prev_token().is_some_and(|it| it.text() == ".")
            }
            [_, call] => match ast::MethodCallExpr::cast(call.clone()) {
                Some(call) => sema
                    .function(&CallNode::Method(call))
                    .is_none_or(|it| sema.trait_of(it).as_deref() == Some(of)),
                // `write!(…)`
                None => call.kind() == SyntaxKind::PATH_SEGMENT && ["write", "writeln"].contains(&it.text()),
            },
            _ => false,
        }
    })
}

/// Whether a file uses a trait of a library: by its name, by a method call that resolves to it, or by one that may, as in a macro.
fn is_called(
    (sema, path): (&Sema<'_>, &str),
    tree: &SyntaxNode,
    is_left: &dyn Fn(TextRange) -> bool,
) -> bool {
    let (module, name) = path.rsplit_once("::").unwrap_or(("", path));
    let in_use = |it: &SyntaxToken| it.parent_ancestors().any(|it| it.kind() == SyntaxKind::USE);
    let known: HashSet<&str> =
        entries().filter(|it| it.path.starts_with(module)).map(|it| it.name()).collect();
    let may_be = |it: &SyntaxToken| known.contains(it.text()) && is_left(it.text_range());
    let tokens = tree.descendants_with_tokens().filter_map(|it| it.into_token());
    let mut names = tokens.filter(|it| it.kind() == SyntaxKind::IDENT);
    names.any(|it| {
        if it.text() == name {
            return !in_use(&it);
        }
        let parents: Vec<SyntaxNode> = it.parent_ancestors().take(2).collect();
        match parents.as_slice() {
            [tokens, ..] if tokens.kind() == SyntaxKind::TOKEN_TREE => may_be(&it),
            [_, call] if is_left(it.text_range()) => {
                ast::MethodCallExpr::cast(call.clone()).is_some_and(|call| {
                    match sema.function(&CallNode::Method(call)) {
                        Some(function) => sema.trait_of(function).as_deref() == Some(name),
                        None => may_be(&it),
                    }
                })
            }
            _ => false,
        }
    })
}
