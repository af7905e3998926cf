//! IAM and Identity Center that do not see their own writes for half a minute: every kind and delivery is made, extended and ended
//! all the same, also while what was written last is not seen yet.

use domain::Status;
use testkit::aws::Lag;

use super::life::{Life, Way};
use crate::ways::all_hold;

/// Longer than one try waits for what it has just made.
const SECONDS: u32 = 30;
/// Lists of Identity Center that show what was there before.
const LISTS: u32 = 3;

/// What people do while reads lag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// It is live, is extended where it can be, and is ended at once.
    EndedAtOnce,
    /// The end comes while it is made.
    EndedWhileMade,
}

async fn settle(life: &Life, of: &str) {
    let left = life.stage.settle().await;
    let nothing = left.rejected.is_empty() && left.exhausted.is_empty() && left.waiting.is_empty();
    assert!(nothing, "{of}: {left:?}");
}

async fn play(way: Way, then: Then) {
    let of = format!("{way:?}, {then:?}");
    let life = Life::asked(way).await;
    life.stage.aws.let_iam_lag(Some(Lag::Seconds(SECONDS)));
    life.stage.aws.deny_names_without_a_path();
    life.stage.aws.identity_center().let_lists_lag(LISTS);
    match then {
        Then::EndedWhileMade => life.approve().await,
        Then::EndedAtOnce => {
            life.live().await;
            life.is_live(&of).await;
            if way.is_extendable() {
                life.ask_for_more().await;
                settle(&life, &of).await;
                life.approve_more().await;
                settle(&life, &of).await;
                life.is_extended(&of).await;
            }
        }
    }
    life.end().await;
    settle(&life, &of).await;
    life.stage.pass(7_300);
    for _ in 0..3 {
        life.sweep().await;
        life.stage.pass(300);
    }
    life.stage.aws.let_iam_lag(None);
    life.nothing_is_left(&of).await;
    assert_eq!(life.request().await.status, Status::Revoked, "{of}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_lives_and_ends_however_far_reads_are_behind() {
    let ways = Way::ALL
        .into_iter()
        .flat_map(|way| [Then::EndedAtOnce, Then::EndedWhileMade].map(|then| (way, then)));
    all_hold(ways.map(|(way, then)| (format!("{way:?}, {then:?}"), play(way, then)))).await;
}
