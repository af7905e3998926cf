//! A click, and an ingress in process that takes it: verified, read, put into a signed request to SQS, logged. No socket, and
//! a queue that takes everything at once.

use std::error::Error;
use std::future::ready;

use aws::direct::Post;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, Response, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use ingress::{Enqueue, Ingress, Verifier};
use service::config::IngressSettings;
use service::metrics::Metrics;
use service::secret::{SigningSecret, WorkflowToken};
use sha2::Sha256;
use tower::ServiceExt;

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const TAKEN: &str = r#"{"MessageId":"1a8f0d4e-7a54-4a0a-9a0e-7b5f6f2f0f11","MD5OfMessageBody":"0cc175b9c0f1b6a831c399e269772661"}"#;

/// Why it cannot go on.
pub type Failed = Box<dyn Error + Send + Sync>;

/// What Slack sends.
#[derive(Debug)]
pub struct Sent {
    body: String,
    timestamp: String,
    signature: String,
}

impl Sent {
    /// A click on Approve, with the message that it is in.
    pub fn click() -> Result<Self, Failed> {
        Self::signed(form("block_actions"))
    }

    /// The same, of a type that nothing handles: it is verified and read, and there is nothing to send.
    pub fn unhandled() -> Result<Self, Failed> {
        Self::signed(form("something_new"))
    }

    /// The click with a signature that is not Slack's: it is refused before it is read.
    pub fn forged() -> Result<Self, Failed> {
        let signature = format!("v0={}", "0".repeat(64));
        Ok(Self { signature, ..Self::click()? })
    }

    fn signed(body: String) -> Result<Self, Failed> {
        let timestamp = service::clock::now().0.to_string();
        let signature = sign(&timestamp, &body)?;
        Ok(Self { body, timestamp, signature })
    }

    /// Hands it to the ingress; the status of the answer.
    pub async fn to(&self, router: &Router) -> Result<StatusCode, Failed> {
        let request = Request::post("/slack/interactions")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("X-Slack-Request-Timestamp", &self.timestamp)
            .header("X-Slack-Signature", &self.signature)
            .body(Body::from(self.body.clone()))?;
        Ok(router.clone().oneshot(request).await?.status())
    }
}

/// The ingress's routes.
pub fn router() -> Result<Router, Failed> {
    let keys = Verifier::new(&SigningSecret::new(SECRET.into()), WorkflowToken::new("token".into()));
    let settings = IngressSettings::from_lookup(&variable)?;
    let post = Post::by(|_| Box::pin(ready(Ok(taken()))));
    let enqueue = Enqueue::posting_with(&sdk(), settings.queues, post);
    Ok(ingress::router(Ingress::new(keys, enqueue, Metrics::of("ingress"))))
}

fn variable(name: &str) -> Option<String> {
    let value = match name {
        "SLACK_SIGNING_SECRET" => SECRET,
        "WORKFLOW_TOKEN" => "token",
        "QUEUE_URL_NOTIFY" | "QUEUE_URL_PROVISION" | "QUEUE_URL_REVOKE" => {
            "https://sqs.eu-west-1.amazonaws.com/123456789012/keylease"
        }
        _ => return None,
    };
    Some(value.to_owned())
}

fn sdk() -> SdkConfig {
    let credentials =
        Credentials::new("AKIDEXAMPLE", "example-secret", Some("token".into()), None, "instructions");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// The queue's answer: it takes every message at once.
fn taken() -> Response<Bytes> {
    Response::new(Bytes::from_static(TAKEN.as_bytes()))
}

fn form(kind: &str) -> String {
    let payload = serde_json::json!({
        "type": kind,
        "user": {"id": "U0OWNER", "username": "olivia", "team_id": "T0KEYLEASE"},
        "container": {"type": "message", "message_ts": "1763978400.000100", "channel_id": "C0APPROVALS"},
        "team": {"id": "T0KEYLEASE", "domain": "example"},
        "channel": {"id": "C0APPROVALS", "name": "aws-approvals"},
        "message": {"type": "message", "ts": "1763978400.000100", "text": "Dana asks for access", "blocks": [
            {"type": "section", "block_id": "what", "text": {"type": "mrkdwn",
                "text": "*Dana* asks for *ReadOnly* on *payments* for 1h\n>Looking into a failed payment"}},
            {"type": "actions", "block_id": "aws_actions", "elements": [
                {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}},
                {"type": "button", "action_id": "deny", "text": {"type": "plain_text", "text": "Deny"}}]}]},
        "actions": [{"type": "button", "action_id": "approve", "block_id": "aws_actions", "value": "r-1"}]
    });
    form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish()
}

/// As Slack signs.
fn sign(timestamp: &str, body: &str) -> Result<String, Failed> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())?;
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("v0={digits}"))
}
