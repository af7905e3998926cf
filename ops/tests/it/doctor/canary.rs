//! `keylease doctor --canary`: a real grant, by the real workers.

use domain::{RequestId, Status};
use testkit::aws::Fault;

use super::running;
use crate::running::Running;
use crate::stage::Ran;

fn id_of(ran: &Ran) -> RequestId {
    let words = ran.out.split_whitespace();
    let id = words.skip_while(|word| *word != "canary").nth(1).unwrap_or_else(|| panic!("{}", ran.shown()));
    RequestId::parse(id).unwrap()
}

async fn is_clean(running: &Running) -> bool {
    running.system.aws.users().await.is_empty()
}

#[tokio::test]
async fn it_is_made_and_ended_and_each_step_has_its_time() {
    let running = running().await;
    let ran = running.stage.answering("yes\n", &["doctor", "--canary", "payments"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(
        ran.err.contains(
            "Make a real grant of Deploy on payments for 60 s, as worker, and send it to its owner U0OWNER?"
        ),
        "{}",
        ran.err
    );
    let steps: Vec<String> = (ran.out.lines().filter(|line| line.ends_with(" ms")))
        .map(|line| {
            line.trim_end_matches(|c: char| c.is_ascii_digit() || " ms".contains(c)).trim().to_owned()
        })
        .collect();
    insta::assert_snapshot!(steps.join("\n"), @r"
    recorded
    put on the provision queue
    credential made and sent
    put on the revoke queue
    ended, and read back as gone
    ");
    let request = running.request(&id_of(&ran)).await;
    assert_eq!((request.status, request.access.gone_at.is_some()), (Status::Revoked, true));
    assert!(request.access.access_key_id.is_some(), "it was a real credential");
    assert!(is_clean(&running).await);
    running.expect_message("U0OWNER", &["The test of", "ended"]).await;
    let verified = running.stage.keylease(&["audit", "verify"]).await;
    assert_eq!(verified.status, 0, "{}", verified.shown());
    running.system.stop().await;
}

#[tokio::test]
async fn a_session_can_be_one_and_json_has_the_steps() {
    let running = running().await;
    let line = ["doctor", "--canary", "payments", "--role", "PowerUser", "--yes", "--json"];
    let ran = running.stage.keylease(&line).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    let canary = &ran.json()["canary"];
    assert_eq!((&canary["role"], canary["faults"].as_array().unwrap().len()), (&"PowerUser".into(), 0));
    assert_eq!(canary["steps"].as_array().unwrap().len(), 5, "{canary}");
    assert!(running.system.aws.sessions().await.iter().all(|session| session.denied));
    running.system.stop().await;
}

#[tokio::test]
async fn of_what_is_claimed_all_is_made_but_the_credential_and_it_says_so() {
    let running = running().await;
    let ran = running.stage.keylease(&["doctor", "--canary", "website", "--yes"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    assert!(ran.out.contains("all made but the credential, which nobody claims"), "{}", ran.shown());
    assert!(!ran.out.contains("made and sent"), "{}", ran.shown());
    let request = running.request(&id_of(&ran)).await;
    assert_eq!((request.access.access_key_id, request.access.gone_at.is_some()), (None, true));
    assert!(is_clean(&running).await);
    running.system.stop().await;
}

/// Nobody is sent anything where there is no secret.
#[tokio::test]
async fn what_has_no_secret_can_be_one_and_is_not_said_to_be_sent() {
    for role in ["Billing", "Inspect", "Reports"] {
        let running = running().await;
        let ran = running.stage.keylease(&["doctor", "--canary", "console", "--role", role, "--yes"]).await;
        assert_eq!(ran.status, 0, "{}", ran.shown());
        assert!(ran.out.contains("access given") && !ran.out.contains("made and sent"), "{}", ran.shown());
        assert!(running.request(&id_of(&ran)).await.access.gone_at.is_some(), "{}", ran.shown());
        running.system.stop().await;
    }
}

#[tokio::test]
async fn nothing_is_made_without_a_yes_or_where_something_is_broken() {
    let running = running().await;
    let ran = running.stage.answering("no\n", &["doctor", "--canary", "payments"]).await;
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("nothing was done"), "{}", ran.err);
    let unknown = running.stage.keylease(&["doctor", "--canary", "nowhere", "--yes"]).await;
    assert!(unknown.err.contains("there is no project nowhere"), "{}", unknown.err);
    running.system.slack.set_scopes(&["chat:write"]);
    let broken = running.stage.keylease(&["doctor", "--canary", "payments", "--yes"]).await;
    assert!(broken.err.contains("2 checks failed, so no canary was made"), "{}", broken.shown());
    let made = running.stage.store().requests_page(None).await.unwrap().requests;
    assert!(made.is_empty(), "{made:?}");
    running.system.stop().await;
}

#[tokio::test]
async fn one_that_cannot_be_made_is_told_with_why_and_leaves_nothing() {
    let running = running().await;
    running.system.aws.inject(|call| (call.operation == "CreateUser").then_some(Fault::Deny));
    let ran = running.stage.keylease(&["doctor", "--canary", "payments", "--yes"]).await;
    assert_eq!(ran.status, 1, "{}", ran.shown());
    assert!(ran.err.contains("the canary failed"), "{}", ran.err);
    assert!(ran.err.contains("iam:CreateUser"), "{}", ran.err);
    assert!(is_clean(&running).await);
    running.system.stop().await;
}
