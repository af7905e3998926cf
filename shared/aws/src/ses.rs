//! SES: one email at a time, never sent twice by the SDK.

mod refusal;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageTag};
use domain::RequestId;

use crate::error::{CallError, from_sdk};

/// Sends email.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: Client,
    from: String,
    configuration_set: Option<String>,
}

/// An email. It may hold a secret, so it does not print.
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Email {
    /// The request that it is about, which SES's events name then.
    pub request_id: RequestId,
    pub to: String,
    /// Plain text.
    pub subject: String,
    /// The body for those who read text.
    pub text: String,
    /// The same for those who read HTML.
    pub html: String,
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(…)")
    }
}

const CALL: &str = "ses:SendEmail";
/// The tag by which an event of SES names the request: `mail.tags.request_id` in it.
const REQUEST_TAG: &str = "request_id";

impl Mailer {
    /// Sends as this address, which SES has verified; what becomes of an email is told by the configuration set.
    #[must_use]
    pub fn new(aws: &SdkConfig, from: &str, configuration_set: Option<&str>) -> Self {
        // SendEmail has no idempotency token: a retry of an answer that was lost would send twice.
        let config = aws_sdk_sesv2::config::Builder::from(aws).retry_config(RetryConfig::disabled()).build();
        Self {
            client: Client::from_conf(config),
            from: from.to_owned(),
            configuration_set: configuration_set.map(str::to_owned),
        }
    }

    /// Hands the email to SES. An error may mean that it was sent all the same.
    pub async fn send(&self, email: &Email) -> Result<(), CallError> {
        let body = Body::builder().text(utf8(&email.text)?).html(utf8(&email.html)?).build();
        let message = Message::builder().subject(utf8(&email.subject)?).body(body).build();
        self.client
            .send_email()
            .from_email_address(&self.from)
            .set_configuration_set_name(self.configuration_set.clone())
            .set_email_tags(tags(&email.request_id)?)
            .destination(Destination::builder().to_addresses(&email.to).build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            .map(|_| ())
            .map_err(|e| refusal::by_message(from_sdk(CALL, e)))
    }
}

/// SES takes `a-z`, `A-Z`, `0-9`, `_` and `-` in a tag, which is all that the ids have that are made here. An id with
/// a dot, which may be one too, goes without: an email is worth more than news of it.
fn tags(request_id: &RequestId) -> Result<Option<Vec<MessageTag>>, CallError> {
    if request_id.as_str().contains('.') {
        return Ok(None);
    }
    let tag = MessageTag::builder().name(REQUEST_TAG).value(request_id.as_str()).build();
    tag.map(|tag| Some(vec![tag])).map_err(|error| CallError::permanent(CALL, error.to_string()))
}

fn utf8(text: &str) -> Result<Content, CallError> {
    Content::builder()
        .data(text)
        .charset("UTF-8")
        .build()
        .map_err(|error| CallError::permanent(CALL, error.to_string()))
}

#[cfg(test)]
mod tests {
    use domain::{DeploymentId, ProjectName, RoleName, SlackUserId, UnixSeconds};

    use super::*;

    fn tag(id: &RequestId) -> Option<String> {
        tags(id).unwrap().map(|tags| format!("{}={}", tags[0].name(), tags[0].value()))
    }

    #[test]
    fn every_id_that_is_made_here_fits_a_tag() {
        let person = SlackUserId::parse("U0DANA").unwrap();
        let (project, role) = (ProjectName::parse("pay.ments").unwrap(), RoleName::parse("R/O").unwrap());
        for id in [
            RequestId::nth(&DeploymentId::default(), &person, &project, &role, u32::MAX),
            RequestId::canary(&DeploymentId::parse("my_staging").unwrap(), UnixSeconds(1_795_442_607))
                .unwrap(),
        ] {
            assert!(id.as_str().chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')), "{id}");
            assert_eq!(tag(&id), Some(format!("request_id={id}")));
        }
        assert_eq!(tag(&RequestId::parse("a.b").unwrap()), None);
    }
}
