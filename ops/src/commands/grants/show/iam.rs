//! What lives in IAM for a request: its user or role with everything that it has, or the denial of its session.

use aws::dynamodb::Store;
use aws::iam::{Iam, KeyInfo, RoleInfo, UserInfo};
use aws_config::SdkConfig;
use domain::holding::{Goal, Held, Holding};
use domain::kind::InAws;
use domain::policy::door;
use domain::request::aws_name;
use domain::{Request, RequestId, UnixSeconds};
use serde::Serialize;

use super::part::Part;
use super::policies::Policies;
use crate::moment;
use crate::terminal::Terminal;

#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(super) enum InIam {
    /// For a grant as a user of its own.
    User {
        name: String,
        user: Part<Option<UserInfo>>,
        keys: Part<Vec<KeyInfo>>,
        #[serde(flatten)]
        policies: Policies,
    },
    /// For a grant as a role of its own.
    Role {
        name: String,
        role: Part<Option<RoleInfo>>,
        #[serde(flatten)]
        policies: Policies,
    },
    /// For a grant as a session of a role: the inline policy that denies it, once it was ended early.
    Session { role_arn: String, denial: Part<Option<String>> },
    /// For a grant through Identity Center: which grants hold what it gives. None once nothing of it is left.
    IdentityCenter { user_id: Option<String>, held: Part<Option<Holding>> },
}

/// Reads it, in the account that this configuration acts in.
pub(super) async fn look(
    store: &Store,
    account: &SdkConfig,
    id: &RequestId,
    request: Option<&Request>,
) -> InIam {
    let (iam, name) = (Iam::new(account), aws_name(id));
    let grant = request.and_then(|request| request.decision.grant.as_ref());
    match grant.map_or(InAws::User, |grant| grant.role.in_aws()) {
        InAws::SessionOf(role_arn) => {
            let denial = Part::of(iam.denial_seen(role_arn, &name).await);
            InIam::Session { role_arn: role_arn.to_owned(), denial }
        }
        InAws::User => look_at_user(&iam, name).await,
        InAws::Role => look_at_role(&iam, name).await,
        InAws::AssignmentOf { permission_set_arn, account_id } => {
            look_at_holding(store, request, |user_id| Held::PermissionSet {
                account_id: account_id.to_owned(),
                permission_set_arn: permission_set_arn.to_owned(),
                user_id,
            })
            .await
        }
        InAws::MemberOf(group_id) => {
            look_at_holding(store, request, |user_id| Held::Group { group_id: group_id.to_owned(), user_id })
                .await
        }
    }
}

/// By the table: nothing in AWS says which grants hold it.
async fn look_at_holding(
    store: &Store,
    request: Option<&Request>,
    held: impl FnOnce(String) -> Held,
) -> InIam {
    let user_id = request.and_then(|request| request.access.principal.clone());
    let found = match &user_id {
        Some(user_id) => Part::of(store.holding(&held(user_id.clone())).await),
        None => Part::Found(None),
    };
    InIam::IdentityCenter { user_id, held: found }
}

async fn look_at_role(iam: &Iam, name: String) -> InIam {
    let (role, inline, attached) =
        tokio::join!(iam.describe_role(&name), iam.role_inline_seen(&name), iam.role_attached_seen(&name));
    InIam::Role { name, role: Part::of(role), policies: Policies::of(inline, attached) }
}

async fn look_at_user(iam: &Iam, name: String) -> InIam {
    let (user, keys, inline, attached) = tokio::join!(
        iam.describe_user(&name),
        iam.list_keys(&name),
        iam.inline_seen(&name),
        iam.attached_seen(&name),
    );
    InIam::User { name, user: Part::of(user), keys: Part::of(keys), policies: Policies::of(inline, attached) }
}

