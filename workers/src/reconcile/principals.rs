//! By IAM alone: users and roles under our path whose own tags say that their time is over, or that belong to no live request.
//!
//! Accounts are looked at side by side, and so are the principals of each; where the time was over before the last one, the
//! next sweep begins.

use std::collections::{BTreeMap, BTreeSet};

use aws::dynamodb::StoreError;
use aws::iam::{Found, Iam, OwnTags, Principal};
use domain::request::{Extension, ExtensionOutcome, aws_name, request_id_of};
use domain::{Job, Request, RequestId, Status, UnixSeconds};
use service::CallError;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;
use crate::grants::remove::remove_principal;
use crate::reconcile::side_by_side::side_by_side;
use crate::reconcile::tally::Tally;
use crate::reconcile::turn::Progress;

/// Accounts that are looked at at once, at most.
const ACCOUNTS_AT_ONCE: usize = 10;
/// Users and roles of one account that are looked at at once, at most. IAM's limits are not published, and grants need it too: with two
/// calls of 100 ms for each, this is 40 calls a second.
const USERS_AT_ONCE: usize = 4;
/// Users whose records are read at once: as many as DynamoDB gives in one call.
const BATCH_USERS: usize = 100;

/// Looks at every user and role under our path: in this account, which needs no table, and in each that a project acts in.
pub(crate) async fn sweep(context: &Context, tally: &mut Tally, progress: &mut Progress, until: Instant) {
    // A table that hangs does not hold this account up.
    let here = sweep_account(context.clone(), None, progress.stopped_after(None), until);
    let (here, elsewhere) = tokio::join!(here, sweep_elsewhere(context, progress, until));
    let mut swept = vec![(None, here)];
    match elsewhere {
        Ok(accounts) => swept.extend(accounts),
        Err(error) => tally.cannot_list("catalogue", error.into()),
    }
    for (account, Swept { tally: of_account, stopped_after }) in swept {
        tally.merge(of_account);
        if stopped_after.is_some() {
            info!(
                account,
                stopped_after, "an account has more users than one sweep looks at; the next one goes on"
            );
            tally.is_partial = true;
        }
        progress.note(account, stopped_after);
    }
}

/// What came of one account.
struct Swept {
    tally: Tally,
    /// The last user that was looked at, where the time was over then.
    stopped_after: Option<String>,
}

async fn sweep_elsewhere(
    context: &Context,
    progress: &Progress,
    until: Instant,
) -> Result<Vec<(Option<String>, Swept)>, StoreError> {
    let roles: BTreeSet<String> = context.store.account_roles().await?.into_iter().collect();
    let roles = progress.in_turn(roles);
    let swept = side_by_side(roles.clone(), ACCOUNTS_AT_ONCE, |role| {
        let after = progress.stopped_after(Some(&role));
        sweep_account(context.clone(), Some(role), after, until)
    });
    let swept = swept.await.into_iter().zip(roles).map(|(swept, role)| {
        let swept = swept.unwrap_or_else(|failure| Swept::failed(&role, failure));
        (Some(role), swept)
    });
    Ok(swept.collect())
}

impl Swept {
    fn failed(what: &str, failure: Failure) -> Self {
        let mut tally = Tally::default();
        tally.add(what, Err(failure));
        Self { tally, stopped_after: None }
    }
}

async fn sweep_account(
    context: Context,
    account: Option<String>,
    after: Option<String>,
    until: Instant,
) -> Swept {
    let mut swept = Swept { tally: Tally::default(), stopped_after: None };
    let tally = &mut swept.tally;
    let had_no_turn = after.as_deref() == Some("");
    if Instant::now() >= until && account.is_some() && !had_no_turn {
        // Others took all the time; it is among the first of the next sweep.
        swept.stopped_after = Some(after.unwrap_or_default());
        return swept;
    }
    let iam = context.iam(account.as_deref()).await;
    let (listed, unlisted) = principals(&iam).await;
    let mut users = listed;
    if let Some(error) = unlisted {
        match &account {
            // One account that is closed must not make a sweep of all others fail.
            Some(role_arn) => {
                // Where only the list is refused, what is left of ended grants is found by their records.
                if !is_the_list_alone(&error) {
                    tally.unreachable.insert(role_arn.clone());
                }
                tally.add(role_arn, Err(error.into()));
            }
            None => tally.cannot_list("this account", error.into()),
        }
    }
    let begin = after.map_or(0, |after| users.partition_point(|user| user.name <= after));
    users.rotate_left(begin);
    for batch in users.chunks(BATCH_USERS) {
        let records = records(&context, batch).await;
        let judged = side_by_side(batch.to_vec(), USERS_AT_ONCE, |user| {
            let record = record_of(&user, &records);
            let (context, account, iam) = (context.clone(), account.clone(), iam.clone());
            async move { reconcile_user(&context, account.as_deref(), &iam, &user, record).await }
        });
        for (user, outcome) in batch.iter().zip(judged.await) {
            tally.add(&user.name, outcome.and_then(|outcome| outcome));
        }
        let last = batch.last().filter(|last| users.last() != Some(*last));
        if let Some(last) = last.filter(|_| Instant::now() >= until) {
            swept.stopped_after = Some(last.name.clone());
            break;
        }
    }
    swept
}

