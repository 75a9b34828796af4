//! Imports that a rewrite leaves unused.
//!
//! Works on two texts of a file, without types: an import whose name was used in its scope before and is used there no more is removed. An
//! import that was unused all along, a re-export and a trait (which is used without its name) stay.

use std::ops::Range;

use crate::place::indent_at;

use ra_ap_syntax::{
    AstNode, Edition, NodeOrToken, SourceFile, SyntaxKind, SyntaxNode, SyntaxToken, T, TextRange, ast,
    ast::{HasName, HasVisibility},
};

/// Removes the imports from `after` whose names `before` uses and `after` does not. One import can be the last use of another.
///
/// Traits of `gone` go as well: what calls of their methods are left are another trait's.
pub fn remove_unused(before: &str, after: &str, gone: &[&str]) -> String {
    let mut text = after.to_owned();
    loop {
        let next = remove_once(before, &text, gone);
        if next == text {
            return text;
        }
        text = next;
    }
}

fn remove_once(before: &str, after: &str, known: &[&str]) -> String {
    let old = SourceFile::parse(before, Edition::CURRENT).syntax_node();
    let new = SourceFile::parse(after, Edition::CURRENT).syntax_node();
    let mut removals: Vec<Range<usize>> = Vec::new();
    let mut limits: Vec<(usize, String)> = Vec::new();
    for item in new.descendants().filter_map(ast::Use::cast).filter(|it| it.visibility().is_none()) {
        let Some(scope) = item.syntax().parent() else { continue };
        let Some(tree) = item.use_tree() else { continue };
        let Some(old_scope) = counterpart(&old, &scope) else { continue };
        let leaves: Vec<ast::UseTree> = tree
            .syntax()
            .descendants()
            .filter_map(ast::UseTree::cast)
            .filter(|it| it.use_tree_list().is_none() && it.star_token().is_none())
            .collect();
        let mut gone: Vec<&ast::UseTree> = Vec::new();
        for leaf in &leaves {
            let Some(name) = bound_name(leaf) else { continue };
            let methods = methods_of(leaf);
            let (was, is) = (uses(&old_scope, &name, methods), uses(&scope, &name, methods));
            match limit(&was, &is).filter(|_| ast::HasAttrs::attrs(&item).next().is_none()) {
                _ if is.is_empty() && !was.is_empty() || known.contains(&path_of(leaf).as_str()) => {
                    gone.push(leaf)
                }
                Some(cfg) => {
                    let start = with_line(after, item.syntax().text_range()).start;
                    let indent = indent_at(after, start);
                    let own = format!("use {}{};", path_of(leaf), renamed(leaf));
                    limits.push((start, format!("{indent}#[cfg{cfg}]\n{indent}{own}\n")));
                    gone.push(leaf);
                }
                None => {}
            }
        }
        match gone.len() {
            0 => {}
            count if count == leaves.len() => removals.push(with_line(after, item.syntax().text_range())),
            _ => removals.extend(gone.into_iter().flat_map(without)),
        }
    }
    // From the end, so that places before stay what they are.
    let mut text = after.to_owned();
    if limits.is_empty() {
        return cut(after, removals);
    }
    limits.sort();
    for (at, import) in limits.into_iter().rev() {
        text.insert_str(at, &import);
        let moved = |it: &Range<usize>| {
            if it.start < at { it.clone() } else { it.start + import.len()..it.end + import.len() }
        };
        removals = removals.iter().map(moved).collect();
    }
    cut(&text, removals)
}

/// The condition that an import gets, where code of every build used it and only code of one condition is left that does.
fn limit(was: &[String], is: &[String]) -> Option<String> {
    let cfg = is.first().filter(|it| !it.is_empty())?;
    let had_plain = was.iter().any(String::is_empty);
    (had_plain && is.iter().all(|it| it == cfg)).then(|| cfg.clone())
}

fn renamed(leaf: &ast::UseTree) -> String {
    leaf.rename().map(|it| format!(" {}", it.syntax().text())).unwrap_or_default()
}

/// The whole path of a leaf.
pub fn path_of(leaf: &ast::UseTree) -> String {
    let outer = leaf.syntax().ancestors().filter_map(ast::UseTree::cast).filter_map(|it| it.path());
    let parts: Vec<String> = outer.map(|it| it.syntax().text().to_string()).collect();
    let path = parts.iter().rev().cloned().collect::<Vec<_>>().join("::");
    path.strip_suffix("::self").map(str::to_owned).unwrap_or(path)
}

