//! The names of files in diffs.

/// The name after `---` or `+++`: in quotes with escapes as git writes it, or up to a tab, after which a time may stand.
pub fn header_name(text: &str) -> Result<String, String> {
    match text.strip_prefix('"') {
        Some(quoted) => {
            unquoted(quoted).ok_or_else(|| "the name in quotes has no end, or a wrong escape".to_owned())
        }
        None => Ok(text.split('\t').next().unwrap_or_default().to_owned()),
    }
}

/// Whether a name stands for no file.
pub fn is_nothing(name: &str) -> bool {
    name == "/dev/null"
}

/// A path without its first part, such as `a` or `b`.
pub fn without_first(path: &str) -> &str {
    path.split_once('/').map_or(path, |(_, rest)| rest)
}

/// What stands between quotes, with git's escapes resolved.
fn unquoted(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut name: Vec<u8> = Vec::new();
    loop {
        match bytes.next()? {
            b'"' => return Some(String::from_utf8_lossy(&name).into_owned()),
            b'\\' => name.push(match bytes.next()? {
                b'a' => 0x07,
                b'b' => 0x08,
                b't' => b'\t',
                b'n' => b'\n',
                b'v' => 0x0b,
                b'f' => 0x0c,
                b'r' => b'\r',
                it @ (b'"' | b'\\') => it,
                first @ b'0'..=b'3' => {
                    let mut digit =
                        || bytes.next().filter(|it| (b'0'..=b'7').contains(it)).map(|it| it - b'0');
                    (first - b'0') * 64 + digit()? * 8 + digit()?
                }
                _ => return None,
            }),
            it => name.push(it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{header_name, without_first};

    #[test]
    fn names_are_read_as_git_and_diff_write_them() {
        let name = |text: &str| header_name(text).expect("a name");
        assert_eq!(name("b/src/a b.rs\t"), "b/src/a b.rs");
        assert_eq!(name("src/a.rs\t2026-01-01 10:00:00.000000000 +0100"), "src/a.rs");
        assert_eq!(name("\"b/\\303\\251\\t\\\"\\\\.rs\""), "b/\u{e9}\t\"\\.rs");
        for wrong in ["\"b/a.rs", "\"b/\\x.rs\"", "\"b/\\30\""] {
            assert!(header_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_prefix_is_the_first_part() {
        assert_eq!(without_first("b/src/lib.rs"), "src/lib.rs");
        assert_eq!(without_first("lib.rs"), "lib.rs");
    }
}
