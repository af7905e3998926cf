//! The whole way of a request, for both kinds of role.

use endpoint::catalogue::{DANA, OLIVIA, SAM, STRANGER};
use endpoint::deployed::{Deployed, LISTED_POLICY};

pub(crate) async fn of_a_user(stack: &Deployed) {
    let (id, message) = stack.asked(DANA, "payments", "ReadOnly", "1h").await;
    stack.click(STRANGER, &message, "approve").await;
    stack.click(SAM, &message, "approve").await;
    let request = stack.until(&id, "ACTIVE").await;
    assert_eq!(request["approver_slack_id"], SAM);
    assert_eq!(stack.mails_to("dana@example.com").await, 1);

    let name = format!("keylease-{id}");
    let iam = aws_sdk_iam::Client::new(&stack.main);
    let user = iam.get_user().user_name(&name).send().await.expect("the user").user.expect("the user");
    assert_eq!(user.path, "/keylease/");
    let boundary = user.permissions_boundary.expect("a boundary").permissions_boundary_arn;
    assert_eq!(boundary.as_deref(), stack.made["policies"]["keylease-boundary"]["arn"].as_str());
    let attached = iam.list_attached_user_policies().user_name(&name).send().await.expect("its policies");
    let attached: Vec<_> =
        attached.attached_policies().iter().filter_map(|policy| policy.policy_arn()).collect();
    assert_eq!(attached, [LISTED_POLICY]);

    stack.ended(DANA, &id).await;
    assert!(stack.users(&stack.main).await.is_empty());
    stack.told(DANA, &["ended"]).await;
}

pub(crate) async fn to_its_end(stack: &Deployed) {
    let id = stack.live(DANA, "payments", "Inline", "8s").await;
    let request = stack.until_gone(&id, "EXPIRED").await;
    assert!(request["gone_at"].as_i64() >= request["expires_at"].as_i64(), "{request}");
    assert!(stack.users(&stack.main).await.is_empty());
}

pub(crate) async fn of_a_session(stack: &Deployed) {
    let id = stack.live(DANA, "payments", "PowerUser", "20s").await;
    let denials = async || {
        let iam = aws_sdk_iam::Client::new(&stack.main);
        let found = iam.list_role_policies().role_name("payments-power").send().await.expect("its policies");
        found.policy_names.into_iter().filter(|name| name.contains("keylease")).count()
    };
    stack.ended(DANA, &id).await;
    assert_eq!(denials().await, 1, "the session is denied on its role");
    // Its schedule stays, and removes the denial when the session's own policy has ended it.
    endpoint::eventually("the denial is gone", endpoint::PATIENCE * 2, async || {
        (denials().await == 0).then_some(())
    })
    .await;
}

pub(crate) async fn of_a_denial(stack: &Deployed) {
    let (id, message) = stack.asked(DANA, "payments", "ReadOnly", "1h").await;
    stack.click(OLIVIA, &message, "deny").await;
    stack.until(&id, "DENIED").await;
    assert!(stack.users(&stack.main).await.is_empty());
}
