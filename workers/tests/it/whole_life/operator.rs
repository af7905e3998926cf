//! Each call that makes what is no user of the grant's own waits for an operator for longer than anything else may take: it is made
//! all the same once that is repaired, and told.

use std::collections::BTreeSet;

use testkit::aws::{Fault, Service};

use super::life::{Life, Way};
use crate::ways::all_hold;

/// Tries before somebody repairs it, and the time between two of them, in seconds: 20 minutes.
const TRIES: u32 = 4;
const TRY_SECONDS: i64 = 300;

const WAYS: [Way; 4] = [Way::ClaimedRole, Way::AccountAccess, Way::PermissionSet, Way::Group];

/// Plays a life in which this call waits for an operator while it is made; the calls that made it.
async fn play(way: Way, operation: String) -> BTreeSet<String> {
    let of = format!("{way:?}, {operation}");
    let life = Life::asked(way).await;
    let before = life.stage.aws.calls().len();
    life.stage.aws.inject(move |call| {
        let closed = Fault::Answer { status: 403, code: "OptInRequired" };
        (call.operation == operation).then_some(closed)
    });
    life.approve().await;
    for _ in 0..TRIES {
        let left = life.stage.settle().await;
        assert!(left.rejected.is_empty() && left.exhausted.is_empty(), "{of}: {left:?}");
        life.has_its_end(&of).await;
        life.stage.pass(TRY_SECONDS);
    }
    life.stage.aws.clear_faults();
    life.stage.settle().await;
    if way.is_claimed() {
        life.claim().await;
    }
    life.is_live(&of).await;
    let made = life.stage.aws.calls().into_iter().skip(before);
    let made = made.filter(|call| !matches!(call.service, Service::DynamoDb | Service::Sqs));
    let made = made.map(|call| call.operation).collect();
    life.end().await;
    life.stage.settle().await;
    life.stage.pass(7_300);
    for _ in 0..2 {
        life.sweep().await;
        life.stage.pass(300);
    }
    life.nothing_is_left(&of).await;
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_an_operator_is_made_however_long_that_takes() {
    let mut lives = Vec::new();
    for way in WAYS {
        for operation in play(way, "None".to_owned()).await {
            let of = format!("{way:?}, {operation}");
            lives.push((of, async move { drop(play(way, operation).await) }));
        }
    }
    assert!(lives.len() > 20, "only {} calls were seen", lives.len());
    all_hold(lives).await;
}
