//! Comments that silence findings: `// retask: allow(rule) reason`, and what each of them covers.

use ra_ap_syntax::ast::HasAttrs;
use ra_ap_syntax::{
    AstNode, AstToken, Direction, Edition, NodeOrToken, SourceFile, SyntaxKind, SyntaxNode, SyntaxToken,
    TextRange, TextSize, algo, ast, ast::CommentPlacement,
};

/// A comment that silences the findings of some rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    pub comment: TextRange,
    /// The statement, item or file that it stands on.
    pub covers: TextRange,
    pub rules: Vec<String>,
    /// What follows the rules; empty where nothing does.
    pub reason: String,
    /// Whether it stands in code for tests or for some configurations, which may be left out.
    pub is_conditional: bool,
}

/// A comment that was meant to silence findings and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misspelt {
    pub comment: TextRange,
    /// What is wrong with it, in words.
    pub problem: &'static str,
}

/// The comments of a text that silence findings, in their order.
pub fn allows(text: &str, edition: Edition) -> Vec<Result<Allow, Misspelt>> {
    // Most files have none, and a tree takes time.
    if !text.contains(MARK) {
        return Vec::new();
    }
    let tree = SourceFile::parse(text, edition).syntax_node();
    let tokens = tree.descendants_with_tokens().filter_map(NodeOrToken::into_token);
    tokens.filter_map(ast::Comment::cast).filter_map(|it| allow(&it, text)).collect()
}

const MARK: &str = "retask:";

fn allow(comment: &ast::Comment, text: &str) -> Option<Result<Allow, Misspelt>> {
    let shape = comment.kind();
    let said = comment.text().get(comment.prefix().len()..)?.trim_end_matches("*/").trim();
    let said = said.strip_prefix(MARK)?.trim_start();
    let word = said.find(|it: char| !it.is_alphanumeric()).map_or(said, |it| &said[..it]);
    // Other words of the program's name are no business of ours.
    if word != "allow" && !said[word.len()..].starts_with('(') {
        return None;
    }
    let range = comment.syntax().text_range();
    let misspelt = |problem| Some(Err(Misspelt { comment: range, problem }));
    if shape.doc == Some(CommentPlacement::Outer) {
        return misspelt(
            "documentation silences nothing: write it after `//`, or after `//!` for all around it",
        );
    }
    let Some((rules, reason)) = said.strip_prefix("allow(").and_then(|it| it.split_once(')')) else {
        return misspelt("it is not of the form `retask: allow(rule) reason`");
    };
    let rules: Vec<String> =
        rules.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect();
    if rules.is_empty() {
        return misspelt("it names no rule");
    }
    let token = comment.syntax();
    let covers = match shape.doc {
        Some(_) => around(token),
        None if begins_line(text, range.start()) => below(token, text),
        None => beside(token),
    };
    let reason = reason.trim_start_matches([':', '-', ' ']).trim().to_owned();
    let covers = covers.unwrap_or(range);
    let is_conditional = is_conditional(token, covers);
    Some(Ok(Allow { comment: range, covers, rules, reason, is_conditional }))
}

/// Whether an attribute around what a comment covers, or on it, is for tests or some configurations.
fn is_conditional(comment: &SyntaxToken, covers: TextRange) -> bool {
    let tree = comment.parent_ancestors().last();
    let covered = tree.map(|it| it.covering_element(covers));
    let nodes = covered.into_iter().flat_map(|it| it.ancestors().collect::<Vec<_>>());
    let attributes = nodes.filter_map(ast::AnyHasAttrs::cast).flat_map(|it| it.attrs().collect::<Vec<_>>());
    attributes.into_iter().any(|it| {
        let name = it.syntax().text().to_string();
        name.starts_with("#[cfg(") || name.ends_with("test]") || name.contains("test(")
    })
}

/// Whether only blanks stand before a place in its line.
fn begins_line(text: &str, at: TextSize) -> bool {
    text[..usize::from(at)].bytes().rev().take_while(|it| *it != b'\n').all(|it| it.is_ascii_whitespace())
}

/// The item that an inner comment stands in, or the file.
fn around(comment: &SyntaxToken) -> Option<TextRange> {
    let item = comment.parent_ancestors().find(|it| ast::Item::can_cast(it.kind()));
    item.or_else(|| comment.parent_ancestors().last()).map(|it| it.text_range())
}

