//! The routes in process: what is taken, what is refused, and that a 200 means that the job is on its queue.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected fails"
)]

#[path = "routes/about.rs"]
mod about;
#[path = "routes/claims.rs"]
mod claims;
#[path = "routes/events.rs"]
mod events;
#[path = "routes/extend.rs"]
mod extend;
#[path = "routes/forms.rs"]
mod forms;
#[path = "routes/nearly_right.rs"]
mod nearly_right;
#[path = "routes/nearly_right_in_slack.rs"]
mod nearly_right_in_slack;
#[path = "routes/subcommands.rs"]
mod subcommands;
#[path = "routes/typed.rs"]
mod typed;

use std::sync::Arc;
use std::time::Duration;

use aws::claims::ClaimReader;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use ingress::{Enqueue, Ingress, Verifier, router};
use serde_json::{Value, json};
use service::config::WorkerSettings;
use service::metrics::Metrics;
use service::secret::{SigningSecret, WorkflowToken};
use slack::Views;
use testkit::aws::{EmbeddedAws, Fault, Service};
use testkit::in_time;
use testkit::slack::{form, sign};
use tower::ServiceExt;

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const TOKEN: &str = "workflow-token";
const ASK: &str = "/workflows/aws-access";
const CLICK: &str = "/slack/interactions";

struct Stage {
    aws: Arc<EmbeddedAws>,
    router: axum::Router,
    metrics: Metrics,
}

/// An answer: its status and its body.
type Answer = (StatusCode, String);

impl Stage {
    async fn new() -> Self {
        Self::with(None).await
    }

    /// Where `views` is given, it opens forms.
    async fn with(views: Option<Views>) -> Self {
        Self::opened(views, true).await
    }

