//! Which files of a library the modules of its root lead to. The others are for other systems, features and tests, and are a fourth of
//! what stands in the folders of libraries.
//!
//! Macros declare modules as well, and none is expanded here: each name in their arguments is taken for one. What is led to by mistake
//! is read for nothing, and nothing else comes of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ra_ap_rustc_lexer::TokenKind;
use rayon::prelude::*;

use super::tokens::raw;

/// What `read` makes of each file that a root leads to, by path.
pub fn reached(
    root: &Path,
    files: Vec<PathBuf>,
    read: impl Fn(&Path) -> Option<String> + Sync,
) -> Vec<(PathBuf, String)> {
    let mut left = Left::of(files);
    let mut found = Vec::new();
    let mut level = vec![Led { path: root.to_path_buf(), owns_folder: true }];
    while !level.is_empty() {
        level.retain(|it| left.take(&it.path));
        let read: Vec<_> = level
            .into_par_iter()
            .filter_map(|file| {
                let text = read(&file.path)?;
                let below = left.led_to(&file.folder(), &text);
                Some((file.path, text, below))
            })
            .collect();
        level = Vec::new();
        for (path, text, below) in read {
            found.push((path, text));
            level.extend(below);
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// A file that a module may stand in.
struct Led {
    path: PathBuf,
    /// Whether modules below it stand beside it.
    owns_folder: bool,
}

impl Led {
    /// Where the modules below it stand.
    fn folder(&self) -> PathBuf {
        let is_whole = self.owns_folder || self.path.file_stem().is_some_and(|it| it == "mod");
        if is_whole { self.path.with_file_name("") } else { self.path.with_extension("") }
    }
}

/// The files that nothing has led to yet, by the names of their modules.
struct Left(HashMap<String, Vec<PathBuf>>);

impl Left {
    fn of(files: Vec<PathBuf>) -> Left {
        let mut left: HashMap<String, Vec<PathBuf>> = HashMap::new();
        for path in files {
            left.entry(module_name(&path).to_owned()).or_default().push(path);
        }
        Left(left)
    }

    /// Whether a file is one of these; from now on it is none.
    fn take(&mut self, path: &Path) -> bool {
        let Some(files) = self.0.get_mut(module_name(path)) else { return false };
        let at = files.iter().position(|it| it == path);
        at.map(|it| files.swap_remove(it)).is_some()
    }

    /// What a text leads to whose modules stand in a folder, or in folders of that one.
    fn led_to(&self, folder: &Path, text: &str) -> Vec<Led> {
        let mut found = Vec::new();
        let mut names = Names::default();
        for (kind, word) in raw(text) {
            let (name, is_anywhere) = match names.token(kind, word) {
                Some(Name::Below(name)) => (name, false),
                Some(Name::Anywhere(name)) => (name, true),
                None => continue,
            };
            let files = self.0.get(name).into_iter().flatten();
            let files = files.filter(|it| is_anywhere || it.starts_with(folder));
            // Below one that may stand anywhere, more is looked for than there can be.
            found.extend(files.map(|it| Led { path: it.clone(), owns_folder: is_anywhere }));
        }
        found
    }
}

/// The name that a module has by its file; empty where it is not UTF-8.
fn module_name(path: &Path) -> &str {
    let named = if path.ends_with("mod.rs") { path.parent() } else { Some(path) };
    named.and_then(Path::file_stem).and_then(|it| it.to_str()).unwrap_or_default()
}

/// What may lead to a file.
enum Name<'t> {
    /// A module that stands below the file.
    Below(&'t str),
    /// One that a macro declares wherever it is called, or a file in `#[path = "…"]` or `include!("…")`.
    Anywhere(&'t str),
}

/// Finds such names, token after token.
#[derive(Default)]
struct Names<'t> {
    /// The last three tokens, the last one first.
    before: [&'t str; 3],
    /// How many brackets are open in the definition of a macro.
    rules: usize,
    /// How many are open in the arguments of one.
    arguments: usize,
}

impl<'t> Names<'t> {
    fn token(&mut self, kind: TokenKind, text: &'t str) -> Option<Name<'t>> {
        use TokenKind::*;
        let [last, second, third] = self.before;
        self.before = [text, last, second];
        match kind {
            OpenParen | OpenBracket | OpenBrace => {
                let is_call = last == "!" && is_name(second);
                let is_definition = second == "!" && third == "macro_rules";
                self.arguments += usize::from(self.arguments > 0 || is_call);
                self.rules += usize::from(self.rules > 0 || is_definition);
            }
            CloseParen | CloseBracket | CloseBrace => {
                self.arguments = self.arguments.saturating_sub(1);
                self.rules = self.rules.saturating_sub(1);
            }
            Semi if second == "mod" => return Some(self.module(last.trim_start_matches("r#"))),
            Ident if self.arguments > 0 => return Some(self.module(text)),
            Literal { .. } => {
                let path = text.strip_suffix('"').filter(|it| it.ends_with(".rs"))?;
                return Some(Name::Anywhere(module_name(Path::new(path.trim_start_matches(['r', '"'])))));
            }
            _ => {}
        }
        None
    }

    fn module(&self, name: &'t str) -> Name<'t> {
        if self.rules > 0 { Name::Anywhere(name) } else { Name::Below(name) }
    }
}

/// Whether a token is one, and no keyword that `!` can follow.
fn is_name(text: &str) -> bool {
    text.starts_with(|it: char| it == '_' || it.is_alphabetic()) && text != "impl"
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::reached;

    /// The files of a library that its root leads to.
    fn led_to(library: &[(&str, &str)]) -> Vec<String> {
        let text = |path: &Path| library.iter().find(|it| Path::new(it.0) == path).map(|it| it.1.to_owned());
        let files = library.iter().map(|it| PathBuf::from(it.0)).collect();
        let found = reached(Path::new("src/lib.rs"), files, text);
        found
            .into_iter()
            .filter(|it| it.0 != Path::new("src/lib.rs"))
            .map(|it| it.0.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_module_stands_beside_its_root_and_below_other_files() {
        let library = [
            ("src/lib.rs", "mod a; pub mod r#try;"),
            ("src/a.rs", "mod b; mod c { mod d; }"),
            ("src/a/b/mod.rs", "mod e;"),
            ("src/a/b/e.rs", ""),
            ("src/a/c/d.rs", ""),
            ("src/b.rs", ""),
            ("src/d.rs", ""),
            ("src/try.rs", ""),
        ];
        assert_eq!(
            led_to(&library),
            ["src/a/b/e.rs", "src/a/b/mod.rs", "src/a/c/d.rs", "src/a.rs", "src/try.rs"]
        );
    }

    #[test]
    fn what_no_module_declares_is_not_read() {
        let library = [
            ("src/lib.rs", "mod a { fn b() {} } use c; fn mod_() {} !(d)"),
            ("src/a.rs", ""),
            ("src/b.rs", ""),
            ("src/c.rs", ""),
            ("src/d.rs", ""),
        ];
        assert!(led_to(&library).is_empty());
    }

    #[test]
    fn macros_and_paths_lead_to_files_as_well() {
        let library = [
            (
                "src/lib.rs",
                "cfg_fs! { pub mod a; } own::modules!(pub b, c);\n#[path = \"sys/unix.rs\"] mod d; include!(r\"gen.rs\"); mod macros; root!();",
            ),
            ("src/a.rs", ""),
            ("src/b.rs", ""),
            ("src/c.rs", ""),
            ("src/sys/unix.rs", "mod e;"),
            ("src/sys/e.rs", ""),
            ("src/sys/windows.rs", ""),
            ("src/gen.rs", ""),
            ("src/macros.rs", "macro_rules! root { () => { mod f; $(mod $name;)* } }"),
            ("src/f.rs", "mod g;"),
            ("src/f/g.rs", ""),
        ];
        assert_eq!(
            led_to(&library),
            [
                "src/a.rs",
                "src/b.rs",
                "src/c.rs",
                "src/f/g.rs",
                "src/f.rs",
                "src/gen.rs",
                "src/macros.rs",
                "src/sys/e.rs",
                "src/sys/unix.rs"
            ]
        );
    }
}
