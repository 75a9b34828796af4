//! The program as its users run it: arguments, output, exit codes, files.

mod allow;
mod bad_input;
mod baseline;
#[cfg(unix)]
mod bytes;
mod cache;
mod cargo_messages;
mod chain;
mod channels;
mod check;
mod config;
mod database;
mod dependencies;
mod diff;
pub mod ecosystem;
mod explain;
mod fix;
mod formats;
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
mod outputs;
mod owner;
mod page;
mod plan;
#[cfg(unix)]
mod receivers;
mod recipes;
mod report;
pub mod review;
mod runtimes;
pub mod sandbox;
mod scope;
mod scope_errors;
mod scope_fix;
mod select;
mod split;
mod standing;
mod summary;
mod undo;
mod verify;
mod watch;
