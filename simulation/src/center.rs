//! Identity Center beside the workers: what there is in it, and who has what.

use std::collections::BTreeSet;

use domain::kind::InAws;
use domain::{Request, UnixSeconds};
use testkit::aws::identity_center::IdentityCenter;

use crate::people::{DANA, ERIN, OLIVIA, address};

/// The group that there is.
pub(crate) const GROUP_ID: &str = "00000001-70c1-70e2-9f2b-3c4d5e6f7a8b";
/// The permission set that there is.
pub(crate) const PERMISSION_SET_ARN: &str =
    "arn:aws:sso:::permissionSet/ssoins-72231a2b3c4d5e6f/ps-0000000000000000";
/// Those who have a user there, with its id.
const USERS: [(&str, &str); 3] = [
    (DANA, "00000002-70c1-70e2-9f2b-3c4d5e6f7a8b"),
    (ERIN, "00000003-70c1-70e2-9f2b-3c4d5e6f7a8b"),
    (OLIVIA, "00000004-70c1-70e2-9f2b-3c4d5e6f7a8b"),
];

/// What a user has: the permission set or the group, and the user's id.
pub(crate) type Has = (String, String);

/// What people have by other hands than grants'.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// What is there whatever becomes of grants.
    pub(crate) theirs: BTreeSet<Has>,
    /// What was given by other hands while a grant of the same was made, live or taken away: nothing in AWS says whose it is.
    pub(crate) unclear: BTreeSet<Has>,
    /// The requests whose people an administrator took it from.
    pub(crate) taken_from: BTreeSet<String>,
}

/// What a request's person has by it, once something was granted that is given in Identity Center.
pub(crate) fn given_by(request: &Request) -> Option<Has> {
    let what = match request.decision.grant.as_ref()?.role.in_aws() {
        InAws::AssignmentOf { permission_set_arn, .. } => permission_set_arn,
        InAws::MemberOf(group_id) => group_id,
        InAws::User | InAws::Role | InAws::SessionOf(_) => return None,
    };
    let person = request.ask.requester_slack_id.as_str();
    let (_, user) = USERS.iter().find(|(id, _)| *id == person)?;
    Some((what.to_owned(), (*user).to_owned()))
}

/// What people have now.
pub(crate) fn given(center: &IdentityCenter, now: UnixSeconds) -> BTreeSet<Has> {
    center.catch_up_with_time(now.timestamp());
    let assigned = center.assignments().into_iter().map(|one| (one.permission_set_arn, one.principal_id));
    let members = center.members(GROUP_ID).into_values().map(|user| (GROUP_ID.to_owned(), user));
    assigned.chain(members).collect()
}

/// Puts there what the catalogue names, and who asks for it.
pub(crate) fn furnish(center: &IdentityCenter) {
    center.add_group("Deployers");
    center.add_permission_set("PowerUser", Some("PT1H"));
    for (person, _) in USERS {
        center.add_user(&person.to_lowercase(), &address(person));
    }
}

/// One of the users there, by its place.
pub(crate) fn user(place: usize) -> String {
    USERS.get(place % USERS.len()).map_or(USERS[0].1, |(_, id)| id).to_owned()
}

#[cfg(test)]
mod tests {
    use testkit::aws::ACCOUNT;

    use super::*;

    #[test]
    fn what_is_put_there_has_the_ids_that_the_catalogue_names() {
        let center = IdentityCenter::default();
        furnish(&center);
        assert_eq!(center.groups().first().map(|group| group.id.as_str()), Some(GROUP_ID));
        for (person, id) in USERS {
            center.assign(ACCOUNT, PERMISSION_SET_ARN, "USER", id);
            let portal = center.portal(&address(person), UnixSeconds(0).timestamp());
            assert_eq!(portal.len(), 1, "{person}");
            assert_eq!(portal.first().map(|entry| entry.permission_set.as_str()), Some("PowerUser"));
        }
    }
}
