//! What a rewrite of a later round rests on.

use std::collections::BTreeSet;

use retask_engine::Workspace;
use retask_engine::finding::{Finding, Fix};

use super::plan::Group;
use crate::plan;

/// The files of earlier rounds that a rewrite rests on. One that was there from the first rests on none; else these are the ones that
/// its chains of calls lead through, and all of them where no chain tells.
pub fn grounds(
    workspace: &Workspace,
    first: &[Finding],
    group: &Group<'_>,
    earlier: &BTreeSet<&str>,
) -> Vec<String> {
    let own: BTreeSet<&str> = plan::touched(workspace, group.fix).into_iter().collect();
    let is_same =
        |it: &Fix| it.title == group.fix.title && BTreeSet::from_iter(plan::touched(workspace, it)) == own;
    let is_known = |it: &&Finding| group.findings.iter().any(|known| known.id == it.id);
    if first.iter().filter(is_known).flat_map(Finding::fixes).any(is_same) {
        return Vec::new();
    }
    let steps = group.findings.iter().flat_map(|it| &it.evidence).map(|it| it.place.path.as_str());
    let led: BTreeSet<&str> = steps.chain(own).filter(|it| earlier.contains(it)).collect();
    let grounds = if led.is_empty() { earlier } else { &led };
    grounds.iter().map(|it| (*it).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use retask_engine::bucket::{Answers, Bucket};
    use retask_engine::finding::{Applicability, Confidence, Edit, Evidence, Place, Position, Severity};

    use super::*;

    fn place(path: &str) -> Place {
        let start = Position { line: 1, column: 1, offset: 0 };
        Place { path: path.to_owned(), start, end: start }
    }

    /// A finding in a file, which its chain leads to another file from.
    fn finding(id: &str, path: &str, leads_to: &str) -> Finding {
        let fix = Fix {
            title: "await it".to_owned(),
            applicability: Applicability::MachineApplicable,
            group: format!("{id} {path}"),
            why: String::new(),
            way: None,
            edits: vec![Edit { place: place(path), text: String::new() }],
            needs: Vec::new(),
            gone: Vec::new(),
            is_design: false,
            caveats: Vec::new(),
        };
        Finding {
            id: id.to_owned(),
            rule: "blocking-io",
            bucket: Bucket::AsyncIo,
            severity: Severity::Warning,
            confidence: Confidence::High,
            place: place(path),
            message: String::new(),
            answers: Answers::default(),
            evidence: vec![Evidence { place: place(leads_to), note: String::new() }],
            fix: Some(fix),
            alternatives: Vec::new(),
            refused: None,
        }
    }

    #[test]
    fn a_rewrite_rests_on_what_its_chain_leads_through_if_it_was_not_there_from_the_first() {
        let known = finding("1", "a.rs", "b.rs");
        let rests_on = |it: &Finding| {
            let fix = it.fix.as_ref().expect("it has one");
            let group = Group { fix, findings: vec![it] };
            let earlier = BTreeSet::from(["b.rs", "c.rs"]);
            grounds(&Workspace::default(), std::slice::from_ref(&known), &group, &earlier)
        };
        assert!(rests_on(&known).is_empty());
        assert_eq!(rests_on(&finding("2", "a.rs", "b.rs")), ["b.rs"]);
        assert_eq!(rests_on(&finding("2", "c.rs", "a.rs")), ["c.rs"], "its own file changed");
        assert_eq!(rests_on(&finding("2", "a.rs", "a.rs")), ["b.rs", "c.rs"], "nothing tells");
        assert_eq!(rests_on(&finding("1", "d.rs", "b.rs")), ["b.rs"], "the same finding, another rewrite");
    }
}
