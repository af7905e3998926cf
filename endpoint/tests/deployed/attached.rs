//! What a role may not attach, and taking away what somebody else did.

use aws_config::SdkConfig;
use aws_sdk_iam::Client as Iam;
use aws_sdk_iam::types::Tag;
use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::deployed::Deployed;
use endpoint::furnish::attach;
use serde_json::json;

/// The catalogue offers a policy that the stack does not list: IAM refuses it, and provision takes back what it had made,
/// with all that somebody attached meanwhile.
pub(crate) async fn what_is_not_listed_is_not_attached(stack: &Deployed) {
    let (id, message) = stack.asked(DANA, "payments", "Admin", "1h").await;
    let name = format!("keylease-{id}");
    let boundary = stack.made["policies"]["keylease-boundary"]["arn"].as_str().expect("the boundary");
    let make = Iam::new(&stack.main).create_user().user_name(&name).path("/keylease/");
    let make = make.tags(tag("keylease:request-id", &id));
    make.permissions_boundary(boundary).send().await.expect("a user that a try before this one left");
    attach(&stack.main, &name, "before").await;
    stack.schedule_left_by_a_try(&name).await;
    stack.click(OLIVIA, &message, "approve").await;
    let request = stack.until_gone(&id, "FAILED").await;
    assert!(request["failure"].as_str().is_some_and(|why| why.contains("AttachUserPolicy")), "{request}");
    assert!(stack.users(&stack.main).await.is_empty());
    let refused = stack.decisions().into_iter().find(|decision| {
        decision.action == "iam:AttachUserPolicy"
            && decision.caller.contains("role/keylease-provision/")
            && !decision.allowed
    });
    assert!(refused.is_some(), "IAM itself refused it");
}

pub(crate) async fn what_was_attached_goes_too(stack: &Deployed) {
    let id = stack.live(DANA, "payments", "ReadOnly", "1h").await;
    attach(&stack.main, &format!("keylease-{id}"), "live").await;
    stack.ended(DANA, &id).await;
    assert!(stack.users(&stack.main).await.is_empty());
}

/// A user whose record, schedule and message are lost is found by its own tags; a request that nobody decided lapses: by
/// the index when it bears the mark, and by the look at the whole table when it does not.
pub(crate) async fn a_leftover_is_swept(stack: &Deployed) {
    leave(&stack.main, "lost0000000000-0").await;
    let old = json!({ "request_id": "old000000000000-0", "status": "PENDING", "project": "payments", "role": "ReadOnly",
        "duration_seconds": 3_600, "requester_slack_id": DANA, "requester_name": "dana", "created_at": 1_700_000_000,
        "version": 1, "open": "yes" });
    let mut unmarked = old.clone();
    unmarked["request_id"] = json!("old111111111111-0");
    unmarked.as_object_mut().expect("a record").remove("open");
    stack.put("keylease-requests", &old).await;
    stack.put("keylease-requests", &unmarked).await;
    stack.send("keylease-revoke", r#"{"version":1,"job":"sweep"}"#).await;
    stack.until("old000000000000-0", "LAPSED").await;
    stack.send("keylease-revoke", r#"{"version":1,"job":"sweep_all"}"#).await;
    stack.until("old111111111111-0", "LAPSED").await;
    endpoint::eventually("the leftover is gone", endpoint::PATIENCE, async || {
        stack.users(&stack.main).await.is_empty().then_some(())
    })
    .await;
}

/// A user whose time is over, and of which only its own tags know.
pub(crate) async fn leave(account: &SdkConfig, id: &str) {
    let make = Iam::new(account).create_user().user_name(format!("keylease-{id}")).path("/keylease/");
    let make =
        make.tags(tag("keylease:request-id", id)).tags(tag("keylease:expires-at", "2026-01-01T00:00:00Z"));
    make.send().await.expect("a leftover");
}

pub(crate) fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().expect("a tag")
}
