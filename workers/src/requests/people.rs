//! Looks people up in Slack for a decision: each id once in a job, and only those that the decision needs.

use domain::authorization::People;
use domain::request::Recipient;
use domain::{EmailAddress, SlackUserId, UnixSeconds};
use slack::{Person as Profile, is_unknown_person, unknown_decider};
use tracing::warn;

use crate::context::Context;
use crate::failure::Failure;

/// Listed ids that one job looks up to see whether one of them is the same person's, at most.
const ALIAS_LOOKUPS_MAX: usize = 25;

/// User groups that one job looks up, at most: Slack allows some twenty such calls a minute.
const GROUP_LOOKUPS_MAX: usize = 10;

/// What one job has looked up.
#[derive(Debug)]
pub(crate) struct Lookups<'a> {
    context: &'a Context,
    /// Those who were looked up.
    pub(crate) people: People,
    profiles: Vec<(SlackUserId, Profile)>,
    aliases_left: usize,
    groups_left: usize,
}

impl<'a> Lookups<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self {
            context,
            people: People::default(),
            profiles: Vec::new(),
            aliases_left: ALIAS_LOOKUPS_MAX,
            groups_left: GROUP_LOOKUPS_MAX,
        }
    }

    /// Whether somebody is on a list, by whichever of their ids, or in a user group that is. Slack is asked only when no id is
    /// listed as it stands.
    pub(crate) async fn is_listed(
        &mut self,
        list: &[SlackUserId],
        id: &SlackUserId,
    ) -> Result<bool, Failure> {
        if id.is_in(list) {
            return Ok(true);
        }
        self.look_up(id).await?;
        for group in list.iter().filter(|listed| listed.is_user_group()) {
            self.look_up_group(group).await?;
        }
        if self.people.is_listed(list, id) {
            return Ok(true);
        }
        // Only in an Enterprise Grid does one person have several ids.
        let in_grid = self.people.has_several_ids(id);
        for other in
            list.iter().filter(|other| !other.is_user_group() && (in_grid || prefix(other) != prefix(id)))
        {
            if self.aliases_left == 0 {
                warn!(person = %id, "too many listed people would have to be looked up to know whether one is this person");
                return Ok(false);
            }
            if !self.people.knows(other) {
                self.aliases_left -= 1;
                self.look_up(other).await?;
            }
            if self.people.same(other, id) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Looks up who is in a user group, unless that was done.
    async fn look_up_group(&mut self, group: &SlackUserId) -> Result<(), Failure> {
        if self.people.members(group).is_some() {
            return Ok(());
        }
        if self.groups_left == 0 {
            warn!(%group, "too many user groups are listed; this one was not looked up");
            return Ok(());
        }
        self.groups_left -= 1;
        let members =
            self.context.user_groups.members(&self.context.slack, group, self.context.now()).await?;
        self.people.add_group(group.clone(), members);
        Ok(())
    }

    /// The people of a list, with the members of a user group in its place, each once.
    pub(crate) async fn individuals(&mut self, list: &[SlackUserId]) -> Result<Vec<SlackUserId>, Failure> {
        let mut people: Vec<SlackUserId> = Vec::new();
        for listed in list {
            let found = if listed.is_user_group() {
                self.look_up_group(listed).await?;
                self.people.members(listed).unwrap_or_default().to_vec()
            } else {
                vec![listed.clone()]
            };
            for id in found {
                if !id.is_in(&people) {
                    people.push(id);
                }
            }
        }
        Ok(people)
    }

    /// A list in the order in which people are to be looked up where one who is active is enough.
    pub(crate) fn in_turn(&self, listed: Vec<SlackUserId>) -> Vec<SlackUserId> {
        self.context.inactive.in_turn(listed, self.context.now())
    }

    /// Looks somebody up, unless that was done.
    pub(crate) async fn look_up(&mut self, id: &SlackUserId) -> Result<(), Failure> {
        if self.people.knows(id) {
            return Ok(());
        }
        self.profile(id).await.map(|_| ())
    }

    /// Looks somebody up with what Slack says of them besides; nothing when Slack does not know or show them.
    pub(crate) async fn profile(&mut self, id: &SlackUserId) -> Result<Option<Profile>, Failure> {
        let (person, profile) = match self.context.slack.person(id).await {
            Ok(profile) => (profile.as_decider(id), Some(profile)),
            Err(error) if is_unknown_person(&error) => (unknown_decider(id), None),
            Err(error) => return Err(error.into()),
        };
        let name = profile.as_ref().and_then(|profile| profile.name.clone());
        self.context.inactive.note(id, person.is_active, name, self.context.now());
        self.people.add(person);
        self.profiles.extend(profile.clone().map(|profile| (id.clone(), profile)));
        Ok(profile)
    }

    /// Where a credential of somebody who was looked up goes; nothing where it cannot, which is for the making to say.
    pub(crate) fn recipient(&self, id: &SlackUserId, looked_up_at: UnixSeconds) -> Option<Recipient> {
        let (_, profile) = self.profiles.iter().find(|(known, _)| known == id)?;
        let address = EmailAddress::parse(profile.email.as_deref()?).ok()?;
        (!profile.deactivated).then(|| Recipient {
            email: address.as_str().to_owned(),
            time_zone: profile.time_zone.clone(),
            looked_up_at,
        })
    }

    /// The address in the profile of somebody who was looked up.
    pub(crate) fn address(&self, id: &SlackUserId) -> Option<String> {
        self.profiles.iter().find(|(known, _)| known == id).and_then(|(_, profile)| profile.email.clone())
    }

    /// Whether an id is that of one of these people, by whichever of their ids. Slack is asked about them only where
    /// `id` is that of somebody who has several.
    pub(crate) async fn is_one_of(
        &mut self,
        id: &SlackUserId,
        others: &[SlackUserId],
    ) -> Result<bool, Failure> {
        self.look_up(id).await?;
        let in_grid = self.people.has_several_ids(id);
        for other in others {
            if in_grid || prefix(other) != prefix(id) {
                self.look_up(other).await?;
            }
            if self.people.same(id, other) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether an id is that of an active person.
    pub(crate) async fn is_active(&mut self, id: &SlackUserId) -> Result<bool, Failure> {
        self.look_up(id).await?;
        Ok(self.people.is_active(id) == Some(true))
    }
}

fn prefix(id: &SlackUserId) -> Option<char> {
    id.as_str().chars().next()
}
