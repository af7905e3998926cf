//! Grants that cannot be made, and requests that nobody decides: undone whole, and said plainly.

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::payload;
use endpoint::{PATIENCE, Stage, eventually};
use testkit::slack::Person;

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_cannot_be_sent_leaves_nothing_behind() {
    let stage = Stage::open_with(&[("SES_FROM_ADDRESS", "unverified@example.com")]).await;
    let asked = stage.dana_asks("ReadOnly", "2h").await;
    stage.click(OLIVIA, &asked, "approve").await;
    failed(stage, "MessageRejected").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requester_whose_address_goes_before_the_approval_is_told_so() {
    let stage = Stage::open().await;
    let asked = stage.dana_asks("PowerUser", "30m").await;
    let dana = stage.slack.people().into_iter().find(|person| person.id == DANA).expect("Dana");
    stage.slack.add_person(Person { email: None, ..dana });
    stage.click(OLIVIA, &asked, "approve").await;
    failed(stage, "email address").await;
}

async fn failed(stage: Stage, why: &str) {
    let request = stage.only_request("FAILED").await;
    let failure = request["failure"].as_str().unwrap_or_default();
    assert!(failure.contains(why), "the record says why: {request:#}");
    stage.expect_message(DANA, &[why, "ask again"]).await;
    assert!(stage.cloud.users().await.is_empty(), "the user is taken away");
    assert!(stage.cloud.schedules().await.is_empty(), "and its schedule");
    assert!(stage.cloud.mails().await.is_empty());
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_nobody_decides_lapses() {
    let stage = Stage::open_with(&[("PENDING_TTL", "2s")]).await;
    stage.dana_asks("ReadOnly", "2h").await;
    let asked_at = stage.only_request("PENDING").await["created_at"].as_i64().expect("a time");
    eventually("its time to be decided is over", PATIENCE, async || {
        (payload::now() > asked_at + 2).then_some(())
    })
    .await;
    stage.cloud.sweep().await;
    let lapsed = stage.only_request("LAPSED").await;
    assert!(lapsed["decided_at"].is_null(), "{lapsed:#}");
    stage.expect_message(DANA, &["lapsed"]).await;
    stage.close().await;
}
