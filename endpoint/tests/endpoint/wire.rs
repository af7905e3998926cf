//! HTTP that is not as it should be: other methods and paths, huge and broken bodies, the same thing sent twice.

use endpoint::catalogue::{DANA, OLIVIA};
use endpoint::http;
use endpoint::payload::{self, Signed};
use endpoint::stage::{WORKFLOW_TOKEN, button};
use endpoint::{PATIENCE, Stage, eventually};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::whole::{all_is_done, nothing_is_dead};

const ROUTES: [&str; 4] =
    ["/workflows/aws-access", "/slack/interactions", "/slack/commands", "/slack/events"];

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_and_paths_are_refused_and_queue_nothing() {
    let stage = Stage::ingress_alone(&[]).await;
    let send = async |method: &str, path: &str| {
        let signed = Signed::at(0, payload::click(OLIVIA, "C0APPROVALS", "1.2", "approve", "some-request"));
        http::send(&stage.ingress_url, method, path, &signed.headers(), signed.body.as_bytes()).await.status
    };
    for route in ROUTES {
        for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
            assert_eq!(send(method, route).await, 405, "{method} {route}");
        }
    }
    for path in [
        "/",
        "/slack",
        "/slack/interactions/",
        "/workflows",
        "//slack/interactions",
        "/%2e%2e/healthz",
        "/metrics",
    ] {
        assert_eq!(send("POST", path).await, 404, "{path}");
    }
    assert_eq!(send("POST", "/healthz").await, 405);
    assert_eq!(http::get(&stage.ingress_url, "/healthz?x=1").await.status, 200);
    assert_eq!(stage.cloud.queued().await, 0);
    // What stands after the path is nobody's.
    assert_eq!(send("POST", "/slack/interactions?retry=1").await, 200);
    stage.close().await;
}

/// No answer to any of these is a 5xx, and the ingress goes on.
#[tokio::test(flavor = "multi_thread")]
async fn broken_bodies_are_answered_and_queue_nothing() {
    let stage = Stage::ingress_alone(&[]).await;
    let deep = "[".repeat(100_000);
    let nested = format!("{{\"user_id\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let bodies: [&[u8]; 12] = [
        b"\xff\xfe\x00",
        b"{\"user_id\":\"U0DANA\xff\"}",
        deep.as_bytes(),
        nested.as_bytes(),
        b"{\"user_id\":\"U0DANA\",}",
        b"{\"user_id\":1e999}",
        b"\"U0DANA\"",
        b"true",
        b"{}{}",
        b"\x00\x00\x00\x00",
        b"user_id=U0DANA&project=payments",
        b"{\"user_id\":{\"type\":\"rich_text\",\"elements\":[1,null,{\"elements\":7}]},\"project\":1,\"role\":2,\"duration\":3}",
    ];
    for body in bodies {
        let answer = stage.post_workflow(WORKFLOW_TOKEN, body).await;
        let shown = String::from_utf8_lossy(body).chars().take(80).collect::<String>();
        // Whoever has the right token hears what is wrong with the body.
        assert_eq!(answer.status, 400, "{shown}: {}", answer.body);
        let signed = Signed::at(0, String::from_utf8_lossy(body).into_owned());
        for route in ["/slack/interactions", "/slack/commands", "/slack/events"] {
            let answer = stage.post_signed(route, &signed).await;
            assert!(matches!(answer.status, 200 | 400), "{route} {shown}: {} {}", answer.status, answer.body);
        }
    }
    assert_eq!(stage.cloud.queued().await, 0);
    assert_eq!(http::get(&stage.ingress_url, "/healthz").await.status, 200);
    stage.close().await;
}

