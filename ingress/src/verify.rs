//! Who sent it: Slack, by its signature over the raw body, or a workflow, by its token.

use axum::http::header::AUTHORIZATION;
use service::secret::{SigningSecret, WorkflowToken};
use slack_morphism::prelude::SlackSigningSecret;
use slack_morphism::signature_verifier::SlackEventSignatureVerifier;
use subtle::ConstantTimeEq;

use crate::api_error::ApiError;
use crate::signed_request::SignedRequest;

/// Longest timestamp that is read, in digits. Unix seconds have ten.
const TIMESTAMP_MAX_DIGITS: usize = 12;

/// What authenticity is checked by.
pub struct Verifier {
    slack: SlackEventSignatureVerifier,
    workflow_token: WorkflowToken,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier(…)")
    }
}

impl Verifier {
    /// With Slack's signing secret and the workflow's token.
    #[must_use]
    pub fn new(signing_secret: &SigningSecret, workflow_token: WorkflowToken) -> Self {
        let secret = SlackSigningSecret(signing_secret.reveal().to_owned());
        Self { slack: SlackEventSignatureVerifier::new(&secret), workflow_token }
    }

    /// Slack signed exactly this body, within 300 s of now.
    pub(crate) fn check_slack(&self, request: &SignedRequest) -> Result<(), ApiError> {
        let signature = request.header(SlackEventSignatureVerifier::SLACK_SIGNED_HASH_HEADER);
        let timestamp = request.header(SlackEventSignatureVerifier::SLACK_SIGNED_TIMESTAMP);
        let (Some(signature), Some(timestamp)) = (signature, timestamp) else {
            return Err(ApiError::NotAuthentic);
        };
        // Digits only: the verifier subtracts it from the time, and must not overflow.
        let plausible =
            timestamp.len() <= TIMESTAMP_MAX_DIGITS && timestamp.bytes().all(|b| b.is_ascii_digit());
        if !plausible || self.slack.verify(signature, &request.body, timestamp).is_err() {
            return Err(ApiError::NotAuthentic);
        }
        Ok(())
    }

    /// The workflow's token, or Slack's signature.
    pub(crate) fn check_workflow(&self, request: &SignedRequest) -> Result<(), ApiError> {
        let token = request.header(AUTHORIZATION.as_str()).and_then(bearer);
        let matches = token
            .is_some_and(|given| bool::from(given.as_bytes().ct_eq(self.workflow_token.reveal().as_bytes())));
        if matches { Ok(()) } else { self.check_slack(request) }
    }
}

/// `Bearer TOKEN`, where the scheme's case does not matter (RFC 9110).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
