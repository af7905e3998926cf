//! Rules on which crate may know what.

use super::finding::{Finding, is_rust};

/// A crate that must not depend on some things, by how a dependency's name begins or what it holds; and what to do instead.
struct Without {
    manifest: &'static str,
    names: &'static [&'static str],
    instead: &'static str,
}

const WITHOUT: [Without; 2] = [
    Without {
        manifest: "shared/domain/Cargo.toml",
        names: &["tokio", "aws", "slack", "axum", "hyper"],
        instead: "keep the domain pure and do this work in shared/aws",
    },
    // What the ingress reads goes the same way whoever claims: by the page, or by another program.
    Without {
        manifest: "shared/claimer/Cargo.toml",
        names: &["aws.", "aws-", "aws_", "slack", "workers", "ingress", "testkit"],
        instead: "a claimer's machine talks to the ingress alone; do this in ops",
    },
];

/// Written in two parts, so that this file does not break its own rule.
const AWS: &str = concat!("aws_", "sdk_");

/// The crate that talks to AWS, and the test support that plays AWS or looks at it from outside.
const MAY_NAME_AWS: [&str; 4] = ["shared/aws/", "shared/testkit/", "sandbox/", "endpoint/"];
/// Tests look at AWS from outside too.
const TESTS: &str = "/tests/";

/// What the ingress is built without: the feature `grants` of shared/aws. No check builds it so, only `cargo xtask package`.
const GRANTS: [&str; 7] = ["console", "dynamodb", "iam", "identity_center", "inspect", "scheduler", "ses"];
/// The crates that only that feature brings, as code names them: the SDK's clients, without how their names begin, and others.
const CLIENTS: [&str; 7] =
    ["accountaccess", "dynamodb", "iam", "identitystore", "scheduler", "sesv2", "ssoadmin"];
const OTHERS: [&str; 1] = ["serde_dynamo"];

/// In shared/aws, what the ingress needs does not use what it is built without.
pub(super) fn the_ingress_does_without_grants(path: &str, text: &str) -> Vec<Finding> {
    let Some(file) = path.strip_prefix("shared/aws/src/") else { return Vec::new() };
    let module = file.split(['/', '.']).next().unwrap_or(file);
    if GRANTS.contains(&module) {
        return Vec::new();
    }
    let modules = GRANTS.iter().map(|module| format!("crate::{module}::"));
    let clients = CLIENTS.iter().map(|client| format!("{AWS}{client}::"));
    let others = OTHERS.iter().map(|name| format!("{name}::"));
    let without: Vec<_> = modules.chain(clients).chain(others).collect();
    let uses = |code: &str| without.iter().find(|name| code.contains(*name));
    let found = numbered(text, '/').filter_map(|(line, code)| Some((line, uses(code)?)));
    let what =
        |name| format!("uses `{name}`, which the ingress is built without; turn it round, or move it there");
    found.map(|(line, name)| Finding::new(line, what(name))).collect()
}

pub(super) fn some_crates_do_without(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Without { names, instead, .. } in WITHOUT.iter().filter(|without| without.manifest == path) {
        for (line, code) in numbered(text, '#') {
            let named = names.iter().filter(|name| code.contains(*name));
            findings.extend(named.map(|name| Finding::new(line, format!("names `{name}`; {instead}"))));
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
        assert_eq!(
            some_crates_do_without(DOMAIN, "# No tokio here.\n[dependencies]\nserde.workspace = true\n"),
            []
        );
        for name in ["tokio", "aws-config", "slack-morphism", "axum", "hyper-util"] {
            let text = format!("[dependencies]\n{name}.workspace = true\n");
            let found = some_crates_do_without(DOMAIN, &text);
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(found[0].line, 2);
        }
    }

    #[test]
    fn a_claimers_machine_has_no_client_of_aws_or_slack() {
        const CLAIMER: &str = "shared/claimer/Cargo.toml";
        assert_eq!(some_crates_do_without(CLAIMER, "hyper-rustls.workspace = true\n"), []);
        for name in ["aws", "aws-config", "aws-sdk-sts", "slack"] {
            let found = some_crates_do_without(CLAIMER, &format!("{name}.workspace = true\n"));
            assert!(!found.is_empty(), "{name}");
        }
    }

    #[test]
    fn what_the_ingress_is_built_without_is_what_the_crate_says() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let text = std::fs::read_to_string(root.join("shared/aws/src/lib.rs")).unwrap();
        let modules = text.split("#[cfg(feature = \"grants\")]\npub mod ").skip(1);
        let modules: Vec<_> = modules.map(|rest| rest.split(';').next().unwrap()).collect();
        assert_eq!(modules, GRANTS);
        let manifest = std::fs::read_to_string(root.join("shared/aws/Cargo.toml")).unwrap();
        let brought =
            manifest.lines().filter_map(|line| line.strip_prefix("    \"dep:")?.strip_suffix("\","));
        let (clients, others): (Vec<_>, Vec<_>) = brought.partition(|name| name.starts_with("aws-sdk-"));
        let clients: Vec<_> = clients.iter().map(|name| name.trim_start_matches("aws-sdk-")).collect();
        assert_eq!((clients.as_slice(), others.as_slice()), (CLIENTS.as_slice(), OTHERS.as_slice()));
    }

    #[test]
    fn what_the_ingress_needs_uses_nothing_that_it_is_built_without() {
        let text = format!(
            "use crate::error::from_sdk; // crate::ses::\nuse crate::iam::Iam;\nuse {AWS}sesv2::Client;\nuse serde_dynamo::to_item;\n"
        );
        let text = text.as_str();
        let found = the_ingress_does_without_grants("shared/aws/src/secrets.rs", text);
        assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), [2, 3, 4]);
        for path in ["shared/aws/src/inspect/mail.rs", "shared/aws/src/ses.rs", "workers/src/lib.rs"] {
            assert_eq!(the_ingress_does_without_grants(path, text), [], "{path}");
        }
    }

    #[test]
    fn other_crates_may_depend_on_what_they_like() {
        assert_eq!(some_crates_do_without("shared/aws/Cargo.toml", "tokio = \"1\"\n"), []);
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
