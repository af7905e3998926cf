//! The embedded Slack, through its Web API and as people see it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;

const SECRET: &str = "signing-secret";

async fn start() -> Arc<EmbeddedSlack> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let person = |id: &str, name: &str| Person {
        id: id.to_owned(),
        name: name.to_owned(),
        real_name: name.to_owned(),
        email: Some(format!("{name}@example.com")),
        tz: "Europe/Berlin".to_owned(),
        deleted: false,
    };
    let people = vec![person("U0DANA", "dana"), person("U0OWNER", "olivia")];
    EmbeddedSlack::start(listener, people, SECRET.to_owned(), "xoxb-1".to_owned())
}

async fn call(slack: &EmbeddedSlack, method: &str, body: Value) -> Result<(StatusCode, Value), String> {
    let request = http::Request::post(format!("{}/{method}", slack.api_url()))
        .header("authorization", "Bearer xoxb-1")
        .header("content-type", "application/json; charset=utf-8")
        .body(Full::<Bytes>::from(body.to_string()))
        .unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let answer = client.request(request).await.map_err(|error| error.to_string())?;
    let status = answer.status();
    let body = answer.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
    Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
}

fn approval() -> Value {
    json!({ "channel": "C0APPROVALS", "text": "Dana asks", "blocks": [
        { "type": "section", "text": { "type": "mrkdwn", "text": "*Dana* asks" } },
        { "type": "actions", "block_id": "aws_actions", "elements": [
            { "type": "button", "action_id": "approve", "value": "request-1", "style": "primary",
              "text": { "type": "plain_text", "text": "Approve" } } ] } ] })
}

#[tokio::test]
async fn a_direct_message_is_seen_by_one_and_a_channel_by_its_members() {
    let slack = start().await;
    slack.add_channel(Channel {
        id: "C0APPROVALS".to_owned(),
        name: "approvals".to_owned(),
        members: vec!["U0OWNER".to_owned()],
    });
    let (_, direct) =
        call(&slack, "chat.postMessage", json!({ "channel": "U0DANA", "text": "hello" })).await.unwrap();
    assert_eq!(direct["channel"], "D0DANA");
    call(&slack, "chat.postMessage", approval()).await.unwrap();
    let seen = |person| {
        slack.messages_seen_by(person).iter().map(|message| message.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(seen("U0DANA"), ["hello"]);
    assert_eq!(seen("U0OWNER"), ["Dana asks"]);
}

#[tokio::test]
async fn an_update_replaces_text_and_blocks() {
    let slack = start().await;
    let (_, posted) = call(&slack, "chat.postMessage", approval()).await.unwrap();
    let update = json!({ "channel": posted["channel"], "ts": posted["ts"], "text": "approved" });
    assert_eq!(call(&slack, "chat.update", update).await.unwrap().1["ok"], true);
    let message = slack.messages().remove(0);
    assert_eq!((message.text.as_str(), message.edits, message.blocks.is_null()), ("approved", 1, true));
    let gone = json!({ "channel": "C0OTHER", "ts": posted["ts"], "text": "x" });
    assert_eq!(call(&slack, "chat.update", gone).await.unwrap().1["error"], "message_not_found");
}

#[tokio::test]
async fn what_slack_would_refuse_is_refused() {
    let slack = start().await;
    let long = json!({ "channel": "U0DANA", "text": "x", "blocks": [
        { "type": "section", "text": { "type": "mrkdwn", "text": "x".repeat(3_001) } } ] });
    let (_, answer) = call(&slack, "chat.postMessage", long).await.unwrap();
    assert_eq!(answer["error"], "invalid_blocks");
    let unknown = json!({ "channel": "U0NOBODY", "text": "x" });
    assert_eq!(call(&slack, "chat.postMessage", unknown).await.unwrap().1["error"], "channel_not_found");
    assert_eq!(
        call(&slack, "users.info", json!({ "user": "U0NOBODY" })).await.unwrap().1["error"],
        "user_not_found"
    );
    assert!(slack.messages().is_empty());
}

#[tokio::test]
async fn text_stays_as_it_was_sent() {
    let slack = start().await;
    let markup = "*bold* &lt;b&gt; <@U0DANA> <https://example.com|link>";
    call(&slack, "chat.postMessage", json!({ "channel": "U0DANA", "text": markup })).await.unwrap();
    assert_eq!(slack.messages()[0].text, markup, "drawing markup is the page's work");
}

#[tokio::test]
async fn faults_come_as_often_as_planned() {
    let slack = start().await;
    let message = json!({ "channel": "U0DANA", "text": "hello" });
    let post = || call(&slack, "chat.postMessage", message.clone());
    slack.fail("chat.postMessage", Fault::RateLimited { retry_after_secs: 7 }, 1);
    slack.fail("chat.postMessage", Fault::ServerError, 1);
    slack.fail("chat.postMessage", Fault::Api("channel_not_found".to_owned()), 1);
    slack.fail("chat.postMessage", Fault::LoseAnswer, 1);
    assert_eq!(post().await.unwrap().0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(post().await.unwrap().0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(post().await.unwrap().1["error"], "channel_not_found");
    assert!(slack.messages().is_empty());
    post().await.unwrap_err();
    assert_eq!(slack.messages().len(), 1, "what is lost is only the answer");
    assert_eq!(post().await.unwrap().1["ok"], true);
    assert_eq!(slack.calls().len(), 5);
}

#[tokio::test]
async fn a_click_is_signed_and_says_who_clicked_what() {
    let slack = start().await;
    call(&slack, "chat.postMessage", approval()).await.unwrap();
    let (sender, mut received) = mpsc::channel::<(HeaderMap, String)>(1);
    let app = Router::new()
        .route(
            "/slack/interactions",
            post(|Extract(sender): Extract<mpsc::Sender<_>>, headers: HeaderMap, body: String| async move {
                sender.send((headers, body)).await.unwrap();
            }),
        )
        .with_state(sender);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });

    let message = slack.messages().remove(0);
    let click = |action| slack.click(&base, "U0OWNER", &message.channel, &message.ts, action);
    assert_eq!(click("approve").await.unwrap(), StatusCode::OK);
    let (headers, body) = received.recv().await.unwrap();
    let timestamp: i64 = headers["x-slack-request-timestamp"].to_str().unwrap().parse().unwrap();
    assert_eq!(headers["x-slack-signature"], sign(SECRET, timestamp, &body));
    let payload = form_urlencoded::parse(body.as_bytes()).next().unwrap().1.into_owned();
    let payload: Value = serde_json::from_str(&payload).unwrap();
    assert_eq!(payload["user"]["id"], "U0OWNER");
    assert_eq!(payload["actions"][0]["value"], "request-1");
    assert_eq!(payload["actions"][0]["block_id"], "aws_actions");
    assert!(matches!(click("deny").await, Err(SlackError::NoButton { .. })));
}

#[tokio::test]
async fn waiting_ends_with_the_message_or_with_the_limit() {
    let slack = start().await;
    let nothing = slack.wait_for(|messages| messages.first().cloned(), Duration::from_millis(20)).await;
    assert_eq!(nothing, None);
    let waiting = Arc::clone(&slack);
    let waiter = tokio::spawn(async move {
        waiting
            .wait_for(|messages| messages.first().map(|message| message.text.clone()), Duration::from_secs(5))
            .await
    });
    call(&slack, "chat.postMessage", json!({ "channel": "U0DANA", "text": "hello" })).await.unwrap();
    assert_eq!(waiter.await.unwrap().as_deref(), Some("hello"));
}
