//! The audit trail that the real handlers write, read back from the table: it verifies, and it says why.

use domain::audit::{Verified, verify};
use domain::validation::JUSTIFICATION_MAX_CHARS;
use domain::{Job, Request};
use serde_json::{Value, json};

use crate::stage::{DANA, OLIVIA, SAM, Stage, payments, person};

/// The names of the events, and the inputs of the last one.
fn last(request: &Request) -> (String, Value) {
    let names: Vec<&str> = request.audit.history.iter().map(|change| change.event.as_str()).collect();
    (names.join(" "), Value::from(request.audit.history.last().unwrap().inputs.clone()))
}

#[tokio::test]
async fn every_way_that_a_request_goes_leaves_a_chain_that_verifies() {
    for (way, events) in [
        ("end", "ask approve approve activate revoke gone"),
        ("time", "ask approve approve activate expire gone"),
        ("deny", "ask approve deny"),
        ("lapse", "ask approve lapse"),
        ("fail", "ask approve approve fail"),
    ] {
        let stage = Stage::new().await;
        stage.ask("Both", "1h").await;
        let id = stage.request().await.request_id;
        let click = |who: &str| stage.click(&id, who);
        stage.send(&Job::Approve(click(OLIVIA))).await;
        stage.settle().await;
        match way {
            "deny" => stage.send(&Job::Deny(click(SAM))).await,
            "lapse" => {
                stage.pass(86_400);
                stage.send(&Job::Sweep).await;
            }
            "fail" => {
                let mut silent = person(DANA);
                silent.email = None;
                stage.slack.add_person(silent);
                stage.send(&Job::Approve(click(SAM))).await;
            }
            _ => stage.send(&Job::Approve(click(SAM))).await,
        }
        stage.settle().await;
        match way {
            "end" => stage.send(&Job::EndGrant(click(SAM))).await,
            "time" => {
                stage.pass(3_600);
                stage.send(&Job::ExpireGrant { request_id: id.clone() }).await;
            }
            _ => {}
        }
        stage.settle().await;
        let request = stage.request().await;
        assert_eq!(verify(&request), Verified::default(), "{way}");
        assert_eq!(last(&request).0, events);
    }
}

#[tokio::test]
async fn what_was_typed_is_kept_whole() {
    let stage = Stage::new().await;
    let typed: String =
        "“Why?”\n\t<!channel> 🔑 \u{7f}".chars().cycle().take(JUSTIFICATION_MAX_CHARS).collect();
    let mut ask = stage.spec(DANA, "payments", "readonly", "60 m");
    ask.project = format!(" Payments{}", " ".repeat(100_000));
    ask.justification = Some(typed.clone());
    stage.send(&Job::Submit(ask.clone())).await;
    stage.settle().await;
    let request = stage.request().await;
    assert_eq!(request.ask.justification.as_ref(), Some(&typed));
    let said =
        json!({"project": ask.project, "role": "readonly", "duration": "60 m", "justification": typed});
    assert_eq!(last(&request).1["typed"], said);
    assert_eq!(verify(&request), Verified::default());
}

#[tokio::test]
async fn an_end_says_by_what_right() {
    let mut project = payments();
    project["approver_slack_ids"] = json!([SAM]);
    for (who, right) in [(DANA, "requester"), (SAM, "approved"), (OLIVIA, "owner")] {
        let stage = Stage::new().await;
        stage.put_project(project.clone()).await;
        stage.ask("ReadOnly", "1h").await;
        let id = stage.request().await.request_id;
        stage.send(&Job::Approve(stage.click(&id, SAM))).await;
        stage.settle().await;
        stage.send(&Job::EndGrant(stage.click(&id, who))).await;
        stage.settle().await;
        let request = stage.request().await;
        let revoke = request.audit.history.iter().find(|change| change.event == "revoke").unwrap();
        assert_eq!((&revoke.inputs["ends_as"], &revoke.inputs["approvers"]), (&json!(right), &json!([SAM])));
        assert_eq!(verify(&request), Verified::default());
    }
}
