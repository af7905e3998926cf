//! The table of remedies is sound, has every call that the code makes, and is what `docs/errors.md` shows.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use super::calls::{CALLS, OF_EVERY_CALL};
use super::rules::{RULES, TAKES_AWAY, remedy, rule};
use super::*;

const DOCUMENTATION: &str = include_str!("../../../../docs/errors.md");
/// Folders whose code calls AWS or Slack.
const SOURCES: [&str; 5] = ["shared/aws/src", "shared/doctor/src", "workers/src", "ops/src", "ingress/src"];

fn word(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Transient { .. } => "retry",
        Remedy::NeedsOperator => "operator",
        Remedy::Permanent => "final",
    }
}

fn codes(codes: &[&str]) -> String {
    codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ")
}

/// The tables, as `docs/errors.md` should have them.
fn tables() -> [String; 2] {
    let mut rules = String::from("| calls | codes | remedy | why |\n|---|---|---|---|\n");
    for rule in RULES {
        let calls = if rule.calls == TAKES_AWAY {
            "calls that only take access away".to_owned()
        } else {
            codes(rule.calls)
        };
        let _ = writeln!(rules, "| {calls} | {} | {} | {} |", codes(rule.codes), word(rule.remedy), rule.why);
    }
    let mut calls = String::from("| call | retry | operator | final |\n|---|---|---|---|\n");
    for (call, own) in CALLS {
        let of = |wanted: &str| {
            let found: Vec<&str> =
                own.iter().copied().filter(|code| word(remedy(call, Some(code), 400)) == wanted).collect();
            if found.is_empty() { "–".to_owned() } else { codes(&found) }
        };
        let _ = writeln!(calls, "| `{call}` | {} | {} | {} |", of("retry"), of("operator"), of("final"));
    }
    [rules, calls]
}

#[test]
fn the_documentation_shows_the_same_tables() {
    let missing: Vec<String> =
        tables().into_iter().filter(|table| !DOCUMENTATION.contains(table.as_str())).collect();
    assert!(missing.is_empty(), "docs/errors.md should have:\n\n{}", missing.join("\n"));
}

#[test]
fn every_code_of_every_call_has_a_rule_of_its_own() {
    for (call, own) in CALLS {
        for code in own.iter().chain(&OF_EVERY_CALL) {
            assert!(rule(call, code).is_some(), "{call}: {code}");
        }
    }
    for taking in TAKES_AWAY {
        assert!(CALLS.iter().any(|(call, _)| *call == taking), "{taking}");
    }
}

#[test]
fn no_code_has_two_rules_that_fit_as_well() {
    let mut seen = BTreeSet::new();
    for rule in RULES {
        for (of, code) in rule.calls.iter().flat_map(|of| rule.codes.iter().map(move |code| (of, code))) {
            assert!(seen.insert((of, code)), "{of}: {code} stands in the table twice");
        }
    }
}

/// Names of calls such as `iam:CreateUser` in string literals of the code.
fn calls_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            calls_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !["tests.rs", "rules.rs", "calls.rs"].contains(&name.as_str())
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let made = text.lines().filter(|line| {
                line.contains("CallError::") || line.contains("from_sdk(") || line.contains("CALL")
            });
            for quoted in made.flat_map(|line| line.split('"').skip(1).step_by(2)) {
                let is_call = quoted.split_once(':').is_some_and(|(service, operation)| {
                    service.bytes().all(|b| b.is_ascii_lowercase())
                        && operation.starts_with(|c: char| c.is_ascii_alphabetic())
                        && operation.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
                });
                if is_call {
                    found.insert(quoted.to_owned());
                }
            }
        }
    }
}

#[test]
fn every_call_that_the_code_makes_is_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut made = BTreeSet::new();
    for folder in SOURCES {
        calls_in(&root.join(folder), &mut made);
    }
    assert!(made.len() > 50, "{made:?}");
    let unknown: Vec<&String> = made
        .iter()
        .filter(|call| !call.starts_with("slack:") && !CALLS.iter().any(|(known, _)| known == call))
        .collect();
    assert!(unknown.is_empty(), "error/calls.rs and docs/errors.md lack {unknown:?}");
}

#[test]
fn what_an_account_or_a_token_lacks_waits_and_what_a_request_lacks_does_not() {
    let of = |call, code| word(remedy(call, Some(code), 400));
    for code in
        ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"]
    {
        assert_eq!(of("dynamodb:GetItem", code), "operator", "{code}");
    }
    assert_eq!(of("iam:CreateUser", "LimitExceeded"), "operator", "users of an account");
    assert_eq!(of("iam:PutUserPolicy", "LimitExceeded"), "final", "one role's own policy");
    assert_eq!(of("iam:AttachUserPolicy", "NoSuchEntity"), "final");
    for call in ["iam:CreateUser", "iam:AttachUserPolicy", "sts:AssumeRole"] {
        assert_eq!(of(call, "AccessDenied"), "final", "{call}: the request fails, and its requester is told");
    }
    assert_eq!(of("iam:DeleteUser", "AccessDenied"), "operator", "an ending is never given up");
    assert_eq!(of("iam:CreateUser", "NoSuchEntity"), "operator", "the boundary is the worker's own setting");
    assert_eq!(of("scheduler:CreateSchedule", "ValidationException"), "operator");
    assert_eq!(of("ses:SendEmail", "SendingPausedException"), "operator");
    assert_eq!(of("ses:SendEmail", "MessageRejected"), "final");
    assert_eq!(of("sqs:SendMessage", "KmsDisabled"), "operator");
}

#[test]
fn an_unknown_code_goes_by_its_status() {
    let of = |call, status| word(remedy(call, Some("NewCode"), status));
    for status in [408, 425, 429, 500, 502, 503, 504, 599] {
        assert_eq!(of("iam:CreateUser", status), "retry", "{status}");
    }
    for status in [401, 403, 407] {
        assert_eq!(of("dynamodb:GetItem", status), "operator", "{status}");
    }
    assert_eq!(of("iam:CreateUser", 400), "final");
    assert_eq!(of("iam:DetachUserPolicy", 400), "operator", "an ending is never given up");
    assert_eq!(word(remedy("iam:GetUser", None, 408)), "retry", "no code at all");
}
