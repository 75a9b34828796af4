//! An answer that is kept with what it rests on, and stands after a change that touches none of that.

use retask_engine::basis::Moves;
use retask_engine::finding::{Finding, Fix, Place};
use retask_engine::{Basis, Index, Workspace};

use crate::analysed::Analysed;
use crate::cache::Slot;

/// The answer that is kept, if it stands. Its places go along with what changed before them.
pub fn answer(kept: &Slot, workspace: &Workspace, index: &Index) -> Option<Analysed> {
    let (basis, mut analysed): (Basis, Analysed) = kept.get()?;
    let standing = basis.stands(workspace, index)?;
    for finding in &mut analysed.findings {
        for moves in &standing.moves {
            follow(finding, workspace, moves)?;
        }
        // What a rewrite brings into a file is new there.
        let mut edits = fixes(finding).flat_map(|it| &it.edits);
        if edits.any(|it| standing.functions.iter().any(|name| it.text.contains(name))) {
            return None;
        }
    }
    Some(analysed)
}

/// Moves what lies in a file, and the lines of it that texts name; `None` where a part of that changed.
fn follow(finding: &mut Finding, workspace: &Workspace, moves: &Moves) -> Option<()> {
    let path = workspace.files[moves.file as usize].path.as_str();
    for place in places(finding).filter(|it| it.path == path) {
        *place = moves.place(workspace, place)?;
    }
    for gone in fixes(finding).flat_map(|it| &mut it.gone).filter(|it| it.path == path) {
        gone.taken = gone.taken.iter().map(|it| moves.offset(*it)).collect::<Option<_>>()?;
        gone.left = gone.left.iter().map(|it| moves.offset(*it)).collect::<Option<_>>()?;
    }
    for text in texts(finding).filter(|it| it.contains(path)) {
        *text = with_lines_moved(text, path, |it| moves.line(it))?;
    }
    Some(())
}

/// A text in which a file is named with lines, as `src/lib.rs:7`.
fn with_lines_moved(text: &str, path: &str, moved_to: impl Fn(u32) -> Option<u32>) -> Option<String> {
    let mut parts = text.split(path);
    let mut moved = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_part_of_other = moved.ends_with(|it: char| it.is_alphanumeric() || "_-./".contains(it));
        moved.push_str(path);
        let digits = part
            .strip_prefix(':')
            .map(|it| it.len() - it.trim_start_matches(|it: char| it.is_ascii_digit()).len());
        let line = digits.and_then(|it| part[1..=it].parse().ok()).filter(|_| !is_part_of_other);
        match (line, digits) {
            (Some(line), Some(digits)) => {
                moved.push_str(&format!(":{}{}", moved_to(line)?, &part[1 + digits..]));
            }
            _ => moved.push_str(part),
        }
    }
    Some(moved)
}

fn fixes(finding: &mut Finding) -> impl Iterator<Item = &mut Fix> {
    finding.fix.iter_mut().chain(&mut finding.alternatives)
}

/// All places of a finding.
fn places(finding: &mut Finding) -> impl Iterator<Item = &mut Place> {
    let evidence = finding.evidence.iter_mut().map(|it| &mut it.place);
    let fixes = finding.fix.iter_mut().chain(&mut finding.alternatives);
    let edits = fixes.flat_map(|it| &mut it.edits).map(|it| &mut it.place);
    [&mut finding.place].into_iter().chain(evidence).chain(edits)
}

/// All texts of a finding that can name places.
fn texts(finding: &mut Finding) -> impl Iterator<Item = &mut String> {
    let notes = finding.evidence.iter_mut().map(|it| &mut it.note);
    let fixes = finding.fix.iter_mut().chain(&mut finding.alternatives);
    fn of_fix(it: &mut Fix) -> impl Iterator<Item = &mut String> {
        [&mut it.title, &mut it.why].into_iter().chain(&mut it.caveats)
    }
    [&mut finding.message].into_iter().chain(&mut finding.refused).chain(notes).chain(fixes.flat_map(of_fix))
}

#[cfg(test)]
mod tests {
    use super::with_lines_moved;

    #[test]
    fn lines_of_one_file_move_in_texts() {
        // Four lines came in the place of the second one.
        let line = |it: u32| (it != 2).then(|| if it < 2 { it } else { it + 4 });
        let moved = |text: &str| with_lines_moved(text, "src/a.rs", line);
        let is = |text: &str, expected: &str| assert_eq!(moved(text).as_deref(), Some(expected));
        is("see (src/a.rs:3), src/a.rs:1 and a/src/a.rs:3", "see (src/a.rs:7), src/a.rs:1 and a/src/a.rs:3");
        is("`src/a.rs` and `src/a.rs:`", "`src/a.rs` and `src/a.rs:`");
        assert_eq!(moved("src/a.rs:2"), None);
    }
}
