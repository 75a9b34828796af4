//! What the answer of an analysis rests on. Where a change touches none of it the answer stands, and no types are needed to tell.
//!
//! Of all texts together it rests on what stands outside of bodies, on which crates and entries of the catalogue count, and on which
//! functions may wait or go on for long, by name. Of a body it rests on nothing, where that was not looked into, declares nothing, has
//! nothing that is judged in any case, as a loop without an end is, no call that was asked for, and no name that was looked for: each of
//! these is what a body takes part by. Both the old body and the new one have to be so. Files that were looked through stay as they are.
//!
//! A function that only its name leads to may come, go, or have other parameters, where it takes part by nothing of this and nothing that
//! takes part has that name.

mod asked;
mod judge;
mod moves;
mod parts;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

use borsh::{BorshDeserialize, BorshSerialize};
use ra_ap_parser::LexedStr;
use ra_ap_syntax::{SmolStr, SyntaxKind};
use rayon::prelude::*;

pub(crate) use asked::{Asked, Holding, Questions};
use judge::Judge;
pub use moves::Moves;
use parts::{Change, OfFile};

use crate::index::Index;
use crate::memo::{Print, print};
use crate::workspace::{SourceFile, Workspace};
use crate::{tokens, world};

/// What an answer rests on.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Basis {
    /// Of what all texts say together.
    whole: Print,
    waiting: Option<Print>,
    lasting: Option<Print>,
    asked: Questions,
    files: Vec<OfFile>,
}

impl Basis {
    /// What the answer of an analysis rests on that has asked its last question.
    pub fn of(workspace: &Workspace, index: &Index) -> Basis {
        let asked = index.asked().all();
        let judge = Judge::new(workspace, index, &asked);
        Basis {
            whole: whole(workspace, index),
            waiting: index.waiting().map(print_of_names),
            lasting: index.lasting().map(print_of_names),
            files: (0..workspace.files.len() as u32).into_par_iter().map(|it| judge.file(it)).collect(),
            asked,
        }
    }

    /// What became of the texts since, if the answer stands all the same; `None` where it may be another one.
    pub fn stands(&self, workspace: &Workspace, index: &Index) -> Option<Standing> {
        let is_same = self.files.len() == workspace.files.len()
            && self.whole == whole(workspace, index)
            && self.waiting.is_none_or(|it| it == print_of_names(&index.find_waiting()))
            && self.lasting.is_none_or(|it| it == print_of_names(&index.find_lasting()));
        if !is_same {
            return None;
        }
        let files = (0..workspace.files.len() as u32).into_par_iter();
        let is_changed =
            |it: &u32| self.files[*it as usize].text != print(&workspace.files[*it as usize].text);
        let changed: Vec<u32> = files.filter(is_changed).collect();
        // The places of questions are those of the old texts.
        let asked = Questions { bodies: BTreeSet::new(), files: BTreeSet::new(), ..self.asked.clone() };
        let judge = Judge::new(workspace, index, &asked);
        let mut files: Vec<Cow<'_, OfFile>> = self.files.iter().map(Cow::Borrowed).collect();
        let mut standing = Standing::default();
        for at in changed {
            let new = judge.file(at);
            let Change { moves, functions } = self.files[at as usize].change(at, &new)?;
            standing.moves.push(moves);
            standing.functions.extend(functions);
            files[at as usize] = Cow::Owned(new);
        }
        let is_free = |name: &String| {
            let mut files = workspace.files.iter().zip(&files);
            files.all(|(file, parts)| words(file, name).iter().all(|at| !parts.leads_from(*at as u32, name)))
        };
        standing.functions.iter().all(is_free).then_some(standing)
    }
}

/// What became of texts after which an answer stands.
#[derive(Default)]
pub struct Standing {
    /// Where the places of changed files went.
    pub moves: Vec<Moves>,
    /// The functions that came, went, or have other parameters, by name: no text that the answer writes can have such a name.
    pub functions: Vec<String>,
}

/// The offsets at which a name stands in a file, comments left out.
fn words(file: &SourceFile, name: &str) -> Vec<usize> {
    let mut found: Vec<usize> = tokens::words(&file.text, name).collect();
    if !found.is_empty() {
        let lexed = LexedStr::new(file.edition, &file.text);
        let comments = (0..lexed.len()).filter(|it| lexed.kind(*it) == SyntaxKind::COMMENT);
        let comments: Vec<_> = comments.map(|it| lexed.text_range(it)).collect();
        found.retain(|at| !comments.iter().any(|it| it.contains(at)));
    }
    found
}

/// A print of what all texts say together, whatever stands in which of them.
fn whole(workspace: &Workspace, index: &Index) -> Print {
    let wanted = index.wanted().map(|it| format!("{it:?}"));
    // An entry whose module nobody names says something where it is called, and nowhere else.
    let used: Vec<_> = world::used(workspace, index).filter(|it| it.1).map(|(entry, _)| entry.path).collect();
    let files: Vec<_> = workspace.files.iter().map(|it| (it.path.as_str(), it.edition, it.package)).collect();
    print(&(files, wanted, used, format!("{:?}", index.skipped())))
}

fn print_of_names(names: &HashSet<SmolStr>) -> Print {
    print(&names.iter().collect::<BTreeSet<_>>())
}
