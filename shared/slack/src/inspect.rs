//! Whose token this is, and what it may do. Only the answer's headers say the latter, which the Slack crate does not
//! hand on, so that this one call is made by hand.

use std::collections::BTreeSet;

use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

use super::client::CALL_TIMEOUT;
use super::connector::connector;
use service::call_error::CallError;
use service::secret::BotToken;

/// The scopes that the token needs, each with what it is for.
pub const SCOPES: [(&str, &str); 3] = [
    ("chat:write", "to ask approvers and to tell people"),
    ("users:read", "to see that an approver's account is live"),
    ("users:read.email", "to know where the credential is sent"),
];

const CALL: &str = "slack:auth.test";
/// Longest answer that is read, in bytes. Slack's has a few hundred.
const ANSWER_MAX: usize = 64 * 1024;

/// A token, as Slack knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSeen {
    /// The workspace.
    pub team: String,
    /// The app's user there.
    pub user: String,
    /// What it may do; nothing where the answer does not say.
    pub scopes: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    error: Option<String>,
    team: Option<String>,
    user: Option<String>,
}

/// Asks Slack at `api_url` about a token.
pub async fn token_seen(api_url: &str, token: &BotToken) -> Result<TokenSeen, CallError> {
    let permanent = |why: String| CallError::permanent(CALL, why);
    let connector = connector(api_url).map_err(|error| permanent(error.to_string()))?;
    let request = http::Request::post(format!("{api_url}/auth.test"))
        .header(http::header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
        .body(Empty::<bytes::Bytes>::new())
        .map_err(|_| permanent("the token cannot be part of a request".to_owned()))?;
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let ask = async {
        let answer = client.request(request).await.map_err(|_| "Slack cannot be reached")?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER_MAX).collect().await;
        Ok((head, body.map_err(|_| "Slack's answer broke off")?.to_bytes()))
    };
    let (head, body) = tokio::time::timeout(CALL_TIMEOUT, ask)
        .await
        .map_err(|_| CallError::no_answer(CALL, CALL_TIMEOUT))?
        .map_err(|why: &str| permanent(why.to_owned()))?;
    let Ok(answer) = serde_json::from_slice::<Answer>(&body) else {
        return Err(permanent(format!("Slack answers with HTTP status {}", head.status.as_u16())));
    };
    if !answer.ok {
        let code = answer.error.unwrap_or_else(|| "no error code".to_owned());
        return Err(CallError { code: Some(code.clone()), ..permanent(format!("Slack says `{code}`")) });
    }
    let scopes = head.headers.get("x-oauth-scopes").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scopes = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty());
    Ok(TokenSeen {
        team: answer.team.unwrap_or_default(),
        user: answer.user.unwrap_or_default(),
        scopes: scopes.map(str::to_owned).collect(),
    })
}
