//! What stands outside of the bodies of a file, as prints that leave out comments and space, and the functions that only their names lead
//! to.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use ra_ap_syntax::{AstNode, SmolStr, SyntaxKind::*, T, ast};

use crate::flat::{Node, Token, Tree};
use crate::memo::{Print, print};

/// The body of a function that nothing outside of it depends on.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    /// Its offsets.
    pub range: Range<u32>,
    /// Whether it has items of its own, such as imports, or may compute for long.
    pub is_judged: bool,
    /// What stands before it in the file, without other bodies and without functions that only their names lead to.
    pub before: Print,
    /// Of a function that only its name leads to.
    pub head: Option<Head>,
}

/// What a function is but its body. What another code is or does can only follow from it where that names the function: it implements no
/// trait, and no attribute hands it to somebody.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub name: SmolStr,
    /// The offset where the function begins.
    pub start: u32,
    pub tokens: Print,
}

/// A function with its body in a tree, by their tokens.
pub(crate) struct Inside {
    body: Range<usize>,
    is_judged: bool,
    head: Option<(SmolStr, Range<usize>)>,
}

impl Inside {
    /// `None` where something outside of the body depends on it, or where it holds other functions, which count in the order in which they
    /// stand.
    pub fn of(function: Node<'_>, body: Node<'_>, computes: bool) -> Option<Inside> {
        let mut items = body.below().filter(|it| is_item(*it)).map(Node::kind).peekable();
        let is_judged = computes || items.peek().is_some();
        if tells_outside(function) || items.any(|it| it == FN) {
            return None;
        }
        let body = body.token_range();
        let name = function.child(NAME).filter(|_| is_led_to_by_name(function));
        let head = name.map(|it| (SmolStr::new(it.name()), function.first_token()..body.start));
        Some(Inside { body, is_judged, head })
    }
}

/// What stands outside of bodies.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outlines {
    /// All of it.
    pub whole: Print,
    /// What is left without functions that only their names lead to.
    pub rest: Print,
}

/// The outlines of a file and its bodies, from those of its functions that stand in it one after another.
pub(crate) fn outlines(tree: &Tree<'_>, functions: &[Inside]) -> (Outlines, Vec<Body>) {
    let offset =
        |at: usize| tree.tokens(at..tree.len()).next().map_or(tree.text().len() as u32, Token::start);
    let mut bodies: Vec<Body> = Vec::new();
    let mut rest = DefaultHasher::new();
    let mut at = 0;
    for Inside { body, is_judged, head } in functions {
        hash_tokens(tree, at..head.as_ref().map_or(body.start, |it| it.1.start), &mut rest);
        let before = rest.finish();
        if head.is_none() {
            // Here is a body.
            u8::MAX.hash(&mut rest);
        }
        let head = head.as_ref().map(|(name, tokens)| Head {
            name: name.clone(),
            start: offset(tokens.start),
            tokens: print_of(tree, tokens.clone()),
        });
        let range = offset(body.start)..offset(body.end);
        bodies.push(Body { range, is_judged: *is_judged, before, head });
        at = body.end;
    }
    hash_tokens(tree, at..tree.len(), &mut rest);
    let rest = rest.finish();
    let heads = bodies.iter().map(|it| (it.before, it.head.as_ref().map(|it| it.tokens)));
    (Outlines { whole: print(&(rest, heads.collect::<Vec<_>>())), rest }, bodies)
}

/// A print of some tokens, which tells where comments and space stand between them, and not which.
fn print_of(tree: &Tree<'_>, tokens: Range<usize>) -> Print {
    let mut hasher = DefaultHasher::new();
    hash_tokens(tree, tokens, &mut hasher);
    hasher.finish()
}

