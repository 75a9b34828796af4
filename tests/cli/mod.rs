//! The program as its users run it: arguments, output, exit codes, files.

mod allow;
mod bad_input;
mod baseline;
#[cfg(unix)]
mod bytes;
mod cache;
mod chain;
mod check;
mod config;
mod dependencies;
mod diff;
mod explain;
mod fix;
#[cfg(unix)]
mod guards;
#[cfg(unix)]
mod hostile;
mod inference;
mod json;
mod known;
mod map;
mod options;
mod owner;
mod report;
pub mod sandbox;
mod select;
mod undo;
mod verify;
