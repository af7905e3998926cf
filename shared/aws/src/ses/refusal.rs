//! What SES refuses in words that its error code leaves open: `BadRequestException` and `MessageRejected` are about the
//! recipient, or about the sender, the configuration set or the account, which an operator repairs.

use crate::error::{CallError, Remedy};

/// What SES says of the account, of its region or of a configuration set, in lower case.
const OF_THE_ACCOUNT: [&str; 8] = [
    "configuration set",
    "configurationset",
    "sending paused",
    "sending is paused",
    "sending suspended",
    "sending is disabled",
    "account is paused",
    "quota exceeded",
];
/// What stands before the identities that SES has not verified.
const UNVERIFIED: &str = "identities failed the check";

/// The error, with the remedy that its message asks for. `from` is the sender, with or without a name.
pub(super) fn by_message(error: CallError, from: &str) -> CallError {
    let is_open = matches!(
        error.code.as_deref(),
        Some(
            "BadRequestException"
                | "MessageRejected"
                | "Throttling"
                | "ThrottlingException"
                | "TooManyRequestsException"
        )
    );
    if is_open && (is_of_the_account(&error.message) || is_unverified(&error.message, from)) {
        return CallError { remedy: Remedy::NeedsOperator, ..error };
    }
    error
}

fn is_of_the_account(message: &str) -> bool {
    let message = message.to_lowercase();
    OF_THE_ACCOUNT.iter().any(|words| message.contains(words))
}

/// Whether the sender is among the identities that are not verified. In SES's sandbox the recipient is, by its address.
fn is_unverified(message: &str, from: &str) -> bool {
    let Some((_, listed)) = message.split_once(UNVERIFIED) else { return false };
    let listed = listed.split_once(':').map_or("", |(_region, listed)| listed);
    let (sender, domain) =
        (address(from), from.rsplit('@').next().map_or("", |rest| rest.trim_end_matches('>')));
    listed
        .split(',')
        .map(|identity| address(identity.trim().trim_end_matches('.')))
        .any(|identity| identity.eq_ignore_ascii_case(sender) || identity.eq_ignore_ascii_case(domain))
}

/// `k@example.com` of `Keylease <k@example.com>`.
fn address(named: &str) -> &str {
    named.rsplit('<').next().unwrap_or(named).trim_end_matches('>')
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: &str = "Keylease <keylease@example.com>";

    fn remedy(code: &str, message: &str) -> Remedy {
        let remedy = crate::error::rules::remedy("ses:SendEmail", Some(code), 400);
        let message = format!("{code}: {message}");
        let error = CallError { call: "ses:SendEmail", code: Some(code.to_owned()), message, remedy };
        by_message(error, FROM).remedy
    }

    #[test]
    fn what_an_operator_repairs_waits_whatever_its_code() {
        for (code, message) in [
            ("BadRequestException", "Configuration set <keylease> does not exist."),
            ("MessageRejected", "Configuration set keylease is not available"),
            ("BadRequestException", "Sending suspended for this account."),
            ("MessageRejected", "Sending paused for this account. For more information, check your inbox."),
            ("BadRequestException", "Email sending is disabled: sending is disabled for this account"),
            ("TooManyRequestsException", "Daily message quota exceeded."),
            ("Throttling", "Daily message quota exceeded."),
            (
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in region EU-WEST-1: \
                 Keylease <keylease@example.com>, keylease@example.com",
            ),
            (
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in region EU-WEST-1: \
                 dana@example.com, example.com",
            ),
        ] {
            assert_eq!(remedy(code, message), Remedy::NeedsOperator, "{code}: {message}");
        }
    }

    #[test]
    fn what_is_wrong_with_one_email_is_final_and_too_many_calls_pass() {
        for (code, message) in [
            ("BadRequestException", "Local address contains control or whitespace"),
            ("BadRequestException", "Missing final '@domain'"),
            ("MessageRejected", "Email address is on the suppression list for your account"),
            (
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in region EU-WEST-1: \
                 dana@example.com",
            ),
        ] {
            assert_eq!(remedy(code, message), Remedy::Permanent, "{code}: {message}");
        }
        assert_eq!(remedy("TooManyRequestsException", "Maximum sending rate exceeded."), Remedy::RETRY);
    }
}
