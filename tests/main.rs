//! One binary for all integration tests: it links once.

mod cases;
mod cli;
mod inbox;
