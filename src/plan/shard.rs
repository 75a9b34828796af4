//! Shards: a share of the rewrites that each of several machines works out by itself, without a word to the others.

use std::collections::BTreeSet;
use std::str::FromStr;

use retask_engine::Workspace;
use retask_engine::finding::{Finding, Fix};

use super::Parts;
use crate::patch::manifest;

/// `k/n`: the share `k`, from 0, of `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts =
            text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        match parts {
            Some((index, count)) if index < count => Ok(Shard { index, count }),
            Some((index, count)) if index == count && count > 0 => {
                Err(format!("shards count from 0: the last one of {count} is `{}/{count}`", count - 1))
            }
            _ => Err("a share and a number of shares belong here: `0/4` to `3/4`".to_owned()),
        }
    }
}

/// The files and manifests that a shard may change. Files that one rewrite changes together are never parted, and neither are a manifest and
/// the files whose rewrites need a feature from it.
pub fn paths(shard: Shard, workspace: &Workspace, findings: &[Finding]) -> BTreeSet<String> {
    let mut parts = Parts::default();
    let manifests = workspace.packages.iter().map(|it| it.manifest.as_str());
    for path in workspace.files.iter().map(|it| it.path.as_str()).chain(manifests) {
        parts.root(path);
    }
    for fix in findings.iter().flat_map(Finding::fixes) {
        parts.join(touched(workspace, fix));
    }
    let own = parts.sets().into_iter().enumerate().filter(|(index, _)| index % shard.count == shard.index);
    own.flat_map(|(_, paths)| paths).map(str::to_owned).collect()
}

/// What a rewrite changes, or may.
pub fn touched<'w>(workspace: &'w Workspace, fix: &'w Fix) -> Vec<&'w str> {
    let edited = fix.edits.iter().map(|it| it.place.path.as_str());
    let manifests = fix
        .needs
        .iter()
        .filter(|it| !manifest::has(workspace, it))
        .map(|it| workspace.packages[it.package].manifest.as_str());
    edited.chain(manifests).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_a_share_of_several_from_0() {
        assert_eq!("1/4".parse(), Ok(Shard { index: 1, count: 4 }));
        assert!("4/4".parse::<Shard>().is_err_and(|it| it.contains("`3/4`")));
        for wrong in ["5/4", "0/0", "1", "a/b", "-1/2", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
