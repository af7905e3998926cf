//! A grant that is a role of its own: the whole way, in both accounts, and what is taken back of one that cannot be made.

use aws_config::SdkConfig;
use aws_sdk_iam::Client as Iam;
use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::deployed::Deployed;
use endpoint::furnish::attach_to_role;

use crate::attached::tag;

pub(crate) async fn goes_the_whole_way(stack: &Deployed) {
    let mails = stack.mails_to("dana@example.com").await;
    let id = stack.live(DANA, "payments", "Own", "1h").await;
    let role = the_role(stack, &stack.main).await;
    assert_eq!(role.role_name, format!("keylease-{id}"));
    assert_eq!(stack.until(&id, "ACTIVE").await["principal"], role.arn.as_str());
    assert_eq!(stack.mails_to("dana@example.com").await, mails, "nothing is mailed");
    stack.expect_message(DANA, &[role.arn.as_str()]).await;
    let trust = endpoint::inspect::decoded(&role.assume_role_policy_document.expect("whom it trusts"));
    assert!(trust.contains("user/dana@example.com"), "{trust}");
    attach_to_role(&stack.main, &role.role_name, "live").await;
    sweep(stack).await;
    stack.ended(DANA, &id).await;
    assert!(stack.grant_roles(&stack.main).await.is_empty());
    leftover_is_swept(stack, &stack.main, "lostrole000000-0").await;
}

/// The catalogue offers a policy that the stack does not list: IAM refuses it, and provision takes back what there is.
pub(crate) async fn that_cannot_be_made_leaves_nothing(stack: &Deployed) {
    let (id, message) = stack.asked(DANA, "payments", "OwnAdmin", "1h").await;
    let name = format!("keylease-{id}");
    let boundary = stack.made["policies"]["keylease-boundary"]["arn"].as_str().expect("the boundary");
    let make = Iam::new(&stack.main).create_role().role_name(&name).path("/keylease/");
    let make = make.tags(tag("keylease:request-id", &id)).permissions_boundary(boundary);
    make.assume_role_policy_document(NOBODY).send().await.expect("a role that a try before this one left");
    attach_to_role(&stack.main, &name, "before").await;
    stack.click(OLIVIA, &message, "approve").await;
    let request = stack.until_gone(&id, "FAILED").await;
    assert!(request["failure"].as_str().is_some_and(|why| why.contains("AttachRolePolicy")), "{request}");
    assert!(stack.grant_roles(&stack.main).await.is_empty());
}

pub(crate) async fn lives_in_the_member_account(stack: &Deployed) {
    let id = stack.live(DANA, "elsewhere", "Own", "1h").await;
    let role = the_role(stack, &stack.member).await;
    attach_to_role(&stack.member, &role.role_name, "there").await;
    sweep(stack).await;
    stack.ended(DANA, &id).await;
    assert!(stack.grant_roles(&stack.member).await.is_empty());
    leftover_is_swept(stack, &stack.member, "lostrole111111-0").await;
}

const NOBODY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;

async fn the_role(stack: &Deployed, account: &SdkConfig) -> aws_sdk_iam::types::Role {
    let mut roles = stack.grant_roles(account).await;
    assert_eq!(roles.len(), 1, "{roles:?}");
    roles.remove(0)
}

async fn sweep(stack: &Deployed) {
    stack.send("keylease-revoke", r#"{"version":1,"job":"sweep"}"#).await;
}

/// A role whose time is over, and of which only its own tags know.
async fn leftover_is_swept(stack: &Deployed, account: &SdkConfig, id: &str) {
    let make = Iam::new(account).create_role().role_name(format!("keylease-{id}")).path("/keylease/");
    let make =
        make.tags(tag("keylease:request-id", id)).tags(tag("keylease:expires-at", "2026-01-01T00:00:00Z"));
    make.assume_role_policy_document(NOBODY).send().await.expect("a leftover");
    sweep(stack).await;
    endpoint::eventually("the leftover is gone", endpoint::PATIENCE, async || {
        stack.grant_roles(account).await.is_empty().then_some(())
    })
    .await;
}
