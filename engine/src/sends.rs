//! Sends that never wait: those to a channel without a bound. A sender does not tell by its type whether it has one, so the
//! places where the workspace makes channels are asked.

use std::collections::HashSet;

use ra_ap_hir::{AsAssocItem, Crate, Function, HasCrate};
use ra_ap_syntax::{AstNode, SyntaxNode, ast};

use crate::analysis::{Analysis, Entered, Link};
use crate::catalogue::{Effect, Entry, Family};
use crate::index::Site;
use crate::resolve::{CallNode, Sema};
use crate::types::Type;

/// The functions of crossbeam, flume, kanal and async-channel that make channels, and whether these are bounded.
const CONSTRUCTORS: &[(&str, bool)] =
    &[("bounded", true), ("bounded_async", true), ("unbounded", false), ("unbounded_async", false)];

/// How many values deep a sender is looked for.
const DEPTH: usize = 3;

/// Whether an entry is a send that waits for room where its channel has a bound.
pub(crate) fn is_send(entry: &Entry) -> bool {
    let is_named = ["send", "send_timeout", "send_deadline", "send_blocking"].contains(&entry.name());
    is_named && entry.effect == Effect::Blocks(Family::Wait)
}

/// A library with the type of a sender of it as text; nothing where its messages are not known, or are of a type parameter.
type Made = (Crate, Option<String>);

/// The channels that the workspace makes, by their libraries and senders.
#[derive(Default)]
pub(crate) struct Channels {
    bounded: HashSet<Made>,
    unbounded: HashSet<Made>,
}

impl Channels {
    pub fn of(analysis: &Analysis<'_>) -> Channels {
        let named = |(name, is_bounded): &(&str, bool)| {
            let sites = analysis.index.calls(name).iter().map(|(site, _)| *site);
            sites.map(|it| (it, *is_bounded)).collect::<Vec<_>>()
        };
        let sites: Vec<(Site, bool)> = CONSTRUCTORS.iter().flat_map(named).collect();
        let made = analysis.par_map(sites, |sema, (site, is_bounded)| {
            let of = || sema.made_at(site).map(|it| (it, is_bounded && !sema.is_closed_at(site)));
            analysis.workspace.at(site, of)
        });
        let mut channels = Channels::default();
        for (made, is_bounded) in made.into_iter().flatten() {
            let of_kind = if is_bounded { &mut channels.bounded } else { &mut channels.unbounded };
            of_kind.insert(made);
        }
        channels
    }

    /// Whether all channels that a sender can be of have no bound, and there are some. Where a library's channels are never bounded,
    /// their messages need not be known.
    fn never_wait<'a>(&self, sema: &Sema<'a>, sender: &Type<'a>) -> bool {
        let Some(library) = sender.as_adt().map(|it| it.krate(sema.db)) else { return false };
        let has = |made: &HashSet<Made>, sender: Option<&String>| made.contains(&(library, sender.cloned()));
        if !self.bounded.iter().any(|it| it.0 == library) {
            return self.unbounded.iter().any(|it| it.0 == library);
        }
        sema.sender_text(sender).is_some_and(|it| {
            has(&self.unbounded, Some(&it)) && !has(&self.bounded, Some(&it)) && !has(&self.bounded, None)
        })
    }

    /// The function that a send calls, where it never waits.
    pub fn sends_at_once(&self, sema: &Sema<'_>, site: Site) -> Option<Function> {
        let call = sema.call_at(site)?;
        let receiver = sema.operands(&call).0?;
        let at_once = match sema.is_bounded_local(&receiver) {
            Some(is_bounded) => !is_bounded,
            None => {
                sema.sender_of(&call).is_some_and(|it| self.never_wait(sema, &it))
                    || sema.is_bounded_field(&receiver) == Some(false)
            }
        };
        at_once.then(|| sema.function(&call)).flatten()
    }

    /// Whether the send that a call reaches through wrappers of any message never waits for the messages of that call.
    pub fn leads_to_one_at_once(&self, sema: &Sema<'_>, entered: &Entered) -> bool {
        let of = |link: &Link| Site { file: link.file, offset: link.range.start().into() };
        let Some((send, wrappers)) = entered.reached.chain.split_last() else { return false };
        let Some(sender) = sema.call_at(of(send)).and_then(|it| sema.sender_of(&it)) else { return false };
        let callers = wrappers.iter().rev().map(of).chain([entered.site]);
        for caller in callers {
            let held = sema.senders_given(caller, &sender);
            if held.iter().all(|it| sema.sender_text(it).is_some()) {
                return !held.is_empty() && held.iter().all(|it| self.never_wait(sema, it));
            }
        }
        false
    }
}

impl<'a> Sema<'a> {
    /// The library of the channel that a constructor makes, and its sender as text; nothing where its messages are not known.
    fn made_at(&self, site: Site) -> Option<Made> {
        let call = self.call_at(site).filter(|it| !self.is_left_out(it.syntax()))?;
        self.is_bounded(&call)?;
        let library = self.function(&call)?.krate(self.db);
        let ends = self.ty(&call.expr()?)?;
        Some((library, ends.tuple_fields(self.db).first().and_then(|it| self.sender_text(it))))
    }

