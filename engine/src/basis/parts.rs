//! What an answer rests on in each part of a file, and how the parts of an old text and of a new one belong together.

use std::collections::HashSet;

use borsh::{BorshDeserialize, BorshSerialize};

use super::moves::{Moves, Piece};
use crate::memo::Print;

/// What an answer rests on in a file.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct OfFile {
    pub text: Print,
    /// Whether it was looked through.
    pub is_whole: bool,
    /// Of what stands outside of bodies, with and without functions that only their names lead to.
    pub outline: Print,
    pub rest: Print,
    pub functions: Vec<OfFunction>,
    /// What stands behind the last function.
    pub end: OfPiece,
}

/// A function with a body of its own.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct OfFunction {
    /// Its name and its tokens without the body, where only the name leads to it.
    pub name: Option<String>,
    pub tokens: Print,
    /// A print of what stands before it without such functions, and of its name.
    pub key: Print,
    /// What stands between the function before and this one; of one that its name does not tell, all up to the body.
    pub before: OfPiece,
    pub head: OfPiece,
    pub body: OfPiece,
}

/// A part of a file.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct OfPiece {
    pub start: u32,
    pub end: u32,
    /// The lines that it begins and ends in, from 1.
    pub lines: (u32, u32),
    pub text: Print,
    /// Whether it is to stay as it is. What stands around functions is, but for comments and space.
    pub takes_part: bool,
}

/// How two texts of a file belong together.
pub(super) struct Change {
    pub moves: Moves,
    /// The functions that came, went, or have other parameters, by name.
    pub functions: Vec<String>,
}

/// A function of both texts, or of one.
type Pair<'f> = (Option<&'f OfFunction>, Option<&'f OfFunction>);

impl OfFile {
    /// How a text became another, if nothing rests on the change but what the names of functions lead to.
    pub fn change(&self, file: u32, new: &OfFile) -> Option<Change> {
        let pairs: Vec<Pair<'_>> = match self.outline == new.outline {
            _ if self.is_whole || self.rest != new.rest => return None,
            true => self.functions.iter().map(Some).zip(new.functions.iter().map(Some)).collect(),
            false => pairs(&self.functions, &new.functions)?,
        };
        let mut functions = Vec::new();
        for pair in &pairs {
            match pair {
                (Some(old), Some(new)) if old.tokens == new.tokens => {
                    let is_free = !old.body.takes_part && !new.body.takes_part;
                    (is_free || old.body.text == new.body.text).then_some(())?;
                }
                (old, new) => {
                    let of_one = [old, new].into_iter().flatten();
                    of_one.clone().all(|it| !it.takes_part()).then_some(())?;
                    functions.push(of_one.last()?.name.clone()?);
                }
            }
        }
        Some(Change { moves: Moves::new(file, self.pieces(&pairs, new)), functions })
    }

    /// Where the parts of the old text went.
    fn pieces(&self, pairs: &[Pair<'_>], new: &OfFile) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = (0, 1);
        for (old, new) in pairs {
            let of_old = old.iter().flat_map(|it| [&it.before, &it.head, &it.body]);
            match new {
                Some(new) => {
                    let of_new = [&new.before, &new.head, &new.body];
                    pieces.extend(of_old.zip(of_new).map(|(old, new)| Piece::new(old, Some(new), at)));
                    at = (new.body.end, new.body.lines.1);
                }
                None => pieces.extend(of_old.map(|it| Piece::new(it, None, at))),
            }
        }
        pieces.push(Piece::new(&self.end, Some(&new.end), at));
        pieces
    }

    /// Whether a word at an offset leads from what an answer rests on to the functions of that name.
    pub fn leads_from(&self, offset: u32, name: &str) -> bool {
        let is_in = |it: &OfPiece| (it.start..it.end).contains(&offset);
        let is_own = |it: &OfFunction| it.name.as_deref() == Some(name) && is_in(&it.head);
        let is_free = |it: &OfFunction| is_in(&it.body) && !it.body.takes_part;
        self.is_whole || !self.functions.iter().any(|it| is_own(it) || is_free(it))
    }
}

impl OfFunction {
    fn takes_part(&self) -> bool {
        self.head.takes_part || self.body.takes_part
    }
}

/// The functions of two texts that differ in some of them, each with what it became; `None` where that is not plain.
fn pairs<'f>(old: &'f [OfFunction], new: &'f [OfFunction]) -> Option<Vec<Pair<'f>>> {
    let keys = |it: &'f [OfFunction]| it.iter().map(|it| it.key).collect::<HashSet<Print>>();
    let (of_old, of_new) = (keys(old), keys(new));
    if of_old.len() != old.len() || of_new.len() != new.len() {
        return None;
    }
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    let mut pairs = Vec::new();
    while old.peek().is_some() || new.peek().is_some() {
        let went = old.next_if(|it| !of_new.contains(&it.key));
        let came = if went.is_none() { new.next_if(|it| !of_old.contains(&it.key)) } else { None };
        pairs.push(match (went, came) {
            (None, None) => {
                let (old, new) = (old.next()?, new.next()?);
                (old.key == new.key).then_some((Some(old), Some(new)))?
            }
            one => one,
        });
    }
    Some(pairs)
}
