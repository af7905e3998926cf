//! Jobs posted without the SDK: signed as AWS checks it, and left to the SDK when something goes wrong.
#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use aws::sqs::FastSender;
use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use domain::{Job, QueueName, RequestId};
use service::config::WorkerSettings;
use testkit::aws::{EmbeddedAws, Fault};

const MAY_SEND: &str = r#"{"Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}"#;

/// Someone whose signatures are checked, and who may send.
async fn sender(aws: &Arc<EmbeddedAws>) -> SdkConfig {
    let iam = aws_sdk_iam::Client::new(&aws.sdk_config());
    iam.create_user().user_name("sender").send().await.unwrap();
    let put = iam.put_user_policy().user_name("sender").policy_name("send").policy_document(MAY_SEND);
    put.send().await.unwrap();
    let key = iam.create_access_key().user_name("sender").send().await.unwrap().access_key.unwrap();
    let sdk = aws.sdk_config_for(&key.access_key_id, &key.secret_access_key, None);
    over_a_socket(aws, &sdk).await
}

/// The workers, whose signatures are not checked.
async fn worker(aws: &Arc<EmbeddedAws>) -> SdkConfig {
    over_a_socket(aws, &aws.sdk_config()).await
}

/// The same AWS at a port of this machine: with the SDK's own HTTP client, as a program has it.
async fn over_a_socket(aws: &Arc<EmbeddedAws>, sdk: &SdkConfig) -> SdkConfig {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(Arc::clone(aws).serve(listener));
    let mut sdk = sdk.to_builder().endpoint_url(endpoint);
    sdk.set_http_client(None);
    sdk.build()
}

fn fast(aws: &EmbeddedAws, sdk: &SdkConfig) -> FastSender {
    let mut variables = aws.variables();
    variables.insert("SLACK_BOT_TOKEN".into(), "xoxb-test".into());
    let lookup = |name: &str| variables.get(name).cloned();
    FastSender::new(sdk, WorkerSettings::from_lookup(QueueName::Provision, &lookup).unwrap().queues)
}

fn job(id: &str) -> Job {
    Job::Provision { request_id: RequestId::parse(id).unwrap() }
}

fn sends(aws: &EmbeddedAws) -> usize {
    aws.calls().iter().filter(|call| call.operation == "SendMessage").count()
}

fn queued(aws: &EmbeddedAws) -> Vec<String> {
    aws.queue("keylease-provision").unwrap().messages.into_iter().map(|message| message.body).collect()
}

/// Throws `fault` at the next call only.
fn once(aws: &EmbeddedAws, fault: Fault) {
    let left = AtomicU32::new(1);
    let take =
        move || left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    aws.inject(move |_| take().then(|| fault.clone()));
}

#[tokio::test]
async fn every_job_is_there_once_and_its_signature_holds() {
    let aws = EmbeddedAws::start().await;
    let sender = fast(&aws, &sender(&aws).await);
    let before = aws.calls().len();
    let jobs = ["r-1", "r-2", "r-3"].map(job);
    for job in &jobs {
        sender.send(job).await.unwrap();
    }
    // A post that AWS refuses would be followed by a call of the SDK's.
    assert_eq!((aws.calls().len() - before, sends(&aws)), (3, 3));
    assert_eq!(queued(&aws), jobs.map(|job| job.encode()));
}

#[tokio::test]
async fn what_fails_is_sent_once_more_by_the_sdk() {
    for (fault, there) in
        [(Fault::Deny, 2), (Fault::Throttle, 2), (Fault::FailBefore, 2), (Fault::LoseAnswer, 3)]
    {
        let aws = EmbeddedAws::start().await;
        let sender = fast(&aws, &worker(&aws).await);
        sender.send(&job("r-1")).await.unwrap();
        // The SDK never repeats a call that was denied, so the first of these two was not the SDK's.
        once(&aws, fault.clone());
        sender.send(&job("r-2")).await.unwrap();
        assert_eq!((sends(&aws), queued(&aws).len()), (3, there), "{fault:?}");
    }
}

#[tokio::test]
async fn a_queue_that_hangs_is_asked_once_more_after_the_time_of_one_try() {
    let aws = EmbeddedAws::start().await;
    let limits = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_millis(200)).build();
    let sender = fast(&aws, &worker(&aws).await.to_builder().timeout_config(limits).build());
    sender.send(&job("r-1")).await.unwrap();
    once(&aws, Fault::Slow(Duration::from_secs(30)));
    let began = Instant::now();
    sender.send(&job("r-2")).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(200), "{:?}", began.elapsed());
    assert_eq!((sends(&aws), queued(&aws).len()), (3, 2));
}

#[tokio::test]
async fn a_refusal_is_told_as_the_sdk_tells_it() {
    let aws = EmbeddedAws::start().await;
    let sender = fast(&aws, &worker(&aws).await);
    sender.send(&job("r-1")).await.unwrap();
    aws.inject(|_| Some(Fault::Deny));
    let refused = sender.send(&job("r-2")).await.unwrap_err();
    assert!(refused.is("AccessDenied") && !refused.is_retryable(), "{refused}");
    assert_eq!((sends(&aws), queued(&aws).len()), (3, 1));
}

#[tokio::test]
async fn who_gave_the_sdk_an_http_client_has_every_job_sent_by_it() {
    let aws = EmbeddedAws::start().await;
    let sender = fast(&aws, &aws.sdk_config().to_builder().endpoint_url("http://127.0.0.1:9").build());
    for id in ["r-1", "r-2"] {
        sender.send(&job(id)).await.unwrap();
    }
    assert_eq!((sends(&aws), queued(&aws).len()), (2, 2));
}
