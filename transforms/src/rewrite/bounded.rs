//! A channel with a bound in place of one without: the constructor, and each send that now may wait.

use ra_ap_syntax::{AstNode, SyntaxNode, TextRange, ast, ast::HasArgList};
use retask_engine::Analysis;
use retask_engine::alive::obstacle_to_await;
use retask_engine::analysis::Marked;
use retask_engine::catalogue::Pool;
use retask_engine::context::Context;
use retask_engine::ends::{End, Ends, Usage};
use retask_engine::loops::{is_run_later, may_await};
use retask_engine::resolve::{CallNode, Sema};

use super::constant::Constant;
use super::draft::Draft;
use super::layout;

const CAPACITY: Constant<'_> = Constant {
    name: "CHANNEL_CAPACITY",
    value: 1024,
    docs: &[
        "How many messages may wait in the channel before a sender waits. Choose it by the longest burst to be taken in",
        "without a wait, and by the memory that as many messages hold.",
    ],
};

/// How a crate names its bounded channel and what its ends call.
struct Kind {
    constructor: &'static str,
    /// Where no import names the constructor's module.
    path: &'static str,
    /// What an async send is called; a call of `send` needs an await where `awaits` says so.
    send: &'static str,
    awaits: bool,
    /// What a send is called on a thread that may block.
    blocking_send: &'static str,
}

fn kind_of(channel: &Marked) -> Result<Kind, String> {
    let kind = |constructor, path, send, awaits, blocking_send| {
        Ok(Kind { constructor, path, send, awaits, blocking_send })
    };
    match (channel.entry.krate(), channel.entry.name()) {
        ("tokio", _) => kind("channel", "tokio::sync::mpsc", "send", true, "blocking_send"),
        ("flume", _) => kind("bounded", "flume", "send_async", true, "send"),
        ("async_channel", _) => kind("bounded", "async_channel", "send", false, "send_blocking"),
        ("async_std", _) => kind("bounded", "async_std::channel", "send", false, "send_blocking"),
        ("smol", _) => kind("bounded", "smol::channel", "send", false, "send_blocking"),
        ("kanal", "unbounded_async") => kind("bounded_async", "kanal", "send", false, "send"),
        ("futures" | "futures_channel", _) => {
            Err("a sender of the bounded channel of `futures` sends by `&mut self`: `tokio::sync::mpsc` is the plainer change".to_owned())
        }
        (krate, _) => Err(format!(
            "a bounded channel of `{krate}` blocks the thread that sends: async code needs an async channel instead"
        )),
    }
}

/// Gives the channel a bound.
pub(crate) fn rewrite(
    (sema, analysis): (&Sema<'_>, &Analysis<'_>),
    channel: &Marked,
    call: &CallNode,
    ends: Option<&Ends>,
) -> Result<Draft, String> {
    let kind = kind_of(channel)?;
    let ends = ends.ok_or("an end leaves the code that makes the channel, so that not all sends are seen")?;
    if ends.statement.ty().is_some() {
        return Err("the type of the ends is written out".to_owned());
    }
    let mut draft = Draft::new("give the channel a bound");
    draft.caveat(
        "a sender waits while the channel is full: where the receiver waits for a sender in turn, both stop",
    );
    let bounded = Bounded { sema, analysis, kind, draft: &mut draft };
    bounded.receives_on(ends)?;
    bounded.edit(channel, call, ends)?;
    Ok(draft)
}

struct Bounded<'b, 'a> {
    sema: &'b Sema<'a>,
    analysis: &'b Analysis<'b>,
    kind: Kind,
    draft: &'b mut Draft,
}

impl Bounded<'_, '_> {
    /// Proves that no full channel waits for the very code that would empty it.
    fn receives_on(&self, ends: &Ends) -> Result<(), String> {
        if ends.receivers.iter().any(|it| matches!(it.usage, Usage::PassedOn)) {
            return Err(
                "the receiver is passed on, and where it goes may rely on the unbounded one".to_owned()
            );
        }
        let receives =
            || ends.receivers.iter().filter(|it| it.method().is_some_and(|it| it.contains("recv")));
        let first = receives().next().ok_or("no receive is seen")?;
        let sends = ends.senders.iter().filter(|it| it.method().is_some_and(|it| it.contains("send")));
        if sends.into_iter().any(|sent| receives().any(|it| it.body().is_some() && it.body() == sent.body()))
        {
            return Err(
                "the same code sends and receives: it would wait for itself where the channel is full"
                    .to_owned(),
            );
        }
        let statement = ends.statement.syntax();
        let holder = statement.parent().ok_or("the channel is made by a macro")?;
        let around: Vec<SyntaxNode> =
            self.sema.ancestors(first.path.syntax()).take_while(|it| *it != holder).collect();
        let receiving = around.last().cloned().ok_or("a macro receives")?;
        let is_own_body = !around.iter().any(is_run_later);
        let between =
            holder.children().skip_while(|it| it != statement).skip(1).take_while(|it| *it != receiving);
        if is_own_body && between.into_iter().any(|it| awaits_itself(&it)) {
            return Err(
                "the code awaits something else before it receives: with a full channel that may never end"
                    .to_owned(),
            );
        }
        Ok(())
    }

