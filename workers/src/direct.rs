//! A direct message to one person, who may be somebody that the app cannot write to.

use domain::SlackUserId;
use platform::CallError;
use platform::slack::SlackMessageContent;
use tracing::info;

use crate::context::Context;
use crate::failure::Failure;

/// What Slack answers when it does not deliver the app's messages to this person or channel, whatever they say.
const UNDELIVERABLE: [&str; 20] = [
    "access_denied",
    "cannot_dm_bot",
    "channel_is_archived",
    "channel_not_found",
    "ekm_access_denied",
    "external_channel_migrating",
    "is_archived",
    "is_inactive",
    "messages_tab_disabled",
    "no_permission",
    "not_in_channel",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "team_not_found",
    "user_disabled",
    "user_is_restricted",
    "user_not_found",
    "user_not_visible",
];

/// Whether Slack refused the recipient, and not the app or the message.
pub(crate) fn is_undeliverable(error: &CallError) -> bool {
    error.code.as_deref().is_some_and(|code| UNDELIVERABLE.contains(&code))
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
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
