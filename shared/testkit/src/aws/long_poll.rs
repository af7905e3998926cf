//! Long polling: a worker that waits for messages has them as soon as they are there.
//!
//! The embedded SQS looks every 100 ms while somebody waits, which adds 50 ms to each hop over a queue. Here whoever waits is
//! woken by what makes a message visible.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use winterbaume_core::{MockRequest, MockResponse, MockService};
use winterbaume_sqs::SqsService;

use super::queue_store::QueueStore;

/// The longest wait that SQS allows, in seconds.
const WAIT_MAX_SECONDS: u64 = 20;

/// Answers a call on a queue, `ReceiveMessage` once there is a message or the wait is over.
pub(crate) async fn handle(sqs: &SqsService, queues: &QueueStore, request: MockRequest) -> MockResponse {
    let Some((at_once, queue, wait)) = as_receive(&request) else { return sqs.handle(request).await };
    let deadline = Instant::now() + wait;
    loop {
        // Registered before the look, so that nothing that happens in between is missed.
        let mut changed = std::pin::pin!(queues.changed());
        changed.as_mut().enable();
        let answer = sqs.handle(at_once.clone()).await;
        if answer.status != 200 || has_messages(&answer) || Instant::now() >= deadline {
            return answer;
        }
        let next = queues.next_visible(&queue).map_or(deadline, |after| Instant::now() + after);
        tokio::select! {
            () = &mut changed => {}
            () = tokio::time::sleep_until(next.min(deadline)) => {}
        }
    }
}

/// The call without its wait, its queue's name, and how long it would wait; nothing for a call that waits for nothing.
fn as_receive(request: &MockRequest) -> Option<(MockRequest, String, Duration)> {
    let target = request.headers.get("x-amz-target")?.to_str().ok()?;
    if target != "AmazonSQS.ReceiveMessage" {
        return None;
    }
    let mut body: Value = serde_json::from_slice(&request.body).ok()?;
    let wait = body.get("WaitTimeSeconds").and_then(Value::as_u64).filter(|seconds| *seconds > 0)?;
    let queue = body.get("QueueUrl")?.as_str()?.rsplit('/').next()?.to_owned();
    *body.get_mut("WaitTimeSeconds")? = Value::from(0);
    let at_once = MockRequest { body: body.to_string().into(), ..request.clone() };
    Some((at_once, queue, Duration::from_secs(wait.min(WAIT_MAX_SECONDS))))
}

fn has_messages(answer: &MockResponse) -> bool {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    body.and_then(|body| Some(!body.get("Messages")?.as_array()?.is_empty())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::aws::EmbeddedAws;

    async fn receive(aws: &Arc<EmbeddedAws>, wait_seconds: i32) -> Vec<String> {
        let client = aws_sdk_sqs::Client::new(&aws.sdk_config());
        let url = &aws.variables()["QUEUE_URL_NOTIFY"];
        let answer =
            client.receive_message().queue_url(url).wait_time_seconds(wait_seconds).send().await.unwrap();
        answer.messages.unwrap_or_default().into_iter().filter_map(|message| message.body).collect()
    }

    async fn send(aws: &Arc<EmbeddedAws>, body: &str, delay_seconds: i32) {
        let client = aws_sdk_sqs::Client::new(&aws.sdk_config());
        let url = &aws.variables()["QUEUE_URL_NOTIFY"];
        let message = client.send_message().queue_url(url).message_body(body).delay_seconds(delay_seconds);
        message.send().await.unwrap();
    }

    #[tokio::test]
    async fn whoever_waits_has_a_message_as_soon_as_it_is_sent() {
        let aws = EmbeddedAws::start().await;
        let waiting = tokio::spawn({
            let aws = Arc::clone(&aws);
            async move { receive(&aws, 20).await }
        });
        while !aws.calls().iter().any(|call| call.operation == "ReceiveMessage") {
            tokio::task::yield_now().await;
        }
        let sent = Instant::now();
        send(&aws, "now", 0).await;
        assert_eq!(waiting.await.unwrap(), ["now"]);
        assert!(sent.elapsed() < Duration::from_secs(5), "it was woken, and did not wait for its 20 s");
    }

    #[tokio::test]
    async fn a_delayed_message_ends_the_wait_when_it_is_due() {
        let aws = EmbeddedAws::start().await;
        send(&aws, "later", 1).await;
        let began = Instant::now();
        assert_eq!(receive(&aws, 20).await, ["later"]);
        assert!(began.elapsed() < Duration::from_secs(10));
    }

    #[tokio::test]
    async fn a_wait_for_nothing_ends_after_its_time() {
        let aws = EmbeddedAws::start().await;
        let began = Instant::now();
        assert!(receive(&aws, 1).await.is_empty());
        assert!(began.elapsed() >= Duration::from_secs(1));
    }
}
