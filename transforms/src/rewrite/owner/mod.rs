//! State behind a lock becomes the property of one task: a handle, a message for each thing that is done to the state, replies over
//! `oneshot`.

mod body;
mod cut;
pub(super) mod holders;
mod module;
mod names;
pub(super) mod receiver;
pub(super) mod region;
pub(super) mod runtime;
mod value;
mod verb;

use std::collections::{BTreeSet, HashSet};

use ra_ap_syntax::{AstNode, SyntaxNode};
use retask_engine::Analysis;
use retask_engine::resolve::{Function, Sema};
use retask_engine::shared::{Holder, Mentioned, Other, Section, State};

use super::draft::Draft;
use super::runtime::{may_run_on_tokio, tokio_of};
use cut::{Cut, Cutting};
use module::Module;
use names::Home;

/// How many kinds of messages one task serves: its `match` fits on a screen.
const MESSAGES: usize = 24;

/// Gives the state to a task of its own, or says which precondition fails and where.
pub(crate) fn rewrite(
    (sema, analysis): (&Sema<'_>, &Analysis<'_>),
    state: &State,
    states: &[State],
) -> Result<Draft, String> {
    if !state.in_arc {
        return Err("no `Arc` shares the lock itself, so that there is nothing which a handle could take the place of".to_owned());
    }
    let owner = Owner { sema, analysis, state };
    owner.is_followed()?;
    owner.is_named_nowhere_else()?;
    owner.is_private()?;
    may_run_on_tokio(analysis, analysis.workspace.files[state.file as usize].package)?;
    runtime::is_made_in_one((sema, analysis), &state.found)?;
    let home = Home::of((sema, analysis), state)?;
    owner.takes_no_other_lock(states)?;
    let cutting = Cutting { sema, analysis, state: format!("self.{}", home.field), home: home.item.clone() };
    let cuts = state.sections.iter().map(|it| cutting.cut(it).map_err(|reason| owner.at(it, &reason)));
    let cuts: Vec<Cut> = cuts.collect::<Result<_, _>>()?;
    owner.draft(&home, &cuts)
}

pub(super) struct Owner<'o, 'a> {
    pub sema: &'o Sema<'a>,
    pub analysis: &'o Analysis<'o>,
    pub state: &'o State,
}

impl Owner<'_, '_> {
    pub fn place(&self, file: u32, range: ra_ap_syntax::TextRange) -> String {
        let place = self.analysis.workspace.place(file, range);
        format!("{}:{}", place.path, place.start.line)
    }

    pub fn at(&self, section: &Section, reason: &str) -> String {
        format!("{reason} ({})", self.place(section.site.file, section.name))
    }

    /// Whether all that is done with the lock is known.
    pub fn is_followed(&self) -> Result<(), String> {
        match self.state.found.others.iter().find(|it| !it.takes_any) {
            None => Ok(()),
            Some(Other { node, what, .. }) => {
                let place = self.sema.place_of(node);
                let place =
                    place.map(|(file, range)| format!(" ({})", self.place(file, range))).unwrap_or_default();
                Err(format!("{what}{place}"))
            }
        }
    }

    /// Whether code that is not read, or a type that a library looks the lock up by, names it as well.
    pub fn is_named_nowhere_else(&self) -> Result<(), String> {
        let (sema, found) = (self.sema, &self.state.found);
        let names: BTreeSet<Mentioned> =
            found.holders.iter().filter_map(|it| names::mention_of(sema, it)).collect();
        let nodes =
            found.holders.iter().filter_map(written).chain(found.made.iter().map(|it| it.syntax().clone()));
        let nodes: Vec<SyntaxNode> = nodes.collect();
        if let Some((file, range)) = sema.left_out_mention(self.analysis.workspace, &names, &nodes) {
            let place = self.place(file, range);
            return Err(format!(
                "code that is not read names what holds the lock ({place}): tests are read with `--include tests`, the code of features with `--features`"
            ));
        }
        if found.others.iter().any(|it| it.takes_any)
            && let Some((file, range)) = sema.other_types(self.analysis.workspace, found)
        {
            return Err(format!(
                "a type names the lock where it is not followed ({})",
                self.place(file, range)
            ));
        }
        Ok(())
    }

