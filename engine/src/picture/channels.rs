//! The channels that a workspace makes, and who sends and receives on them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ra_ap_hir::Adt;

use super::{Channel, Does, Node, Room, Use};
use crate::analysis::Analysis;
use crate::finding::Place;
use crate::index::Site;
use crate::resolve::Sema;
use crate::types::Type;
use crate::workspace::Workspace;

/// The functions that make channels: crate, a module on the way to it or nothing, name; what the channel is called, and its room.
const CONSTRUCTORS: &[(&str, &str, &str, &str, Room)] = &[
    ("tokio", "mpsc", "channel", "tokio::sync::mpsc", Room::Bounded),
    ("tokio", "mpsc", "unbounded_channel", "tokio::sync::mpsc", Room::Unbounded),
    ("tokio", "broadcast", "channel", "tokio::sync::broadcast", Room::Bounded),
    ("tokio", "watch", "channel", "tokio::sync::watch", Room::Latest),
    ("tokio", "oneshot", "channel", "tokio::sync::oneshot", Room::Once),
    ("std", "mpsc", "channel", "std::sync::mpsc", Room::Unbounded),
    ("std", "mpsc", "sync_channel", "std::sync::mpsc", Room::Bounded),
    ("futures_channel", "mpsc", "channel", "futures::channel::mpsc", Room::Bounded),
    ("futures_channel", "mpsc", "unbounded", "futures::channel::mpsc", Room::Unbounded),
    ("futures_channel", "oneshot", "channel", "futures::channel::oneshot", Room::Once),
    ("crossbeam_channel", "", "bounded", "crossbeam::channel", Room::Bounded),
    ("crossbeam_channel", "", "unbounded", "crossbeam::channel", Room::Unbounded),
    ("flume", "", "bounded", "flume", Room::Bounded),
    ("flume", "", "unbounded", "flume", Room::Unbounded),
    ("kanal", "", "bounded", "kanal", Room::Bounded),
    ("kanal", "", "unbounded", "kanal", Room::Unbounded),
    ("kanal", "", "bounded_async", "kanal", Room::Bounded),
    ("kanal", "", "unbounded_async", "kanal", Room::Unbounded),
    ("async_channel", "", "bounded", "async_channel", Room::Bounded),
    ("async_channel", "", "unbounded", "async_channel", Room::Unbounded),
];

/// The methods of their ends that put messages in or take them out. Names that every iterator has are left out: to ask each call of
/// them for its type costs more than it shows.
const METHODS: &[&str] = &[
    "send",
    "try_send",
    "blocking_send",
    "send_timeout",
    "send_deadline",
    "send_async",
    "send_blocking",
    "send_modify",
    "send_replace",
    "send_if_modified",
    "unbounded_send",
    "start_send",
    "reserve",
    "try_reserve",
    "recv",
    "try_recv",
    "blocking_recv",
    "recv_many",
    "recv_timeout",
    "recv_deadline",
    "recv_async",
    "recv_blocking",
    "changed",
    "borrow_and_update",
    "wait_for",
];

/// The streams that take a receiver.
const STREAMS: &[&str] = &["ReceiverStream", "UnboundedReceiverStream", "BroadcastStream", "WatchStream"];

/// One end: its type, and that with its message as text.
type End = (Adt, String);

/// A channel where it is made.
struct Made {
    site: Site,
    at: Place,
    library: &'static str,
    room: Room,
    message: String,
    ends: [End; 2],
}