fn hash_tokens(tree: &Tree<'_>, tokens: Range<usize>, hasher: &mut DefaultHasher) {
    let mut run: Option<Range<usize>> = None;
    for token in tree.tokens(tokens) {
        let (start, end) = (token.start() as usize, token.end() as usize);
        match (&mut run, token.kind().is_trivia()) {
            (Some(run), false) => run.end = end,
            (None, false) => run = Some(start..end),
            (_, true) => run.take().into_iter().for_each(|it| tree.text()[it].hash(hasher)),
        }
    }
    run.into_iter().for_each(|it| tree.text()[it].hash(hasher));
}

/// Whether the body of a function says something of what stands outside of it: a constant may be what a `const fn` computes, and the
/// type behind `impl Trait` is that of what the body gives.
fn tells_outside(function: Node<'_>) -> bool {
    let is_open = function.child(RET_TYPE).is_some_and(|it| it.holds(IMPL_TRAIT_TYPE));
    function.has_token(T![const]) || is_open
}

/// Whether a function stands in a file or in an `impl` of a type alone, with no attribute but such as speak to the compiler.
fn is_led_to_by_name(function: Node<'_>) -> bool {
    const FOR_COMPILER: [&str; 8] = ["allow", "cold", "deny", "doc", "expect", "inline", "must_use", "warn"];
    let is_for_compiler = |it: Node<'_>| {
        let name = it.tokens().find(|it| it.kind() == IDENT);
        name.is_some_and(|it| FOR_COMPILER.contains(&it.text()))
    };
    let in_file = |it: Node<'_>| it.parent().is_some_and(|it| it.kind() == SOURCE_FILE);
    let in_impl = |it: Node<'_>| {
        let of_type = it.parent().filter(|it| it.kind() == ASSOC_ITEM_LIST).and_then(Node::parent);
        of_type.is_some_and(|it| it.kind() == IMPL && !it.has_token(T![for]) && in_file(it))
    };
    let is_main = function.child(NAME).is_some_and(|it| it.name() == "main");
    let mut attributes = function.children().filter(|it| it.kind() == ATTR);
    let is_handed_on = is_main || function.child(ABI).is_some() || !attributes.all(is_for_compiler);
    (in_file(function) || in_impl(function)) && !is_handed_on
}

/// Whether a node of a body declares something.
fn is_item(node: Node<'_>) -> bool {
    ast::Item::can_cast(node.kind()) && node.kind() != MACRO_CALL
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::Edition;

    use crate::file_facts::FileFacts;

    /// Whether two texts differ in nothing but functions that only their names lead to.
    fn is_same_rest(one: &str, other: &str) -> bool {
        let rest = |text| FileFacts::of(text, Edition::CURRENT, false).outlines.rest;
        rest(one) == rest(other)
    }

    #[test]
    fn functions_that_only_their_names_lead_to_come_and_go() {
        let around =
            |it: &str| format!("struct S;\nimpl S {{\n    fn a(&self) {{}}\n}}\nfn main() {{}}\n{it}");
        for function in ["fn f() {}", "/// F.\n#[inline]\npub async fn f(x: u8) -> u8 { x }", "impl S {}"] {
            let is_function = function.contains("fn");
            assert_eq!(is_same_rest(&around(""), &around(function)), is_function, "{function}");
        }
        let in_impl = around("").replace("fn a(&self) {}", "fn a(&self) {}\n    fn b(self) {}");
        assert!(is_same_rest(&around(""), &in_impl));
    }

    #[test]
    fn what_is_met_without_a_name_stays() {
        for function in [
            "#[test]\nfn f() {}",
            "#[tokio::main]\nasync fn f() {}",
            "extern \"C\" fn f() {}",
            "const fn f() {}",
            "fn f() -> impl Fn() { || () }",
            "fn f() { fn g() {} }",
            "mod m { fn f() {} }",
            "impl Drop for S { fn drop(&mut self) {} }",
            "trait T { fn f() {} }",
            "fn main() {}",
        ] {
            assert!(!is_same_rest("struct S;\n", &format!("struct S;\n{function}\n")), "{function}");
        }
    }
}
