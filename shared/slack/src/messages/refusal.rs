//! To the requester, when a request cannot be taken in: what was wrong and what would be right.

use crate::blocks::{context, message, section};
use crate::{SlackMessageContent, text};
use domain::GrantDuration;
use domain::duration::InvalidDuration;
use domain::job::AccessRequest;
use domain::names::closest;
use domain::validation::{JUSTIFICATION_MAX_CHARS, Refusal};

use crate::ids::field;
use crate::messages::status_words::open_state;
use crate::messages::{FAILURE_MAX_CHARS, NAME_MAX_CHARS, contact, identity, list, name, some_of};

const DURATION_EXAMPLES: &str = "`90m`, `2h`, `1d` or `1h30m`";
/// Names that one refusal lists, at most; the likeliest are named besides.
const LISTED_MAX: usize = 40;

/// The direct message.
#[must_use]
pub fn refusal(ask: &AccessRequest, refusal: &Refusal) -> SlackMessageContent {
    let why = why(ask, refusal);
    let asked = format!(
        "You asked for {} on {} for {}.",
        typed(&ask.role),
        typed(&ask.project),
        typed(&ask.duration)
    );
    let lead = "I could not take your request for AWS access.";
    message(&format!("{lead} {why}"), vec![section(&format!("{lead}\n{why}")), context(&asked)])
}

/// What is wrong with what somebody asked for, and what would be right.
#[must_use]
pub fn why(ask: &AccessRequest, refusal: &Refusal) -> String {
    match refusal {
        Refusal::UnknownProject { projects } if projects.is_empty() => {
            "There are no projects yet. Ask whoever runs Keylease to add yours.".to_owned()
        }
        Refusal::UnknownProject { projects } => {
            let (meant, names) = (meant(projects, &ask.project), names(projects));
            format!("There is no project {}.{meant} The projects are {names}.", typed(&ask.project))
        }
        Refusal::BrokenProject { why } => format!(
            "The project {} is not set up correctly, so nothing can be granted for it: {}. \
             Ask whoever runs Keylease to repair it.",
            name(&ask.project),
            text::escape(&text::shorten(why, FAILURE_MAX_CHARS))
        ),
        Refusal::UnknownRole { roles } if roles.is_empty() => {
            format!("The project {} has no roles yet. Ask its owner to add one.", name(&ask.project))
        }
        Refusal::UnknownRole { roles } => {
            let (meant, names) = (meant(roles, &ask.role), names(roles));
            format!("{} has no role {}.{meant} Its roles are {names}.", name(&ask.project), typed(&ask.role))
        }
        Refusal::MayNotAsk => format!(
            "You are not among those who may ask for {} on {}. Whoever runs Keylease can say who is, and add you.",
            typed(&ask.role),
            typed(&ask.project)
        ),
        Refusal::NotADuration { why, longest } => format!(
            "{} is not a duration: {}. {} {} can be had for {longest} at most.",
            typed(&ask.duration),
            text::escape(&why.to_string()),
            example(&ask.duration, why),
            name(&ask.role)
        ),
        Refusal::SeveralMeanings { readings } => {
            let readings: Vec<String> = readings
                .iter()
                .take(LISTED_MAX)
                .map(|(project, role)| format!("{} on {}", name(role.as_str()), name(project.as_str())))
                .collect();
            format!(
                "That can mean {}. Write the project first, then the role, and put names with spaces into quotes.",
                list(&readings, "or")
            )
        }
        Refusal::CannotBeClaimed => format!(
            "The credential of {} would have to be claimed, and this installation has no place for that. Ask whoever \
             runs Keylease to set up `PUBLIC_URL` and `DYNAMODB_TABLE_CLAIMS`.",
            name(&ask.role)
        ),
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
        Refusal::Identity(fault) => identity::refused(&ask.role, fault),
        Refusal::NoJustification => {
            "Break-glass is granted without asking anybody, so say why you need it: write the reason after how long."
                .to_owned()
        }
        Refusal::JustificationTooLong { chars } => format!(
            "Your reason has {chars} characters. Keep it to {JUSTIFICATION_MAX_CHARS}, so that approvers see all of it."
        ),
        Refusal::AlreadyOpen { status, request_id } => format!(
            "You already have a request for this that is {} (`{request_id}`). \
             You can ask again when it is over.",
            open_state(*status)
        ),
    }
}

/// The field of the form by which somebody asks at which this stands.
#[must_use]
pub fn at_field(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownProject { .. } | Refusal::BrokenProject { .. } | Refusal::TooFewApprovers { .. } => {
            field::PROJECT
        }
        Refusal::UnknownRole { .. }
        | Refusal::MayNotAsk
        | Refusal::SeveralMeanings { .. }
        | Refusal::CannotBeClaimed
        | Refusal::Contact(_)
        | Refusal::Identity(_)
        | Refusal::AlreadyOpen { .. } => field::ROLE,
        Refusal::NotADuration { .. } | Refusal::TooShort { .. } | Refusal::TooLong { .. } => field::DURATION,
        Refusal::NoJustification | Refusal::JustificationTooLong { .. } => field::JUSTIFICATION,
    }
}

