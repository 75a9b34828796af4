//! One binary for all integration tests: it links once.

mod bytes;
mod cases;
mod cli;
mod fixtures;
mod inbox;
