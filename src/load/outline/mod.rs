//! The sources of libraries without what no question needs: most bodies of functions, what documents them, tables, what the build leaves
//! out, and what is for the compiler alone, such as `#[inline]` and since when a function is stable.
//!
//! rust-analyzer asks for a body only where it infers it, but parses it all the same; and std declares most methods of numbers in
//! macros that it expands for each type, documentation and bodies included. Positions do not matter: nothing is shown of these files.
//!
//! What stays: bodies of functions that take or give functions or opaque types, and async ones (what becomes of a closure, and whether
//! a future is `Send`, stands in them), and the macros that others can call, since these hold the code of whoever calls them.

mod left_out;

use ra_ap_parser::{SyntaxKind, T};

use super::cfgs::Cfgs;
use super::compact::Compact;
use super::tokens::Tokens;

/// Documentation in the arguments of a macro, which may ask for an attribute before each item.
const DOC: &str = "#[doc=\"\"]";

/// How many tokens the value of a constant may have that is kept, as the length of an array may be one.
const LONG: usize = 100;

/// The items of a text that are part of a build.
pub fn of(text: &str, cfgs: &Cfgs<'_>) -> String {
    let mut outline = Outline {
        cfgs,
        tokens: Tokens::of(text),
        at: 0,
        depth: 0,
        signature: None,
        is_exported: false,
        rules: None,
        matched: 0,
        repeated: 0,
        text: Compact::with_capacity(text.len() / 3),
    };
    while outline.at < outline.tokens.len() {
        if !outline.leave_out() {
            outline.copy();
        }
    }
    outline.text.into_text()
}

struct Outline<'t> {
    cfgs: &'t Cfgs<'t>,
    tokens: Tokens<'t>,
    /// The token that comes next.
    at: usize,
    /// The depth of brackets.
    depth: usize,
    /// The depth around a signature that a body may follow.
    signature: Option<usize>,
    /// The next `macro_rules` is for others.
    is_exported: bool,
    /// The depth in the definition of a macro, and where that is over.
    rules: Option<(usize, usize)>,
    /// Where the tokens are over that a macro matches: none of them may go but what documents.
    matched: usize,
    /// Where the tokens are over that a macro repeats.
    repeated: usize,
    text: Compact,
}

/// Attributes that are for the compiler alone, by their names.
const FOR_COMPILER: &[&str] = &[
    "allow",
    "cold",
    "deny",
    "deprecated",
    "diagnostic",
    "expect",
    "inline",
    "must_use",
    "rustc_allow_const_fn_unstable",
    "rustc_const_stable",
    "rustc_const_unstable",
    "rustc_diagnostic_item",
    "rustc_inherit_overflow_checks",
    "rustc_nounwind",
    "rustc_on_unimplemented",
    "rustc_should_not_be_called_on_const_items",
    "stable",
    "track_caller",
    "warn",
];

