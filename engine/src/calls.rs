//! Who calls a function of the workspace, and which calls in its own code block.

use std::collections::{HashMap, HashSet};

use ra_ap_hir::{Function, attach_db};

use crate::analysis::Analysis;
use crate::context::Context;
use crate::index::{Index, Site};
use crate::resolve::{CallNode, Callee, Sema};
use crate::site::Resolved;
use crate::target::Target;

/// The calls that lead to blocking work, each by the function that it calls and by the sync function that it stands in.
#[derive(Clone, Default)]
pub(crate) struct Calls {
    all: Vec<Resolved>,
    by_callee: HashMap<Function, Vec<usize>>,
    by_holder: HashMap<Function, Vec<usize>>,
    /// Functions that compute for long, by themselves or by what they call.
    computing: HashSet<Function>,
}

impl Calls {
    /// Takes calls in the order of their sites; of each, whether it leads to work that blocks.
    pub fn of(calls: impl Iterator<Item = (Resolved, bool)>, computing: HashSet<Function>) -> Calls {
        let mut found = Calls { computing, ..Calls::default() };
        for (call, blocks) in calls {
            let at = found.all.len();
            if let Callee::Workspace(function) = call.callee {
                found.by_callee.entry(function).or_default().push(at);
            }
            if let (Context::Sync(holder), true) = (&call.context, blocks) {
                found.by_holder.entry(*holder).or_default().push(at);
            }
            found.all.push(call);
        }
        found
    }
}

/// A place that names a function, and is no call that the analysis resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mention {
    /// Code that is left out: of a test where `is_test`, else by a feature or target.
    LeftOut { site: Site, is_test: bool },
    /// A call on a value whose type is not known.
    Unknown { site: Site },
    /// A file of a target that was not asked for.
    Outside { path: String },
}

impl Analysis<'_> {
    /// The calls of a function that blocks, by file and offset.
    pub fn callers(&self, function: Function) -> impl Iterator<Item = &Resolved> {
        let calls = self.calls();
        calls.by_callee.get(&function).into_iter().flatten().map(|it| &calls.all[*it])
    }

    /// The calls in a sync function's own code that lead to work which blocks, by file and offset.
    pub fn blocking_in(&self, function: Function) -> impl Iterator<Item = &Resolved> {
        let calls = self.calls();
        calls.by_holder.get(&function).into_iter().flatten().map(|it| &calls.all[*it])
    }

    /// Whether a function computes for long, by itself or by what it calls.
    pub fn computes(&self, function: Function) -> bool {
        self.calls().computing.contains(&function)
    }

    /// The first place where a function may be named apart from the calls that are known.
    pub fn other_mention(&self, sema: &Sema<'_>, function: Function) -> Option<Mention> {
        let target = attach_db(self.db(), || Target::of(self.db(), function));
        let known = |site: &Site| self.calls().all.binary_search_by_key(site, |it| it.site).is_ok();
        let mut open = target.sites(self.index).filter(|it| !known(it));
        open.find_map(|it| mention(sema, self.index, it, &target)).or_else(|| {
            let outside = self.workspace.outside.iter().find(|it| it.words.contains(target.name()))?;
            sema.is_exported(function).then(|| Mention::Outside { path: outside.path.clone() })
        })
    }
}

/// What an open site is; `None` where it is a call of something else.
fn mention(sema: &Sema<'_>, index: &Index, site: Site, target: &Target) -> Option<Mention> {
    let node = sema.token(site)?.parent()?;
    if sema.is_left_out(&node) {
        return Some(Mention::LeftOut { site, is_test: sema.is_of_tests(&node) });
    }
    let call = sema.call_of_one(index, site, &[target])?;
    // A function of the workspace that blocks would be known: this is another one.
    if sema.function(&call).is_some() || call.is_constructor() {
        return None;
    }
    let is_known = match &call {
        CallNode::Method(it) => {
            it.receiver().and_then(|it| sema.ty(&it)).is_some_and(|it| !it.contains_unknown())
        }
        CallNode::Path(it) => sema.is_path_known(&it.expr()?),
        CallNode::Tokens(..) => false,
        // A variable of the same name, or an item that is no function.
        CallNode::Value(_) | CallNode::Iterated(_) | CallNode::Macro(_) => true,
    };
    (!is_known).then_some(Mention::Unknown { site })
}
