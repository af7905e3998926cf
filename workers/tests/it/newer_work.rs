//! Work that a newer program left to whoever comes: jobs in the outbox that carry more than we know, and projects with a
//! kind of role that we do not know.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Job, QueueName, Status};
use serde_json::{Value, json};
use workers::Failure;
use workers::consumer::Attempt;

use crate::rolling::{list, live, push, raw, rewrite};
use crate::stage::{DANA, OLIVIA, STRANGER, Stage, payments};

const FIRST: Attempt = Attempt { number: 1, max: 8 };

#[tokio::test]
async fn what_a_newer_program_put_into_a_job_that_we_know_is_sent_with_it() {
    let stage = Stage::new().await;
    let id = live(&stage, "ReadOnly").await;
    // What followed from the approval is done, and a sweep takes up what nobody has received for a while.
    stage.pass(120);
    stage.settle().await;
    let bytes = AttributeValue::B(vec![0, 255].into());
    rewrite(&stage, &id, |item| {
        push(item, "outbox", json!({"job": "tell", "request_id": id, "urgency": {"level": 3}}));
        push(item, "outbox", json!({"job": "provision", "request_id": id, "version": 2}));
        let Some(AttributeValue::L(outbox)) = item.get_mut("outbox") else { panic!("no outbox") };
        let Some(AttributeValue::M(job)) = outbox.last_mut() else { panic!("no job") };
        job.insert("bytes".into(), bytes.clone());
    })
    .await;
    stage.handle(QueueName::Revoke, &Job::Sweep, FIRST).await.unwrap();
    let bodies = |name: &str| -> Vec<String> {
        let queue = stage.aws.queue(name).unwrap();
        queue.messages.into_iter().map(|message| message.body).collect()
    };
    let body = json!({"job": "tell", "request_id": id, "urgency": {"level": 3}, "version": 1}).to_string();
    assert_eq!(bodies("keylease-notify"), [body]);
    assert!(bodies("keylease-provision").is_empty(), "a version that we do not read is not sent as ours");
    let item = raw(&stage, &id).await;
    let [left] = list(&item, "outbox") else { panic!("{item:?}") };
    assert_eq!(left.as_m().unwrap()["bytes"], bytes, "it waits, to the letter");
}

fn with_a_newer_role() -> Value {
    let mut project = payments();
    project["roles"]["Admin"] =
        json!({"kind": "certificate", "certificate_arn": "arn:x", "max_duration": "1h"});
    project
}

#[tokio::test]
async fn a_project_with_a_kind_of_role_that_we_do_not_know_is_left_to_the_newer_program() {
    let stage = Stage::new().await;
    stage.ask("ReadOnly", "1h").await;
    let id = stage.request().await.request_id;
    stage.put_project(with_a_newer_role()).await;
    let click = stage.click(&id, OLIVIA);
    let spec = stage.spec(DANA, "payments", "PowerUser", "1h");
    for (queue, job) in [
        (QueueName::Provision, Job::Approve(click.clone())),
        (QueueName::Notify, Job::Deny(click)),
        (QueueName::Notify, Job::Submit(spec)),
    ] {
        let outcome = stage.handle(queue, &job, FIRST).await;
        assert!(matches!(outcome, Err(Failure::Later { .. })), "{}: {outcome:?}", job.name());
    }
    assert_eq!(stage.request().await.status, Status::Pending);
    // The newer program would have gone on at once; here the project can be read again.
    stage.put_project(payments()).await;
    stage.send(&Job::Approve(stage.click(&id, OLIVIA))).await;
    stage.settle().await;
    assert_eq!(stage.request().await.status, Status::Active);
}

#[tokio::test]
async fn whoever_the_record_names_ends_a_grant_whatever_kinds_of_role_its_project_has() {
    let stage = Stage::new().await;
    let id = live(&stage, "ReadOnly").await;
    stage.put_project(with_a_newer_role()).await;
    let by_other = Job::EndGrant(stage.click(&id, STRANGER));
    let outcome = stage.handle(QueueName::Revoke, &by_other, FIRST).await;
    assert!(
        matches!(outcome, Err(Failure::Later { .. })),
        "only the project says whether they may: {outcome:?}"
    );
    stage.handle(QueueName::Revoke, &Job::EndGrant(stage.click(&id, DANA)), FIRST).await.unwrap();
    assert_eq!(stage.request().await.status, Status::Revoked);
}
