//! What a role may not attach, and taking away what somebody else did.

use aws_config::SdkConfig;
use aws_sdk_iam::Client as Iam;
use aws_sdk_iam::types::Tag;
use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::deployed::Deployed;
use endpoint::furnish::EVERYTHING;
use serde_json::json;

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

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

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().expect("a tag")
}

/// Everything that IAM can attach to a user and that the emulator has.
pub(crate) async fn attach(account: &SdkConfig, user: &str, what: &str) {
    let iam = Iam::new(account);
    let own = iam.put_user_policy().user_name(user).policy_name("more").policy_document(EVERYTHING);
    own.send().await.expect("an inline policy");
    let attached = iam.attach_user_policy().user_name(user).policy_arn(ADMINISTRATOR);
    attached.send().await.expect("a managed policy");
    iam.create_access_key().user_name(user).send().await.expect("a key");
    let profile = iam.create_login_profile().user_name(user).password("long-Enough-1-for-any-policy");
    profile.send().await.expect("a password");
    let group = format!("friends-{what}");
    iam.create_group().group_name(&group).send().await.expect("a group");
    iam.add_user_to_group().group_name(&group).user_name(user).send().await.expect("a member");
    let device = iam.create_virtual_mfa_device().virtual_mfa_device_name(format!("telephone-{what}"));
    let device = device.send().await.expect("a device").virtual_mfa_device.expect("the device");
    let enable = iam.enable_mfa_device().user_name(user).serial_number(device.serial_number);
    let enable = enable.authentication_code1("123456").authentication_code2("654321");
    enable.send().await.expect("a device of the user");
}
