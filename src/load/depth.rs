//! How deep the syntax tree of a text would be, from its tokens alone: a guard against stack overflow, not a parser.
//!
//! Parsers, and all that walks a tree, go down one call for each level. Brackets make levels, and so do chains of operators, of
//! methods and of `else if`. What stands in comments and strings makes none.

use ra_ap_rustc_lexer::TokenKind;

use super::tokens::raw;

/// The depth of brackets at which parsers run out of stack.
const BRACKETS: usize = 500;
/// The length of chains, with those around them, from which each question about them takes too long.
const LINKS: usize = 2000;

/// Why a text is too deep to be analysed, in words; `None` where it is not.
pub fn too_deep(text: &str) -> Option<String> {
    let mut depth = Depth::default();
    raw(text).find_map(|(kind, text)| depth.too_deep(kind, text))
}

/// The levels that are open, token after token.
#[derive(Default)]
pub struct Depth {
    /// The open brackets, each with the links of the chain around it.
    open: Vec<usize>,
    /// The links of the chain that goes on.
    own: usize,
    /// All links of the chains that are open.
    links: usize,
    /// A block just ended: a chain goes on after it only with these.
    after_block: bool,
}

impl Depth {
    /// Goes on by a token that is no comment or space; says why the text is too deep, where it is by now.
    pub fn too_deep(&mut self, kind: TokenKind, text: &str) -> Option<String> {
        self.token(kind, kind == TokenKind::Ident && text == "else");
        if self.open.len() > BRACKETS {
            return Some(format!("nests brackets more than {BRACKETS} deep"));
        }
        let reason = || format!("chains more than {LINKS} operators, methods or paths in one expression");
        (self.links > LINKS).then(reason)
    }

    fn token(&mut self, kind: TokenKind, is_else: bool) {
        use TokenKind::*;
        if std::mem::take(&mut self.after_block) && !is_else && !matches!(kind, Dot | Question) {
            self.reset();
        }
        match kind {
            OpenParen | OpenBracket | OpenBrace => {
                self.open.push(self.own);
                self.own = 0;
            }
            CloseParen | CloseBracket | CloseBrace => {
                self.links -= self.own;
                self.own = self.open.pop().unwrap_or_default();
                self.after_block = kind == CloseBrace;
            }
            Semi | Comma => self.reset(),
            Ident if is_else => self.link(),
            // Alternatives of a pattern lie side by side, and tables have thousands of them. So `|` makes no link.
            Dot | At | Pound | Tilde | Question | Colon | Dollar | Eq | Bang | Lt | Gt | Minus | And
            | Plus | Star | Slash | Caret | Percent => self.link(),
            _ => {}
        }
    }

    fn link(&mut self) {
        self.own += 1;
        self.links += 1;
    }

    fn reset(&mut self) {
        self.links -= self.own;
        self.own = 0;
    }
}

#[cfg(test)]
mod tests {
    fn deep(text: &str) -> bool {
        super::too_deep(text).is_some()
    }

    #[test]
    fn brackets_and_chains_make_depth() {
        let many = |it: &str| it.repeat(3000);
        assert!(deep(&"(".repeat(501)) && !deep(&"(".repeat(499)));
        for chain in ["1 + ", "x.m()", "!", "&", "Option<", "a::", "if x { 1 } else ", "x?"] {
            assert!(deep(&many(chain)), "{chain}");
        }
    }

    #[test]
    fn what_lies_side_by_side_makes_none() {
        let many = |it: &str| it.repeat(100_000);
        for text in [
            "f(a + b)?; ",
            "1 + 2, ",
            "fn f() {} ",
            "if x { 1 }\n",
            "// ((((\n",
            "\"((((\", ",
            "(a)[b]{c}",
            "'a' | ",
        ] {
            assert!(!deep(&many(text)), "{text}");
        }
        assert!(!deep(&format!("/* {} */", "(".repeat(10_000))));
    }
}
