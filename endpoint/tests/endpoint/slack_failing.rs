//! Slack fails for a while, each time another way and for somebody else: everybody is asked, gets access and is told.

use endpoint::catalogue::{OLIVIA, colleague};
use endpoint::stage::{BOT_TOKEN, set};
use endpoint::{PATIENCE, Stage, eventually};
use testkit::slack::Fault;

use crate::crowd::Crowd;
use crate::metrics::{starts_with_metrics, value};
use crate::whole::nothing_is_dead;

/// So often in a row: fewer than a job has deliveries.
const TIMES: u32 = 2;

/// Everything that may pass, or that somebody repairs.
fn passing() -> [Fault; 11] {
    let api = |code: &str| Fault::Api(code.to_owned());
    [
        Fault::RateLimited { retry_after_secs: 1 },
        Fault::ServerError,
        Fault::Status(408),
        Fault::Status(425),
        Fault::Status(403),
        Fault::Status(404),
        Fault::Status(502),
        api("token_expired"),
        api("invalid_auth"),
        api("missing_scope"),
        api("internal_error"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_that_fails_for_a_while_delays_people_alone() {
    let stage = Stage::open().await;
    let ways = passing();
    let fails = |method: &str, times| {
        for (number, fault) in ways.iter().enumerate() {
            stage.slack.fail_about(method, &colleague(number).id, fault.clone(), times);
        }
    };
    fails("users.info", 1);
    fails("chat.postMessage", TIMES);
    let crowd = Crowd::asks(&stage, &ways.each_ref().map(|_| "ReadOnly"), "1h").await;
    fails("users.info", TIMES);
    fails("chat.update", TIMES);
    crowd.is_approved(&stage).await;
    crowd.are(&stage, "ACTIVE").await;
    for asked in &crowd.asked {
        stage.expect_message(&asked.person, &[&asked.id, "revoke"]).await;
    }
    eventually("no message asks any more", PATIENCE, async || {
        crowd.asked.iter().all(|asked| stage.with_button("approve", &asked.id).is_none()).then_some(())
    })
    .await;
    nothing_is_dead(&stage).await;
    stage.close().await;
}

/// A token that was replaced, for longer than a job has deliveries for: what was approved waits and says so.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_approved_waits_for_the_right_token() {
    let mut stage = Stage::set(&[]).await;
    stage.start("ingress");
    stage.start("notify");
    stage.ingress_serves().await;
    set(&mut stage.variables, "SLACK_BOT_TOKEN", "xoxb-1-2-replaced");
    let metrics = starts_with_metrics(&mut stage, "provision").await;
    let asked = stage.dana_asks("ReadOnly", "1h").await;
    stage.click(OLIVIA, &asked, "approve").await;
    let waiting = r#"keylease_jobs_waiting_for_operator_total{worker="provision",job_name="approve"}"#;
    eventually("the approval waits", PATIENCE, async || {
        value(&metrics, waiting).await.filter(|times| *times >= 2.0)
    })
    .await;
    assert_eq!(stage.only_request("PENDING").await["approvals"].as_array().map_or(0, Vec::len), 0);

    set(&mut stage.variables, "SLACK_BOT_TOKEN", BOT_TOKEN);
    stage.take("provision").stop().await;
    stage.start("provision");
    let request = stage.only_request("ACTIVE").await;
    let (decided, expires) = (request["decided_at"].as_i64(), request["expires_at"].as_i64());
    assert_eq!(expires.zip(decided).map(|(end, start)| end - start), Some(3_600), "from the click on");
    nothing_is_dead(&stage).await;
    stage.close().await;
}
