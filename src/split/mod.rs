//! One diff as several patches, for several reviewers: by package, by owner or by rule.

mod folder;
mod mail;
mod owners;
mod pattern;
mod pieces;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use retask_engine::Workspace;

use crate::args::{By, Split};
use crate::patch::diff::{prefix, resolve, top};
use crate::patch::{Change, Choice, Patch, Rewrite};

use mail::Mail;
use owners::Owners;

/// What files without an owner are called.
const UNOWNED: &str = "unowned";

/// A share of a patch.
#[derive(Default)]
struct Piece<'p> {
    /// The packages, owners or rules that it is named after.
    names: BTreeSet<String>,
    files: BTreeMap<String, Change>,
    rewrites: Vec<&'p Rewrite>,
}

/// How a diff is split, and where its patches go.
pub struct Splitter<'s> {
    by: By,
    folder: &'s Path,
    workspace: &'s Workspace,
    /// The way from the top of the work tree to the workspace.
    prefix: String,
    owners: Option<Owners>,
}

impl<'s> Splitter<'s> {
    /// What was asked for, if anything.
    ///
    /// # Errors
    ///
    /// In words, where the owners were asked for and no file names them.
    pub fn of(split: &'s Split, workspace: &'s Workspace) -> Result<Option<Splitter<'s>>, String> {
        let (Some(by), Some(folder)) = (split.split_by, &split.out_dir) else { return Ok(None) };
        let root = Path::new(&workspace.root);
        let owners = Owners::find(top(root))?;
        if by == By::Owner && owners.is_none() {
            return Err(owners::missing(top(root)));
        }
        Ok(Some(Splitter { by, folder, workspace, prefix: prefix(root), owners }))
    }

    /// What is wrong with the file of the owners, in words.
    pub fn problems(&self) -> &[String] {
        self.owners.as_ref().map_or(&[], |it| &it.problems)
    }

    /// Writes the patches; gives their paths, one in each line. `plan` works out a choice of the rewrites.
    ///
    /// # Errors
    ///
    /// In words, with the file and the next step.
    pub fn write(
        &self,
        patch: &Patch,
        are_comments: bool,
        plan: impl Fn(&Choice<'_>) -> Patch,
    ) -> Result<String, String> {
        let pieces = match self.by {
            By::Package => pieces::by_file(patch, |it| self.package(it)),
            By::Owner => pieces::by_file(patch, |it| self.owners(it)),
            By::Rule => pieces::by_rule(patch, plan),
        };
        let mails: Vec<(String, String)> = pieces
            .iter()
            .enumerate()
            .map(|(index, piece)| {
                let mail = Mail {
                    number: index + 1,
                    count: pieces.len(),
                    piece,
                    prefix: &self.prefix,
                    owners: piece.files.keys().flat_map(|it| self.owners(it)).collect(),
                    is_ordered: self.by == By::Rule,
                    are_comments,
                };
                (mail.file_name(), mail.text(self.workspace))
            })
            .collect();
        folder::write(self.folder, &mails)
    }

    fn package(&self, path: &str) -> BTreeSet<String> {
        let Workspace { files, packages, .. } = self.workspace;
        let of_file = files.iter().find(|it| it.path == path).map(|it| &packages[it.package]);
        let package = of_file.or_else(|| packages.iter().find(|it| it.manifest == path));
        BTreeSet::from([package.map_or_else(|| path.to_owned(), |it| it.name.clone())])
    }

    fn owners(&self, path: &str) -> BTreeSet<String> {
        let owners = self.owners.as_ref().map(|it| it.of(&resolve(&self.prefix, path))).unwrap_or_default();
        if owners.is_empty() { BTreeSet::from([UNOWNED.to_owned()]) } else { owners }
    }
}
