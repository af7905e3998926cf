//! `keylease slack`: the manifest of the Slack app, with this deployment's URL in it.

mod changes;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::cli::slack::Slack;
use crate::commands::slack::changes::Changes;
use crate::env::Env;
use crate::failure::Failure;

/// `slack-workflow/README.md` says why it asks for what it asks for.
const TEMPLATE: &str = include_str!("../../../slack-workflow/manifest.json");

/// Slack's own limit of an app's name, in characters.
const NAME_MAX_CHARS: usize = 35;

/// Longest manifest that is read, in bytes. Slack's own have a few thousand.
const INSTALLED_MAX_BYTES: u64 = 256 * 1024;

pub(super) async fn run(slack: &Slack, as_json: bool, env: &Env) -> Result<(), Failure> {
    let Slack::Manifest { url, name, installed } = slack;
    let manifest = manifest(url, name)?;
    let Some(path) = installed else { return env.terminal.print(&manifest) };
    let installed = read(path, env).await?;
    let now = serde_json::from_str(&manifest)
        .map_err(|error| Failure::new("the manifest is not JSON").because(error))?;
    env.terminal.show(&Changes::between(&installed, &now), as_json)
}

/// The manifest that was installed.
async fn read(path: &Path, env: &Env) -> Result<Value, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::new(format!("{} is no manifest", path.display()))
            .because(error)
            .hint("it is JSON: what keylease slack manifest printed then, or the app's page shows under App Manifest")
    };
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        env.unless_stopped(env.terminal.read_input(INSTALLED_MAX_BYTES)).await?
    } else {
        File::open(path)
            .and_then(|file| file.take(INSTALLED_MAX_BYTES).read_to_end(&mut bytes))
            .map(|_| bytes)
    };
    let bytes = read.map_err(|error| unreadable(&error))?;
    let installed: Value = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
    if installed.get("display_information").is_none() {
        return Err(unreadable(&"it has no display_information"));
    }
    Ok(installed)
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
