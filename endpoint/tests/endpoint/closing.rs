//! An operator ends what somebody has, or what a project gave: live grants, and requests that are not decided yet.

use endpoint::catalogue::{DANA, OLIVIA, SAM};
use endpoint::{PATIENCE, Stage};
use serde_json::Value;

use crate::operators::{keylease, result};
use crate::whole::{all_is_done, nothing_is_dead};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_named_loses_what_is_live_and_what_is_pending() {
    let stage = Stage::open().await;
    let (live, others) = tokio::join!(
        stage.live(DANA, "payments", "ReadOnly", "1h"),
        stage.live(SAM, "playground", "ReadOnly", "1h")
    );
    let (pending, asking) = stage.asked(DANA, "payments", "PowerUser", "1h").await;

    // People and projects are matched as people write them; what does not exist is an error.
    for filter in [["--requester", "<@U0DANA>"], ["--requester", "<@U0DANA|dana>"], ["--project", "PAYMENTS"]]
    {
        let listed = result(&stage, &["grants", "list", filter[0], filter[1]]).await;
        assert_eq!(listed["matching"], 2, "{filter:?}: {listed}");
    }
    for filter in [["--requester", "U0NOBODY"], ["--project", "paymnets"], ["--requester", "@nobody"]] {
        for command in [["grants", "list"], ["grants", "revoke"]] {
            let mut line = [command.as_slice(), filter.as_slice()].concat();
            if command[1] == "revoke" {
                line.push("--yes");
            }
            let (status, output) = keylease(&stage, &line).await;
            assert!(matches!(status, Some(1 | 2)), "{line:?}: {output}");
        }
    }

    let ended = result(&stage, &["grants", "revoke", "--requester", "<@U0DANA>", "--yes"]).await;
    assert!(ended.to_string().contains(&pending), "{ended}");
    stage.request_is_gone(&live.id, PATIENCE).await;
    assert!(live.key.reads().await.is_err());
    let closed = stage.request_is(&pending, "DENIED", PATIENCE).await;
    assert_eq!(closed["approver_slack_id"], Value::Null, "an operator is no approver: {closed:#}");

    // A click on what was pending says what became of it.
    let click = endpoint::payload::click(OLIVIA, &asking.channel, &asking.ts, "approve", &pending);
    assert_eq!(stage.post_interaction(&endpoint::payload::Signed::at(0, click)).await.status, 200);
    stage.expect_message(OLIVIA, &["Nothing to decide"]).await;
    stage.expect_message(DANA, &[&pending, "closed"]).await;
    all_is_done(&stage).await;
    stage.request_is(&pending, "DENIED", PATIENCE).await;
    assert_eq!(others.key.reads().await, Ok(()), "nobody else loses anything");
    nothing_is_dead(&stage).await;
    stage.close().await;
}
