//! The requester's address and account, and the approvers' accounts: looked at before anybody is asked.

use domain::{Job, Status};
use serde_json::json;
use testkit::slack::{Fault, Person};

use crate::stage::{APPROVALS, DANA, OLIVIA, SAM, Stage, payments, person};

async fn with_email(email: Option<&str>) -> Stage {
    let stage = Stage::new().await;
    stage.slack.add_person(Person { email: email.map(str::to_owned), ..person(DANA) });
    stage
}

/// The request was refused: one message to the requester, and nothing else happened.
async fn is_refused(stage: &Stage, because: &str) {
    let told = stage.messages_to(DANA);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains(because), "{because}: {told:?}");
    assert!(stage.requests().await.is_empty(), "it is not stored");
    assert_eq!(stage.slack.messages().len(), 1, "and nobody else is written to");
}

#[tokio::test]
async fn an_address_that_ses_cannot_send_to_is_refused_before_anybody_is_asked() {
    for (email, because) in [
        (None, "I see no email address in your Slack profile"),
        (Some("o’brien@example.com"), "it has `’` (U+2019)"),
        (Some("dana@"), "not a valid domain name"),
        (Some("dana, sam@example.com"), "the part before the @ is not valid"),
    ] {
        for role in ["ReadOnly", "PowerUser"] {
            let stage = with_email(email).await;
            let left = stage.ask(role, "1h").await;
            assert!(left.rejected.is_empty(), "{left:?}");
            is_refused(&stage, because).await;
        }
    }
}

#[tokio::test]
async fn a_domain_that_is_not_ascii_is_sent_to_in_punycode() {
    for (email, sent_to, shown) in [
        ("dana@bücher.example", "dana@xn--bcher-kva.example", "d…a@bücher.example"),
        ("o'brien+aws@example.com", "o'brien+aws@example.com", "o…s@example.com"),
    ] {
        let stage = with_email(Some(email)).await;
        stage.ask("ReadOnly", "1h").await;
        let id = stage.request().await.request_id;
        stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
        stage.settle().await;
        assert_eq!(stage.request().await.status, Status::Active);
        assert_eq!(stage.aws.mails()[0].to, [sent_to]);
        assert!(stage.messages_to(DANA).last().unwrap().contains(shown), "{:?}", stage.messages_to(DANA));
    }
}

#[tokio::test]
async fn a_deactivated_requester_is_refused_without_asking_anybody() {
    let stage = Stage::new().await;
    stage.slack.add_person(Person { deleted: true, ..person(DANA) });
    stage.ask("ReadOnly", "1h").await;
    is_refused(&stage, "deactivated or a bot").await;
}

#[tokio::test]
async fn approvers_who_are_all_deactivated_are_found_before_anybody_is_asked() {
    for has_channel in [true, false] {
        let stage = Stage::new().await;
        let mut project = payments();
        if !has_channel {
            project.as_object_mut().unwrap().remove("channel");
        }
        project["approver_slack_ids"] = json!([OLIVIA, SAM, "U0NOBODY"]);
        stage.put_project(project).await;
        for approver in [OLIVIA, SAM] {
            stage.slack.add_person(Person { deleted: true, ..person(approver) });
        }
        stage.ask("ReadOnly", "1h").await;
        is_refused(&stage, "Nobody can approve this now").await;
        // Once one of them is back, the same may be asked again.
        stage.slack.add_person(person(SAM));
        stage.ask("ReadOnly", "1h").await;
        assert_eq!(stage.request().await.status, Status::Pending);
    }
}

#[tokio::test]
async fn a_role_that_needs_two_needs_two_active_approvers() {
    let stage = Stage::new().await;
    stage.slack.add_person(Person { deleted: true, ..person(SAM) });
    stage.ask("Both", "1h").await;
    is_refused(&stage, "This needs 2 approvals, and only 1 of those who may approve it has").await;
}

#[tokio::test]
async fn people_who_are_looked_up_are_bounded() {
    let stage = Stage::new().await;
    let mut project = payments();
    let nobody: Vec<String> = (0..200).map(|number| format!("U0NOBODY{number}")).collect();
    project["approver_slack_ids"] = json!(nobody);
    stage.put_project(project).await;
    stage.ask("ReadOnly", "1h").await;
    let lookups = stage.slack.calls().iter().filter(|call| call.method == "users.info").count();
    assert_eq!(lookups, 51, "the requester and 50 approvers");
    assert!(stage.slack.messages().iter().any(|message| message.channel == APPROVALS));
}

#[tokio::test]
async fn a_second_delivery_finds_what_the_first_one_stored_whatever_became_of_people() {
    let stage = Stage::new().await;
    let spec = stage.spec(DANA, "payments", "ReadOnly", "1h");
    stage.send(&Job::Submit(spec.clone())).await;
    stage.settle().await;
    stage.slack.add_person(Person { email: None, ..person(DANA) });
    stage.send(&Job::Submit(spec)).await;
    stage.settle().await;
    assert_eq!(stage.messages_to(DANA).len(), 1, "{:?}", stage.messages_to(DANA));
    assert_eq!(stage.request().await.status, Status::Pending);
}

#[tokio::test]
async fn a_refusal_that_cannot_be_delivered_is_no_dead_letter() {
    for code in ["user_not_found", "cannot_dm_bot", "messages_tab_disabled"] {
        let stage = Stage::new().await;
        stage.slack.fail("chat.postMessage", Fault::Api(code.into()), 1);
        stage.send(&Job::Submit(stage.spec(DANA, "nowhere", "ReadOnly", "1h"))).await;
        let left = stage.settle().await;
        assert!(left.rejected.is_empty(), "{code}: {left:?}");
    }
}
