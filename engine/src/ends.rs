//! The two ends of a channel where locals hold them, and what becomes of each.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast};

use crate::context::{Context, Contexts};
use crate::loops::is_loop;
use crate::mentions;
use crate::resolve::{CallNode, Sema};
use crate::types::Type;

/// The ends of a channel, with those that they are cloned to.
pub struct Ends {
    /// The statement that makes the channel.
    pub statement: ast::LetStmt,
    pub senders: Vec<End>,
    pub receivers: Vec<End>,
}

/// A place where an end of a channel is named.
pub struct End {
    pub path: ast::PathExpr,
    pub context: Context,
    pub usage: Usage,
}

/// What becomes of an end at a place.
#[derive(Clone, Debug)]
pub enum Usage {
    /// A method of it is called.
    Method(ast::MethodCallExpr),
    /// It is cloned to another local, whose uses are listed as well.
    Cloned,
    /// It is dropped.
    Dropped,
    /// It goes elsewhere: to a function, a field, a value.
    PassedOn,
}

impl Ends {
    /// The ends of the channel that a call makes; `None` where it does not bind both to locals.
    pub fn of(contexts: &Contexts<'_, '_>, call: &CallNode) -> Option<Ends> {
        let statement = ast::LetStmt::cast(call.syntax().parent()?)?;
        let ast::Pat::TuplePat(pair) = statement.pat()? else { return None };
        let mut fields = pair.fields();
        let (ast::Pat::IdentPat(sender), ast::Pat::IdentPat(receiver)) = (fields.next()?, fields.next()?)
        else {
            return None;
        };
        let senders = uses(contexts, &sender)?;
        let receivers = uses(contexts, &receiver)?;
        Some(Ends { statement, senders, receivers })
    }

    /// The places where either end is named.
    pub fn all(&self) -> impl Iterator<Item = &End> {
        self.senders.iter().chain(&self.receivers)
    }

    /// Whether each message is sent by a call of its own that runs once: there are as many as the code shows.
    pub fn sends_are_few(&self) -> bool {
        let top = self.statement.syntax().parent();
        self.senders.iter().all(|it| match &it.usage {
            Usage::PassedOn => false,
            Usage::Method(_) => {
                let mut around = it.path.syntax().ancestors().take_while(|it| Some(it) != top.as_ref());
                !around.any(|it| is_loop(&it) || ast::ClosureExpr::can_cast(it.kind()))
            }
            Usage::Cloned | Usage::Dropped => true,
        })
    }
}

impl End {
    /// The name of the method that is called.
    pub fn method(&self) -> Option<String> {
        match &self.usage {
            Usage::Method(call) => Some(call.name_ref()?.text().to_string()),
            _ => None,
        }
    }

    /// The async body that the place is a part of.
    pub fn body(&self) -> Option<&crate::context::Body> {
        match &self.context {
            Context::Async(body) => Some(body),
            _ => None,
        }
    }
}

/// The uses of an end and of the locals that it is cloned to.
fn uses(contexts: &Contexts<'_, '_>, end: &ast::IdentPat) -> Option<Vec<End>> {
    let mut found = Vec::new();
    let mut pats = vec![end.clone()];
    while let Some(pat) = pats.pop() {
        let block = pat.syntax().ancestors().find(|it| it.kind() == SyntaxKind::STMT_LIST)?;
        for path in mentions::uses(contexts.sema, &block, &pat).ok()? {
            let (usage, clone) = usage(&path);
            pats.extend(clone);
            let context = contexts.of(path.syntax());
            found.push(End { path, context, usage });
        }
        if found.len() > 100 {
            return None;
        }
    }
    let start = |it: &End| contexts.sema.source_range(it.path.syntax()).map(|(_, it)| it.start());
    found.sort_by_key(start);
    Some(found)
}

/// What becomes of an end at a path, and the local that it is cloned or moved to.
fn usage(path: &ast::PathExpr) -> (Usage, Option<ast::IdentPat>) {
    let given = path.syntax().parent();
    if let Some(call) = given.clone().and_then(ast::MethodCallExpr::cast) {
        let is_clone = call.name_ref().is_some_and(|it| it.text() == "clone");
        return match (is_clone, bound_to(call.syntax())) {
            (false, _) => (Usage::Method(call), None),
            (true, Some(local)) => (Usage::Cloned, Some(local)),
            (true, None) => (Usage::PassedOn, None),
        };
    }
    if is_dropped(path.syntax()) {
        return (Usage::Dropped, None);
    }
    match bound_to(path.syntax()) {
        Some(local) => (Usage::Cloned, Some(local)),
        None => (Usage::PassedOn, None),
    }
}

fn bound_to(value: &SyntaxNode) -> Option<ast::IdentPat> {
    match ast::LetStmt::cast(value.parent()?)?.pat()? {
        ast::Pat::IdentPat(it) => Some(it),
        _ => None,
    }
}

/// `drop(x)`, by whatever path.
fn is_dropped(value: &SyntaxNode) -> bool {
    let list = value.parent().filter(|it| it.kind() == SyntaxKind::ARG_LIST);
    let call = list.and_then(|it| it.parent()).and_then(ast::CallExpr::cast);
    let name = call.and_then(|it| it.expr()).map(|it| it.syntax().text().to_string()).unwrap_or_default();
    name == "drop" || name.ends_with("::drop")
}

impl<'a> Sema<'a> {
    /// The type of the messages of the channel that a call makes.
    pub fn message_type(&self, call: &CallNode) -> Option<Type<'a>> {
        let ends = self.ty(&call.expr()?)?;
        let sender = ends.tuple_fields(self.db).into_iter().next()?;
        let (_, args) = sender.as_adt_with_args()?;
        args.into_iter().flatten().next()
    }
}
