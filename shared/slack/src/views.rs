//! Opens forms. The ingress does it within its answer to Slack, so this is one call by hand: with the HTTP client that is
//! there already, connected only when the first form is opened.

use std::sync::OnceLock;

use bytes::Bytes;
use domain::ViewId;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::{Value, json};
use service::call_error::{CallError, Remedy};
use service::secret::BotToken;

use super::connector::connector;
use super::errors;

const CALL: &str = "slack:views.open";
/// Longest answer that is read, in bytes: Slack sends the form back, which has 250 KB at most.
const ANSWER_MAX: usize = 512 * 1024;
/// Wait when Slack says "too many" and not for how long, in seconds.
const RATE_LIMIT_WAIT_SECONDS: u32 = 30;

type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Opens forms as the app.
pub struct Views {
    api_url: String,
    token: BotToken,
    client: OnceLock<HttpClient>,
}

/// A form that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Slack's id of it.
    pub view_id: ViewId,
    /// Its state, which changes whenever it is replaced.
    pub hash: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    error: Option<String>,
    view: Option<OpenedFields>,
}

#[derive(Deserialize)]
struct OpenedFields {
    id: Option<String>,
    #[serde(default)]
    hash: Option<String>,
}

impl Views {
    /// At the API at `api_url` (without a slash at its end). Nothing is connected yet.
    #[must_use]
    pub fn new(api_url: &str, token: BotToken) -> Self {
        Self { api_url: api_url.to_owned(), token, client: OnceLock::new() }
    }

    /// Opens a form for whoever just did what has this trigger. Whoever calls it waits only so long as they can.
    pub async fn open(&self, trigger_id: &str, view: &Value) -> Result<Opened, CallError> {
        let body = json!({ "trigger_id": trigger_id, "view": view }).to_string();
        let request = http::Request::post(format!("{}/views.open", self.api_url))
            .header(http::header::AUTHORIZATION, format!("Bearer {}", self.token.reveal()))
            .header(http::header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| permanent("the token cannot be part of a request"))?;
        let answer = self.client()?.request(request).await.map_err(|_| passing("Slack cannot be reached"))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_MAX).collect().await;
        let body = body.map_err(|_| passing("Slack's answer broke off"))?.to_bytes();
        let Ok(answer) = serde_json::from_slice::<Answer>(&body) else {
            let remedy = errors::remedy_of_status(status);
            return Err(CallError { remedy, ..passing(&format!("Slack answers with HTTP status {status}")) });
        };
        if !answer.ok {
            let code = answer.error.unwrap_or_else(|| "no error code".to_owned());
            let remedy = match status {
                429 => Remedy::Transient { after_seconds: RATE_LIMIT_WAIT_SECONDS },
                _ => errors::remedy(&code),
            };
            let message = format!("Slack says `{code}`");
            return Err(CallError { call: CALL, code: Some(code), message, remedy });
        }
        let view = answer.view.ok_or_else(|| CallError::incomplete(CALL, "view"))?;
        let view_id = view.id.and_then(|id| ViewId::parse(&id).ok());
        let view_id = view_id.ok_or_else(|| CallError::incomplete(CALL, "view.id"))?;
        Ok(Opened { view_id, hash: view.hash })
    }

    fn client(&self) -> Result<&HttpClient, CallError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let connector = connector(&self.api_url).map_err(|error| permanent(&error.to_string()))?;
        Ok(self.client.get_or_init(|| Client::builder(TokioExecutor::new()).build(connector)))
    }
}

impl std::fmt::Debug for Views {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Views(…)")
    }
}

fn permanent(why: &str) -> CallError {
    CallError::permanent(CALL, why.to_owned())
}

fn passing(why: &str) -> CallError {
    CallError { remedy: Remedy::RETRY, ..permanent(why) }
}
