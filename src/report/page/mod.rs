//! `map --format html`: one page that holds all it shows, and asks no network. The data stand in it as JSON; scripts draw them.

mod data;

use super::shown::Shown;
use super::terminal::visible;
use crate::patch::Patch;
use data::Data;
use retask_engine::finding::Fix;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// One script in parts, in the order in which they are read.
const SCRIPTS: [&str; 6] = [
    include_str!("model.js"),
    include_str!("filter.js"),
    include_str!("drawing.js"),
    include_str!("lines.js"),
    include_str!("details.js"),
    include_str!("keys.js"),
];

/// The page of a workspace; `diff` gives what a rewrite changes by itself.
pub fn page(shown: &Shown<'_>, patch: &Patch, diff: &dyn Fn(&Fix) -> String) -> String {
    let data = Data::of(shown, patch, diff);
    let title = escaped(&format!("retask: {}", data.workspace()));
    // What stands in the place of a mark is not read for marks again.
    let parts = [
        ("{{title}}", title),
        ("{{style}}", STYLE.to_owned()),
        ("{{data}}", visible(&inert(&data.text()))),
        ("{{script}}", SCRIPTS.concat()),
    ];
    let mut page = String::new();
    let mut rest = PAGE;
    for (mark, text) in parts {
        let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
        page.push_str(before);
        page.push_str(&text);
        rest = after;
    }
    page + rest
}

/// JSON that cannot end the element that it stands in.
fn inert(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_each_mark_once_and_in_order() {
        let marks = ["{{title}}", "{{style}}", "{{data}}", "{{script}}"];
        let places: Vec<usize> = marks.iter().filter_map(|it| PAGE.find(it)).collect();
        assert_eq!(places.len(), marks.len());
        assert!(places.is_sorted());
        assert!(marks.iter().all(|it| PAGE.matches(it).count() == 1));
    }

    #[test]
    fn data_cannot_end_their_element() {
        let json = inert(r#"{"a":"</script><!--&amp;"}"#);
        assert!(!json.contains(['<', '>', '&']));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json).expect("it is JSON")["a"],
            "</script><!--&amp;"
        );
    }

    #[test]
    fn the_page_names_nothing_outside_of_itself() {
        let own = [PAGE, STYLE].into_iter().chain(SCRIPTS).collect::<Vec<_>>().concat();
        let without_namespace = own.replace("http://www.w3.org/2000/svg", "");
        for outside in ["http:", "https:", "//cdn", "src=", "href=", "@import", "url(", "fetch(", "innerHTML"]
        {
            assert!(!without_namespace.contains(outside), "{outside}");
        }
    }
}
