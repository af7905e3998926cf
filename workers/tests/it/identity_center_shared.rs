//! What several grants hold at once in Identity Center: none ends another, and what is somebody else's stays.

use domain::{Job, QueueName, Status};
use workers::Failure;
use workers::consumer::Attempt;

use crate::identity_center::there;

const FIRST: Attempt = Attempt { number: 1, max: 8 };

#[tokio::test]
async fn of_two_grants_of_the_same_neither_ends_the_other() {
    for early in [true, false] {
        let there = there().await;
        let first = there.approved("PowerUser", "1h").await;
        let second = there.approved("Also", "2h").await;
        assert_eq!(there.status(&second).await, Status::Active);
        if early {
            there.end(&second).await;
            assert!(there.request(&second).await.access.gone_at.is_some());
            assert!(there.has("PowerUser"), "the first still holds it");
            there.end(&first).await;
            there.is_over(&first, "PowerUser").await;
        } else {
            there.stage.pass(3_600);
            there.stage.fire_schedules().await;
            there.stage.settle().await;
            assert_eq!(there.status(&first).await, Status::Expired);
            assert!(there.has("Also"), "the second still holds it");
            there.stage.pass(3_600);
            there.stage.fire_schedules().await;
            there.stage.settle().await;
            there.is_over(&second, "Also").await;
        }
    }
}

#[tokio::test]
async fn a_grant_that_comes_while_the_last_one_is_taken_away_waits_and_gets_its_own() {
    let mut there = there().await;
    there.stage.aws.identity_center().let_operations_take(40);
    there.stage.patient = true;
    let first = there.approved("PowerUser", "1h").await;
    there.stage.patient = false;
    there.end(&first).await;
    let second = there.approved("Also", "1h").await;
    assert_eq!(there.status(&second).await, Status::Approved, "the first is being taken away");
    let calls = there.stage.aws.calls();
    assert_eq!(calls.iter().filter(|call| call.operation == "CreateAccountAssignment").count(), 1);
    there.stage.pass(40);
    let over = Job::ExpireGrant { request_id: first.clone() };
    assert_eq!(there.stage.handle(QueueName::Revoke, &over, FIRST).await, Ok(()));
    assert!(!there.has("Also") && there.request(&first).await.access.gone_at.is_some());
    let give = Job::Provision { request_id: second.clone() };
    assert!(matches!(
        there.stage.handle(QueueName::Provision, &give, FIRST).await,
        Err(Failure::Later { .. })
    ));
    there.stage.pass(40);
    assert_eq!(there.stage.handle(QueueName::Provision, &give, FIRST).await, Ok(()));
    assert_eq!(there.status(&second).await, Status::Active);
    assert!(there.has("Also"));
    there.stage.patient = true;
    there.end(&second).await;
    there.is_over(&second, "Also").await;
}

#[tokio::test]
async fn a_membership_that_somebody_made_later_is_not_taken_away() {
    let there = there().await;
    let id = there.approved("Deployers", "1h").await;
    let center = there.stage.aws.identity_center();
    let ours = center.members(&there.group).keys().next().unwrap().clone();
    center.remove_member(&there.group, &ours);
    center.add_member(&there.group, &there.user);
    there.end(&id).await;
    assert!(there.request(&id).await.access.gone_at.is_some());
    assert!(there.has("Deployers"), "it is another membership");
}
