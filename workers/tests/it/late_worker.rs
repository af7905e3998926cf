//! A worker that comes late: what it still puts on a user that is being taken away is dead from the start, and it takes nothing
//! away that another made meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use domain::{Job, QueueName, Status};
use testkit::aws::{CallInfo, Fault};
use testkit::hook::Verdict;
use tokio::sync::Notify;
use workers::consumer::Attempt;

use crate::claiming::{Machine, claimed_project, item};
use crate::stage::{DANA, OLIVIA, Stage};

const FIRST: Attempt = Attempt { number: 1, max: 8 };
const EVERYTHING: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

#[tokio::test]
async fn what_a_late_worker_adds_to_a_user_that_ends_is_dead() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    stage.pass(3_600);
    // The guard is gone already, and the user is not.
    stage.aws.inject(|call| (call.operation == "DeleteUser").then_some(Fault::FailBefore));
    let job = Job::ExpireGrant { request_id: id };
    stage.handle(QueueName::Revoke, &job, FIRST).await.unwrap_err();
    stage.aws.clear_faults();
    let user = stage.request().await.aws_name();
    assert!(stage.aws.users().await[0].inline_policies.is_empty());

    let iam = aws_sdk_iam::Client::new(&stage.sdk);
    iam.attach_user_policy().user_name(&user).policy_arn(EVERYTHING).send().await.unwrap();
    let key = iam.create_access_key().user_name(&user).send().await.unwrap().access_key.unwrap();
    let theirs = stage.aws.sdk_config_for(&key.access_key_id, &key.secret_access_key, None);
    let listed = aws_sdk_iam::Client::new(&theirs).list_users().send().await;
    assert!(listed.is_err(), "the key does nothing");
    let read = aws_sdk_dynamodb::Client::new(&theirs).list_tables().send().await;
    assert!(read.is_err(), "nowhere");

    stage.send(&job).await;
    stage.settle().await;
    assert!(stage.aws.users().await.is_empty());
    assert!(stage.request().await.access.gone_at.is_some());
}

#[tokio::test]
async fn a_maker_does_not_use_a_user_that_is_being_taken_away() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.handle(QueueName::Provision, &Job::Approve(stage.click(&id, OLIVIA)), FIRST).await.unwrap();
    let make = stage.take(QueueName::Provision).await.remove(0);
    // An earlier try made it, and somebody has begun to end it.
    stage.aws.inject(|call| (call.operation == "PutUserPolicy").then_some(Fault::FailBefore));
    stage.handle(QueueName::Provision, &make, FIRST).await.unwrap_err();
    stage.aws.clear_faults();
    let (iam, user) = (aws_sdk_iam::Client::new(&stage.sdk), stage.request().await.aws_name());
    let boundary = "arn:aws:iam::aws:policy/AWSDenyAll";
    let put = iam.put_user_permissions_boundary().user_name(&user).permissions_boundary(boundary);
    put.send().await.unwrap();
    let outcome = stage.handle(QueueName::Provision, &make, FIRST).await;
    assert!(matches!(outcome, Err(workers::Failure::Retry { .. })), "{outcome:?}");
    assert!(stage.aws.users().await[0].keys.is_empty() && stage.aws.mails().is_empty());

    // Once it is gone, a new one is made.
    iam.delete_user().user_name(&user).send().await.unwrap();
    stage.handle(QueueName::Provision, &make, FIRST).await.unwrap();
    assert_eq!(stage.request().await.status, Status::Active);
}

/// Stands still at the first call of this kind until it is told to go on.
struct Standstill {
    reached: Arc<Notify>,
    go: Arc<Notify>,
}

