//! Whether the policies and roles that the catalogue names are there.

use std::collections::BTreeMap;

use aws::inspect::{identity, permissions};
use domain::Project;
use domain::kind::Needed;
use domain::policy::missing_from_trust;
use service::CallError;

use crate::context::Context;
use crate::finding::Finding;

/// What the checks of the catalogue are called.
pub(super) const CHECK: &str = "catalogue";
/// ARNs that are looked up, at most: IAM throttles whole accounts, and the workers need it too.
const LOOKUPS_MAX: usize = 500;
/// The part of an ARN that AWS's own policies have where others have an account.
const OF_AWS: &str = "aws";

/// What the catalogue needs, first its ARN, and the longest grant by it, in seconds.
type Promise<'a> = (&'a str, Needed<'a>, u32);

pub(super) async fn check(ctx: &Context<'_>, projects: &[Project]) -> Vec<Finding> {
    let account = match identity(ctx.aws).await {
        Ok(identity) => identity.account,
        // The credentials' own check says what is wrong with them.
        Err(_) => return Vec::new(),
    };
    let needed = needed(projects);
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        needed.iter().partition(|((arn, ..), _)| [OF_AWS, &account].contains(&account_of(arn)));
    let mut found = Vec::new();
    for (promise, by) in here.iter().take(LOOKUPS_MAX) {
        let looked = look(ctx, **promise, by).await;
        found.extend(looked.unwrap_or_else(|error| Some(Finding::unknown(CHECK, &error))));
    }
    let left_out = elsewhere.len() + here.len().saturating_sub(LOOKUPS_MAX);
    if left_out > 0 {
        let detail = format!("skipped, because they are in other accounts or too many: {left_out}");
        let fix = "run keylease doctor --canary for a project of each account";
        found.push(Finding::warn(CHECK, detail, fix));
    }
    found
}

/// Each thing that the catalogue needs, with the first `project/role` that does. A policy is there or not, however long a
/// grant of it lasts.
fn needed(projects: &[Project]) -> BTreeMap<Promise<'_>, String> {
    let mut needed = BTreeMap::new();
    for project in projects {
        for (name, role) in &project.roles {
            for need in role.kind.needs().into_iter().filter(is_of_iam) {
                let seconds = match need {
                    Needed::Policy(_)
                    | Needed::PermissionSet(_)
                    | Needed::Group(_)
                    | Needed::AccountAccess => 0,
                    // What is renewed lasts no longer at a time than the kind does.
                    Needed::Role(_) => {
                        let most = role.kind.name().longest().unwrap_or(role.max_duration);
                        role.max_duration.min(most).seconds()
                    }
                };
                needed
                    .entry((arn(need), need, seconds))
                    .or_insert_with(|| format!("{}/{name}", project.project));
            }
        }
    }
    needed
}

fn is_of_iam(need: &Needed<'_>) -> bool {
    match need {
        Needed::Policy(_) | Needed::Role(_) => true,
        Needed::PermissionSet(_) | Needed::Group(_) | Needed::AccountAccess => false,
    }
}

async fn look(
    ctx: &Context<'_>,
    (arn, need, promised): Promise<'_>,
    by: &str,
) -> Result<Option<Finding>, CallError> {
    let missing = |what: &str| {
        let detail = format!("{by} names {what} {arn}, which is not there");
        Some(Finding::fail(CHECK, detail, "make it, or name another with keylease projects apply"))
    };
    match need {
        Needed::Policy(_) => {
            let is_there = permissions::is_policy(ctx.aws, arn).await?;
            Ok(if is_there { None } else { missing("the policy") })
        }
        Needed::Role(_) => Ok(match permissions::role(ctx.aws, arn).await? {
            Some(role) if role.session_max_seconds < promised => {
                let most = role.session_max_seconds;
                let detail =
                    format!("{by} promises {promised} s, and a session of {arn} lasts {most} s at most");
                Some(Finding::fail(CHECK, detail, "raise the role's longest session, or promise less"))
            }
            Some(role) => untrusting(&role.trust, arn, by),
            None => missing("the role"),
        }),
        // Looked at in Identity Center, by `identity`.
        Needed::PermissionSet(_) | Needed::Group(_) | Needed::AccountAccess => Ok(None),
    }
}

fn arn(need: Needed<'_>) -> &str {
    match need {
        Needed::Policy(arn) | Needed::Role(arn) | Needed::PermissionSet(arn) | Needed::Group(arn) => arn,
        Needed::AccountAccess => "",
    }
}

/// Every session is made with the person's address as its source identity, so the role has to allow both.
fn untrusting(trust: &str, arn: &str, by: &str) -> Option<Finding> {
    let missing = missing_from_trust(trust).join(" and ");
    if missing.is_empty() {
        return None;
    }
    let detail = format!("{by}: the trust policy of {arn} does not allow {missing}: no session can be made");
    let fix = format!("allow {missing} to the provision worker's role, in the trust policy of {arn}");
    Some(Finding::fail(CHECK, detail, fix))
}

/// `arn:aws:iam::111122223333:policy/x` is in the account 111122223333.
fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}
