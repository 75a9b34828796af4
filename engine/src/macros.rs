//! Macros that write calls: those of std, and those that the workspace defines by example.

use ra_ap_syntax::{AstNode, SmolStr, SyntaxKind, SyntaxNode, SyntaxToken, T, ast};

use crate::catalogue::Entry;
use crate::flat::Token;
use crate::loops::call_and_name;
use crate::resolve::{CallNode, Callee, Sema};
use crate::tokens;

/// Macros of std, with the method that each calls on its first argument.
pub(crate) const OF_STD: [(&str, &str); 2] = [("write", "write_fmt"), ("writeln", "write_fmt")];

/// Macros of libraries that stand in the catalogue themselves.
pub(crate) const CATALOGUED: [&str; 2] = ["select", "select_biased"];

/// How many macros that write one another are looked into.
const DEPTH: usize = 3;

/// Whether a call is asked for, by its node and its name.
pub(crate) type IsAsked<'q> = &'q dyn Fn(&CallNode, &str) -> bool;

/// The macro whose definition a token is a part of.
pub(crate) fn defined_around(token: Token<'_>) -> Option<SmolStr> {
    let defined = token.parent().ancestors().find(|it| it.kind() == SyntaxKind::MACRO_RULES)?;
    Some(SmolStr::new(defined.child(SyntaxKind::NAME)?.name()))
}

/// The function that a name in tokens calls, be it through a macro of std.
pub(crate) fn called(name: Token<'_>) -> Option<SmolStr> {
    if tokens::is_call(name) {
        return Some(SmolStr::new(name.text()));
    }
    let of_std = OF_STD.iter().find(|it| it.0 == name.text() && is_invoked(name));
    of_std.map(|it| SmolStr::new(it.1))
}

/// Whether a name in tokens is that of a macro which is invoked there.
pub(crate) fn is_invoked(name: Token<'_>) -> bool {
    name.next().is_some_and(|it| it.kind() == T![!])
}

impl Sema<'_> {
    /// The call that the macro of a name writes and that is asked for; of several, one that blocks. A macro of the catalogue is the call
    /// itself.
    pub(crate) fn written_by(&self, name: &SyntaxToken, is_asked: IsAsked<'_>) -> Option<CallNode> {
        let invoked = name.parent_ancestors().find_map(ast::MacroCall::cast)?;
        let own = invoked.path()?.segment()?.name_ref()?;
        if *own.syntax() != name.parent()? {
            return None;
        }
        if self.sema.resolve_macro_call(&invoked).is_some_and(|it| self.world.macro_entry(it).is_some()) {
            return Some(CallNode::Macro(invoked));
        }
        let mut written = Vec::new();
        self.gather_written(&invoked, DEPTH, is_asked, &mut written);
        let blocks = |it: &&(CallNode, Callee)| matches!(&it.1, Callee::Entry(entry) if Entry::family(entry).is_some());
        let found = written.iter().find(blocks).or_else(|| written.first());
        found.map(|(call, _)| call.clone())
    }

    /// The entry of a macro. An arm for the case that nothing is ready keeps a selection from waiting.
    pub(crate) fn entry_of_macro(&self, call: &ast::MacroCall) -> Option<&'static Entry> {
        let entry = self.world.macro_entry(self.sema.resolve_macro_call(call)?)?;
        let text: String = call.token_tree()?.syntax().text().to_string().split_whitespace().collect();
        (!text.contains("default=>")).then_some(entry)
    }

    /// What a macro makes of its arguments.
    pub fn expansion(&self, call: &ast::MacroCall) -> Option<SyntaxNode> {
        self.sema.expand_macro_call(call).map(|it| it.value)
    }

    /// The same, with what the macros in it make of theirs: `select!` takes its arms one by one.
    pub fn expansions(&self, call: &ast::MacroCall) -> Vec<SyntaxNode> {
        let mut written: Vec<SyntaxNode> = self.expansion(call).into_iter().collect();
        let mut at = 0;
        while let Some(node) = written.get(at) {
            let inner: Vec<_> = node.descendants().filter_map(ast::MacroCall::cast).collect();
            written.extend(inner.iter().filter_map(|it| self.expansion(it)));
            at += 1;
        }
        written
    }

    fn gather_written(
        &self,
        invoked: &ast::MacroCall,
        depth: usize,
        is_asked: IsAsked<'_>,
        found: &mut Vec<(CallNode, Callee)>,
    ) {
        let Some(expanded) = self.sema.expand_macro_call(invoked) else { return };
        // What was passed to the macro stands where it is written.
        let is_own = |name: &SyntaxNode| self.source_range(name).is_none();
        for node in expanded.value.descendants() {
            if let Some((call, name)) = call_and_name(&node) {
                // What it calls takes types, and few of the calls that a macro writes are asked for.
                let is_asked = is_own(&name) && is_asked(&call, &name.text().to_string());
                let callee = is_asked.then(|| self.callee(&call)).flatten();
                let callee = callee.filter(|it| !matches!(it, Callee::Library(_)));
                found.extend(callee.map(|it| (call, it)));
            } else if node.kind() == SyntaxKind::MACRO_CALL && depth > 0 {
                let inner =
                    ast::MacroCall::cast(node).filter(|it| it.path().is_some_and(|it| is_own(it.syntax())));
                inner.iter().for_each(|it| self.gather_written(it, depth - 1, is_asked, found));
            }
        }
    }
}