    async fn opened(views: Option<Views>, has_claims: bool) -> Self {
        let aws = EmbeddedAws::start().await;
        let mut variables = aws.variables();
        variables.insert("SLACK_BOT_TOKEN".into(), "xoxb-test".into());
        let lookup = |name: &str| variables.get(name).cloned();
        let queues = WorkerSettings::from_lookup(domain::QueueName::Notify, &lookup).unwrap().queues;
        let keys = Verifier::new(&SigningSecret::new(SECRET.into()), WorkflowToken::new(TOKEN.into()));
        let metrics = Metrics::of("ingress");
        let enqueue = Enqueue::new(&aws.sdk_config(), queues);
        let mut ingress = Ingress::new(keys, enqueue, metrics.clone());
        if let Some(views) = views {
            ingress = ingress.with_views(views);
        }
        if has_claims {
            let reader = ClaimReader::new(&aws.sdk_config(), "keylease-claims", Some(aws.post()));
            ingress = ingress.with_claims(reader, &SigningSecret::new(SECRET.into()));
        }
        let router = router(ingress);
        Self { aws, router, metrics }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.into()).unwrap())
    }

    /// With a signature that is `age` seconds old.
    async fn signed(&self, path: &str, body: &str, age: i64) -> Answer {
        let timestamp = service::clock::now().0 - age;
        let request = post(path)
            .header("X-Slack-Request-Timestamp", timestamp)
            .header("X-Slack-Signature", sign(SECRET, timestamp, body));
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn bearer(&self, token: &str, body: &str) -> Answer {
        let request = post(ASK).header("Authorization", format!("Bearer {token}"));
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    fn queued(&self, queue: &str) -> Vec<Value> {
        let messages = self.aws.queue(&format!("keylease-{queue}")).unwrap().messages;
        messages.iter().map(|m| serde_json::from_str(&m.body).unwrap()).collect()
    }

    fn nothing_is_queued(&self) -> bool {
        ["notify", "provision", "revoke"].iter().all(|queue| self.queued(queue).is_empty())
    }
}

fn post(path: &str) -> axum::http::request::Builder {
    Request::post(path)
}

fn ask() -> Value {
    json!({"user_id": "U0DANA", "user_name": "dana", "project": "payments", "role": "ReadOnly", "duration": "1h"})
}

fn click(action_id: &str) -> Value {
    json!({
        "type": "block_actions", "user": {"id": "U0OWNER"}, "team": null,
        "container": {"channel_id": "C0APPROVALS", "message_ts": "1700000000.000100"},
        "actions": [{"action_id": action_id, "block_id": "aws_actions", "value": "r-0"}]})
}

#[tokio::test]
async fn a_workflow_asks_by_its_token_or_by_slacks_signature() {
    let stage = Stage::new().await;
    let body = ask().to_string();
    assert_eq!(stage.bearer(TOKEN, &body).await, (StatusCode::OK, r#"{"outputs":{}}"#.into()));
    assert_eq!(stage.signed(ASK, &body, 0).await.0, StatusCode::OK);
    let queued = stage.queued("notify");
    assert_eq!(queued.len(), 2);
    assert_eq!((&queued[0]["job"], &queued[0]["version"]), (&json!("intake"), &json!(1)));
    assert_eq!(queued[0]["intake_id"], queued[1]["intake_id"], "the same again is the same request");
    assert!(!queued[0].to_string().contains(TOKEN));
}

#[tokio::test]
async fn what_is_not_authentic_is_refused_before_it_is_read() {
    let stage = Stage::new().await;
    let body = ask().to_string();
    assert_eq!(stage.bearer("wrong", &body).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.bearer("", "not json").await.0, StatusCode::UNAUTHORIZED);
    for age in [301, -301, i64::MAX / 2] {
        assert_eq!(
            stage.signed(CLICK, &form(&click("approve")), age).await.0,
            StatusCode::UNAUTHORIZED,
            "{age}"
        );
    }
    for age in [299, -299] {
        assert_eq!(
            stage.signed(CLICK, &form(&json!({"type": "none"})), age).await.0,
            StatusCode::OK,
            "{age}"
        );
    }
    let timestamp = service::clock::now().0;
    let signature = sign(SECRET, timestamp, "another body");
    let request = post(CLICK)
        .header("X-Slack-Request-Timestamp", timestamp)
        .header("X-Slack-Signature", signature)
        .body(Body::from(form(&click("approve"))));
    assert_eq!(stage.send(request.unwrap()).await.0, StatusCode::UNAUTHORIZED);
    let request = post(CLICK).body(Body::from(vec![0xFF, 0xFE]));
    assert_eq!(stage.send(request.unwrap()).await.0, StatusCode::UNAUTHORIZED);
    // The workflow's token is for its own route.
    let request = post(CLICK).header("Authorization", format!("Bearer {TOKEN}"));
    let request = request.body(Body::from(form(&click("approve"))));
    assert_eq!(stage.send(request.unwrap()).await.0, StatusCode::UNAUTHORIZED);
    assert!(stage.nothing_is_queued());
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let stage = Stage::new().await;
    let large = "x".repeat(300 * 1024);
    assert_eq!(stage.signed(CLICK, &large, 0).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let announced = post(CLICK).header("Content-Length", "300000").body(Body::from("x"));
    assert_eq!(stage.send(announced.unwrap()).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let mut fits = ask();
    fits["justification"] = "x".repeat(200 * 1024).into();
    assert_eq!(stage.bearer(TOKEN, &fits.to_string()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_is_malformed_is_named() {
    let stage = Stage::new().await;
    for (body, part) in [
        ("hello".to_owned(), "not JSON"),
        (json!({"user_id": "U0DANA"}).to_string(), "`project`"),
        (json!({"user_id": "@dana"}).to_string(), "`user_id`"),
        (json!({"user_id": 7}).to_string(), "`user_id`"),
    ] {
        let (status, answer) = stage.bearer(TOKEN, &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(answer["error"].as_str().unwrap().contains(part), "{answer}");
    }
    assert_eq!(stage.signed(CLICK, "a=b", 0).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(stage.signed(CLICK, "payload=nonsense", 0).await.0, StatusCode::BAD_REQUEST);
    assert!(stage.nothing_is_queued());
}

#[tokio::test]
async fn each_click_goes_to_its_queue_and_the_rest_is_acknowledged() {
    let stage = Stage::new().await;
    for (action_id, queue, job) in
        [("approve", "provision", "approve"), ("deny", "notify", "deny"), ("revoke", "revoke", "end")]
    {
        let before = service::clock::now().0;
        assert_eq!(stage.signed(CLICK, &form(&click(action_id)), 0).await, (StatusCode::OK, String::new()));
        let queued = stage.queued(queue);
        assert_eq!((&queued[0]["job"], &queued[0]["user_id"]), (&json!(job), &json!("U0OWNER")));
        let reached_at = queued[0]["clicked_at"].as_i64().unwrap();
        assert!((before..=service::clock::now().0).contains(&reached_at), "{queued:?}");
    }
    let before = stage.queued("provision").len();
    for payload in
        [json!({"type": "view_submission"}), json!({"type": "shortcut", "team": null}), click("dance")]
    {
        assert_eq!(stage.signed(CLICK, &form(&payload), 0).await.0, StatusCode::OK, "{payload}");
    }
    assert_eq!(stage.queued("provision").len(), before);
}

#[tokio::test]
async fn commands_and_events_are_answered() {
    let stage = Stage::new().await;
    let command = "user_id=U0DANA&user_name=dana&text=payments+ReadOnly+1h+a+reason";
    assert_eq!(stage.signed("/slack/commands", command, 0).await.0, StatusCode::OK);
    assert_eq!(stage.queued("notify")[0]["justification"], "a reason");
    let (status, usage) = stage.signed("/slack/commands", "user_id=U0DANA&text=help", 0).await;
    assert!(status == StatusCode::OK && usage.contains("payments ReadOnly 2h"), "{usage}");
    let challenge = json!({"type": "url_verification", "challenge": "abc"}).to_string();
    let answered = stage.signed("/slack/events", &challenge, 0).await;
    assert_eq!(answered, (StatusCode::OK, r#"{"challenge":"abc"}"#.into()));
    assert_eq!(stage.signed("/slack/events", r#"{"type":"event_callback"}"#, 0).await.0, StatusCode::OK);
    let health = Request::get("/healthz").body(Body::empty()).unwrap();
    assert_eq!(stage.send(health).await.0, StatusCode::OK);
}

/// Every answer is promised within this.
const PROMISED: Duration = Duration::from_millis(2_500);

#[tokio::test]
async fn a_queue_that_fails_or_hangs_is_answered_with_503_in_time() {
    for fault in [Fault::FailBefore, Fault::Deny, Fault::Slow(Duration::from_secs(30))] {
        let stage = Stage::new().await;
        let thrown = fault.clone();
        stage.aws.inject(move |call| (call.service == Service::Sqs).then(|| thrown.clone()));
        let what = format!("{fault:?}");
        let (status, answer) =
            in_time(&what, PROMISED, async || stage.bearer(TOKEN, &ask().to_string()).await).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{fault:?}");
        assert!(answer.contains("error"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let stage = Stage::new().await;
    let send = async || stage.send(post(ASK).body(Body::new(NeverArrives)).unwrap()).await;
    let answer = in_time("a body that does not arrive", PROMISED, send).await;
    assert_eq!(answer.0, StatusCode::REQUEST_TIMEOUT);
}

#[tokio::test]
async fn answers_are_counted_by_route_and_status_and_the_time_they_took_is_measured() {
    let stage = Stage::new().await;
    let answers = |route: &str, status: &str| {
        let series = format!(r#"keylease_answers_total{{route="{route}",status="{status}"}} "#);
        let text = stage.metrics.text();
        text.lines().find_map(|line| line.strip_prefix(&series)?.parse::<u32>().ok())
    };
    assert_eq!((answers(ASK, "200"), answers(ASK, "503")), (Some(0), Some(0)), "there before the first");
    stage.bearer(TOKEN, &ask().to_string()).await;
    stage.bearer(TOKEN, "hello").await;
    stage.bearer("wrong", "hello").await;
    stage.signed(CLICK, &form(&click("approve")), 0).await;
    stage.signed(CLICK, &"x".repeat(300 * 1024), 0).await;
    for path in ["/", "/wp-login.php", "/healthz"] {
        stage.send(Request::get(path).body(Body::empty()).unwrap()).await;
    }
    stage.send(Request::get(ASK).body(Body::empty()).unwrap()).await;
    for status in ["200", "400", "401", "405"] {
        assert_eq!(answers(ASK, status), Some(1), "{status}");
    }
    assert_eq!((answers(CLICK, "200"), answers(CLICK, "413")), (Some(1), Some(1)));
    assert_eq!(answers("other", "404"), Some(2), "one series for all that nobody serves");
    assert!(!stage.metrics.text().contains("healthz"));
    stage.aws.inject(|call| (call.service == Service::Sqs).then_some(Fault::Slow(Duration::from_secs(30))));
    stage.bearer(TOKEN, &ask().to_string()).await;
    assert_eq!(answers(ASK, "503"), Some(1));
    let within = format!(r#"keylease_ack_duration_seconds_bucket{{route="{ASK}",status="503",le="2"}} 0"#);
    let text = stage.metrics.text();
    assert!(text.contains(&within), "the wait for the queue is in it: {text}");
}

/// A body whose first byte is still to come.
struct NeverArrives;

impl axum::body::HttpBody for NeverArrives {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Pending
    }
}