impl Analysis<'_> {
    /// The channels, each with its uses.
    pub(super) fn channels(&self, uses: &mut Vec<Use>) -> Vec<Channel> {
        let names = CONSTRUCTORS.iter().map(|it| it.2).collect::<BTreeSet<_>>();
        let sites: Vec<Site> = names.iter().flat_map(|it| self.index.calls(it)).map(|it| it.0).collect();
        let workspace = self.workspace;
        let made = self.par_map(sites, |sema, site| workspace.at(site, || made_at(sema, workspace, site)));
        let mut by_kind: BTreeMap<(String, &str, Room), Vec<Made>> = BTreeMap::new();
        for made in made.into_iter().flatten() {
            by_kind.entry((made.message.clone(), made.library, made.room)).or_default().push(made);
        }
        let mut channels = Vec::new();
        let mut ends: HashMap<End, Vec<(usize, Does)>> = HashMap::new();
        for ((message, library, room), mut made) in by_kind {
            made.sort_by(|a, b| a.at.cmp(&b.at));
            let index = channels.len();
            for it in &made {
                uses.push(Use {
                    site: it.site,
                    to: Node::Channel(index),
                    does: Does::Makes,
                    at: it.at.clone(),
                });
                for (end, does) in it.ends.iter().zip([Does::Sends, Does::Receives]) {
                    let known = ends.entry(end.clone()).or_default();
                    if !known.contains(&(index, does)) {
                        known.push((index, does));
                    }
                }
            }
            let made = made.into_iter().map(|it| it.at).collect();
            channels.push(Channel { library: library.to_owned(), message, room, made });
        }
        self.uses_of(&ends, uses);
        channels
    }

    /// Finds who uses the ends.
    fn uses_of(&self, ends: &HashMap<End, Vec<(usize, Does)>>, uses: &mut Vec<Use>) {
        if ends.is_empty() {
            return;
        }
        let methods =
            METHODS.iter().flat_map(|it| self.index.calls(it)).filter(|(_, it)| it.is_method || !it.is_known);
        let streams = self.index.calls("new").iter();
        let streams =
            streams.filter(|(_, it)| it.qualifier.as_ref().is_some_and(|it| STREAMS.contains(&it.as_str())));
        let sites: Vec<Site> = methods.chain(streams).map(|it| it.0).collect();
        let workspace = self.workspace;
        let found = self.par_map(sites, |sema, site| {
            workspace.at(site, || {
                let call = sema.call_at(site).filter(|it| !sema.is_left_out(it.syntax()))?;
                let of = call.receiver().or_else(|| call.args().into_iter().next())?;
                let ty = sema.ty(&of)?;
                let used = ty.autoderef(sema.db).find_map(|it| ends.get(&sema.end(&it)?))?;
                let range = sema.source_range(&call.name()?)?.1;
                Some((site, workspace.place(site.file, range), used))
            })
        });
        for (site, at, used) in found.into_iter().flatten() {
            uses.extend(used.iter().map(|(channel, does)| Use {
                site,
                to: Node::Channel(*channel),
                does: *does,
                at: at.clone(),
            }));
        }
    }
}

/// The channel that a call makes.
fn made_at(sema: &Sema<'_>, workspace: &Workspace, site: Site) -> Option<Made> {
    let call = sema.call_at(site).filter(|it| !sema.is_left_out(it.syntax()))?;
    let function = sema.function(&call).filter(|it| !sema.is_of_workspace(*it))?;
    let path = sema.path_of(function);
    let parts: Vec<&str> = path.split("::").collect();
    let is_it = |it: &&(&str, &str, &str, &str, Room)| {
        parts.first() == Some(&it.0)
            && parts.last() == Some(&it.2)
            && (it.1.is_empty() || parts.contains(&it.1))
    };
    let (.., library, room) = CONSTRUCTORS.iter().find(is_it)?;
    let given = sema.ty(&call.expr()?)?.tuple_fields(sema.db);
    let [sender, receiver] = given.as_slice() else { return None };
    let selected = workspace.is_selected(site.file);
    let at = workspace.place(site.file, sema.source_range(&call.name()?)?.1);
    let (_, arguments) = sender.as_adt_with_args()?;
    let message = arguments.first().cloned().flatten();
    let krate = sema.krate_at(call.syntax())?;
    let message = message.filter(|it| !it.contains_unknown()).map(|it| sema.show(&it, krate));
    let ends = [sema.end(sender)?, sema.end(receiver)?];
    let message = message.unwrap_or_else(|| "unknown".to_owned());
    selected.then_some(Made { site, at, library, room: *room, message, ends })
}

impl<'a> Sema<'a> {
    fn end(&self, ty: &Type<'a>) -> Option<End> {
        Some((ty.as_adt()?, self.text_of(ty)))
    }
}