    /// Whether nobody keeps the receiver of the channel that a constructor makes, so that a send fails at once: `let (sender, _) = ..`.
    fn is_closed_at(&self, site: Site) -> bool {
        let statement = self.call_at(site).and_then(|it| ast::LetStmt::cast(it.syntax().parent()?));
        let Some(ast::Pat::TuplePat(ends)) = statement.and_then(|it| it.pat()) else { return false };
        matches!(ends.fields().nth(1), Some(ast::Pat::WildcardPat(_)))
    }

    /// Whether the channel that a call makes is bounded, where it makes one.
    fn is_bounded(&self, call: &CallNode) -> Option<bool> {
        let function = self.function(call).filter(|it| !self.is_of_workspace(*it))?;
        let name = function.name(self.db);
        CONSTRUCTORS.iter().find(|it| it.0 == name.as_str()).map(|it| it.1)
    }

    /// Whether the channel of a sender is bounded, where local variables lead to the call that makes it.
    fn is_bounded_local(&self, sender: &ast::Expr) -> Option<bool> {
        let mut sender = sender.clone();
        for _ in 0..4 {
            let ast::Expr::PathExpr(path) = &sender else { return None };
            let pat = self.local_declaration(path)?;
            let statement = pat.syntax().ancestors().find_map(ast::LetStmt::cast)?;
            match statement.initializer()? {
                ast::Expr::CallExpr(it) => return self.is_bounded(&CallNode::Path(it)),
                ast::Expr::MethodCallExpr(it) => sender = it.receiver()?,
                _ => return None,
            }
        }
        None
    }

    /// Whether the channel of a sender in a field is bounded, where each value that the field is given leads to a call that makes one.
    fn is_bounded_field(&self, sender: &ast::Expr) -> Option<bool> {
        let ast::Expr::FieldExpr(place) = sender else { return None };
        let field = self.field(place)?;
        let is_same = |it: &ast::Expr| {
            let ast::Expr::MethodCallExpr(it) = it else { return false };
            matches!(it.receiver(), Some(ast::Expr::FieldExpr(it)) if self.field(&it) == Some(field))
        };
        let given =
            self.uses_of_field(place)?.into_iter().filter_map(|it| given(&it)).filter(|it| !is_same(it));
        let bounded: Vec<bool> = given.map(|it| self.is_bounded_local(&it)).collect::<Option<_>>()?;
        (!bounded.is_empty()).then(|| bounded.contains(&true))
    }

    /// The type of a sender as text, where its messages are known.
    fn sender_text(&self, sender: &Type<'a>) -> Option<String> {
        let is_known = self.type_parameters(sender).is_empty() && !sender.contains_unknown();
        is_known.then(|| self.text_of(sender))
    }

    /// The sender that a send is called on.
    fn sender_of(&self, send: &CallNode) -> Option<Type<'a>> {
        let method = self.function(send)?.as_assoc_item(self.db)?;
        let sender = method.implementing_ty(self.db)?.as_adt();
        let receiver = self.ty(&self.operands(send).0?)?;
        receiver.autoderef(self.db).find(|it| it.as_adt() == sender)
    }

    /// The senders of the same library that a call is made with: in its receiver, or else in its arguments, and in their fields.
    fn senders_given(&self, caller: Site, sender: &Type<'a>) -> Vec<Type<'a>> {
        let Some(call) = self.call_at(caller) else { return Vec::new() };
        // Messages can hold senders as well, for an answer.
        let of_receiver = call.receiver().map(|it| self.senders_of(&[it], sender)).unwrap_or_default();
        if of_receiver.is_empty() { self.senders_of(&call.args(), sender) } else { of_receiver }
    }

    fn senders_of(&self, values: &[ast::Expr], sender: &Type<'a>) -> Vec<Type<'a>> {
        let mut found = Vec::new();
        for ty in values.iter().filter_map(|it| self.ty(it)) {
            self.senders_in(&ty, sender, DEPTH, &mut found);
        }
        found
    }

    fn senders_in(&self, ty: &Type<'a>, sender: &Type<'a>, depth: usize, found: &mut Vec<Type<'a>>) {
        for ty in ty.autoderef(self.db) {
            let Some(adt) = ty.as_adt() else { continue };
            if sender.as_adt() == Some(adt) {
                found.push(ty);
            } else if depth > 0 && self.world.is_member(adt.krate(self.db)) {
                let fields = self.field_types(&ty, adt);
                fields.iter().for_each(|it| self.senders_in(it, sender, depth - 1, found));
            }
        }
    }
}

/// What a field is given where its name stands in a literal, or on the left of an assignment.
fn given(name: &SyntaxNode) -> Option<ast::Expr> {
    let literal = name.ancestors().take(5).find_map(ast::RecordExprField::cast);
    if let Some(field) = literal.filter(|it| it.field_name().is_some_and(|it| it.syntax() == name)) {
        return field.expr();
    }
    let place = name.parent().and_then(ast::FieldExpr::cast)?;
    let assigned = place.syntax().parent().and_then(ast::BinExpr::cast)?;
    let is_assigned = assigned.op_kind() == Some(ast::BinaryOp::Assignment { op: None });
    assigned.rhs().filter(|_| is_assigned && assigned.lhs().is_some_and(|it| it.syntax() == place.syntax()))
}
