//! Who may decide on a request, and whose approvals count: asked of everybody who counts, at the moment of the decision.
//!
//! The catalogue says who is listed today; Slack says who is an active person, and which ids are one person's. Both are
//! arguments, and a person who was not looked up never counts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::duration::GrantDuration;
use crate::ids::SlackUserId;
use crate::job::Click;
use crate::project::{Project, Role};
use crate::request::{Audience, Request};

/// Somebody in Slack, as Slack says it at the moment of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Every id of this one person, first the one that was asked for. In an Enterprise Grid, each workspace may call
    /// them `U…`, and the organisation calls them `W…` or `U…`.
    pub ids: Vec<SlackUserId>,
    /// Whether the account is a person's and not deactivated.
    pub is_active: bool,
}

/// Those who were looked up for a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    people: Vec<Person>,
    /// The members of user groups, by the group's id.
    groups: BTreeMap<SlackUserId, Vec<SlackUserId>>,
}

/// Why somebody's approval does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotCounted {
    /// Not on the list of approvers today.
    NotListed,
    /// The account is deactivated, a bot's, or gone.
    NotActive,
    /// It is their own request, and the project does not allow that.
    OwnRequest,
}

/// Why an approval cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Whoever clicked does not count.
    NotCounted(NotCounted),
    /// The requester's account is deactivated, a bot's, or gone.
    RequesterNotActive,
    /// Somebody whose approval is recorded has to be looked up first.
    NotLookedUp(SlackUserId),
}

/// What approvals come to when one more is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Whose approvals count, each person once.
    pub counted: Vec<SlackUserId>,
    /// Whose earlier approvals no longer count, and why.
    pub void: Vec<(SlackUserId, NotCounted)>,
}

/// What decides whether an approval counts, besides the request itself.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Who is listed today.
    pub approvers: &'a [SlackUserId],
    /// Whether an approver may approve a request of their own.
    pub self_approval_allowed: bool,
    /// Those who were looked up.
    pub people: &'a People,
}

impl Rules<'_> {
    /// What the approvals of `request` come to with one by `by`.
    pub fn tally(self, request: &Request, by: &SlackUserId) -> Result<Tally, Refused> {
        self.tally_of(&request.ask.requester_slack_id, &request.decision.approvals, by)
    }

    /// What the approvals of something that `requester` asks for come to with one by `by`.
    pub fn tally_of(
        self,
        requester: &SlackUserId,
        approvals: &[SlackUserId],
        by: &SlackUserId,
    ) -> Result<Tally, Refused> {
        self.counts(requester, by)?.map_err(Refused::NotCounted)?;
        match self.people.is_active(requester) {
            Some(true) => {}
            Some(false) => return Err(Refused::RequesterNotActive),
            None => return Err(Refused::NotLookedUp(requester.clone())),
        }
        let mut tally = Tally { counted: Vec::new(), void: Vec::new() };
        for earlier in approvals {
            match self.counts(requester, earlier)? {
                Ok(()) if tally.counted.iter().any(|counted| self.people.same(counted, earlier)) => {}
                Ok(()) => tally.counted.push(earlier.clone()),
                Err(why) => tally.void.push((earlier.clone(), why)),
            }
        }
        if !tally.counted.iter().any(|counted| self.people.same(counted, by)) {
            tally.counted.push(by.clone());
        }
        Ok(tally)
    }

    /// Whether an approval of this person counts now.
    fn counts(self, requester: &SlackUserId, by: &SlackUserId) -> Result<Result<(), NotCounted>, Refused> {
        if !self.people.is_listed(self.approvers, by) {
            return Ok(Err(NotCounted::NotListed));
        }
        if !self.self_approval_allowed && self.people.same(by, requester) {
            return Ok(Err(NotCounted::OwnRequest));
        }
        match self.people.is_active(by) {
            Some(true) => Ok(Ok(())),
            Some(false) => Ok(Err(NotCounted::NotActive)),
            None => Err(Refused::NotLookedUp(by.clone())),
        }
    }
}

