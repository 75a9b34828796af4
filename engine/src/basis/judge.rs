//! Whether a body takes part in an analysis, by its syntax and by what was asked.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use ra_ap_parser::LexedStr;
use ra_ap_syntax::{Edition, SyntaxKind, T};

use super::asked::{Holding, Questions};
use super::parts::{OfFile, OfFunction, OfPiece};
use crate::holders::Giver;
use crate::index::{Index, Site};
use crate::memo::print;
use crate::outside::Outlines;
use crate::workspace::Workspace;

/// Tells whether bodies take part in an analysis that asked some questions.
pub(super) struct Judge<'w> {
    workspace: &'w Workspace,
    index: &'w Index,
    asked: &'w Questions,
    /// Places that are judged in any case, and calls that were asked for.
    sites: BTreeSet<Site>,
    /// Files with methods that are asked for only where something may be held, by what that is.
    hungry: BTreeMap<&'w Giver, HashSet<u32>>,
}

impl<'w> Judge<'w> {
    pub fn new(workspace: &'w Workspace, index: &'w Index, asked: &'w Questions) -> Judge<'w> {
        let judged = index.loops().iter().chain(index.in_a_row());
        let calls = asked.calls.iter().flat_map(|it| index.calls_of(it)).map(|(site, _)| site);
        let paths = asked.paths.iter().flat_map(|(owner, name)| index.calls_of_owner(owner, name));
        let mut sites: BTreeSet<Site> = calls.chain(judged).copied().chain(paths).collect();
        let mut hungry: BTreeMap<&Giver, HashSet<u32>> = BTreeMap::new();
        for (look, giver) in &asked.looks {
            let holding = giver.as_ref().and_then(|it| asked.holders.get(it));
            let holders = holding.and_then(|it| it.files.as_ref()).map(|it| it.iter().copied().collect());
            sites.extend(look.sites_in(index, holders.as_ref()));
            if let Some(giver) = giver {
                hungry.entry(giver).or_default().extend(look.methods(index).map(|it| it.file));
            }
        }
        Judge { workspace, index, asked, sites, hungry }
    }

    /// A file as it is now.
    pub fn file(&self, file: u32) -> OfFile {
        let text = &self.workspace.files[file as usize].text;
        let holdings = self.holdings_of(file);
        let (mut at, mut line) = (0, 1);
        let mut piece = |end: u32, takes_part: &dyn Fn(Range<u32>, &str) -> bool| {
            let (start, first) = (at, line);
            let text = text.get(start as usize..end as usize).unwrap_or_default();
            (at, line) = (end, line + text.bytes().filter(|it| *it == b'\n').count() as u32);
            let takes_part = takes_part(start..end, text);
            OfPiece { start, end, lines: (first, line), text: print(text), takes_part }
        };
        let functions = self.index.bodies_of(file).iter().map(|it| OfFunction {
            name: it.head.as_ref().map(|it| it.name.to_string()),
            tokens: it.head.as_ref().map_or(0, |it| it.tokens),
            key: print(&(it.before, it.head.as_ref().map(|it| it.name.as_str()))),
            before: piece(it.head.as_ref().map_or(it.range.start, |it| it.start), &|_, _| false),
            head: piece(it.range.start, &|range, text| self.takes_part(file, range, text, &holdings)),
            body: piece(it.range.end, &|range, text| {
                it.is_judged || self.takes_part(file, range, text, &holdings)
            }),
        });
        let functions = functions.collect();
        let Outlines { whole: outline, rest } = self.index.outlines_of(file);
        let end = piece(text.len() as u32, &|_, _| false);
        OfFile {
            text: print(text),
            is_whole: self.asked.files.contains(&file),
            outline,
            rest,
            functions,
            end,
        }
    }

    fn takes_part(&self, file: u32, range: Range<u32>, text: &str, holdings: &[&Holding]) -> bool {
        let site = |offset: u32| Site { file, offset };
        self.asked.bodies.contains(&(file, range.start))
            || self.sites.range(site(range.start)..site(range.end)).next().is_some()
            || self.asked.parts.iter().any(|it| text.contains(it.as_str()))
            || self.has_name(file, text, holdings)
    }

    /// What makes a file one that may hold a value, where methods of the file ask for that.
    fn holdings_of(&self, file: u32) -> Vec<&'w Holding> {
        let hungry = self.hungry.iter().filter(|(_, files)| files.contains(&file));
        hungry.filter_map(|(giver, _)| self.asked.holders.get(*giver)).collect()
    }

    /// Whether a text of a file has a name that was looked for.
    fn has_name(&self, file: u32, text: &str, holdings: &[&Holding]) -> bool {
        names_in(text, self.workspace.files[file as usize].edition).into_iter().any(|(name, is_called)| {
            self.asked.names.contains(name)
                || !is_called && self.asked.functions.contains(name)
                || holdings.iter().any(|it| it.names.contains(name))
        })
    }
}

/// The names in a text, each with whether parentheses follow, so that a call is among the sites.
fn names_in(text: &str, edition: Edition) -> Vec<(&str, bool)> {
    let lexed = LexedStr::new(edition, text);
    let mut tokens = (0..lexed.len()).filter(|it| !lexed.kind(*it).is_trivia()).peekable();
    let mut names = Vec::new();
    while let Some(at) = tokens.next() {
        if lexed.kind(at) == SyntaxKind::IDENT {
            let is_called = tokens.peek().is_some_and(|it| lexed.kind(*it) == T!['(']);
            names.push((text[lexed.text_range(at)].trim_start_matches("r#"), is_called));
        }
    }
    names
}
