//! Calls in macro arguments, which are tokens without nodes.

use ra_ap_syntax::{
    Direction, NodeOrToken, SmolStr,
    SyntaxKind::{self, *},
    SyntaxToken, T,
};

use crate::index::Shape;
use crate::loops;

/// Whether a name ends what a `for` iterates, as in `for _ in &self.rx {`.
pub(crate) fn is_iterated(name: &SyntaxToken) -> bool {
    let mut next = name.next_token();
    while next.as_ref().is_some_and(|it| it.kind().is_trivia()) {
        next = next.and_then(|it| it.next_token());
    }
    let mut before = previous(name);
    while before.as_ref().is_some_and(|it| matches!(it.kind(), IDENT | T![self] | T![.] | T![&] | T![mut])) {
        before = before.and_then(|it| previous(&it));
    }
    next.is_some_and(|it| it.kind() == T!['{']) && before.is_some_and(|it| it.kind() == T![in])
}

/// Whether a name in macro arguments may stand in async code: in an async body, or behind an `async` among the arguments.
pub(crate) fn is_async(name: &SyntaxToken) -> bool {
    let Some(call) = name.parent_ancestors().find(|it| it.kind() == MACRO_CALL) else { return false };
    let mut tokens = call.descendants_with_tokens().filter_map(|it| it.into_token());
    loops::is_in_async_body(&call) || tokens.any(|it| it.kind() == T![async])
}

/// The number of arguments behind a name in macro arguments, where the commas tell.
pub(crate) fn args(name: &SyntaxToken) -> Option<usize> {
    let list = name.next_sibling_or_token()?.into_node().filter(|it| it.kind() == TOKEN_TREE)?;
    let tokens: Vec<SyntaxKind> =
        list.children_with_tokens().map(|it| it.kind()).filter(|it| !it.is_trivia()).collect();
    let inner = tokens.get(1..tokens.len().checked_sub(1)?)?;
    // A comma can stand between type arguments or the parameters of a closure, and a macro writes what it likes.
    let is_plain = !inner.iter().any(|it| matches!(it, T![<] | T![|] | T![||] | T![$]));
    let between = inner.iter().enumerate().filter(|(at, it)| **it == T![,] && at + 1 < inner.len()).count();
    is_plain.then_some(if inner.is_empty() { 0 } else { between + 1 })
}

/// Whether `.await` follows the arguments of a name in macro arguments.
pub(crate) fn is_awaited(name: &SyntaxToken) -> bool {
    let after = name.siblings_with_tokens(Direction::Next).skip(1).filter(|it| !it.kind().is_trivia());
    let kinds: Vec<SyntaxKind> = after.take(3).map(|it| it.kind()).collect();
    kinds == [TOKEN_TREE, T![.], T![await]]
}

pub(crate) fn is_call(name: &SyntaxToken) -> bool {
    let follows_fn = previous(name).is_some_and(|it| it.kind() == T![fn]);
    let opens = name.next_sibling_or_token().and_then(|it| match it {
        NodeOrToken::Node(node) if node.kind() == TOKEN_TREE => node.first_token(),
        NodeOrToken::Token(token) if token.kind() == T![:] || token.kind() == T![::] => turbofish(token),
        _ => None,
    });
    !follows_fn && opens.is_some_and(|it| it.kind() == T!['('])
}

/// The segment before a name in macro arguments.
pub(crate) fn qualifier(name: &SyntaxToken) -> Option<SmolStr> {
    let colon = previous(name).filter(|it| matches!(it.kind(), T![:] | T![::]))?;
    let before = if colon.kind() == T![::] { previous(&colon) } else { previous(&previous(&colon)?) };
    let named = before.filter(|it| matches!(it.kind(), IDENT | T![Self] | T![crate] | T![self] | T![super]));
    Some(named.map_or(SmolStr::new(Shape::ANY), |it| SmolStr::new(it.text())))
}

/// Skips `::<…>` in a token tree and gives the parenthesis after it.
fn turbofish(colons: SyntaxToken) -> Option<SyntaxToken> {
    let mut depth = 0;
    let mut next = colons.next_sibling_or_token();
    for _ in 0..32 {
        let element = next?;
        match &element {
            NodeOrToken::Token(token) if token.kind() == T![<] => depth += 1,
            NodeOrToken::Token(token) if token.kind() == T![>] => depth -= 1,
            NodeOrToken::Node(node) if depth == 0 => return node.first_token(),
            NodeOrToken::Token(token) if depth == 0 && token.kind() != T![:] => return None,
            _ => {}
        }
        next = element.next_sibling_or_token();
    }
    None
}

pub(crate) fn previous(token: &SyntaxToken) -> Option<SyntaxToken> {
    let mut previous = token.prev_token()?;
    while previous.kind().is_trivia() {
        previous = previous.prev_token()?;
    }
    Some(previous)
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::{AstNode, Edition, SourceFile, SyntaxToken};

    use super::{args, is_awaited};

    /// The name `it` in the arguments of a macro.
    fn name(arguments: &str) -> SyntaxToken {
        let text = format!("fn f() {{ m!({arguments}) }}");
        let tree = SourceFile::parse(&text, Edition::CURRENT).tree();
        let mut tokens = tree.syntax().descendants_with_tokens().filter_map(|it| it.into_token());
        tokens.find(|it| it.text() == "it").expect("there is one")
    }

    #[test]
    fn arguments_are_counted_where_commas_part_them() {
        let of = |text: &str| args(&name(text));
        assert_eq!(of("it()"), Some(0));
        assert_eq!(of("a.it(b)"), Some(1));
        assert_eq!(of("it(b, c(d, e),)"), Some(2));
        assert_eq!(of("it(a::<b, c>())"), None);
        assert_eq!(of("it(|a, b| a)"), None);
        assert_eq!(of("it($a)"), None);
        assert_eq!(of("it::<u8>(b)"), None);
        assert_eq!(of("it, (b)"), None);
    }

    #[test]
    fn an_await_follows_the_arguments() {
        assert!(is_awaited(&name("a.it(b).await")));
        assert!(is_awaited(&name("it(b) . await?")));
        assert!(!is_awaited(&name("it(b.await)")));
        assert!(!is_awaited(&name("it(b).c().await")));
        assert!(!is_awaited(&name("it(b), c.await")));
    }
}
