//! SES: one email at a time, never sent twice by the SDK.

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};

use crate::error::CallError;

/// Sends email.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: Client,
    from: String,
}

/// An email. It may hold a secret, so it does not print.
pub struct Email {
    /// The one recipient.
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

impl Mailer {
    /// Sends as this address, which SES has verified.
    #[must_use]
    pub fn new(aws: &SdkConfig, from: &str) -> Self {
        // SendEmail has no idempotency token: a retry of an answer that was lost would send twice.
        let config = aws_sdk_sesv2::config::Builder::from(aws).retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(config), from: from.to_owned() }
    }

    /// Hands the email to SES. An error may mean that it was sent all the same.
    pub async fn send(&self, email: &Email) -> Result<(), CallError> {
        let body = Body::builder().text(utf8(&email.text)?).html(utf8(&email.html)?).build();
        let message = Message::builder().subject(utf8(&email.subject)?).body(body).build();
        self.client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(&email.to).build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await
            .map(|_| ())
            .map_err(|e| CallError::aws(CALL, e))
    }
}

fn utf8(text: &str) -> Result<Content, CallError> {
    Content::builder()
        .data(text)
        .charset("UTF-8")
        .build()
        .map_err(|error| CallError::hopeless(CALL, error.to_string()))
}
