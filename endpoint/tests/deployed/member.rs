//! Another account: a project's grants live there, and the sweep looks there too.

use aws_sdk_iam::Client as Iam;
use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::deployed::Deployed;
use endpoint::furnish::attach;

use crate::attached::leave;

pub(crate) async fn grants_live_there(stack: &Deployed) {
    let id = stack.live(DANA, "elsewhere", "ReadOnly", "1h").await;
    assert!(stack.users(&stack.main).await.is_empty(), "nothing is made at home");
    assert_eq!(stack.users(&stack.member).await[0].user_name, format!("keylease-{id}"));
    attach(&stack.member, &format!("keylease-{id}"), "there").await;
    stack.ended(DANA, &id).await;
    assert!(stack.users(&stack.member).await.is_empty());

    let session = stack.live(DANA, "elsewhere", "PowerUser", "10s").await;
    stack.ended(DANA, &session).await;

    let (refused, message) = stack.asked(DANA, "elsewhere", "Admin", "1h").await;
    stack.click(OLIVIA, &message, "approve").await;
    stack.until_gone(&refused, "FAILED").await;
    assert!(stack.users(&stack.member).await.is_empty());

    leave(&stack.member, "lost1111111111-0").await;
    stack.send("keylease-revoke", r#"{"version":1,"job":"sweep"}"#).await;
    endpoint::eventually("the leftover is gone", endpoint::PATIENCE, async || {
        stack.users(&stack.member).await.is_empty().then_some(())
    })
    .await;
    let iam = Iam::new(&stack.member);
    endpoint::eventually("the session's denial is gone", endpoint::PATIENCE * 2, async || {
        let found = iam.list_role_policies().role_name("payments-power").send().await.expect("its policies");
        (!found.policy_names.iter().any(|name| name.contains("keylease"))).then_some(())
    })
    .await;
}
