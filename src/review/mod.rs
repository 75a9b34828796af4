//! `retask fix --review`: one rewrite at a time, at a terminal. Lines in and lines out, so that it works over any connection and in any
//! size of window.

mod edit;
mod kept;

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal};

use retask_engine::Workspace;
use retask_engine::finding::Fix;

use crate::commands::{Analysed, Session, count};
use crate::patch::{Offer, Planner, Written, diff};
use crate::report::{human, terminal};
use kept::Kept;

/// What a reader says to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// Yes to all that is left of this rule.
    AllOfRule,
    /// No to all that is left in this file.
    NoneInFile,
    Other,
    Edit,
    Back,
    Quit,
    Help,
}

const ANSWERS: &[(&str, Answer, &str)] = &[
    ("y", Answer::Yes, "make this rewrite"),
    ("n", Answer::No, "leave it, now and in later reviews"),
    ("a", Answer::AllOfRule, "make this one and all that are left of its rule"),
    ("f", Answer::NoneInFile, "leave this one and all that are left in its file"),
    ("o", Answer::Other, "show the other rewrite, where there is one"),
    ("e", Answer::Edit, "edit what it makes of the file, in $VISUAL or $EDITOR, and make that"),
    ("b", Answer::Back, "go back to the one before"),
    ("q", Answer::Quit, "stop here: what was accepted is made, the rest is asked another time"),
    ("?", Answer::Help, "show this"),
];

/// Asks for each rewrite; gives the groups of those to make.
///
/// # Errors
///
/// In words, where there is no terminal to ask at.
pub fn ask<A>(session: &Session<'_>, planner: &mut Planner<'_, A>) -> Result<BTreeSet<String>, String>
where
    A: Fn(&Workspace, &Written) -> Analysed,
{
    if !std::io::stdin().is_terminal() {
        return Err(
            "`--review` asks at a terminal, and standard input is none: `retask diff` shows all rewrites"
                .to_owned(),
        );
    }
    session.progress.end();
    let mut kept = Kept::read(&session.folders().review);
    let offers = planner.offers();
    let before = offers.iter().filter(|it| kept.refuses(it)).count();
    if before > 0 {
        say(&format!(
            "{} left out as before: remove `{}` to be asked again",
            count(before, "rewrite"),
            kept.path().display()
        ));
    }
    let asked: Vec<Offer> = offers.into_iter().filter(|it| !kept.refuses(it)).collect();
    let review = Review { session, planner, accepted: vec![None; asked.len()], offers: asked, at: 0 };
    let accepted = review.run(&mut kept);
    kept.write();
    Ok(accepted)
}

struct Review<'r, 'p, A> {
    session: &'r Session<'r>,
    planner: &'r mut Planner<'p, A>,
    offers: Vec<Offer>,
    /// The rewrite that was accepted, for each offer that was answered with yes.
    accepted: Vec<Option<Fix>>,
    at: usize,
}

impl<A: Fn(&Workspace, &Written) -> Analysed> Review<'_, '_, A> {
    fn run(mut self, kept: &mut Kept) -> BTreeSet<String> {
        let mut way = 0;
        let mut shown = None;
        while self.at < self.offers.len() {
            if shown != Some((self.at, way)) {
                self.show(way);
                shown = Some((self.at, way));
            }
            let last = self.at;
            match self.answer(way) {
                Answer::Yes => self.accept(way, kept),
                Answer::No => self.refuse(kept),
                Answer::AllOfRule => {
                    self.while_same(kept, way, true, |offer, first| rule(offer) == rule(first))
                }
                Answer::NoneInFile => {
                    self.while_same(kept, way, false, |offer, first| path(offer) == path(first))
                }
                Answer::Other => way = (way + 1) % self.offers[self.at].fixes.len(),
                Answer::Edit => self.edit(way, kept),
                Answer::Back => self.at = self.at.saturating_sub(1),
                Answer::Quit => break,
                Answer::Help => help(),
            }
            if self.at != last {
                way = 0;
            }
            // Whatever comes between, an answer that was given counts.
            kept.write();
        }
        self.accepted.into_iter().flatten().map(|it| it.group).collect()
    }

    fn accept(&mut self, way: usize, kept: &mut Kept) {
        kept.forget(&self.offers[self.at]);
        self.accepted[self.at] = Some(self.offers[self.at].fixes[way].clone());
        self.at += 1;
    }

