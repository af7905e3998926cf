//! Mail that does not arrive: SES says so through EventBridge, and the grant ends.

use endpoint::deployed::Deployed;

/// What revoke logs of a report that ends nothing; the emulator's own log has the word "complaint" before that.
const TAKEN_IN: &str = r#""message":"an email was reported, and nothing ends by it","why":"complaint""#;

pub(crate) async fn ends_the_grant(stack: &Deployed) {
    let (id, message) = stack.asked("U0BOUNCE", "payments", "ReadOnly", "1h").await;
    stack.click(endpoint::catalogue::OLIVIA, &message, "approve").await;
    let request = stack.until_gone(&id, "REVOKED").await;
    assert!(request["access_key_id"].is_string(), "it was live: {request}");
    assert!(stack.users(&stack.main).await.is_empty());
    stack.expect_message("U0BOUNCE", &["did not arrive"]).await;

    // Somebody who marks the mail as spam has it.
    let id = stack.live("U0COMPLAINS", "payments", "ReadOnly", "1h").await;
    endpoint::eventually("the complaint is taken in", endpoint::PATIENCE, async || {
        stack.said().contains(TAKEN_IN).then_some(())
    })
    .await;
    assert_eq!(stack.until(&id, "ACTIVE").await["status"], "ACTIVE");
    let request = stack.ended("U0COMPLAINS", &id).await;
    assert_eq!(request["ended_by"], "U0COMPLAINS", "the complaint did not end it");
}
