//! To the requester, when a request cannot be taken in: what was wrong and what would be right.

use domain::intake::{JUSTIFICATION_MAX_CHARS, Refusal};
use domain::job::Ask;
use platform::slack::blocks::{context, message, section};
use platform::slack::{SlackMessageContent, text};

use super::{FAILURE_MAX_CHARS, NAME_MAX_CHARS, contact, list, name};

const DURATION_EXAMPLES: &str = "`90m`, `2h`, `1d` or `1h30m`";

/// The direct message.
pub(crate) fn refusal(ask: &Ask, refusal: &Refusal) -> SlackMessageContent {
    let why = why(ask, refusal);
    let asked =
        format!("You asked for {} on {} for {}.", name(&ask.role), name(&ask.project), name(&ask.duration));
    let lead = "I could not take your request for AWS access.";
    message(&format!("{lead} {why}"), vec![section(&format!("{lead}\n{why}")), context(&asked)])
}

fn why(ask: &Ask, refusal: &Refusal) -> String {
    match refusal {
        Refusal::UnknownProject { projects } if projects.is_empty() => {
            "There are no projects yet. Ask whoever runs Keylease to add yours.".to_owned()
        }
        Refusal::UnknownProject { projects } => {
            let names = names(projects.iter().map(domain::ProjectName::as_str));
            format!("There is no project {}. The projects are {names}.", name(&ask.project))
        }
        Refusal::BrokenProject { why } => format!(
            "The project {} is not set up correctly, so nothing can be granted for it: {}. \
             Ask whoever runs Keylease to mend it.",
            name(&ask.project),
            text::escape(&text::shorten(why, FAILURE_MAX_CHARS))
        ),
        Refusal::UnknownRole { roles } if roles.is_empty() => {
            format!("The project {} has no roles yet. Ask its owner to add one.", name(&ask.project))
        }
        Refusal::UnknownRole { roles } => {
            let names = names(roles.iter().map(domain::RoleName::as_str));
            format!("{} has no role {}. Its roles are {names}.", name(&ask.project), name(&ask.role))
        }
        Refusal::NotADuration { why } => {
            format!("{} is not a duration: {why}. Write it like {DURATION_EXAMPLES}.", name(&ask.duration))
        }
        Refusal::TooShort { shortest } => {
            format!("The shortest access is {shortest}. Ask for `{}` or more.", shortest.compact())
        }
        Refusal::TooLong { longest, session_limit: true } => format!(
            "{} is a role session, and AWS ends those after {longest}. Ask for `{}` or less.",
            name(&ask.role),
            longest.compact()
        ),
        Refusal::TooLong { longest, session_limit: false } => {
            format!(
                "{} can be had for {longest} at most. Ask for `{}` or less.",
                name(&ask.role),
                longest.compact()
            )
        }
        Refusal::TooFewApprovers { required, others } => too_few(ask, *required, *others),
        Refusal::Contact(fault) => contact::explain(ask, fault),
        Refusal::JustificationTooLong { chars } => format!(
            "Your reason has {chars} characters. Keep it to {JUSTIFICATION_MAX_CHARS}, so that approvers see all of it."
        ),
        Refusal::AlreadyOpen { status, request_id } => format!(
            "You already have a request for this that is {} (`{request_id}`). \
             You can ask again when it is over.",
            match status {
                domain::Status::Pending => "waiting for approval",
                domain::Status::Approved => "approved and on its way to you",
                _ => "live",
            }
        ),
    }
}

fn too_few(ask: &Ask, required: u32, others: u32) -> String {
    let project = name(&ask.project);
    let why = match others {
        0 => format!("Nobody else can approve this for {project}, and you cannot approve it yourself."),
        1 => {
            format!("This needs {required} approvals, and only 1 other person can approve it for {project}.")
        }
        _ => {
            format!("This needs {required} approvals, and only {others} people can approve it for {project}.")
        }
    };
    format!("{why} Ask the project's owner to add another approver.")
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> =
        names.map(|name| format!("`{}`", text::inline(name, NAME_MAX_CHARS).replace('`', ""))).collect();
    list(&names, "and")
}

#[cfg(test)]
mod tests {
    use domain::{GrantDuration, ProjectName, RequestId, RoleName, SlackUserId, Status, UnixSeconds};

    use super::*;

    #[test]
    fn each_says_what_would_be_right() {
        let ask = Ask {
            intake_id: "i".into(),
            received_at: UnixSeconds(0),
            user_id: SlackUserId::parse("U0DANA").unwrap(),
            user_name: "dana".into(),
            project: "<!channel>".into(),
            role: "Read*Only*".into(),
            duration: "soon".into(),
            justification: None,
        };
        let hour = GrantDuration::parse("1h").unwrap();
        let projects = ["payments", "website"].map(|p| ProjectName::parse(p).unwrap()).to_vec();
        let roles = ["Deploy", "ReadOnly"].map(|r| RoleName::parse(r).unwrap()).to_vec();
        let all = [
            Refusal::UnknownProject { projects },
            Refusal::UnknownProject { projects: Vec::new() },
            Refusal::BrokenProject { why: "missing field `owner_slack_id`".into() },
            Refusal::UnknownRole { roles },
            Refusal::UnknownRole { roles: Vec::new() },
            Refusal::NotADuration { why: GrantDuration::parse("soon").unwrap_err() },
            Refusal::TooShort { shortest: GrantDuration::parse("15m").unwrap() },
            Refusal::TooLong { longest: hour, session_limit: true },
            Refusal::TooLong { longest: hour, session_limit: false },
            Refusal::TooFewApprovers { required: 1, others: 0 },
            Refusal::TooFewApprovers { required: 2, others: 1 },
            Refusal::TooFewApprovers { required: 3, others: 2 },
            Refusal::JustificationTooLong { chars: 5_000 },
            Refusal::AlreadyOpen { request_id: RequestId::parse("r-0").unwrap(), status: Status::Pending },
        ];
        let texts: Vec<String> = all.iter().map(|r| why(&ask, r).replace('\u{200B}', "")).collect();
        insta::assert_snapshot!(texts.join("\n"));
    }
}