    fn edit(mut self, channel: &Marked, call: &CallNode, ends: &Ends) -> Result<(), String> {
        for end in &ends.senders {
            self.sender(end)?;
        }
        let CallNode::Path(made) = call else {
            return Err("the constructor is not called by its path".to_owned());
        };
        let Some(ast::Expr::PathExpr(path)) = made.expr() else {
            return Err("the constructor is not called by its path".to_owned());
        };
        let path = path.path().ok_or("the constructor has no path")?;
        let written = "a macro makes the channel";
        let capacity = CAPACITY.insert((self.sema, self.analysis), self.draft, call.syntax())?;
        let file = channel.site.file;
        let name = match path.qualifier() {
            Some(_) => self.kind.constructor.to_owned(),
            None => format!("{}::{}", self.kind.path, self.kind.constructor),
        };
        self.draft.replace(self.analysis, file, channel.name, name);
        let list = made.arg_list().and_then(|it| self.sema.source_range(it.syntax())).ok_or(written)?.1;
        self.draft.replace(self.analysis, file, list, format!("({capacity})"));
        Ok(())
    }

    fn sender(&mut self, end: &End) -> Result<(), String> {
        let call = match &end.usage {
            Usage::PassedOn => return Err("a sender is passed on, so that not all sends are seen".to_owned()),
            Usage::Cloned | Usage::Dropped => return Ok(()),
            Usage::Method(call) => call,
        };
        let name = call.name_ref().ok_or("the call names no method")?;
        let refused =
            |it: &str| Err(format!("`{it}` on a sender fails where the channel is full, or is not there"));
        match (name.text(), &end.context) {
            (
                "is_closed" | "closed" | "same_channel" | "is_disconnected" | "receiver_count" | "len"
                | "is_empty",
                _,
            ) => Ok(()),
            ("send" | "send_async", Context::Async(body)) if !body.in_closure => {
                let is_awaited = call.syntax().parent().is_some_and(|it| ast::AwaitExpr::can_cast(it.kind()));
                match (self.kind.awaits && !is_awaited, is_awaited) {
                    (true, _) => self.wait(call, &name, body),
                    (false, true) => Ok(()),
                    (false, false) => Err("a send is not awaited where it is made".to_owned()),
                }
            }
            ("send" | "send_blocking", Context::Pool(Pool::Blocking | Pool::Thread)) => {
                self.rename(&name, self.kind.blocking_send)
            }
            ("send", _) => Err("a send stands in sync code, where it cannot wait".to_owned()),
            (other, _) => refused(other),
        }
    }

    fn wait(
        &mut self,
        call: &ast::MethodCallExpr,
        name: &ast::NameRef,
        body: &retask_engine::context::Body,
    ) -> Result<(), String> {
        if let Some(reason) = obstacle_to_await(self.sema, call.syntax(), body) {
            return Err(reason);
        }
        let written = "a macro writes the send";
        let (file, range) = self.sema.source_range(call.syntax()).ok_or(written)?;
        let (_, named) = self.sema.source_range(name.syntax()).ok_or(written)?;
        let text = &self.analysis.workspace.files[file as usize].text;
        let gap = layout::before_link(text, named, range).to_owned();
        self.rename(name, self.kind.send)?;
        self.draft.insert(self.analysis, file, range.end(), &layout::links(".await", &gap));
        Ok(())
    }

    fn rename(&mut self, name: &ast::NameRef, to: &str) -> Result<(), String> {
        let (file, range): (u32, TextRange) =
            self.sema.source_range(name.syntax()).ok_or("a macro writes the send")?;
        if self.analysis.workspace.text(file, range) != to {
            self.draft.replace(self.analysis, file, range, to);
        }
        Ok(())
    }
}

/// Whether a statement awaits in the code that it is a part of, and not only in what it starts.
fn awaits_itself(statement: &SyntaxNode) -> bool {
    let is_own =
        |it: &SyntaxNode| !it.ancestors().take_while(|it| it != statement).any(|it| is_run_later(&it));
    let nodes = statement
        .descendants()
        .filter(|it| ast::AwaitExpr::can_cast(it.kind()) || ast::MacroCall::can_cast(it.kind()));
    nodes.into_iter().any(|it| is_own(&it) && may_await(&it))
}
