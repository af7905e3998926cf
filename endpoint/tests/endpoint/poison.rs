//! Messages that can never be a job: dead-lettered with the reason, and the queue goes on.

use endpoint::catalogue::OLIVIA;
use endpoint::cloud::Queue;
use endpoint::{PATIENCE, Stage, eventually};

const POISON: [&str; 6] = [
    "not JSON",
    "{}",
    r#"{"version":99,"job":"tell","request_id":"r1"}"#,
    r#"{"version":1,"job":"dance"}"#,
    r#"{"version":1,"job":"revoke"}"#,
    r#"{"version":1,"job":"revoke","request_id":"../../etc"}"#,
];

#[tokio::test(flavor = "multi_thread")]
async fn poison_is_parked_with_its_reason_and_the_queues_go_on() {
    let stage = Stage::open().await;
    for queue in stage.cloud.queues() {
        for body in POISON {
            stage.cloud.put(queue, body).await;
        }
    }
    for queue in stage.cloud.queues() {
        parked(&stage, queue).await;
    }
    let asked = stage.dana_asks("ReadOnly", "10s").await;
    stage.click(OLIVIA, &asked, "approve").await;
    stage.only_request("EXPIRED").await;
    stage.close().await;
}

async fn parked(stage: &Stage, queue: &Queue) {
    let dead = eventually("all poison is parked", PATIENCE, async || {
        let dead = stage.cloud.lying(&queue.dlq_url).await;
        (dead.len() == POISON.len()).then_some(dead)
    })
    .await;
    for body in POISON {
        let message = dead.iter().find(|message| message.body == body);
        let message = message.unwrap_or_else(|| panic!("{body:?} is not parked as it was, only {dead:?}"));
        for name in ["reason", "error"] {
            let said = message.attribute(name).unwrap_or_default();
            assert!(!said.is_empty(), "{body:?} is parked without `{name}`: {message:?}");
        }
    }
    assert!(stage.cloud.lying(&queue.url).await.is_empty(), "nothing is left in the queue");
}
