//! What is true of the work in a Tokio workspace.
//!
//! The engine answers questions with one right answer: what a call resolves to, on what code runs, which chain of
//! functions leads to a call that blocks, whether a loop ends. It holds no opinion, reads no file and prints nothing.
//!
//! The stages, in order: [`index`] (syntax, no types), [`world`] (the catalogue met with the loaded crates),
//! [`resolve`] and [`context`] (one call), [`analysis`] (all of them, with summaries), [`unit`] (what `map` prints).

pub mod again;
pub mod alive;
pub mod allow;
mod alone;
pub mod analysis;
mod auto_traits;
pub mod basis;
pub mod bounds;
pub mod bucket;
pub mod calls;
pub mod capture;
pub mod catalogue;
mod cfg;
pub mod change;
mod compute;
mod content;
pub mod context;
pub mod crates;
mod declared;
mod demand;
mod drops;
pub mod ends;
mod facts;
mod file_facts;
pub mod finding;
mod flat;
pub mod functions;
pub mod guards;
pub mod held;
mod holders;
pub mod imports;
pub mod independent;
pub mod index;
pub mod items;
mod iterators;
pub mod job;
mod kept;
pub mod lasting;
pub mod loops;
mod macros;
mod memo;
pub mod mentions;
pub mod names;
mod outside;
mod own;
pub mod owned;
pub mod picture;
pub mod place;
mod plausible;
mod prime;
mod reach;
mod receiver;
pub mod repeat;
pub mod resolve;
mod sends;
pub mod shared;
pub mod site;
mod size;
mod startup;
pub mod table;
mod target;
mod tokens;
mod turn;
pub mod types;
mod unit;
mod unresolved;
pub mod usages;
pub mod watch;
pub mod workspace;
pub mod world;

pub use analysis::Analysis;
pub use basis::Basis;
pub use index::Index;
pub use memo::Memo;
pub use workspace::Workspace;
