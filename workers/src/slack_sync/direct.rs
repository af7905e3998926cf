//! A direct message to one person, who may be somebody that the app cannot write to.

use domain::SlackUserId;
use service::CallError;
use service::metrics::Amount::Count;
use service::metrics::{Metric, Metrics};
use slack::SlackMessageContent;
use tracing::info;

use crate::context::Context;
use crate::failure::Failure;

/// Codes that mean the app elsewhere, and this recipient where a message is refused.
const REFUSED_HERE: [&str; 4] = ["access_denied", "ekm_access_denied", "no_permission", "team_not_found"];

/// Makes the series be there before anything happened.
pub(crate) fn init_series(metrics: &Metrics) {
    metrics.init_series(Metric::UndeliverableMessages, &[]);
}

/// Whether Slack refused the recipient, and not the app or the message.
pub(crate) fn is_undeliverable(error: &CallError) -> bool {
    slack::is_undeliverable(error) || error.code.as_deref().is_some_and(|code| REFUSED_HERE.contains(&code))
}

/// Posts to somebody. That they cannot be written to is logged and no failure: nobody could do anything about it.
pub(crate) async fn post_direct(
    context: &Context,
    person: &SlackUserId,
    content: SlackMessageContent,
) -> Result<(), Failure> {
    match context.slack.post(person.as_str(), content).await {
        Ok(_) => Ok(()),
        Err(error) if is_undeliverable(&error) => {
            info!(%person, %error, "the direct message cannot be delivered");
            context.metrics.record(&[], &[(Metric::UndeliverableMessages, Count(1))]);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
