//! The module tree by syntax: which files a root file includes.

use std::path::{Path, PathBuf};

use ra_ap_rustc_lexer::TokenKind;
use ra_ap_syntax::{
    AstNode, AstToken, Edition, NodeOrToken, SourceFile, SyntaxKind, SyntaxNode, SyntaxToken, T, ast,
    ast::{HasAttrs, HasName},
};

/// The files that the modules of a file may stand in, each with whether modules below it are looked for beside it (a root or `mod.rs`)
/// or in a folder of its name. Modules for tests count where asked.
pub fn children(path: &Path, owns_folder: bool, text: &str, with_tests: bool) -> Vec<Child> {
    let tree = SourceFile::parse(text, Edition::CURRENT).syntax_node();
    let beside = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let own = match path.file_stem().filter(|_| !owns_folder) {
        Some(stem) => beside.join(stem),
        None => beside.clone(),
    };
    let mut found = Vec::new();
    for module in tree.descendants().filter_map(ast::Module::cast).filter(|it| it.semicolon_token().is_some())
    {
        if with_tests || !module.attrs().any(|it| is_cfg_test(it.syntax())) {
            found.extend(declared(&module, &beside, &own));
        }
    }
    for call in tree.descendants().filter_map(ast::MacroCall::cast) {
        found.extend(in_macro(&call, &beside, &own));
    }
    found
}

/// Whether `mod x;`, `include!` or a macro among the items stands in a text, token after token. These alone tell, in a fraction of the
/// time that a tree takes.
#[derive(Default)]
pub struct Declares {
    /// How many brackets are open.
    depth: usize,
    /// How many tokens `mod` is ago.
    since_mod: Option<usize>,
    /// The last token may be the name of a macro that declares modules.
    is_macro: bool,
    pub may_have_children: bool,
}

impl Declares {
    /// Goes on by a token that is no comment or space.
    pub fn token(&mut self, kind: TokenKind, text: &str) {
        use TokenKind::*;
        let is_declared = kind == Semi && self.since_mod == Some(1);
        self.may_have_children |= is_declared || kind == Bang && self.is_macro;
        self.is_macro = kind == Ident && (self.depth == 0 || text == "include");
        self.since_mod = match kind {
            Ident if text == "mod" => Some(0),
            _ => self.since_mod.filter(|it| *it == 0).map(|it| it + 1),
        };
        match kind {
            OpenParen | OpenBracket | OpenBrace => self.depth += 1,
            CloseParen | CloseBracket | CloseBrace => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

/// A place where a module's file may be.
#[derive(Debug, PartialEq, Eq)]
pub struct Child {
    pub path: PathBuf,
    pub owns_folder: bool,
}

fn declared(module: &ast::Module, beside: &Path, own: &Path) -> Vec<Child> {
    let around: Vec<String> = module
        .syntax()
        .ancestors()
        .skip(1)
        .filter_map(ast::Module::cast)
        .filter_map(|it| Some(it.name()?.text().to_string()))
        .collect();
    let folder = around.iter().rev().fold(own.to_path_buf(), |folder, name| folder.join(name));
    let mut found = Vec::new();
    for attribute in module.attrs() {
        if let Some(path) = path_in(attribute.syntax()) {
            let base = if around.is_empty() { beside } else { &folder };
            found.push(Child { path: normal(&base.join(path)), owns_folder: true });
        }
    }
    if let Some(name) = module.name() {
        found.extend(by_name(&folder, name.text().trim_start_matches("r#")));
    }
    found
}

fn by_name(folder: &Path, name: &str) -> [Child; 2] {
    [
        Child { path: folder.join(format!("{name}.rs")), owns_folder: false },
        Child { path: folder.join(name).join("mod.rs"), owns_folder: true },
    ]
}

/// `mod x;` in the arguments of a macro such as `cfg_if!`, the file of an `include!`, and the names alone that a macro among the items
/// is given: it may declare a module for each, and where it does not, there is hardly such a file.
fn in_macro(call: &ast::MacroCall, beside: &Path, own: &Path) -> Vec<Child> {
    let Some(tree) = call.token_tree() else { return Vec::new() };
    let tokens: Vec<SyntaxToken> = tree
        .syntax()
        .descendants_with_tokens()
        .filter_map(NodeOrToken::into_token)
        .filter(|it| !it.kind().is_trivia())
        .collect();
    let is_include = call.path().is_some_and(|it| it.syntax().text() == "include");
    if is_include {
        let file = tokens.iter().find_map(|it| ast::String::cast(it.clone()));
        let file = file.and_then(|it| it.value().ok().map(|it| it.into_owned()));
        return file
            .map(|it| Child { path: normal(&beside.join(it)), owns_folder: true })
            .into_iter()
            .collect();
    }
    if is_list_of_names(call, &tokens) {
        let names = tokens.iter().filter(|it| it.kind() == SyntaxKind::IDENT);
        return names.flat_map(|it| by_name(own, it.text())).collect();
    }
    let modules = tokens
        .windows(3)
        .filter(|it| it[0].kind() == T![mod] && it[1].kind() == SyntaxKind::IDENT && it[2].kind() == T![;]);
    modules.flat_map(|it| by_name(own, it[1].text())).collect()
}

/// Whether a macro stands among the items of a file and is given nothing but names, be they `pub`.
fn is_list_of_names(call: &ast::MacroCall, tokens: &[SyntaxToken]) -> bool {
    let is_item = call.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::SOURCE_FILE);
    let is_part = |it: SyntaxKind| {
        let is_bracket = matches!(it, T!['('] | T![')'] | T!['['] | T![']'] | T!['{'] | T!['}']);
        is_bracket || matches!(it, SyntaxKind::IDENT | T![pub] | T![crate] | T![,] | T![;])
    };
    is_item && tokens.iter().all(|it| is_part(it.kind()))
}

fn is_cfg_test(attribute: &SyntaxNode) -> bool {
    attribute.text().to_string().split_whitespace().collect::<String>() == "#[cfg(test)]"
}

/// The path in `#[path = "…"]`, also inside `cfg_attr`.
fn path_in(attribute: &SyntaxNode) -> Option<String> {
    let tokens: Vec<SyntaxToken> = attribute
        .descendants_with_tokens()
        .filter_map(NodeOrToken::into_token)
        .filter(|it| !it.kind().is_trivia())
        .collect();
    let at = tokens.windows(3).position(|it| it[0].text() == "path" && it[1].kind() == T![=])?;
    let value = ast::String::cast(tokens[at + 2].clone())?;
    value.value().ok().map(|it| it.into_owned())
}

/// A path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut whole, part| {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
        whole
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Declares, children as below};
    use crate::load::tokens::raw;

