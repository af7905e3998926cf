//! The AWS console: AWS's federation endpoint takes a session, and gives a token for a link that signs in.

use std::time::Duration;

use aws_config::SdkConfig;
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::ACCEPT;
use http::{Request, Uri};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::json;
use service::secret::{SecretAccessKey, SessionToken, SignInUrl};

use crate::direct::Post;

/// What the console shows as the way by which one came.
const ISSUER: &str = "keylease";
/// Longest link that is taken, in bytes. AWS's have about 2 KiB; with one, what is sealed still fits into what the ingress reads
/// of a claim.
const URL_MAX_BYTES: usize = 8 * 1024;

/// Where sessions sign in, as a program is configured.
#[derive(Debug, Clone)]
pub struct Federation {
    named: Option<String>,
    is_aws: bool,
}

/// Where sessions of one partition sign in, and where that leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    endpoint: String,
    console: &'static str,
}

/// Why there is no link. Nothing here shows the session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum NotSignedIn {
    /// No connection, or no answer.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// The endpoint's host.
        host: String,
        why: String,
    },
    /// The time for it is over.
    #[error("{host} did not answer within {} s", within.as_secs())]
    TooSlow {
        /// The endpoint's host.
        host: String,
        /// How long it was waited.
        within: Duration,
    },
    /// AWS does not take the session.
    #[error("HTTP status {0}")]
    Refused(u16),
    /// It has no token that can be used.
    #[error("its answer is not the documented one")]
    Unreadable,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    signin_token: String,
}

impl Federation {
    /// The endpoint that is named, or AWS's own. Where an emulator takes AWS's place, its sessions are sent to nobody.
    #[must_use]
    pub fn new(aws: &SdkConfig, named: Option<&str>) -> Self {
        let is_aws = aws.endpoint_url().is_none() && aws.http_client().is_none();
        Self { named: named.map(str::to_owned), is_aws }
    }

    /// Where the session with this ARN signs in, if that is known.
    #[must_use]
    pub fn of_session(&self, arn: &str) -> Option<SignIn> {
        let sign_in = SignIn::of_partition(arn.split(':').nth(1)?)?;
        match &self.named {
            Some(named) => Some(sign_in.at(named)),
            None => self.is_aws.then_some(sign_in),
        }
    }
}

impl SignIn {
    /// AWS's own endpoint in a partition: `aws`, `aws-cn` or `aws-us-gov`.
    #[must_use]
    pub fn of_partition(name: &str) -> Option<Self> {
        let (endpoint, console) = match name {
            "aws" => ("https://signin.aws.amazon.com/federation", "https://console.aws.amazon.com/"),
            "aws-cn" => ("https://signin.amazonaws.cn/federation", "https://console.amazonaws.cn/"),
            "aws-us-gov" => {
                ("https://signin.amazonaws-us-gov.com/federation", "https://console.amazonaws-us-gov.com/")
            }
            _ => return None,
        };
        Some(Self { endpoint: endpoint.to_owned(), console })
    }

    /// The same at another endpoint, whose path may be left out.
    #[must_use]
    pub fn at(self, url: &str) -> Self {
        let url = url.trim().trim_end_matches('/');
        let has_path = url.parse::<Uri>().is_ok_and(|uri| uri.path() != "/");
        let endpoint = if has_path { url.to_owned() } else { format!("{url}/federation") };
        Self { endpoint, ..self }
    }

    /// The link that signs in with this session: for 15 minutes, and for whoever has it.
    pub async fn url(
        &self,
        access_key_id: &str,
        secret: &SecretAccessKey,
        token: &SessionToken,
        within: Duration,
    ) -> Result<SignInUrl, NotSignedIn> {
        let session = json!({
            "sessionId": access_key_id, "sessionKey": secret.reveal(), "sessionToken": token.reveal() });
        // Without a duration: AWS refuses one for a session that a role's session made.
        let asked = self.with(&[("Action", "getSigninToken"), ("Session", &session.to_string())]);
        let asked = asked.parse::<Uri>().map_err(|_| NotSignedIn::Unreadable)?;
        let host = asked.authority().map(ToString::to_string).unwrap_or_default();
        let answer = match tokio::time::timeout(within, get(asked, within)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(why)) => return Err(NotSignedIn::Unreachable { host, why }),
            Err(_) => return Err(NotSignedIn::TooSlow { host, within }),
        };
        if answer.status() != http::StatusCode::OK {
            return Err(NotSignedIn::Refused(answer.status().as_u16()));
        }
        let answer: Answer = serde_json::from_slice(answer.body()).map_err(|_| NotSignedIn::Unreadable)?;
        let url = self.with(&[
            ("Action", "login"),
            ("Issuer", ISSUER),
            ("Destination", self.console),
            ("SigninToken", &answer.signin_token),
        ]);
        if answer.signin_token.is_empty() || url.len() > URL_MAX_BYTES {
            return Err(NotSignedIn::Unreadable);
        }
        Ok(SignInUrl::new(url))
    }

    fn with(&self, parts: &[(&str, &str)]) -> String {
        format!("{}?{}", self.endpoint, Serializer::new(String::new()).extend_pairs(parts).finish())
    }
}

async fn get(url: Uri, connect_timeout: Duration) -> Result<http::Response<Bytes>, String> {
    let scheme = url.scheme().ok_or("the address is not a URL")?;
    let post = Post::over_network(scheme, connect_timeout).map_err(|error| error.to_string())?;
    let request = Request::get(url).header(ACCEPT, "application/json").body(Full::default());
    let request = request.map_err(|error| error.to_string())?;
    post.send(request).await.map_err(|error| innermost(&*error))
}

/// The outer causes say "client error (Connect)".
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use aws_config::BehaviorVersion;

    use super::*;

    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/power/keylease-r";

    #[test]
    fn a_session_signs_in_in_its_own_partition() {
        let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        let of = |arn: &str| Federation::new(&aws, None).of_session(arn).map(|found| found.endpoint);
        assert_eq!(of(SESSION).unwrap(), "https://signin.aws.amazon.com/federation");
        let gov = SESSION.replacen("aws", "aws-us-gov", 1);
        assert_eq!(of(&gov).unwrap(), "https://signin.amazonaws-us-gov.com/federation");
        for unknown in [SESSION.replacen("aws", "aws-iso", 1), "user".to_owned()] {
            assert_eq!(of(&unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_sessions_of_an_emulator_are_sent_to_nobody_but_the_endpoint_that_is_named() {
        let aws = SdkConfig::builder().behavior_version(BehaviorVersion::latest());
        let aws = aws.endpoint_url("http://127.0.0.1:4566").build();
        assert_eq!(Federation::new(&aws, None).of_session(SESSION), None);
        for named in ["http://127.0.0.1:1", "http://127.0.0.1:1/", "http://127.0.0.1:1/federation"] {
            let found = Federation::new(&aws, Some(named)).of_session(SESSION).unwrap();
            assert_eq!(found.endpoint, "http://127.0.0.1:1/federation");
        }
    }
}
