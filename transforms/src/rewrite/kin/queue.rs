//! A queue behind a lock that one task polls becomes an `mpsc` channel: the task waits for the next value, and who puts one in waits while the
//! channel is full.

use std::collections::HashSet;

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, TextSize, ast, ast::HasArgList};
use retask_engine::Analysis;
use retask_engine::catalogue::Pool;
use retask_engine::context::Context;
use retask_engine::resolve::{Function, Sema};
use retask_engine::shared::{Holder, Section, State};

use super::super::constant::Constant;
use super::super::draft::Draft;
use super::super::imports::Imports;
use super::super::owner::Owner;
use super::super::owner::region::guard_value;
use super::carry::Carry;
use super::poll::Poll;
use super::start::{Made, Start, Starts};
use super::{MACRO, has_tokio, packages, receiver};

const CAPACITY: Constant<'_> = Constant {
    name: "QUEUE_CAPACITY",
    value: 1024,
    docs: &[
        "How many values may wait in the queue before whoever puts one in waits. Choose it by the longest burst to be",
        "taken in without a wait, and by the memory that as many values hold.",
    ],
};

const CAVEATS: &[&str] = &[
    "while the channel is full, whoever puts a value in waits, where the queue grew before",
    "the loop ends once all senders are gone, where it went on to poll before",
    "what is put in after the consumer has ended is dropped at once",
];

/// Turns the queue into a channel, or says which precondition fails and where.
pub(crate) fn rewrite((sema, analysis): (&Sema<'_>, &Analysis<'_>), state: &State) -> Result<Draft, String> {
    let owner = Owner { sema, analysis, state };
    owner.is_followed()?;
    owner.is_named_nowhere_else()?;
    owner.is_private()?;
    for package in packages(sema, analysis, state) {
        has_tokio(analysis, package, 0, "`mpsc`")?;
    }
    if let Some(other) = state.found.holders.iter().find(|it| !matches!(it, Holder::Local { .. })) {
        let what = match other {
            Holder::Field { .. } => "a field",
            Holder::Result { .. } => "what a function gives back",
            _ => "a static",
        };
        return Err(format!(
            "{what} holds both ends of the queue, and a channel has two: which one it is to hold is a decision"
        ));
    }
    let queue = Queue { sema, analysis, state };
    let (mut pops, mut pushes) = (Vec::new(), Vec::new());
    for section in &state.sections {
        match queue.does(section).map_err(|reason| owner.at(section, &reason))? {
            (pop, true) => pops.push((section, pop)),
            (push, false) => pushes.push((section, push)),
        }
    }
    let [(consumer, pop)] = pops.as_slice() else {
        return Err("several places take from the queue, and a channel has one receiver".to_owned());
    };
    queue.draft((consumer, pop), &pushes).map_err(|reason| owner.at(consumer, &reason))
}

struct Queue<'q, 'a> {
    sema: &'q Sema<'a>,
    analysis: &'q Analysis<'q>,
    state: &'q State,
}

type Call<'s> = (&'s Section, ast::MethodCallExpr);

impl Queue<'_, '_> {
    fn range(&self, node: &SyntaxNode) -> Result<(u32, TextRange), String> {
        self.sema.source_range(node).ok_or_else(|| MACRO.to_owned())
    }

    fn text(&self, node: &SyntaxNode) -> Result<&str, String> {
        let (file, range) = self.range(node)?;
        Ok(self.analysis.workspace.text(file, range))
    }

    /// The call on the queue that a section is, and whether that takes a value out.
    fn does(&self, section: &Section) -> Result<(ast::MethodCallExpr, bool), String> {
        let value = guard_value(self.sema, section)?;
        let call = value.syntax().parent().and_then(ast::MethodCallExpr::cast);
        let call = call.filter(|it| it.receiver().as_ref() == Some(&value));
        let name = call.as_ref().and_then(|it| it.name_ref()).map(|it| it.text().to_string());
        match (call, name.as_deref()) {
            (Some(call), Some("pop_front")) => Ok((call, true)),
            (Some(call), Some("push_back")) => Ok((call, false)),
            _ => Err("the queue has other uses than `push_back` and `pop_front`".to_owned()),
        }
    }

