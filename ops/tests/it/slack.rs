//! `keylease slack manifest`: what Slack takes, and what is used.

use serde_json::Value;

use crate::stage::{Ran, Stage};

async fn manifest(url: &str, name: &str) -> Ran {
    Stage::new().await.keylease(&["slack", "manifest", "--url", url, "--name", name]).await
}

async fn filled() -> Value {
    manifest("https://in.example.com/", "AWS access").await.json()
}

/// The limits are those of Slack's schema of manifests, version 2.
#[tokio::test]
async fn the_manifest_keeps_slacks_limits() {
    let manifest = filled().await;
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

#[tokio::test]
async fn slack_is_sent_to_the_routes_that_the_ingress_has() {
    let manifest = filled().await;
    assert_eq!(
        manifest["settings"]["interactivity"]["request_url"],
        "https://in.example.com/slack/interactions"
    );
    assert_eq!(manifest["features"]["slash_commands"][0]["url"], "https://in.example.com/slack/commands");
    let events = &manifest["settings"]["event_subscriptions"];
    assert_eq!(events["request_url"], "https://in.example.com/slack/events");
    let readme = include_str!("../../../slack-workflow/README.md");
    for event in events["bot_events"].as_array().unwrap() {
        assert!(readme.contains(&format!("| `{}` |", event.as_str().unwrap())), "{event} has no reason");
    }
    let interactivity = &manifest["settings"]["interactivity"];
    assert_eq!(interactivity["message_menu_options_url"], interactivity["request_url"]);
    let shortcuts = manifest["features"]["shortcuts"].as_array().unwrap();
    let handled: Vec<_> = shortcuts.iter().map(|s| s["callback_id"].as_str().unwrap()).collect();
    assert_eq!(handled, [slack::ids::REQUEST_ACCESS]);
}

#[tokio::test]
async fn it_asks_for_the_scopes_that_are_used_and_each_is_explained() {
    let readme = include_str!("../../../slack-workflow/README.md");
    let manifest = filled().await;
    let scopes = manifest["oauth_config"]["scopes"]["bot"].as_array().unwrap();
    assert_eq!(
        *scopes,
        ["chat:write", "chat:write.public", "commands", "usergroups:read", "users:read", "users:read.email"]
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

#[tokio::test]
async fn an_upgrade_names_what_is_new_since_the_installed_manifest() {
    let mut installed = filled().await;
    let stage = Stage::new().await;
    let path = std::env::temp_dir().join(format!("keylease-manifest-{}.json", std::process::id()));
    let path = path.to_str().unwrap();
    let changed = async |installed: &str, more: &[&str]| {
        std::fs::write(path, installed).unwrap();
        let line = [
            "slack",
            "manifest",
            "--url",
            "https://in.example.com",
            "--name",
            "AWS access",
            "--installed",
            path,
        ];
        stage.keylease(&[&line[..], more].concat()).await
    };
    let same = changed(&installed.to_string(), &[]).await;
    assert!(same.status == 0 && same.out.contains("nothing changed"), "{}", same.shown());
    // As it was before user groups, events and steps.
    installed["oauth_config"]["scopes"]["bot"] = serde_json::json!([
        "chat:write",
        "chat:write.public",
        "commands",
        "users:read",
        "users:read.email",
        "old:scope"
    ]);
    installed["settings"].as_object_mut().unwrap().remove("event_subscriptions");
    installed.as_object_mut().unwrap().remove("functions");
    let ran = changed(&installed.to_string(), &[]).await;
    for part in [
        "new scope usergroups:read: who is in a user group",
        "gone scope old:scope",
        "new event user_change: ends the access",
        "new event app_home_opened",
        "new workflow step request_access",
        "new setting the URL of events",
        "install the app again",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.shown());
    }
    let json = changed(&installed.to_string(), &["--json"]).await.json();
    assert_eq!(json["install_again"], true);
    let found =
        crate::json::differences(&json, &crate::json::documented("slack manifest --installed"), "changes");
    assert!(found.is_empty(), "{found:#?}");
    for no_manifest in ["", "hello", "[]", "{}"] {
        let ran = changed(no_manifest, &[]).await;
        assert!(ran.status == 1 && ran.shown().contains("is no manifest"), "{no_manifest}: {}", ran.shown());
    }
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn a_name_is_kept_as_it_is_typed() {
    for name in ["Keylease", "the \"best\"", "a\\b", "Zugänge"] {
        let manifest = manifest("https://in.example.com", name).await.json();
        assert_eq!(manifest["display_information"]["name"], name);
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused() {
    for url in
        ["http://in.example.com", "https://", "in.example.com", "https://in.example.com/path", "https://a b"]
    {
        assert_eq!(manifest(url, "Keylease").await.status, 2, "{url}");
    }
    for name in ["", "  ", "a\nb", &"n".repeat(36)] {
        assert_eq!(manifest("https://in.example.com", name).await.status, 2, "{name:?}");
    }
}
