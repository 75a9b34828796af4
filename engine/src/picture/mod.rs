//! How the work of a workspace hangs together: where it begins, what starts what, which channels it talks through, and which state it
//! shares. What `map` draws.

mod channels;
mod runners;

use std::collections::{BTreeMap, HashMap};

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Serialize, Serializer};

use crate::analysis::Analysis;
use crate::bucket::Primitive;
use crate::finding::{Place, Unit};
use crate::index::Site;
use crate::shared::{self, Library};
use runners::Runners;

/// The nodes beside the units, and what leads from one to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Picture {
    /// The function that each unit stands in, in the order of the units; empty where it stands in none.
    pub functions: Vec<String>,
    pub starts: Vec<Start>,
    pub channels: Vec<Channel>,
    pub states: Vec<State>,
    /// By their ends, without doubles.
    pub links: Vec<Link>,
}

/// A function that nothing in the workspace calls, and from which work is reached: `main`, a handler, a part of the public API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Start {
    pub name: String,
    #[serde(flatten)]
    pub place: Place,
    pub is_main: bool,
    pub is_async: bool,
}

/// The channels of one kind and one type of message: a sender does not tell by its type which of them it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Channel {
    /// Such as `tokio::sync::mpsc`.
    pub library: String,
    pub message: String,
    pub room: Room,
    /// Where they are made; never empty.
    pub made: Vec<Place>,
}

/// How much a channel holds.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Room {
    /// A number of messages.
    Bounded,
    /// Any number of them.
    Unbounded,
    /// The last value.
    Latest,
    /// One message, once.
    Once,
}

/// State behind a lock that async code takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct State {
    pub name: String,
    /// The lock with the value behind it.
    pub lock: String,
    #[serde(flatten)]
    pub place: Place,
    /// A section waits while it holds the lock.
    pub waits: bool,
}

/// What one node does with another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Link {
    pub from: Node,
    pub to: Node,
    pub does: Does,
    /// The first place where it does so.
    pub at: Place,
}

/// A node, by its index among those of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Node {
    Start(usize),
    Unit(usize),
    Channel(usize),
    State(usize),
}

impl Serialize for Node {
    /// A letter for the kind and the index: `u3`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, index) = match self {
            Node::Start(it) => ('e', it),
            Node::Unit(it) => ('u', it),
            Node::Channel(it) => ('c', it),
            Node::State(it) => ('s', it),
        };
        serializer.collect_str(&format_args!("{kind}{index}"))
    }
}

/// What a link says.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Does {
    /// Hands the work of a unit to a pool, a thread or a task of its own.
    Starts,
    /// Comes to the work of a unit by calls, and runs it itself.
    Runs,
    Makes,
    Sends,
    Receives,
    /// Takes the lock.
    Takes,
    /// Takes the lock, and waits while it holds it.
    Holds,
}

impl Picture {
    /// Where its own nodes stand.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        let channels = self.channels.iter().flat_map(|it| &it.made);
        let states = self.states.iter().map(|it| &it.place);
        self.starts.iter().map(|it| &it.place).chain(channels).chain(states)
    }
}

impl Analysis<'_> {
    /// The picture of some units, which are those of [`Analysis::units`]. Asks in parallel, and so not from within [`Analysis::with_sema`].
    pub fn picture(&self, units: &[Unit]) -> Picture {
        let files: HashMap<&str, u32> = self
            .workspace
            .files
            .iter()
            .enumerate()
            .map(|(index, it)| (it.path.as_str(), index as u32))
            .collect();
        let site = |it: &Unit| Site { file: files[it.place.path.as_str()], offset: it.place.start.offset };
        let mut uses: Vec<Use> = Vec::new();
        for (index, unit) in units.iter().enumerate() {
            let does = if unit.primitive == Primitive::Async { Does::Runs } else { Does::Starts };
            uses.push(Use { site: site(unit), to: Node::Unit(index), does, at: unit.place.clone() });
        }
        let channels = self.channels(&mut uses);
        let states = self.states(&mut uses);
        let runners = Runners::of(self, uses.iter().map(|it| it.site), units.iter().map(site));
        let mut links: BTreeMap<(Node, Node, Does), Place> = BTreeMap::new();
        for used in uses {
            for from in runners.of_site(used.site) {
                let key = (from, used.to, used.does);
                let first = links.entry(key).or_insert_with(|| used.at.clone());
                if used.at < *first {
                    *first = used.at.clone();
                }
            }
        }
        let functions = units.iter().map(|it| runners.function_of(site(it))).collect();
        let link = |((from, to, does), at)| Link { from, to, does, at };
        Picture {
            functions,
            starts: runners.into_starts(),
            channels,
            states,
            links: links.into_iter().map(link).collect(),
        }
    }

    fn states(&self, uses: &mut Vec<Use>) -> Vec<State> {
        let sites = shared::taking(self);
        self.with_sema(|sema| {
            let states = shared::states(sema, self, sites);
            let shown = states.into_iter().filter(|it| self.workspace.is_selected(it.file));
            let mut found = Vec::new();
            for state in shown {
                for section in &state.sections {
                    let does = if section.waits.is_empty() { Does::Takes } else { Does::Holds };
                    let at = self.workspace.place(section.site.file, section.name);
                    uses.push(Use { site: section.site, to: Node::State(found.len()), does, at });
                }
                found.push(State {
                    waits: state.waits(),
                    place: self.workspace.place(state.file, state.name),
                    lock: format!("{}{}<{}>", prefix(state.library), state.lock, state.value),
                    name: state.label,
                });
            }
            found
        })
    }
}

/// What stands before the name of a lock. An async one is tokio's, or one of several libraries that are used alike.
fn prefix(library: Library) -> &'static str {
    match library {
        Library::Std => "std::sync::",
        Library::ParkingLot => "parking_lot::",
        Library::Async => "async ",
    }
}

/// A place where a node is used.
struct Use {
    site: Site,
    to: Node,
    does: Does,
    at: Place,
}
