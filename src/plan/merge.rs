//! One plan of several: what stands in more than one counts once, and what does not go together is named.

use std::collections::BTreeMap;

use super::{File, Plan};

/// The plan of several plans.
///
/// # Errors
///
/// In words, with each file that two of them change in ways that do not go together.
pub fn merge(plans: &[Plan]) -> Result<Plan, String> {
    let Some((first, others)) = plans.split_first() else {
        return Err("there is no plan to merge".to_owned());
    };
    if let Some(other) = others.iter().find(|it| it.tool != first.tool) {
        return Err(format!(
            "the plans are of {} {} and of {} {}: make them with one version",
            first.tool.name, first.tool.version, other.tool.name, other.tool.version
        ));
    }
    let mut files: BTreeMap<&str, File> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for file in plans.iter().flat_map(|it| &it.files) {
        match files.get_mut(file.path.as_str()) {
            Some(known) => {
                if let Err(problem) = join(known, file) {
                    conflicts.push(format!("\n  * `{}`: {problem}", file.path));
                }
            }
            None => drop(files.insert(&file.path, file.clone())),
        }
    }
    if !conflicts.is_empty() {
        return Err(format!("the plans do not go together:{}", conflicts.concat()));
    }
    let mut merged = Plan { files: files.into_values().collect(), ..first.clone() };
    for plan in others {
        merged.rewrites.extend(plan.rewrites.iter().cloned());
        merged.packages.extend(plan.packages.iter().cloned());
    }
    merged.rewrites.sort();
    merged.rewrites.dedup();
    merged.packages.sort();
    merged.packages.dedup();
    Ok(merged)
}

/// Takes in the edits of the same file in another plan.
fn join(known: &mut File, other: &File) -> Result<(), &'static str> {
    if known.before != other.before {
        return Err("they were made of different texts");
    }
    let mut edits = known.edits.clone();
    edits.extend(other.edits.iter().filter(|it| !known.edits.contains(it)).cloned());
    edits.sort();
    // Two insertions at one place have no order.
    if edits.windows(2).any(|it| it[1].start < it[0].end || it[1].start == it[0].start) {
        return Err("their edits overlap");
    }
    known.edits = edits;
    Ok(())
}
