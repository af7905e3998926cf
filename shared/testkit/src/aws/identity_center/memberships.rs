//! Groups and who is in them.

use serde_json::{Value, json};

use super::people::in_store;
use super::state::{Group, State};
use super::{Answer, IDENTITY_STORE_ID, Problem, member, text};

/// Groups that one call may ask about.
const GROUPS_MAX: usize = 100;

impl State {
    pub(super) fn describe_group(&self, body: &Value) -> Answer {
        in_store(body)?;
        let id = text(body, "GroupId");
        let group =
            self.groups.iter().find(|group| group.id == id).ok_or_else(|| Problem::not_found("GROUP"))?;
        Ok(json!({
            "IdentityStoreId": IDENTITY_STORE_ID, "GroupId": group.id, "DisplayName": group.name,
            "GroupArn": format!("arn:aws:identitystore:::group/{}", group.id),
        }))
    }

    pub(super) fn join(&mut self, body: &Value) -> Answer {
        in_store(body)?;
        let user_id = member(body);
        if !self.users.iter().any(|user| user.id == user_id) {
            return Err(Problem::not_found("USER"));
        }
        let (id, before) = (self.id(), self.groups.clone());
        let group_id = text(body, "GroupId");
        let group = self.groups.iter_mut().find(|group| group.id == group_id);
        let group = group.ok_or_else(|| Problem::not_found("GROUP"))?;
        if group.members.values().any(|of| of == user_id) {
            let problem = Problem::new("ConflictException", "Member and Group relationship already exists.");
            return Err(Problem { reason: Some("UNIQUENESS_CONSTRAINT_VIOLATION"), ..problem });
        }
        group.members.insert(id.clone(), user_id.to_owned());
        self.members_changed(before);
        Ok(json!({ "IdentityStoreId": IDENTITY_STORE_ID, "MembershipId": id }))
    }

    pub(super) fn leave(&mut self, body: &Value) -> Answer {
        in_store(body)?;
        let (id, before) = (text(body, "MembershipId"), self.groups.clone());
        if !self.groups.iter_mut().any(|group| group.members.remove(id).is_some()) {
            return Err(Problem::not_found("GROUP_MEMBERSHIP"));
        }
        self.members_changed(before);
        Ok(json!({}))
    }

    /// Reads show who was in each group before, for a while.
    fn members_changed(&mut self, before: Vec<Group>) {
        if self.list_lag > 0 && self.groups_before.is_none() {
            self.groups_before = Some((self.list_lag, before));
        }
    }

    /// The groups with their members, as one read shows them.
    fn shown(&mut self) -> Vec<Group> {
        let Some((left, before)) = self.groups_before.take() else { return self.groups.clone() };
        if left > 1 {
            self.groups_before = Some((left - 1, before.clone()));
        }
        before
    }

    pub(super) fn membership_id(&mut self, body: &Value) -> Answer {
        in_store(body)?;
        let (group_id, user_id) = (text(body, "GroupId"), member(body));
        let groups = self.shown();
        let group = groups.iter().find(|group| group.id == group_id);
        let found = group.and_then(|group| group.members.iter().find(|(_, of)| *of == user_id));
        let (id, _) = found.ok_or_else(|| Problem::not_found("GROUP_MEMBERSHIP"))?;
        Ok(json!({ "IdentityStoreId": IDENTITY_STORE_ID, "MembershipId": id }))
    }

    pub(super) fn is_member(&mut self, body: &Value) -> Answer {
        in_store(body)?;
        let user_id = member(body);
        let asked = body.get("GroupIds").and_then(Value::as_array).cloned().unwrap_or_default();
        if asked.is_empty() || asked.len() > GROUPS_MAX {
            return Err(Problem::new("ValidationException", "GroupIds must have 1 to 100 elements."));
        }
        let groups = self.shown();
        let results: Vec<Value> = asked
            .iter()
            .map(|id| {
                let group = groups.iter().find(|group| Some(group.id.as_str()) == id.as_str());
                let is_in = group.is_some_and(|group| group.members.values().any(|of| of == user_id));
                json!({ "GroupId": id, "MemberId": { "UserId": user_id }, "MembershipExists": is_in })
            })
            .collect();
        Ok(json!({ "Results": results }))
    }
}
