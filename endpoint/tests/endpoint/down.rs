//! Access ends though something is down: the table, the mail, Slack, or the schedule that should have ended it.

use std::time::Duration;

use endpoint::catalogue::{DANA, SAM};
use endpoint::faulty::{Faulty, Wrong};
use endpoint::key::Key;
use endpoint::{PATIENCE, Stage, eventually, payload};
use testkit::slack::Fault;

/// More failures than any test outlives.
const FOR_GOOD: u32 = 1_000_000;
/// How late the user may go when the table refuses at once, in seconds. Access itself ends on the second.
const GOES_WITHIN_SECONDS: i64 = 15;
/// A call that hangs is given up after 25 s, and only then is the table known to be down.
const GOES_THOUGH_CALLS_HANG: Duration = Duration::from_mins(1);
/// Everything of Slack's that the programs call.
const SLACK_METHODS: [&str; 5] =
    ["chat.postMessage", "chat.update", "chat.postEphemeral", "users.info", "conversations.open"];

#[tokio::test(flavor = "multi_thread")]
async fn access_ends_though_the_table_refuses() {
    let (stage, proxy) = stage_behind("AWS_ENDPOINT_URL_DYNAMODB").await;
    let live = stage.live(DANA, "payments", "ReadOnly", "12s").await;
    proxy.all_go_wrong(Wrong::Refused);
    live.ends_on_time().await;
    stage.no_user_is_left(PATIENCE).await;
    let late = payload::now() - live.expires_at;
    assert!(late <= GOES_WITHIN_SECONDS, "the user went {late} s after its end");
    the_record_follows(&stage, &proxy, &live.id).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn access_ends_though_the_table_hangs() {
    let (stage, proxy) = stage_behind("AWS_ENDPOINT_URL_DYNAMODB").await;
    let live = stage.live(DANA, "payments", "ReadOnly", "12s").await;
    proxy.all_go_wrong(Wrong::Hangs);
    live.ends_on_time().await;
    stage.no_user_is_left(GOES_THOUGH_CALLS_HANG).await;
    the_record_follows(&stage, &proxy, &live.id).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_whose_mail_cannot_be_sent_ends_with_nothing_left() {
    let (stage, proxy) = stage_behind("AWS_ENDPOINT_URL_SESV2").await;
    proxy.all_go_wrong(Wrong::Refused);
    // So long that only whoever tried can have taken away what there was.
    ends_unsent(stage, "1h").await;
    drop(proxy);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_whose_mail_hangs_ends_with_nothing_left() {
    let (stage, proxy) = stage_behind("AWS_ENDPOINT_URL_SESV2").await;
    proxy.all_go_wrong(Wrong::Hangs);
    // So short that it is over while the mail still hangs.
    ends_unsent(stage, "15s").await;
    drop(proxy);
}

/// The mail is sent, and nobody learns that it was: it is sent again with a new key, and only that one works.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_answer_is_lost_is_followed_by_one_with_the_key_that_works() {
    let (stage, proxy) = stage_behind("AWS_ENDPOINT_URL_SESV2").await;
    proxy.all_go_wrong(Wrong::AnswerLost);
    let id = stage.asked_and_approved(DANA, "payments", "ReadOnly", "1h").await;
    let first = eventually("a mail", PATIENCE, async || stage.mails_for(&id).await.into_iter().next()).await;
    proxy.go_right();
    let request = stage.request_is(&id, "ACTIVE", PATIENCE).await;
    let mails = stage.mails_for(&id).await;
    let last = Key::in_mail(&mails.last().expect("a mail").text);
    let first = Key::in_mail(&first.text);
    assert!(mails.len() > 1 && first.id != last.id, "the answer to the first mail was lost");
    assert_eq!(request["access_key_id"], last.id.as_str());
    assert_eq!(last.reads().await, Ok(()));
    assert_eq!(first.identity().await, Err(String::from("InvalidClientTokenId")));
    assert_eq!(stage.cloud.access_keys(&format!("keylease-{id}")).await, [last.id]);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn access_ends_though_nothing_is_left_to_end_it() {
    let stage = Stage::open().await;
    let live = stage.live(DANA, "payments", "ReadOnly", "12s").await;
    stage.cloud.lose_the_end_of(&live.id).await;
    live.ends_on_time().await;
    assert_eq!(stage.cloud.users().await.len(), 1, "nobody takes the user away");
    stage.cloud.sweep().await;
    let request = stage.request_is_gone(&live.id, PATIENCE).await;
    assert_eq!(request["status"], "EXPIRED");
    assert!(stage.cloud.users().await.is_empty(), "the user is still there");
    stage.expect_message(DANA, &["ReadOnly", "ended"]).await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn access_ends_though_everything_is_down_at_once() {
    let tables = Faulty::start().await;
    let mails = Faulty::start().await;
    let stage = Stage::open_with(&[
        ("AWS_ENDPOINT_URL_DYNAMODB", tables.url()),
        ("AWS_ENDPOINT_URL_SESV2", mails.url()),
    ])
    .await;
    let (by_user, by_session) = tokio::join!(
        stage.live(DANA, "payments", "ReadOnly", "20s"),
        stage.live(SAM, "payments", "PowerUser", "20s")
    );
    for method in SLACK_METHODS {
        stage.slack.fail(method, Fault::Hang, FOR_GOOD);
    }
    mails.all_go_wrong(Wrong::Refused);
    tables.all_go_wrong(Wrong::Refused);
    for live in [&by_session, &by_user] {
        stage.cloud.lose_the_end_of(&live.id).await;
    }
    tokio::join!(by_user.ends_on_time(), by_session.ends_on_time());
    // IAM alone is up, and it alone is needed.
    stage.cloud.sweep().await;
    stage.no_user_is_left(PATIENCE).await;
    drop(stage);
}

/// A stage whose programs reach one service through a proxy.
async fn stage_behind(variable: &str) -> (Stage, Faulty) {
    let proxy = Faulty::start().await;
    let stage = Stage::open_with(&[(variable, proxy.url())]).await;
    (stage, proxy)
}

/// With the table back, a sweep brings the record and the people up to date.
async fn the_record_follows(stage: &Stage, proxy: &Faulty, id: &str) {
    proxy.go_right();
    stage.cloud.sweep().await;
    let request = stage.request_is_gone(id, PATIENCE).await;
    assert_eq!(request["status"], "EXPIRED");
    stage.expect_message(DANA, &["ReadOnly", "ended"]).await;
}

async fn ends_unsent(stage: Stage, duration: &str) {
    let id = stage.asked_and_approved(DANA, "payments", "ReadOnly", duration).await;
    eventually("a key that nobody has", PATIENCE, async || {
        stage.cloud.access_keys(&format!("keylease-{id}")).await.pop()
    })
    .await;
    stage.request_is(&id, "FAILED", PATIENCE).await;
    stage.no_user_is_left(PATIENCE).await;
    eventually("its schedule is gone", PATIENCE, async || {
        stage.cloud.schedules().await.is_empty().then_some(())
    })
    .await;
    assert!(stage.cloud.mails().await.is_empty());
    stage.expect_message(DANA, &["ReadOnly", "ask again"]).await;
    // A worker in the middle of a mail that hangs must leave nothing behind either.
    eventually("nothing is at work", PATIENCE, async || {
        stage.cloud.lying(&stage.cloud.provision.url).await.is_empty().then_some(())
    })
    .await;
    assert!(stage.cloud.users().await.is_empty(), "the user came back");
    stage.close().await;
}
