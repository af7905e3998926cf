//! Command lines as people type them and paste into them: what can mean one thing is taken, and nothing that names nothing
//! means everything.

use serde_json::json;
use service::clock::Clock;

use crate::grants_list::{NOW, record, with};
use crate::stage::Stage;

async fn stage() -> Stage {
    let mut stage = Stage::new().await;
    stage.clock = Clock::reading(|| domain::UnixSeconds(NOW));
    let history = json!({ "expires_at": NOW + 1_800,
        "history": [{"at": NOW - 60, "event": "ask", "to": "PENDING", "by": "U0DANA"}] });
    stage.put_request(&with(record("a-0", "ACTIVE", "U0DANA", NOW - 60), history)).await;
    stage.put_request(&record("b-0", "PENDING", "U0DANA", NOW - 50)).await;
    stage
}

/// A moment that a command has shown can be typed back.
#[tokio::test]
async fn a_moment_is_taken_as_commands_show_it() {
    let stage = stage().await;
    let shown = stage.keylease(&["grants", "show", "a-0"]).await.out;
    let asked = shown.lines().find_map(|line| line.trim().strip_prefix("asked")).expect("when").trim();
    assert!(asked.ends_with(" UTC"), "{shown}");
    for since in [asked, "2026-11-23 14:00 UTC", "2 hours ago", "`24h`", "2026‑11‑23.", "P1D"] {
        let ran = stage.keylease(&["audit", "--since", since]).await;
        assert!(ran.status == 0 && ran.out.contains("\"a-0\""), "{since}: {}", ran.shown());
    }
    for (since, hint) in [
        ("2026-11-23 14:00", "2026-11-23T14:00Z is in UTC"),
        ("2026-11-23T14:00:00", "2026-11-23T14:00:00Z is in UTC"),
        ("yesterday", "an age of up to 365 days"),
        ("23.11.2026", "a date (2026-11-23"),
        ("", "a date (2026-11-23"),
    ] {
        let ran = stage.keylease(&["audit", "--since", since]).await;
        assert!(ran.status == 2 && ran.err.contains(hint), "{since}: {}", ran.shown());
    }
}

#[tokio::test]
async fn a_queue_and_its_messages_are_named_as_they_are_copied() {
    let stage = stage().await;
    stage.park_all("notify", ["not json", "neither"].into_iter()).await;
    let listed = stage.keylease(&["dlq", "list", "--json", "notify"]).await;
    let messages = listed.json()["queues"][0]["messages"].clone();
    let messages = messages.as_array().expect("messages").iter();
    let ids: Vec<&str> = messages.filter_map(|message| message["message_id"].as_str()).collect();
    assert_eq!(ids.len(), 2, "{}", listed.shown());
    for queue in
        ["Notify", "`notify`", "notify,", "notify\u{200B}", "notify-dlq", "NOTIFY-DLQ", "keylease-notify-dlq"]
    {
        let ran = stage.keylease(&["dlq", "list", queue]).await;
        assert!(ran.status == 0 && ran.out.contains("2 jobs"), "{queue}: {}", ran.shown());
    }
    for queue in ["schedule", "schedules"] {
        let ran = stage.keylease(&["dlq", "list", queue]).await;
        assert!(ran.err.contains("SCHEDULER_DLQ_ARN is not set"), "{queue}: {}", ran.shown());
    }
    for queue in ["", "all", "*", "notify revoke"] {
        let ran = stage.keylease(&["dlq", "list", queue]).await;
        assert!(ran.status == 2 && ran.err.contains("there is no queue"), "{queue}: {}", ran.shown());
    }
    // A variable that is empty in a script is not every message.
    for id in ["", " ", ",", "``"] {
        for line in
            [&["dlq", "replay", "notify", "--id", id][..], &["dlq", "drop", "notify", "--yes", "--id", id]]
        {
            let ran = stage.keylease(line).await;
            assert!(ran.status == 2 && ran.err.contains("names no message"), "{line:?}: {}", ran.shown());
        }
    }
    let both = format!("`{}`, {}", ids[0], ids[1]);
    let ran = stage.keylease(&["dlq", "drop", "notify", "--yes", "--id", &both]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(stage.aws.queue("keylease-notify-dlq").unwrap().messages.is_empty());
}
