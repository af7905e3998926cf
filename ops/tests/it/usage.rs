//! What a wrong command line and a missing variable say.

use clap::CommandFactory;
use ops::Cli;
use serde_json::json;

use crate::grants_list::{NOW, record, with};
use crate::stage::Stage;

#[tokio::test]
async fn a_wrong_command_line_ends_with_2() {
    let stage = Stage::new().await;
    for wrong in [&["grant"][..], &["grants", "revoke"], &["grants", "show"], &["dlq", "drop", "revoke"]] {
        let ran = stage.keylease(wrong).await;
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{wrong:?}: {}", ran.err);
        assert!(ran.err.starts_with("error:"), "{wrong:?}: {}", ran.err);
    }
}

#[tokio::test]
async fn help_and_completions_are_results() {
    let stage = Stage::new().await;
    for line in [&["--help"][..], &["dlq", "replay", "--help"], &["completions", "bash"], &["--version"]] {
        let ran = stage.keylease(line).await;
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{line:?}");
        assert!(ran.out.contains("keylease"), "{line:?}");
    }
}

fn leaves(command: &clap::Command, path: &str, found: &mut Vec<(String, String)>) {
    let path = format!("{path} {}", command.get_name()).trim().to_owned();
    if command.has_subcommands() {
        command.get_subcommands().for_each(|inner| leaves(inner, &path, found));
    } else {
        found.push((path, command.get_after_help().map(ToString::to_string).unwrap_or_default()));
    }
}

#[test]
fn every_command_has_an_example_of_itself() {
    let mut found = Vec::new();
    leaves(&Cli::command(), "", &mut found);
    assert!(found.len() >= 11, "{found:?}");
    for (path, help) in found {
        assert!(help.starts_with("Example") && help.contains(&path), "{path}: {help}");
    }
    Cli::command().debug_assert();
}

#[tokio::test]
async fn only_a_yes_is_a_yes() {
    let stage = Stage::new().await;
    let live = with(record("a-0", "ACTIVE", "U0DANA", NOW - 60), json!({ "expires_at": NOW + 1_800 }));
    stage.put_request(&live).await;
    let line = ["grants", "revoke", "a-0", "--no-wait"];
    for no in ["no\n", "", "what?\nwhat?\nwhat?\nyes\n"] {
        let ran = stage.answering(no, &line).await;
        assert!(ran.status == 1 && ran.err.contains("aborted"), "{no:?}: {}", ran.shown());
    }
    assert!(stage.aws.queue("keylease-revoke").unwrap().messages.is_empty());
    for yes in ["yes\n", "what?\nY\n"] {
        let ran = stage.answering(yes, &line).await;
        assert_eq!(ran.status, 0, "{yes:?}: {}", ran.shown());
    }
    assert_eq!(stage.aws.queue("keylease-revoke").unwrap().messages.len(), 2);
}
