//! A workflow's step that asks for access: answered by what becomes of the request, once, and never with its token.

use domain::job::{FailedStep, WorkflowStep};
use domain::{ExecutionId, Job, RequestId, Status};
use serde_json::{Value, json};
use testkit::slack::Fault;

use crate::stage::{DANA, OLIVIA, Stage};

/// A step that runs, and the job that it becomes.
fn step(stage: &Stage, role: &str, duration: &str) -> (String, Job) {
    let id = stage.slack.start_step();
    (id.clone(), job(stage, &id, role, duration))
}

fn job(stage: &Stage, id: &str, role: &str, duration: &str) -> Job {
    let mut ask = stage.spec(DANA, "payments", role, duration);
    ask.idempotency_key = format!("{id}-{role}");
    Job::WorkflowStep(WorkflowStep { execution_id: ExecutionId::parse(id).unwrap(), ask })
}

async fn handled(stage: &Stage, job: &Job) {
    stage.send(job).await;
    let left = stage.settle().await;
    assert!(left.rejected.is_empty() && left.waiting.is_empty(), "{left:?}");
}

async fn only(stage: &Stage) -> RequestId {
    stage.request().await.request_id
}

fn answers(stage: &Stage) -> usize {
    stage.slack.calls().iter().filter(|call| call.method.starts_with("functions.")).count()
}

#[tokio::test]
async fn it_is_done_when_access_works() {
    for twice in [false, true] {
        let mut stage = Stage::new().await;
        stage.twice = twice;
        let (id, job) = step(&stage, "ReadOnly", "1h");
        handled(&stage, &job).await;
        assert_eq!(answers(&stage), 0, "nobody has decided yet");
        let request_id = only(&stage).await;
        handled(&stage, &Job::Approve(stage.click(&request_id, OLIVIA))).await;
        let done = json!({"request_id": request_id, "status": "ACTIVE"});
        assert_eq!(stage.slack.step(&id).unwrap().outputs, Some(done));
        handled(&stage, &Job::EndGrant(stage.click(&request_id, DANA))).await;
        assert_eq!(answers(&stage), 1, "it is answered once");
        assert_eq!(domain::audit::verify(&stage.request().await).faults, []);
    }
}

#[tokio::test]
async fn a_denial_is_an_answer_and_a_lapse_or_a_failure_says_why() {
    let stage = Stage::new().await;
    let (id, job) = step(&stage, "ReadOnly", "1h");
    handled(&stage, &job).await;
    let request_id = only(&stage).await;
    handled(&stage, &Job::Deny(stage.click(&request_id, OLIVIA))).await;
    assert_eq!(stage.slack.step(&id).unwrap().outputs.unwrap()["status"], "DENIED");

    let stage = Stage::new().await;
    let (id, job) = step(&stage, "ReadOnly", "1h");
    handled(&stage, &job).await;
    stage.pass(25 * 3_600);
    handled(&stage, &Job::Sweep).await;
    assert_eq!(stage.request().await.status, Status::Lapsed);
    let error = stage.slack.step(&id).unwrap().error.unwrap();
    assert!(error.starts_with("Nobody decided"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_asked_for_fails_it_with_words_that_help() {
    let stage = Stage::new().await;
    for (role, duration, part) in [("Nonsense", "1h", "ReadOnly"), ("ReadOnly", "9h", "8 hours")] {
        let (id, job) = step(&stage, role, duration);
        handled(&stage, &job).await;
        let error = stage.slack.step(&id).unwrap().error.unwrap();
        assert!(error.contains(part), "{error}");
        assert!(stage.messages_to(DANA).pop().unwrap().contains(part), "the person is told too");
    }
    let id = stage.slack.start_step();
    let why = "The step's input `user` is empty.".to_owned();
    handled(&stage, &Job::FailedStep(FailedStep { execution_id: ExecutionId::parse(&id).unwrap(), why }))
        .await;
    assert_eq!(stage.slack.step(&id).unwrap().error.as_deref(), Some("The step's input `user` is empty."));
    assert!(stage.requests().await.is_empty());
}

#[tokio::test]
async fn the_same_run_that_slack_names_again_later_asks_for_nothing_more() {
    let stage = Stage::new().await;
    let (id, job) = step(&stage, "ReadOnly", "1h");
    handled(&stage, &job).await;
    let request_id = only(&stage).await;
    for is_denied in [false, true] {
        if is_denied {
            handled(&stage, &Job::Deny(stage.click(&request_id, OLIVIA))).await;
        }
        stage.pass(360);
        handled(&stage, &self::job(&stage, &id, "ReadOnly", "1h")).await;
        assert_eq!(stage.requests().await.len(), 1, "denied: {is_denied}");
    }
    assert_eq!(answers(&stage), 1);
    let (other, job) = step(&stage, "ReadOnly", "1h");
    handled(&stage, &job).await;
    assert_eq!(stage.requests().await.len(), 2, "another run is another request");
    assert_eq!(stage.slack.step(&other).unwrap().error, None);
}

#[tokio::test]
async fn an_answer_that_slack_does_not_take_holds_up_nothing_and_one_that_may_pass_is_given_again() {
    for (fault, calls, answered) in [
        (Fault::ServerError, 2, true),
        (Fault::LoseAnswer, 2, true),
        (Fault::RateLimited { retry_after_secs: 1 }, 2, true),
        (Fault::Api("access_denied".into()), 1, false),
        (Fault::Api("function_execution_not_found".into()), 1, false),
        (Fault::Api("execution_not_in_running_state".into()), 1, false),
    ] {
        let stage = Stage::new().await;
        let (id, job) = step(&stage, "ReadOnly", "1h");
        handled(&stage, &job).await;
        let request_id = only(&stage).await;
        stage.slack.fail("functions.completeSuccess", fault.clone(), 1);
        handled(&stage, &Job::Approve(stage.click(&request_id, OLIVIA))).await;
        let request = stage.request().await;
        assert!(request.status == Status::Active && request.is_up_to_date(), "{fault:?}");
        assert_eq!(answers(&stage), calls, "{fault:?}");
        assert_eq!(stage.slack.step(&id).unwrap().outputs.is_some(), answered, "{fault:?}");
    }
}

#[tokio::test]
async fn a_request_that_no_step_asked_for_is_answered_to_none() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let request_id = only(&stage).await;
    handled(&stage, &Job::Approve(stage.click(&request_id, OLIVIA))).await;
    assert_eq!(answers(&stage), 0);
    let record: Value = serde_json::to_value(stage.request().await).unwrap();
    assert_eq!(record.get("workflow_step"), None);
}
