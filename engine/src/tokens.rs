//! Calls in macro arguments, which are tokens without nodes.

use ra_ap_syntax::{
    SmolStr,
    SyntaxKind::{self, *},
    T,
};

use crate::flat::{Element, Token};
use crate::index::Shape;

/// The offsets at which a name stands in a text, be it in a comment or a string.
pub(crate) fn words<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_part = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
    let is_word = move |at: &usize| {
        let (before, behind) = (&text[..*at], &text[at + name.len()..]);
        !is_part(before.chars().next_back()) && !is_part(behind.chars().next())
    };
    text.match_indices(name).map(|(at, _)| at).filter(is_word)
}

/// Whether a name ends what a `for` iterates, as in `for _ in &self.rx {`.
pub(crate) fn is_iterated(name: Token<'_>) -> bool {
    let mut next = name.next();
    while next.is_some_and(|it| it.kind().is_trivia()) {
        next = next.and_then(Token::next);
    }
    let mut before = name.previous();
    while before.is_some_and(|it| matches!(it.kind(), IDENT | T![self] | T![.] | T![&] | T![mut])) {
        before = before.and_then(Token::previous);
    }
    next.is_some_and(|it| it.kind() == T!['{']) && before.is_some_and(|it| it.kind() == T![in])
}

/// Whether a name in macro arguments may stand in async code: in an async body, or behind an `async` among the arguments.
pub(crate) fn is_async(name: Token<'_>) -> bool {
    let call = name.parent().ancestors().find(|it| it.kind() == MACRO_CALL);
    call.is_some_and(|it| it.is_in_async() || it.tokens().any(|it| it.kind() == T![async]))
}

/// The number of arguments behind a name in macro arguments, where the commas tell.
pub(crate) fn args(name: Token<'_>) -> Option<usize> {
    let Some(Element::Node(list)) = name.siblings().next() else { return None };
    if list.kind() != TOKEN_TREE {
        return None;
    }
    let tokens: Vec<SyntaxKind> = list.elements().map(|it| it.kind()).filter(|it| !it.is_trivia()).collect();
    let inner = tokens.get(1..tokens.len().checked_sub(1)?)?;
    // A comma can stand between type arguments or the parameters of a closure, and a macro writes what it likes.
    let is_plain = !inner.iter().any(|it| matches!(it, T![<] | T![|] | T![||] | T![$]));
    let between = inner.iter().enumerate().filter(|(at, it)| **it == T![,] && at + 1 < inner.len()).count();
    is_plain.then_some(if inner.is_empty() { 0 } else { between + 1 })
}

/// Whether `.await` follows the arguments of a name in macro arguments.
pub(crate) fn is_awaited(name: Token<'_>) -> bool {
    let after = name.siblings().map(|it| it.kind()).filter(|it| !it.is_trivia());
    after.take(3).eq([TOKEN_TREE, T![.], T![await]])
}

pub(crate) fn is_call(name: Token<'_>) -> bool {
    let follows_fn = name.previous().is_some_and(|it| it.kind() == T![fn]);
    let opens = name.siblings().next().and_then(|it| match it {
        Element::Node(node) if node.kind() == TOKEN_TREE => node.tokens().next(),
        Element::Token(token) if matches!(token.kind(), T![:] | T![::]) => turbofish(name),
        _ => None,
    });
    !follows_fn && opens.is_some_and(|it| it.kind() == T!['('])
}

/// The segment before a name in macro arguments.
pub(crate) fn qualifier(name: Token<'_>) -> Option<SmolStr> {
    let colon = name.previous().filter(|it| matches!(it.kind(), T![:] | T![::]))?;
    let before = if colon.kind() == T![::] { colon.previous() } else { colon.previous()?.previous() };
    let is_variable = |it: &Token<'_>| it.previous().is_some_and(|it| it.kind() == T![$]);
    let named = before.filter(|it| match it.kind() {
        // `$type::name`
        IDENT => !is_variable(it),
        it => matches!(it, T![Self] | T![crate] | T![self] | T![super]),
    });
    Some(named.map_or(SmolStr::new(Shape::ANY), |it| SmolStr::new(it.text())))
}

/// Skips `::<…>` behind a name in a token tree and gives the parenthesis after it.
fn turbofish(name: Token<'_>) -> Option<Token<'_>> {
    let mut depth = 0;
    for element in name.siblings().take(32) {
        match element {
            Element::Token(token) if token.kind() == T![<] => depth += 1,
            Element::Token(token) if token.kind() == T![>] => depth -= 1,
            Element::Node(node) if depth == 0 => return node.tokens().next(),
            Element::Token(token) if depth == 0 && token.kind() != T![:] => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::Edition;

    use super::{args, is_awaited, qualifier};
    use crate::flat::{Token, Tree};

    /// Asks of the name `it` in the arguments of a macro.
    fn of_name<R>(arguments: &str, ask: impl Fn(Token<'_>) -> R) -> R {
        let text = format!("fn f() {{ m!({arguments}) }}");
        let tree = Tree::parse(&text, Edition::CURRENT);
        let name = tree.tokens(0..tree.len()).find(|it| it.text() == "it");
        ask(name.expect("there is one"))
    }

    #[test]
    fn arguments_are_counted_where_commas_part_them() {
        let of = |text: &str| of_name(text, args);
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
    fn what_stands_before_a_name_is_read_where_it_is_a_name() {
        let of = |text: &str| of_name(text, qualifier).map(|it| it.to_string());
        assert_eq!(of("it()"), None);
        assert_eq!(of("a.it()"), None);
        assert_eq!(of("A::it()"), Some("A".to_owned()));
        assert_eq!(of("$crate::a::A::it()"), Some("A".to_owned()));
        assert_eq!(of("$crate::it()"), Some("crate".to_owned()));
        assert_eq!(of("$a::it()"), Some("_".to_owned()));
        assert_eq!(of("<A as B>::it()"), Some("_".to_owned()));
    }

    #[test]
    fn an_await_follows_the_arguments() {
        assert!(of_name("a.it(b).await", is_awaited));
        assert!(of_name("it(b) . await?", is_awaited));
        assert!(!of_name("it(b.await)", is_awaited));
        assert!(!of_name("it(b).c().await", is_awaited));
        assert!(!of_name("it(b), c.await", is_awaited));
    }
}
