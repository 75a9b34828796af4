//! A value that tasks look at and replace goes into a `watch` channel: `borrow` for the guard of a reader, `send_replace` and `send_modify`
//! for the sections that change it. All of it works in sync code and on threads too.

use std::collections::HashSet;

use ra_ap_syntax::{AstNode, TextRange};
use retask_engine::Analysis;
use retask_engine::resolve::{Function, Sema};
use retask_engine::shared::{Library, Section, State};

use super::super::draft::Draft;
use super::super::imports::Imports;
use super::super::owner::Owner;
use super::super::owner::region::guard_value;
use super::carry::Carry;
use super::change::Change;
use super::{has_tokio, look, packages, receiver};

/// `Sender::clone` came last of what every rewrite calls.
const CLONE: (u32, &str) = (37, "`watch::Sender::clone`");
const DEFAULT: (u32, &str) = (39, "`watch::Sender::default`");

/// Puts the value into a `watch` channel, or says which precondition fails and where.
pub(crate) fn rewrite((sema, analysis): (&Sema<'_>, &Analysis<'_>), state: &State) -> Result<Draft, String> {
    let owner = Owner { sema, analysis, state };
    owner.is_followed()?;
    owner.is_named_nowhere_else()?;
    owner.is_private()?;
    for package in packages(sema, analysis, state) {
        has_tokio(analysis, package, CLONE.0, CLONE.1)?;
    }
    let watch = Watch { sema, analysis, state };
    let turned = state.sections.iter().map(|it| watch.turn(it).map_err(|reason| owner.at(it, &reason)));
    let turned: Vec<Turned> = turned.collect::<Result<_, _>>()?;
    for (section, own) in state.sections.iter().zip(&turned) {
        if let Some(other) = watch.changes_under(section, own, &turned) {
            return Err(owner.at(other, "the value is changed while the same code still looks at it"));
        }
    }
    watch.draft(turned)
}

/// A section on its way to the channel.
struct Turned {
    file: u32,
    edits: Vec<(TextRange, String)>,
    /// Whether it changes the value.
    changes: bool,
    /// What its new code takes the place of, where it changes the value.
    range: Option<TextRange>,
}

struct Watch<'w, 'a> {
    sema: &'w Sema<'a>,
    analysis: &'w Analysis<'w>,
    state: &'w State,
}

impl Watch<'_, '_> {
    fn turn(&self, section: &Section) -> Result<Turned, String> {
        let taken = section.call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
        if !["lock", "read", "write", "blocking_lock", "blocking_read", "blocking_write"]
            .contains(&taken.as_str())
        {
            return Err(format!("`{taken}` takes the lock in a way that a `watch` channel does not know"));
        }
        let value = guard_value(self.sema, section)?;
        let receiver = receiver(self.sema, self.analysis, &section.call)?;
        let file = section.site.file;
        if look::only_looks(self.sema, section, &value) {
            let edits = look::edits(self.sema, section, &value, &format!("{receiver}.borrow()"))?;
            return Ok(Turned { file, edits, changes: false, range: None });
        }
        let (sema, analysis, label) = (self.sema, self.analysis, self.state.label.as_str());
        let (range, text) = Change { sema, analysis, section, receiver: &receiver, label }.edit()?;
        Ok(Turned { file, edits: vec![(range, text)], changes: true, range: Some(range) })
    }

    /// Another section that changes the value while one looks at it, or any other while one changes it: the lock of the channel is no
    /// less a lock than that before, and what is looked at for a new value may outlive its computation.
    fn changes_under<'s>(
        &'s self,
        section: &Section,
        own: &Turned,
        turned: &[Turned],
    ) -> Option<&'s Section> {
        let place = |it: &ra_ap_syntax::SyntaxNode| self.sema.source_range(it);
        let alive: HashSet<_> = section.calls.iter().filter_map(place).collect();
        let others = || {
            let all = self.state.sections.iter().zip(turned);
            all.filter(|(it, turned)| it.site != section.site && (own.changes || turned.changes))
        };
        let is_inside = |it: &Section| {
            own.range.is_some_and(|range| it.site.file == own.file && range.contains_range(it.name))
                || place(it.call.syntax()).is_some_and(|it| alive.contains(&it))
        };
        if let Some((other, _)) = others().find(|(it, _)| is_inside(it)) {
            return Some(other);
        }
        let holders: HashSet<Function> =
            others().filter_map(|(it, _)| self.sema.holder_of(it.call.syntax())).collect();
        let called = section.calls.iter().filter_map(|it| self.sema.called_by(it));
        let mut called = called.filter(|it| self.sema.is_of_workspace(*it));
        let leads = called.find(|it| self.sema.leads_to(*it, &holders, 5))?;
        let reached = others().find(|(it, _)| self.sema.holder_of(it.call.syntax()) == Some(leads));
        reached.or_else(|| others().next()).map(|it| it.0)
    }

    fn draft(&self, turned: Vec<Turned>) -> Result<Draft, String> {
        let mut draft = Draft::new(
            "keep the value in a `tokio::sync::watch` channel: who looks at it waits for nobody, and a change can be awaited",
        );
        draft.design();
        draft.group(format!("watch {} {:?}", self.state.file, self.state.name.start()));
        draft.caveat("a reader sees the value as it is when it looks, and no longer keeps other readers out");
        draft.caveat("the value lies behind a short lock of the channel: what keeps a `borrow()` holds up whoever sends");
        if self.state.library == Library::Std {
            draft.caveat("a panic while the value is changed no longer poisons it for all that come after");
        }
        let mut done = Vec::new();
        for it in turned {
            for (range, text) in it.edits {
                done.push((it.file, range));
                draft.replace(self.analysis, it.file, range, text);
            }
        }
        let (sema, analysis) = (self.sema, self.analysis);
        let mut carry = Carry {
            sema,
            analysis,
            done: &done,
            draft: &mut draft,
            imports: Imports::default(),
            has_default: false,
        };
        carry.watch(self.state)?;
        let has_default = carry.has_default;
        for package in packages(sema, analysis, self.state) {
            if has_default {
                has_tokio(analysis, package, DEFAULT.0, DEFAULT.1)?;
            }
            draft.need(package, "tokio", "sync");
        }
        if draft.overlaps() {
            return Err("sections of the lock lie within one another".to_owned());
        }
        Ok(draft)
    }
}
