//! A match on a kind, a status or a phase names each of them: what is new has to be decided by somebody, and not by an arm for
//! all the rest.

use super::finding::{Finding, is_rust};

/// What the arms of such a match begin with.
const NAMED: [&str; 5] = ["Kind::", "RoleKind::", "KindName::", "Status::", "Phase::"];
/// From here on a file is a test, which may look for one of them.
const TESTS: &str = "#[cfg(test)]";

pub(super) fn every_kind_is_named(path: &str, text: &str) -> Vec<Finding> {
    if !is_rust(path) || path.contains("/tests") {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().take_while(|line| line.trim() != TESTS).collect();
    let rest = lines.iter().enumerate().filter(|(_, line)| is_for_the_rest(line));
    let found = rest.filter(|(place, line)| {
        let before = lines.get(..*place).unwrap_or_default();
        // Back to the line that is indented less, which begins the match.
        let within =
            before.iter().rev().take_while(|other| other.trim().is_empty() || indent(other) >= indent(line));
        within.filter(|other| indent(other) == indent(line)).any(|other| is_named(other))
    });
    let what = "an arm for all the rest, in a match on a kind, a status or a phase; name each of them";
    found.map(|(place, _)| Finding::new(place + 1, what)).collect()
}

fn is_for_the_rest(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("_ =>") || line.starts_with("_ if ")
}

fn is_named(line: &str) -> bool {
    let pattern = line.split("=>").next().unwrap_or_default();
    let begins = |at: usize| {
        let before = pattern.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    };
    NAMED.iter().any(|name| pattern.match_indices(name).any(|(at, _)| begins(at)))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        every_kind_is_named("workers/src/x.rs", text).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn only_an_arm_for_the_rest_of_kinds_is_found() {
        let kinds = "match kind {\n    Kind::User(x) => {\n        a(x);\n    }\n    _ => b(),\n}\n";
        assert_eq!(lines(kinds), [5]);
        assert_eq!(lines(&kinds.replace("_ =>", "_ if late =>")), [5]);
        assert_eq!(lines(&kinds.replace("Kind::User(x)", "Some(Status::Active)")), [5]);
        for other in [
            kinds.replace("_ =>", "Kind::Session(_) =>"),
            kinds.replace("Kind::User(x)", "ErrorKind::NotFound"),
            kinds.replace("Kind::User(x)", "\"user\""),
            kinds.replace("b()", "Kind::Other").replace("Kind::User(x)", "1"),
            format!("#[cfg(test)]\n{kinds}"),
            "match a {\n    Kind::User => match b {\n        1 => 2,\n        _ => 3,\n    },\n}\n"
                .to_owned(),
        ] {
            assert_eq!(lines(&other), Vec::<usize>::new(), "{other}");
        }
        assert!(every_kind_is_named("workers/tests/it/x.rs", kinds).is_empty());
        assert!(every_kind_is_named("docs/x.md", kinds).is_empty());
    }
}