fn too_few(ask: &AccessRequest, required: u32, others: u32) -> String {
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

/// What somebody typed, to the letter; in words where it is empty.
fn typed(text: &str) -> String {
    if text::inline(text, NAME_MAX_CHARS).is_empty() { "nothing".to_owned() } else { name(text) }
}

/// What would be right, in their own words where that is known.
fn example(typed: &str, why: &InvalidDuration) -> String {
    let words: Vec<&str> = typed.split_whitespace().collect();
    if let Ok((duration, _)) = GrantDuration::read_prefix(&words) {
        return format!("I understood {duration}: write `{}`.", duration.compact());
    }
    match why {
        InvalidDuration::NoUnit { number } if number.chars().all(|c| c.is_ascii_digit()) => {
            format!("Write `{number}m` for minutes, `{number}h` for hours or `{number}d` for days.")
        }
        InvalidDuration::NoNumber { .. }
        | InvalidDuration::NoUnit { .. }
        | InvalidDuration::Empty
        | InvalidDuration::Unknown { .. }
        | InvalidDuration::Calendar { .. }
        | InvalidDuration::Ambiguous { .. }
        | InvalidDuration::Order
        | InvalidDuration::Zero
        | InvalidDuration::TooLong => format!("Write it like {DURATION_EXAMPLES}."),
    }
}

/// The names that somebody probably meant, as a question.
fn meant<N: AsRef<str>>(names: &[N], typed: &str) -> String {
    let near: Vec<String> =
        closest(names, typed).into_iter().map(|near| text::code(near.as_ref(), NAME_MAX_CHARS)).collect();
    if near.is_empty() { String::new() } else { format!(" Did you mean {}?", list(&near, "or")) }
}

fn names<N: AsRef<str>>(names: &[N]) -> String {
    let names: Vec<String> = names.iter().map(|name| text::code(name.as_ref(), NAME_MAX_CHARS)).collect();
    some_of(&names, LISTED_MAX, "and")
}

#[cfg(test)]
mod tests {
    use domain::identity::IdentityFault;
    use domain::{ProjectName, RequestId, RoleName, SlackUserId, Status, UnixSeconds};

    use super::*;

    #[test]
    fn each_says_what_would_be_right() {
        let ask = AccessRequest {
            idempotency_key: "i".into(),
            received_at: UnixSeconds(0),
            user_id: SlackUserId::parse("U0DANA").unwrap(),
            user_name: "dana".into(),
            project: "<!channel>".into(),
            role: "Read*Only*".into(),
            duration: "soon".into(),
            justification: None,
            command: None,
            break_glass: false,
            trigger_id: None,
        };
        let hour = GrantDuration::parse("1h").unwrap();
        let projects = ["payments", "website"].map(|p| ProjectName::parse(p).unwrap()).to_vec();
        let roles = ["Deploy", "Read_Only"].map(|r| RoleName::parse(r).unwrap()).to_vec();
        let readings = vec![(projects[0].clone(), roles[0].clone()), (projects[1].clone(), roles[1].clone())];
        let all = [
            Refusal::UnknownProject { projects },
            Refusal::UnknownProject { projects: Vec::new() },
            Refusal::BrokenProject { why: "missing field `owner_slack_id`".into() },
            Refusal::UnknownRole { roles },
            Refusal::UnknownRole { roles: Vec::new() },
            Refusal::MayNotAsk,
            Refusal::CannotBeClaimed,
            Refusal::NotADuration { why: GrantDuration::parse("soon").unwrap_err(), longest: hour },
            Refusal::SeveralMeanings { readings },
            Refusal::TooShort { shortest: GrantDuration::parse("15m").unwrap() },
            Refusal::TooLong { longest: hour, session_limit: true },
            Refusal::TooLong { longest: hour, session_limit: false },
            Refusal::TooFewApprovers { required: 1, others: 0 },
            Refusal::TooFewApprovers { required: 2, others: 1 },
            Refusal::TooFewApprovers { required: 3, others: 2 },
            Refusal::Identity(IdentityFault::NotSetUp),
            Refusal::Identity(IdentityFault::NoUser),
            Refusal::Identity(IdentityFault::Disabled),
            Refusal::Identity(IdentityFault::NoPermissionSet),
            Refusal::Identity(IdentityFault::NoGroup),
            Refusal::Identity(IdentityFault::NoAccountAccess),
            Refusal::Identity(IdentityFault::NotLongerThanSessions { sessions: hour }),
            Refusal::Identity(IdentityFault::HasAlready { through: None }),
            Refusal::Identity(IdentityFault::HasAlready { through: Some("Admins & Co".into()) }),
            Refusal::JustificationTooLong { chars: 5_000 },
            Refusal::AlreadyOpen { request_id: RequestId::parse("r-0").unwrap(), status: Status::Pending },
        ];
        let texts: Vec<String> = all.iter().map(|r| why(&ask, r)).collect();
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn a_duration_that_is_not_understood_is_answered_with_what_would_be_right() {
        for (typed, right) in [
            ("2", "Write `2m` for minutes, `2h` for hours or `2d` for days."),
            ("2 hours please", "I understood 2 hours: write `2h`."),
            ("1h 30", "Write `30m` for minutes, `30h` for hours or `30d` for days."),
            ("soon", "Write it like `90m`, `2h`, `1d` or `1h30m`."),
            ("", "Write it like `90m`, `2h`, `1d` or `1h30m`."),
        ] {
            let why = GrantDuration::parse(typed).unwrap_err();
            assert_eq!(example(typed, &why), right, "{typed}");
        }
    }

    #[test]
    fn a_large_catalogue_fits_into_a_message() {
        let projects: Vec<ProjectName> = (0..500)
            .map(|n| ProjectName::parse(&format!("project-{n:03}{}", "&".repeat(50))).unwrap())
            .collect();
        let listed = names(&projects);
        assert!(listed.ends_with(" others") && listed.chars().count() < 2_100, "{listed}");
        let short: Vec<ProjectName> =
            (0..500).map(|n| ProjectName::parse(&format!("p{n}")).unwrap()).collect();
        assert!(names(&short).ends_with(" and 460 others"), "{}", names(&short));
        assert_eq!(meant(&projects, "project"), meant(&projects[..], "PROJECT"));
    }
}
