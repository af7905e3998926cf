//! By IAM alone: denials of ended sessions that no session needs any more, where the schedule that should have taken one
//! off its role was lost.

use std::collections::BTreeSet;

use tracing::{info, warn};

use crate::context::Context;
use crate::grants::cut_off;
use crate::reconcile::tally::Tally;

/// Prunes the denials on every role of which the catalogue grants sessions. What fails waits for the next sweep: a denial
/// that stays too long takes nothing from anybody.
pub(crate) async fn sweep(context: &Context, tally: &Tally) {
    let roles = match context.store.session_roles().await {
        Ok(roles) => roles.into_iter().collect::<BTreeSet<_>>(),
        Err(error) => return warn!(%error, "the catalogue's session roles cannot be listed"),
    };
    for (account, role_arn) in roles {
        if account.as_ref().is_some_and(|account| tally.unreachable.contains(account)) {
            continue;
        }
        let iam = context.iam(account.as_deref()).await;
        match iam.prune_denials(&role_arn, context.now()).await {
            Ok(pruned) => {
                if pruned.denials > 0 {
                    info!(role_arn, pruned = pruned.denials, "denials of ended sessions were left over");
                }
                if let Some(cut_off_at) = pruned.cut_off_at {
                    cut_off::end_others(context, &role_arn, cut_off_at, None).await;
                }
            }
            Err(error) => warn!(role_arn, %error, "the denials on a role could not be pruned"),
        }
    }
}
