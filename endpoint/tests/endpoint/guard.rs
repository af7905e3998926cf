//! IAM itself ends a grant, on the second, though no worker does anything; and the user goes once one can.

use endpoint::catalogue::DANA;
use endpoint::{PATIENCE, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stops_working_at_its_end_without_the_revoke_worker() {
    let mut stage = Stage::open().await;
    let live = stage.live(DANA, "payments", "ReadOnly", "15s").await;
    stage.take("revoke").stop().await;
    live.ends_on_time().await;
    assert_eq!(live.key.reads().await, Err(String::from("AccessDeniedException")));
    assert_eq!(stage.cloud.users().await.len(), 1, "it is the guard that denies: the user is still there");

    // The job has waited: a worker that comes back does it.
    stage.start("revoke");
    let request = stage.request_is_gone(&live.id, PATIENCE).await;
    assert_eq!(request["status"], "EXPIRED");
    assert!(stage.cloud.users().await.is_empty(), "the user is still there");
    assert_eq!(live.key.identity().await, Err(String::from("InvalidClientTokenId")));
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_stops_working_at_its_end_without_the_revoke_worker() {
    let mut stage = Stage::open().await;
    let live = stage.live(DANA, "payments", "PowerUser", "15s").await;
    stage.take("revoke").stop().await;
    live.ends_on_time().await;
    assert!(
        live.key.identity().await.is_ok(),
        "the session lasts longer than its grant: it is the guard that denies"
    );

    stage.start("revoke");
    let request = stage.request_is_gone(&live.id, PATIENCE).await;
    assert_eq!(request["status"], "EXPIRED");
    assert_eq!(live.key.reads().await, Err(String::from("AccessDeniedException")));
    stage.close().await;
}
