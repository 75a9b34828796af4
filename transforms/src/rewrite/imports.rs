//! Traits that a rewrite brings into scope, and those that it leaves without a use.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize, ast};
use retask_engine::Analysis;
use retask_engine::catalogue::entries;
use retask_engine::imports::{methods_of, path_of};
use retask_engine::index::Site;
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
/// std, and those of libraries that are named with their file. What other rewrites have to take first is noted with each.
pub(crate) fn remove_traits(
    (sema, analysis): (&Sema<'_>, &Analysis<'_>),
    draft: &mut Draft,
    converted: &HashSet<(u32, TextRange)>,
    replaced: &BTreeSet<(u32, String)>,
) {
    let files: BTreeSet<u32> = converted.iter().map(|it| it.0).collect();
    for file in files {
        let tree = sema.whole_tree(file);
        let leaves = tree.syntax().descendants().filter_map(ast::UseTree::cast);
        let plain = leaves.filter(|it| it.use_tree_list().is_none() && it.star_token().is_none());
        let taken: BTreeSet<u32> =
            converted.iter().filter(|it| it.0 == file).map(|it| it.1.start().into()).collect();
        for leaf in plain {
            let methods = methods_of(&leaf);
            let path = path_of(&leaf);
            let name = path.rsplit("::").next().unwrap_or(&path);
            let uses = match replaced.contains(&(file, path.clone())) {
                true => calls_of((sema, &path), tree.syntax(), file),
                false if methods.is_empty() => None,
                false => Some(uses_of((sema, name), tree.syntax(), methods)),
            };
            if let Some(uses) = uses {
                let left = uses.difference(&taken).copied().collect();
                draft.gone(analysis, file, path, (taken.clone(), left));
            }
        }
    }
}

/// The calls in a file that may be one of a trait's methods, by their offsets; what stands in the arguments of macros may be.
fn uses_of((sema, of): (&Sema<'_>, &str), tree: &SyntaxNode, methods: &[&str]) -> BTreeSet<u32> {
    let tokens = tree.descendants_with_tokens().filter_map(|it| it.into_token());
    let named = tokens.filter(|it| {
        let writes = methods.contains(&"write_fmt") && ["write", "writeln"].contains(&it.text());
        it.kind() == SyntaxKind::IDENT && (methods.contains(&it.text()) || writes)
    });
    let may_be = |it: &SyntaxToken| {
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
    };
    named.filter(may_be).map(|it| it.text_range().start().into()).collect()
}

/// The calls in a file of methods of a library's trait, by their offsets; `None` where the trait is used by its name.
fn calls_of((sema, path): (&Sema<'_>, &str), tree: &SyntaxNode, file: u32) -> Option<BTreeSet<u32>> {
    let (module, name) = path.rsplit_once("::")?;
    let known: HashSet<&str> =
        entries().filter(|it| it.path.starts_with(module)).map(|it| it.name()).collect();
    let tokens = tree.descendants_with_tokens().filter_map(|it| it.into_token());
    let mut found = BTreeSet::new();
    for token in tokens.filter(|it| it.kind() == SyntaxKind::IDENT) {
        if token.text() == name && token.parent_ancestors().all(|it| it.kind() != SyntaxKind::USE) {
            return None;
        }
        let offset = token.text_range().start().into();
        if is_method(&token) && is_of_trait(sema, Site { file, offset }, name, known.contains(token.text())) {
            found.insert(offset);
        }
    }
    Some(found)
}

/// Whether a token is the name of a method in a call, or follows a dot in the arguments of a macro.
fn is_method(token: &SyntaxToken) -> bool {
    let parents: Vec<SyntaxKind> = token.parent_ancestors().take(2).map(|it| it.kind()).collect();
    match parents.as_slice() {
        [SyntaxKind::TOKEN_TREE, ..] => token.prev_token().is_some_and(|it| it.text() == "."),
        parents => parents.get(1) == Some(&SyntaxKind::METHOD_CALL_EXPR),
    }
}

/// Whether a call is one of a trait. One that is not resolved is taken for such by its name, unless it is awaited.
fn is_of_trait(sema: &Sema<'_>, site: Site, name: &str, may_be: bool) -> bool {
    let Some(call) = sema.call_at(site) else { return may_be };
    let is_awaited = || call.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::AWAIT_EXPR);
    match sema.function(&call) {
        Some(function) => sema.trait_of(function).as_deref() == Some(name),
        None => may_be && !is_awaited(),
    }
}
