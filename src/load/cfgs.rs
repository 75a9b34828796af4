//! What a crate is built with, and whether that fulfils what a `cfg` asks for. rust-analyzer judges conditions in syntax trees, and outlines
//! are made of tokens.

use std::collections::HashSet;

use ra_ap_parser::{SyntaxKind, T};

use super::tokens::Tokens;

/// What is set, as `rustc --print cfg` writes it: `unix`, `target_os="linux"`, `feature="std"`.
pub struct Cfgs<'c>(HashSet<&'c str>);

impl<'c> Cfgs<'c> {
    pub fn of(cfgs: &'c [String]) -> Cfgs<'c> {
        Cfgs(cfgs.iter().map(String::as_str).collect())
    }

    /// Whether the predicate is fulfilled that begins with a token; `None` where it is none that is known.
    pub fn fulfil(&self, tokens: &Tokens<'_>, at: usize) -> Option<bool> {
        self.read(tokens, at).0
    }

    /// The same, and where the predicate is over.
    fn read(&self, tokens: &Tokens<'_>, at: usize) -> (Option<bool>, usize) {
        let name = tokens.text(at);
        let next = tokens.next(at + 1).unwrap_or(tokens.len());
        match (name, tokens.kind(next)) {
            (_, T!['(']) => (self.read_list(tokens, name, next), tokens.after_group(next)),
            (_, T![=]) => {
                let value = tokens.next(next + 1).unwrap_or(tokens.len());
                let is_text = tokens.kind(value) == SyntaxKind::STRING && tokens.text(value).starts_with('"');
                let known =
                    is_text.then(|| self.0.contains(format!("{name}={}", tokens.text(value)).as_str()));
                (known, value + 1)
            }
            ("true", _) => (Some(true), at + 1),
            ("false", _) => (Some(false), at + 1),
            _ if tokens.kind(at) == SyntaxKind::IDENT => (Some(self.0.contains(name)), at + 1),
            _ => (None, at + 1),
        }
    }

    /// What `all`, `any` or `not` make of the predicates in parentheses.
    fn read_list(&self, tokens: &Tokens<'_>, name: &str, open: usize) -> Option<bool> {
        let mut all = Vec::new();
        let mut at = tokens.next(open + 1)?;
        while tokens.kind(at) != T![')'] {
            let (fulfilled, end) = self.read(tokens, at);
            all.push(fulfilled);
            at = tokens.next(end)?;
            if tokens.kind(at) == T![,] {
                at = tokens.next(at + 1)?;
            } else if tokens.kind(at) != T![')'] {
                return None;
            }
        }
        let all_are = |it: bool| all.iter().all(|fulfilled| *fulfilled == Some(it));
        let one_is = |it: bool| all.contains(&Some(it));
        match name {
            "all" if one_is(false) => Some(false),
            "all" if all_are(true) => Some(true),
            "any" if one_is(true) => Some(true),
            "any" if all_are(false) => Some(false),
            "not" if all.len() == 1 => all[0].map(|it| !it),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cfgs, Tokens};

    #[test]
    fn predicates_are_judged_and_those_that_are_not_known_are_left() {
        let set = ["unix", "target_os=\"linux\"", "feature=\"std\""].map(str::to_owned);
        let cfgs = Cfgs::of(&set);
        for (text, expected) in [
            ("unix", Some(true)),
            ("windows", Some(false)),
            ("target_os = \"linux\"", Some(true)),
            ("feature = \"alloc\"", Some(false)),
            ("all()", Some(true)),
            ("any()", Some(false)),
            ("all(unix, feature = \"std\",)", Some(true)),
            ("all(unix, not(any(windows, target_os = \"linux\")))", Some(false)),
            ("any(windows, version(\"1.80\"))", None),
            ("any(unix, version(\"1.80\"))", Some(true)),
            ("all(windows, version(\"1.80\"))", Some(false)),
            ("not(false)", Some(true)),
            ("feature = $feature", None),
            ("$flag", None),
            ("all(unix", None),
        ] {
            assert_eq!(cfgs.fulfil(&Tokens::of(text), 0), expected, "{text}");
        }
    }
}
