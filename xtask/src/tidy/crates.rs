//! Rules on which crate may know what.

use super::finding::{Finding, is_rust};

/// What the pure crate must not depend on, by how a dependency's name begins or what it holds.
const IMPURE: [&str; 5] = ["tokio", "aws", "slack", "axum", "hyper"];

/// Written in two parts, so that this file does not break its own rule.
const AWS: &str = concat!("aws_", "sdk_");

/// The crate that talks to AWS, and the test support that plays AWS or looks at it from outside.
const MAY_NAME_AWS: [&str; 4] = ["shared/aws/", "shared/testkit/", "sandbox/", "endpoint/"];
/// Tests look at AWS from outside too.
const TESTS: &str = "/tests/";

pub(super) fn domain_is_pure(path: &str, text: &str) -> Vec<Finding> {
    if path != "shared/domain/Cargo.toml" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (line, code) in numbered(text, '#') {
        for name in IMPURE.iter().filter(|name| code.contains(*name)) {
            let what =
                format!("the domain crate names `{name}`; keep it pure and do this work in shared/aws");
            findings.push(Finding::new(line, what));
        }
    }
    findings
}

pub(super) fn only_one_crate_names_aws(path: &str, text: &str) -> Vec<Finding> {
    let may = path.contains(TESTS) || MAY_NAME_AWS.iter().any(|folder| path.starts_with(folder));
    if may || !is_rust(path) {
        return Vec::new();
    }
    let named = text.lines().enumerate().filter(|(_, line)| line.contains(AWS));
    let what = format!("names `{AWS}…`; only shared/aws talks to AWS, so give it a function for this");
    named.map(|(index, _)| Finding::new(index + 1, what.clone())).collect()
}

/// Lines with their numbers, each without its comment.
fn numbered(text: &str, comment: char) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(move |(index, line)| (index + 1, line.split(comment).next().unwrap_or(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOMAIN: &str = "shared/domain/Cargo.toml";

    #[test]
    fn the_domain_depends_on_nothing_that_does_io() {
        assert_eq!(domain_is_pure(DOMAIN, "# No tokio here.\n[dependencies]\nserde.workspace = true\n"), []);
        for name in ["tokio", "aws-config", "slack-morphism", "axum", "hyper-util"] {
            let text = format!("[dependencies]\n{name}.workspace = true\n");
            let found = domain_is_pure(DOMAIN, &text);
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(found[0].line, 2);
        }
    }

    #[test]
    fn other_crates_may_depend_on_what_they_like() {
        assert_eq!(domain_is_pure("shared/aws/Cargo.toml", "tokio = \"1\"\n"), []);
    }

    #[test]
    fn only_the_aws_crate_and_test_support_name_aws() {
        let text = format!("//! Why.\nuse {AWS}sqs::Client;\n");
        assert_eq!(only_one_crate_names_aws("workers/src/lib.rs", &text)[0].line, 2);
        for path in
            ["shared/aws/src/sqs.rs", "shared/testkit/src/demo.rs", "endpoint/src/cloud.rs", "docs/a.md"]
        {
            assert_eq!(only_one_crate_names_aws(path, &text), [], "{path}");
        }
    }
}
