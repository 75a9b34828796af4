//! What the answer of an analysis rests on. Where a change touches none of it the answer stands, and no types are needed to tell.
//!
//! Of all texts together it rests on what stands outside of bodies, on which crates and entries of the catalogue count, and on which
//! functions may wait or go on for long, by name. Of a body it rests on nothing, where that was not looked into, declares nothing, has
//! nothing that is judged in any case, as a loop without an end is, no call that was asked for, and no name that was looked for: each of
//! these is what a body takes part by. Both the old body and the new one have to be so. Files that were looked through stay as they are.

mod asked;
mod judge;
mod moves;

use std::collections::{BTreeSet, HashSet};

use borsh::{BorshDeserialize, BorshSerialize};
use ra_ap_syntax::SmolStr;
use rayon::prelude::*;

pub(crate) use asked::{Asked, Holding, Questions};
use judge::Judge;
pub use moves::Moves;

use crate::index::Index;
use crate::memo::{Print, outlines, print};
use crate::workspace::Workspace;
use crate::world;

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

/// What it rests on in a file.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
struct OfFile {
    text: Print,
    /// Whether it was looked through.
    is_whole: bool,
    /// What stands before, between and behind bodies, and these.
    pieces: Vec<OfPiece>,
}

/// What it rests on in a part of a file.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
struct OfPiece {
    start: u32,
    end: u32,
    /// The lines that it begins and ends in, from 1.
    lines: (u32, u32),
    text: Print,
    /// Whether it is to stay as it is. What stands around bodies is, but for comments and space, which is told for all files together.
    takes_part: bool,
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

    /// Where places went in files that changed since, if the answer stands all the same; `None` where it may be another one.
    pub fn stands(&self, workspace: &Workspace, index: &Index) -> Option<Vec<Moves>> {
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
        changed.into_iter().map(|it| self.files[it as usize].moves(it, judge.file(it))).collect()
    }
}

impl OfFile {
    /// Where places went in a file that changed to another, if nothing rests on the change.
    fn moves(&self, file: u32, new: OfFile) -> Option<Moves> {
        let is_beside = |(old, new): (&OfPiece, &OfPiece)| {
            let takes_part = old.takes_part || new.takes_part;
            !takes_part || old.text == new.text
        };
        let is_like = !self.is_whole && self.pieces.len() == new.pieces.len();
        (is_like && self.pieces.iter().zip(&new.pieces).all(is_beside)).then(|| Moves::new(file, self, &new))
    }
}

/// A print of what all texts say together, whatever stands in which body.
fn whole(workspace: &Workspace, index: &Index) -> Print {
    let wanted = index.wanted().map(|it| format!("{it:?}"));
    // An entry whose module nobody names says something where it is called, and nowhere else.
    let used: Vec<_> = world::used(workspace, index).filter(|it| it.1).map(|(entry, _)| entry.path).collect();
    print(&(outlines(workspace, index), wanted, used, format!("{:?}", index.skipped())))
}

fn print_of_names(names: &HashSet<SmolStr>) -> Print {
    print(&names.iter().collect::<BTreeSet<_>>())
}
