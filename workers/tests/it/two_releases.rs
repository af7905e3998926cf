//! Workers of two releases on the same queues and tables, as during a deploy: which of them gets a job is drawn.

use aws::sqs::JobConsumer;
use domain::audit::{Verified, verify};
use domain::{Job, QueueName, Request, Status};
use serde_json::{Map, Value};
use testkit::aws::{Beside, Release, plain_item};
use testkit::world::World;
use workers::consumer::{Attempt, Handler};
use workers::{Failure, Slice, Worker};

use crate::stage::{DANA, OLIVIA, SAM, Stage};

/// Histories of each kind.
const HISTORIES: u64 = 12;
/// Deliveries that one settling takes, at most.
const DELIVERIES_MAX: u32 = 600;
/// What is put off comes back after so many seconds here, however long it was put off.
const BACK_AFTER_SECONDS: i64 = 20;

/// A stage whose own workers are of one release, and others of another.
struct Fleet {
    stage: Stage,
    release: Release,
    others: Vec<Worker>,
    rng: fastrand::Rng,
    /// Whether the deploy is over, and one release is left.
    only: Option<Which>,
    /// Bodies that were dead-lettered.
    dead_lettered: Vec<(QueueName, String)>,
    /// Jobs that were put off because their record could not be read.
    put_off: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Present,
    Other,
}

impl Fleet {
    async fn new(release: Release, seed: u64) -> Self {
        let stage = Stage::new().await;
        stage.aws.let_another_version_write_beside(Beside::Nobody);
        let sdk = release.config(&stage.sdk).unwrap();
        let mut others = Vec::new();
        for queue in QueueName::ALL {
            let worker = World::worker(&stage, queue, &sdk, &stage.clock(), Slice::default()).await;
            others.push(worker.unwrap());
        }
        let rng = fastrand::Rng::with_seed(seed);
        Self { stage, release, others, rng, only: None, dead_lettered: Vec::new(), put_off: 0 }
    }

    /// Hands out jobs until no queue has any.
    async fn settle(&mut self) {
        for _ in 0..DELIVERIES_MAX {
            let mut is_idle = true;
            for queue in QueueName::ALL {
                is_idle &= !self.deliver(queue).await;
            }
            if is_idle {
                return;
            }
        }
        panic!("the queues do not settle");
    }

    async fn deliver(&mut self, queue: QueueName) -> bool {
        let url = self.stage.settings().queues.of(queue);
        let consumer = JobConsumer::open(&self.stage.sdk, url).await.unwrap();
        let Some(message) = consumer.receive(1, 0).await.unwrap().into_iter().next() else { return false };
        let drawn = if self.rng.bool() { Which::Present } else { Which::Other };
        let which = self.only.unwrap_or(drawn);
        let body = match which {
            Which::Present => message.body.clone(),
            Which::Other => self.release.received(&message.body),
        };
        let outcome = match Job::decode(&body) {
            // Its number is not what is looked at here: what is put off comes back as often as it has to.
            Ok(job) => self.handle(which, queue, &job).await,
            Err(error) => Err(Failure::Reject { reason: error.reason(), error: error.to_string() }),
        };
        match outcome {
            Ok(()) => consumer.delete(&message.receipt_handle).await.unwrap(),
            Err(Failure::Reject { reason, error }) => {
                let is_unknown = ["unknown_job", "unknown_version"].contains(&reason);
                assert!(
                    is_unknown && which == Which::Present,
                    "{which:?} {}: {reason} {error}",
                    message.body
                );
                self.dead_lettered.push((queue, message.body.clone()));
                consumer.delete(&message.receipt_handle).await.unwrap();
            }
            Err(Failure::Later { .. } | Failure::Retry { .. }) => {
                self.put_off += 1;
                self.stage.pass(BACK_AFTER_SECONDS);
                consumer.requeue(&message.body, 0, None).await.unwrap();
                consumer.delete(&message.receipt_handle).await.unwrap();
            }
            Err(Failure::NeedsOperator { error }) => panic!("{}: {error}", message.body),
        }
        true
    }

