//! About a canary: to the project's owner, in whose name an operator tests that everything works.

use crate::text;
use domain::address::hint;
use domain::cause::ended_undelivered;
use domain::{OperatorName, Phase, Request, Status};

use crate::messages::{access, ended, failure, is_by_sign_in, made, no_longer, operator, role, when};

/// What the owner is told when the canary has become what it is; nothing where that is only a step.
#[must_use]
pub fn render(request: &Request, by: &OperatorName) -> Option<String> {
    let (operator, access) = (operator(by), access(request));
    let ended = ended(request);
    let is_gone = request.access.gone_at.is_some();
    let left = if is_gone { no_longer(request) } else { "I am removing what was made for it.".to_owned() };
    match request.status.phase() {
        Phase::Undecided | Phase::Declined => None,
        // Approved, it is on its way.
        Phase::Live if request.status != Status::Active => None,
        Phase::Live => {
            let address = text::escape(&hint(request.access.requester_email.as_deref().unwrap_or_default()));
            let until = request.access.expires_at.map(when).unwrap_or_default();
            let what = match role::shown_arn(request) {
                Some(arn) => format!("The role is {arn}."),
                None if is_by_sign_in(request) => {
                    "You have it as yourself, in the AWS access portal.".to_owned()
                }
                None => format!("The credential is in an email to {address}."),
            };
            Some(format!(
                ":test_tube: An {operator} is testing Keylease in your name, with a grant of {access}. {what} It ends by itself {until} at the latest; you need do nothing."
            ))
        }
        Phase::Ended if ended_undelivered(request).is_some() => Some(format!(
            ":warning: The test of {access} by an {operator} failed: the email with the credential did not arrive. It \
             ended {ended}. {left}"
        )),
        Phase::Ended => {
            Some(format!(":test_tube: The test of {access} by an {operator} ended {ended}. {left}"))
        }
        Phase::Failed => {
            let left = if is_gone { "Nothing is left behind.".to_owned() } else { left };
            let why = failure(request);
            Some(format!(
                ":warning: The test of {access} by an {operator} failed: {} could not be made: {why}. {left}",
                made(request)
            ))
        }
    }
}

/// What the email says of itself, as plain text.
#[must_use]
pub fn about(by: &OperatorName) -> String {
    format!(
        "This is a test by an operator ({by}), to see that everything works. It is sent to you as the project's owner. \
         You need do nothing: it ends within a minute."
    )
}
