//! The table of Slack's codes is sound, and is what `docs/errors.md` shows.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::*;

const DOCUMENTATION: &str = include_str!("../../../../docs/errors.md");

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

#[test]
fn the_documentation_shows_the_same_table() {
    let mut slack = String::from("| what it says | codes | remedy |\n|---|---|---|\n");
    for (means, own) in CODES {
        let says = match means {
            Means::Passing => "Slack failed, or is busy",
            Means::App => "the app's token, scopes or workspace",
            Means::Person => "this person cannot get a message",
            Means::Channel => "nothing can be posted in this channel",
            Means::Message => "the message is not there, or cannot be changed",
            Means::View => "the form is closed or shows something newer",
            Means::Request => "what was sent is wrong",
        };
        let _ = writeln!(slack, "| {says} | {} | {} |", codes(own), word(means.remedy()));
    }
    assert!(DOCUMENTATION.contains(&slack), "docs/errors.md should have:\n\n{slack}");
}

#[test]
fn no_code_stands_in_the_table_twice() {
    let all: Vec<&str> = CODES.iter().flat_map(|(_, codes)| codes.iter().copied()).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}
