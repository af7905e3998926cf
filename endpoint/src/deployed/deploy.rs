//! Runs the deployment program, whose resources are made in the emulator.

use std::process::Command;

use serde_json::{Value, json};
use testkit::slack::EmbeddedSlack;

use super::names::{AT_URL, LISTED_POLICY, MAIN, MEMBER, REGION, SENDER, member_role_arn, session_role_arn};
use crate::payload::SIGNING_SECRET;
use crate::settings;
use crate::workspace::{BOT_TOKEN, WORKFLOW_TOKEN};

/// The stack itself, in its own account, with everything that can be granted.
pub(super) fn main_stack(endpoint: &str, slack: &EmbeddedSlack) -> Value {
    let config = [
        ("sessionRoleArns", json!([session_role_arn(MAIN)]).to_string()),
        ("accountRoleArns", json!([member_role_arn()]).to_string()),
    ];
    stack("main", MAIN, endpoint, slack, &config)
}

/// The stack with a function URL for its ingress, and with the other ways of what else can be configured: a domain that is
/// the sender's, SES in its sandbox, alarms by email, tables that may be deleted, logs kept for less long.
pub(super) fn at_function_url(endpoint: &str, slack: &EmbeddedSlack) -> Value {
    let domain = SENDER.rsplit('@').next().unwrap_or_default();
    let config = [
        ("ingress", "function-url".to_owned()),
        ("mailIdentity", domain.to_owned()),
        ("mailSandbox", "true".to_owned()),
        ("alarmEmail", "oncall@example.com".to_owned()),
        ("deletionProtection", "false".to_owned()),
        ("logRetentionDays", "7".to_owned()),
    ];
    stack("function-url", AT_URL, endpoint, slack, &config)
}

fn stack(name: &str, account: &str, endpoint: &str, slack: &EmbeddedSlack, own: &[(&str, String)]) -> Value {
    let shared = [
        ("sender", SENDER.to_owned()),
        ("policyArns", json!([LISTED_POLICY]).to_string()),
        ("architecture", "x86_64".to_owned()),
        ("minDuration", "5s".to_owned()),
    ];
    let secrets = [
        ("slackSigningSecret", SIGNING_SECRET),
        ("workflowToken", WORKFLOW_TOKEN),
        ("slackBotToken", BOT_TOKEN),
    ];
    let mut line = vec!["--packages".to_owned(), settings::packages().display().to_string()];
    let config = shared.iter().chain(own);
    line.extend(config.flat_map(|(key, value)| ["--config".to_owned(), format!("{key}={value}")]));
    line.extend(secrets.iter().flat_map(|(key, value)| ["--secret".to_owned(), format!("{key}={value}")]));
    line.extend(["--env".to_owned(), format!("SLACK_API_URL={}", slack.api_url())]);
    deploy(name, "main", account, endpoint, &line)
}

/// The stack of the member account.
pub(super) fn member_stack(endpoint: &str) -> Value {
    let config = [
        ("hubAccount", MAIN.to_owned()),
        ("policyArns", json!([LISTED_POLICY]).to_string()),
        ("sessionRoleArns", json!([session_role_arn(MEMBER)]).to_string()),
    ];
    let line = config.iter().flat_map(|(key, value)| ["--config".to_owned(), format!("{key}={value}")]);
    deploy("member", "member", MEMBER, endpoint, &line.collect::<Vec<_>>())
}

fn deploy(name: &str, stack: &str, account: &str, endpoint: &str, line: &[String]) -> Value {
    let out = settings::logs().join(format!("deployed-{name}.json"));
    let run = Command::new("node")
        // The SDK warns of the next version of Node; the answer is to what is deployed.
        .arg("--no-warnings")
        .arg(settings::deployment().join("build/deploy-to-emulator/main.js"))
        .args(["deploy", "--stack", stack, "--account", account, "--region", REGION, "--endpoint", endpoint])
        .arg("--out")
        .arg(&out)
        .args(line)
        .output()
        .expect("node");
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "the stack {name} is not deployed: {said}");
    #[expect(
        clippy::print_stdout,
        reason = "what the emulator cannot express is said, so that nobody takes it for proved"
    )]
    {
        println!("{name}: {}", String::from_utf8_lossy(&run.stdout).trim());
    }
    let made = std::fs::read_to_string(&out).expect("what was made");
    serde_json::from_str(&made).expect("what was made, as JSON")
}
