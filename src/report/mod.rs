//! How findings and units are shown.

pub mod human;
pub mod json;
pub mod map;
pub mod markdown;
pub mod outcome;
pub mod terminal;
pub mod totals;