/// A body whose end is not announced, of chunks; and one that never ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_chunks_is_read_and_one_that_stops_is_answered() {
    let stage = Stage::ingress_alone(&[]).await;
    let body = whole("in chunks").to_string();
    let (first, second) = body.split_at(20);
    let chunks = format!("{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n", first.len(), second.len());
    assert_eq!(raw(&stage, "Transfer-Encoding: chunked", &chunks).await, 200);
    assert_eq!(stage.cloud.queued().await, 1);
    // 16 MiB in chunks, of which the first 256 KiB are the limit.
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    assert_eq!(raw(&stage, "Transfer-Encoding: chunked", &(chunk.repeat(16) + "0\r\n\r\n")).await, 413);
    assert_eq!(raw(&stage, "Content-Length: 1000", first).await, 408);
    assert_eq!(raw(&stage, "Content-Length: 9999999999", first).await, 413);
    assert_eq!(raw(&stage, "Content-Length: many", first).await, 400);
    assert_eq!(stage.cloud.queued().await, 1);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_sent_twice_is_done_once() {
    let stage = Stage::open().await;
    let body = whole("twice").to_string();
    let (one, two) = tokio::join!(
        stage.post_workflow(WORKFLOW_TOKEN, body.as_bytes()),
        stage.post_workflow(WORKFLOW_TOKEN, body.as_bytes())
    );
    assert_eq!((one.status, two.status), (200, 200));
    let asking = stage.message_with("approve").await;
    // A step that timed out sends it again later.
    assert_eq!(stage.post_workflow(WORKFLOW_TOKEN, body.as_bytes()).await.status, 200);
    all_is_done(&stage).await;
    assert_eq!(stage.cloud.requests().await.len(), 1);
    assert_eq!(
        stage.slack.messages().len(),
        2,
        "one to approvers, one to Dana: {:#?}",
        stage.slack.messages()
    );

    let id = button(&asking, "approve").expect("a button");
    let click =
        |action: &str| Signed::at(0, payload::click(OLIVIA, &asking.channel, &asking.ts, action, &id));
    let (approve, deny) = (click("approve"), click("deny"));
    let (yes, no, again) = tokio::join!(
        stage.post_interaction(&approve),
        stage.post_interaction(&deny),
        stage.post_interaction(&approve)
    );
    assert_eq!((yes.status, no.status, again.status), (200, 200, 200));
    let request = eventually("one of the two is the decision", PATIENCE, async || {
        let request = stage.cloud.requests().await.pop()?;
        matches!(request["status"].as_str(), Some("ACTIVE" | "DENIED")).then_some(request)
    })
    .await;
    all_is_done(&stage).await;
    let history = request["history"].as_array().expect("a history");
    let decisions = history.iter().filter(|change| change["to"] == "APPROVED" || change["to"] == "DENIED");
    assert_eq!(decisions.count(), 1, "{history:#?}");
    if request["status"] == "ACTIVE" {
        let told = stage.expect_message(DANA, &["revoke"]).await;
        let end = Signed::at(0, payload::click(DANA, &told.channel, &told.ts, "revoke", &id));
        tokio::join!(stage.post_interaction(&end), stage.post_interaction(&end));
        stage.only_request("REVOKED").await;
        stage.request_is_gone(&id, PATIENCE).await;
        all_is_done(&stage).await;
    }
    assert!(stage.cloud.users().await.is_empty());
    nothing_is_dead(&stage).await;
    stage.close().await;
}

fn whole(why: &str) -> Value {
    json!({"user_id": DANA, "user_name": "dana", "project": "payments", "role": "ReadOnly", "duration": "2h", "justification": why})
}

/// The status of the answer to a workflow's request with this header and these bytes after its head; the connection stays
/// open until it comes.
async fn raw(stage: &Stage, header: &str, bytes: &str) -> u16 {
    let host = stage.ingress_url.trim_start_matches("http://");
    let (mut reader, mut writer) = TcpStream::connect(host).await.expect("the ingress").into_split();
    let head = format!(
        "POST /workflows/aws-access HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {WORKFLOW_TOKEN}\r\n\
         Content-Type: application/json\r\n{header}\r\n\r\n"
    );
    let sending = async {
        drop(writer.write_all(head.as_bytes()).await);
        drop(writer.write_all(bytes.as_bytes()).await);
    };
    let answer = async {
        let mut answer = vec![0; 4_096];
        let read = tokio::time::timeout(PATIENCE, reader.read(&mut answer)).await.expect("an answer in time");
        answer.truncate(read.unwrap_or(0));
        String::from_utf8_lossy(&answer).into_owned()
    };
    let ((), answer) = tokio::join!(sending, answer);
    answer
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or_else(|| panic!("no answer: {answer:?}"))
}
