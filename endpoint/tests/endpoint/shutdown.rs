//! Programs that are stopped or crash in the middle of a job: nothing is lost and nothing is done twice.

use std::time::Duration;

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::eventually::as_soon_as;
use endpoint::faulty::{Faulty, Until, Wrong};
use endpoint::key::Key;
use endpoint::{CLAIMS_END, PATIENCE, Stage, eventually};
use testkit::slack::Fault;

/// What is in flight is finished, and a call that hangs is given up after 10 s.
const HANGING_CALL_ENDS_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_program_stops_at_once() {
    let stage = Stage::open().await;
    // Each `stop` expects exit status 0, a long poll under way or not.
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_while_slack_hangs_loses_nothing() {
    let mut stage = Stage::open().await;
    stage.slack.fail("chat.postMessage", Fault::Hang, 1);
    assert_eq!(stage.ask(DANA, "payments", "ReadOnly", "2h").await.status, 200);
    eventually("the worker is in the middle of the call", PATIENCE, async || {
        stage.slack.calls().iter().any(|call| call.method == "chat.postMessage").then_some(())
    })
    .await;
    let mut notify = stage.take("notify");
    notify.stop_within(HANGING_CALL_ENDS_WITHIN).await;

    stage.start("notify");
    let asked = stage.message_with("approve").await;
    stage.click(OLIVIA, &asked, "approve").await;
    stage.only_request("ACTIVE").await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_while_a_credential_is_made_loses_nothing() {
    interrupted(Made::Schedule, async |stage, faulty| {
        let mut provision = stage.take("provision");
        // It is told to stop while its call hangs, and ends once that call could be made.
        tokio::join!(provision.stop(), async { faulty.go_right() });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_the_schedule_loses_nothing() {
    interrupted(Made::Schedule, crash).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_the_user_loses_nothing() {
    interrupted(Made::User, crash).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_the_key_loses_nothing() {
    interrupted(Made::Key, crash).await;
}

async fn crash(stage: &mut Stage, _: &Faulty) {
    stage.take("provision").crash();
}

/// What exists when the worker is interrupted.
enum Made {
    Schedule,
    User,
    Key,
}

impl Made {
    /// The call that comes next.
    fn next_call(&self) -> &'static str {
        match self {
            Self::Schedule => "CreateUser",
            Self::User => "PutUserPolicy",
            Self::Key => "GetCallerIdentity",
        }
    }

    async fn exists(&self, stage: &Stage) -> bool {
        match self {
            Self::Schedule => !stage.cloud.schedules().await.is_empty(),
            Self::User => !stage.cloud.users().await.is_empty(),
            Self::Key => match stage.cloud.users().await.pop() {
                Some(user) => !stage.cloud.access_keys(&user.user_name).await.is_empty(),
                None => false,
            },
        }
    }
}

/// Interrupts the provision worker once something exists and the call that comes next hangs, and lets another take over.
async fn interrupted(when: Made, interrupt: impl AsyncFn(&mut Stage, &Faulty)) {
    let faulty = Faulty::start().await;
    let mut stage = Stage::open_with(&[("AWS_ENDPOINT_URL", faulty.url())]).await;
    let asked = stage.dana_asks("ReadOnly", "2h").await;
    faulty.go_wrong(when.next_call(), Wrong::Hangs, Until::Times(1));
    stage.click(OLIVIA, &asked, "approve").await;
    let hangs = async || (faulty.met(when.next_call()) == 1).then_some(());
    as_soon_as("the next call hangs", PATIENCE, hangs).await;
    assert!(when.exists(&stage).await, "{} came too early", when.next_call());
    interrupt(&mut stage, &faulty).await;
    faulty.go_right();
    stage.start("provision");

    let request = stage.only_request_within("ACTIVE", CLAIMS_END).await;
    let users = stage.cloud.users().await;
    assert_eq!(users.len(), 1, "one request, one user: {users:?}");
    let keys = stage.cloud.access_keys(&users[0].user_name).await;
    assert_eq!(keys.len(), 1, "a key that nobody has is taken away: {keys:?}");
    assert_eq!(request["access_key_id"], keys[0].as_str());
    // A crash between sending and noting it makes a second mail; the last one is the one that works.
    let last = stage.cloud.mails().await.pop().expect("a mail");
    let key = Key::in_mail(&last.text);
    assert_eq!(key.id, keys[0]);
    assert!(key.identity().await.is_ok());
    stage.close().await;
}
