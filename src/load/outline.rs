//! The sources of libraries without what no question needs: most bodies of functions, and what documents them.
//!
//! rust-analyzer asks for a body only where it infers it, but parses it all the same; and std declares most methods of numbers in
//! macros that it expands for each type, documentation and bodies included. Positions do not matter: nothing is shown of these files.
//!
//! What stays: bodies of functions that take or give functions or opaque types, and async ones (what becomes of a closure, and whether
//! a future is `Send`, stands in them), and the macros that others can call, since these hold the code of whoever calls them.

use ra_ap_parser::{LexedStr, SyntaxKind, T};
use ra_ap_syntax::Edition;

/// The items of a text.
pub fn of(text: &str) -> String {
    let lexed = LexedStr::new(Edition::Edition2024, text);
    let mut outline = Outline { lexed, at: 0, text: String::with_capacity(text.len() / 2) };
    outline.write();
    outline.text
}

struct Outline<'t> {
    lexed: LexedStr<'t>,
    at: usize,
    text: String,
}

impl Outline<'_> {
    fn write(&mut self) {
        let mut depth = 0_usize;
        // The depth of brackets around a signature that a body may follow.
        let mut signature: Option<usize> = None;
        let mut is_exported = false;
        while self.at < self.lexed.len() {
            let kind = self.lexed.kind(self.at);
            match kind {
                SyntaxKind::COMMENT => {
                    self.text.push(' ');
                    self.at += 1;
                    continue;
                }
                T![#] if self.documents() => {
                    self.at = self.after_group(self.at + 1);
                    continue;
                }
                // `${concat(..)}` can be the name of a function.
                T![$] if self.at + 1 < self.lexed.len() && self.lexed.kind(self.at + 1) == T!['{'] => {
                    self.copy_braces();
                    continue;
                }
                T!['{'] if signature == Some(depth) => {
                    self.text.push_str("{}");
                    self.at = self.after_group(self.at);
                    signature = None;
                    continue;
                }
                T![fn] if self.is_named() && !self.keeps_body() => signature = Some(depth),
                T!['('] | T!['['] | T!['{'] => depth += 1,
                T![')'] | T![']'] | T!['}'] => {
                    depth = depth.saturating_sub(1);
                    signature = signature.filter(|it| *it <= depth);
                }
                // A declaration without a body, or the end of a macro's pattern that takes a body as one variable.
                T![;] | T![struct] | T![enum] | T![trait] | T![mod] if signature == Some(depth) => {
                    signature = None;
                }
                T![macro] => self.copy_braces(),
                SyntaxKind::IDENT => match self.lexed.text(self.at) {
                    "macro_export" => is_exported = true,
                    "macro_rules" if std::mem::take(&mut is_exported) => self.copy_braces(),
                    _ => {}
                },
                _ => {}
            }
            if self.at < self.lexed.len() {
                self.text.push_str(self.lexed.text(self.at));
                self.at += 1;
            }
        }
    }

    /// Copies what comes next as it is, to the end of the first braces.
    fn copy_braces(&mut self) {
        let braces = (self.at..self.lexed.len()).find(|it| matches!(self.lexed.kind(*it), T!['{'] | T![;]));
        let end = braces.map_or(self.lexed.len(), |it| self.after_group(it));
        (self.at..end).for_each(|it| self.text.push_str(self.lexed.text(it)));
        self.at = end;
    }

    /// Whether the function that begins here needs its body.
    fn keeps_body(&self) -> bool {
        let before = (0..self.at).rev().filter(|it| !self.lexed.kind(*it).is_trivia()).take(3);
        let is_async = before.into_iter().any(|it| self.lexed.text(it) == "async");
        let signature =
            (self.at..self.lexed.len()).take_while(|it| !matches!(self.lexed.kind(*it), T!['{'] | T![;]));
        is_async
            || signature
                .into_iter()
                .any(|it| matches!(self.lexed.text(it), "Fn" | "FnMut" | "FnOnce" | "impl"))
    }

    /// Whether an attribute begins that documents.
    fn documents(&self) -> bool {
        let is = |offset: usize, text: &str| {
            self.at + offset < self.lexed.len() && self.lexed.text(self.at + offset) == text
        };
        is(1, "[") && is(2, "doc")
    }

    /// Whether a name follows, as it does not in the type of a function.
    fn is_named(&self) -> bool {
        let next = (self.at + 1..self.lexed.len()).map(|it| self.lexed.kind(it)).find(|it| !it.is_trivia());
        matches!(next, Some(SyntaxKind::IDENT | T![$])) || next.is_some_and(|it| it.is_any_identifier())
    }

    /// Where the group of brackets that begins at a token is over.
    fn after_group(&self, at: usize) -> usize {
        let mut depth = 0_usize;
        for it in at..self.lexed.len() {
            match self.lexed.kind(it) {
                T!['('] | T!['['] | T!['{'] => depth += 1,
                T![')'] | T![']'] | T!['}'] => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return it + 1;
            }
        }
        self.lexed.len()
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn functions_lose_their_bodies_and_nothing_else_goes() {
        let text = r#"
//! About.
/// Doc.
#[doc = concat!("a", "}")]
#[stable(feature = "a")]
pub const fn a<T: Eq>(f: fn(u8) -> u8, n: [u8; 3]) -> T where T: Sized { if x { '{' } else { "}" } }
trait B { fn c(&self) -> u8; fn d(&self) {} const E: u8 = { 1 }; }
macro_rules! m { ($($name:ident)*) => { $(fn $name(self) -> $name { self.0 } struct S { a: u8 })* } }
macro_rules! n { ($name:ident) => { fn ${concat($name, _small)}(self) { self.0 } } }
struct F { g: fn() -> u8 } impl F { fn h(self) -> u8 { x } }
"#;
        let expected = r#"
 
 

#[stable(feature = "a")]
pub const fn a<T: Eq>(f: fn(u8) -> u8, n: [u8; 3]) -> T where T: Sized {}
trait B { fn c(&self) -> u8; fn d(&self) {} const E: u8 = { 1 }; }
macro_rules! m { ($($name:ident)*) => { $(fn $name(self) -> $name {} struct S { a: u8 })* } }
macro_rules! n { ($name:ident) => { fn ${concat($name, _small)}(self) {} } }
struct F { g: fn() -> u8 } impl F { fn h(self) -> u8 {} }
"#;
        assert_eq!(of(text), expected);
    }

    #[test]
    fn bodies_that_decide_and_macros_for_others_stay() {
        for text in [
            "fn a(f: impl Fn()) { f() }",
            "fn b<F>(f: F) where F: FnOnce() { f() }",
            "pub async fn c() { d() }",
            "fn e() -> impl Send { 1 }",
            "#[macro_export]\nmacro_rules! f { ($e:expr) => { fn g() { $e } } }",
            "pub macro h($e:expr) { fn i() { $e } }",
        ] {
            assert_eq!(of(text), text);
        }
    }

    #[test]
    fn a_text_that_ends_too_early_is_no_matter() {
        assert_eq!(of("fn a() { b("), "fn a() {}");
        assert_eq!(of("#[doc = 1"), "");
    }
}