/// Traits of std that rewrites leave without a use, with the methods that use them without their name.
const TRAITS: &[(&str, &[&str])] = &[
    ("std::net::ToSocketAddrs", &["to_socket_addrs"]),
    (
        "std::io::Read",
        &[
            "read",
            "read_vectored",
            "read_to_end",
            "read_to_string",
            "read_exact",
            "by_ref",
            "bytes",
            "chain",
            "take",
        ],
    ),
    ("std::io::Write", &["write", "write_vectored", "write_all", "write_fmt", "flush", "by_ref"]),
    ("std::io::BufRead", &["fill_buf", "consume", "read_until", "skip_until", "read_line", "split", "lines"]),
    ("std::io::Seek", &["seek", "rewind", "stream_position", "seek_relative"]),
    ("std::os::unix::fs::OpenOptionsExt", &["mode", "custom_flags"]),
    ("std::os::windows::fs::OpenOptionsExt", &["custom_flags", "access_mode", "share_mode", "attributes"]),
    (
        "std::os::unix::process::CommandExt",
        &["uid", "gid", "groups", "pre_exec", "exec", "arg0", "process_group"],
    ),
    ("std::os::windows::process::CommandExt", &["creation_flags", "raw_arg", "show_window"]),
];

/// Macros that call `write_fmt`.
const WRITES: [&str; 2] = ["write", "writeln"];

/// The methods of a trait of std that an import brings into scope, where rewrites can leave it without a use.
pub fn methods_of(leaf: &ast::UseTree) -> &'static [&'static str] {
    let path = path_of(leaf);
    TRAITS.iter().find(|(name, _)| *name == path).map_or(&[], |(_, methods)| methods)
}

/// The names of methods, and of macros that call one, in code of a scope.
fn calls_of(scope: &SyntaxNode, methods: &[&str]) -> Vec<SyntaxToken> {
    if methods.is_empty() {
        return Vec::new();
    }
    let tokens = scope.descendants_with_tokens().filter_map(NodeOrToken::into_token);
    let calls = tokens.filter(|it| {
        let name = it.text();
        let is_macro = WRITES.contains(&name) && methods.contains(&"write_fmt");
        it.kind() == SyntaxKind::IDENT && (methods.contains(&name) || is_macro) && !is_awaited(it)
    });
    calls.collect()
}

/// Whether a token is the name of a method call that is awaited: it belongs to another trait of the same words.
fn is_awaited(name: &SyntaxToken) -> bool {
    let call = name.parent_ancestors().nth(1).filter(|it| it.kind() == SyntaxKind::METHOD_CALL_EXPR);
    call.and_then(|it| it.parent()).is_some_and(|it| it.kind() == SyntaxKind::AWAIT_EXPR)
}

/// The uses of an import in its scope: for each the condition under which it is built, empty where there is none.
fn uses(scope: &SyntaxNode, name: &str, methods: &[&str]) -> Vec<String> {
    let named = names_of(scope, name).into_iter().chain(calls_of(scope, methods));
    named.map(|it| condition(&it, scope)).collect()
}

/// The arguments of the `cfg` attributes around a token in a scope.
fn condition(token: &SyntaxToken, scope: &SyntaxNode) -> String {
    let inside = token.parent_ancestors().take_while(|it| it != scope);
    let attributes = inside
        .filter_map(ast::AnyHasAttrs::cast)
        .flat_map(|it| ast::HasAttrs::attrs(&it).collect::<Vec<_>>());
    let texts = attributes.map(|it| it.syntax().text().to_string());
    let conditions: Vec<String> =
        texts.filter_map(|it| Some(it.strip_prefix("#[cfg")?.strip_suffix(']')?.to_owned())).collect();
    match conditions.as_slice() {
        [] => String::new(),
        [one] if one.starts_with('(') => one.clone(),
        many => format!(
            "(all({}))",
            many.iter().map(|it| it.trim_matches(['(', ')'])).collect::<Vec<_>>().join(", ")
        ),
    }
}

