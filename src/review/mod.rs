//! `retask fix --review`: one rewrite at a time, at a terminal. Lines in and lines out, so that it works over any connection and in any
//! size of window.

mod edit;
mod kept;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};

use retask_engine::Workspace;
use retask_engine::finding::Fix;

use crate::analysed::Analysed;
use crate::exit::count;
use crate::patch::{Offer, Planner, Written, diff};
use crate::report::{human, terminal};
use crate::session::Session;
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
    let terminal = terminal().map_err(|error| {
        format!(
            "`--review` asks at a terminal, and there is none ({error}): `retask diff` shows all rewrites"
        )
    })?;
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
    let said: Vec<Option<Option<Fix>>> = asked.iter().map(|it| kept.accepts(it).cloned().map(Some)).collect();
    let accepted = said.iter().flatten().count();
    if accepted > 0 {
        say(&format!("{} accepted before, and not made yet", count(accepted, "rewrite")));
    }
    let lines = BufReader::new(terminal);
    let review = Review { session, planner, lines, said, offers: asked, history: Vec::new() };
    let accepted = review.run(&mut kept);
    kept.write();
    Ok(accepted)
}

/// Forgets what was accepted: it is made, or the compiler took it back.
pub fn settle(session: &Session<'_>) {
    let mut kept = Kept::read(&session.folders().review);
    kept.settle();
    kept.write();
}

struct Review<'r, 'p, A> {
    session: &'r Session<'r>,
    planner: &'r mut Planner<'p, A>,
    lines: BufReader<File>,
    offers: Vec<Offer>,
    /// What was said to each: the rewrite that was accepted, or none.
    said: Vec<Option<Option<Fix>>>,
    /// Those that were answered, the last one last.
    history: Vec<usize>,
}

impl<A: Fn(&Workspace, &Written) -> Analysed> Review<'_, '_, A> {
    fn run(mut self, kept: &mut Kept) -> BTreeSet<String> {
        let mut shown = None;
        let mut way = 0;
        while let Some(at) = self.said.iter().position(Option::is_none) {
            if shown.is_none_or(|(before, _)| before != at) {
                way = 0;
            }
            if shown != Some((at, way)) {
                self.show(at, way);
                shown = Some((at, way));
            }
            match self.answer(at, way) {
                Answer::Yes => self.say_yes(at, way, kept),
                Answer::No => self.say_no(at, kept),
                Answer::AllOfRule => {
                    self.say_yes(at, way, kept);
                    self.alike(at, rule).into_iter().for_each(|it| self.say_yes(it, 0, kept));
                }
                Answer::NoneInFile => {
                    self.say_no(at, kept);
                    self.alike(at, path).into_iter().for_each(|it| self.say_no(it, kept));
                }
                Answer::Other => way = (way + 1) % self.offers[at].fixes.len(),
                Answer::Edit => self.edit(at, way, kept),
                Answer::Back => {
                    if let Some(last) = self.history.pop() {
                        self.said[last] = None;
                        kept.forget(&self.offers[last]);
                    }
                }
                Answer::Quit => break,
                Answer::Help => help(),
            }
            // Whatever comes between, an answer that was given counts.
            kept.write();
        }
        self.said.into_iter().flatten().flatten().map(|it| it.group).collect()
    }

    fn say(&mut self, at: usize, fix: Option<Fix>) {
        self.said[at] = Some(fix);
        self.history.push(at);
    }

    fn say_yes(&mut self, at: usize, way: usize, kept: &mut Kept) {
        kept.accept(&self.offers[at], &self.offers[at].fixes[way]);
        self.say(at, Some(self.offers[at].fixes[way].clone()));
    }

    fn say_no(&mut self, at: usize, kept: &mut Kept) {
        kept.refuse(&self.offers[at]);
        self.say(at, None);
    }

    /// Those without an answer that are like another one.
    fn alike(&self, to: usize, of: fn(&Offer) -> &str) -> Vec<usize> {
        let open = (0..self.offers.len()).filter(|it| self.said[*it].is_none());
        open.filter(|it| of(&self.offers[*it]) == of(&self.offers[to])).collect()
    }

    fn edit(&mut self, at: usize, way: usize, kept: &mut Kept) {
        let fix = self.offers[at].fixes[way].clone();
        match edit::edit(&self.planner.preview(&fix)) {
            Ok(files) => {
                let fix = crate::patch::edited(&fix, &files);
                let group = self.offers[at].fixes[0].group.clone();
                self.planner.replace(&group, &fix);
                kept.forget(&self.offers[at]);
                self.say(at, Some(fix));
            }
            Err(problem) => say(&problem),
        }
    }

    fn show(&self, at: usize, way: usize) {
        let offer = &self.offers[at];
        let fix = &offer.fixes[way];
        let [number, all] = [at + 1, self.offers.len()];
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
        terminal::diff(&diff::unified(&self.planner.preview(fix).files, &self.session.workspace));
        for caveat in &fix.caveats {
            say(&format!("to agree to: {caveat}"));
        }
    }

    /// Asks until there is an answer; the end of the input is one as well.
    fn answer(&mut self, at: usize, way: usize) -> Answer {
        let offer = &self.offers[at];
        loop {
            let other = if offer.fixes.len() > 1 {
                format!(",o ({} of {})", way + 1, offer.fixes.len())
            } else {
                String::new()
            };
            terminal::prompt(&format!("rewrite? [y,n,a,f{other},e,b,q,?] "));
            let mut line = String::new();
            match self.lines.read_line(&mut line) {
                Ok(0) | Err(_) => return Answer::Quit,
                Ok(_) => {}
            }
            let word = line.trim().to_lowercase();
            let found = ANSWERS.iter().find(|it| it.0 == word).map(|it| it.1);
            match found {
                Some(Answer::Other) if offer.fixes.len() < 2 => say("there is no other rewrite for it"),
                Some(Answer::Back) if self.history.is_empty() => say("this is the first one"),
                Some(answer) => return answer,
                None => help(),
            }
        }
    }
}

/// The terminal that the program was started from. Standard input is another thing: it tells this process when its parent ends.
pub fn terminal() -> std::io::Result<File> {
    let path = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
    File::options().read(true).write(true).open(path)
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