impl Outline<'_> {
    /// Leaves out what comes next, where no question needs it.
    fn leave_out(&mut self) -> bool {
        let (instead, end) = match self.tokens.kind(self.at) {
            SyntaxKind::COMMENT if self.stands_for_doc() => (DOC, self.at + 1),
            T![#] if self.documents() => {
                (if self.stands_for_doc() { DOC } else { "" }, self.tokens.after_group(self.at + 1))
            }
            T![#] if let Some(end) = self.after_left_out() => ("", end),
            T![#] if self.at >= self.matched && (self.is_for_compiler() || self.says_nothing()) => {
                ("", self.tokens.after_group(self.at + 1))
            }
            // That it is unstable matters where methods are chosen, and nothing else of it.
            T![#] if self.at >= self.matched && self.attribute() == Some("unstable") => {
                ("#[unstable]", self.tokens.after_group(self.at + 1))
            }
            T!['{'] if self.signature == Some(self.depth) && !self.repeats() => {
                self.signature = None;
                ("{}", self.tokens.after_group(self.at))
            }
            T![fn] if let Some(end) = self.after_known_method() => ("", end),
            T![=] if let Some(end) = self.after_table() => ("=loop {}", end),
            SyntaxKind::IDENT if let Some(end) = self.after_rare_operators() => ("", end),
            _ => return false,
        };
        self.text.push(instead);
        self.at = end;
        true
    }

    /// Copies what comes next: a token, or what stays as it is to the end of its braces.
    fn copy(&mut self) {
        let end = match self.stays() {
            true => self.tokens.after_braces(self.at),
            false => {
                self.note();
                self.at + 1
            }
        };
        (self.at..end).for_each(|it| self.text.token(self.tokens.kind(it), self.tokens.text(it)));
        self.at = end;
    }

    /// Whether a macro for others begins, or `${concat(..)}`, which can be the name of a function.
    fn stays(&mut self) -> bool {
        match (self.tokens.kind(self.at), self.tokens.text(self.at)) {
            (T![macro], _) => true,
            (T![$], _) => self.tokens.kind(self.at + 1) == T!['{'],
            (SyntaxKind::IDENT, "macro_export") => {
                self.is_exported = true;
                false
            }
            (SyntaxKind::IDENT, "macro_rules") => std::mem::take(&mut self.is_exported),
            _ => false,
        }
    }

    /// Whether the body that begins here may be all that says how often a macro repeats what it stands in. Without it that would be
    /// repeated tens of thousands of times, and come to nothing.
    fn repeats(&self) -> bool {
        let mut body = self.at..self.tokens.after_group(self.at);
        self.at < self.repeated && body.any(|it| self.tokens.kind(it) == T![$])
    }

    /// Keeps count of brackets, signatures, and what macros match and repeat.
    fn note(&mut self) {
        self.note_matched();
        if self.tokens.kind(self.at) == T![$] && self.tokens.kind(self.at + 1) == T!['('] {
            self.repeated = self.repeated.max(self.tokens.after_group(self.at + 1));
        }
        match self.tokens.kind(self.at) {
            T![fn] if self.is_named() && !self.keeps_body() => self.signature = Some(self.depth),
            // A body that stays.
            T!['{'] if self.signature == Some(self.depth) => {
                self.signature = None;
                self.depth += 1;
            }
            T!['('] | T!['['] | T!['{'] => self.depth += 1,
            T![')'] | T![']'] | T!['}'] => {
                self.depth = self.depth.saturating_sub(1);
                self.signature = self.signature.filter(|it| *it <= self.depth);
            }
            // A declaration without a body, or the end of a macro's pattern that takes a body as one variable.
            T![;] | T![struct] | T![enum] | T![trait] | T![mod] if self.signature == Some(self.depth) => {
                self.signature = None;
            }
            _ => {}
        }
    }

    /// Notes where the arguments of a macro are over, or a pattern of one.
    fn note_matched(&mut self) {
        match self.tokens.kind(self.at) {
            T![!] if self.begins_arguments() => {
                let (before, after) = (self.tokens.before(self.at), self.tokens.next(self.at + 1));
                match before.is_some_and(|it| self.tokens.text(it) == "macro_rules") {
                    true => self.rules = Some((self.depth + 1, self.tokens.after_braces(self.at))),
                    false => {
                        self.matched = self.matched.max(after.map_or(0, |it| self.tokens.after_group(it)))
                    }
                }
            }
            T!['('] | T!['['] | T!['{'] if self.is_in_rules() => {
                let end = self.tokens.after_group(self.at);
                let is_arrow = |it: usize| self.tokens.kind(it) == T![=] && self.tokens.kind(it + 1) == T![>];
                let is_pattern = self.tokens.next(end).is_some_and(is_arrow);
                if is_pattern {
                    self.matched = self.matched.max(end);
                }
            }
            _ => {}
        }
    }

    fn is_in_rules(&self) -> bool {
        self.rules.is_some_and(|(depth, end)| self.at < end && self.depth == depth)
    }

    /// Whether a `!` stands between the name of a macro and its arguments, or between `macro_rules` and a name.
    fn begins_arguments(&self) -> bool {
        let is_name = self.tokens.before(self.at).is_some_and(|it| self.tokens.kind(it) == SyntaxKind::IDENT);
        let is_group =
            |it: usize| matches!(self.tokens.kind(it), T!['('] | T!['['] | T!['{'] | SyntaxKind::IDENT);
        is_name && self.tokens.next(self.at + 1).is_some_and(is_group)
    }

    /// Whether the function that begins here needs its body.
    fn keeps_body(&self) -> bool {
        let mut before = (0..self.at).rev().filter(|it| !self.tokens.kind(*it).is_trivia()).take(3);
        let mut signature =
            (self.at..self.tokens.len()).take_while(|it| !matches!(self.tokens.kind(*it), T!['{'] | T![;]));
        before.any(|it| self.tokens.text(it) == "async")
            || signature.any(|it| matches!(self.tokens.text(it), "Fn" | "FnMut" | "FnOnce" | "impl"))
    }

    /// Whether what documents here has to leave an attribute: in the arguments of a macro, once before each item.
    fn stands_for_doc(&self) -> bool {
        let text = self.tokens.text(self.at);
        let is_outer = ["///", "/**"].iter().any(|it| text.starts_with(it)) && !text.starts_with("////");
        self.at < self.matched && (is_outer || text == "#") && !self.text.as_str().ends_with(DOC)
    }

    /// Whether an attribute begins that documents.
    fn documents(&self) -> bool {
        self.attribute() == Some("doc")
    }

    /// Whether an attribute begins that is for the compiler alone.
    fn is_for_compiler(&self) -> bool {
        self.attribute().is_some_and(|it| FOR_COMPILER.contains(&it))
    }

    /// Where the value of a constant is over, where one begins that is too long to be the length of an array, such as a table. A block
    /// can hold items, and stays.
    fn after_table(&self) -> Option<usize> {
        let is_block = self.tokens.next(self.at + 1).is_some_and(|it| self.tokens.kind(it) == T!['{']);
        let is_in_macro = self.at < self.matched || self.rules.is_some_and(|(_, end)| self.at < end);
        let end = self.tokens.semicolon(self.at).filter(|it| it - self.at > LONG)?;
        (!is_block && !is_in_macro && self.is_value_of_constant()).then_some(end)
    }

    /// Where the operators are over that begin here and that std writes for references to numbers, where few use them: for each pair of
    /// types that can be shifted, and for numbers that wrap. They are a fourth of all that std implements.
    fn after_rare_operators(&self) -> Option<usize> {
        const RARE: &[&str] = &["Shl", "Shr", "ShlAssign", "ShrAssign", "Wrapping", "Saturating"];
        let is_call =
            self.tokens.text(self.at).starts_with("forward_ref_") && self.tokens.kind(self.at + 1) == T![!];
        let group = self.tokens.next(self.at + 2).filter(|it| is_call && self.tokens.kind(*it) == T!['{'])?;
        let end = self.tokens.after_group(group);
        (group..end).any(|it| RARE.contains(&self.tokens.text(it))).then_some(end)
    }

    fn is_value_of_constant(&self) -> bool {
        let mut at = self.at;
        while let Some(before) = self.tokens.before(at) {
            match self.tokens.kind(before) {
                T![')'] | T![']'] => at = self.tokens.open_of(before),
                T![const] | T![static] => return self.declares_constant(before),
                T![;] | T!['{'] | T!['}'] | T!['('] | T!['['] | T![=] | T![fn] | T![let] => return false,
                _ => at = before,
            }
        }
        false
    }

    /// Whether `const` or `static` begins a constant: it can stand before `fn` and `trait` too, and parameters can have values.
    fn declares_constant(&self, keyword: usize) -> bool {
        let name = self.tokens.next(keyword + 1).filter(|it| self.tokens.kind(*it) == SyntaxKind::IDENT);
        let colon = name.and_then(|it| self.tokens.next(it + 1));
        let before = self.tokens.before(keyword).map(|it| self.tokens.kind(it));
        let is_parameter = matches!(before, Some(T![<] | T![,]));
        !is_parameter && colon.is_some_and(|it| self.tokens.kind(it) == T![:])
    }

    /// The name of the attribute that begins here.
    fn attribute(&self) -> Option<&str> {
        (self.tokens.text(self.at + 1) == "[").then(|| self.tokens.text(self.at + 2))
    }

    /// Whether a name follows, as it does not in the type of a function.
    fn is_named(&self) -> bool {
        let next = self.tokens.next(self.at + 1).map(|it| self.tokens.kind(it));
        next.is_some_and(|it| matches!(it, SyntaxKind::IDENT | T![$]) || it.is_any_identifier())
    }
}

#[cfg(test)]
mod tests;
