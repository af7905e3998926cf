//! To those who have not decided or reviewed, in the thread of the message that asks them.

use crate::SlackMessageContent;
use crate::blocks::{message, section};
use domain::SlackUserId;
use domain::authorization::who_may_deny;
use domain::project::Project;
use domain::request::Audience;
use domain::{Phase, Request};

use crate::messages::cannot_decide::CannotDecide;
use crate::messages::{access, mention, mentions, when};

/// The reminder. In a channel it names whom it is for, but for those who `cannot` decide.
#[must_use]
pub fn reminder(
    request: &Request,
    project: Option<&Project>,
    audience: &Audience,
    cannot: &CannotDecide,
) -> SlackMessageContent {
    let requester = mention(&request.ask.requester_slack_id);
    let text = match request.status.phase() {
        Phase::Undecided => format!(
            ":bell: {}{requester}'s request for {} still waits for a decision, since {}. The buttons are on the message \
             above.",
            whom(request, project, audience, cannot),
            access(request),
            when(request.ask.created_at)
        ),
        Phase::Declined | Phase::Live | Phase::Ended | Phase::Failed => format!(
            ":rotating_light: {}{requester} broke the glass for {} {}, and nobody has reviewed that yet. The button is on \
             the message above.",
            whom(request, project, audience, cannot),
            access(request),
            request.decision.decided_at.map(when).unwrap_or_default()
        ),
    };
    message(&text, vec![section(&text)])
}

fn whom(request: &Request, project: Option<&Project>, audience: &Audience, cannot: &CannotDecide) -> String {
    match audience {
        Audience::Approver(_) | Audience::Requester => String::new(),
        Audience::Channel => {
            let requester = &request.ask.requester_slack_id;
            let missing: Vec<SlackUserId> = who_may_deny(request, project)
                .into_iter()
                .filter(|id| !id.is_in(&request.decision.approvals) && !id.is_same(requester))
                .collect();
            let missing = cannot.others(&missing);
            if missing.is_empty() { String::new() } else { format!("{}: ", mentions(&missing, "or")) }
        }
    }
}