impl Standstill {
    fn at(stage: &Stage, is_it: impl Fn(&CallInfo) -> bool + Send + Sync + 'static) -> Self {
        let (reached, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (reaches, goes, met) = (Arc::clone(&reached), Arc::clone(&go), AtomicBool::new(false));
        stage.aws.inject_when_ready(move |call| {
            let stands = is_it(&call) && !met.swap(true, Ordering::SeqCst);
            let (reaches, goes) = (Arc::clone(&reaches), Arc::clone(&goes));
            async move {
                if stands {
                    reaches.notify_one();
                    goes.notified().await;
                }
                Verdict::of(None)
            }
        });
        Self { reached, go }
    }
}

/// Two workers make what is claimed: the first stands still for longer than its claim on the work lasts, and comes back when the
/// second has done `meanwhile`.
async fn made_twice(
    is_it: impl Fn(&CallInfo) -> bool + Send + Sync + 'static,
    meanwhile: impl AsyncFnOnce(&Stage),
) -> Stage {
    let stage = Stage::new().await;
    stage.put_project(claimed_project()).await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.handle(QueueName::Provision, &Job::Approve(stage.click(&id, OLIVIA)), FIRST).await.unwrap();
    let make = stage.take(QueueName::Provision).await.remove(0);
    let still = Standstill::at(&stage, is_it);
    let second = async {
        still.reached.notified().await;
        stage.pass(61);
        stage.handle(QueueName::Provision, &make, FIRST).await.unwrap();
        assert_eq!(stage.request().await.status, Status::Ready);
        meanwhile(&stage).await;
        still.go.notify_one();
    };
    let (_late, ()) = tokio::join!(stage.handle(QueueName::Provision, &make, FIRST), second);
    stage.aws.clear_faults();
    stage.settle().await;
    stage
}

#[tokio::test]
async fn what_waits_to_be_claimed_stays_whoever_comes_late() {
    let stage = made_twice(|call| call.operation == "CreateSchedule", async |_| {}).await;
    assert_eq!(stage.request().await.status, Status::Ready);
    assert_eq!((stage.aws.users().await.len(), stage.aws.schedules().await.len()), (1, 1));
}

#[tokio::test]
async fn what_was_claimed_stays_and_is_kept_as_long_whoever_comes_late() {
    let is_claim = |call: &CallInfo| call.operation == "PutItem" && call.resource.contains("claims");
    let stage = made_twice(is_claim, async |stage| {
        let (request, machine) = (stage.request().await, Machine::new("dana"));
        stage.send(&machine.ask(&request)).await;
        stage.settle().await;
        stage.send(&Job::ConfirmClaim(machine.answer(stage, &request, DANA))).await;
        stage.settle().await;
        assert_eq!(stage.request().await.status, Status::Active);
    })
    .await;
    let request = stage.request().await;
    assert_eq!(request.status, Status::Active);
    let users = stage.aws.users().await;
    assert_eq!((users.len(), users[0].keys.len(), stage.aws.schedules().await.len()), (1, 1, 1));
    assert_eq!(item(&stage).await["expires"], request.access.expires_at.unwrap().0);
}

/// It would put the guard of the first end, or its schedule, over that of an extension.
#[tokio::test]
async fn whoever_comes_late_puts_nothing_over_what_another_made() {
    for stands_at in ["CreateUser", "CreateSchedule"] {
        let made = AtomicU64::new(0);
        let stage = made_twice(
            move |call| call.operation == stands_at,
            async |stage| {
                made.store(stage.aws.calls().last().unwrap().number, Ordering::SeqCst);
            },
        )
        .await;
        let late = stage.aws.calls().into_iter().filter(|call| call.number > made.load(Ordering::SeqCst));
        let puts_over = |call: &CallInfo| {
            call.operation == "UpdateSchedule"
                || call.operation.starts_with("Put") && call.action().starts_with("iam:")
        };
        let puts: Vec<String> = late.filter(puts_over).map(|call| call.operation).collect();
        assert_eq!(puts, Vec::<String>::new(), "after standing still at {stands_at}");
        assert_eq!(stage.request().await.status, Status::Ready);
    }
}
