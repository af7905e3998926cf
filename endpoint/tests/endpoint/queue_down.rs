//! A queue that does not answer: Slack is told in time, so that the person who clicked is told too.

use std::time::{Duration, Instant};

use endpoint::Stage;
use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::payload::{self, Signed};
use tokio::net::TcpListener;

const ANSWER_WITHIN: Duration = Duration::from_millis(2500);
const TRIES: u32 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_refuses_is_a_503_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    unavailable(&format!("http://{address}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_never_answers_is_a_503_in_time() {
    // Connections wait in the backlog and are never looked at.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    unavailable(&format!("http://{}", listener.local_addr().unwrap())).await;
    drop(listener);
}

/// Other work can only make an answer slower, so one of so many tries within the limit is enough, each with an ingress of its own.
async fn unavailable(endpoint: &str) {
    let mut slowest = Vec::new();
    for _ in 0..TRIES {
        let took = slowest_answer(endpoint).await;
        if took < ANSWER_WITHIN {
            return;
        }
        slowest.push(took);
    }
    panic!("the slowest answers took {slowest:?}");
}

async fn slowest_answer(endpoint: &str) -> Duration {
    let stage = Stage::ingress_alone(&[("AWS_ENDPOINT_URL", endpoint)]).await;
    let mut slowest = Duration::ZERO;
    // The second time, whatever the first left behind (a connection, a breaker) must not change the answer.
    for _ in 0..2 {
        let start = Instant::now();
        let answer = stage.ask(DANA, "payments", "ReadOnly", "1h").await;
        assert_eq!(answer.status, 503, "{}", answer.body);
        slowest = slowest.max(start.elapsed());

        let start = Instant::now();
        let click = Signed::at(0, payload::click(OLIVIA, "C0APPROVALS", "1.2", "approve", "some-request"));
        let answer = stage.post_interaction(&click).await;
        assert_eq!(answer.status, 503, "{}", answer.body);
        slowest = slowest.max(start.elapsed());
    }
    stage.close().await;
    slowest
}
