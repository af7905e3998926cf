//! Who is listed as an approver and cannot decide: named in words, so that Slack notifies nobody in vain.

use domain::project::Project;
use domain::{Request, SlackUserId};

use crate::messages::{NAME_MAX_CHARS, mentions, some_of};
use crate::text;

/// People and user groups that one message names so, at most.
const NAMED_MAX: usize = 10;

/// Those of whom it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CannotDecide {
    /// Accounts that are deactivated or a bot's, or that Slack does not know, with what each is called.
    pub inactive: Vec<(SlackUserId, Option<String>)>,
    /// User groups that have no members, or are gone.
    pub empty_groups: Vec<SlackUserId>,
}

/// How many have agreed of those who must, where it takes several.
pub(crate) fn agreed(approvals: &[SlackUserId], required: u32) -> String {
    match approvals {
        [] if required > 1 => format!("Approved so far by nobody (0 of {required} needed). "),
        [] => String::new(),
        some => {
            format!("Approved so far by {} ({} of {required} needed). ", mentions(some, "and"), some.len())
        }
    }
}

/// Who is still to decide: neither those who have, nor whoever asked, nor those who cannot, who are named without a mention.
pub(crate) fn can_decide(
    request: &Request,
    project: &Project,
    (listed, agreed): (&[SlackUserId], &[SlackUserId]),
    cannot: &CannotDecide,
) -> String {
    let requester = &request.ask.requester_slack_id;
    let is_missing =
        |id: &SlackUserId| !id.is_in(agreed) && (project.allow_self_approval || !id.is_same(requester));
    let missing: Vec<SlackUserId> = listed.iter().filter(|id| is_missing(id)).cloned().collect();
    let can = cannot.others(&missing);
    let can = if can.is_empty() {
        "Nobody else who is listed can decide now.".to_owned()
    } else {
        format!("{} can decide.", mentions(&can, "or"))
    };
    format!("{can}{}", cannot.said(&missing))
}

impl CannotDecide {
    /// Those of `listed` who are to be mentioned.
    pub(crate) fn others(&self, listed: &[SlackUserId]) -> Vec<SlackUserId> {
        let cannot = |id: &SlackUserId| {
            self.inactive.iter().any(|(known, _)| known.is_same(id)) || id.is_in(&self.empty_groups)
        };
        listed.iter().filter(|id| !cannot(id)).cloned().collect()
    }

    /// Why the rest of `listed` is not, as sentences with a space before each; nothing where there is none.
    pub(crate) fn said(&self, listed: &[SlackUserId]) -> String {
        let inactive: Vec<String> = self
            .inactive
            .iter()
            .filter(|(id, _)| id.is_in(listed))
            .map(|(id, name)| match name {
                Some(name) => text::inline(name, NAME_MAX_CHARS),
                None => text::code(id.as_str(), NAME_MAX_CHARS),
            })
            .collect();
        let groups: Vec<String> = self
            .empty_groups
            .iter()
            .filter(|id| id.is_in(listed))
            .map(|id| text::code(id.as_str(), NAME_MAX_CHARS))
            .collect();
        let mut said = String::new();
        if !inactive.is_empty() {
            let named = some_of(&inactive, NAMED_MAX, "and");
            said.push_str(&format!(" {named} cannot: the account is deactivated, or no person's."));
        }
        let named = some_of(&groups, NAMED_MAX, "and");
        said.push_str(&match groups.len() {
            0 => String::new(),
            1 => format!(" Nobody can by the user group {named}: it has no members, or is gone."),
            _ => format!(" Nobody can by the user groups {named}: they have no members, or are gone."),
        });
        said
    }
}
