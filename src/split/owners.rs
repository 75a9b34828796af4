//! Who owns a file, as CODEOWNERS says: the pattern that matches last decides.
//!
//! The patterns are those of gitignore with differences, and GitLab's differ from GitHub's. A file with sections is GitLab's.

use std::collections::BTreeSet;
use std::path::Path;

use globset::GlobMatcher;

use super::pattern::{Host, matchers, words};

/// Where the file may stand, as GitHub and GitLab look for it: the first one counts.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// The owners of the files of a repository.
#[derive(Debug, Default)]
pub struct Owners {
    /// One of them without a name, before the first that has one.
    sections: Vec<Section>,
    /// Lines that were left out, in words.
    pub problems: Vec<String>,
}

/// Entries of which each section has its own last one.
#[derive(Debug, Default)]
struct Section {
    name: String,
    /// The owners of entries that name none.
    owners: Vec<String>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    globs: Vec<GlobMatcher>,
    owners: Vec<String>,
    /// GitLab's `!`: what it matches has no owner in the section, whatever else matches.
    is_exclusion: bool,
}

/// What to do where there is no file.
pub fn missing(top: &Path) -> String {
    let places = PLACES.map(|it| format!("`{it}`")).join(", ");
    format!(
        "no CODEOWNERS file in `{}`: looked for {places}; add one, or split by package or rule",
        top.display()
    )
}

impl Owners {
    /// Reads the file of a repository, where there is one.
    ///
    /// # Errors
    ///
    /// In words, where it cannot be read.
    pub fn find(top: &Path) -> Result<Option<Owners>, String> {
        let Some(place) = PLACES.into_iter().find(|it| top.join(it).is_file()) else { return Ok(None) };
        let bytes = std::fs::read(top.join(place));
        let text = bytes
            .map_err(|it| it.to_string())
            .and_then(|it| String::from_utf8(it).map_err(|_| "it is not UTF-8".to_owned()));
        match text {
            Ok(text) => Ok(Some(Owners::parse(place, &text))),
            Err(error) => Err(format!("`{place}` cannot be read: {error}; make it a text that can be read")),
        }
    }

    fn parse(place: &str, text: &str) -> Owners {
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().map(str::trim).collect();
        let is_gitlab = place == PLACES[3] || lines.iter().any(|it| heading(it).is_some());
        let host = if is_gitlab { Host::Gitlab } else { Host::Github };
        let mut owners = Owners { sections: vec![Section::default()], problems: Vec::new() };
        let mut at = 0;
        for (index, line) in lines.into_iter().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some((name, rest)) = heading(line).filter(|_| host == Host::Gitlab) {
                at = owners.section(name, rest);
                continue;
            }
            match entry(line, host) {
                Ok(entry) => owners.sections[at].entries.push(entry),
                Err(why) => {
                    owners
                        .problems
                        .push(format!("`{place}`, line {}: {why}; the line is left out", index + 1));
                }
            }
        }
        owners
    }

    /// The section of a name, which is the same whatever its case; a later heading adds owners where there were none.
    fn section(&mut self, name: &str, rest: &str) -> usize {
        let name = name.to_lowercase();
        let named = owners(&words(rest, Host::Gitlab));
        let known = self.sections.iter().position(|it| it.name == name);
        let at = known.unwrap_or(self.sections.len());
        if known.is_none() {
            self.sections.push(Section { name, ..Section::default() });
        }
        if self.sections[at].owners.is_empty() {
            self.sections[at].owners = named;
        }
        at
    }

    /// The owners of a path from the top of the repository.
    pub fn of(&self, path: &str) -> BTreeSet<String> {
        self.sections.iter().flat_map(|it| it.of(path)).cloned().collect()
    }
}

impl Section {
    fn of(&self, path: &str) -> &[String] {
        let mut matching = self.entries.iter().filter(|it| it.globs.iter().any(|it| it.is_match(path)));
        if matching.clone().any(|it| it.is_exclusion) {
            return &[];
        }
        match matching.next_back() {
            Some(entry) if entry.owners.is_empty() => &self.owners,
            Some(entry) => &entry.owners,
            None => &[],
        }
    }
}

/// The name of a section and what follows: `[Docs]`, `^[Docs]`, `[Docs][2] @owner`.
fn heading(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?.split_once(']')?;
    let rest = match rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((_, rest)) => rest,
        None => rest,
    };
    // `[ab]*.rs` is a pattern.
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((name.trim(), rest))
}