impl People {
    /// Adds somebody who was looked up.
    pub fn add(&mut self, person: Person) {
        self.people.push(person);
    }

    /// Adds the members of a user group.
    pub fn add_group(&mut self, group: SlackUserId, members: Vec<SlackUserId>) {
        self.groups.insert(group, members);
    }

    /// The members of a user group; `None` when it was not looked up.
    #[must_use]
    pub fn members(&self, group: &SlackUserId) -> Option<&[SlackUserId]> {
        self.groups.get(group).map(Vec::as_slice)
    }

    /// Whether this id was looked up.
    #[must_use]
    pub fn knows(&self, id: &SlackUserId) -> bool {
        self.looked_up(id).is_some()
    }

    /// Whether this id is that of an active person; `None` when it was not looked up.
    #[must_use]
    pub fn is_active(&self, id: &SlackUserId) -> Option<bool> {
        self.looked_up(id).map(|person| person.is_active)
    }

    /// Whether this person is known to have more than one id.
    #[must_use]
    pub fn has_several_ids(&self, id: &SlackUserId) -> bool {
        self.looked_up(id).is_some_and(|person| person.ids.iter().any(|other| !other.is_same(id)))
    }

    /// Whether two ids are one person's.
    #[must_use]
    pub fn same(&self, one: &SlackUserId, other: &SlackUserId) -> bool {
        one.is_same(other)
            || self.ids_of(one).any(|id| id.is_same(other) || self.ids_of(other).any(|also| also.is_same(id)))
    }

    /// Whether somebody is on a list, by whichever id, or a member of a user group that is. Groups have no groups in them.
    #[must_use]
    pub fn is_listed(&self, list: &[SlackUserId], id: &SlackUserId) -> bool {
        list.iter().any(|listed| match self.members(listed) {
            Some(members) => members.iter().any(|member| self.same(member, id)),
            None => !listed.is_user_group() && self.same(listed, id),
        })
    }

    fn looked_up(&self, id: &SlackUserId) -> Option<&Person> {
        self.people.iter().find(|person| person.ids.first().is_some_and(|first| first.is_same(id)))
    }

    fn ids_of<'a>(&'a self, id: &'a SlackUserId) -> impl Iterator<Item = &'a SlackUserId> {
        self.people.iter().filter(move |person| id.is_in(&person.ids)).flat_map(|person| &person.ids)
    }
}

impl FromIterator<Person> for People {
    fn from_iter<T: IntoIterator<Item = Person>>(people: T) -> Self {
        Self { people: people.into_iter().collect(), groups: BTreeMap::new() }
    }
}

/// Why nobody can approve a request, whoever they are: the catalogue is not any more as it was when it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum NotOffered {
    /// There is no such project.
    NoProject,
    /// The project has no such role.
    NoRole,
    /// The role's limit is shorter than what was asked for.
    TooLong { longest: GrantDuration },
}

/// The project and the role that a request is for, as the catalogue offers them today for so long.
pub fn offered<'a>(
    request: &Request,
    project: Option<&'a Project>,
    duration: GrantDuration,
) -> Result<(&'a Project, &'a Role), NotOffered> {
    let project = project.ok_or(NotOffered::NoProject)?;
    let role = project.roles.get(&request.ask.role).ok_or(NotOffered::NoRole)?;
    let longest = role.longest();
    if duration > longest { Err(NotOffered::TooLong { longest }) } else { Ok((project, role)) }
}

/// Who may deny a request: those who are listed today, whether or not the role is still offered. Where the catalogue no
/// longer has the project, those who could decide when it was asked.
#[must_use]
pub fn who_may_deny(request: &Request, project: Option<&Project>) -> Vec<SlackUserId> {
    match project {
        Some(project) => deciders(request, project),
        None => asked(request),
    }
}

