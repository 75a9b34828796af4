//! How findings and units are shown.

mod cargo;
pub mod causes;
pub mod formats;
mod github;
mod gitlab;
pub mod human;
pub mod json;
mod junit;
mod links;
pub mod map;
pub mod markdown;
pub mod outcome;
pub mod page;
mod sarif;
pub mod shown;
mod summary;
pub mod terminal;
pub mod totals;
mod words;
