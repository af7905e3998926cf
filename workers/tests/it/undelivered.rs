//! What follows when SES reports of the email with a credential: it ends the grant, unless the email did arrive.

use domain::{Job, QueueName, RequestId, Status, Undelivered};
use workers::consumer::Attempt;

use crate::stage::{DANA, OLIVIA, Stage};

async fn live(role: &str) -> (Stage, RequestId) {
    let stage = Stage::new().await;
    stage.ask(role, "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
    (stage, id)
}

fn reported(stage: &Stage, why: &str) -> String {
    let series = format!("keylease_undelivered_emails_total{{reason=\"{why}\"}} ");
    let text = stage.metrics(QueueName::Revoke).text();
    text.lines().find_map(|line| line.strip_prefix(&series)).unwrap_or("absent").to_owned()
}

#[tokio::test]
async fn an_email_that_did_not_arrive_ends_the_grant_and_says_what_to_do() {
    for (why, because, what_to_do) in [
        (
            Undelivered::Bounce,
            "the mail server there sent it back",
            "Check the email address in your Slack profile",
        ),
        (Undelivered::Reject, "Amazon SES did not send it", "Ask whoever runs Keylease"),
    ] {
        for role in ["ReadOnly", "PowerUser"] {
            let (mut stage, request_id) = live(role).await;
            stage.twice = true;
            stage.send(&Job::Undelivered { request_id, why }).await;
            assert!(stage.settle().await.rejected.is_empty());
            let request = stage.request().await;
            assert_eq!((request.status, request.access.ended_by.as_ref()), (Status::Revoked, None));
            assert!(
                request.access.gone_at.is_some() && stage.aws.users().await.is_empty(),
                "{role}: {request:?}"
            );
            let told = stage.messages_to(DANA);
            let says = format!("did not arrive at u…a@example.com: {because}");
            let telling: Vec<_> = told.iter().filter(|text| text.contains(&says)).collect();
            assert_eq!(telling.len(), 1, "{told:?}");
            assert!(
                telling[0].contains(what_to_do) && telling[0].contains(&format!("*{role}* on *payments*"))
            );
            assert!(!telling[0].contains("u0dana@"), "the address is not shown whole: {}", telling[0]);
            let approvers = stage.approval_message().unwrap().text;
            assert!(approvers.contains("did not arrive, so access ended early"), "{approvers}");
        }
    }
}

#[tokio::test]
async fn a_mark_as_spam_ends_nothing_and_is_counted() {
    let (stage, request_id) = live("ReadOnly").await;
    let before = (stage.request().await, stage.messages_to(DANA));
    stage.send(&Job::Undelivered { request_id, why: Undelivered::Complaint }).await;
    assert!(stage.settle().await.rejected.is_empty());
    assert_eq!((stage.request().await, stage.messages_to(DANA)), before);
    assert_eq!(stage.aws.users().await.len(), 1);
    assert_eq!(
        (reported(&stage, "complaint").as_str(), reported(&stage, "bounce").as_str()),
        ("1", "absent")
    );
}

#[tokio::test]
async fn a_report_that_comes_after_the_end_changes_nothing() {
    let (stage, request_id) = live("ReadOnly").await;
    stage.send(&Job::EndGrant(stage.click(&request_id, DANA))).await;
    stage.settle().await;
    let ended = stage.request().await;
    stage.send(&Job::Undelivered { request_id, why: Undelivered::Bounce }).await;
    assert!(stage.settle().await.rejected.is_empty());
    assert_eq!(stage.request().await, ended, "whoever ended it still stands there");
    assert!(stage.messages_to(DANA).iter().all(|text| !text.contains("did not arrive")));
}

#[tokio::test]
async fn a_report_that_comes_before_the_grant_is_live_ends_it_and_nothing_is_made_again() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let request_id = stage.request().await.request_id;
    let (first, approve) = (Attempt { number: 1, max: 8 }, Job::Approve(stage.click(&request_id, OLIVIA)));
    stage.handle(QueueName::Provision, &approve, first).await.unwrap();
    assert_eq!(stage.request().await.status, Status::Approved);
    let bounce = Job::Undelivered { request_id, why: Undelivered::Bounce };
    stage.handle(QueueName::Revoke, &bounce, first).await.unwrap();
    assert_eq!(stage.request().await.status, Status::Revoked);
    stage.settle().await;
    assert!(stage.aws.users().await.is_empty() && stage.request().await.access.gone_at.is_some());
    assert!(stage.aws.mails().is_empty());
}

#[tokio::test]
async fn a_report_about_nothing_that_lives_is_taken_and_one_about_nothing_is_parked() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let request_id = stage.request().await.request_id;
    stage.send(&Job::Undelivered { request_id, why: Undelivered::Bounce }).await;
    assert!(stage.settle().await.rejected.is_empty());
    assert_eq!(stage.request().await.status, Status::Pending);
    let nobody = RequestId::parse("nobody-0").unwrap();
    stage.send(&Job::Undelivered { request_id: nobody, why: Undelivered::Bounce }).await;
    assert_eq!(stage.settle().await.rejected, [("undelivered".to_owned(), "unknown_request")]);
}

#[tokio::test]
async fn the_email_names_the_request_to_ses() {
    let (stage, request_id) = live("ReadOnly").await;
    let mails = stage.aws.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].tags, [("request_id".to_owned(), request_id.to_string())]);
    assert_eq!(mails[0].configuration_set.as_deref(), Some("keylease-test"));
}
