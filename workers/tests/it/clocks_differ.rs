//! An ask that another host's clock makes older than what was handled last is a new one, unless it was stored before.

use domain::{Job, Status};

use crate::stage::{DANA, OLIVIA, Stage};

#[tokio::test]
async fn a_new_ask_by_a_clock_that_is_behind_is_taken_in_and_an_old_delivery_is_not() {
    let stage = Stage::new().await;
    let first = stage.spec(DANA, "payments", "ReadOnly", "1h");
    stage.send(&Job::Submit(first.clone())).await;
    stage.settle().await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Deny(stage.click(&id, OLIVIA))).await;
    stage.settle().await;

    let mut behind = stage.spec(DANA, "payments", "ReadOnly", "1h");
    behind.received_at = first.received_at.plus_seconds(-30);
    for ask in [behind.clone(), behind, first] {
        stage.send(&Job::Submit(ask)).await;
        assert!(stage.settle().await.rejected.is_empty());
    }
    let mut statuses: Vec<Status> = stage.requests().await.iter().map(|request| request.status).collect();
    statuses.sort();
    assert_eq!(statuses, [Status::Pending, Status::Denied], "one more request, and no third");
}
