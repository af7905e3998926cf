//! The whole way of a grant with an IAM user of its own: asked, approved, delivered, used.

use std::collections::BTreeMap;

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::key::Key;
use endpoint::{PATIENCE, Stage, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_user_grant_goes_the_whole_way() {
    let stage = Stage::open().await;
    let asked = stage.dana_asks("ReadOnly", "2h").await;
    let pending = stage.only_request("PENDING").await;
    assert_eq!(pending["project"], "payments");
    assert_eq!(pending["duration_seconds"], 7200);
    assert!(pending["expires_at"].is_null(), "nothing is granted yet: {pending:#}");

    stage.click(OLIVIA, &asked, "approve").await;
    let mail = stage.first_mail().await;
    assert_eq!(mail.to, ["dana@example.com"]);
    let key = Key::in_mail(&mail.text);
    let request = stage.only_request("ACTIVE").await;
    let id = request["request_id"].as_str().expect("an id");
    let user = format!("keylease-{id}");

    // The record says what the contract says that it says.
    for (field, value) in [
        ("role", "ReadOnly"),
        ("justification", "looking into ticket 42"),
        ("requester_slack_id", DANA),
        ("requester_email", "dana@example.com"),
        ("approver_slack_id", OLIVIA),
        ("principal", user.as_str()),
        ("access_key_id", key.id.as_str()),
    ] {
        assert_eq!(request[field], value, "{field} in {request:#}");
    }
    let time = |field: &str| request[field].as_i64().unwrap_or_else(|| panic!("{field} in {request:#}"));
    assert!(time("created_at") <= time("decided_at"));
    assert_eq!(time("expires_at"), time("decided_at") + 7200);
    assert!(request["version"].is_number() && request["gone_at"].is_null() && request["failure"].is_null());

    // The key works, and only as far as the role goes.
    let identity = key.identity().await.expect("a key that works");
    assert_eq!(identity, format!("arn:aws:iam::{}:user/keylease/{user}", stage.cloud.account));
    assert_eq!(key.reads().await, Ok(()));
    assert_eq!(key.makes_a_user().await, Err(String::from("AccessDenied")));

    // IAM has one user, tagged and guarded, with one key; the end is scheduled.
    let users = stage.cloud.users().await;
    assert_eq!(users.len(), 1);
    assert_eq!((users[0].path.as_str(), users[0].user_name.as_str()), ("/keylease/", user.as_str()));
    let tags = stage.cloud.tags(&user).await;
    let tags: BTreeMap<&str, &str> = tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())).collect();
    assert_eq!(tags.get("keylease:request-id"), Some(&id));
    assert_eq!(tags.get("keylease:project"), Some(&"payments"));
    assert!(tags.contains_key("keylease:requester"), "{tags:?}");
    let expires = tags.get("keylease:expires-at").expect("the end as a tag");
    assert!(expires.ends_with('Z'), "RFC 3339 in UTC, not {expires}");
    let guards = stage.cloud.inline_policies(&user).await.join("\n");
    assert!(guards.contains("Deny") && guards.contains("aws:CurrentTime"), "no guard in: {guards}");
    assert!(guards.contains(expires), "the guard ends at {expires}: {guards}");
    assert_eq!(stage.cloud.access_keys(&user).await, [key.id.as_str()]);
    assert_eq!(stage.cloud.schedules().await, [user.as_str()]);

    stage.expect_message(DANA, &["ReadOnly", "email", OLIVIA]).await;
    stage.message_with("revoke").await;
    stage.close().await;
}

/// A credential is never without its end: whenever there is a user, there is a schedule, a guard and its tags.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_exists_before_the_credential() {
    let stage = Stage::open().await;
    let asked = stage.dana_asks("ReadOnly", "1h").await;
    stage.click(OLIVIA, &asked, "approve").await;
    let user = eventually("a user", PATIENCE, async || stage.cloud.users().await.pop()).await;
    assert_eq!(
        stage.cloud.schedules().await,
        [user.user_name.as_str()],
        "the schedule comes before the user"
    );
    let key =
        eventually("a key", PATIENCE, async || stage.cloud.access_keys(&user.user_name).await.pop()).await;
    let guards = stage.cloud.inline_policies(&user.user_name).await.join("\n");
    assert!(guards.contains("aws:CurrentTime"), "the key {key} exists without a guard: {guards}");
    stage.only_request("ACTIVE").await;
    stage.close().await;
}
