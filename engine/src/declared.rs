//! What a text declares, without bodies: names, each with the names that its declaration is made of.

use ra_ap_syntax::{AstNode, Edition, SmolStr, SyntaxKind::*, ast};

use crate::flat::{Node, Tree};

/// How many words the arguments of a macro may have that is read as a whole.
const FEW: usize = 60;
/// Types that stand around others everywhere. What is implemented for one is had by the name of a function.
const CONTAINERS: &[&str] = &["Arc", "Box", "Option", "Rc", "Result", "String", "Vec"];

/// Something that is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Declaration {
    /// What leads to it.
    pub names: Vec<SmolStr>,
    /// The names in it.
    pub words: Vec<SmolStr>,
}

/// The declarations of a text.
pub(crate) fn declarations(tree: &Tree<'_>) -> Vec<Declaration> {
    tree.nodes().flat_map(declared).filter(|it| !it.names.is_empty() && !it.words.is_empty()).collect()
}

fn declared(node: Node<'_>) -> Vec<Declaration> {
    let whole = |node: Node<'_>| Declaration { names: name_of(node), words: words(node) };
    match node.kind() {
        FN => vec![function(node)],
        TYPE_ALIAS => match holder(node).filter(|it| it.kind() == IMPL).map(heads) {
            Some(of) if !of.is_empty() => vec![Declaration { names: of, words: words(node) }],
            _ => vec![whole(node)],
        },
        STRUCT | ENUM | UNION | CONST | STATIC | MACRO_RULES | MACRO_DEF => vec![whole(node)],
        // Its functions stand for themselves.
        TRAIT => {
            let items = node.child(ASSOC_ITEM_LIST).map_or(0..0, Node::range);
            vec![Declaration { names: name_of(node), words: words_beside(node, |at| items.contains(&at)) }]
        }
        // What a trait is implemented with, for whom; the items stand for themselves.
        IMPL => vec![Declaration { names: heads(node), words: trait_of(node).map_or(Vec::new(), words) }],
        USE_TREE => {
            let path = node.child(PATH).map_or(Vec::new(), words);
            vec![Declaration { names: imported(node), words: path }]
        }
        MACRO_CALL => in_macro(node),
        _ => Vec::new(),
    }
}

/// A function by its signature. A method is called on a value of its type, so that it leads to nothing of what that is made of. By its
/// name goes one of the type's own alone: those of traits have names that are everywhere, and are had with the type, as is what has no
/// receiver and is called by a path.
fn function(node: Node<'_>) -> Declaration {
    let body = node.child(BLOCK_EXPR).map_or(0..0, Node::range);
    let mut words = words_beside(node, |at| body.contains(&at));
    let Some(of) = holder(node).filter(|it| it.kind() == IMPL) else {
        return Declaration { names: name_of(node), words };
    };
    let own = self_type(of).map_or(Vec::new(), self::words);
    words.retain(|it| !own.contains(it));
    let has_receiver = node.child(PARAM_LIST).is_some_and(|it| it.child(SELF_PARAM).is_some());
    let by_type = heads(of);
    let by_name = by_type.is_empty() || has_receiver && trait_of(of).is_none();
    Declaration { names: if by_name { name_of(node) } else { by_type }, words }
}

/// What a macro is given where items stand: items, or words that may all have to do with one another.
fn in_macro(call: Node<'_>) -> Vec<Declaration> {
    let is_item = call
        .parent()
        .is_some_and(|it| matches!(it.kind(), SOURCE_FILE | ITEM_LIST | ASSOC_ITEM_LIST | EXTERN_ITEM_LIST));
    let Some(tree) = call.child(TOKEN_TREE).filter(|_| is_item) else { return Vec::new() };
    let inner = tree.text();
    let inner = inner.get(1..inner.len().saturating_sub(1)).unwrap_or_default();
    let items = Tree::parse(inner, Edition::CURRENT);
    let words = words(tree);
    match items.error.is_none() || words.len() > FEW {
        true => declarations(&items),
        false => vec![Declaration { names: words.clone(), words }],
    }
}

/// The name that an import gives to others, or to the file under another name.
fn imported(tree: Node<'_>) -> Vec<SmolStr> {
    if let Some(alias) = tree.child(RENAME) {
        return name_of(alias);
    }
    let item = tree.ancestors().find(|it| it.kind() == USE);
    let is_given_on = item.is_some_and(|it| it.child(VISIBILITY).is_some());
    let last = tree.child(PATH).and_then(Node::last_name);
    last.filter(|_| is_given_on).map(|it| SmolStr::new(it.name())).into_iter().collect()
}