/// The name that a leaf of an import binds.
fn bound_name(leaf: &ast::UseTree) -> Option<String> {
    if let Some(rename) = leaf.rename() {
        return Some(rename.name()?.text().to_string());
    }
    let segment = leaf.path()?.segment()?;
    match segment.name_ref() {
        Some(name) if name.text() == "self" => {
            let outer = leaf.syntax().ancestors().skip(1).find_map(ast::UseTree::cast)?;
            Some(outer.path()?.segment()?.name_ref()?.text().to_string())
        }
        Some(name) => Some(name.text().to_string()),
        None => {
            let outer = leaf.syntax().ancestors().skip(1).find_map(ast::UseTree::cast)?;
            Some(outer.path()?.segment()?.name_ref()?.text().to_string())
        }
    }
}

/// The scope of the other text in the items of the same names.
fn counterpart(old: &SyntaxNode, scope: &SyntaxNode) -> Option<SyntaxNode> {
    let (kind, names) = (scope.kind(), item_names(scope));
    old.descendants().find(|it| it.kind() == kind && item_names(it) == names)
}

/// The names of the items around a scope, innermost first.
fn item_names(scope: &SyntaxNode) -> Vec<String> {
    let items = scope.ancestors().filter_map(ast::Item::cast);
    items
        .filter_map(|it| Some(ast::AnyHasName::cast(it.syntax().clone())?.name()?.text().to_string()))
        .collect()
}

/// Where a name is used in the scope of an import. A nested module sees the name only through `super`.
fn names_of(scope: &SyntaxNode, name: &str) -> Vec<SyntaxToken> {
    let sees =
        |module: &ast::Module| module.syntax().descendants_with_tokens().any(|it| it.kind() == T![super]);
    let enters =
        |node: &SyntaxNode| node == scope || ast::Module::cast(node.clone()).is_none_or(|it| sees(&it));
    let mut stack = vec![scope.clone()];
    let mut found = Vec::new();
    while let Some(node) = stack.pop() {
        for child in node.children_with_tokens() {
            match child {
                NodeOrToken::Node(it) if it.kind() == SyntaxKind::USE => {
                    found.extend(beginnings(&it).into_iter().filter(|it| it.text() == name));
                }
                NodeOrToken::Node(it) if enters(&it) => stack.push(it),
                NodeOrToken::Token(it) if names(&it, name) => found.push(it),
                _ => {}
            }
        }
    }
    found
}

/// Whether a token is a name, or a string that a macro can format with it.
fn names(token: &SyntaxToken, name: &str) -> bool {
    match token.kind() {
        SyntaxKind::IDENT => token.text() == name && is_first(token),
        SyntaxKind::STRING => {
            token.text().split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == name)
        }
        _ => false,
    }
}

/// The names that the paths of an import begin with: it uses them.
fn beginnings(item: &SyntaxNode) -> Vec<SyntaxToken> {
    let Some(tree) = ast::Use::cast(item.clone()).and_then(|it| it.use_tree()) else { return Vec::new() };
    let trees = match (tree.path(), tree.use_tree_list()) {
        (None, Some(list)) => list.use_trees().collect(),
        _ => vec![tree],
    };
    let firsts = trees.iter().filter_map(|it| it.path()?.first_segment()?.name_ref());
    firsts.filter_map(|it| it.syntax().first_token()).collect()
}

/// Whether a name begins a path: what follows `::` or `.` is not looked up in the scope.
fn is_first(name: &SyntaxToken) -> bool {
    let mut before = name.prev_token();
    while before.as_ref().is_some_and(|it| it.kind().is_trivia()) {
        before = before.and_then(|it| it.prev_token());
    }
    let Some(before) = before else { return true };
    match before.kind() {
        T![::] | T![.] => false,
        T![:] => before.prev_token().is_none_or(|it| it.kind() != T![:]),
        _ => true,
    }
}

