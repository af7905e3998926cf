//! A flood at the routes of claims, where anybody may ask, keeps nobody's click waiting.

use std::time::{Duration, Instant};

use endpoint::stage::WORKFLOW_TOKEN;
use endpoint::{Stage, http};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Slack waits no longer.
const SLACK_WAITS: Duration = Duration::from_secs(3);
/// More than the ingress has places for.
const SILENT_CONNECTIONS: usize = 4_200;
/// More than may be in work at the routes of claims.
const SLOW_BODIES: usize = 200;
const LOOKING: usize = 20;
const CLICKS: usize = 8;
/// What else runs on the machine may hold up so many of them.
const LATE_MAX: usize = 1;

/// Sends `text` on new connections, one after another: each stays until the ingress closes it.
async fn again_and_again(address: String, text: String) {
    loop {
        let Ok(mut stream) = TcpStream::connect(&address).await else { continue };
        drop(stream.write_all(text.as_bytes()).await);
        drop(stream.read_to_end(&mut Vec::new()).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_is_answered_in_time_while_others_flood_the_routes_of_claims() {
    let stage = Stage::ingress_alone(&[]).await;
    let address = stage.ingress_url.trim_start_matches("http://").to_owned();
    let path = "/claims/AAAAAAAAAAAAAAAAAAAAAA";
    let mut flood = JoinSet::new();
    let slow = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\n\r\n{{\"label\":");
    for _ in 0..SLOW_BODIES {
        flood.spawn(again_and_again(address.clone(), slow.clone()));
    }
    let look = format!("GET {path}/AAAA HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    for _ in 0..LOOKING {
        flood.spawn(again_and_again(address.clone(), look.clone()));
    }
    let mut silent = Vec::new();
    for number in 0..SILENT_CONNECTIONS {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        // Half a head, or a page that nobody reads.
        let text = if number % 2 == 0 {
            "GET /claim/x HTTP/1.1\r\nhost:"
        } else {
            "GET /claim/x HTTP/1.1\r\nhost: x\r\n\r\n"
        };
        stream.write_all(text.as_bytes()).await.unwrap();
        silent.push(stream);
    }
    let token = format!("Bearer {WORKFLOW_TOKEN}");
    let mut late = Vec::new();
    for number in 0..CLICKS {
        let ask = json!({ "user_id": "U0DANA", "user_name": "dana", "project": "payments", "role": "ReadOnly",
            "duration": format!("{}m", 20 + number) });
        let headers = [("Authorization", token.as_str())];
        let body = ask.to_string();
        let began = Instant::now();
        let answer =
            http::send(&stage.ingress_url, "POST", "/workflows/aws-access", &headers, body.as_bytes()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        late.extend((began.elapsed() > SLACK_WAITS).then(|| (number, began.elapsed())));
    }
    assert!(late.len() <= LATE_MAX, "{late:?}");
    flood.shutdown().await;
    drop(silent);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_claimer_sends_by_mistake_or_malice_is_answered_and_serves_nothing() {
    let stage = Stage::ingress_alone(&[]).await;
    let base = &stage.ingress_url;
    let id = "AAAAAAAAAAAAAAAAAAAAAA";
    let key = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";
    let post =
        async |path: &str, body: &str| http::send(base, "POST", path, &[], body.as_bytes()).await.status;
    let asked = |key: &str, label: &str| json!({ "public_key": key, "label": label }).to_string();
    let claims = format!("/claims/{id}");
    // Well made, and nothing is open by this id.
    assert_eq!(post(&claims, &asked(key, "a laptop")).await, 404);
    let with = |at: usize, with: &str| format!("{}{with}{}", &key[..at], &key[at + 1..]);
    let off_the_curve = with(30, if key.as_bytes()[30] == b'A' { "B" } else { "A" });
    for wrong in [
        off_the_curve.as_str(),
        &with(86, "V"),
        &with(5, "+"),
        &with(5, "/"),
        &key[..86],
        &format!("{key}AAAA"),
        " ",
    ] {
        assert_eq!(post(&claims, &asked(wrong, "a laptop")).await, 400, "{wrong}");
    }
    for label in ["", "\u{202E}\u{2066}\u{200B}", "\n\t", &"x".repeat(61), &"x".repeat(100_000)] {
        assert_eq!(post(&claims, &asked(key, label)).await, 400, "{label:.80}");
    }
    for body in
        ["", "[]", "null", "7", "{", &format!("{} {{}}", asked(key, "l")), &format!("{}x", asked(key, "l"))]
    {
        assert_eq!(post(&claims, body).await, 400, "{body}");
    }
    assert_eq!(post(&claims, &"x".repeat(300_000)).await, 413);
    let page = format!("/claim/{id}");
    let (delivery, renewals) = (format!("{claims}/AAAA"), format!("{claims}/AAAA/renewals"));
    for (method, path, status) in [
        ("GET", claims.as_str(), 405),
        ("HEAD", &claims, 405),
        ("PUT", &claims, 405),
        ("DELETE", &delivery, 405),
        ("POST", &delivery, 405),
        ("GET", &renewals, 405),
        ("POST", &page, 405),
        ("GET", &delivery, 404),
        ("HEAD", &delivery, 404),
        ("GET", "/claims/%FF/%FF", 404),
        ("GET", "/claims/../claim", 404),
        ("HEAD", &page, 200),
        ("GET", "/claim/%FF", 200),
    ] {
        assert_eq!(http::send(base, method, path, &[], b"").await.status, status, "{method} {path}");
    }
    assert_eq!(stage.cloud.queued().await, 0);
    stage.close().await;
}
