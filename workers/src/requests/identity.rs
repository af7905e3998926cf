//! Looks at Identity Center before anybody is asked: is the requester there, is what they ask for, and do they have it already?

use std::collections::BTreeSet;

use aws::identity_center::{IdentityCenter, Lookup};
use domain::holding::Held;
use domain::identity::IdentityFault;
use domain::kind::{Door, InAws, RoleKind};
use domain::principal::Placeholder;

use crate::context::Context;
use crate::failure::Failure;

/// The requester's id in the identity store, where a role is opened by it, and they have one that is enabled.
pub(crate) async fn user_id(
    context: &Context,
    door: &Door,
    address: Option<&str>,
) -> Result<Option<String>, Failure> {
    if !door.asks_for(Placeholder::IdentityStoreUserId) {
        return Ok(None);
    }
    let (Some(center), Some(address)) = (&context.identity_center, address) else { return Ok(None) };
    Ok(match center.find_user(address).await? {
        Lookup::Found(user) => Some(user.id),
        Lookup::NotThere | Lookup::Disabled => None,
    })
}

/// What was found out for a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// How long a session that is opened by it goes on, in seconds, where nothing ends one.
    pub(crate) session_seconds: Option<u32>,
}

/// Whether a role can be given to whoever has this address. Roles of other kinds need no look. The inner error is for the requester to
/// know.
pub(crate) async fn check(
    context: &Context,
    kind: &RoleKind,
    address: Option<&str>,
) -> Result<Result<Seen, IdentityFault>, Failure> {
    if !kind.needs_identity_center() {
        return Ok(Ok(Seen::default()));
    }
    let Some(center) = &context.identity_center else { return Ok(Err(IdentityFault::NotSetUp)) };
    let found = match address {
        Some(address) => center.find_user(address).await?,
        None => Lookup::NotThere,
    };
    let user_id = match found {
        Lookup::Found(user) => user.id,
        Lookup::NotThere => return Ok(Err(IdentityFault::NoUser)),
        Lookup::Disabled => return Ok(Err(IdentityFault::Disabled)),
    };
    match kind.in_aws() {
        InAws::AssignmentOf { permission_set_arn, account_id } => {
            let Some(set) = center.permission_set(permission_set_arn).await? else {
                return Ok(Err(IdentityFault::NoPermissionSet));
            };
            let has = has_set(context, center, account_id, permission_set_arn, &user_id).await?;
            Ok(has.map(|()| Seen { session_seconds: Some(set.session_seconds) }))
        }
        InAws::MemberOf(group_id) => {
            if center.group_name(group_id).await?.is_none() {
                return Ok(Err(IdentityFault::NoGroup));
            }
            let among = BTreeSet::from([group_id.to_owned()]);
            let is_in = center.groups_of(&user_id, &among).await?.contains(group_id);
            let has = is_in && !is_ours(context, group(group_id, &user_id)).await?;
            Ok(if has { Err(IdentityFault::HasAlready { through: None }) } else { Ok(Seen::default()) })
        }
        InAws::Role => Ok(match center.access_application().await? {
            Some(_) => Ok(Seen::default()),
            None => Err(IdentityFault::NoAccountAccess),
        }),
        InAws::User | InAws::SessionOf(_) => Ok(Ok(Seen::default())),
    }
}

/// Whether they may use a permission set already, by themselves or through a group.
async fn has_set(
    context: &Context,
    center: &IdentityCenter,
    account_id: &str,
    permission_set_arn: &str,
    user_id: &str,
) -> Result<Result<(), IdentityFault>, Failure> {
    let assigned = center.assigned(account_id, permission_set_arn).await?;
    if assigned.users.contains(user_id) {
        let held = Held::PermissionSet {
            account_id: account_id.to_owned(),
            permission_set_arn: permission_set_arn.to_owned(),
            user_id: user_id.to_owned(),
        };
        if !is_ours(context, held).await? {
            return Ok(Err(IdentityFault::HasAlready { through: None }));
        }
    }
    for group_id in center.groups_of(user_id, &assigned.groups).await? {
        // Membership by a grant ends with that grant.
        if !is_ours(context, group(&group_id, user_id)).await? {
            let name = center.group_name(&group_id).await?.unwrap_or(group_id);
            return Ok(Err(IdentityFault::HasAlready { through: Some(name) }));
        }
    }
    Ok(Ok(()))
}

/// Whether it is there by grants alone: another one may hold it too.
async fn is_ours(context: &Context, held: Held) -> Result<bool, Failure> {
    Ok(context.store.holding(&held).await?.is_some_and(|holding| holding.is_ours()))
}

fn group(group_id: &str, user_id: &str) -> Held {
    Held::Group { group_id: group_id.to_owned(), user_id: user_id.to_owned() }
}
