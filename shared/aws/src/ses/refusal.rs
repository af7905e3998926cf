//! What SES refuses in words that its error code leaves open: `BadRequestException` and `MessageRejected` are about one
//! email, or about the configuration set or the account, which an operator repairs.
//!
//! An address that is not verified is about one email: in SES's sandbox it is the recipient's, and whoever asked is told at once.

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
/// The error, with the remedy that its message asks for.
pub(super) fn by_message(error: CallError) -> CallError {
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
    if is_open && is_of_the_account(&error.message) {
        return CallError { remedy: Remedy::NeedsOperator, ..error };
    }
    error
}

fn is_of_the_account(message: &str) -> bool {
    let message = message.to_lowercase();
    OF_THE_ACCOUNT.iter().any(|words| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remedy(code: &str, message: &str) -> Remedy {
        let remedy = crate::error::rules::remedy("ses:SendEmail", Some(code), 400);
        let message = format!("{code}: {message}");
        let error = CallError { call: "ses:SendEmail", code: Some(code.to_owned()), message, remedy };
        by_message(error).remedy
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
