//! `keylease slack`: the manifest of the Slack app, with this deployment's URL in it.

use std::path::Path;

use serde_json::Value;
use slack::manifest::{Changes, NoManifest, manifest};

use crate::cli::slack::Slack;
use crate::env::Env;
use crate::failure::Failure;
use crate::input;
use crate::terminal::{Shown, Terminal};

/// Longest manifest that is read, in bytes. Slack's own have a few thousand.
const INSTALLED_MAX_BYTES: u64 = 256 * 1024;

pub(super) async fn run(slack: &Slack, as_json: bool, env: &Env) -> Result<(), Failure> {
    let Slack::Manifest { url, name, installed } = slack;
    let manifest = manifest(url, name).map_err(|why| {
        let failure = Failure::wrong_usage(why.to_string());
        match why {
            NoManifest::Url(_) => failure.hint(
                "it is the stack's output for the ingress, such as https://abc123.execute-api.eu-west-1.amazonaws.com",
            ),
            NoManifest::Name => failure,
        }
    })?;
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
    let bytes = input::read(path, INSTALLED_MAX_BYTES, env).await?.map_err(|error| unreadable(&error))?;
    let installed: Value = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
    if installed.get("display_information").is_none() {
        return Err(unreadable(&"it has no display_information"));
    }
    Ok(installed)
}

impl Shown for Changes {
    fn text(&self, _: &Terminal) -> String {
        self.to_string()
    }
}