/// The ranges that take a leaf out of its list: the leaf with one comma, and the braces where one other is left.
fn without(leaf: &ast::UseTree) -> Vec<Range<usize>> {
    let Some(list) = leaf.syntax().parent().and_then(ast::UseTreeList::cast) else { return Vec::new() };
    let next = leaf
        .syntax()
        .siblings_with_tokens(ra_ap_syntax::Direction::Next)
        .skip(1)
        .find(|it| it.kind() == T![,]);
    let range = leaf.syntax().text_range();
    let cut = match next {
        Some(comma) => {
            let after = comma
                .as_token()
                .and_then(|it| it.next_token())
                .filter(|it| it.kind() == SyntaxKind::WHITESPACE);
            let end = after.map_or(comma.text_range().end(), |it| it.text_range().end());
            TextRange::new(range.start(), end)
        }
        None => {
            let comma = leaf
                .syntax()
                .siblings_with_tokens(ra_ap_syntax::Direction::Prev)
                .find(|it| it.kind() == T![,]);
            TextRange::new(comma.map_or(range.start(), |it| it.text_range().start()), range.end())
        }
    };
    let others = || list.use_trees().filter(|it| it.syntax() != leaf.syntax());
    // `io::{self, Read}` without `Read` is `io`: outside a list `self` cannot stand.
    if list.use_trees().count() == 2 && others().all(|it| it.syntax().text() == "self") {
        let outer = list.syntax().parent().and_then(ast::UseTree::cast);
        if let Some(path) = outer.and_then(|it| it.path()) {
            let gone =
                usize::from(path.syntax().text_range().end())..usize::from(list.syntax().text_range().end());
            return Vec::from([gone]);
        }
    }
    let mut ranges = vec![Range::<usize>::from(cut)];
    if list.use_trees().count() == 2 {
        ranges.extend(
            [list.l_curly_token(), list.r_curly_token()]
                .into_iter()
                .flatten()
                .map(|it| it.text_range().into()),
        );
    }
    ranges
}

/// The range of an item with the rest of its line, where it stands alone on it, and with the blank line after it where one
/// stands before it as well.
fn with_line(text: &str, range: TextRange) -> Range<usize> {
    let mut range = Range::<usize>::from(range);
    let before = text[..range.start].trim_end_matches([' ', '\t']);
    if before.is_empty() || before.ends_with('\n') {
        range.start = before.len();
        range.end += line_end(&text[range.end..]);
    }
    range
}

/// The length of the line end that a text begins with.
fn line_end(text: &str) -> usize {
    text.len() - text.strip_prefix("\r\n").or(text.strip_prefix('\n')).unwrap_or(text).len()
}

