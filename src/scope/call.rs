//! The lines of the call that a finding stands on: its place is the name alone.

use std::ops::Range;

use ra_ap_syntax::ast::{self, AstNode};
use ra_ap_syntax::{Direction, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize, TokenAtOffset};

/// The bytes of the call whose name stands at an offset, in code or in the arguments of a macro.
pub fn around(root: &SyntaxNode, offset: u32) -> Option<Range<usize>> {
    let offset = TextSize::from(offset);
    if !root.text_range().contains(offset) {
        return None;
    }
    let token = match root.token_at_offset(offset) {
        TokenAtOffset::None => return None,
        TokenAtOffset::Single(it) | TokenAtOffset::Between(_, it) => it,
    };
    let call = token.parent_ancestors().find_map(|it| of_node(&it, offset)).or_else(|| in_tokens(&token))?;
    Some(call.start().into()..call.end().into())
}

/// The range of a node that is a call, and calls what stands at the offset.
fn of_node(node: &SyntaxNode, offset: TextSize) -> Option<TextRange> {
    let named = if let Some(it) = ast::CallExpr::cast(node.clone()) {
        it.expr()?.syntax().text_range()
    } else if let Some(it) = ast::MethodCallExpr::cast(node.clone()) {
        it.name_ref()?.syntax().text_range()
    } else {
        ast::MacroCall::cast(node.clone())?.path()?.syntax().text_range()
    };
    named.contains(offset).then(|| node.text_range())
}

/// From a name in the arguments of a macro to the end of the brackets that follow it.
fn in_tokens(name: &SyntaxToken) -> Option<TextRange> {
    if name.parent()?.kind() != SyntaxKind::TOKEN_TREE {
        return None;
    }
    let arguments = name
        .siblings_with_tokens(Direction::Next)
        .skip(1)
        .find(|it| !it.kind().is_trivia())
        .filter(|it| it.kind() == SyntaxKind::TOKEN_TREE)?;
    Some(name.text_range().cover(arguments.text_range()))
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::{AstNode, Edition, SourceFile};

    use super::around;

    #[track_caller]
    fn check(text: &str, name: &str, call: Option<&str>) {
        let root = SourceFile::parse(text, Edition::CURRENT).tree();
        let offset = text.find(name).expect("the name is there") as u32;
        assert_eq!(around(root.syntax(), offset).map(|it| &text[it]), call);
    }

    #[test]
    fn a_call_goes_from_its_path_to_its_last_bracket() {
        check("fn f() { a::write(\n1,\n2\n); }", "write", Some("a::write(\n1,\n2\n)"));
        check("fn f() { a()\n.recv(\n1); }", "recv", Some("a()\n.recv(\n1)"));
        check("fn f() { g(h(\n1)); }", "h(", Some("h(\n1)"));
        check("fn f() { all!(\n1\n); }", "all", Some("all!(\n1\n)"));
    }

    #[test]
    fn a_call_in_the_arguments_of_a_macro_has_its_brackets() {
        check("fn f() { all!(x => a::write(\n1\n), y); }", "write", Some("write(\n1\n)"));
    }

    #[test]
    fn a_declaration_is_no_call() {
        check("struct S { state: A<\nB> }", "state", None);
    }
}
