//! Items that the build leaves out, and methods that their traits say all of.

use ra_ap_parser::{SyntaxKind, T};

use super::Outline;

/// The methods of `Debug` and its kin, `Hash`, `PartialEq`, `PartialOrd`, `Ord` and `Serialize`: traits whose methods begin with `&self`
/// and have no body of their own.
const KNOWN_METHODS: &[&str] = &["cmp", "eq", "fmt", "hash", "partial_cmp", "serialize"];

impl Outline<'_> {
    /// Where a method is over, where one begins that implements a trait of std or serde which has no other that types need: what the trait
    /// says of it is all that matters. With one that stays behind `#[..]` or `pub` nothing is known.
    pub(super) fn after_known_method(&self) -> Option<usize> {
        let name = self.tokens.next(self.at + 1).filter(|_| self.begins_item())?;
        if !KNOWN_METHODS.contains(&self.tokens.text(name)) {
            return None;
        }
        let parameters = (name..self.tokens.len()).find(|it| self.tokens.kind(*it) == T!['('])?;
        let is_method =
            ["&", "self"].iter().zip(parameters + 1..).all(|(text, at)| self.tokens.text(at) == *text);
        let end = self.tokens.after_item(parameters).filter(|_| is_method)?;
        (self.tokens.kind(end - 1) == T!['}']).then_some(end)
    }

    /// Whether nothing was copied of the item that may begin here, and no macro matches it.
    fn begins_item(&self) -> bool {
        let begins = self.text.as_str().chars().next_back().is_none_or(|it| matches!(it, ';' | '{' | '}'));
        begins && self.at >= self.matched
    }

    /// Whether an attribute begins that does not change what is built: a condition that is fulfilled, or another attribute under one that
    /// is not.
    pub(super) fn says_nothing(&self) -> bool {
        match self.attribute() {
            Some("cfg") => self.condition() == Some(true),
            Some("cfg_attr") => self.condition() == Some(false),
            _ => false,
        }
    }

    /// Whether the condition of the attribute that begins here is fulfilled.
    fn condition(&self) -> Option<bool> {
        let open = self.tokens.next(self.at + 3).filter(|it| self.tokens.kind(*it) == T!['('])?;
        self.cfgs.fulfil(&self.tokens, self.tokens.next(open + 1)?)
    }

    /// Where an item is over that the build leaves out, where one begins. One with attributes before its condition stays: they would
    /// stand on the next item.
    pub(super) fn after_left_out(&self) -> Option<usize> {
        if !self.begins_item() || self.attribute() != Some("cfg") || self.condition() != Some(false) {
            return None;
        }
        let mut at = self.at;
        loop {
            let next = self.tokens.next(at + 1)?;
            at = match self.tokens.text(at) {
                "#" => self.tokens.next(self.tokens.after_group(at + 1))?,
                "pub" if self.tokens.kind(next) == T!['('] => {
                    self.tokens.next(self.tokens.after_group(next))?
                }
                "pub" | "unsafe" | "async" | "default" => next,
                "const" if matches!(self.tokens.text(next), "fn" | "unsafe" | "async" | "extern") => next,
                "extern" if self.tokens.kind(next) == SyntaxKind::STRING => self.tokens.next(next + 1)?,
                "extern" if matches!(self.tokens.text(next), "fn" | "{") => next,
                "{" if self.tokens.before(at).is_some_and(|it| self.tokens.text(it).ends_with('"')) => {
                    return Some(self.tokens.after_group(at));
                }
                "impl" => return self.tokens.after_item(next),
                "use" => return self.tokens.semicolon(next).map(|it| it + 1),
                _ if !self.tokens.kind(next).is_any_identifier() && self.tokens.kind(next) != T![_] => {
                    return None;
                }
                "mod" | "fn" | "trait" | "struct" | "enum" | "union" => return self.tokens.after_item(next),
                "type" | "static" | "const" | "extern" => {
                    return self.tokens.semicolon(next).map(|it| it + 1);
                }
                _ => return None,
            }
        }
    }
}