/// Who may decide on a request today: its role's approvers, and those who were asked besides because nobody had decided.
#[must_use]
pub fn deciders(request: &Request, project: &Project) -> Vec<SlackUserId> {
    let mut deciders = project.approvers(&request.ask.role).to_vec();
    if request.is_escalated() {
        deciders.extend(
            project.escalate_to.iter().filter(|id| !id.is_in(project.approvers(&request.ask.role))).cloned(),
        );
    }
    deciders
}

/// Whether this very click was taken in as an approval before: SQS may deliver it twice.
#[must_use]
pub fn was_taken_in(request: &Request, click: &Click) -> bool {
    let Some(clicked_at) = click.clicked_at else { return click.user_id.is_in(&request.decision.approvals) };
    request.audit.history.iter().any(|change| {
        let is_theirs = change.event == "approve"
            && change.by.as_ref().and_then(|by| by.person()) == Some(&click.user_id);
        let recorded = change.inputs.get("click_id").and_then(serde_json::Value::as_str);
        is_theirs
            && match (&click.click_id, recorded) {
                (Some(id), Some(recorded)) => id.as_str() == recorded,
                // One of the two is from before clicks had ids: people rarely click twice within a second.
                (None, _) | (_, None) => {
                    change.inputs.get("clicked_at").and_then(serde_json::Value::as_i64) == Some(clicked_at.0)
                }
            }
    })
}

/// Whether this very click about an extension was taken in before, whatever became of it.
#[must_use]
pub fn extension_click_was_taken_in(request: &Request, number: u32, click: &Click) -> bool {
    request.audit.history.iter().any(|change| {
        let inputs = &change.inputs;
        let is_theirs = matches!(change.event.as_str(), "extension_approved" | "extension_denied")
            && inputs.get("number").and_then(serde_json::Value::as_u64) == Some(number.into())
            && change.by.as_ref().and_then(|by| by.person()) == Some(&click.user_id);
        let recorded = inputs.get("click_id").and_then(serde_json::Value::as_str);
        let clicked_at = inputs.get("clicked_at").and_then(serde_json::Value::as_i64);
        is_theirs
            && match (&click.click_id, recorded) {
                (Some(id), Some(recorded)) => id.as_str() == recorded,
                (None, _) | (_, None) => click.clicked_at.is_none_or(|at| clicked_at == Some(at.0)),
            }
    })
}

/// Whose approvals have ceased to count, by the events: the latest word on each.
#[must_use]
pub fn void_approvals(request: &Request) -> Vec<SlackUserId> {
    let mut void: Vec<SlackUserId> = Vec::new();
    let by_events = request.audit.history.iter().filter_map(|change| change.inputs.get("void_approvals"));
    for one in by_events.filter_map(serde_json::Value::as_array).flatten() {
        let by = one.get("by").and_then(serde_json::Value::as_str).and_then(|by| SlackUserId::parse(by).ok());
        void.extend(by.filter(|by| !void.contains(by) && !request.decision.approvals.contains(by)));
    }
    void
}

/// Who could decide when it was asked: by the event of the ask, by whom the app wrote to, and who agreed.
fn asked(request: &Request) -> Vec<SlackUserId> {
    let mut asked: Vec<SlackUserId> = Vec::new();
    let listed = request.audit.history.first().and_then(|ask| ask.inputs.get("approvers")?.as_array());
    let listed = listed.into_iter().flatten().filter_map(|id| SlackUserId::parse(id.as_str()?).ok());
    let written_to = request.slack.messages.iter().filter_map(|posted| match &posted.audience {
        Audience::Approver(approver) => Some(approver.clone()),
        Audience::Channel | Audience::Requester => None,
    });
    for id in listed.chain(written_to).chain(request.decision.approvals.iter().cloned()) {
        if !asked.contains(&id) {
            asked.push(id);
        }
    }
    asked
}

#[cfg(test)]
mod tests;
