//! Which dependencies an answer lacks: types stayed unknown where blocking work is entered, and the file names a dependency that
//! was not loaded.

use std::collections::BTreeSet;

use crate::analysis::Analysis;
use crate::catalogue::Cost;
use crate::index::Site;

impl Analysis<'_> {
    /// The registry names of direct dependencies that the files with unknown types name. Loading them may answer more.
    pub fn lacking(&self) -> BTreeSet<String> {
        let dear = self.entered().iter().filter(|it| it.reached.cost == Cost::Dear);
        let entered: Vec<Site> = dear.map(|it| it.site).collect();
        let unknown = self.par_map(entered, |sema, site| {
            let expr = sema.call_at(site)?.expr()?;
            let ty = sema.ty(&expr);
            let known = ty.is_some_and(|it| !it.contains_unknown() && !sema.holds_unknown(&it));
            (!known).then_some(site.file)
        });
        let adrift = self.adrift().iter().map(|it| it.file);
        let files: BTreeSet<u32> = unknown.into_iter().flatten().chain(adrift).collect();
        files.into_iter().flat_map(|file| self.named_in(file)).collect()
    }

    /// The direct dependencies whose names stand in a file.
    fn named_in(&self, file: u32) -> Vec<String> {
        let file = &self.workspace.files[file as usize];
        let dependencies = &self.workspace.packages[file.package].dependencies;
        let named = dependencies.iter().filter(|(name, _)| names(&file.text, name));
        named.map(|(_, dependency)| dependency.package.clone()).collect()
    }
}

/// Whether a path of a text begins with a name, or an import names it.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = &text[at + name.len()..];
        let begins = before.is_none_or(|it| !it.is_alphanumeric() && it != '_');
        begins && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_crate_is_named_by_the_head_of_a_path() {
        assert!(names("use anyhow::Result;", "anyhow"));
        assert!(names("use {anyhow as a};", "anyhow"));
        assert!(names("fn f() -> anyhow::Result<()>", "anyhow"));
        assert!(!names("use my_anyhow::Result; // anyhow", "anyhow"));
    }
}
