//! What keeps access through IAM Identity Center from being given, or makes it needless.

use domain::identity::IdentityFault;

use crate::messages::name;

/// In a message.
pub(super) fn refused(role: &str, fault: &IdentityFault) -> String {
    words(role, fault, name)
}

/// In a form, as plain text.
#[must_use]
pub fn note(role: &str, fault: &IdentityFault) -> String {
    words(role, fault, str::to_owned)
}

fn words(role: &str, fault: &IdentityFault, shown: fn(&str) -> String) -> String {
    let role = shown(role);
    match fault {
        IdentityFault::NotSetUp => format!(
            "{role} is given through AWS IAM Identity Center, which is not set up here. Ask whoever runs Keylease to set it up."
        ),
        IdentityFault::NoUser => format!(
            "{role} is given through AWS IAM Identity Center, and nobody there has the email address of your Slack \
             profile. Correct it there, or ask whoever runs Identity Center to add you; then ask again."
        ),
        IdentityFault::Disabled => {
            "Your user in AWS IAM Identity Center is disabled. Ask whoever runs it to enable it; then ask again.".to_owned()
        }
        IdentityFault::NoPermissionSet => format!(
            "The permission set of {role} is not in AWS IAM Identity Center, so it cannot be given. \
             Ask whoever runs Keylease to repair it."
        ),
        IdentityFault::NoGroup => format!(
            "The group of {role} is not in AWS IAM Identity Center, so nobody can be added to it. \
             Ask whoever runs Keylease to repair it."
        ),
        IdentityFault::NoAccountAccess => format!(
            "{role} is opened by account access manager, which is not enabled for AWS IAM Identity Center here. \
             Ask whoever runs Keylease to enable it."
        ),
        IdentityFault::NotLongerThanSessions { sessions } => format!(
            "{role} is taken away {sessions} before the end, so that no session goes on after it, and so has to be asked for \
             for longer than {sessions}."
        ),
        IdentityFault::HasAlready { through: None } => {
            format!("You have {role} already, and not by a grant of mine, so there is nothing to ask for. Sign in at the AWS access portal.")
        }
        IdentityFault::HasAlready { through: Some(group) } => format!(
            "You have {role} already, through the group {}, so there is nothing to ask for. Sign in at the AWS access portal.",
            shown(group)
        ),
    }
}
