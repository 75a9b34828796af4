//! What the calls of a workspace were resolved to, for a later run: where little has changed, few bodies are inferred again.
//!
//! What a call calls follows from the body that it stands in and from all that stands outside of bodies: signatures, types, imports,
//! macros. What it runs on can follow from other bodies too, which are noted: those of functions that take a closure. So a call is
//! what it was where its file, the files that were looked into and everything outside of bodies are what they were.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use borsh::{BorshDeserialize, BorshSerialize};
use ra_ap_hir::Function;
use ra_ap_syntax::{AstNode, Edition, TextRange, TextSize, ast, ast::HasName};
use rayon::prelude::*;

use crate::catalogue::{self, Effect, Entry, Pool};
use crate::context::{Body, Context};
use crate::index::{Index, Site};
use crate::resolve::{Callee, Sema};
use crate::site::Resolved;
use crate::workspace::Workspace;

/// Tells one text from another. Two runs of one program agree on it, and nobody else has to.
pub(crate) type Print = u64;

/// What calls were resolved to, by the file and offset of each. Files go by their places in [`Workspace::files`], which hold while
/// the outlines are the same.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Memo {
    /// Of all that stands outside of bodies.
    outlines: Print,
    texts: Vec<Print>,
    files: BTreeMap<u32, Known>,
}

/// What is known of the calls of a file.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
struct Known {
    /// The calls by their offsets, and by a print of what was asked of them.
    calls: BTreeMap<(u32, Print), Kept>,
    /// Files whose bodies were looked into.
    looked_into: BTreeSet<u32>,
}

/// What became of a call.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) enum Kept {
    /// It can be none of the functions in question.
    Dismissed,
    /// There is nothing to say of it.
    Nothing,
    Call(Call),
}

/// A call that was resolved, in words that another database understands.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Call {
    name: (u32, u32),
    range: (u32, u32),
    label: String,
    callee: Called,
    runs: Runs,
    at_startup: bool,
    in_loop: bool,
    wrapper: Option<(FunctionAt, usize, Pool)>,
    argument: usize,
    is_value: bool,
    written: Option<String>,
}

/// A function of the workspace: its file, and which function of that file it is.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
struct FunctionAt {
    file: u32,
    ordinal: usize,
}

#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
enum Called {
    /// By its place in the catalogue.
    Entry(usize),
    Function(FunctionAt),
}

#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
enum Runs {
    Async { range: (u32, u32), in_closure: bool, is_main: bool },
    Pool(Pool),
    Sync(FunctionAt),
    Test,
    Unknown,
}

/// What was found of a call, to be remembered.
pub(crate) struct Found {
    pub site: Site,
    /// A print of what was asked of it.
    pub asked: Print,
    pub kept: Kept,
    pub looked_into: BTreeSet<u32>,
}

impl Memo {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Leaves what holds for a workspace as it is now.
    pub(crate) fn fitting(mut self, workspace: &Workspace, index: &Index) -> Memo {
        let outlines = print(&(outlines(workspace, index), index.wanted().map(|it| format!("{it:?}"))));
        let texts: Vec<Print> = workspace.files.par_iter().map(|it| print(&it.text)).collect();
        if self.outlines == outlines {
            let is_same = |file: &u32| self.texts.get(*file as usize) == texts.get(*file as usize);
            self.files.retain(|file, it| is_same(file) && it.looked_into.iter().all(is_same));
        } else {
            self.files.clear();
        }
        Memo { outlines, texts, files: self.files }
    }

    /// What became of a call of which the same was asked; `None` where that is not known.
    pub(crate) fn recall(&self, at: &Places<'_, '_>, site: Site, asked: Print) -> Option<Recalled> {
        match self.files.get(&site.file)?.calls.get(&(site.offset, asked))? {
            Kept::Dismissed => Some(Recalled::Dismissed),
            Kept::Nothing => Some(Recalled::Resolved(None)),
            Kept::Call(it) => at.resolved(it, site).map(|it| Recalled::Resolved(Some(it))),
        }
    }

    /// Remembers calls.
    pub(crate) fn add(&mut self, found: impl IntoIterator<Item = Found>) {
        for Found { site, asked, kept, looked_into } in found {
            let known = self.files.entry(site.file).or_default();
            known.calls.insert((site.offset, asked), kept);
            known.looked_into.extend(looked_into);
        }
    }
}

/// What became of a call, met with a database.
pub(crate) enum Recalled {
    Dismissed,
    Resolved(Option<Resolved>),
}

/// Prints of what stands outside of bodies, with the place of each file.
fn outlines<'w>(workspace: &'w Workspace, index: &'w Index) -> Vec<(&'w str, Edition, usize, Print)> {
    let files = workspace.files.iter().enumerate();
    files
        .map(|(at, it)| (it.path.as_str(), it.edition, it.package, index.outlines_of(at as u32).whole))
        .collect()
}