/// The trait or implementation that an item stands in.
fn holder(item: Node<'_>) -> Option<Node<'_>> {
    item.parent().filter(|it| it.kind() == ASSOC_ITEM_LIST)?.parent()
}

/// The type that is implemented, or that a trait is implemented for.
fn self_type(of: Node<'_>) -> Option<Node<'_>> {
    of.children().filter(|it| is_type(*it)).last()
}

/// The trait that is implemented, with its arguments.
fn trait_of(of: Node<'_>) -> Option<Node<'_>> {
    let mut types = of.children().filter(|it| is_type(*it));
    let first = types.next();
    types.next().and(first)
}

fn is_type(node: Node<'_>) -> bool {
    ast::Type::can_cast(node.kind())
}

/// The name of the type itself, without its arguments; none where it is a container, stands for any type, or has no name.
fn heads(of: Node<'_>) -> Vec<SmolStr> {
    let mut ty = self_type(of);
    while let Some(inner) = ty.filter(|it| matches!(it.kind(), REF_TYPE | PTR_TYPE | PAREN_TYPE)) {
        ty = inner.children().find(|it| is_type(*it));
    }
    let path = ty.filter(|it| it.kind() == PATH_TYPE).and_then(|it| it.child(PATH));
    let name = path.and_then(Node::last_name).map(|it| SmolStr::new(it.name()));
    let params = of.child(GENERIC_PARAM_LIST);
    let is_any = |it: &SmolStr| {
        let mut params = params.into_iter().flat_map(Node::children).filter_map(|it| it.child(NAME));
        params.any(|param| param.name() == it)
    };
    name.filter(|it| !CONTAINERS.contains(&it.as_str()) && !is_any(it)).into_iter().collect()
}

/// The name that a declaration gives.
fn name_of(node: Node<'_>) -> Vec<SmolStr> {
    node.child(NAME).map(|it| SmolStr::new(it.name())).into_iter().collect()
}

/// The names in a node, each once.
fn words(node: Node<'_>) -> Vec<SmolStr> {
    words_beside(node, |_| false)
}

fn words_beside(node: Node<'_>, is_left_out: impl Fn(usize) -> bool) -> Vec<SmolStr> {
    let own = node.child(NAME).map(|it| it.range());
    let is_word = |at: usize| !is_left_out(at) && own.as_ref().is_none_or(|it| !it.contains(&at));
    let names = node.tokens().filter(|it| it.kind() == IDENT && is_word(it.start() as usize));
    let mut words: Vec<SmolStr> = names.map(|it| SmolStr::new(it.text())).collect();
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::Edition;

    use super::declarations;
    use crate::flat::Tree;

    /// The names that lead to `T` in one step.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found = declarations(&Tree::parse(text, Edition::CURRENT));
        let leads = found.iter().filter(|it| it.words.iter().any(|it| it == "T"));
        let names: Vec<&str> = leads.flat_map(|it| &it.names).map(|it| it.as_str()).collect();
        assert_eq!(names, expected, "{text}");
    }

    #[test]
    fn what_is_declared_with_a_type_leads_to_it() {
        check("fn f() -> io::Result<T> { g() }", &["f"]);
        check("fn f() { let x: T = T::new(); }", &[]);
        check("fn f(with: impl FnOnce(&mut T)) {}", &["f"]);
        check("struct A { t: T } enum B { One(T) } static C: T = 1; type D = Vec<T>;", &["A", "B", "C", "D"]);
        check("use a::T as Other; use b::T; pub use c::{T, U};", &["Other", "T"]);
        check("trait A { fn f(&self) -> T; }", &["f"]);
    }

    #[test]
    fn what_is_implemented_leads_to_a_type_by_its_own() {
        check("impl T { fn new() -> T {} fn with(self) -> T {} }", &[]);
        check("impl A { fn new() -> T {} fn t(&self) -> T {} }", &["A", "t"]);
        check("impl Iterator for A { type Item = T; fn next(&mut self) -> Option<T> {} }", &["A", "A"]);
        check("impl From<T> for A {} impl From<T> for Vec<u8> {}", &["A"]);
        check("impl<A: Read> Take for A { type Out = T; }", &["Out"]);
    }

    #[test]
    fn macros_are_read_as_items_or_as_words() {
        check("cfg_rt! { pub fn f() -> T {} pub fn g() {} }", &["f"]);
        check("lazy_static! { static ref A: T = T::new(); }", &["A", "T", "new"]);
    }
}
