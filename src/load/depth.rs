//! How deep the syntax tree of a text would be, from its tokens alone: a guard against stack overflow, not a parser.
//!
//! Parsers, and all that walks a tree, go down one call for each level. Brackets make levels, and so do chains of operators, of
//! methods and of `else if`. What stands in comments and strings makes none.

use ra_ap_parser::{LexedStr, SyntaxKind, T};

/// The depth of brackets at which parsers run out of stack.
const BRACKETS: usize = 500;
/// The length of chains, with those around them, from which each question about them takes too long.
const LINKS: usize = 2000;

/// Why a text is too deep to be analysed, in words; `None` where it is not.
pub fn too_deep(tokens: &LexedStr<'_>) -> Option<String> {
    let mut levels = Levels::default();
    for at in 0..tokens.len() {
        let kind = tokens.kind(at);
        if kind.is_trivia() {
            continue;
        }
        levels.token(kind);
        if levels.open.len() > BRACKETS {
            return Some(format!("nests brackets more than {BRACKETS} deep"));
        }
        if levels.links > LINKS {
            return Some(format!("chains more than {LINKS} operators, methods or paths in one expression"));
        }
    }
    None
}

#[derive(Default)]
struct Levels {
    /// The open brackets, each with the links of the chain around it.
    open: Vec<usize>,
    /// The links of the chain that goes on.
    own: usize,
    /// All links of the chains that are open.
    links: usize,
    /// A block just ended: a chain goes on after it only with these.
    after_block: bool,
}

impl Levels {
    fn token(&mut self, kind: SyntaxKind) {
        if std::mem::take(&mut self.after_block) && !matches!(kind, T![else] | T![.] | T![?]) {
            self.reset();
        }
        match kind {
            T!['('] | T!['['] | T!['{'] => {
                self.open.push(self.own);
                self.own = 0;
            }
            T![')'] | T![']'] | T!['}'] => {
                self.links -= self.own;
                self.own = self.open.pop().unwrap_or_default();
                self.after_block = kind == T!['}'];
            }
            T![;] | T![,] => self.reset(),
            T![else] => self.link(),
            // Alternatives of a pattern lie side by side, and tables have thousands of them.
            T![|] => {}
            _ if kind.is_punct() => self.link(),
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
    use ra_ap_parser::LexedStr;
    use ra_ap_syntax::Edition;

    use super::too_deep;

    fn deep(text: &str) -> bool {
        too_deep(&LexedStr::new(Edition::CURRENT, text)).is_some()
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
