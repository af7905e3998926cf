//! The one table of Slack's error codes. `docs/errors.md` shows it; a test compares the two.

use service::call_error::{CallError, Remedy, by_status};

/// What a code of Slack's says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    /// Slack failed, or is busy.
    Passing,
    /// The app's token, its scopes or its workspace: nothing works until somebody has repaired that.
    App,
    /// This person cannot get a direct message, or is not to be found.
    Person,
    /// Nothing can be posted in this channel.
    Channel,
    /// The message that was to be changed is not there, or cannot be changed.
    Message,
    /// The form is closed, or was replaced meanwhile, or can no longer be opened.
    View,
    /// What was sent is wrong.
    Request,
}

/// Every code that is known, by what it says.
pub(crate) const CODES: [(Means, &[&str]); 7] = [
    (
        Means::Passing,
        &[
            "accesslimited",
            "external_channel_migrating",
            "failed_to_open_dm",
            "fatal_error",
            "internal_error",
            "message_limit_exceeded",
            "rate_limited",
            "ratelimited",
            "request_timeout",
            "service_unavailable",
            "team_added_to_org",
            "update_failed",
        ],
    ),
    (
        Means::App,
        &[
            "access_denied",
            "account_inactive",
            "app_not_installed",
            "deprecated_endpoint",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "invalid_auth",
            "method_deprecated",
            "missing_scope",
            "no_permission",
            "not_allowed_token_type",
            "not_authed",
            "org_login_required",
            "plan_upgrade_required",
            "team_access_not_granted",
            "team_disabled",
            "team_not_found",
            "token_expired",
            "token_revoked",
            "two_factor_setup_required",
        ],
    ),
    (
        Means::Person,
        &[
            "cannot_dm_bot",
            "dm_disabled",
            "is_inactive",
            "messages_tab_disabled",
            "not_enabled",
            "not_reachable",
            "user_disabled",
            "user_is_bot",
            "user_is_restricted",
            "user_is_ultra_restricted",
            "user_not_found",
            "user_not_visible",
            "users_not_found",
        ],
    ),
    (
        Means::Channel,
        &[
            "as_user_not_supported",
            "channel_is_archived",
            "channel_not_found",
            "is_archived",
            "is_read_only",
            "not_in_channel",
            "posting_to_general_channel_denied",
            "restricted_action",
            "restricted_action_non_threadable_channel",
            "restricted_action_read_only_channel",
            "restricted_action_thread_locked",
            "restricted_action_thread_only_channel",
            "slack_connect_blocked",
        ],
    ),
    (
        Means::Message,
        &[
            "cannot_reply_to_message",
            "cant_delete_message",
            "cant_update_message",
            "edit_window_closed",
            "message_not_found",
            "thread_not_found",
        ],
    ),
    (
        Means::View,
        &[
            "exchanged_trigger_id",
            "expired_trigger_id",
            "execution_not_in_running_state",
            "function_execution_not_found",
            "hash_conflict",
            "invalid_trigger_id",
            "not_found",
            "view_not_found",
        ],
    ),
    (
        Means::Request,
        &[
            "attachment_payload_limit_exceeded",
            "block_mismatch",
            "invalid_arg_name",
            "invalid_arguments",
            "invalid_array_arg",
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_charset",
            "invalid_form_data",
            "invalid_json",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "invalid_post_type",
            "json_not_object",
            "metadata_too_large",
            "missing_argument",
            "missing_post_type",
            "msg_blocks_too_long",
            "msg_too_long",
            "no_text",
            "parameter_validation_failed",
            "too_many_attachments",
            "unknown_method",
            "view_too_large",
        ],
    ),
];

impl Means {
    /// What to do about a code that says this. A recipient who cannot be reached cannot be reached by trying again.
    pub(crate) fn remedy(self) -> Remedy {
        match self {
            Self::Passing => Remedy::RETRY,
            Self::App => Remedy::NeedsOperator,
            Self::Person | Self::Channel | Self::Message | Self::View | Self::Request => Remedy::Permanent,
        }
    }
}

/// What a code says; `None` where it is not known, which is taken for a mistake in the request.
pub(crate) fn means(code: &str) -> Option<Means> {
    CODES.iter().find(|(_, codes)| codes.contains(&code)).map(|(means, _)| *means)
}

/// What to do about a code.
pub(super) fn remedy(code: &str) -> Remedy {
    means(code).unwrap_or(Means::Request).remedy()
}

/// What to do about an HTTP status without an answer of Slack's.
pub(super) fn remedy_of_status(status: u16) -> Remedy {
    match status {
        // Slack answers every method that it knows with 200: the API's address is wrong, or a proxy is in the way.
        404 => Remedy::NeedsOperator,
        ..400 => Remedy::RETRY,
        _ => by_status(status).unwrap_or(Remedy::Permanent),
    }
}

/// Whether a form cannot be replaced any more, or must not be: it is closed, or shows something newer.
#[must_use]
pub fn is_view_over(error: &CallError) -> bool {
    error.code.as_deref().and_then(means) == Some(Means::View)
}

/// Whether Slack refuses this recipient or message for good, for a reason that is not a mistake of ours in the
/// request. A code that is not known counts as such: who is written to may be anybody.
#[must_use]
pub fn is_undeliverable(error: &CallError) -> bool {
    let Some(code) = error.code.as_deref().filter(|_| error.call.starts_with("slack:")) else {
        return false;
    };
    error.is_final() && means(code) != Some(Means::Request)
}

#[cfg(test)]
mod tests;