/// A print of a value.
pub(crate) fn print(value: &(impl Hash + ?Sized)) -> Print {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Places of the catalogue and of the workspace, met with a database.
pub(crate) struct Places<'p, 'a> {
    pub sema: &'p Sema<'a>,
    pub index: &'p Index,
}

impl Places<'_, '_> {
    /// What is to be remembered of a call; `None` where something of it has no lasting place, such as a function that a macro writes.
    pub fn kept(&self, resolved: Option<&Resolved>) -> Option<Kept> {
        resolved.map_or(Some(Kept::Nothing), |it| self.remembered(it).map(Kept::Call))
    }

    fn remembered(&self, call: &Resolved) -> Option<Call> {
        let Resolved { site, name, range, label, callee, context, .. } = call;
        let callee = match callee {
            // Those are no row of the catalogue.
            Callee::Entry(entry) if entry.is_configured() => return None,
            Callee::Entry(entry) => Called::Entry(*BY_ENTRY.get(&(entry.path, entry.effect))?),
            Callee::Workspace(function) => Called::Function(self.declared(*function)?),
            Callee::Library(_) => return None,
        };
        let runs = match context {
            Context::Async(Body { file, range, in_closure, is_main }) if *file == site.file => {
                Runs::Async { range: pair(*range), in_closure: *in_closure, is_main: *is_main }
            }
            Context::Async(_) => return None,
            Context::Pool(pool) => Runs::Pool(*pool),
            Context::Sync(function) => Runs::Sync(self.declared(*function)?),
            Context::Test => Runs::Test,
            Context::Unknown => Runs::Unknown,
        };
        let wrapper = match call.wrapper {
            Some((function, parameter, pool)) => Some((self.declared(function)?, parameter, pool)),
            None => None,
        };
        Some(Call {
            name: pair(*name),
            range: pair(*range),
            label: label.clone(),
            callee,
            runs,
            at_startup: call.at_startup,
            in_loop: call.in_loop,
            wrapper,
            argument: call.argument,
            is_value: call.is_value,
            written: call.written.clone(),
        })
    }

    fn resolved(&self, call: &Call, site: Site) -> Option<Resolved> {
        let callee = match &call.callee {
            Called::Entry(at) => Callee::Entry(ENTRIES.get(*at).copied()?),
            Called::Function(it) => Callee::Workspace(self.function(it)?),
        };
        let context = match &call.runs {
            Runs::Async { range, in_closure, is_main } => Context::Async(Body {
                file: site.file,
                range: text_range(*range),
                in_closure: *in_closure,
                is_main: *is_main,
            }),
            Runs::Pool(pool) => Context::Pool(*pool),
            Runs::Sync(it) => Context::Sync(self.function(it)?),
            Runs::Test => Context::Test,
            Runs::Unknown => Context::Unknown,
        };
        let wrapper = match &call.wrapper {
            Some((it, parameter, pool)) => Some((self.function(it)?, *parameter, *pool)),
            None => None,
        };
        Some(Resolved {
            site,
            name: text_range(call.name),
            range: text_range(call.range),
            label: call.label.clone(),
            callee,
            context,
            at_startup: call.at_startup,
            in_loop: call.in_loop,
            wrapper,
            argument: call.argument,
            is_value: call.is_value,
            written: call.written.clone(),
        })
    }

    fn declared(&self, function: Function) -> Option<FunctionAt> {
        let source = self.sema.sema.source(function)?;
        let file = self.sema.world.file(source.file_id.file_id()?.file_id(self.sema.db))?;
        let at = u32::from(source.value.name()?.syntax().text_range().start());
        let ordinal = self.index.functions_of(file).binary_search_by_key(&at, |it| it.at).ok()?;
        Some(FunctionAt { file, ordinal })
    }

    fn function(&self, declared: &FunctionAt) -> Option<Function> {
        let FunctionAt { file, ordinal } = *declared;
        let offset = self.index.functions_of(file).get(ordinal)?.at;
        let name = self.sema.token(Site { file, offset })?;
        self.sema.sema.to_def(&name.parent_ancestors().find_map(ast::Fn::cast)?)
    }
}

static ENTRIES: LazyLock<Vec<&'static Entry>> = LazyLock::new(|| catalogue::entries().collect());

/// The places of entries in the catalogue: of two for one item the first counts.
static BY_ENTRY: LazyLock<HashMap<(&str, Effect), usize>> =
    LazyLock::new(|| ENTRIES.iter().enumerate().rev().map(|(at, it)| ((it.path, it.effect), at)).collect());

fn pair(range: TextRange) -> (u32, u32) {
    (range.start().into(), range.end().into())
}

fn text_range((start, end): (u32, u32)) -> TextRange {
    TextRange::new(TextSize::new(start), TextSize::new(end))
}
