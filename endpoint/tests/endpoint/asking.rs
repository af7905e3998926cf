//! Asks that cannot be granted: the requester is told what would be right, and nothing is kept.

use endpoint::Stage;
use endpoint::catalogue::DANA;
use endpoint::stage::words;

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_project_is_answered_with_those_that_exist() {
    refused("paymnets", "ReadOnly", "1h", &["payments", "playground"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_role_is_answered_with_those_that_exist() {
    refused("payments", "Administrator", "1h", &["ReadOnly", "PowerUser"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn something_that_is_no_duration_is_answered_with_what_is_one() {
    refused("payments", "ReadOnly", "soonish", &["1h30m"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_time_than_allowed_is_answered_with_the_longest() {
    refused("payments", "ReadOnly", "9h", &["8"]).await;
}

async fn refused(project: &str, role: &str, duration: &str, named: &[&str]) {
    let stage = Stage::open().await;
    let answer = stage.ask(DANA, project, role, duration).await;
    assert_eq!(answer.status, 200, "the ask was taken; what is wrong with it is told in Slack");
    let told = stage.expect_message(DANA, named).await;
    assert!(told.recipient.is_some(), "told directly: {}", words(&told));
    assert_eq!(stage.slack.messages().len(), 1, "nobody else is bothered");
    assert!(stage.cloud.requests().await.is_empty(), "nothing is kept");
    assert!(stage.cloud.users().await.is_empty() && stage.cloud.mails().await.is_empty());
    stage.close().await;
}
