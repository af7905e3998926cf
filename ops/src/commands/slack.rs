//! `keylease slack`: the manifest of the Slack app, with this deployment's URL in it.

use serde_json::Value;

use crate::cli::slack::Slack;
use crate::env::Env;
use crate::failure::Failure;

/// `slack-workflow/README.md` says why it asks for what it asks for.
const TEMPLATE: &str = include_str!("../../../slack-workflow/manifest.json");

/// Slack's own limit of an app's name, in characters.
const NAME_MAX_CHARS: usize = 35;

/// Runs `keylease slack`.
pub(super) fn run(slack: &Slack, env: &Env) -> Result<(), Failure> {
    let Slack::Manifest { url, name } = slack;
    env.terminal.print(&manifest(url, name)?)
}

fn manifest(url: &str, name: &str) -> Result<String, Failure> {
    let (url, name) = (checked_url(url)?, checked_name(name)?);
    let unusable = |error| Failure::new("the manifest in this program cannot be used").because(error);
    let mut manifest: Value = serde_json::from_str(TEMPLATE).map_err(unusable)?;
    fill(&mut manifest, &[("{{URL}}", url), ("{{NAME}}", name)]);
    serde_json::to_string_pretty(&manifest).map_err(unusable)
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
        return Err(Failure::wrong_usage(format!(
            "an app's name has 1 to {NAME_MAX_CHARS} characters in Slack"
        )));
    }
    Ok(name)
}

/// Puts the values where their placeholders stand, in every text.
fn fill(value: &mut Value, values: &[(&str, &str)]) {
    match value {
        Value::String(text) => {
            for (placeholder, with) in values {
                *text = text.replace(placeholder, with);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, values)),
        Value::Object(fields) => fields.values_mut().for_each(|field| fill(field, values)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Value {
        serde_json::from_str(&manifest("https://in.example.com/", "AWS access").unwrap()).unwrap()
    }

    /// The limits are those of Slack's schema of manifests, version 2.
    #[test]
    fn the_manifest_keeps_slacks_limits() {
        let manifest = filled();
        assert_eq!(manifest["_metadata"]["major_version"], 2);
        assert_eq!(manifest["display_information"]["name"], "AWS access");
        assert!(manifest["display_information"]["description"].as_str().unwrap().chars().count() <= 140);
        let bot = manifest["features"]["bot_user"]["display_name"].as_str().unwrap();
        assert!(
            bot.len() <= 80 && bot.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        );
        for command in manifest["features"]["slash_commands"].as_array().unwrap() {
            let name = command["command"].as_str().unwrap();
            assert!(name.starts_with('/') && name.len() <= 32, "{name}");
        }
        for shortcut in manifest["features"]["shortcuts"].as_array().unwrap() {
            let length = |field: &str| shortcut[field].as_str().unwrap().chars().count();
            assert!(length("name") <= 24 && length("description") <= 150 && length("callback_id") <= 255);
        }
        assert!(!manifest.to_string().contains("{{"), "a placeholder is left: {manifest}");
    }

    #[test]
    fn slack_is_sent_to_the_routes_that_the_ingress_has() {
        let manifest = filled();
        assert_eq!(
            manifest["settings"]["interactivity"]["request_url"],
            "https://in.example.com/slack/interactions"
        );
        assert_eq!(manifest["features"]["slash_commands"][0]["url"], "https://in.example.com/slack/commands");
        assert!(manifest["settings"].get("event_subscriptions").is_none(), "no event is handled");
        let interactivity = &manifest["settings"]["interactivity"];
        assert_eq!(interactivity["message_menu_options_url"], interactivity["request_url"]);
        let shortcuts = manifest["features"]["shortcuts"].as_array().unwrap();
        let handled: Vec<_> = shortcuts.iter().map(|s| s["callback_id"].as_str().unwrap()).collect();
        assert_eq!(handled, [slack::ids::REQUEST_ACCESS]);
    }

    #[test]
    fn it_asks_for_the_scopes_that_are_used_and_each_is_explained() {
        let readme = include_str!("../../../slack-workflow/README.md");
        let manifest = filled();
        let scopes = manifest["oauth_config"]["scopes"]["bot"].as_array().unwrap();
        assert_eq!(
            *scopes,
            ["chat:write", "chat:write.public", "commands", "users:read", "users:read.email"]
        );
        for scope in scopes {
            assert!(readme.contains(&format!("| `{}` |", scope.as_str().unwrap())), "{scope}");
        }
        let used = include_str!("../../../shared/slack/src/client.rs");
        let methods: Vec<&str> = used
            .split("http_post(\"")
            .chain(used.split("http_get(\"").skip(1))
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|method| method.contains('.'))
            .collect();
        assert!(methods.len() >= 3, "{methods:?}");
        for method in methods {
            assert!(
                readme.contains(&format!("`{method}`")),
                "slack-workflow/README.md does not say what `{method}` needs"
            );
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for url in [
            "http://in.example.com",
            "https://",
            "in.example.com",
            "https://in.example.com/path",
            "https://a b",
        ] {
            assert!(manifest(url, "Keylease").is_err(), "{url}");
        }
        for name in ["", "  ", "a\nb", &"n".repeat(36)] {
            assert!(manifest("https://in.example.com", name).is_err(), "{name:?}");
        }
    }
}
