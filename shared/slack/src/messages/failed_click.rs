//! To somebody whose click could not be carried out, however often it was tried: that it was not, and what to do.

use crate::SlackMessageContent;
use crate::blocks::{message, section};
use domain::{Phase, Request, RequestId};

use crate::messages::status_words::current_state;
use crate::messages::{access, mention, when};

/// Which button somebody clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Button {
    Approve,
    Deny,
    /// "End access now".
    End,
    /// "Extend", and the form that it opened.
    Extend,
    ApproveExtension,
    DenyExtension,
    /// "Yes, it is me".
    ConfirmClaim,
    /// "No", to the question whether a machine is one's own.
    RefuseClaim,
    Review,
}

impl Button {
    /// What somebody did by it, of what is called `about`.
    pub(crate) fn what(self, about: &str) -> String {
        match self {
            Self::Approve => format!("your approval of {about}"),
            Self::Deny => format!("your denial of {about}"),
            Self::End | Self::ConfirmClaim | Self::RefuseClaim => {
                format!("your click on *{}* for {about}", self.label())
            }
            Self::Review => format!("your review of {about}"),
            Self::Extend => format!("what you asked for, an extension of {about}"),
            Self::ApproveExtension => format!("your approval of an extension of {about}"),
            Self::DenyExtension => format!("your denial of an extension of {about}"),
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Approve | Self::ApproveExtension => "Approve",
            Self::Deny | Self::DenyExtension => "Deny",
            Self::End => "End access now",
            Self::Extend => "Extend",
            Self::ConfirmClaim => "Yes, it is me",
            Self::RefuseClaim => "No",
            Self::Review => "Reviewed",
        }
    }
}

/// It was not carried out. `request` is as it stands now.
#[must_use]
pub fn not_carried_out(button: Button, request: &Request) -> SlackMessageContent {
    let about = format!("{}'s request for {}", mention(&request.ask.requester_slack_id), access(request));
    let what = button.what(&about);
    let until = request.access.expires_at.map(when).unwrap_or_default();
    let stands = match (button, request.status.phase()) {
        (Button::Approve, Phase::Undecided) => "Nothing was granted by it.".to_owned(),
        (Button::Deny, Phase::Undecided) => "It can still be approved.".to_owned(),
        (Button::Review, _) => "It is not recorded.".to_owned(),
        (Button::End, Phase::Live) => format!("The access goes on until {until}."),
        (Button::Extend | Button::ApproveExtension | Button::DenyExtension, Phase::Live) => {
            format!("The access ends {until}, as before.")
        }
        (Button::ConfirmClaim, Phase::Live) => "No credential was made by it.".to_owned(),
        (Button::RefuseClaim, Phase::Live) => "No credential was made, and the access goes on.".to_owned(),
        (Button::Approve | Button::Deny, Phase::Declined | Phase::Live | Phase::Ended | Phase::Failed)
        | (
            Button::End
            | Button::Extend
            | Button::ApproveExtension
            | Button::DenyExtension
            | Button::ConfirmClaim
            | Button::RefuseClaim,
            Phase::Undecided | Phase::Declined | Phase::Ended | Phase::Failed,
        ) => {
            return text(&format!(
                ":warning: I could not carry out {what}: something that I depend on failed. By now the request {}.",
                current_state(request)
            ));
        }
    };
    text(&format!(
        ":warning: I could not carry out {what}: something that I depend on failed. {stands} Click *{}* again, or tell \
         whoever runs Keylease.",
        button.label()
    ))
}

/// The record cannot be read, so it is not known whether it was carried out.
#[must_use]
pub fn not_known(button: Button, request_id: &RequestId) -> SlackMessageContent {
    text(&format!(
        ":warning: I do not know whether your click on *{}* for the request `{request_id}` was carried out: I cannot read \
         the request now. Look at its message in some minutes. If the button is still there, click it again, or tell \
         whoever runs Keylease.",
        button.label()
    ))
}

/// There is no such request.
#[must_use]
pub fn no_such_request(button: Button, request_id: &RequestId) -> SlackMessageContent {
    text(&format!(
        ":warning: Your click on *{}* did nothing: I have no request `{request_id}`. Tell whoever runs Keylease.",
        button.label()
    ))
}

/// To the requester: SES reported that the email did not arrive, and the grant could not be ended for it.
#[must_use]
pub fn email_lost(request: &Request) -> SlackMessageContent {
    let until = request.access.expires_at.map(when).unwrap_or_default();
    text(&format!(
        ":warning: The email with the credential for {} did not arrive, and I could not end the access, which goes on \
         until {until}. Click *End access now*, check the email address in your Slack profile, and ask again; or tell \
         whoever runs Keylease.",
        access(request)
    ))
}

fn text(text: &str) -> SlackMessageContent {
    message(text, vec![section(text)])
}
