//! What the manifest says otherwise than the one that was installed, so that an upgrade names what somebody has to agree to.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// Where the lists of a manifest are whose items have a name, what an item is called, and which of its fields names it.
const LISTS: [(&str, &str, Option<&str>); 4] = [
    (SCOPES, "scope", None),
    ("/settings/event_subscriptions/bot_events", "event", None),
    ("/features/shortcuts", "shortcut", Some("callback_id")),
    ("/features/slash_commands", "slash command", Some("command")),
];
const SCOPES: &str = "/oauth_config/scopes/bot";
/// Settings that matter, and what they are called.
const SETTINGS: [(&str, &str); 8] = [
    ("/settings/event_subscriptions/request_url", "the URL of events"),
    ("/settings/interactivity/request_url", "the URL of interactions"),
    ("/settings/interactivity/message_menu_options_url", "the URL of lists that are searched"),
    ("/settings/org_deploy_enabled", "installation for a whole organisation"),
    ("/settings/function_runtime", "where workflow steps run"),
    ("/features/app_home/home_tab_enabled", "the App Home tab"),
    ("/features/app_home/messages_tab_enabled", "the tab of messages"),
    ("/display_information/name", "the app's name"),
];
/// Why each scope and event is needed. `slack-workflow/README.md` has it at length.
const REASONS: [(&str, &str); 9] = [
    ("chat:write", "asks the approvers and tells people what becomes of a request"),
    ("chat:write.public", "posts in public channels that the app was not invited to"),
    ("commands", "the slash command and the shortcut"),
    ("usergroups:read", "who is in a user group that the catalogue names"),
    ("users:read", "whether whoever clicks is active, and events of deactivated accounts"),
    ("users:read.email", "where a credential is sent"),
    ("app_home_opened", "draws the App Home"),
    ("function_executed", "a workflow's step asks for access"),
    ("user_change", "ends the access of a deactivated account"),
];

/// What changed since an installed manifest.
#[derive(Debug, Serialize)]
pub struct Changes {
    /// Each change, scopes first.
    changes: Vec<Difference>,
    /// Whether the app has to be installed anew, since it asks for more.
    install_again: bool,
}

#[derive(Debug, Serialize)]
struct Difference {
    /// `scope`, `event`, `shortcut`, `slash command`, `workflow step` or `setting`.
    what: &'static str,
    name: String,
    /// `new`, `gone` or `changed`.
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

impl Changes {
    /// From an installed manifest to this one.
    #[must_use]
    pub fn between(installed: &Value, now: &Value) -> Self {
        let mut changes = Vec::new();
        for (at, what, field) in LISTS {
            compare(what, &names(installed, at, field), &names(now, at, field), &mut changes);
        }
        let steps = |manifest: &Value| -> BTreeSet<String> {
            let steps = manifest.get("functions").and_then(Value::as_object);
            steps.into_iter().flat_map(|steps| steps.keys().cloned()).collect()
        };
        compare("workflow step", &steps(installed), &steps(now), &mut changes);
        for (at, name) in SETTINGS {
            let (before, after) = (installed.pointer(at), now.pointer(at));
            let change = match (before, after) {
                (None, Some(_)) => "new",
                (Some(_), None) => "gone",
                (Some(before), Some(after)) if before != after => "changed",
                (Some(_), Some(_)) | (None, None) => continue,
            };
            changes.push(Difference { what: "setting", name: name.to_owned(), change, why: None });
        }
        let install_again = changes.iter().any(|one| one.what == "scope" && one.change == "new");
        Self { changes, install_again }
    }
}

/// A line for each change, and what to do.
impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return f.write_str("nothing changed: the installed manifest is up to date");
        }
        for Difference { what, name, change, why } in &self.changes {
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            writeln!(f, "{change} {what} {name}{why}")?;
        }
        f.write_str(if self.install_again {
            "Replace the app's manifest by the new one, then install the app again: a scope is new, and in many workspaces an \
             admin has to agree."
        } else {
            "Replace the app's manifest by the new one. No scope is new, so nobody has to agree again."
        })
    }
}

fn names(manifest: &Value, at: &str, field: Option<&str>) -> BTreeSet<String> {
    let items = manifest.pointer(at).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let name = |item: &Value| match field {
        Some(field) => item.get(field)?.as_str().map(str::to_owned),
        None => item.as_str().map(str::to_owned),
    };
    items.iter().filter_map(name).collect()
}

fn compare(
    what: &'static str,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
    changes: &mut Vec<Difference>,
) {
    let why = |name: &str| REASONS.iter().find(|(known, _)| *known == name).map(|(_, why)| *why);
    for name in after.difference(before) {
        changes.push(Difference { what, name: name.clone(), change: "new", why: why(name) });
    }
    for name in before.difference(after) {
        changes.push(Difference { what, name: name.clone(), change: "gone", why: None });
    }
}