/// What begins below a comment: the file, where it ends the head of one and a blank line follows; else the largest node that begins
/// there.
fn below(comment: &SyntaxToken, text: &str) -> Option<TextRange> {
    let next = next(comment);
    let is_head = previous(comment).is_none_or(|it| is_of_head(&it));
    if is_head && (next.is_none() || is_followed_by_blank_line(comment)) {
        return comment.parent_ancestors().last().map(|it| it.text_range());
    }
    let next = next?;
    let begins = |it: &SyntaxNode| first_token(it).as_ref() == Some(&next);
    let all = next.parent_ancestors().take_while(begins);
    let largest = all.filter(|it| it.kind() != SyntaxKind::SOURCE_FILE).last();
    // In the middle of a chain of calls or in the arguments of a macro nothing begins: the line counts.
    largest.map(|it| it.text_range()).or_else(|| Some(rest_of_line(&next, text)))
}

/// The statement, item, arm or field that a comment ends a line of.
fn beside(comment: &SyntaxToken) -> Option<TextRange> {
    let before = previous(comment)?;
    wholes(&before).next().map(|it| it.text_range())
}

/// The start of the line above which a comment covers a place: that of the smallest statement or item around it that begins its line.
pub fn line_for(text: &str, edition: Edition, at: TextSize) -> Option<TextSize> {
    let tree = SourceFile::parse(text, edition).syntax_node();
    let token = tree.token_at_offset(at).right_biased()?;
    let starts = wholes(&token).filter_map(|it| Some(first_token(&it)?.text_range().start()));
    let start = starts.into_iter().find(|it| begins_line(text, *it))?;
    let line = text[..usize::from(start)].rfind('\n').map_or(0, |it| it + 1);
    TextSize::try_from(line).ok()
}

/// The statements, items, arms and fields around a token, the smallest first.
fn wholes(token: &SyntaxToken) -> impl Iterator<Item = SyntaxNode> {
    let is_whole = |it: &SyntaxNode| {
        let in_block = it.parent().is_some_and(|it| it.kind() == SyntaxKind::STMT_LIST);
        let is_part = matches!(
            it.kind(),
            SyntaxKind::MATCH_ARM
                | SyntaxKind::RECORD_FIELD
                | SyntaxKind::RECORD_EXPR_FIELD
                | SyntaxKind::VARIANT
        );
        in_block || is_part || ast::Item::can_cast(it.kind()) && it.kind() != SyntaxKind::MACRO_CALL
    };
    token.parent_ancestors().filter(is_whole)
}

/// The next token that is neither blank nor comment.
fn next(token: &SyntaxToken) -> Option<SyntaxToken> {
    algo::skip_trivia_token(token.next_token()?, Direction::Next)
}

fn previous(token: &SyntaxToken) -> Option<SyntaxToken> {
    algo::skip_trivia_token(token.prev_token()?, Direction::Prev)
}

/// Whether a token belongs to what stands before the items of a file: inner attributes.
fn is_of_head(token: &SyntaxToken) -> bool {
    let attribute = token.parent_ancestors().find_map(ast::Attr::cast);
    attribute.is_some_and(|it| {
        it.excl_token().is_some()
            && it.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::SOURCE_FILE)
    })
}

fn is_followed_by_blank_line(comment: &SyntaxToken) -> bool {
    let next = comment.next_token();
    next.is_some_and(|it| it.kind() == SyntaxKind::WHITESPACE && it.text().matches('\n').count() > 1)
}

fn first_token(node: &SyntaxNode) -> Option<SyntaxToken> {
    algo::skip_trivia_token(node.first_token()?, Direction::Next)
}