    fn draft(
        &self,
        (consumer, pop): (&Section, &ast::MethodCallExpr),
        pushes: &[Call<'_>],
    ) -> Result<Draft, String> {
        let walk = (self.sema, self.analysis);
        let starts = Starts { sema: self.sema, analysis: self.analysis, state: self.state };
        let starts = starts.of(consumer)?;
        let receiver = starts.receiver.clone();
        let poll = Poll::of(walk, pop.syntax().clone(), &receiver)?;
        self.puts_nothing_in(&poll, pushes)?;
        let mut draft = Draft::new(
            "send what is to be done over a `tokio::sync::mpsc` channel, which wakes the task that takes it",
        );
        draft.design();
        draft.group(format!("queue {} {:?}", self.state.file, self.state.name.start()));
        CAVEATS.iter().for_each(|it| draft.caveat(*it));
        let (range, text) = poll.edit()?;
        draft.replace(self.analysis, consumer.site.file, range, text);
        let mut done = vec![(consumer.site.file, range)];
        for (section, call) in pushes {
            let (range, text) = self.send(section, call)?;
            done.push((section.site.file, range));
            draft.replace(self.analysis, section.site.file, range, text);
        }
        let mut carry = Carry {
            sema: self.sema,
            analysis: self.analysis,
            done: &done,
            draft: &mut draft,
            imports: Imports::default(),
            has_default: false,
        };
        for start in &starts.all {
            self.made(&mut carry, &start.made)?;
            if let Some(statement) = &start.gone {
                let (file, range) = self.range(statement)?;
                let text = &self.analysis.workspace.files[file as usize].text;
                let before = text[..usize::from(range.start())].trim_end().len();
                let line = TextRange::new(TextSize::new(before as u32), range.end());
                carry.draft.replace(self.analysis, file, line, "");
            }
            if let Some(given) = &start.given {
                let (file, range) = self.range(given)?;
                carry.draft.replace(self.analysis, file, range, start.made.receiver.clone());
            }
        }
        if let Some(pat) = &starts.declared {
            let (file, range) = self.range(pat.syntax())?;
            carry.draft.insert(self.analysis, file, range.start(), "mut ");
        }
        self.types(&mut carry, starts.declared.as_ref())?;
        let is_given = |it: &&ast::Expr| {
            let mut given = starts.all.iter().filter_map(|it| it.given.as_ref());
            let gone = starts.all.iter().filter_map(|it| it.gone.as_ref());
            given.any(|given| given == it.syntax())
                || gone.into_iter().any(|gone| it.syntax().ancestors().any(|it| it == *gone))
        };
        self.state.found.clones.iter().filter(|it| !is_given(it)).try_for_each(|it| carry.clone(it))?;
        carry.imports.write(self.analysis, carry.draft);
        for package in packages(self.sema, self.analysis, self.state) {
            draft.need(package, "tokio", "sync");
        }
        if draft.overlaps() {
            return Err("uses of the queue lie within one another".to_owned());
        }
        Ok(draft)
    }

    /// A consumer that puts values in would wait for itself once the channel is full.
    fn puts_nothing_in(&self, poll: &Poll<'_, '_>, pushes: &[Call<'_>]) -> Result<(), String> {
        let refused = "the task that takes from the queue puts values in as well, and would wait for itself once a channel is full";
        let around = poll.around.syntax();
        let range = self.range(around)?;
        let inside = |it: &Section| it.site.file == range.0 && range.1.contains_range(it.name);
        let holders: HashSet<Function> =
            pushes.iter().filter_map(|(_, it)| self.sema.holder_of(it.syntax())).collect();
        let calls = around
            .descendants()
            .filter(|it| matches!(it.kind(), SyntaxKind::CALL_EXPR | SyntaxKind::METHOD_CALL_EXPR));
        let mut called = calls.filter_map(|it| self.sema.called_by(&it));
        let leads = called.any(|it| self.sema.is_of_workspace(it) && self.sema.leads_to(it, &holders, 5));
        if leads || pushes.iter().any(|(it, _)| inside(it)) { Err(refused.to_owned()) } else { Ok(()) }
    }

    /// `x.send(v).await` for `x.lock().await.push_back(v)`. A consumer that has ended took no values either.
    fn send(&self, section: &Section, call: &ast::MethodCallExpr) -> Result<(TextRange, String), String> {
        let refused = |why: &str| {
            Err(Owner { sema: self.sema, analysis: self.analysis, state: self.state }.at(section, why))
        };
        let (name, awaited) = match &section.context {
            Context::Async(body) if !body.in_closure => ("send", ".await"),
            Context::Pool(Pool::Blocking | Pool::Thread) => ("blocking_send", ""),
            _ => return refused("sync code puts values in, and cannot wait while a channel is full"),
        };
        let values: Vec<ast::Expr> = call.arg_list().into_iter().flat_map(|it| it.args()).collect();
        let [value] = values.as_slice() else { return refused("a section is not complete") };
        let receiver = receiver(self.sema, self.analysis, &section.call)?;
        let send = format!("let _ = {receiver}.{name}({}){awaited}", self.text(value.syntax())?);
        let text = match call.syntax().parent().map(|it| it.kind()) {
            Some(SyntaxKind::EXPR_STMT) => send,
            Some(SyntaxKind::STMT_LIST) => format!("{send};"),
            _ => format!("{{ {send}; }}"),
        };
        Ok((self.range(call.syntax())?.1, text))
    }

    /// `let (queue, queue_receiver) = mpsc::channel(QUEUE_CAPACITY)`
    fn made(&self, carry: &mut Carry<'_, '_>, made: &Made) -> Result<(), String> {
        let (file, from) = self.range(made.pat.syntax())?;
        let (_, to) = self.range(&made.value)?;
        let mpsc = carry.channel(&made.value, "mpsc")?;
        let capacity = CAPACITY.insert((self.sema, self.analysis), carry.draft, &made.value)?;
        let of = made.item.as_ref().map(|it| format!("::<{it}>")).unwrap_or_default();
        let name = self.text(made.pat.syntax())?.to_owned();
        let mutable = if made.is_direct { "mut " } else { "" };
        let text = format!("({name}, {mutable}{}) = {mpsc}::channel{of}({capacity})", made.receiver);
        carry.draft.replace(self.analysis, file, from.cover(to), text);
        Ok(())
    }

    /// The types of parameters and variables: of the consumer's a receiver, of all others a sender.
    fn types(&self, carry: &mut Carry<'_, '_>, consumer: Option<&ast::IdentPat>) -> Result<(), String> {
        for holder in &self.state.found.holders {
            let Holder::Local { pat, ty: Some(ty) } = holder else { continue };
            let (file, at) = self.range(pat.syntax())?;
            let is_made = pat.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::LET_STMT);
            if is_made {
                continue;
            }
            let alias = self.sema.alias_in(ty);
            let written = alias.as_ref().and_then(|it| it.ty()).unwrap_or(ty.clone());
            let refused =
                || format!("`{}` names the queue in a way that is not followed", ty.syntax().text());
            let path = self.sema.path_of_lock(&written).ok_or_else(refused)?;
            let item = item_of(self.sema, &path).ok_or_else(refused)?;
            let is_consumer = consumer.is_some_and(|it| self.range(it.syntax()) == Ok((file, at)));
            let (node, end) = match (is_consumer, &alias) {
                (true, None) if written != path => return Err("the consumer borrows the queue".to_owned()),
                (true, Some(it)) if self.range(it.syntax())?.0 != file => return Err(refused()),
                (true, _) => (ty.syntax().clone(), "Receiver"),
                (false, _) => (path.syntax().clone(), "Sender"),
            };
            let (file, range) = self.range(&node)?;
            let mpsc = carry.channel(&node, "mpsc")?;
            carry.draft.replace(self.analysis, file, range, format!("{mpsc}::{end}<{item}>"));
        }
        Ok(())
    }
}

/// The type of the values in a written `Arc<Mutex<VecDeque<_>>>`.
pub(super) fn item_of(sema: &Sema<'_>, ty: &ast::Type) -> Option<String> {
    let queue = sema.value_of_lock(ty)?;
    let ast::Type::PathType(path) = queue else { return None };
    let segment = path.path()?.segment()?;
    let list = ast::HasGenericArgs::generic_arg_list(&segment)?;
    let is_queue = segment.name_ref()?.text() == "VecDeque";
    let first = list.generic_args().next()?;
    is_queue.then(|| first.syntax().text().to_string())
}

/// Whether no queue has two consumers.
pub(super) fn is_one_start(starts: &[Start]) -> bool {
    let mut seen = HashSet::new();
    starts.iter().all(|it| seen.insert(it.made.value.text_range()))
}
