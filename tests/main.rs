//! One binary for all integration tests: it links once.

mod benches;
mod book;
mod bytes;
mod cases;
mod chain;
mod cli;
mod fixtures;
mod inbox;
mod owner;
mod release;
mod workspaces;
