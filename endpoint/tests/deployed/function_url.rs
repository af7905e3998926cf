//! The stack with a function URL instead of the HTTP API: a grant from Slack's first click to its end, and who is let in.

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::deployed::Deployed;
use endpoint::payload::{Signed, click};

use crate::ingress;

pub(crate) async fn takes_what_slack_sends(stack: &Deployed) {
    let stack = stack.at_function_url().await;
    ingress::admits_only_the_authentic(&stack).await;

    let (id, message) = stack.asked(DANA, "payments", "ReadOnly", "1h").await;
    // A URL hands a form over in base64: the signature has to hold for the bytes that Slack sent, and for no others.
    let signed = Signed::at(0, click(OLIVIA, &message.channel, &message.ts, "deny", &id));
    let changed = signed.body.replace("deny", "approve");
    assert_ne!(changed, signed.body);
    assert_eq!(stack.post("/slack/interactions", &signed.headers(), changed.as_bytes()).await.status, 401);
    assert_eq!(stack.until(&id, "PENDING").await["status"], "PENDING");

    stack.click(OLIVIA, &message, "approve").await;
    stack.until(&id, "ACTIVE").await;
    assert_eq!(stack.mails_to("dana@example.com").await, 1);
    stack.ended(DANA, &id).await;
    assert!(stack.users(&stack.main).await.is_empty());
    each_permission_was_asked_for(&stack);
}

/// AWS asks for two permissions at a URL without authentication, and one alone lets nobody in.
fn each_permission_was_asked_for(stack: &Deployed) {
    let ingress = stack.made["functions"]["keylease-ingress"]["arn"].as_str().expect("the ingress");
    for action in ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"] {
        let asked = stack.decisions().into_iter().any(|decision| {
            decision.caller.is_empty()
                && decision.action == action
                && decision.resource == ingress
                && decision.allowed
        });
        assert!(asked, "anybody may {action}, and that was looked at");
    }
}
