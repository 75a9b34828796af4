//! The program as its users run it: arguments, output, exit codes, files.

mod bad_input;
#[cfg(unix)]
mod bytes;
mod cache;
mod chain;
mod check;
mod dependencies;
mod diff;
mod ecosystem;
mod explain;
mod fix;
mod generate;
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
mod scope;
mod scope_errors;
mod scope_fix;
mod select;
mod undo;
mod verify;