    fn children(path: &str, owns_folder: bool, text: &str, with_tests: bool) -> Vec<super::Child> {
        let mut declares = Declares::default();
        raw(text).for_each(|(kind, text)| declares.token(kind, text));
        match declares.may_have_children {
            true => below(Path::new(path), owns_folder, text, with_tests),
            false => Vec::new(),
        }
    }

    #[track_caller]
    fn check(path: &str, owns_folder: bool, text: &str, expected: &[&str]) {
        let found: Vec<String> = children(path, owns_folder, text, false)
            .iter()
            .map(|it| it.path.to_string_lossy().into_owned())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_root_looks_beside_itself_and_a_file_in_its_own_folder() {
        check("/p/src/lib.rs", true, "mod a;", &["/p/src/a.rs", "/p/src/a/mod.rs"]);
        check("/p/src/a.rs", false, "mod b;", &["/p/src/a/b.rs", "/p/src/a/b/mod.rs"]);
    }

    #[test]
    fn inline_modules_are_folders_and_paths_win() {
        check("/p/src/lib.rs", true, "mod a { mod b; }", &["/p/src/a/b.rs", "/p/src/a/b/mod.rs"]);
        check(
            "/p/src/lib.rs",
            true,
            "#[path = \"../x.rs\"] mod a;",
            &["/p/x.rs", "/p/src/a.rs", "/p/src/a/mod.rs"],
        );
    }

    #[test]
    fn tests_stay_out_and_macros_count() {
        check("/p/src/lib.rs", true, "#[cfg(test)] mod tests;", &[]);
        let with_tests = children("/p/src/lib.rs", true, "#[cfg(test)] mod tests;", true);
        assert_eq!(with_tests[0].path, Path::new("/p/src/tests.rs"));
        check(
            "/p/src/lib.rs",
            true,
            "cfg_if! { if #[cfg(unix)] { mod a; } }",
            &["/p/src/a.rs", "/p/src/a/mod.rs"],
        );
        check("/p/src/lib.rs", true, "include!(\"gen.rs\");", &["/p/src/gen.rs"]);
        check("/p/src/lib.rs", true, "own::modules!(pub a);", &["/p/src/a.rs", "/p/src/a/mod.rs"]);
        check("/p/src/lib.rs", true, "own::modules!(a = 1); fn f() { call!(b) }", &[]);
    }
}