/// A text without some ranges. Where whole lines go between two blank lines, one of these goes as well.
fn cut(text: &str, mut ranges: Vec<Range<usize>>) -> String {
    ranges.sort_by_key(|it| it.start);
    let mut out = String::new();
    let mut at = 0;
    for range in ranges {
        if range.start < at {
            continue;
        }
        out.push_str(&text[at..range.start]);
        at = range.end;
        let is_blank_before = out.is_empty() || out.ends_with("\n\n") || out.ends_with("\n\r\n");
        if is_blank_before && text[..at].ends_with('\n') {
            at += line_end(&text[at..]);
        }
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::remove_unused;

    #[track_caller]
    fn check(before: &str, after: &str, expected: &str) {
        assert_eq!(remove_unused(before, after, &[]), expected);
    }

    #[test]
    fn an_import_that_lost_its_last_use_goes_with_its_line() {
        check(
            "use std::fs;\nuse std::io;\nfn f() -> io::Result<()> { fs::read(0) }\n",
            "use std::fs;\nuse std::io;\nfn f() -> io::Result<()> { tokio::fs::read(0) }\n",
            "use std::io;\nfn f() -> io::Result<()> { tokio::fs::read(0) }\n",
        );
        check(
            "use std::thread;\nfn f() { thread::sleep(d) }\n",
            "use std::thread;\nfn f() { sleep(d) }\n",
            "fn f() { sleep(d) }\n",
        );
    }

    #[test]
    fn blank_lines_around_an_import_become_one() {
        check(
            "use std::io;\n\nuse std::fs;\n\nfn f() -> io::Result<()> { fs::read(0) }\n",
            "use std::io;\n\nuse std::fs;\n\nfn f() -> io::Result<()> { tokio::fs::read(0) }\n",
            "use std::io;\n\nfn f() -> io::Result<()> { tokio::fs::read(0) }\n",
        );
        check(
            "use std::thread;\r\n\r\nfn f() { thread::sleep(d) }\r\n",
            "use std::thread;\r\n\r\nfn f() { sleep(d) }\r\n",
            "fn f() { sleep(d) }\r\n",
        );
        check(
            "//! Doc.\n\nuse a::fs;\nuse b::thread;\n\nfn f() { fs(thread) }\n",
            "//! Doc.\n\nuse a::fs;\nuse b::thread;\n\nfn f() {}\n",
            "//! Doc.\n\nfn f() {}\n",
        );
    }

    #[test]
    fn a_leaf_goes_and_braces_around_one_go_with_it() {
        check(
            "use std::{thread, time::Duration};\nfn f(d: Duration) { thread::sleep(d) }\n",
            "use std::{thread, time::Duration};\nfn f(d: Duration) { sleep(d) }\n",
            "use std::time::Duration;\nfn f(d: Duration) { sleep(d) }\n",
        );
        check(
            "use std::{a, b, thread};\nfn f() { a(b, thread) }\n",
            "use std::{a, b, thread};\nfn f() { a(b) }\n",
            "use std::{a, b};\nfn f() { a(b) }\n",
        );
    }

    #[test]
    fn unused_before_public_and_traits_stay() {
        for import in ["use std::io::Read;", "pub use std::thread;", "use std::*;"] {
            let text = format!("{import}\nfn f() {{}}\n");
            check(&format!("{import}\nfn f() {{ thread() }}\n"), &text, &text);
        }
    }

    #[test]
    fn an_import_that_another_one_begins_with_goes_with_it_and_not_before() {
        check(
            "use fs::metadata;\nuse other as fs;\nfn f() { metadata(0) }\n",
            "use fs::metadata;\nuse other as fs;\nfn f() { tokio::fs::metadata(0) }\n",
            "fn f() { tokio::fs::metadata(0) }\n",
        );
        let rest = "fn g() { use fs::File; File }\n";
        check(
            &format!("use other as fs;\nfn f() {{ fs::read(0) }}\n{rest}"),
            &format!("use other as fs;\nfn f() {{ tokio::fs::read(0) }}\n{rest}"),
            &format!("use other as fs;\nfn f() {{ tokio::fs::read(0) }}\n{rest}"),
        );
    }

    #[test]
    fn an_import_that_only_code_of_one_condition_uses_is_limited_to_that() {
        let rest = "#[cfg(windows)]\nfn g() { fs::read(0) }\n";
        check(
            &format!("use other as fs;\nfn f() {{ fs::read(0) }}\n{rest}"),
            &format!("use other as fs;\nfn f() {{ tokio::fs::read(0) }}\n{rest}"),
            &format!("#[cfg(windows)]\nuse other as fs;\nfn f() {{ tokio::fs::read(0) }}\n{rest}"),
        );
        let rest = "#[cfg(test)]\nmod tests { use super::*; fn g() { fs::read(Duration) } }\n";
        check(
            &format!("use std::{{fs, time::Duration}};\nfn f(d: Duration) {{ fs::read(0) }}\n{rest}"),
            &format!("use std::{{fs, time::Duration}};\nfn f(d: Duration) {{ tokio::fs::read(0) }}\n{rest}"),
            &format!(
                "#[cfg(test)]\nuse std::fs;\nuse std::time::Duration;\nfn f(d: Duration) {{ tokio::fs::read(0) }}\n{rest}"
            ),
        );
        let rest = "#[cfg(test)]\nfn g() { fs::read(0) }\n#[cfg(unix)]\nfn h() { fs::read(0) }\n";
        check(
            &format!("use std::fs;\nfn f() {{ fs::read(0) }}\n{rest}"),
            &format!("use std::fs;\nfn f() {{ tokio::fs::read(0) }}\n{rest}"),
            &format!("use std::fs;\nfn f() {{ tokio::fs::read(0) }}\n{rest}"),
        );
    }

    #[test]
    fn what_another_scope_uses_says_nothing() {
        let rest = "mod tests { use std::thread::Builder; }\n";
        check(
            &format!("use std::thread;\nfn f() {{ thread::sleep(Builder) }}\n{rest}"),
            &format!("use std::thread;\nfn f() {{ sleep() }}\n{rest}"),
            &format!("fn f() {{ sleep() }}\n{rest}"),
        );
    }

    #[test]
    fn a_nested_module_with_its_own_import_does_not_hold_the_outer_one() {
        check(
            "use std::thread;\nfn f() { thread::sleep(d) }\nmod tests { use std::thread; fn g() { thread::x() } }\n",
            "use std::thread;\nfn f() { sleep(d) }\nmod tests { use std::thread; fn g() { thread::x() } }\n",
            "fn f() { sleep(d) }\nmod tests { use std::thread; fn g() { thread::x() } }\n",
        );
    }
}
