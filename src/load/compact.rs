//! A text without the space that no token needs: a third of the tokens of a library's outline is space, which is parsed and kept as any other.

use ra_ap_parser::SyntaxKind;

/// A text that grows by whole tokens.
#[derive(Default)]
pub struct Compact {
    text: String,
    has_space: bool,
}

impl Compact {
    pub fn with_capacity(bytes: usize) -> Compact {
        Compact { text: String::with_capacity(bytes), has_space: false }
    }

    /// Adds a token. Of space and comments it counts that there is some.
    pub fn token(&mut self, kind: SyntaxKind, text: &str) {
        match kind.is_trivia() {
            true => self.has_space = true,
            false => self.push(text),
        }
    }

    /// Adds tokens that stand together.
    pub fn push(&mut self, tokens: &str) {
        let Some(next) = tokens.chars().next() else { return };
        let last = self.text.chars().next_back().filter(|_| self.has_space);
        if last.is_some_and(|last| would_join(last, next)) {
            self.text.push(' ');
        }
        self.has_space = false;
        self.text.push_str(tokens);
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn into_text(self) -> String {
        self.text
    }
}

/// Whether two tokens may be one, or two others, where nothing stands between them.
fn would_join(last: char, next: char) -> bool {
    let is_word = |it: char| it == '_' || it.is_alphanumeric();
    match (last, next) {
        // `a b`, `r "a"`, `a 'b`, `a # b`, `1 .max(2)`, and what a literal has behind it: `"a" b`, `'a' b`, `r#"a"# b`, `1. b`.
        (last, '"' | '\'' | '#' | '.') if is_word(last) || last == '#' => true,
        (last, next) if is_word(next) => is_word(last) || matches!(last, '"' | '\'' | '#' | '.'),
        ('/', '/' | '*') | ('-' | '=', '>') => true,
        (last, '=') => "!%&*+-./<=>^|".contains(last),
        (last, next) => last == next && ":&|.<>".contains(last),
    }
}

/// A text without the space that it does not need.
#[cfg(test)]
pub fn compact(text: &str) -> String {
    let (tokens, mut compact) = (super::tokens::Tokens::of(text), Compact::default());
    (0..tokens.len()).for_each(|it| compact.token(tokens.kind(it), tokens.text(it)));
    compact.into_text()
}

#[cfg(test)]
mod tests {
    use ra_ap_parser::{LexedStr, SyntaxKind};
    use ra_ap_syntax::Edition;

    use super::compact;

    /// The tokens of a text, each with whether one that is no space follows at once: so rust-analyzer tells `=>` from `= >`.
    fn tokens(text: &str) -> Vec<(SyntaxKind, String, bool)> {
        let tokens = LexedStr::new(Edition::Edition2024, text);
        let all = (0..tokens.len()).filter(|it| !tokens.kind(*it).is_trivia());
        let joins = |it: usize| {
            let joined =
                tokens.text(it).to_owned() + if it + 1 < tokens.len() { tokens.text(it + 1) } else { "" };
            COMPOSITE.contains(&joined.as_str())
        };
        all.map(|it| (tokens.kind(it), tokens.text(it).to_owned(), joins(it))).collect()
    }

    /// The operators of two characters, and what begins a comment.
    const COMPOSITE: &[&str] = &[
        "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "..", "<<", ">>", "+=", "-=", "*=", "/=", "%=",
        "^=", "&=", "|=", ".=", "//", "/*",
    ];

    #[test]
    fn space_goes_where_no_token_needs_it() {
        let text = "pub fn a < 'a , T > ( b : & 'a [ T ; 3 ] ) -> u8 { b . c ( 1 .. 2 ) }";
        assert_eq!(compact(text), "pub fn a<'a,T>(b:&'a[T;3])->u8{b . c(1 .. 2)}");
    }

    #[test]
    fn tokens_stay_what_they_are() {
        for text in [
            "1 .max(2) 1. .x 0x1 .. 2",
            "& & a | | b < - c = = d : : e / / f / * g - > h",
            "r \"a\" b 'c' \"d\" e 'f' g r#\"h\"# i b\"j\" k 1 u8",
            "'a 'b 'c' 'd' r # a k # b # ! [ c ] $ a $ ( b )",
            "a ! = b ! (c) # [d] e & mut f . . = g",
            "ä ß 'ö 'ü'",
        ] {
            assert_eq!(tokens(&compact(text)), tokens(text), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_two_tokens_become_others(text in "[a-c0-9_'\"#!&|<>=:./*+\\-$,;(){}\\[\\] rb]{0,24}") {
            // `#!` at the start of a file is the name of a program.
            let text = format!("; {text}");
            let is_whole = LexedStr::new(Edition::Edition2024, &text).errors().next().is_none();
            if is_whole {
                proptest::prop_assert_eq!(tokens(&compact(&text)), tokens(&text));
            }
        }
    }
}
