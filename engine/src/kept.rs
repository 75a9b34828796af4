//! Names of the program itself, read back from what an earlier run kept.

use std::collections::BTreeSet;
use std::io::{Read, Result};
use std::sync::{Mutex, PoisonError};

use borsh::BorshDeserialize;

static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Reads a name such as that of a rule. There are few, and each stays in memory once.
pub(crate) fn read<R: Read>(reader: &mut R) -> Result<&'static str> {
    String::deserialize_reader(reader).map(|it| kept(&it))
}

/// Reads a name where there is one.
pub(crate) fn read_option<R: Read>(reader: &mut R) -> Result<Option<&'static str>> {
    Ok(Option::<String>::deserialize_reader(reader)?.map(|it| kept(&it)))
}

fn kept(name: &str) -> &'static str {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    match names.get(name) {
        Some(name) => name,
        None => {
            let new: &'static str = String::leak(name.to_owned());
            names.insert(new);
            new
        }
    }
}
