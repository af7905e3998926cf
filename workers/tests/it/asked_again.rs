//! The same asked twice: what was sent twice is one request, and what is asked for anew after it is over is a new one.

use domain::job::{AccessRequest, Click};
use domain::validation::submission_id;
use domain::{Job, QueueName, SlackUserId, Status};
use testkit::aws::{Fault, Service};

use crate::stage::{DANA, OLIVIA, Stage};

/// What the ingress makes of the same form, whenever it is sent.
fn submission(stage: &Stage) -> AccessRequest {
    let idempotency_key =
        submission_id(&SlackUserId::parse(DANA).unwrap(), &["payments", "ReadOnly", "1h", "on call"]);
    AccessRequest { idempotency_key, ..stage.spec(DANA, "payments", "ReadOnly", "1h") }
}

async fn submit(stage: &Stage, ask: &AccessRequest) {
    stage.send(&Job::Submit(ask.clone())).await;
    stage.settle().await;
}

async fn decide(stage: &Stage, job: fn(Click) -> Job, person: &str) {
    let open = stage.requests().await.into_iter().find(|request| !request.status.is_final()).unwrap();
    stage.send(&job(stage.click(&open.request_id, person))).await;
    stage.settle().await;
}

#[tokio::test]
async fn what_was_ended_can_be_asked_for_again_within_seconds() {
    let stage = Stage::new().await;
    let first = submission(&stage);
    submit(&stage, &first).await;
    decide(&stage, Job::Approve, OLIVIA).await;
    decide(&stage, Job::EndGrant, DANA).await;
    assert_eq!(stage.request().await.status, Status::Revoked);

    stage.pass(2);
    submit(&stage, &submission(&stage)).await;
    let statuses: Vec<Status> = stage.requests().await.iter().map(|request| request.status).collect();
    assert_eq!(statuses.len(), 2, "{statuses:?}");
    assert!(statuses.contains(&Status::Pending), "{statuses:?}");
    assert!(stage.messages_to(DANA).last().unwrap().starts_with("I asked"), "{:?}", stage.messages_to(DANA));

    submit(&stage, &first).await;
    assert_eq!(stage.requests().await.len(), 2, "a queue that delivers the first again makes nothing");
}

#[tokio::test]
async fn what_was_sent_twice_is_one_request_whether_or_not_it_was_decided_in_between() {
    for decision in [None, Some((Job::Deny as fn(Click) -> Job, OLIVIA)), Some((Job::Approve, OLIVIA))] {
        let stage = Stage::new().await;
        submit(&stage, &submission(&stage)).await;
        if let Some((job, person)) = decision {
            decide(&stage, job, person).await;
        }
        let told = stage.messages_to(DANA).len();
        stage.pass(2);
        submit(&stage, &submission(&stage)).await;
        assert_eq!(stage.requests().await.len(), 1);
        assert_eq!(stage.messages_to(DANA).len(), told, "{:?}", stage.messages_to(DANA));
    }
}

#[tokio::test]
async fn whoever_read_that_nothing_came_of_it_and_asks_again_is_answered_again() {
    let stage = Stage::new().await;
    stage.aws.inject(|call| {
        let refused = Fault::Answer { status: 400, code: "ValidationException" };
        (call.service == Service::DynamoDb && call.operation == "GetItem").then_some(refused)
    });
    let first = submission(&stage);
    submit(&stage, &first).await;
    let attempt = workers::consumer::Attempt { number: 1, max: 8 };
    let again = stage.handle(QueueName::Notify, &Job::Submit(first), attempt).await;
    assert!(again.is_err());
    assert_eq!(
        stage.messages_to(DANA).len(),
        1,
        "the same delivery is answered once: {:?}",
        stage.messages_to(DANA)
    );

    stage.pass(3);
    submit(&stage, &submission(&stage)).await;
    assert_eq!(stage.messages_to(DANA).len(), 2, "{:?}", stage.messages_to(DANA));
}