fn rest_of_line(token: &SyntaxToken, text: &str) -> TextRange {
    let start = token.text_range().start();
    let rest = &text[usize::from(start)..];
    TextRange::at(start, TextSize::of(rest.split('\n').next().unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each comment of a text covers, or what is wrong with it.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found = allows(text, Edition::CURRENT);
        let shown = |it: &Result<Allow, Misspelt>| match it {
            Ok(it) => format!("{}: {}", it.rules.join(" "), &text[it.covers]),
            Err(it) => it.problem.to_owned(),
        };
        assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_comment_covers_the_statement_below_it() {
        let body = |it: &str| format!("fn f() {{\n    a();\n{it}\n    c();\n}}\n");
        check(
            &body("    // retask: allow(x) why\n    b(|| {\n        d();\n    });"),
            &["x: b(|| {\n        d();\n    });"],
        );
        check(&body("    // retask: allow(x)\n\n    // More on it.\n    let a = b();"), &["x: let a = b();"]);
        check("fn f() {\n    // retask: allow(x)\n    a().b()\n}\n", &["x: a().b()"]);
        check(
            "fn f() {\n    match a {\n        // retask: allow(x)\n        b => c(),\n    }\n}\n",
            &["x: b => c(),"],
        );
    }

    #[test]
    fn a_comment_covers_the_item_below_it() {
        let item = "#[test]\n/// Why.\nasync fn f() {}";
        let text = format!("use a;\n\n// retask: allow(x, y-z): because\n{item}\nfn g() {{}}\n");
        let [Ok(found)] = &allows(&text, Edition::CURRENT)[..] else { panic!("one comment") };
        assert_eq!(
            (found.rules.as_slice(), found.reason.as_str()),
            (&["x".into(), "y-z".into()][..], "because")
        );
        assert!(text[found.covers].ends_with(item), "{}", &text[found.covers]);
        check("struct S {\n    // retask: allow(x)\n    a: u8,\n}\n", &["x: // retask: allow(x)\n    a: u8"]);
    }

    #[test]
    fn a_comment_covers_the_statement_or_item_beside_it() {
        check("fn f() {\n    a();\n    b(); // retask: allow(x) why\n}\n", &["x: b();"]);
        check(
            "fn f() {\n    loop { // retask: allow(x)\n        b();\n    }\n}\n",
            &["x: loop { // retask: allow(x)\n        b();\n    }"],
        );
        check(
            "fn f() { // retask: allow(x)\n    b();\n}\n",
            &["x: fn f() { // retask: allow(x)\n    b();\n}"],
        );
        check(
            "fn f() {\n    a(\n        b, // retask: allow(x)\n        c,\n    );\n}\n",
            &["x: a(\n        b, // retask: allow(x)\n        c,\n    );"],
        );
    }

    #[test]
    fn a_comment_covers_the_file_at_its_head() {
        for text in [
            "// retask: allow(x) why\n\nfn f() {}\n",
            "// Licence.\n\n#![allow(a)]\n\n// retask: allow(x)\n\nfn f() {}\n",
            "//! retask: allow(x)\n\nfn f() {}\n",
            "//! About it.\n//! retask: allow(x)\nfn f() {}\n",
        ] {
            check(text, &[&format!("x: {text}")]);
        }
        check(
            "mod m {\n    //! retask: allow(x)\n    fn f() {}\n}\nfn g() {}\n",
            &["x: mod m {\n    //! retask: allow(x)\n    fn f() {}\n}"],
        );
    }

    #[test]
    fn a_comment_in_a_chain_or_a_macro_covers_the_line_below_it() {
        check(
            "fn f() {\n    a()\n        // retask: allow(x)\n        .b()\n        .c();\n}\n",
            &["x: .b()"],
        );
        check(
            "fn f() {\n    m! {\n        // retask: allow(x)\n        a = b() => {}\n        c\n    }\n}\n",
            &["x: a = b() => {}"],
        );
    }

    #[test]
    fn what_may_be_left_out_is_known() {
        let is_conditional = |text: &str| {
            let found = allows(text, Edition::CURRENT);
            found.into_iter().flatten().map(|it| it.is_conditional).collect::<Vec<_>>()
        };
        assert_eq!(
            is_conditional("#[cfg(test)]\nmod t {\n    // retask: allow(x)\n    fn f() {}\n}\n"),
            [true]
        );
        assert_eq!(is_conditional("// retask: allow(x)\n#[tokio::test]\nasync fn f() {}\n"), [true]);
        assert_eq!(is_conditional("// retask: allow(x)\n#[tokio::main]\nasync fn f() {}\n"), [false]);
    }

    #[test]
    fn what_is_misspelt_is_told() {
        check("// retask: alow(x)\nfn f() {}\n", &["it is not of the form `retask: allow(rule) reason`"]);
        check("// retask: allow() why\nfn f() {}\n", &["it names no rule"]);
        check(
            "/// retask: allow(x)\nfn f() {}\n",
            &["documentation silences nothing: write it after `//`, or after `//!` for all around it"],
        );
        check(
            "// We use retask: it is a tool.\n// retask: the tool we use (a lot)\nfn f() {}\nconst A: &str = \"// retask: allow(x)\";\n",
            &[],
        );
    }
}
