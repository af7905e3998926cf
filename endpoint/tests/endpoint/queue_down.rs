//! A queue that does not answer: Slack is told in time, so that the person who clicked is told too.

use std::time::Duration;

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::payload::{self, Signed};
use endpoint::{Stage, in_time};
use tokio::net::TcpListener;

const ANSWER_WITHIN: Duration = Duration::from_millis(2500);

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

async fn unavailable(endpoint: &str) {
    let stage = Stage::ingress_alone(&[("AWS_ENDPOINT_URL", endpoint)]).await;
    // The second time, whatever the first left behind (a connection, a breaker) must not change the answer.
    for _ in 0..2 {
        let ask = async || stage.ask(DANA, "payments", "ReadOnly", "1h").await;
        let answer = in_time("the workflow waited", ANSWER_WITHIN, ask).await;
        assert_eq!(answer.status, 503, "{}", answer.body);

        let click = Signed::at(0, payload::click(OLIVIA, "C0APPROVALS", "1.2", "approve", "some-request"));
        let answer =
            in_time("the click waited", ANSWER_WITHIN, async || stage.post_interaction(&click).await).await;
        assert_eq!(answer.status, 503, "{}", answer.body);
    }
    stage.close().await;
}