    /// Whether no published library shows the lock: its users would have to change with it.
    pub(in crate::rewrite) fn is_private(&self) -> Result<(), String> {
        let workspace = self.analysis.workspace;
        for holder in self.state.found.holders.iter().filter(|_| !workspace.may_change_api) {
            let node = match holder {
                Holder::Field { name, .. } | Holder::Static { name, .. } => name.clone(),
                Holder::Local { pat, .. } => pat.syntax().clone(),
                Holder::Result { ty, .. } => ty.syntax().clone(),
            };
            let Some((file, range)) = self.sema.source_range(&node) else { continue };
            let package = &workspace.packages[workspace.files[file as usize].package];
            if package.library.is_some() && names::is_public(self.sema, holder) {
                return Err(format!(
                    "the lock is public API of the library `{}` ({}): `--public` allows the change",
                    package.name,
                    self.place(file, range)
                ));
            }
        }
        Ok(())
    }

    /// No section takes another lock, by itself or by what it calls: two tasks that wait for one another would stop both.
    fn takes_no_other_lock(&self, states: &[State]) -> Result<(), String> {
        let all = || states.iter().flat_map(|it| &it.sections);
        let place = |it: &SyntaxNode| self.sema.source_range(it);
        let holders: HashSet<Function> =
            all().filter_map(|it| self.sema.holder_of(it.call.syntax())).collect();
        for section in &self.state.sections {
            let alive: HashSet<_> = section.calls.iter().filter_map(place).collect();
            let is_alive = |it: &&Section| place(it.call.syntax()).is_some_and(|it| alive.contains(&it));
            if let Some(other) = all().find(|it| it.site != section.site && is_alive(it)) {
                return Err(self.at(other, "a section takes another lock"));
            }
            let leads = section.calls.iter().find_map(|it| {
                let function = self.sema.called_by(it).filter(|it| self.sema.is_of_workspace(*it))?;
                self.sema.leads_to(function, &holders, 5).then(|| self.sema.label(function))
            });
            if let Some(label) = leads {
                let reason = format!("a section calls `{label}`, which takes a lock itself");
                return Err(self.at(section, &reason));
            }
        }
        Ok(())
    }

    fn draft(&self, home: &Home, cuts: &[Cut]) -> Result<Draft, String> {
        let mut draft =
            Draft::new(format!("give the state to a task of its own, with `{}` as its handle", home.handle));
        for caveat in CAVEATS {
            draft.caveat(*caveat);
        }
        draft.design();
        draft.group(format!("owner {} {:?}", self.state.file, self.state.name.start()));
        let methods = names::methods(self.sema, cuts);
        if methods.all.len() > MESSAGES {
            return Err(format!("the state has more than {MESSAGES} kinds of sections"));
        }
        let walk = (self.sema, self.analysis);
        for (cut, name) in cuts.iter().zip(&methods.of_cut) {
            draft.replace(self.analysis, cut.file, cut.range, call(cut, name));
        }
        let has_default = holders::rewrite(walk, self.state, home, cuts, &mut draft)?;
        let module = Module {
            name: home.module.clone(),
            visibility: home.visibility,
            handle: home.handle.clone(),
            field: home.field.clone(),
            state: home.state.clone(),
            generics: home.generics(),
            bounds: home.bounds(),
            tokio: home.tokio.clone(),
            imports: home.imports(self.sema, cuts)?,
            methods: methods.all,
            has_default,
            taken: names::words_in(cuts, &home.state),
        };
        home.insert(self.analysis, &module.text(), &mut draft);
        if draft.overlaps() {
            return Err("sections of the lock lie within one another".to_owned());
        }
        Ok(draft)
    }
}

const CAVEATS: &[&str] = &[
    "the order of messages takes the place of the order of the lock, and a section runs to its end also where its caller is cancelled",
    "a caller waits while the channel is full, and panics where the task has ended: a panic in a section ends it",
];

/// The call that takes the place of a section.
fn call(cut: &Cut, name: &str) -> String {
    let awaited = if cut.method.blocks { "" } else { ".await" };
    let (before, after) = &cut.around;
    format!("{before}{}.{name}({}){awaited}{after}", cut.receiver, cut.arguments.join(", "))
}

/// The type of a holder as it is written, where it is.
fn written(holder: &Holder) -> Option<SyntaxNode> {
    holder.ty().map(|it| it.syntax().clone())
}

/// The name that code of a file uses for Tokio.
fn tokio_in(analysis: &Analysis<'_>, file: u32) -> Result<String, String> {
    tokio_of(analysis, analysis.workspace.files[file as usize].package)
}