    fn refuse(&mut self, kept: &mut Kept) {
        kept.refuse(&self.offers[self.at]);
        self.accepted[self.at] = None;
        self.at += 1;
    }

    /// Answers this one and those after it that are like it the same way; the next one is the first that is not.
    fn while_same(
        &mut self,
        kept: &mut Kept,
        way: usize,
        yes: bool,
        is_same: impl Fn(&Offer, &Offer) -> bool,
    ) {
        let (first, start) = (self.offers[self.at].clone(), self.at);
        let mut next = None;
        for index in start..self.offers.len() {
            if !is_same(&self.offers[index], &first) {
                next = next.or(Some(index));
                continue;
            }
            self.at = index;
            match yes {
                true => self.accept(if index == start { way } else { 0 }, kept),
                false => self.refuse(kept),
            }
        }
        // Those between that are not like it are still open.
        self.at = next.unwrap_or(self.offers.len());
        self.skip_answered(&first, is_same);
    }

    fn skip_answered(&mut self, first: &Offer, is_same: impl Fn(&Offer, &Offer) -> bool) {
        let open: Vec<usize> =
            (self.at..self.offers.len()).filter(|it| !is_same(&self.offers[*it], first)).collect();
        let answered: Vec<usize> = (self.at..self.offers.len()).filter(|it| !open.contains(it)).collect();
        // Answered ones move before the open ones, so that each is passed once.
        let order: Vec<usize> = answered.iter().chain(&open).copied().collect();
        let offers: Vec<Offer> = order.iter().map(|it| self.offers[*it].clone()).collect();
        let accepted: Vec<Option<Fix>> = order.iter().map(|it| self.accepted[*it].clone()).collect();
        self.offers.splice(self.at.., offers);
        self.accepted.splice(self.at.., accepted);
        self.at += answered.len();
    }

    fn edit(&mut self, way: usize, kept: &mut Kept) {
        let fix = self.offers[self.at].fixes[way].clone();
        match edit::edit(&self.planner.preview(&fix)) {
            Ok(files) => {
                let fix = crate::patch::edited(&fix, &files);
                self.planner.replace(&self.offers[self.at].fixes[0].group.clone(), &fix);
                kept.forget(&self.offers[self.at]);
                self.accepted[self.at] = Some(fix);
                self.at += 1;
            }
            Err(problem) => say(&problem),
        }
    }

    fn show(&self, way: usize) {
        let offer = &self.offers[self.at];
        let fix = &offer.fixes[way];
        let [number, all] = [self.at + 1, self.offers.len()];
        let first = &offer.findings[0];
        say(&format!("\n[{number}/{all}] {} {}:{}\n", first.rule, first.place.path, first.place.start.line));
        human::print_one(&self.session.workspace, first);
        if offer.findings.len() > 1 {
            say(&format!(
                "and {} that the same rewrite does away with\n",
                count(offer.findings.len() - 1, "finding")
            ));
        }
        say(&format!("{}:\n", fix.title));
        terminal::diff(&diff::unified(&self.planner.preview(fix), &self.session.workspace));
        for caveat in &fix.caveats {
            say(&format!("to agree to: {caveat}"));
        }
    }

    /// Asks until there is an answer; the end of the input is one as well.
    fn answer(&self, way: usize) -> Answer {
        let offer = &self.offers[self.at];
        loop {
            let other = if offer.fixes.len() > 1 {
                format!(",o ({} of {})", way + 1, offer.fixes.len())
            } else {
                String::new()
            };
            terminal::prompt(&format!("rewrite? [y,n,a,f{other},e,b,q,?] "));
            let mut line = String::new();
            match std::io::stdin().lock().read_line(&mut line) {
                Ok(0) | Err(_) => return Answer::Quit,
                Ok(_) => {}
            }
            let word = line.trim().to_lowercase();
            let found = ANSWERS.iter().find(|it| it.0 == word).map(|it| it.1);
            match found {
                Some(Answer::Other) if offer.fixes.len() < 2 => say("there is no other rewrite for it"),
                Some(Answer::Back) if self.at == 0 => say("this is the first one"),
                Some(answer) => return answer,
                None => help(),
            }
        }
    }
}

fn rule(offer: &Offer) -> &str {
    offer.findings[0].rule
}

fn path(offer: &Offer) -> &str {
    &offer.findings[0].place.path
}

fn help() {
    ANSWERS.iter().for_each(|(key, _, does)| say(&format!("{key} - {does}")));
}

fn say(text: &str) {
    terminal::line(text);
}