/// Every user and role under our path, by name; and why not all of them could be listed. An account's role may let one of the
/// two be listed and not the other, as an earlier version of its stack does.
async fn principals(iam: &Iam) -> (Vec<Found>, Option<CallError>) {
    let (mut found, mut failed) = match iam.users().await {
        Ok(users) => (users, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    if failed.as_ref().is_none_or(is_the_list_alone) {
        match iam.roles().await {
            Ok(roles) => found.extend(roles),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    found.sort_unstable();
    (found, failed)
}

/// Whether only a list is refused, and not the whole account out of reach.
fn is_the_list_alone(error: &CallError) -> bool {
    error.is_final() || error.is("AccessDenied")
}

/// What the table says of users and roles, each found by its name.
type Records = Result<BTreeMap<RequestId, Result<Request, StoreError>>, StoreError>;

/// They are read after the users were listed: a user that is there was approved before.
async fn records(context: &Context, users: &[Found]) -> Records {
    let ids: Vec<RequestId> = users.iter().filter_map(named_after).collect();
    context.store.requests(&ids.iter().collect()).await
}

fn record_of(user: &Found, records: &Records) -> Result<Option<Request>, StoreError> {
    match (records, named_after(user)) {
        (Err(error), _) => Err(error.clone()),
        (Ok(records), Some(id)) => records.get(&id).cloned().transpose(),
        (Ok(_), None) => Ok(None),
    }
}

/// The request that one is named after.
fn named_after(user: &Found) -> Option<RequestId> {
    request_id_of(&user.name)
}

/// The request that one belongs to, by its own tags; `None` where it is to be left alone.
fn request_of(context: &Context, user: &Found, tags: &OwnTags) -> Option<RequestId> {
    if !tags.is_of(&context.deployment) {
        // Another installation shares this account, and its requests are in another table.
        return None;
    }
    let Some(request_id) = tags.request_id.as_deref().and_then(|id| RequestId::parse(id).ok()) else {
        warn!(name = user.name, principal = %user.what, "one under our path carries no request id; it is left alone");
        return None;
    };
    if user.name != aws_name(&request_id) {
        warn!(name = user.name, principal = %user.what, "one under our path is not named after its request; it is left alone");
        return None;
    }
    Some(request_id)
}

/// Removes a user or a role that should not be, and says whether it did.
async fn reconcile_user(
    context: &Context,
    account: Option<&str>,
    iam: &Iam,
    user: &Found,
    record: Result<Option<Request>, StoreError>,
) -> Result<bool, Failure> {
    let Some(tags) = iam.tags_of(user).await? else { return Ok(false) };
    let Some(request_id) = request_of(context, user, &tags) else { return Ok(false) };
    let is_over = tags.expires_at.is_some_and(|end| context.now() >= end);
    if is_over && !was_extended(&record, context.now()) {
        remove_principal(context, &request_id, user.what, account).await?;
        // The record and the people follow, each on their own.
        context.jobs.send(&Job::ExpireGrant { request_id }).await?;
        return Ok(true);
    }
    match record? {
        Some(request) if request.status == Status::Active => {
            match user.what {
                Principal::User => remove_unrecorded_keys(iam, &user.name, &request).await?,
                Principal::Role => {}
            }
            return Ok(false);
        }
        // Its keys are its maker's.
        Some(request) if matches!(request.status, Status::Approved | Status::Ready) => return Ok(false),
        Some(_) | None => {}
    }
    warn!(name = user.name, principal = %user.what, "it belongs to no live request; it is removed");
    remove_principal(context, &request_id, user.what, account).await?;
    Ok(true)
}

/// Whether its record says that it was extended beyond now: IAM may still show the tag from before that, and the guard has the
/// later end.
fn was_extended(record: &Result<Option<Request>, StoreError>, now: UnixSeconds) -> bool {
    let Ok(Some(request)) = record else { return false };
    let is_extended = |extension: &Extension| extension.outcome == ExtensionOutcome::Extended;
    request.status == Status::Active
        && request.access.expires_at.is_some_and(|end| now < end)
        && request.extensions.list.iter().any(is_extended)
}

/// The key of a live grant is the one that its record names, and never changes. Any other was left by a try whose answer
/// was lost, at a time when IAM did not list it yet; nobody was sent it.
async fn remove_unrecorded_keys(iam: &Iam, user: &str, request: &Request) -> Result<(), Failure> {
    let Some(recorded) = &request.access.access_key_id else { return Ok(()) };
    for id in iam.key_ids(user).await? {
        if id != *recorded {
            warn!(
                user,
                access_key_id = id,
                "a key of a live user is not the one that was sent; it is deleted"
            );
            iam.delete_key(user, &id).await?;
        }
    }
    Ok(())
}
