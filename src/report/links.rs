//! Where files stand on the pages of a repository.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a path of a URI holds as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path as a URI writes it.
pub fn encoded(path: &str) -> String {
    utf8_percent_encode(path, PLAIN).to_string()
}

/// What links to files begin with: the page of the commit, where a runner of GitHub or GitLab names it; else nothing, for links that
/// are relative to the top of the repository.
pub fn base() -> String {
    base_in(&|name| std::env::var(name).ok().filter(|it| !it.is_empty()))
}

fn base_in(variable: &dyn Fn(&str) -> Option<String>) -> String {
    let all = |names: [&str; 3]| names.map(variable);
    if let [Some(server), Some(repository), Some(commit)] =
        all(["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA"])
    {
        return format!("{server}/{repository}/blob/{commit}/");
    }
    match (variable("CI_PROJECT_URL"), variable("CI_COMMIT_SHA")) {
        (Some(project), Some(commit)) => format!("{project}/-/blob/{commit}/"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{base_in, encoded};

    #[test]
    fn paths_are_uris() {
        assert_eq!(encoded("src/a b%\u{e9}#.rs"), "src/a%20b%25%C3%A9%23.rs");
    }

    #[test]
    fn runners_name_the_page_of_the_commit() {
        let github = |name: &str| match name {
            "GITHUB_SERVER_URL" => Some("https://example.com".to_owned()),
            "GITHUB_REPOSITORY" => Some("a/b".to_owned()),
            "GITHUB_SHA" => Some("c0ffee".to_owned()),
            _ => None,
        };
        assert_eq!(base_in(&github), "https://example.com/a/b/blob/c0ffee/");
        let gitlab = |name: &str| match name {
            "CI_PROJECT_URL" => Some("https://example.com/a/b".to_owned()),
            "CI_COMMIT_SHA" => Some("c0ffee".to_owned()),
            _ => None,
        };
        assert_eq!(base_in(&gitlab), "https://example.com/a/b/-/blob/c0ffee/");
        assert_eq!(base_in(&|name| github(name).filter(|_| name != "GITHUB_SHA")), "");
    }
}
