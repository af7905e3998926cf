//! Who takes part.

use domain::SlackUserId;
use testkit::slack::Person;

/// Asks.
pub(crate) const DANA: &str = "U0DANA";
/// Asks too.
pub(crate) const ERIN: &str = "U0ERIN";
/// Owns the project, approves, and sometimes asks.
pub(crate) const OLIVIA: &str = "U0OWNER";
/// Approves.
pub(crate) const SAM: &str = "U0SECOND";
/// May do nothing.
pub(crate) const STRANGER: &str = "U0STRANGER";
/// Those who may decide.
pub(crate) const APPROVERS: [&str; 2] = [OLIVIA, SAM];

/// The one project.
pub(crate) const PROJECT: &str = "payments";
/// The channel in which approvers are asked.
pub(crate) const CHANNEL: &str = "C0APPROVALS";

/// The role that two approvers must agree to.
pub(crate) const TWO_APPROVERS: &str = "Both";

/// Everybody in the workspace.
pub(crate) fn everybody() -> Vec<Person> {
    [DANA, ERIN, OLIVIA, SAM, STRANGER].map(Person::with_id).into()
}

/// The mail address of a person.
pub(crate) fn address(id: &str) -> String {
    Person::with_id(id).email.unwrap_or_default()
}

/// How many must agree for a role.
pub(crate) fn approvals_required(role: &str) -> usize {
    if role == TWO_APPROVERS { 2 } else { 1 }
}

/// A person's id. These are constants of this file, so every one of them is valid.
pub(crate) fn person(id: &str) -> Option<SlackUserId> {
    SlackUserId::parse(id).ok()
}
