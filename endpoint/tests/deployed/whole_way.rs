//! The whole way of a request, for both kinds of role.

use endpoint::catalogue::{DANA, OLIVIA, SAM, STRANGER};
use endpoint::deployed::{Deployed, LISTED_POLICY, MAIN};
use endpoint::payload;
use serde_json::json;
use testkit::slack::Fault;

pub(crate) async fn of_a_user(stack: &Deployed) {
    let (id, message) = stack.asked(DANA, "payments", "ReadOnly", "1h").await;
    stack.click(STRANGER, &message, "approve").await;
    // After a rate limit the job is sent anew, and after an error its message is hidden for a while: permissions of two kinds.
    stack.slack.fail("users.info", Fault::RateLimited { retry_after_secs: 1 }, 1);
    stack.slack.fail("users.info", Fault::ServerError, 1);
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

    // An end that comes too early is put off, and what a stranger is told is told again when Slack turned it away.
    stack.send("keylease-revoke", &job("revoke", &id)).await;
    let message = stack.message_that_ends(&id).await;
    stack.expect_message(DANA, &["in an email"]).await;
    // What Dana has is found among the open requests.
    stack.slack.command(&stack.ingress_url, DANA, "list").await.expect("an answer");
    stack.expect_message(DANA, &["what you have", "left"]).await;
    stack.slack.fail("chat.postMessage", Fault::RateLimited { retry_after_secs: 1 }, 1);
    stack.click(STRANGER, &message, "revoke").await;
    stack.expect_message(STRANGER, &["cannot end"]).await;
    stack.ended(DANA, &id).await;
    assert!(stack.users(&stack.main).await.is_empty());
    stack.expect_message(DANA, &["ended"]).await;
}

pub(crate) async fn to_its_end(stack: &Deployed) {
    let id = stack.live(DANA, "payments", "Inline", "8s").await;
    let request = stack.until_gone(&id, "EXPIRED").await;
    assert!(request["gone_at"].as_i64() >= request["expires_at"].as_i64(), "{request}");
    assert!(stack.users(&stack.main).await.is_empty());
}

pub(crate) async fn of_a_session(stack: &Deployed) {
    let id = stack.live(DANA, "payments", "PowerUser", "12s").await;
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

/// A session that an earlier try made, and that cannot be handed out any more, is denied; and where its time is over, what
/// is left of it on its role goes.
pub(crate) async fn of_a_session_that_was_lost(stack: &Deployed) {
    let now = payload::now();
    for (id, expires_at) in [("lostsession00000-0", now + 600), ("lostsession11111-0", now - 600)] {
        let role_arn = format!("arn:aws:iam::{MAIN}:role/payments-power");
        let record = json!({ "request_id": id, "status": "APPROVED", "project": "payments", "role": "PowerUser",
            "duration_seconds": 900, "requester_slack_id": "U0NOBODY", "requester_name": "nobody",
            "created_at": now - 900, "decided_at": now - 900, "expires_at": expires_at, "version": 1,
            "assumed_role_id": format!("AROAPOWER:keylease-{id}"),
            "grant": { "role": { "kind": "session", "role_arn": role_arn } } });
        stack.put("keylease-requests", &record).await;
        stack.send("keylease-provision", &job("provision", id)).await;
        let request = stack.until(id, "FAILED").await;
        assert!(request["failure"].is_string(), "{request}");
    }
}

pub(crate) async fn of_a_denial(stack: &Deployed) {
    // The same for the worker that tells people.
    stack.slack.fail("chat.postMessage", Fault::RateLimited { retry_after_secs: 1 }, 1);
    stack.slack.fail("chat.postMessage", Fault::ServerError, 1);
    assert_eq!(stack.ask(DANA, "nowhere", "ReadOnly", "1h").await.status, 200);
    stack.expect_message(DANA, &["nowhere", "payments"]).await;

    let (id, message) = stack.asked(DANA, "payments", "ReadOnly", "1h").await;
    stack.click(OLIVIA, &message, "deny").await;
    stack.until(&id, "DENIED").await;
    assert!(stack.users(&stack.main).await.is_empty());
}

fn job(name: &str, id: &str) -> String {
    json!({ "version": 1, "job": name, "request_id": id }).to_string()
}
