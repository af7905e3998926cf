//! The manifest that the Slack app is made from: what it asks for, and where Slack reaches this deployment.

mod changes;

use serde_json::Value;

pub use changes::Changes;

/// `slack-workflow/README.md` says why it asks for what it asks for.
const TEMPLATE: &str = include_str!("../../../slack-workflow/manifest.json");
/// Slack's own limit of an app's name, in characters.
const NAME_MAX_CHARS: usize = 35;

/// Why there is no such manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoManifest {
    /// Slack calls nothing but https, and the routes are added here.
    #[error("`{0}` is not an https URL without a path")]
    Url(String),
    /// The app's name.
    #[error("an app's name has 1 to {NAME_MAX_CHARS} characters in Slack")]
    Name,
}

/// The manifest of an app of this name, for an ingress at this URL; as JSON.
pub fn manifest(url: &str, name: &str) -> Result<String, NoManifest> {
    let (url, name) = (checked_url(url)?, Value::from(checked_name(name)?).to_string());
    let escaped = name.get(1..name.len() - 1).unwrap_or_default();
    Ok(TEMPLATE.replace("{{URL}}", url).replace("{{NAME}}", escaped).trim_end().to_owned())
}

fn checked_url(url: &str) -> Result<&str, NoManifest> {
    let trimmed = url.trim_end_matches('/');
    let host = trimmed.strip_prefix("https://").unwrap_or_default();
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    let is_whole = !host.is_empty() && host.chars().all(is_host);
    if is_whole { Ok(trimmed) } else { Err(NoManifest::Url(url.to_owned())) }
}

fn checked_name(name: &str) -> Result<&str, NoManifest> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= NAME_MAX_CHARS && !name.contains(char::is_control);
    if fits { Ok(name) } else { Err(NoManifest::Name) }
}