    async fn handle(&self, which: Which, queue: QueueName, job: &Job) -> Result<(), Failure> {
        let attempt = Attempt { number: 1, max: 8 };
        let place = QueueName::ALL.iter().position(|other| *other == queue).unwrap();
        match which {
            Which::Present => self.stage.handle(queue, job, attempt).await,
            Which::Other => self.others[place].handle(job, attempt).await,
        }
    }

    /// The deploy is over, and an operator replays what was dead-lettered with the program that is left.
    async fn finish(&mut self, left: Which) {
        self.only = Some(left);
        let queues = aws_sdk_sqs::Client::new(&self.stage.sdk);
        for (queue, body) in std::mem::take(&mut self.dead_lettered) {
            let send = queues.send_message().queue_url(self.stage.settings().queues.of(queue));
            send.message_body(body).send().await.unwrap();
        }
        self.settle().await;
        self.stage.pass(300);
        self.stage.send(&Job::Sweep).await;
        self.settle().await;
    }

    /// The one record, as it stands.
    async fn record(&self) -> Map<String, Value> {
        let records = self.stage.aws.items(&self.stage.settings().requests_table).await;
        let [record] = records.as_slice() else { panic!("one record: {records:#?}") };
        (**record).clone()
    }

    /// The one request, as the newer release reads it.
    async fn request(&self) -> Request {
        let mut record = self.record().await;
        if self.release == Release::Next {
            self.release.read(&mut record);
        }
        serde_json::from_value(Value::Object(plain_item(&record))).unwrap()
    }
}

/// Asks, approves, perhaps ends it early, and lets the time pass. Which release is left in the end handles what the other
/// could not.
async fn whole_way(release: Release, seed: u64, left: Which) -> Fleet {
    let mut fleet = Fleet::new(release, seed).await;
    let role = ["ReadOnly", "PowerUser", "Both"][usize::try_from(seed % 3).unwrap()];
    let ask = fleet.stage.spec(DANA, "payments", role, "1h");
    fleet.stage.send(&Job::Submit(ask)).await;
    fleet.settle().await;
    let id = fleet.request().await.request_id;
    for who in [OLIVIA, SAM] {
        if fleet.request().await.status == Status::Pending {
            fleet.stage.send(&Job::Approve(fleet.stage.click(&id, who))).await;
            fleet.settle().await;
        }
    }
    if seed.is_multiple_of(2) {
        fleet.stage.send(&Job::EndGrant(fleet.stage.click(&id, DANA))).await;
        fleet.settle().await;
    }
    fleet.finish(left).await;
    fleet.stage.pass(3_601);
    fleet.stage.fire_schedules().await;
    fleet.stage.send(&Job::Sweep).await;
    fleet.settle().await;
    fleet.stage.pass(300);
    fleet.stage.send(&Job::Sweep).await;
    fleet.settle().await;
    fleet
}

async fn is_over(fleet: &Fleet, seed: u64) {
    let request = fleet.request().await;
    assert!(matches!(request.status, Status::Expired | Status::Revoked), "{seed}: {request:#?}");
    assert!(request.access.gone_at.is_some() && request.work.outbox.is_empty(), "{seed}: {request:#?}");
    assert!(request.is_up_to_date(), "{seed}: {request:#?}");
    assert_eq!(verify(&request), Verified::default(), "{seed}");
    assert!(fleet.stage.aws.users().await.is_empty(), "{seed}");
}

#[tokio::test]
async fn beside_the_next_release_nothing_that_it_wrote_is_lost_and_all_comes_to_its_end() {
    let (mut put_off, mut dead_lettered) = (0, 0);
    for seed in 0..HISTORIES {
        let fleet = whole_way(Release::Next, seed, Which::Other).await;
        is_over(&fleet, seed).await;
        assert_eq!(fleet.stage.aws.lost_attributes(), Vec::<String>::new(), "{seed}");
        put_off += fleet.put_off;
        dead_lettered += fleet.dead_lettered.len();
    }
    assert!(put_off > 0, "some record could not be read by ours");
    assert_eq!(dead_lettered, 0, "all was replayed");
}

#[tokio::test]
async fn beside_the_previous_release_all_comes_to_its_end() {
    for seed in 0..HISTORIES {
        let fleet = whole_way(Release::Previous, seed, Which::Present).await;
        assert!(fleet.dead_lettered.is_empty(), "{seed}: each reads what the other sends");
        is_over(&fleet, seed).await;
    }
}
