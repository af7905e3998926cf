//! To the requester, when nothing could come of a request because of somebody's account or address in Slack.

use crate::text;
use domain::address::AddressFault;
use domain::contact::ContactFault;
use domain::job::AccessRequest;
use domain::principal::{Placeholder, ValueFault};

use crate::messages::name;

/// What is wrong, and what would make it right.
#[must_use]
pub fn explain(ask: &AccessRequest, fault: &ContactFault) -> String {
    match fault {
        ContactFault::RequesterUnknown => {
            "Slack does not show me your account, so nobody could approve this. Ask from the workspace that I am \
             installed in."
                .to_owned()
        }
        ContactFault::RequesterInactive => {
            "Slack says that this account is deactivated or a bot, so nobody could approve this.".to_owned()
        }
        ContactFault::NoAddress => {
            "I send the credential by email, and I see no email address in your Slack profile. Add one, or ask whoever \
             runs Keylease to let me read it; then ask again."
                .to_owned()
        }
        ContactFault::UnusableAddress { fault } => format!(
            "I send the credential by email, and Amazon SES cannot send to the address in your Slack profile: {}. \
             Correct it there, or ask your Slack administrator to; then ask again.",
            address(*fault)
        ),
        ContactFault::NoPrincipal(fault) => no_principal(*fault),
        ContactFault::TooFewActiveApprovers { required: 1, active: _ } => format!(
            "Nobody can approve this now: everybody who may approve for {} has a Slack account that is deactivated, \
             a bot's or unknown. Ask whoever runs Keylease to correct the project's approvers.",
            name(&ask.project)
        ),
        ContactFault::TooFewActiveApprovers { required, active } => {
            let have = match active {
                0 => "none of those who may approve it has".to_owned(),
                1 => "only 1 of those who may approve it has".to_owned(),
                _ => format!("only {active} of those who may approve it have"),
            };
            format!(
                "This needs {required} approvals, and {have} an active Slack account. Ask whoever runs Keylease to correct \
                 the approvers of {}.",
                name(&ask.project)
            )
        }
    }
}

/// What a role of one's own is opened by.
fn no_principal(fault: ValueFault) -> String {
    match fault {
        ValueFault::Unknown(Placeholder::RequesterEmail) => {
            "This role is opened to you by the email address in your Slack profile, and I see none there. Add one, or ask \
             whoever runs Keylease to let me read it; then ask again."
                .to_owned()
        }
        ValueFault::Unknown(Placeholder::IdentityStoreUserId) => {
            "This role is opened to you by your user in AWS IAM Identity Center, and I cannot find you there. Ask whoever \
             runs Keylease to look into it."
                .to_owned()
        }
        ValueFault::Character(..) | ValueFault::Length(_) => format!(
            "This role is opened to you by a name that you have in AWS, and I cannot make that of what I know of you: {}. \
             Ask whoever runs Keylease to look into it.",
            text::escape(&fault.to_string())
        ),
    }
}

fn address(fault: AddressFault) -> String {
    match fault {
        AddressFault::NotAscii { character } => {
            let shown = text::escape(character.encode_utf8(&mut [0; 4]));
            let code = u32::from(character);
            format!("before the @ it has `{shown}` (U+{code:04X}), which is not an ASCII character")
        }
        AddressFault::LocalPart | AddressFault::Domain | AddressFault::TooLong => fault.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use domain::{SlackUserId, UnixSeconds};

    use super::*;

    #[test]
    fn each_says_what_to_do() {
        let ask = AccessRequest {
            idempotency_key: "i".into(),
            received_at: UnixSeconds(0),
            user_id: SlackUserId::parse("U0DANA").unwrap(),
            user_name: "dana".into(),
            project: "payments".into(),
            role: "ReadOnly".into(),
            duration: "1h".into(),
            justification: None,
            command: None,
            break_glass: false,
            trigger_id: None,
        };
        let unusable = |fault| ContactFault::UnusableAddress { fault };
        let texts: Vec<String> = [
            ContactFault::RequesterUnknown,
            ContactFault::RequesterInactive,
            ContactFault::NoAddress,
            unusable(AddressFault::NotAscii { character: '’' }),
            unusable(AddressFault::LocalPart),
            unusable(AddressFault::Domain),
            unusable(AddressFault::TooLong),
            ContactFault::NoPrincipal(ValueFault::Unknown(Placeholder::RequesterEmail)),
            ContactFault::NoPrincipal(ValueFault::Unknown(Placeholder::IdentityStoreUserId)),
            ContactFault::NoPrincipal(ValueFault::Character(Placeholder::RequesterEmail, '*')),
            ContactFault::TooFewActiveApprovers { required: 1, active: 0 },
            ContactFault::TooFewActiveApprovers { required: 2, active: 0 },
            ContactFault::TooFewActiveApprovers { required: 2, active: 1 },
        ]
        .iter()
        .map(|fault| explain(&ask, fault))
        .collect();
        insta::assert_snapshot!(texts.join("\n"));
    }
}