impl InIam {
    pub(super) fn is_complete(&self) -> bool {
        match self {
            Self::Session { denial, .. } => denial.found().is_some(),
            Self::Role { role, policies, .. } => role.found().is_some() && policies.is_complete(),
            Self::IdentityCenter { held, .. } => held.found().is_some(),
            Self::User { user, keys, policies, .. } => {
                user.found().is_some() && keys.found().is_some() && policies.is_complete()
            }
        }
    }

    pub(super) fn lines(&self, terminal: &Terminal, request: Option<&Request>) -> Vec<String> {
        let elsewhere =
            request.and_then(|request| request.decision.grant.as_ref()?.account_role_arn.as_ref());
        let due = request.and_then(|request| request.access.expires_at);
        let mut lines: Vec<String> =
            elsewhere.iter().map(|role| format!("in another account, through {role}")).collect();
        match self {
            Self::Session { role_arn, denial } => {
                lines.extend(denial.lines(terminal, |denial| vec![session(role_arn, denial.is_some())]));
            }
            Self::IdentityCenter { user_id: None, .. } => {
                lines.push("nothing was given in Identity Center".to_owned());
            }
            Self::IdentityCenter { user_id: Some(user_id), held } => {
                lines.push(format!("user {user_id} of Identity Center"));
                lines.extend(held.lines(terminal, |held| vec![holding(held.as_ref())]));
            }
            Self::Role { name, role: Part::Found(None), .. } => lines.push(format!("no role {name}")),
            Self::Role { name: _, role, policies } => {
                lines.extend(role.lines(terminal, |role| role.as_ref().map(role_lines).unwrap_or_default()));
                lines.extend(policies.lines(terminal, due));
            }
            Self::User { name, user: Part::Found(None), .. } => lines.push(format!("no user {name}")),
            Self::User { name, user, keys, policies } => {
                lines.extend(
                    user.lines(terminal, |user| user.iter().map(|user| user_line(name, user)).collect()),
                );
                lines.extend(keys.lines(terminal, |keys| keys.iter().map(key).collect()));
                lines.extend(policies.lines(terminal, due));
            }
        }
        lines
    }
}

fn holding(held: Option<&Holding>) -> String {
    let Some(held) = held else { return "no grant holds what it gave".to_owned() };
    let holders: Vec<&str> = held.holders.iter().map(RequestId::as_str).collect();
    let holders = if holders.is_empty() { "no grant".to_owned() } else { holders.join(", ") };
    let state = match &held.change {
        Some(change) => match change.to {
            Goal::There => "; it is being given",
            Goal::Gone => "; it is being taken away",
        },
        None if held.before => "; it was there before, so it stays",
        None => "",
    };
    format!("held by {holders}{state}")
}

/// The role, and who may assume it.
fn role_lines(role: &RoleInfo) -> Vec<String> {
    let door = door(&role.trust);
    let until = door.until.map(|at| format!(" until {}", moment::second(at))).unwrap_or_default();
    let mut lines = vec![made("role", &role.arn, role.created_at, role.boundary_arn.as_deref())];
    lines.extend(door.principals.iter().map(|who| format!("open to {who}{until}")));
    if door.principals.is_empty() {
        lines.push("open to nobody".to_owned());
    }
    lines
}

fn session(role_arn: &str, denied: bool) -> String {
    let what = if denied { "the session is denied by name" } else { "no denial of the session" };
    format!("{what} on the role {role_arn}")
}

fn user_line(name: &str, user: &UserInfo) -> String {
    made("user", name, user.created_at, user.boundary_arn.as_deref())
}

fn made(what: &str, name: &str, at: UnixSeconds, boundary_arn: Option<&str>) -> String {
    let within = boundary_arn.map(|arn| format!(", within the boundary {arn}")).unwrap_or_default();
    format!("{what} {name}, made {}{within}", moment::second(at))
}

fn key(key: &KeyInfo) -> String {
    let state = if key.active { "active" } else { "inactive" };
    let made = key.created_at.map(|at| format!(", made {}", moment::second(at))).unwrap_or_default();
    format!("key {}, {state}{made}", key.id)
}