fn entry(line: &str, host: Host) -> Result<Entry, String> {
    let words = words(line, host);
    let (pattern, rest) = words.split_first().ok_or("it has no pattern")?;
    let is_exclusion = pattern.starts_with('!');
    if host == Host::Github && (is_exclusion || pattern.contains('[') || pattern.starts_with("\\#")) {
        return Err(format!("GitHub knows no pattern such as `{pattern}`"));
    }
    let globs = matchers(pattern.trim_start_matches('!'), host)?;
    Ok(Entry { globs, owners: owners(rest), is_exclusion })
}

/// Users, teams, roles and addresses.
fn owners(words: &[String]) -> Vec<String> {
    words.iter().filter(|it| it.contains('@')).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(place: &str, text: &str, expected: &[(&str, &str)]) {
        let owners = Owners::parse(place, text);
        for (path, of) in expected {
            let found = owners.of(path).into_iter().collect::<Vec<_>>().join(" ");
            assert_eq!(found, *of, "{path} in {owners:?}");
        }
    }

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let text = "\u{feff}* @all # all\n\n# @none\n*.rs @rust b@c.example\n/apps/ @apps\n/apps/free\n";
        let expected = [
            ("README.md", "@all"),
            ("x/lib.rs", "@rust b@c.example"),
            ("apps/lib.rs", "@apps"),
            ("x/apps/lib.rs", "@rust b@c.example"),
            ("apps/free/lib.rs", ""),
            ("apps/free", ""),
        ];
        check("CODEOWNERS", text, &expected);
    }

    #[test]
    fn patterns_are_those_of_gitignore_with_differences() {
        let text = "apps/ @a\ndocs/* @d\n/lib @l\nsrc/net @n\n**/logs @g\n/x/**/z.rs @z\nmy\\ dir/ @m\n/*.toml @t\n{a}.rs @b\n";
        let expected = [
            ("apps/x/lib.rs", "@a"),
            ("x/apps/y/lib.rs", "@a"),
            ("apps", ""),
            ("docs/a.rs", "@d"),
            ("docs/sub/a.rs", ""),
            ("lib/a/b.rs", "@l"),
            ("x/lib/a.rs", ""),
            ("src/net/a.rs", "@n"),
            ("x/src/net/a.rs", ""),
            ("a/logs/b/c.rs", "@g"),
            ("logs/c.rs", "@g"),
            ("x/z.rs", "@z"),
            ("x/y/y/z.rs", "@z"),
            ("a/my dir/b.rs", "@m"),
            ("Cargo.toml", "@t"),
            ("a/Cargo.toml", ""),
            ("{a}.rs", "@b"),
            ("a.rs", ""),
            ("../apps.rs", ""),
        ];
        check(".github/CODEOWNERS", text, &expected);
    }

    #[test]
    fn what_github_does_not_know_is_left_out_and_told() {
        let owners = Owners::parse("CODEOWNERS", "* @a\n!x.rs\n[ab].rs @b\n\\#c.rs @c\na{ @d\n");
        assert_eq!(owners.of("x.rs"), BTreeSet::from(["@a".to_owned()]));
        let lines: Vec<&str> = owners.problems.iter().map(|it| &it[..it.find(':').unwrap_or(0)]).collect();
        assert_eq!(lines, ["`CODEOWNERS`, line 2", "`CODEOWNERS`, line 3", "`CODEOWNERS`, line 4"]);
    }

    #[test]
    fn each_section_of_gitlab_has_its_owners() {
        let text = "* @all\n[Docs][2] @docs\n*.md\nsub/*.md @sub\n^[Code]\n*.rs @code #kept @role\n!gen.rs\n[DOCS]\n/top.md @top\n";
        let expected = [
            ("a.md", "@all @docs"),
            ("x/sub/a.md", "@all @sub"),
            ("top.md", "@all @top"),
            ("x/a.rs", "@all @code @role"),
            ("x/gen.rs", "@all"),
        ];
        check("CODEOWNERS", text, &expected);
        check(".gitlab/CODEOWNERS", "a/b.rs @b\n/c @c\n", &[("x/a/b.rs", "@b"), ("c/d.rs", ""), ("c", "@c")]);
        check("CODEOWNERS", "a/b.rs @b\n", &[("x/a/b.rs", ""), ("a/b.rs", "@b")]);
    }
}
