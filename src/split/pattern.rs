//! The lines and patterns of CODEOWNERS: those of gitignore with differences, and GitLab's differ from GitHub's.

use globset::{GlobBuilder, GlobMatcher};

/// Whose rules a file follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    Github,
    Gitlab,
}

/// The words of a line. A blank after a backslash parts none; on GitHub, a comment may end the line.
pub fn words(line: &str, host: Host) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = line.chars();
    while let Some(it) = chars.next() {
        let is_new = words.last().is_some_and(String::is_empty);
        match it {
            '#' if is_new && words.len() > 1 && host == Host::Github => break,
            it if it.is_whitespace() && is_new => {}
            it if it.is_whitespace() => words.push(String::new()),
            it => words.last_mut().into_iter().for_each(|word| {
                word.push(it);
                word.extend((it == '\\').then(|| chars.next()).flatten());
            }),
        }
    }
    words.retain(|it| !it.is_empty());
    words
}

/// What tells whether a path from the top of the repository is one of a pattern.
///
/// # Errors
///
/// In words, where the pattern is none.
pub fn matchers(pattern: &str, host: Host) -> Result<Vec<GlobMatcher>, String> {
    let matcher = |it: &String| {
        let glob = GlobBuilder::new(it).literal_separator(true).backslash_escape(true).build();
        glob.map(|it| it.compile_matcher()).map_err(|error| error.to_string())
    };
    globs(pattern, host).iter().map(matcher).collect()
}

/// A pattern as globs over paths from the top. Braces mean nothing in it.
fn globs(pattern: &str, host: Host) -> Vec<String> {
    let is_folder = pattern.ends_with('/');
    let body = pattern.trim_matches('/').replace('{', "\\{").replace('}', "\\}");
    if body.is_empty() {
        return vec!["**".to_owned()];
    }
    // gitignore ties a pattern with a slash inside to the top; GitLab only one that begins with a slash.
    let is_tied = pattern.starts_with('/') || (host == Host::Github && body.contains('/'));
    let whole = if is_tied { body } else { format!("**/{body}") };
    // `docs/*` is what stands in the folder itself, and not deeper.
    let is_shallow = whole == "*" || (whole.ends_with("/*") && whole != "**/*");
    match host {
        _ if is_folder => vec![format!("{whole}/**")],
        Host::Github if !is_shallow => vec![format!("{whole}/**"), whole],
        _ => vec![whole],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_after_a_backslash_parts_no_words_and_a_comment_ends_a_line_of_github() {
        let line = "my\\ dir/  @a\t@b # @c";
        assert_eq!(words(line, Host::Github), ["my\\ dir/", "@a", "@b"]);
        assert_eq!(words(line, Host::Gitlab), ["my\\ dir/", "@a", "@b", "#", "@c"]);
    }

    #[test]
    fn a_pattern_that_is_none_is_an_error() {
        assert!(matchers("[a", Host::Gitlab).is_err());
        assert!(matchers("a", Host::Gitlab).is_ok());
    }
}
