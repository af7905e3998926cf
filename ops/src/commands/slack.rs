//! `keylease slack`: the manifest of the Slack app, with this deployment's URL in it.

use serde_json::Value;

use crate::cli::slack::Slack;
use crate::env::Env;
use crate::failure::Failure;

/// `slack-workflow/README.md` says why it asks for what it asks for.
const TEMPLATE: &str = include_str!("../../../slack-workflow/manifest.json");

/// Slack's own limit of an app's name, in characters.
const NAME_MAX_CHARS: usize = 35;

pub(super) fn run(slack: &Slack, env: &Env) -> Result<(), Failure> {
    let Slack::Manifest { url, name } = slack;
    env.terminal.print(&manifest(url, name)?)
}

fn manifest(url: &str, name: &str) -> Result<String, Failure> {
    let (url, name) = (checked_url(url)?, Value::from(checked_name(name)?).to_string());
    let escaped = name.get(1..name.len() - 1).unwrap_or_default();
    Ok(TEMPLATE.replace("{{URL}}", url).replace("{{NAME}}", escaped).trim_end().to_owned())
}

/// Slack calls nothing but https, and the routes are added here.
fn checked_url(url: &str) -> Result<&str, Failure> {
    let trimmed = url.trim_end_matches('/');
    let host = trimmed.strip_prefix("https://").unwrap_or_default();
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    if host.is_empty() || !host.chars().all(is_host) {
        return Err(Failure::wrong_usage(format!("`{url}` is not an https URL without a path"))
            .hint("it is the stack's output for the ingress, such as https://abc123.execute-api.eu-west-1.amazonaws.com"));
    }
    Ok(trimmed)
}

fn checked_name(name: &str) -> Result<&str, Failure> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX_CHARS || name.contains(char::is_control) {
        let what = format!("an app's name has 1 to {NAME_MAX_CHARS} characters in Slack");
        return Err(Failure::wrong_usage(what));
    }
    Ok(name)
}
