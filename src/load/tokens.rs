//! The tokens of a text, and the groups that their brackets make. Where brackets do not match, a group ends with the text.

use ra_ap_parser::{LexedStr, SyntaxKind, T};
use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, strip_shebang, tokenize};
use ra_ap_syntax::Edition;

/// The tokens of a text but comments and space, as rustc's lexer makes them: one after another, and no list of them.
pub fn raw(text: &str) -> impl Iterator<Item = (TokenKind, &str)> {
    use TokenKind::{BlockComment, LineComment, Whitespace};
    let mut rest = &text[strip_shebang(text).unwrap_or(0)..];
    let tokens = tokenize(rest, FrontmatterAllowed::No).map(move |token| {
        let (text, behind) = rest.split_at(token.len as usize);
        rest = behind;
        (token.kind, text)
    });
    tokens.filter(|(kind, _)| !matches!(kind, LineComment { .. } | BlockComment { .. } | Whitespace))
}

pub struct Tokens<'t>(LexedStr<'t>);

impl Tokens<'_> {
    pub fn of(text: &str) -> Tokens<'_> {
        Tokens(LexedStr::new(Edition::Edition2024, text))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The kind of a token; that of the end where there is none.
    pub fn kind(&self, at: usize) -> SyntaxKind {
        if at < self.len() { self.0.kind(at) } else { SyntaxKind::EOF }
    }

    pub fn text(&self, at: usize) -> &str {
        if at < self.len() { self.0.text(at) } else { "" }
    }

    /// The first token from one on that is no space and no comment.
    pub fn next(&self, from: usize) -> Option<usize> {
        (from..self.len()).find(|it| !self.kind(*it).is_trivia())
    }

    /// The last token before one that is no space and no comment.
    pub fn before(&self, at: usize) -> Option<usize> {
        (0..at).rev().find(|it| !self.kind(*it).is_trivia())
    }

    /// Where the group of brackets that begins at a token is over; of another token, what follows it.
    pub fn after_group(&self, at: usize) -> usize {
        let mut depth = 0_usize;
        for it in at..self.len() {
            match self.kind(it) {
                T!['('] | T!['['] | T!['{'] => depth += 1,
                T![')'] | T![']'] | T!['}'] => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return it + 1;
            }
        }
        self.len()
    }

    /// Where the first braces from a token on are over, or the `;` before them.
    pub fn after_braces(&self, from: usize) -> usize {
        let braces = (from..self.len()).find(|it| matches!(self.kind(*it), T!['{'] | T![;]));
        braces.map_or(self.len(), |it| self.after_group(it))
    }

    /// Where an item is over whose head goes on at a token: behind its braces, or the `;` before any. Braces among type arguments are
    /// values.
    pub fn after_item(&self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let end = self.after_group(at);
            match self.kind(at) {
                T![;] => return Some(end),
                T!['{'] if !self.next(end).is_some_and(|it| matches!(self.kind(it), T![>] | T![,])) => {
                    return Some(end);
                }
                T![')'] | T![']'] | T!['}'] | SyntaxKind::EOF => return None,
                _ => at = end,
            }
        }
    }

    /// The bracket that begins the group which another one ends.
    pub fn open_of(&self, end: usize) -> usize {
        let mut depth = 0_usize;
        for it in (0..=end).rev() {
            match self.kind(it) {
                T![')'] | T![']'] | T!['}'] => depth += 1,
                T!['('] | T!['['] | T!['{'] => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return it;
            }
        }
        0
    }

    /// The first `;` from a token on that belongs to the same group.
    pub fn semicolon(&self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            match self.kind(at) {
                T![;] => return Some(at),
                T!['('] | T!['['] | T!['{'] => at = self.after_group(at),
                T![')'] | T![']'] | T!['}'] | SyntaxKind::EOF => return None,
                _ => at += 1,
            }
        }
    }
}
